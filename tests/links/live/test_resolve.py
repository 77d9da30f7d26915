"""Items by identifier: proposed where there is no doubt, and only proposed."""

from __future__ import annotations

import dataclasses
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest

from comity.links import NO_TERM_FOUND, MappingSet, faults, mapping_sets, read, serialize
from comity.links.gate import Classes, Kinds
from comity.links.resolve import (
    TOOL,
    Identifier,
    Resolution,
    amended,
    blanks,
    difference,
    identifiers_of,
    labels_of,
    query,
    resolve,
    table,
)
from comity.links.service import QueryService
from comity.links.sssom import Mapping
from comity.terms import ID

from .wikidata_service import ENTITY, FAULTS, Service

#: The things that the extract says something of, with what is to come of them. All others have no item there.
EXPECTED = {
    # By the other of two spellings.
    "instrument/unscr-1373": ("proposed", ["Q99910000001"]),
    "instrument/unscr-1267": ("several", ["Q99910000002", "Q99910000003"]),
    "instrument/unscr-1540": ("other class", ["Q99910000004"]),
    # One symbol, two items: the class tells the resolution from the treaty annexed to it.
    "instrument/ga-res-54-109": ("proposed", ["Q99910000005"]),
    "instrument/financing-1999": ("proposed", ["Q99910000006"]),
    # Its class is a kind of one that fits.
    "instrument/celex-32002F0584": ("proposed", ["Q99910000007"]),
    # One item for two directives: the second is refused by the gate.
    "instrument/celex-32016L0681": ("proposed", ["Q99910000008"]),
    "instrument/celex-32017L0541": ("refused", ["Q99910000008"]),
}


@pytest.fixture(scope="module")
def links() -> MappingSet:
    return read(mapping_sets()["links/wikidata"])


@pytest.fixture(scope="module")
def identifiers(edition_quads: list[ox.Quad]) -> dict[str, tuple[Identifier, ...]]:
    return identifiers_of(edition_quads, [read(path) for path in mapping_sets().values()])


@pytest.fixture(scope="module")
def labels(edition_quads: list[ox.Quad]) -> dict[str, str]:
    return labels_of(edition_quads)


@pytest.fixture
def resolved(
    links: MappingSet,
    edition_kinds: Kinds,
    admitted: Classes,
    identifiers: dict[str, tuple[Identifier, ...]],
    labels: dict[str, str],
    client: Callable[..., QueryService],
) -> Callable[..., list[Resolution]]:
    def run(service: Service, mappings: MappingSet = links) -> list[Resolution]:
        return resolve(mappings, client(service), edition_kinds, admitted, identifiers, labels)

    return run


def told(resolutions: list[Resolution]) -> dict[str, tuple[str, list[str]]]:
    return {
        r.thing.removeprefix(ID): (r.outcome, [item.removeprefix(ENTITY) for item in r.items])
        for r in resolutions
        if r.outcome not in ("none", "failed")
    }


def test_what_leaves_no_doubt_is_proposed(wikidata: Callable[..., Service], resolved: Callable[..., list[Resolution]]) -> None:
    service = wikidata()
    found = resolved(service)
    assert told(found) == EXPECTED
    assert len(found) > 100
    assert {r.outcome for r in found} == {"proposed", "none", "several", "other class", "refused"}
    assert service.most_at_once == 1
    assert len(table(found, {})) == len(found)


def test_a_proposal_says_how_it_was_found(
    wikidata: Callable[..., Service], resolved: Callable[..., list[Resolution]], edition_kinds: Kinds, admitted: Classes
) -> None:
    [row] = [r.row for r in resolved(wikidata()) if r.thing == f"{ID}instrument/unscr-1373"]
    assert row is not None
    assert row.object_match_field == "http://www.wikidata.org/prop/direct/P3069"
    assert row.subject_match_field.endswith("ontology#symbol")
    assert row.object_category == "United Nations Security Council resolution"
    assert row.mapping_tool == TOOL
    assert row.mapping_date is not None
    assert "“S/RES/1373(2001)”, by http://127.0.0.1:" in row.comment


def test_the_proposals_pass_the_gate_and_take_the_place_of_what_was_not_found(
    wikidata: Callable[..., Service],
    resolved: Callable[..., list[Resolution]],
    links: MappingSet,
    edition_kinds: Kinds,
    admitted: Classes,
) -> None:
    found = resolved(wikidata())
    new = amended(links, found)
    assert faults(new, edition_kinds, admitted) == []
    added = {f"{ID}{thing}" for thing, (outcome, _) in EXPECTED.items() if outcome == "proposed"}
    assert set(new.exact) - set(links.exact) == added
    assert not {each.subject_id for each in new.mappings if each.object_id == NO_TERM_FOUND} & added
    # A second run has nothing more to propose.
    assert not [r for r in resolved(wikidata(), new) if r.outcome == "proposed"]


def test_the_difference_can_be_applied_and_nothing_is_written(
    wikidata: Callable[..., Service], resolved: Callable[..., list[Resolution]], links: MappingSet, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert links.file is not None
    copy = tmp_path / "wikidata.sssom.tsv"
    shutil.copy(links.file, copy)
    before = copy.read_bytes()
    mappings = read(copy)
    found = resolved(wikidata(), mappings)
    diff = difference(mappings, found)
    assert copy.read_bytes() == before
    lines = diff.splitlines()
    assert lines[0].startswith("--- a/")
    assert sum(line.startswith("+instrument:") for line in lines) == sum(outcome == "proposed" for outcome, _ in EXPECTED.values())
    (tmp_path / "proposal.diff").write_text(diff, encoding="utf-8")
    subprocess.run(["git", "apply", "proposal.diff"], check=True)
    assert read(copy).exact == amended(mappings, found).exact
    assert serialize(read(copy)) == copy.read_text(encoding="utf-8")


def test_nothing_found_is_no_difference(links: MappingSet) -> None:
    assert difference(links, []) == ""


def test_a_denied_match_is_not_proposed(
    wikidata: Callable[..., Service], resolved: Callable[..., list[Resolution]], links: MappingSet
) -> None:
    thing, item = f"{ID}instrument/unscr-1373", f"{ENTITY}Q99910000001"
    denial = dataclasses.replace(links.mappings[0], subject_id=thing, object_id=item, predicate_modifier="Not")
    found = resolved(wikidata(), MappingSet(links.metadata, (*links.mappings, denial)))
    [resolution] = [r for r in found if r.thing == thing]
    assert resolution.outcome == "refused"
    assert "as another row says" in resolution.note


def test_a_failure_is_not_none(wikidata: Callable[..., Service], resolved: Callable[..., list[Resolution]]) -> None:
    service = wikidata()
    service.faults += [FAULTS["500"]] * 50
    found = resolved(service)
    assert {r.outcome for r in found} == {"failed"}
    assert all(r.note and r.row is None for r in found)
    assert len(service.queries) == 2
    service.faults.clear()
    assert told(resolved(service)) == EXPECTED


def test_half_an_answer_is_none(
    wikidata: Callable[..., Service],
    client: Callable[..., QueryService],
    links: MappingSet,
    edition_kinds: Kinds,
    admitted: Classes,
    identifiers: dict[str, tuple[Identifier, ...]],
) -> None:
    # The two spellings of a symbol are in two requests, and one of them fails: a second item might be behind it.
    thing = f"{ID}instrument/unscr-1373"
    found = resolve(links, client(wikidata("500")), edition_kinds, admitted, {thing: identifiers[thing]}, {}, batch=1)
    assert [(r.outcome, r.row) for r in found] == [("failed", None)]


def test_blanks_are_what_has_no_match(links: MappingSet, edition_kinds: Kinds, admitted: Classes) -> None:
    things = set(blanks(links, edition_kinds, admitted))
    assert f"{ID}instrument/unscr-1373" in things
    assert f"{ID}instrument/financing-1999" in things  # searched by name, and not found
    assert not things & set(links.exact)
    assert f"{ID}body/ctc" not in things  # has a close match


def test_identifiers_are_read_from_the_edition(identifiers: dict[str, tuple[Identifier, ...]]) -> None:
    def of(thing: str) -> set[tuple[str, str]]:
        return {(each.property, each.value) for each in identifiers[ID + thing]}

    assert of("instrument/unscr-1373") == {("P3069", "S/RES/1373 (2001)"), ("P3069", "S/RES/1373(2001)")}
    assert of("instrument/ga-res-3166-xxviii") == {("P3069", "A/RES/3166 (XXVIII)"), ("P3069", "A/RES/3166(XXVIII)")}
    assert of("instrument/ga-res-60-1") == {("P3069", "A/RES/60/1")}
    assert of("instrument/celex-32002F0584") == {("P476", "32002F0584")}
    assert of("state/PAK") == {("P298", "PAK"), ("P1566", "1168579")}
    assert ("P6782", "05xagc088") in of("organization/nato")


def test_values_are_escaped() -> None:
    assert r'"a\" } DROP ALL {"' in query("P476", ['a" } DROP ALL {'])


def test_rows_found_live_survive_a_build(link_tables: Path, links: MappingSet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from links import wikidata as built

    thing = next(each.subject_id for each in links.mappings if each.object_id == NO_TERM_FOUND)
    live = Mapping(
        subject_id=thing,
        predicate_id=links.mappings[0].predicate_id,
        object_id=f"{ENTITY}Q99910000001",
        mapping_justification=links.mappings[0].mapping_justification,
        mapping_tool=TOOL,
    )
    master = tmp_path / "wikidata.sssom.tsv"
    master.write_text(serialize(MappingSet(links.metadata, (*links.mappings, live))), encoding="utf-8")
    monkeypatch.setattr(built, "mapping_sets", lambda: {"links/wikidata": master})
    rows = [each for each in built.build(link_tables).mappings if each.subject_id == thing]
    assert [each.object_id for each in rows if not each.predicate_modifier] == [live.object_id]
