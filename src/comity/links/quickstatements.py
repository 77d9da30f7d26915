"""Drafts of what Wikidata lacks and we can source, in the commands of QuickStatements (version 1), for a person to review and send.

Only memberships of States in organizations, with the dates and the source that the record gives. Whatever is not on the list of
:data:`ALLOWED` is refused, wherever it comes from: no designation, nothing about who is said to have done what, nothing about persons.
A draft is made only where Wikidata was asked and answered: what it may have is not drafted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from comity.errors import UsageError
from comity.links.enrich import Membership, memberships, select
from comity.links.sssom import MappingSet
from comity.links.statements import Fetched, Span, Statement
from comity.links.wikidata import ENTITY, is_item
from comity.store.contract import Store
from comity.terms import split_iri

ALLOWED: Final[Mapping[str, tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]]] = {
    "P463": (("state",), ("organization",), ("P580", "P582")),
}
"""What may be drafted: of each property (P463, member of), the kinds of things it may be said of and of its values, and its qualifiers."""
LIMIT: Final = 200
"""How many drafts are written at once: no more than a person can review."""

_SOURCES: Final = """\
SELECT DISTINCT ?node ?source ?text WHERE {
  ?node a cy:Membership ; cy:statedIn ?source . ?source dcterms:source ?text .
} ORDER BY ?node ?source ?text"""


@dataclass(frozen=True, slots=True)
class Draft:
    """One command: that `thing`, by its `item`, has `value`, the item of `target`. `reference` is the address of the source.

    Raises :class:`~comity.errors.UsageError` for what may not be drafted, or has no source.
    """

    thing: str
    item: str
    property: str
    target: str
    value: str
    reference: str
    qualifiers: tuple[tuple[str, Span], ...] = ()
    comment: str = ""

    def __post_init__(self) -> None:
        if self.property not in ALLOWED:
            raise UsageError(f"{self.property} may not be drafted", f"draft {', '.join(ALLOWED)} only")
        subjects, targets, qualifiers = ALLOWED[self.property]
        for thing, kinds in ((self.thing, subjects), (self.target, targets)):
            parts = split_iri(thing)
            if parts is None or parts[0] not in kinds:
                raise UsageError(f"{thing} may not be in a draft of {self.property}", f"draft it of {', '.join(kinds)} only")
        for qualifier, _ in self.qualifiers:
            if qualifier not in qualifiers:
                raise UsageError(f"{qualifier} may not qualify {self.property}", f"use {', '.join(qualifiers)} only")
        for item in (self.item, self.value):
            if not is_item(item):
                raise UsageError(f"{item} is no item of Wikidata", f"write {ENTITY}Q…")
        if not re.fullmatch(r'https?://[^\s"|]+', self.reference):
            raise UsageError(f"'{self.reference}' is no address of a source", "leave out what has none")

    def __str__(self) -> str:
        fields = [self.item.removeprefix(ENTITY), self.property, self.value.removeprefix(ENTITY)]
        for qualifier, span in self.qualifiers:
            fields += [qualifier, _date(span)]
        fields += ["S854", f'"{self.reference}"']
        if self.comment:
            fields.append(f"/* {self.comment.replace('*/', '')} */")
        return "\t".join(fields)


def _date(span: Span) -> str:
    """The date with its precision: 9 a year, 10 a month, 11 a day."""
    text = str(span)
    day, precision = {4: (f"{text}-00-00", 9), 7: (f"{text}-00", 10), 10: (text, 11)}[len(text)]
    return f"+{day}T00:00:00Z/{precision}"


def _exact(span: Span | None) -> bool:
    """Whether the span is a day, a month or a year, which is all that Wikidata can say."""
    return span is not None and len(str(span)) in (4, 7, 10)


def drafts(store: Store, mappings: MappingSet, fetched: Fetched) -> list[Draft]:
    """Return what can be drafted from the memberships in `store`, given what Wikidata has: by organization, then member.

    `fetched` holds its statements of P463. A membership is drafted where it has none for the pair, or just one without dates; where it
    has dates, or the request about the member failed, nothing is.
    """
    addresses: dict[str, str] = {}
    for node, _, text in select(store, _SOURCES):
        if found := re.search(r'https?://[^\s",;]+', text):
            addresses.setdefault(node, found[0])
    theirs: dict[tuple[str, str], list[Statement]] = {}
    for statement in fetched.statements:
        if statement.property_id == "P463":
            theirs.setdefault((statement.item, statement.value), []).append(statement)
    unknown = {thing for things, _ in fetched.failures for thing in things}
    exact = mappings.exact
    made: list[Draft] = []
    for (thing, target), ours in sorted(memberships(store).items(), key=lambda entry: (entry[0][1], entry[0][0])):
        parts = split_iri(thing), split_iri(target)
        if thing in unknown or thing not in exact or target not in exact or [p and p[0] for p in parts] != ["state", "organization"]:
            continue
        there = theirs.get((exact[thing], exact[target]), [])
        if any(s.start or s.end for s in there) or len(there) > 1:
            continue
        for membership in _sourced(ours, addresses) if not there else _sourced(ours, addresses)[:1]:
            made.append(_draft(thing, target, membership, exact, addresses[membership.iri], bool(there)))
    return made


def _sourced(ours: Sequence[Membership], addresses: Mapping[str, str]) -> list[Membership]:
    """Those of the memberships that have a source on the web and a first day, month or year; the most precise of those that overlap."""
    found: list[Membership] = []
    for each in sorted((m for m in ours if m.iri in addresses and _exact(m.start)), key=lambda m: (-len(str(m.start)), m.iri)):
        assert each.start is not None
        if not any(other.start is not None and other.start.meets(each.start) for other in found):
            found.append(each)
    return sorted(found, key=lambda m: str(m.start))


def _draft(thing: str, target: str, membership: Membership, exact: Mapping[str, str], reference: str, dates_only: bool) -> Draft:
    spans = (("P580", membership.start), ("P582", membership.end))
    return Draft(
        thing,
        exact[thing],
        "P463",
        target,
        exact[target],
        reference,
        tuple((qualifier, span) for qualifier, span in spans if span is not None and _exact(span)),
        f"{'adds dates to what is there' if dates_only else 'not there yet'}; {membership.iri}",
    )


def text_of(made: Iterable[Draft], limit: int = LIMIT) -> str:
    """Return the first `limit` drafts as the text to paste into QuickStatements, one a line."""
    lines = [str(draft) for draft in made][:limit]
    return "".join(f"{line}\n" for line in lines)
