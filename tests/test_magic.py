"""The notebook magic, in IPython's own shell, on the small edition of the tests of questions."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import comity
from comity.table import Table

pytest.importorskip("IPython", reason="the extra notebook is not installed")

CASES = json.loads((Path(__file__).parent / "magic_mistakes.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def shell(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with pytest.MonkeyPatch.context() as patch:
        # Nothing goes into the folders of whoever runs the tests.
        patch.setenv("IPYTHONDIR", str(tmp_path_factory.mktemp("ipython")))
        patch.setenv("COMITY_ROOT", str(Path(__file__).parent / "questions" / "edition"))
        yield from _shell()


def _shell() -> Iterator[Any]:
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    config = Config({"HistoryManager": {"enabled": False}, "InteractiveShell": {"colors": "nocolor", "color_info": False}})
    made = InteractiveShell(config=config)
    assert made.run_cell("%load_ext comity").success
    yield made


def run(shell: Any, cell: str) -> Table:
    result = shell.run_cell(cell)
    assert result.success, cell
    assert isinstance(result.result, Table)
    return result.result


def test_a_question_shows_its_answer(shell: Any, capsys: pytest.CaptureFixture[str]) -> None:
    table = run(shell, "%comity ask parties --state PAK --on 2001-01-01 -o parties")
    with comity.open() as edition:
        assert table == edition.ask("parties", state="PAK", on="2001-01-01")
    assert len(table) == 2
    assert shell.user_ns["parties"] is table
    assert capsys.readouterr().out.endswith(table.to_text()), "the answer is drawn, not only named"
    formats, _ = shell.display_formatter.format(table)
    assert formats["text/html"] == table._repr_html_()


def test_python_variables_reach_the_question(shell: Any) -> None:
    shell.user_ns["wanted"] = "Pakistan"
    table = run(shell, "%comity ask parties --state {wanted} --sources")
    assert table.origin is not None
    assert dict(table.origin.parameters)["state"] == "state:PAK"
    assert [column.name for column in table.columns][-2:] == ["basis", "statedIn"]


def test_sparql_in_a_cell(shell: Any) -> None:
    table = run(shell, "%%comity -o found\nSELECT ?name {\n  state:PAK rdfs:label ?name\n}")
    assert [tuple(row) for row in table] == [("Pakistan",)]
    assert shell.user_ns["found"] is table


def test_the_view_is_chosen(shell: Any) -> None:
    told = run(shell, "%%comity --view paper --no-infer --verified-only --known-at 2015-01-01\nASK {}").origin
    assert told is not None
    assert told.described_view() == "paper, verified only, as known at 2015-01-01"
    told = run(shell, "%%comity --on 2010-01-01\nASK { ?day cy:on ?on }").origin
    assert told is not None
    assert told.described_view() == "curated, as of 2010-01-01"
    assert run(shell, "%%comity --on 2010-01-01\nASK { ?day cy:on '2010-01-01'^^xsd:date }")[0].answer is True
    # A question with a parameter `on` has it for itself; the others have the view's.
    told = run(shell, "%comity ask topics --on 2010-01-01").origin
    assert told is not None
    assert str(told.on) == "2010-01-01"


def test_the_questions_are_listed(shell: Any) -> None:
    assert run(shell, "%comity questions instruments").column("name") == ("parties",)


def test_help_is_printed(shell: Any, capsys: pytest.CaptureFixture[str]) -> None:
    for line in ("%comity --help", "%comity ask parties --help", "%%comity --help\nASK {}"):
        assert shell.run_cell(line).success
        assert "Usage: %" in capsys.readouterr().out


@pytest.mark.parametrize("case", CASES, ids=[case["cell"] for case in CASES])
def test_a_mistake_is_told_in_one_line(case: dict[str, str], shell: Any, capsys: pytest.CaptureFixture[str]) -> None:
    result = shell.run_cell(case["cell"])
    captured = capsys.readouterr()
    assert not result.success
    told = (captured.out + captured.err).strip()
    assert "Traceback" not in told
    assert told.splitlines() == [told]
    assert case["told"] in told


def test_there_are_mistakes() -> None:
    assert len(CASES) > 5
