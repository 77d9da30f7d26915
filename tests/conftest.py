"""Options and fixtures of the whole test suite."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

# No test leaves a store in the caches of whoever runs it; tests/store/test_kept.py has caches of its own.
os.environ["COMITY_CACHE"] = "off"

CHECKOUT = Path(__file__).resolve().parent.parent
# What all tests may use (soak.py) lies beside this file.
sys.path.insert(0, str(Path(__file__).parent))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-expected",
        action="store_true",
        help="write the answers of the questions into tests/questions/expected instead of comparing them",
    )
    parser.addoption(
        "--stores",
        metavar="FILE",
        help="write what the run shows of each store into this file; scripts/document_stores.py makes the table of it",
    )


class StoresReport:
    """Gathers what the tests of stores have entered (``tests/store/backends.py``), from all processes of the run."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.stores: dict[str, dict[str, list[dict[str, str]]]] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        # A test that passes ends with its call, one that is skipped in its set-up, and one may fail in either.
        if report.when == "call" or (report.when == "setup" and report.outcome != "passed"):
            for name, entered in report.user_properties:
                if name == "store":
                    assert isinstance(entered, list)
                    store, column, text = entered
                    self.stores.setdefault(store, {}).setdefault(column, []).append({"text": text, **self._outcome(report)})

    @staticmethod
    def _outcome(report: pytest.TestReport) -> dict[str, str]:
        if report.outcome != "skipped":
            return {"outcome": report.outcome}
        if hasattr(report, "wasxfail"):
            return {"outcome": "left out", "reason": str(report.wasxfail).removeprefix("reason: ")}
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        return {"outcome": "left out", "reason": reason.removeprefix("Skipped: ")}

    def pytest_sessionfinish(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps(self.stores, indent=1, sort_keys=True, ensure_ascii=False)
        self.path.write_text(text + "\n", encoding="utf-8")


def pytest_configure(config: pytest.Config) -> None:
    path = config.getoption("--stores", default=None)
    # With xdist, the process that hears of all tests is the one without a workerinput.
    if path and not hasattr(config, "workerinput"):
        config.pluginmanager.register(StoresReport(Path(path)))


def _given(variable: str, beside: str) -> Path | None:
    """The place that an environment variable names, else the one beside the checkout, if it exists."""
    named = os.environ.get(variable)
    if named:
        path = Path(named)
        if not path.exists():
            pytest.fail(f"{variable}={named}: there is no such file or folder")
        return path
    path = CHECKOUT.parent / beside
    return path if path.exists() else None


@pytest.fixture(scope="session")
def paper_text() -> str:
    """The text of the paper; without it, the tests that need it are skipped."""
    path = _given("COMITY_PAPER", "shared/paper/paper.txt")
    if path is None:
        pytest.skip("the paper's text is not at hand: set COMITY_PAPER to its file")
    return path.read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def record_tables() -> Path:
    """The folder with the tables of the public record; without it, the tests that need it are skipped."""
    path = _given("COMITY_RECORD", "shared/record")
    if path is None:
        pytest.skip("the tables of the public record are not at hand: set COMITY_RECORD to their folder")
    return path


@pytest.fixture(scope="session")
def link_tables() -> Path:
    """The folder with the table of candidates for links; without it, the tests that need it are skipped."""
    path = _given("COMITY_LINKS", "shared/links")
    if path is None:
        pytest.skip("the candidates for links are not at hand: set COMITY_LINKS to their folder")
    return path


@pytest.fixture(scope="session")
def checkout() -> Path:
    """The folder of the checkout."""
    return CHECKOUT


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the run's server over the edition listens."""
    from serving import shared_server

    with shared_server(tmp_path_factory) as at:
        yield at


@pytest.fixture
def small_edition(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Make an edition of a few files, given as keyword-like pairs of path and Turtle, and let Comity use it."""

    def make(files: dict[str, str]) -> Path:
        root = tmp_path / "edition"
        for folder in ("ontology", "data", "shapes", "queries"):
            (root / folder).mkdir(parents=True, exist_ok=True)
        for name, text in {"ontology/comity.ttl": "", **files}.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(PREFIXES + text, encoding="utf-8")
        monkeypatch.setenv("COMITY_ROOT", str(root))
        return root

    return make


PREFIXES = """@prefix act: <https://w3id.org/comity/id/act/> .
@prefix correction: <https://w3id.org/comity/id/correction/> .
@prefix correction-status: <https://w3id.org/comity/id/correction-status/> .
@prefix cy: <https://w3id.org/comity/ontology#> .
@prefix instrument: <https://w3id.org/comity/id/instrument/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix shape: <https://w3id.org/comity/shape/> .
@prefix state: <https://w3id.org/comity/id/state/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
