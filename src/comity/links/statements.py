"""Statements of Wikidata about linked things: fetched as they stand there, with rank, qualifiers, references and the time of retrieval.

What is fetched stays Wikidata's, in its own vocabulary, for a graph of its own (:data:`GRAPH_OF_WIKIDATA`). Nothing of it becomes a
statement of the edition.
"""

from __future__ import annotations

import calendar
import datetime
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal

from comity.errors import ComityError
from comity.links import wikidata
from comity.links.service import QueryService, values
from comity.links.sssom import MappingSet
from comity.terms import DCTERMS, GRAPH, PROV, RDF, RDFS, XSD, shorten, split_iri

if TYPE_CHECKING:
    import pyoxigraph as ox

    from comity.links.service import Row

GRAPH_OF_WIKIDATA: Final = GRAPH + "enrichment/wikidata"
"""The named graph for what is fetched."""
_CC0: Final = "https://creativecommons.org/publicdomain/zero/1.0/"

Property = Literal["P463", "P571", "P159", "P856"]
PROPERTIES: Final[Mapping[Property, str]] = {
    "P463": "member of",
    "P571": "inception",
    "P159": "headquarters",
    "P856": "official website",
}
"""What is fetched. Nothing else is: no designation, nothing about who did what, nothing about persons."""
KINDS: Final[Mapping[Property, tuple[str, ...]]] = {
    "P463": ("state",),
    "P571": ("organization", "body", "agency", "mechanism"),
    "P159": ("organization", "body", "agency", "mechanism"),
    "P856": ("organization", "body", "agency", "mechanism"),
}
"""Of which kinds of our things each property is fetched."""
BATCH: Final = 50


@dataclass(frozen=True, slots=True)
class Span:
    """A date as far as it is known: the first and the last day that it may be."""

    first: datetime.date
    last: datetime.date

    def meets(self, other: Span) -> bool:
        """Whether both may be the same day."""
        return self.first <= other.last and other.first <= self.last

    def __str__(self) -> str:
        if self.first == self.last:
            return self.first.isoformat()
        whole_month = self.last.day == calendar.monthrange(self.last.year, self.last.month)[1]
        if (self.first.year, self.first.month, self.first.day) == (self.last.year, self.last.month, 1) and whole_month:
            return f"{self.first:%Y-%m}"
        if (self.first.month, self.first.day, self.last.month, self.last.day) == (1, 1, 12, 31) and self.first.year == self.last.year:
            return f"{self.first.year:04}"
        return f"{self.first} to {self.last}"


@dataclass(frozen=True, slots=True)
class Time:
    """A date of Wikidata's: the node that holds it, the text of its value, and its precision (9 year, 10 month, 11 day)."""

    node: str
    value: str
    precision: int

    @property
    def span(self) -> Span | None:
        """Which days it may be; ``None`` where it is vaguer than a year, or outside our calendar."""
        match = re.match(r"\+?([0-9]{4})-([0-9]{2})-([0-9]{2})T", self.value)
        if match is None or self.precision not in (9, 10, 11):
            return None
        year, month, day = (int(part) for part in match.groups())
        try:
            if self.precision == 9:
                return Span(datetime.date(year, 1, 1), datetime.date(year, 12, 31))
            if self.precision == 10:
                return Span(datetime.date(year, month, 1), datetime.date(year, month, calendar.monthrange(year, month)[1]))
            return Span(datetime.date(year, month, day), datetime.date(year, month, day))
        except (ValueError, calendar.IllegalMonthError):
            return None


@dataclass(frozen=True, slots=True)
class Reference:
    """Where a statement is from: a page, or a work that has an item, and when it was looked at."""

    node: str
    url: str = ""
    stated_in: str = ""
    retrieved: str = ""

    def __str__(self) -> str:
        return self.url or shorten(self.stated_in) or shorten(self.node)


@dataclass(slots=True)
class Statement:
    """A statement of Wikidata, by its own IRI; `thing` is our name for the item that it is about."""

    iri: str
    thing: str
    item: str
    property_id: Property
    rank: str
    value: str
    label: str
    asked: datetime.datetime
    time: Time | None = None
    start: Time | None = None
    end: Time | None = None
    references: dict[str, Reference] = field(default_factory=dict)

    @property
    def deprecated(self) -> bool:
        """Whether Wikidata itself holds it to be wrong."""
        return self.rank == full("wikibase:DeprecatedRank")


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came of asking: the statements, and each request that failed, with the things that nothing is known of."""

    statements: tuple[Statement, ...]
    failures: tuple[tuple[tuple[str, ...], ComityError], ...] = ()


# -- fetching --------------------------------------------------------------------------------------------------------


def query(property_: Property, items: Sequence[str], organizations: Sequence[str] = ()) -> str:
    """Return the query for the statements of a property about these items; of memberships, those in `organizations` only."""
    p = property_
    value = f"?statement psv:{p} ?node . ?node wikibase:timeValue ?value ; wikibase:timePrecision ?precision ."
    if p != "P571":
        value = f"?statement ps:{p} ?value ."
    parts = [values("item", items), f"?item p:{p} ?statement .", value]
    if p == "P463":
        parts.insert(1, values("value", organizations))
        parts += [
            f"OPTIONAL {{ ?statement pqv:{q} ?{name}Node . "
            f"?{name}Node wikibase:timeValue ?{name} ; wikibase:timePrecision ?{name}Precision }}"
            for q, name in (("P580", "start"), ("P582", "end"))
        ]
    if p == "P159":
        parts.append('OPTIONAL { ?value rdfs:label ?label . FILTER(LANG(?label) = "en") }')
    parts += [
        "?statement wikibase:rank ?rank .",
        "OPTIONAL { ?statement prov:wasDerivedFrom ?reference ."
        " OPTIONAL { ?reference pr:P854 ?url } OPTIONAL { ?reference pr:P248 ?in } OPTIONAL { ?reference pr:P813 ?retrieved } }",
    ]
    return wikidata.with_prefixes("SELECT * WHERE {\n  " + "\n  ".join(parts) + "\n}")


def fetch(
    mappings: MappingSet, service: QueryService, properties: Iterable[Property] = tuple(PROPERTIES), *, batch: int = BATCH
) -> Fetched:
    """Fetch the statements about the things that `mappings` matches exactly to items."""
    statements: dict[str, Statement] = {}
    failures: list[tuple[tuple[str, ...], ComityError]] = []
    things = {item: thing for thing, item in mappings.exact.items()}
    organizations = sorted(item for item, thing in things.items() if _kind(thing) == "organization")
    for property_ in properties:
        items = sorted(item for item, thing in things.items() if _kind(thing) in KINDS[property_])
        for some in service.batches(items, batch, lambda part, about=property_: query(about, part, organizations)):  # type: ignore[misc]
            if some.answer is None:
                assert some.error is not None
                failures.append((tuple(things[item] for item in some.things), some.error))
                continue
            for row in some.answer.rows:
                _take(statements, row, property_, things, some.answer.asked)
    ordered = sorted(statements.values(), key=lambda s: (s.thing, s.property_id, s.iri))
    return Fetched(tuple(ordered), tuple(failures))


def _kind(thing: str) -> str:
    parts = split_iri(thing)
    return parts[0] if parts else ""


def _take(
    statements: dict[str, Statement], row: Row, property_: Property, things: Mapping[str, str], asked: datetime.datetime
) -> None:
    """Take in a row: all that it says of its statement, of which it may be one of several."""

    def text(name: str) -> str:
        return str(getattr(row.get(name), "value", ""))

    def time(name: str, node: str) -> Time | None:
        return Time(text(node), text(name), int(text(f"{name}Precision" if name != "value" else "precision"))) if text(node) else None

    # "Some value" is a node without a name, or one that stands for it.
    if not text("value") or type(row["value"]).__name__ == "BlankNode" or "/.well-known/genid/" in text("value"):
        return
    made = statements.setdefault(
        text("statement"),
        Statement(
            text("statement"),
            things[text("item")],
            text("item"),
            property_,
            text("rank"),
            text("value"),
            text("label"),
            asked,
            time=time("value", "node"),
            start=time("start", "startNode"),
            end=time("end", "endNode"),
        ),
    )
    if text("reference"):
        made.references[text("reference")] = Reference(text("reference"), text("url"), text("in"), text("retrieved"))


# -- the graph -------------------------------------------------------------------------------------------------------


def graph_of(statements: Sequence[Statement], endpoint: str) -> list[ox.Quad]:
    """Return the statements as quads of the graph ``enrichment/wikidata``, in Wikidata's own RDF, with what the graph is from."""
    import pyoxigraph as ox

    graph = ox.NamedNode(GRAPH_OF_WIKIDATA)
    quads: list[ox.Quad] = []

    def say(subject: str, predicate: str, object_: ox.NamedNode | ox.Literal) -> None:
        name = full(predicate) if predicate.partition(":")[0] in wikidata.PREFIXES else predicate
        quads.append(ox.Quad(ox.NamedNode(subject), ox.NamedNode(name), object_, graph))

    def address(text: str) -> ox.NamedNode | ox.Literal:
        # An address that somebody typed need not be an IRI.
        try:
            return ox.NamedNode(text)
        except ValueError:
            return ox.Literal(text)

    def say_time(statement: str, direct: str, deep: str, time: Time) -> None:
        moment = ox.Literal(time.value, datatype=ox.NamedNode(XSD.dateTime))
        say(statement, direct, moment)
        say(statement, deep, ox.NamedNode(time.node))
        say(time.node, "wikibase:timeValue", moment)
        say(time.node, "wikibase:timePrecision", ox.Literal(time.precision))

    for s in statements:
        say(s.item, f"p:{s.property_id}", ox.NamedNode(s.iri))
        say(s.iri, RDF.type, ox.NamedNode(full("wikibase:Statement")))
        say(s.iri, "wikibase:rank", ox.NamedNode(s.rank))
        say(s.iri, PROV.generatedAtTime, ox.Literal(s.asked.isoformat(), datatype=ox.NamedNode(XSD.dateTime)))
        if s.time is not None:
            say_time(s.iri, f"ps:{s.property_id}", f"psv:{s.property_id}", s.time)
        else:
            say(s.iri, f"ps:{s.property_id}", address(s.value))
        for time, property_ in ((s.start, "P580"), (s.end, "P582")):
            if time is not None:
                say_time(s.iri, f"pq:{property_}", f"pqv:{property_}", time)
        if s.label:
            say(s.value, RDFS.label, ox.Literal(s.label, language="en"))
        for reference in s.references.values():
            say(s.iri, "prov:wasDerivedFrom", ox.NamedNode(reference.node))
            if reference.url:
                say(reference.node, "pr:P854", address(reference.url))
            if reference.stated_in:
                say(reference.node, "pr:P248", ox.NamedNode(reference.stated_in))
            if reference.retrieved:
                say(reference.node, "pr:P813", ox.Literal(reference.retrieved, datatype=ox.NamedNode(XSD.dateTime)))
    if statements:
        say(GRAPH_OF_WIKIDATA, DCTERMS.source, ox.NamedNode(endpoint))
        say(GRAPH_OF_WIKIDATA, DCTERMS.license, ox.NamedNode(_CC0))
        latest = max(s.asked for s in statements).date()
        say(GRAPH_OF_WIKIDATA, DCTERMS.date, ox.Literal(latest.isoformat(), datatype=ox.NamedNode(XSD.date)))
    return list(dict.fromkeys(quads))


def full(short: str) -> str:
    """Return the IRI of a prefixed name of Wikidata's."""
    prefix, _, local = short.partition(":")
    return wikidata.PREFIXES[prefix] + local
