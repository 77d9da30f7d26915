"""What is matched and what is not: the traps, the files of names, and the API around them."""

from __future__ import annotations

import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

import comity
from comity import resources
from comity.errors import DataError, MissingExtra, UnknownName, UsageError
from comity.names import fold, table
from comity.reconcile import Reconciler, match
from comity.reconcile.wording import take_apart
from comity.table import Iri

TRAPS = tomllib.loads(Path(__file__).with_name("traps.toml").read_text(encoding="utf-8"))["trap"]
NAMES = Path(__file__).resolve().parents[2] / "data" / "names"


def test_the_traps_are_there() -> None:
    assert len(TRAPS) >= 40
    assert sum("is" not in trap for trap in TRAPS) >= 20
    for trap in TRAPS:
        assert trap.keys() <= {"wording", "type", "date", "evidence", "is", "not", "first", "why"}, trap


def told(trap: dict[str, Any]) -> str:
    return " ".join(str(trap.get(key, "")) for key in ("wording", "type", "date", "evidence"))


@pytest.mark.parametrize("trap", TRAPS, ids=told)
def test_traps(reconciler: Reconciler, trap: dict[str, Any]) -> None:
    found = reconciler.match(trap["wording"], trap.get("type"), date=trap.get("date"), evidence=trap.get("evidence"))
    if "is" in trap:
        assert found.best is not None, found.reason
        assert found.best.key == trap["is"]
    elif "not" in trap:
        assert found.best is None or found.best.key != trap["not"]
    else:
        assert found.best is None, found
    if "first" in trap:
        assert found.candidates[0].key == trap["first"]
    assert found.reason


def test_scores_are_from_0_to_100_and_fall(reconciler: Reconciler) -> None:
    found = reconciler.match("Convention against terrorism", "instrument")
    scores = [candidate.score for candidate in found.candidates]
    assert len(scores) > 1
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 100 for score in scores)


def test_the_limit_cuts_candidates_and_changes_no_verdict(reconciler: Reconciler) -> None:
    whole, cut = (reconciler.match("Republic", "state", limit=limit) for limit in (20, 1))
    assert cut.candidates == whole.candidates[:1]
    assert (cut.match, cut.reason) == (whole.match, whole.reason)


def test_what_cannot_be_asked_is_refused(reconciler: Reconciler) -> None:
    with pytest.raises(UnknownName, match="unknown type 'stat'"):
        reconciler.match("Pakistan", "stat")
    with pytest.raises(UsageError, match="'soon' has no year"):
        reconciler.match("Pakistan", date="soon")
    with pytest.raises(UsageError, match="limit"):
        reconciler.match("Pakistan", limit=0)


HOSTILE = [
    "", " ", "(", "()", ")(", "(A)", "\u202e", "\u200b", "0", "-1", "%s",
    "a" * 100_000, "x " * 240, "((((((" * 80, "\ud83d\ude00", "S/RES/", "Q", "wd:Q0",
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text[:12]))
def test_whatever_is_written_there_is_an_answer(reconciler: Reconciler, text: str) -> None:
    found = reconciler.match(text)
    assert not found.match
    assert found.reason


def test_without_rapidfuzz_the_extra_is_named(opened: comity.Comity, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "rapidfuzz", None)
    with pytest.raises(MissingExtra, match=r"comity\[reconcile\]"):
        match.Reconciler(opened.store)


# -- the table -------------------------------------------------------------------------------------------------------


def test_the_table_has_a_row_for_each_name(opened: comity.Comity) -> None:
    table = opened.reconcile(["Burma", "", "Wakanda", "Burma"], "state")
    assert table.column("name") == ("Burma", "", "Wakanda", "Burma")
    assert table.column("match") == (True, False, False, True)
    assert table[0].thing == Iri("https://w3id.org/comity/id/state/MMR")
    assert table[0].wikidata == "http://www.wikidata.org/entity/Q836"
    assert table[2].thing is table[2].wikidata is None


def test_dates_stand_beside_their_names(opened: comity.Comity) -> None:
    table = opened.reconcile(["Montreal Convention"] * 3, "instrument", dates=["1971-09-23", None, "n.d."])
    assert table.column("match") == (True, False, False)
    assert "'n.d.' has no year" in table[2].reason
    with pytest.raises(UsageError, match="1 dates for 2 names"):
        opened.reconcile(["a", "b"], dates=["2001"])
    with pytest.raises(UsageError, match="7 is no name"):
        opened.reconcile([7])  # type: ignore[list-item]


def test_a_view_without_inference_has_the_classes_above(reconciler: Reconciler) -> None:
    with comity.open("record", infer=False) as plain:
        found = plain.reconciler().match("resolution 1373", "Instrument")
    assert found.best is not None
    assert found.best.key == "instrument/unscr-1373"


# -- the files of names ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["cldr.tsv", "short.tsv"])
def test_names_are_of_things_that_are_there_and_stand_once(reconciler: Reconciler, name: str) -> None:
    rows = [line.split("\t") for line in (NAMES / name).read_text(encoding="utf-8").splitlines() if not line.startswith("#")][1:]
    assert len(rows) > 50
    keys = {thing.key for thing in reconciler.index.things}
    assert {row[0].replace(":", "/", 1) for row in rows} <= keys
    assert [pair for pair, count in Counter((row[0], fold(row[1])) for row in rows).items() if count > 1] == []


def test_no_usual_name_is_that_of_two_states(reconciler: Reconciler) -> None:
    rows = [line.split("\t") for line in (NAMES / "cldr.tsv").read_text(encoding="utf-8").splitlines() if not line.startswith("#")][1:]
    owners: dict[str, set[str]] = {}
    for thing, name, _ in rows:
        owners.setdefault(take_apart(name).squeezed, set()).add(thing)
    assert {name: things for name, things in owners.items() if len(things) > 1} == {}


def test_a_bad_row_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "names").mkdir()
    (tmp_path / "names" / "short.tsv").write_text("# head\nthing\tname\tby\nstate:PAK\tPak\n", encoding="utf-8")
    monkeypatch.setattr(resources, "data", lambda: tmp_path)
    with pytest.raises(DataError, match=r"short\.tsv:3: 2 fields, not 3; write thing, name, by"):
        list(table("short.tsv"))
