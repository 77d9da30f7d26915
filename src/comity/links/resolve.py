"""Finds items for things without one: by an identifier that both sides have, never by a name.

Proposed is only what leaves no doubt: one item, and no other of a class that fits, has the identifier, and the row passes the gate. The
rows are proposed as a difference of the mapping set; a person takes them or leaves them.
"""

from __future__ import annotations

import dataclasses
import datetime
import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Final, Literal

from comity.errors import ComityError
from comity.links import wikidata
from comity.links.check import Item, described, read_item
from comity.links.gate import Classes, Kinds, faults
from comity.links.service import Answer, QueryService
from comity.links.sssom import NO_TERM_FOUND, STANDARD_PREFIXES, MappingSet, serialize
from comity.links.sssom import Mapping as Link
from comity.resources import display
from comity.store.body import shown
from comity.table import Column, Iri, Table
from comity.terms import CY, RDFS, SKOS, shorten

if TYPE_CHECKING:
    import pyoxigraph as ox

Outcome = Literal["proposed", "none", "several", "other class", "refused", "failed"]
"""``none``: no item has the identifier. ``failed``: the service did not answer, so nothing is known."""
TOOL: Final = "comity link resolve"
"""What the slot ``mapping_tool`` of a proposed row says."""
BATCH: Final = 100
_BY_CODE: Final = "https://w3id.org/semapv/vocab/BackgroundKnowledgeBasedMatching"
#: As for any item of which Wikidata itself gives class and identifier: a rank, like the others of the set.
_CONFIDENCE: Final = Decimal("0.95")


@dataclass(frozen=True, slots=True)
class Identifier:
    """A value that names a thing of ours elsewhere: Wikidata's `property` for it, as ``P3069``, and where we have it (`field`)."""

    property: str
    value: str
    field: str


@dataclass(frozen=True, slots=True)
class Resolution:
    """What came of one thing: the `items` that have one of its identifiers, and the row that is proposed."""

    thing: str
    identifiers: tuple[Identifier, ...]
    outcome: Outcome
    items: tuple[str, ...] = ()
    note: str = ""
    row: Link | None = None


def blanks(mappings: MappingSet, kinds: Kinds, classes: Classes) -> list[str]:
    """Return the things without a match, whether one was searched for or not, of which the allow-list says what fits."""
    linked = {link.subject_id for link in mappings.mappings if link.holds}
    return sorted(thing for thing in kinds.types if thing not in linked and kinds.nearest(thing, classes))


def identifiers_of(quads: Iterable[ox.Quad], others: Sequence[MappingSet] = ()) -> dict[str, tuple[Identifier, ...]]:
    """Return the identifiers of our things: codes and symbols of the edition, and the numbers that `others`, the other mapping sets, give.

    P3069 is the symbol of a document of the United Nations, P476 CELEX, P298 ISO 3166-1 alpha-3, P1566 GeoNames, P6782 ROR.
    """
    found: dict[str, list[Identifier]] = {}
    for quad in quads:
        thing, value = str(getattr(quad.subject, "value", "")), str(getattr(quad.object, "value", ""))
        if quad.predicate.value == CY.isoAlpha3:
            found.setdefault(thing, []).append(Identifier("P298", value, CY.isoAlpha3))
        elif quad.predicate.value == CY.symbol:
            found.setdefault(thing, []).extend(_by_symbol(value))
    for mappings in others:
        for thing, target in mappings.exact.items():
            for property_, space in (("P1566", STANDARD_PREFIXES["gn"]), ("P6782", STANDARD_PREFIXES["ror"])):
                if target.startswith(space):
                    number = target.removeprefix(space).rstrip("/")
                    found.setdefault(thing, []).append(Identifier(property_, number, SKOS.exactMatch))
    return {thing: tuple(dict.fromkeys(those)) for thing, those in found.items()}


def _by_symbol(symbol: str) -> list[Identifier]:
    if celex := re.fullmatch(r"CELEX (\S+)", symbol):
        return [Identifier("P476", celex[1], CY.symbol)]
    if re.match(r"[AS]/RES/", symbol):
        # Both spellings are in use: S/RES/1373 (2001) and S/RES/1373(2001).
        spellings = dict.fromkeys((symbol, re.sub(r"\s+\(", "(", symbol), re.sub(r"(?<=\S)\(", " (", symbol)))
        return [Identifier("P3069", spelling, CY.symbol) for spelling in spellings]
    return []


def query(property_: str, values: Sequence[str]) -> str:
    """Return the query for the items that have one of these values of an identifier."""
    import pyoxigraph as ox

    # The library writes the values, with every character that needs it escaped.
    given = " ".join(str(ox.Literal(value)) for value in values)
    return wikidata.with_prefixes(
        f"SELECT ?item ?value ?label ?class ?className ?above ?aboveName WHERE {{\n  VALUES ?value {{ {given} }}\n"
        f"  ?item wdt:{property_} ?value ." + described() + "\n}"
    )


def resolve(
    mappings: MappingSet,
    service: QueryService,
    kinds: Kinds,
    classes: Classes,
    identifiers: Mapping[str, Sequence[Identifier]],
    labels: Mapping[str, str],
    *,
    batch: int = BATCH,
) -> list[Resolution]:
    """Return what came of each blank that has an identifier, by the IRIs of the things. `labels` are their names."""
    things = [thing for thing in blanks(mappings, kinds, classes) if identifiers.get(thing)]
    hits: dict[tuple[str, str], dict[str, Item]] = {}
    answers: dict[tuple[str, str], Answer | ComityError] = {}
    for property_ in sorted({identifier.property for thing in things for identifier in identifiers[thing]}):
        wanted = sorted({each.value for thing in things for each in identifiers[thing] if each.property == property_})
        for some in service.batches(wanted, batch, lambda part, about=property_: query(about, part)):  # type: ignore[misc]
            told: Answer | ComityError | None = some.answer or some.error
            assert told is not None
            answers.update({(property_, value): told for value in some.things})
            for row in some.answer.rows if some.answer else ():
                item, value = (str(getattr(row[name], "value", "")) for name in ("item", "value"))
                if wikidata.is_item(item):
                    read_item(hits.setdefault((property_, value), {}).setdefault(item, Item(exists=True)), row)
    found: list[Resolution] = []
    amended = mappings
    for thing in things:
        resolution = _resolved(thing, identifiers[thing], hits, answers, amended, kinds, classes, labels, shown(service.endpoint))
        if resolution.row is not None:
            amended = _with(amended, resolution.row)
        found.append(resolution)
    return found


def _resolved(
    thing: str,
    identifiers: Sequence[Identifier],
    hits: Mapping[tuple[str, str], Mapping[str, Item]],
    answers: Mapping[tuple[str, str], Answer | ComityError],
    mappings: MappingSet,
    kinds: Kinds,
    classes: Classes,
    labels: Mapping[str, str],
    where: str,
) -> Resolution:
    told = [answers[each.property, each.value] for each in identifiers]
    # One identifier may be answered and another not; half an answer is none.
    for answer in told:
        if isinstance(answer, ComityError):
            return Resolution(thing, tuple(identifiers), "failed", note=answer.what)
    items: dict[str, tuple[Item, Identifier]] = {}
    for each in identifiers:
        for iri, item in hits.get((each.property, each.value), {}).items():
            items.setdefault(iri, (item, each))
    if not items:
        return Resolution(thing, tuple(identifiers), "none")
    fitting = [iri for iri, (item, _) in sorted(items.items()) if item.fits(thing, kinds, classes)]
    if not fitting:
        told_classes = ", ".join(sorted({name for item, _ in items.values() for name in item.classes.values()})) or "no class"
        return Resolution(thing, tuple(identifiers), "other class", tuple(sorted(items)), told_classes)
    if len(fitting) > 1:
        return Resolution(thing, tuple(identifiers), "several", tuple(fitting), "several items of a fitting class have it")
    item, identifier = items[fitting[0]]
    days = [answer.day for answer in told if isinstance(answer, Answer)]
    row = _row(thing, fitting[0], item, identifier, max(days), kinds, classes, labels, where)
    alone = dataclasses.replace(row, line=-1)
    refused = [fault for fault in faults(_with(mappings, alone), kinds, classes) if fault.line == -1]
    if refused:
        return Resolution(thing, tuple(identifiers), "refused", tuple(fitting), refused[0].what)
    return Resolution(thing, tuple(identifiers), "proposed", tuple(fitting), row=row)


def _row(
    thing: str,
    iri: str,
    item: Item,
    identifier: Identifier,
    day: datetime.date,
    kinds: Kinds,
    classes: Classes,
    labels: Mapping[str, str],
    where: str,
) -> Link:
    # The gate looks at the item's own classes only, so a class that fits by the one above it is written with that.
    names = sorted(item.classes.values())
    if not Item(classes=item.classes).fits(thing, kinds, classes):
        names += sorted(item.above.values())
    return Link(
        subject_id=thing,
        subject_label=labels.get(thing, ""),
        subject_category=kinds.most_specific(thing),
        predicate_id=SKOS.exactMatch,
        object_id=iri,
        object_label=item.label,
        object_category=", ".join(name for name in names if "," not in name),
        mapping_justification=_BY_CODE,
        confidence=_CONFIDENCE,
        subject_match_field=identifier.field,
        object_match_field=wikidata.PREFIXES["wdt"] + identifier.property,
        author_label="The Comity contributors",
        mapping_tool=TOOL,
        mapping_date=day,
        comment=f"Its {identifier.property} is “{identifier.value}”, by {where}.",
    )


def _with(mappings: MappingSet, row: Link) -> MappingSet:
    """The set with the row, in the place of one that nothing was found."""
    kept = (
        link
        for link in mappings.mappings
        if not (link.object_id == NO_TERM_FOUND and (link.subject_id, link.predicate_id) == (row.subject_id, row.predicate_id))
    )
    return dataclasses.replace(mappings, mappings=(*kept, row))


def amended(mappings: MappingSet, resolutions: Iterable[Resolution]) -> MappingSet:
    """Return the set with the rows that are proposed."""
    for resolution in resolutions:
        if resolution.row is not None:
            mappings = _with(mappings, resolution.row)
    return mappings


def difference(mappings: MappingSet, resolutions: Iterable[Resolution]) -> str:
    """Return what is proposed as a unified diff of the mapping set's file, as ``git apply`` and ``patch`` take it; empty if nothing is."""
    name = display(mappings.file) if mappings.file is not None else "mappings.sssom.tsv"
    before = serialize(mappings) if mappings.file is None else mappings.file.read_text(encoding="utf-8")
    after = serialize(amended(mappings, resolutions))
    lines = difflib.unified_diff(before.splitlines(keepends=True), after.splitlines(keepends=True), f"a/{name}", f"b/{name}")
    return "".join(lines)


def table(resolutions: Iterable[Resolution], labels: Mapping[str, str]) -> Table:
    """Return what came of each thing as a table."""
    return Table(
        [
            Column("thing", "iri", "our thing, which has no item"),
            Column("thingLabel", "string", "its name"),
            Column("identifier", "string", "what was asked for: the property and its values"),
            Column("outcome", "string", "proposed, none, several, other class, refused by the gate, or failed"),
            Column("items", "string", "the items found"),
            Column("note", "string", "why none is proposed"),
        ],
        [
            (
                Iri(r.thing),
                labels.get(r.thing) or shorten(r.thing),
                "; ".join(f"{each.property} {each.value}" for each in r.identifiers),
                r.outcome,
                " ".join(map(shorten, r.items)) or None,
                r.note or None,
            )
            for r in resolutions
        ],
        title="Things without an item, looked up by identifier",
    )


def labels_of(quads: Iterable[ox.Quad]) -> dict[str, str]:
    """Return the English names of the things of the edition."""
    found: dict[str, str] = {}
    for quad in quads:
        if quad.predicate.value == RDFS.label and getattr(quad.object, "language", None) == "en":
            found.setdefault(str(getattr(quad.subject, "value", "")), str(getattr(quad.object, "value", "")))
    return found
