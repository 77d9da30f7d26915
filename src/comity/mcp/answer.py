"""What a tool answers: rows with their names and sources, and whether these are all of them; as text and as data.

The text is for a model, so it is short: IRIs are written with prefixes that are declared below. The data have them in full.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from comity.inference.explain import Asserted, Proof, Source
from comity.table import Column, Iri, Table
from comity.terms import graph_name, shorten, split_local

ROWS: Final = 1000
"""The most rows that one answer has."""
CHARACTERS: Final = 60_000
"""The most characters that the rows of one answer have, unless the first row alone has more."""
CELL: Final = 8_000
"""The most characters of one cell."""
CITED: Final = 8
"""The most sources that are given for one row."""


@dataclass(frozen=True, slots=True)
class Cited:
    """What states something: a passage or citation, or a named graph where none is given."""

    graph: str = ""
    passage: Source | None = None

    def __str__(self) -> str:
        return str(self.passage) if self.passage else f"graph {graph_name(self.graph) or self.graph} <{self.graph}>"

    @property
    def work(self) -> str:
        """The IRI of the work, section or source of the record that the passage is in, empty for a graph."""
        return (self.passage.source or self.passage.iri) if self.passage else ""

    def data(self) -> dict[str, str]:
        """The source as plain data."""
        if self.passage is None:
            return {"graph": self.graph}
        parts = {
            "passage": self.passage.iri,
            "source": self.passage.source,
            "fragment": self.passage.fragment,
            "locator": self.passage.locator,
        }
        return {name: value for name, value in parts.items() if value}


def cited(reasons: Iterable[Proof | Asserted]) -> list[Cited]:
    """Return what states the leaves of these proofs, each once: passages first, then graphs of what no passage supports."""
    leaves = [
        node
        for reason in reasons
        for node in (reason.nodes() if isinstance(reason, Proof) else [reason])
        if isinstance(node, Asserted)
    ]
    passages = [Cited(passage=passage) for leaf in leaves for passage in leaf.passages]
    graphs = [Cited(graph) for leaf in leaves if not leaf.passages for graph in leaf.graphs]
    return list(dict.fromkeys([*passages, *graphs]))


@dataclass(frozen=True, slots=True)
class Answer:
    """Rows, and how many there are in all (`more`: at least so many); `rest` says how to get those that are not shown.

    `sources` holds the sources of each row, where they were looked up, and ``None`` where they were not; `labels` the names
    of IRIs that no column names.
    """

    table: Table
    total: int
    rest: str
    more: bool = False
    labels: Mapping[str, str] = field(default_factory=dict)
    sources: Sequence[Sequence[Cited] | None] | None = None
    notes: Sequence[str] = ()

    @property
    def status(self) -> str:
        """The line that says whether this is everything."""
        if len(self.table) == self.total and not self.more:
            return "COMPLETE"
        return f"TRUNCATED ({len(self.table)} of {'more than ' if self.more else ''}{self.total} rows; {self.rest})"

    def text(self) -> str:
        """The answer for reading: the status first, then tab-separated rows, names, sources, prefixes."""
        numbers = self._numbers()
        prefixes: dict[str, str] = {}
        heading = [column.name for column in self.table.columns]
        lines = [self.status, *self.notes, "", *([self.table.title] if self.table.title else [])]
        lines.append("\t".join([*heading, *(["cited"] if self.sources is not None else [])]))
        for place, row in enumerate(self.table.rows):
            fields = [_shown(cell, prefixes) for cell in row]
            if self.sources is not None:
                found = self.sources[place]
                fields.append("not looked up" if found is None else _list(found, numbers))
            lines.append("\t".join(fields))
        if not self.table.rows:
            lines.append("(no rows)")
        if self.labels:
            lines += ["", "Labels:", *(f"{_short(iri, prefixes)} = {_line(label)}" for iri, label in self.labels.items())]
        if numbers:
            lines += ["", "Sources:"]
            for source, number in numbers.items():
                for iri in (source.passage.iri, source.passage.source) if source.passage else ():
                    _short(iri, prefixes)
                lines.append(f"[{number}] {_line(str(source))}")
        if prefixes:
            lines += ["", "Prefixes:", *(f"{prefix}: <{prefixes[prefix]}>" for prefix in sorted(prefixes))]
        return "\n".join(lines) + "\n"

    def data(self) -> dict[str, Any]:
        """The answer as plain data, with full IRIs; ``sources`` of a row are places in the list ``sources``, from 1."""
        numbers = self._numbers()
        document: dict[str, Any] = {
            "status": self.status,
            "complete": self.status == "COMPLETE",
            "total": self.total,
            **json.loads(self.table.to_json()),
        }
        if self.labels:
            document["labels"] = dict(self.labels)
        if self.sources is not None:
            document["rowSources"] = [
                None if found is None else [numbers[source] for source in found[:CITED]] for found in self.sources
            ]
            document["sources"] = [source.data() for source in numbers]
        if self.notes:
            document["notes"] = list(self.notes)
        return document

    def _numbers(self) -> dict[Cited, int]:
        return {source: number for number, source in enumerate(distinct(self.sources), 1)}


def distinct(sources: Iterable[Sequence[Cited] | None] | None) -> list[Cited]:
    """Return the sources that are given for rows, each once, as they come."""
    return list(dict.fromkeys(source for found in sources or () for source in (found or ())[:CITED]))


def cut(table: Table, limit: int) -> tuple[Table, bool]:
    """Return the first rows of the table, at most `limit` and no more than fit, and whether a cell had to be cut."""
    rows: list[Sequence[Any]] = []
    terms = table.terms()
    size, shortened = 0, False
    for row in table.rows[:limit]:
        cells = [_cut_cell(cell) for cell in row]
        size += sum(len(str(cell)) for cell in cells if cell is not None)
        if rows and size > CHARACTERS:
            break
        shortened = shortened or any(a is not b for a, b in zip(cells, row, strict=True))
        rows.append(cells)
    return Table(table.columns, rows, kind=table.kind, title=table.title, terms=terms[: len(rows)]), shortened


def _cut_cell(cell: Any) -> Any:
    if isinstance(cell, str) and len(cell) > CELL:
        return f"{cell[:CELL]}… [cut; {len(cell)} characters in all]"
    return cell


def unnamed_iris(table: Table) -> list[str]:
    """Return the IRIs in the table that no column beside them names, each once."""
    names = {column.name for column in table.columns}
    bare = [place for place, column in enumerate(table.columns) if not _named(column, names)]
    return list(dict.fromkeys(str(row[place]) for row in table.rows for place in bare if isinstance(row[place], Iri)))


def _named(column: Column, names: set[str]) -> bool:
    return f"{column.name}Label" in names


def _list(found: Sequence[Cited], numbers: Mapping[Cited, int]) -> str:
    shown = " ".join(f"[{numbers[source]}]" for source in found[:CITED])
    beyond = len(found) - CITED
    return f"{shown} and {beyond} more" if beyond > 0 else shown or "none: the row sums up many statements"


def _shown(cell: Any, prefixes: dict[str, str]) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    return _short(cell, prefixes) if isinstance(cell, Iri) else _line(str(cell))


def _short(iri: str, prefixes: dict[str, str]) -> str:
    parts = split_local(iri)
    if parts is None:
        return f"<{iri}>"
    prefixes[parts[0]] = parts[1]
    return shorten(iri)


def _line(text: str) -> str:
    """The text in one line without tabs: these separate rows and cells."""
    return " ".join(text.split())
