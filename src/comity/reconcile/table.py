"""What became of many wordings, as a table: one row each, in their order."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final

from comity.errors import UsageError
from comity.links.wikidata import ENTITY
from comity.reconcile.match import LIMIT, Candidate, Match, Reconciler
from comity.table import Column, Iri, Table

if TYPE_CHECKING:
    from comity.table.cells import Cell

COLUMNS: Final = (
    Column("name", "string", "the wording that was given"),
    Column("thing", "iri", "what it means, where that is safe to say"),
    Column("thingLabel", "string", "its label"),
    Column("score", "integer", "how likely the best candidate is, from 0 to 100"),
    Column("match", "boolean", "whether the best candidate may be taken unseen"),
    Column("reason", "string", "on what evidence, or why not"),
    Column("wikidata", "iri", "the item of Wikidata that is the same thing, of a match"),
    Column("candidates", "string", "the best candidates with their scores, the best first"),
)


def matches(
    reconciler: Reconciler, names: Iterable[str], type_: str | None, dates: Sequence[object] | None = None, limit: int = LIMIT
) -> list[Match]:
    """Match each name, with the date of the same place in `dates`; a date without a year is left aside, and the reason says so.

    Raises :class:`~comity.errors.UsageError` when there are not as many dates as names, for what is no text, and what
    :meth:`Reconciler.match` raises.
    """
    listed = [names] if isinstance(names, str) else list(names)
    if dates is not None and len(dates) != len(listed):
        raise UsageError(f"{len(dates)} dates for {len(listed)} names", "give one for each, None where there is none")
    found = []
    for place, name in enumerate(listed):
        if not isinstance(name, str):
            raise UsageError(f"{name!r} is no name", "give texts")
        date, aside = _date(None if dates is None else dates[place])
        match = reconciler.match(name, type_, date=date, limit=limit)
        if aside:
            match = Match(match.text, match.candidates, match.match, f"{match.reason}; '{aside}' has no year and was left aside")
        found.append(match)
    return found


def _date(given: object) -> tuple[datetime.date | str | None, str]:
    if given is None or isinstance(given, datetime.date):
        return given, ""
    text = str(given).strip()
    return (text, "") if not text or Reconciler.has_year(text) else (None, text)


def row_of(match: Match) -> tuple[Cell, ...]:
    """Return the cells of one match, after its name: thing, label, score, match, reason, item, candidates."""
    best = match.best
    return (
        Iri(best.iri) if best else None,
        best.label if best else None,
        match.candidates[0].score if match.candidates else 0,
        match.match,
        match.reason,
        Iri(ENTITY + best.wikidata) if best and best.wikidata else None,
        " | ".join(map(shown, match.candidates)),
    )


def shown(candidate: Candidate) -> str:
    """Return a candidate as one line: ``state/PAK Pakistan (100)``."""
    return f"{candidate.key} {candidate.label} ({candidate.score})"


def table_of(found: Iterable[Match], title: str = "What the names mean") -> Table:
    """Return the table of matches."""
    return Table(COLUMNS, [(match.text, *row_of(match)) for match in found], title=title)


#: The columns that are added to a user's table.
ADDED: Final = tuple(f"comity_{name}" for name in ("id", "label", "score", "match", "reason", "wikidata", "candidates"))


def added(match: Match) -> tuple[str, ...]:
    """Return the fields of the columns :data:`ADDED`, as texts."""
    thing, label, score, safe, reason, item, candidates = row_of(match)
    return (str(thing or ""), str(label or ""), str(score), "yes" if safe else "no", str(reason), str(item or ""), str(candidates))
