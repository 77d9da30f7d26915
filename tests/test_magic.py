"""The notebook magic, in IPython's own shell."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import comity
from comity.magic import _edition
from comity.table import Table

pytest.importorskip("IPython", reason="the extra notebook is not installed")

CASES = json.loads((Path(__file__).parent / "magic_mistakes.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def shell(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with pytest.MonkeyPatch.context() as patch:
        # Nothing goes into the folders of whoever runs the tests.
        patch.setenv("IPYTHONDIR", str(tmp_path_factory.mktemp("ipython")))
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


@pytest.fixture(scope="module")
def edition() -> comity.Comity:
    # The one that the magic keeps open, so that it is opened once.
    return _edition("curated", True, False, None, None)


def test_a_question_shows_its_answer(shell: Any, edition: comity.Comity, capsys: pytest.CaptureFixture[str]) -> None:
    table = run(shell, "%comity ask status --instrument financing-1999 --on 2010-01-01 -o parties")
    assert table == edition.ask("status", instrument="financing-1999", on="2010-01-01")
    assert len(table) > 100
    assert shell.user_ns["parties"] is table
    assert table.title in capsys.readouterr().out, "the answer is drawn, not only named"
    formats, _ = shell.display_formatter.format(table)
    assert formats["text/html"] == table._repr_html_()


def test_python_variables_reach_the_question(shell: Any) -> None:
    shell.user_ns["wanted"] = "unscr-1373"
    table = run(shell, "%comity ask obligations --instrument {wanted} --sources")
    assert table.origin is not None
    assert dict(table.origin.parameters)["instrument"] == "instrument:unscr-1373"
    assert [column.name for column in table.columns][-2:] == ["basis", "statedIn"]


def test_sparql_in_a_cell(shell: Any, edition: comity.Comity) -> None:
    sparql = "SELECT ?state {\n  ?state a cy:State\n} ORDER BY ?state LIMIT 3"
    assert run(shell, f"%%comity -o found\n{sparql}") == edition.query(sparql)
    assert len(shell.user_ns["found"]) == 3
    told = run(shell, f"%%comity --view paper --no-infer --known-at 2015-01-01\n{sparql}").origin
    assert told is not None
    assert (told.view, str(told.known_at)) == ("paper", "2015-01-01")


def test_a_day_for_the_whole_view(shell: Any) -> None:
    ask = "%%comity --on 2010-01-01\nASK { state:PAK cy:partyTo instrument:financing-1999 }"
    table = run(shell, ask)
    assert table[0].answer is True
    assert table.origin is not None
    assert str(table.origin.on) == "2010-01-01"
    assert run(shell, ask.replace("PAK", "SOM"))[0].answer is False


def test_the_questions_are_listed(shell: Any) -> None:
    assert "status" in run(shell, "%comity questions status").column("name")


def test_help_is_printed(shell: Any, capsys: pytest.CaptureFixture[str]) -> None:
    for line in ("%comity --help", "%comity ask status --help", "%%comity --help\nASK {}"):
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
