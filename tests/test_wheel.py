"""The built wheel, installed in a fresh environment outside the checkout, holds the same edition."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from importlib.metadata import Distribution, distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement

import comity
from comity import resources

COUNT = """
import json, sys
import comity
from comity import resources
assert "_resources" in resources.root().parts, resources.root()
counts = {}
for view in ("curated", "paper", "record"):
    with comity.open(view) as edition:
        counts[view] = {graph: edition.store.count(graph) for graph in edition.store.graphs()}
        questions = [question.name for question in edition.questions()]
print(json.dumps([counts, questions]))
"""


@pytest.fixture(scope="module")
def wheel(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout, built by the build backend that is installed here."""
    folder = tmp_path_factory.mktemp("wheel")
    script = "import sys; from hatchling.build import build_wheel; print(build_wheel(sys.argv[1]))"
    done = subprocess.run([sys.executable, "-c", script, str(folder)], cwd=checkout, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return folder / done.stdout.strip().splitlines()[-1]


def test_the_wheel_carries_the_edition_and_nothing_else(wheel: Path, checkout: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for part in resources.PARTS:
        files = [path for path in (checkout / part).rglob("*") if path.is_file()]
        assert files, part
        for path in files:
            assert f"comity/_resources/{path.relative_to(checkout)}" in names
    assert "comity/_resources/queries/catalogue.ttl" in names
    assert "comity/_resources/docs/openapi.json" in names
    assert "comity/py.typed" in names
    assert "comity/reasoners/Judge.java" in names
    assert any(name.endswith("licenses/LICENSE-DATA") for name in names)
    assert [name for name in names if not name.startswith(("comity/", "comity-"))] == []
    assert [name for name in names if "__pycache__" in name] == []


def required(name: str, extras: frozenset[str] = frozenset()) -> dict[str, Distribution]:
    """The distributions that one needs, directly and indirectly, by their names."""
    needed: dict[str, Distribution] = {}
    open_ends = [Requirement(f"{name}[{','.join(extras)}]" if extras else name)]
    while open_ends:
        requirement = open_ends.pop()
        found = distribution(requirement.name)
        if found.metadata["Name"] in needed and not requirement.extras:
            continue
        needed[found.metadata["Name"]] = found
        for text in found.requires or ():
            further = Requirement(text)
            if further.marker is None or any(further.marker.evaluate({"extra": extra}) for extra in (requirement.extras or {""})):
                open_ends.append(further)
    return needed


def test_the_core_is_small(wheel: Path) -> None:
    """Six to eight direct dependencies; with all that they need, within 60 MB on disk."""
    direct = [Requirement(text) for text in distribution("comity").requires or ()]
    assert 6 <= sum(requirement.marker is None for requirement in direct) <= 8
    needed = required("comity")
    del needed["comity"]  # here it is installed in place; its size is that of what the wheel holds
    assert {"rdflib", "pyoxigraph", "pyshacl", "owlrl", "SPARQLWrapper"} <= needed.keys()
    files = {path for found in needed.values() for file in found.files or () if (path := Path(str(found.locate_file(file)))).is_file()}
    size = sum(path.stat().st_size for path in files) + sum(info.file_size for info in zipfile.ZipFile(wheel).infolist())
    assert size > 20e6, "the files were not found"
    assert size <= 60e6, f"{size / 1e6:.1f} MB"


@pytest.mark.wheel
def test_the_installed_wheel_counts_the_same(wheel: Path, tmp_path: Path) -> None:
    environment = tmp_path / "venv"
    subprocess.run([sys.executable, "-m", "venv", str(environment)], check=True)
    python = environment / "bin" / "python"
    installing = [str(python), "-m", "pip", "install", "--quiet", "--no-index", "--no-deps", str(wheel)]
    subprocess.run(installing, check=True, capture_output=True)
    # The dependencies are those of this environment, without what leads back to the checkout.
    dependencies = [path for path in sys.path if path.endswith("site-packages")]
    hidden = tmp_path / "dependencies"
    hidden.mkdir()
    for folder in dependencies:
        for entry in Path(folder).iterdir():
            target = hidden / entry.name
            if "comity" not in entry.name.lower() and entry.suffix != ".pth" and not target.exists():
                target.symlink_to(entry)
    variables = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "COMITY"))}
    variables["PYTHONPATH"] = str(hidden)

    def run(*command: str) -> str:
        done = subprocess.run(command, cwd=tmp_path, env=variables, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    assert run(str(environment / "bin" / "comity"), "--version").strip() == comity.__version__
    done = run(str(python), "-c", COUNT)
    counts, questions = json.loads(done)
    expected = {}
    for view in ("curated", "paper", "record"):
        with comity.open(view) as edition:
            expected[view] = {graph: edition.store.count(graph) for graph in edition.store.graphs()}
            assert questions == [question.name for question in edition.questions()]
    assert counts == expected
    assert all(counts.values())
