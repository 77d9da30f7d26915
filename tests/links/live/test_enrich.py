"""What Wikidata says stays Wikidata's, beside ours: agreeing, adding, contradicting."""

from __future__ import annotations

import datetime
from collections.abc import Callable

import pyoxigraph as ox
import pytest

import comity
from comity.links import MappingSet, mapping_sets, read
from comity.links.enrich import compare, memberships, table
from comity.links.service import QueryService
from comity.links.statements import GRAPH_OF_WIKIDATA, PROPERTIES, Fetched, Span, Time, fetch, graph_of
from comity.links.wikidata import with_prefixes
from comity.terms import ID, INFERRED

from .wikidata_service import ENTITY, FAULTS, Service


@pytest.fixture(scope="module")
def links() -> MappingSet:
    return read(mapping_sets()["links/wikidata"])


Fetch = Callable[..., Fetched]


@pytest.fixture
def fetched(links: MappingSet, client: Callable[..., QueryService]) -> Fetch:
    return lambda service, **settings: fetch(links, client(service), **settings)


#: The statements of the extract: property, thing, what Wikidata says, the verdict, and a word of ours where there is one.
EXPECTED = [
    ("member of", "state/PAK", "Shanghai Cooperation Organization, from 2017-06-09", "agrees", "2017-06-09"),
    ("member of", "state/CHE", "United Nations, from 2002", "agrees", "2002-09-10"),
    ("member of", "state/THA", "Association of Southeast Asian Nations, from 1967-08-08", "agrees", "from 1967"),
    ("member of", "state/GBR", "European Union, from 1973-01-01 until 2020-01-31", "contradicts", "1993"),
    ("member of", "state/DZA", "League of Arab States, without dates", "agrees", "1962"),
    ("member of", "state/RUS", "Organization of American States, from 1999-05-04", "adds", ""),
    ("member of", "state/CHN", "International Civil Aviation Organization, from 1974-02-15", "contradicts", "1954"),
    ("member of", "state/IND", "United Nations, from 1945-10-30 until 1990", "adds", "1945"),
    ("inception", "organization/sco", "2001-06-15", "agrees", "2001-06-15"),
    ("inception", "organization/asean", "1968", "contradicts", "1967-08-08"),
    ("inception", "organization/upu", "1801-01-01T00:00:00Z", "not comparable", "1874"),
    ("headquarters", "organization/sco", "Beijing", "agrees", "Beijing"),
    ("headquarters", "organization/asean", "Atlantis", "contradicts", "Jakarta"),
    ("headquarters", "organization/nato", "Atlantis", "not comparable", "Brussels"),
    ("official website", "organization/un", "https://example.org/un", "adds", ""),
]


def test_the_verdicts(
    wikidata: Callable[..., Service], fetched: Fetch, edition: comity.Comity, links: MappingSet
) -> None:
    service = wikidata()
    shown = table(compare(fetched(service), edition.store, links), {})
    found = {(row.property, row.thing.removeprefix(ID)): row for row in shown}
    assert len(found) == len(shown) == len(EXPECTED)
    for property_, thing, theirs, verdict, ours in EXPECTED:
        row = found[property_, thing]
        assert row.verdict == verdict, row
        assert ours in (row.ours or ""), row
        assert row.theirs == theirs
        assert row.statement.startswith(f"{ENTITY}statement/")
        assert row.asked is not None
    assert found["member of", "state/PAK"].references == "https://example.org/members"
    assert found["member of", "state/THA"].references == "wd:Q99910000099"
    assert service.most_at_once == 1


def test_what_wikidata_holds_to_be_wrong_is_kept_but_not_compared(
    wikidata: Callable[..., Service], fetched: Fetch, edition: comity.Comity, links: MappingSet
) -> None:
    found = fetched(wikidata())
    [deprecated] = [s for s in found.statements if s.deprecated]
    assert deprecated.start is not None
    assert deprecated.start.value.startswith("1900")
    assert deprecated.iri not in {c.statement.iri for c in compare(found, edition.store, links)}


def test_only_what_may_be_is_asked_for(wikidata: Callable[..., Service], fetched: Fetch) -> None:
    service = wikidata()
    fetched(service)
    asked = " ".join(service.queries)
    assert all(f"p:{property_} " in asked for property_ in PROPERTIES)
    # Persons and threat groups are asked nothing: Q34490 is Al-Qaida.
    assert f"{ENTITY}Q34490>" not in asked
    assert "human" not in asked


def test_the_graph_has_the_shape_of_wikidata_and_says_where_it_is_from(wikidata: Callable[..., Service], fetched: Fetch) -> None:
    service = wikidata()
    quads = graph_of(fetched(service).statements, service.endpoint)
    assert {quad.graph_name.value for quad in quads} == {GRAPH_OF_WIKIDATA}
    assert not [quad for quad in quads if quad.predicate.value.startswith("https://w3id.org/comity/")]
    assert not [quad for quad in quads if str(getattr(quad.subject, "value", "")).startswith(ID)]
    # The same query that was put to Wikidata finds the same in the graph.
    again = ox.Store()
    for quad in quads:
        again.add(ox.Quad(quad.subject, quad.predicate, quad.object))
    assert again.query(
        with_prefixes(
            """ASK { wd:Q843 p:P463 ?s . ?s ps:P463 wd:Q485207 ; wikibase:rank wikibase:NormalRank ;
              pq:P580 "2017-06-09T00:00:00Z"^^<http://www.w3.org/2001/XMLSchema#dateTime> ;
              prov:generatedAtTime ?when ; prov:wasDerivedFrom ?r . ?r pr:P854 <https://example.org/members> ; pr:P813 ?day }"""
        )
    )
    about = {quad.predicate.value.rsplit("/", 1)[1]: quad.object.value for quad in quads if quad.subject.value == GRAPH_OF_WIKIDATA}
    assert about["source"] == service.endpoint
    assert about["license"].startswith("https://creativecommons.org/publicdomain/zero/")
    assert about["date"] == datetime.datetime.now(datetime.UTC).date().isoformat()


def test_fetched_again_from_the_graph_it_is_the_same(
    wikidata: Callable[..., Service], fetched: Fetch, edition: comity.Comity, links: MappingSet
) -> None:
    first = wikidata()
    found = fetched(first)
    store = ox.Store()
    for quad in graph_of(found.statements, first.endpoint):
        store.add(ox.Quad(quad.subject, quad.predicate, quad.object))

    def told(some: Fetched) -> list[tuple[str, str, str]]:
        return [(c.statement.iri, c.verdict, c.theirs) for c in compare(some, edition.store, links)]

    assert told(fetched(wikidata(store=store))) == told(found)


def test_nothing_becomes_part_of_the_edition(
    wikidata: Callable[..., Service], fetched: Fetch, edition: comity.Comity, links: MappingSet
) -> None:
    before = edition.store.count()
    compare(fetched(wikidata()), edition.store, links)
    assert edition.store.count() == before
    assert GRAPH_OF_WIKIDATA not in edition.store.graphs()


def test_the_reasoner_does_not_see_the_graph(wikidata: Callable[..., Service], fetched: Fetch) -> None:
    service = wikidata()
    quads = graph_of(fetched(service).statements, service.endpoint)
    with comity.open(infer=False) as opened:
        opened.store.load(list(quads))
        opened.infer()
        items = [t for t in opened.store.quads(INFERRED) if "wikidata.org" in f"{t.subject} {t.object}"]
    assert items == []


def test_a_failure_is_told_with_what_is_not_known(wikidata: Callable[..., Service], fetched: Fetch) -> None:
    service = wikidata("500")
    found = fetched(service, properties=["P463"])
    [(things, error)] = found.failures
    assert len(things) == 50
    assert "500" in error.what
    service.faults += [FAULTS["500"]] * 100
    nothing = fetched(service, properties=["P571", "P159"])
    assert nothing.statements == ()
    assert {thing for things, _ in nothing.failures for thing in things} >= {f"{ID}organization/un", f"{ID}body/unsc"}


@pytest.mark.parametrize(
    ("value", "precision", "text"),
    [
        ("2001-06-15T00:00:00Z", 11, "2001-06-15"),
        ("2001-06-00T00:00:00Z", 10, "2001-06"),
        ("2001-06-01T00:00:00Z", 10, "2001-06"),
        ("2001-00-00T00:00:00Z", 9, "2001"),
        ("2000-02-01T00:00:00Z", 10, "2000-02"),
        ("1801-01-01T00:00:00Z", 7, None),
        ("-0044-03-15T00:00:00Z", 11, None),
        ("2001-02-30T00:00:00Z", 11, None),
        ("2001-13-01T00:00:00Z", 10, None),
        ("once", 11, None),
    ],
)
def test_a_date_is_as_precise_as_it_says(value: str, precision: int, text: str | None) -> None:
    span = Time("node", value, precision).span
    assert (None if span is None else str(span)) == text


def test_spans_meet() -> None:
    year, day, other = (
        Span(datetime.date(*first), datetime.date(*last))
        for first, last in (((2001, 1, 1), (2001, 12, 31)), ((2001, 6, 15), (2001, 6, 15)), ((2002, 1, 1), (2002, 1, 2)))
    )
    assert year.meets(day)
    assert day.meets(year)
    assert not year.meets(other)
    assert not other.meets(day)
    assert str(other) == "2002-01-01 to 2002-01-02"


def test_what_a_better_source_sets_aside_is_not_compared(edition: comity.Comity) -> None:
    aside = {quad.object.value for quad in edition.store.quads() if quad.predicate.value.endswith("#setAside")}
    assert len(aside) > 50
    ours = {each.iri for those in memberships(edition.store).values() for each in those}
    assert len(ours) > 1500
    assert not ours & aside
