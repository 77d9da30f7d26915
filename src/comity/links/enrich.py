"""Compares statements of Wikidata with ours: where the two agree, where Wikidata adds something, and where one of them is wrong.

Nothing merges: what Wikidata says is kept beside the edition (:mod:`comity.links.statements`), and a person who takes something over does
so from the source that Wikidata names.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, get_args

from comity.links.service import values
from comity.links.sssom import MappingSet
from comity.links.statements import PROPERTIES, Fetched, Span, Statement
from comity.store.contract import Store
from comity.table import Column, Iri, Table
from comity.terms import shorten, with_prefixes

Verdict = Literal["agrees", "adds", "contradicts", "not comparable"]
VERDICTS: Final[tuple[Verdict, ...]] = get_args(Verdict)

_MEMBERSHIPS: Final = """\
SELECT DISTINCT ?node ?member ?organization ?a ?b ?c ?d WHERE {
  ?node a cy:Membership ; cy:member ?member ; cy:organization ?organization .
  OPTIONAL { ?node cy:role ?role }
  FILTER(!BOUND(?role) || ?role IN (membership-role:member, membership-role:founder))
  FILTER NOT EXISTS { ?disagreement cy:setAside ?node }
  OPTIONAL { ?node cy:startEarliest ?a } OPTIONAL { ?node cy:startLatest ?b }
  OPTIONAL { ?node cy:endEarliest ?c } OPTIONAL { ?node cy:endLatest ?d }
} ORDER BY ?node"""
_FOUNDINGS: Final = """\
SELECT DISTINCT ?organization ?a ?b WHERE {
  ?change cy:kind change-kind:founding ; cy:organization ?organization ; cy:earliest ?a ; cy:latest ?b .
} ORDER BY ?organization ?a ?b"""
_SEATS: Final = """\
SELECT DISTINCT ?organization ?place ?name WHERE {
  ?organization cy:seat ?place . ?place rdfs:label ?name . FILTER(LANG(?name) = "en")
} ORDER BY ?organization ?place ?name"""
_NAMES: Final = 'SELECT DISTINCT ?x ?name WHERE { ?x a cy:Organization ; rdfs:label ?name . FILTER(LANG(?name) = "en") } ORDER BY ?x ?name'


@dataclass(frozen=True, slots=True)
class Comparison:
    """A statement beside what we have: our value in words, empty when we have none."""

    statement: Statement
    verdict: Verdict
    theirs: str
    ours: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Membership:
    """One of our memberships: its bounds as far as they are known."""

    iri: str
    start: Span | None
    end: Span | None

    def __str__(self) -> str:
        bounds = [f"{word} {span}" for word, span in (("from", self.start), ("until", self.end)) if span]
        return " ".join(bounds) or "without dates"


def memberships(store: Store) -> dict[tuple[str, str], list[Membership]]:
    """Return the memberships that a view states, by member and organization; without those that it sets aside for a better source.

    What follows must be in the store: the bounds of a date follow from it.
    """
    found: dict[tuple[str, str], list[Membership]] = {}
    for node, member, organization, *bounds in select(store, _MEMBERSHIPS):
        start, end = _span(bounds[0], bounds[1]), _span(bounds[2], bounds[3])
        found.setdefault((member, organization), []).append(Membership(node, start, end))
    return found


def _span(first: str, last: str) -> Span | None:
    days = [datetime.date.fromisoformat(day) for day in (first, last) if day]
    return Span(days[0], days[-1]) if days else None


def select(store: Store, sparql: str) -> Iterator[tuple[str, ...]]:
    """Answer a query, with our prefixes, as rows of plain texts; what is unbound is empty."""
    text, _ = with_prefixes(sparql)
    for row in store.query(text).rows:
        yield tuple(str(getattr(term, "value", "")) for term in row)


def compare(fetched: Fetched, store: Store, mappings: MappingSet) -> list[Comparison]:
    """Say of each statement that Wikidata does not hold to be wrong whether the view in `store` agrees with it, lacks it, or differs."""
    ours = memberships(store)
    founded: dict[str, list[Span]] = {}
    for thing, first, last in select(store, _FOUNDINGS):
        founded.setdefault(thing, []).extend(filter(None, [_span(first, last)]))
    seats: dict[str, dict[str, str]] = {}
    for thing, place, name in select(store, _SEATS):
        seats.setdefault(thing, {}).setdefault(place, name)
    things = {item: thing for thing, item in mappings.exact.items()}
    near = {(link.subject_id, link.object_id) for link in mappings.mappings if link.holds}
    names = {row[0]: row[1] for row in select(store, _NAMES)}
    found = []
    for s in fetched.statements:
        if s.deprecated:
            continue
        match s.property_id:
            case "P463":
                organization = things[s.value]
                s.label = s.label or names.get(organization, shorten(organization))
                found.append(_membership(s, ours.get((s.thing, organization), [])))
            case "P571":
                found.append(_inception(s, founded.get(s.thing, [])))
            case "P159":
                found.append(_seat(s, seats.get(s.thing, {}), mappings.exact, near))
            case "P856":
                found.append(Comparison(s, "adds", s.value))
    return found


def _membership(s: Statement, ours: Sequence[Membership]) -> Comparison:
    start, end = (time.span if time else None for time in (s.start, s.end))
    theirs = f"{s.label}, {Membership('', start, end)}"
    mine = "; ".join(str(each) for each in ours)
    if not ours:
        return Comparison(s, "adds", theirs)
    if (s.start and not start) or (s.end and not end):
        return Comparison(s, "not comparable", theirs, mine, "a date that is vaguer than a year")

    def same(one: Span | None, other: Span | None) -> bool:
        return one is None or other is None or one.meets(other)

    like = [each for each in ours if same(start, each.start) and same(end, each.end)]
    if not like:
        return Comparison(s, "contradicts", theirs, mine, "other dates")
    if (start and not any(each.start for each in like)) or (end and not any(each.end for each in like)):
        return Comparison(s, "adds", theirs, mine, "a date that we do not have")
    return Comparison(s, "agrees", theirs, mine)


def _inception(s: Statement, ours: Sequence[Span]) -> Comparison:
    span = s.time.span if s.time else None
    mine = "; ".join(map(str, ours))
    if span is None:
        return Comparison(s, "not comparable", s.value, mine, "a date that is vaguer than a year")
    if not ours:
        return Comparison(s, "adds", str(span))
    return Comparison(s, "agrees" if any(span.meets(each) for each in ours) else "contradicts", str(span), mine)


def _seat(
    s: Statement, ours: Mapping[str, str], exact: Mapping[str, str], near: set[tuple[str, str]]
) -> Comparison:
    theirs, mine = s.label or shorten(s.value), "; ".join(ours.values())
    if not ours:
        return Comparison(s, "adds", theirs)
    if any((place, s.value) in near for place in ours):
        return Comparison(s, "agrees", theirs, mine)
    if any(place not in exact for place in ours):
        return Comparison(s, "not comparable", theirs, mine, "our seat is not linked to an item")
    return Comparison(s, "contradicts", theirs, mine, "look whether the one lies in the other")


def labels_of(store: Store, fetched: Fetched) -> dict[str, str]:
    """Return the English names of the things that the statements are about."""
    things = sorted({s.thing for s in fetched.statements})
    wanted = f'SELECT ?x ?name WHERE {{ {values("x", things)} ?x rdfs:label ?name . FILTER(LANG(?name) = "en") }} ORDER BY ?x ?name'
    return {row[0]: row[1] for row in select(store, wanted)}


def table(comparisons: Iterable[Comparison], labels: Mapping[str, str]) -> Table:
    """Return the comparisons as a table."""
    return Table(
        [
            Column("thing", "iri", "our thing"),
            Column("thingLabel", "string", "its name"),
            Column("property", "string", "what is said of it"),
            Column("verdict", "string", "agrees, adds (we have nothing there), contradicts, or not comparable"),
            Column("theirs", "string", "what Wikidata says"),
            Column("ours", "string", "what the view says"),
            Column("note", "string", "what to look at"),
            Column("references", "string", "where Wikidata has it from"),
            Column("statement", "iri", "the statement in Wikidata"),
            Column("asked", "datetime", "when it said so, in UTC"),
        ],
        [
            (
                Iri(c.statement.thing),
                labels.get(c.statement.thing) or shorten(c.statement.thing),
                PROPERTIES[c.statement.property_id],
                c.verdict,
                c.theirs,
                c.ours or None,
                c.note or None,
                " ".join(sorted(map(str, c.statement.references.values()))) or None,
                Iri(c.statement.iri),
                c.statement.asked,
            )
            for c in comparisons
        ],
        title="Wikidata beside the edition",
    )


