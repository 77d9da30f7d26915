"""What has become of the items: each change is found, and nothing else; a request that fails says nothing about an item."""

from __future__ import annotations

import datetime
from collections.abc import Callable

import pyoxigraph as ox
import pytest

from comity.links import mapping_sets, read
from comity.links.check import Finding, check, names_of, table
from comity.links.gate import Classes, Kinds
from comity.links.service import QueryService
from comity.links.sssom import MappingSet
from comity.links.wikidata import is_item

from .wikidata_service import ENTITY, FAULTS, Service, change, extract, full

Found = dict[str, tuple[str, str]]


@pytest.fixture(scope="module")
def links() -> MappingSet:
    return read(mapping_sets()["links/wikidata"])


@pytest.fixture(scope="module")
def names(edition_quads: list[ox.Quad]) -> dict[str, set[str]]:
    return names_of(edition_quads)


@pytest.fixture
def checked(
    edition_kinds: Kinds, admitted: Classes, names: dict[str, set[str]], links: MappingSet, client: Callable[..., QueryService]
) -> Callable[..., list[Finding]]:
    def run(service: Service, **settings: object) -> list[Finding]:
        batch = settings.pop("batch", 100)
        return check(links, client(service, **settings), edition_kinds, admitted, names, batch=batch)  # type: ignore[arg-type]

    return run


def told(findings: list[Finding]) -> Found:
    """What is to be decided, by the numbers of the items."""
    return {f.link.object_id.removeprefix(ENTITY): (f.state, f.found) for f in findings if f.state != "kept"}


def test_where_nothing_has_changed_nothing_is_found(
    wikidata: Callable[..., Service], checked: Callable[..., list[Finding]], links: MappingSet
) -> None:
    service = wikidata()
    findings = checked(service)
    rows = [link for link in links.mappings if is_item(link.object_id)]
    assert len(rows) > 330
    assert [f.link for f in findings] == rows
    assert told(findings) == {}
    assert all(f.asked is not None for f in findings)
    items = {link.object_id for link in rows}
    assert len(service.queries) == -(-len(items) // 100)
    assert service.most_at_once == 1


#: What has changed since, and what is to be found; Q843 is Pakistan, Q262 Algeria, Q8475 INTERPOL, Q34490 Al-Qaida.
CHANGES: list[tuple[str, dict[str, str], tuple[str, str]]] = [
    ("Q843", {"deleted": "yes"}, ("deleted", "")),
    ("Q843", {"to": "Q99910000060"}, ("redirected", "wd:Q99910000060")),
    ("Q843", {"to": "Q262"}, ("redirected", "wd:Q262")),
    ("Q843", {"class_": "cricket team"}, ("other class", "cricket team")),
    ("Q843", {"class_": ""}, ("no class", "")),
    ("Q843", {"label": "Hindustan"}, ("other name", "Hindustan")),
    ("Q843", {"label": ""}, ("no name", "")),
    ("Q8475", {"class_": "police academy"}, ("other class", "police academy")),
    ("Q34490", {"class_": "village in Iran"}, ("other class", "village in Iran")),
    # Of a match that is denied, only a merger with the right item counts: Q35 is the country within the realm of Denmark, Q756617.
    ("Q35", {"to": "Q756617"}, ("redirected", "wd:Q756617")),
]


def test_each_change_is_found(
    wikidata: Callable[..., Service], checked: Callable[..., list[Finding]], edition_kinds: Kinds, admitted: Classes
) -> None:
    for item, changes, expected in CHANGES:
        store = extract(edition_kinds, admitted)
        change(store, item, **changes)
        findings = checked(wikidata(store=store))
        assert told(findings) == {item: expected}, changes
        assert all(f.decision for f in findings if f.state != "kept")


def test_the_decision_says_who_has_the_new_item(
    wikidata: Callable[..., Service], checked: Callable[..., list[Finding]], edition_kinds: Kinds, admitted: Classes
) -> None:
    store = extract(edition_kinds, admitted)
    change(store, "Q843", to="Q262")
    change(store, "Q869", to="Q99910000060")
    decisions = {f.link.object_id.removeprefix(ENTITY): f.decision for f in checked(wikidata(store=store)) if f.state != "kept"}
    assert decisions == {
        "Q843": "state:DZA has it already: look which is right",
        "Q869": "if it is the same thing, put the new item in the row",
    }


def test_a_denied_item_may_change_as_it_likes(
    wikidata: Callable[..., Service], checked: Callable[..., list[Finding]], edition_kinds: Kinds, admitted: Classes
) -> None:
    store = extract(edition_kinds, admitted)
    change(store, "Q750262", deleted="yes")
    change(store, "Q255889", label="Shahab", class_="town")
    change(store, "Q326303", to="Q99910000060")
    assert told(checked(wikidata(store=store))) == {}


def test_another_name_of_ours_is_as_good(
    wikidata: Callable[..., Service], checked: Callable[..., list[Finding]], edition_kinds: Kinds, admitted: Classes
) -> None:
    store = extract(edition_kinds, admitted)
    change(store, "Q843", label="PÁKISTAN")
    change(store, "Q148", label="中国")
    change(store, "Q8475", label="INTERPOL")
    assert told(checked(wikidata(store=store))) == {}


def test_a_class_below_one_that_fits_fits(
    wikidata: Callable[..., Service], checked: Callable[..., list[Finding]], edition_kinds: Kinds, admitted: Classes
) -> None:
    store = extract(edition_kinds, admitted)
    change(store, "Q843", class_="Islamic republic")
    assert set(told(checked(wikidata(store=store)))) == {"Q843"}
    [kind] = (quad.object for quad in store.quads_for_pattern(ox.NamedNode(f"{ENTITY}Q843"), ox.NamedNode(full("wdt:P31")), None))
    above = ox.NamedNode(f"{ENTITY}Q99920000077")
    store.add(ox.Quad(kind, ox.NamedNode(full("wdt:P279")), above))
    store.add(ox.Quad(above, ox.NamedNode("http://www.w3.org/2000/01/rdf-schema#label"), ox.Literal("sovereign state", language="en")))
    assert told(checked(wikidata(store=store))) == {}


@pytest.mark.parametrize("fault", ["500", "200 in plain text", "429 for an hour", "truncated 200 of the right length"])
def test_a_failed_request_is_a_state_of_its_own(
    fault: str, wikidata: Callable[..., Service], checked: Callable[..., list[Finding]]
) -> None:
    service = wikidata(fault)
    findings = checked(service, batch=200)
    states = {f.state for f in findings}
    assert "failed" in states
    assert states <= {"failed", "kept"}
    failed = [f for f in findings if f.state == "failed"]
    assert len({f.link.object_id for f in failed}) >= 150
    assert all(f.found and f.asked is None for f in failed)
    # What was answered is kept: the second run asks for the rest only, and nothing is left open.
    before = len(service.queries)
    assert told(checked(service, batch=200)) == {}
    assert len(service.queries) > before


def test_a_service_that_is_down_knows_of_nothing_deleted(wikidata: Callable[..., Service], checked: Callable[..., list[Finding]]) -> None:
    service = wikidata()
    service.faults += [FAULTS["500"]] * 100
    assert {f.state for f in checked(service)} == {"failed"}
    assert len(service.queries) == 2


def test_replayed_without_the_service_it_is_the_same(wikidata: Callable[..., Service], checked: Callable[..., list[Finding]]) -> None:
    service = wikidata()
    recorded = checked(service)
    asked = len(service.queries)
    assert checked(service, offline=True, max_age=datetime.timedelta(0)) == recorded
    assert len(service.queries) == asked
    # Another query is not in the recording: that is a failure, and no finding about the items.
    assert {f.state for f in checked(service, offline=True, batch=99)} == {"failed"}


def test_the_table_names_both_sides(wikidata: Callable[..., Service], checked: Callable[..., list[Finding]], links: MappingSet) -> None:
    shown = table(checked(wikidata()))
    assert len(shown) == len([link for link in links.mappings if is_item(link.object_id)])
    [pakistan] = [row for row in shown if row.item == f"{ENTITY}Q843"]
    assert (pakistan.thingLabel, pakistan.itemLabel) == ("Pakistan", "Pakistan")
    assert (pakistan.predicate, pakistan.state) == ("skos:exactMatch", "kept")
    assert pakistan.line > 30
