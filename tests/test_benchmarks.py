"""The benchmarks run, what they compare is equal, and the page says what they have shown. How long anything takes is not tested."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from soak import FULL

ROOT = Path(__file__).resolve().parent.parent
HELPERS = {"bench", "generate", "measuring"}
BENCHMARKS = sorted({path.stem for path in (ROOT / "benchmarks").glob("*.py")} - HELPERS)
SLOW = dict.fromkeys(("startup", "questions", "serve", "inference"), "it reads and closes the edition several times: in `make soak`")


@pytest.fixture(scope="module")
def page() -> ModuleType:
    """The script that writes the page; with it come the modules of the benchmarks."""
    sys.path[:0] = [str(ROOT / "scripts"), str(ROOT / "benchmarks")]
    try:
        import bench  # noqa: F401
        import document_benchmarks
    finally:
        del sys.path[:2]
    return document_benchmarks


def run(script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    command = [sys.executable, str(ROOT / "benchmarks" / f"{script}.py"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment)


def test_every_benchmark_is_in_the_plan_and_on_the_page(page: ModuleType) -> None:
    assert len(BENCHMARKS) >= 7
    assert sorted(sys.modules["bench"].PLAN) == BENCHMARKS
    assert {task.benchmark for task in page.TASKS.values()} == set(BENCHMARKS)


@pytest.mark.parametrize("name", BENCHMARKS)
def test_it_yields_what_the_page_needs(name: str, page: ModuleType, tmp_path: Path) -> None:
    if name in SLOW and not FULL:
        pytest.skip(SLOW[name])
    done = run(name, "--tiny", "--json", str(tmp_path / "report.json"))
    assert done.returncode == 0, done.stdout + done.stderr
    report = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert report.keys() == {"rows", "versions", "machine"}
    wanted = {(task, way) for task, entry in page.TASKS.items() if entry.benchmark == name for way in entry.ways}
    assert {(row["task"], row["way"]) for row in report["rows"]} == wanted
    assert all(row["left_out"] for row in report["rows"] if row["value"] is None)
    assert all(row["value"] > 0 for row in report["rows"] if row["value"] is not None)
    # Whatever is not installed here, ours is measured; what is compared has been.
    measured = {(row["task"], row["way"]) for row in report["rows"] if row["value"] is not None}
    assert {(task, next(iter(page.TASKS[task].ways))) for task, _ in wanted} <= measured
    results = [row["result"] for row in report["rows"]]
    if name != "serve":
        assert any(result.startswith("reference") for result in results)
        assert any(result.startswith("equal") for result in results)


def test_what_an_engine_misses_and_adds_is_said(tmp_path: Path) -> None:
    ours, theirs = tmp_path / "ours.nt", tmp_path / "theirs.nt"
    kind = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
    cy = "https://w3id.org/comity/ontology#"
    ours.write_text(f"<urn:a> {kind} <{cy}State>\n<urn:a> <{cy}level> <urn:b>\n", encoding="utf-8")
    theirs.write_text(f"<urn:a> {kind} <{cy}Body>\n<urn:a> <{cy}level> <urn:b>\n", encoding="utf-8")
    done = run("inference", "--child", "compare", str(ours), str(theirs))
    assert json.loads(done.stdout) == {"equal": False, "missing": {"Body": 1}, "added": {"State": 1}}


def test_the_page_has_no_hole(page: ModuleType) -> None:
    report = json.loads(page.KEPT.read_text(encoding="utf-8"))
    assert page.document(report) == page.TARGET.read_text(encoding="utf-8")
    figures = page.Figures(report)
    assert len(report) >= 6
    for task, entry in page.TASKS.items():
        for way in entry.ways if entry.benchmark in report else ():
            rows = figures.of(task, way)
            assert rows, f"{task} by {way} was not measured"
            made_up = set(rows) - {page.EDITION}
            assert not made_up or made_up >= {10_000, 100_000, 1_000_000}, f"{task} by {way} was measured at {sorted(made_up)} only"
            assert all(row["value"] is not None or row["left_out"] for row in rows.values())
            assert not any(row["result"].startswith("NOT EQUAL") for row in rows.values())


def test_a_figure_without_a_place_is_refused(page: ModuleType) -> None:
    row = {"task": "dancing", "way": "comity", "size": 0, "value": 1.0, "left_out": "", "result": "", "quads": None, "peak_mb": None}
    with pytest.raises(SystemExit, match="dancing"):
        page.Figures({"serve": [{"rows": [row]}]})


def test_cells_are_multiples_of_ours(page: ModuleType) -> None:
    def row(way: str, size: int, value: float | None, **more: object) -> dict[str, object]:
        empty = {"task": "closure", "way": way, "size": size, "quads": size, "value": value, "peak_mb": None, "result": "", "left_out": ""}
        return {**empty, **more}

    rows = [
        row("compiled", 10_000, 0.05, result="equal, 3 results", peak_mb=40.0),
        row("compiled", 100_000, 0.5, result="reference, 30 results", peak_mb=90.4),
        row("owlrl", 10_000, 20.0, result="reference, 3 results"),
        row("owlrl", 100_000, None, left_out="it takes minutes"),
    ]
    figures = page.Figures({"inference": [{"rows": rows}]})
    assert page.cell(figures, "closure", "compiled", 10_000) == "0.050"
    assert page.cell(figures, "closure", "owlrl", 10_000) == "20.0 (400)"
    assert page.cell(figures, "closure", "owlrl", 100_000) == ""
    assert page.exponent(figures.of("closure", "compiled")) == "1.00"
    assert page.exponent(figures.of("closure", "owlrl")) == ""
    assert page.peak(figures.of("closure", "compiled")) == "90 at 100 k"
    assert page.outcome(figures.of("closure", "compiled")) == "equal (10 k); reference (100 k) (30 results)"
    assert page.outcome(figures.of("closure", "owlrl")) == "reference (3 results); not run at 100 k: it takes minutes"


def test_an_aim_is_met_missed_or_not_measured(page: ModuleType) -> None:
    def rows(reference: float) -> list[dict[str, object]]:
        empty = {"task": "validation", "size": 0, "quads": 80_000, "peak_mb": None, "result": "", "left_out": ""}
        return [{**empty, "way": "compiled", "value": 0.5}, {**empty, "way": "pyshacl", "value": reference}]

    for reference, said in ((30.0, "| 60.0 times as fast | met |"), (20.0, "| 40.0 times as fast | **missed** |")):
        lines = list(page.aims(page.Figures({"validation": [{"rows": rows(reference)}]})))
        assert [line for line in lines if said in line] != []
        assert sum("not measured" in line for line in lines) == len(page.AIMS) - 1


def test_an_unequal_result_of_ours_is_a_failure(page: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    measuring = sys.modules["measuring"]
    options = measuring.given(measuring.parser(""), [])
    rows = [measuring.Row("closure", "compiled", 10, 10, 1.0, result="NOT EQUAL: missing 1 level")]
    assert measuring.finish(rows, options) == 1
    rows[0].result = "differs: missing 1 level"
    assert measuring.finish(rows, options) == 0
    assert "missing 1 level" in capsys.readouterr().out
