"""Asks Wikidata what has become of the items that the edition is linked to, and says what a person must decide.

An item may have been deleted, merged into another, given another class or another name. Nothing is changed here: each of these may be a
mistake on the other side, or show that the link was wrong all along.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal

from comity.errors import ComityError
from comity.links import wikidata
from comity.links.gate import Classes, Kinds, fits
from comity.links.service import QueryService, values
from comity.links.sssom import Mapping as Link
from comity.links.sssom import MappingSet
from comity.names import fold
from comity.table import Column, Iri, Table
from comity.terms import RDFS, SKOS, shorten

if TYPE_CHECKING:
    import pyoxigraph as ox

State = Literal["kept", "deleted", "redirected", "no class", "other class", "no name", "other name", "failed"]
"""What has become of an item. ``failed`` says that it is not known, because the service did not answer."""
BATCH: Final = 100
"""How many items one request asks about."""
#: English, and since 2024 the name that holds for all languages where there is no English one.
_LANGUAGES: Final = '"en", "mul"'


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found about the item of one mapping; `asked` is when the service said it, in UTC."""

    link: Link
    state: State
    label: str = ""
    found: str = ""
    decision: str = ""
    asked: datetime.datetime | None = None


@dataclass(slots=True)
class Item:
    """What the service says of one item; `classes` are the names of its own classes, `above` of those one step above them."""

    exists: bool = False
    redirects_to: str = ""
    labels: dict[str, str] = field(default_factory=dict)
    classes: dict[str, str] = field(default_factory=dict)
    above: dict[str, str] = field(default_factory=dict)

    @property
    def label(self) -> str:
        """Its name in English, else the one for all languages."""
        return self.labels.get("en") or self.labels.get("mul", "")

    def fits(self, thing: str, kinds: Kinds, classes: Classes) -> bool:
        """Whether one of its classes fits the thing, or, as a kind of a class that does, would."""
        return fits(thing, (*self.classes.values(), *self.above.values()), kinds, classes)


def described(variable: str = "item") -> str:
    """Return the part of a query that asks for the names and classes of an item."""
    return f"""
  OPTIONAL {{ ?{variable} rdfs:label ?label . FILTER(LANG(?label) IN ({_LANGUAGES})) }}
  OPTIONAL {{ ?{variable} wdt:P31 ?class .
    OPTIONAL {{ ?class rdfs:label ?className . FILTER(LANG(?className) IN ({_LANGUAGES})) }}
    OPTIONAL {{ ?class wdt:P279 ?above . ?above rdfs:label ?aboveName . FILTER(LANG(?aboveName) IN ({_LANGUAGES})) }} }}"""


def query(items: Sequence[str]) -> str:
    """Return the query about these items."""
    return wikidata.with_prefixes(
        "SELECT ?item ?exists ?new ?label ?class ?className ?above ?aboveName WHERE {\n  "
        + values("item", items)
        + "\n  BIND(EXISTS { ?item ?property ?value } AS ?exists)\n  OPTIONAL { ?item owl:sameAs ?new }"
        + described()
        + "\n}"
    )


def read_item(item: Item, row: Mapping[str, ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple]) -> None:
    """Take in what a row of the answer says of the item; the rows are all combinations of what there is."""
    import pyoxigraph as ox

    def value(name: str) -> str:
        return str(getattr(row.get(name), "value", ""))

    item.exists = item.exists or value("exists") == "true"
    item.redirects_to = value("new") or item.redirects_to
    if isinstance(label := row.get("label"), ox.Literal):
        item.labels[label.language or ""] = label.value
    # A class without an English name goes by its number.
    if value("class"):
        item.classes[value("class")] = value("className") or shorten(value("class"))
    if value("above"):
        item.above[value("above")] = value("aboveName")


def check(
    mappings: MappingSet, service: QueryService, kinds: Kinds, classes: Classes, names: Mapping[str, Set[str]], *, batch: int = BATCH
) -> list[Finding]:
    """Return what was found about each row that names an item, in the order of the rows; one row may have several findings.

    `names` are the names of our things (:func:`names_of`). Of a match that is denied, only the end of its item matters: whether it was
    merged into one that the thing is matched to.
    """
    links = [link for link in mappings.mappings if wikidata.is_item(link.object_id)]
    asked: dict[str, tuple[Item, datetime.datetime]] = {}
    failed: dict[str, ComityError] = {}
    for some in service.batches(sorted({link.object_id for link in links}), batch, query):
        if some.answer is None:
            assert some.error is not None
            failed.update(dict.fromkeys(some.things, some.error))
            continue
        found = {item: Item() for item in some.things}
        for row in some.answer.rows:
            read_item(found[str(getattr(row["item"], "value", ""))], row)
        asked.update({item: (what, some.answer.asked) for item, what in found.items()})
    findings: list[Finding] = []
    for link in links:
        if link.object_id in failed:
            error = failed[link.object_id]
            findings.append(Finding(link, "failed", found=error.what, decision="nothing is known of it: ask again later"))
        else:
            item, when = asked[link.object_id]
            findings += _judged(link, item, when, mappings, kinds, classes, names)
    return findings


def _judged(
    link: Link,
    item: Item,
    when: datetime.datetime,
    mappings: MappingSet,
    kinds: Kinds,
    classes: Classes,
    names: Mapping[str, Set[str]],
) -> list[Finding]:
    def finding(state: State, found: str = "", decision: str = "") -> Finding:
        return Finding(link, state, item.label, found, decision, when)

    if item.redirects_to:
        new = item.redirects_to
        matched = [other for other in mappings.mappings if other.holds and other.object_id == new]
        if link.predicate_modifier:
            if any(other.subject_id == link.subject_id for other in matched):
                return [finding("redirected", shorten(new), "the item that is denied became the one that is matched: look which is right")]
            return [finding("kept")]
        others = ", ".join(sorted({shorten(other.subject_id) for other in matched if other.subject_id != link.subject_id}))
        then = f"{others} has it already: look which is right" if others else "if it is the same thing, put the new item in the row"
        return [finding("redirected", shorten(new), then)]
    if link.predicate_modifier:
        return [finding("kept")]
    if not item.exists:
        return [finding("deleted", decision="look why; find another item, or write sssom:NoTermFound")]
    found = []
    if link.predicate_id in (SKOS.exactMatch, SKOS.closeMatch):
        if not item.classes:
            found.append(finding("no class", decision="look whether it is the right item"))
        elif not item.fits(link.subject_id, kinds, classes):
            told = ", ".join(sorted(item.classes.values()))
            found.append(finding("other class", told, "look whether it is the right item; if so, add its class to classes.toml"))
    if not item.labels:
        found.append(finding("no name", decision="look whether it is the right item"))
    elif not _is_called(link, item, names):
        found.append(finding("other name", item.label, "if it is the same thing, put its new name in the row"))
    return found or [finding("kept")]


def _is_called(link: Link, item: Item, names: Mapping[str, Set[str]]) -> bool:
    expected = {fold(name) for name in (link.object_label, link.subject_label, *names.get(link.subject_id, ())) if name}
    return any(fold(label) in expected for label in item.labels.values())


def names_of(quads: Iterable[ox.Quad]) -> dict[str, set[str]]:
    """Return all names of the things of the edition."""
    found: dict[str, set[str]] = {}
    for quad in quads:
        if quad.predicate.value in (RDFS.label, SKOS.prefLabel, SKOS.altLabel, SKOS.notation):
            found.setdefault(str(getattr(quad.subject, "value", "")), set()).add(str(getattr(quad.object, "value", "")))
    return found


def table(findings: Iterable[Finding]) -> Table:
    """Return the findings as a table."""
    return Table(
        [
            Column("thing", "iri", "our thing"),
            Column("thingLabel", "string", "its name"),
            Column("predicate", "string", "how it is matched"),
            Column("item", "iri", "the item"),
            Column("itemLabel", "string", "what it is called there now, else what the row calls it"),
            Column("state", "string", "what has become of the item; failed: not known"),
            Column("found", "string", "what was found"),
            Column("decision", "string", "what a person must decide"),
            Column("asked", "datetime", "when the service said so, in UTC"),
            Column("line", "integer", "the line of the row in the mapping set"),
        ],
        [
            (
                Iri(f.link.subject_id),
                f.link.subject_label,
                f"{f.link.predicate_modifier} {shorten(f.link.predicate_id)}".strip(),
                Iri(f.link.object_id),
                f.label or f.link.object_label or shorten(f.link.object_id),
                f.state,
                f.found or None,
                f.decision or None,
                f.asked,
                f.link.line,
            )
            for f in findings
        ],
        title="Items of Wikidata that the edition is linked to",
    )


