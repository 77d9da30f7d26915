"""The tables: a row a thing, a column a property; and the answers of the flagship questions.

A class has the things that belong to it, stated or inferred, so a treaty is in ``Instrument`` and in ``Treaty``. The columns:

- ``iri`` (the key) and ``label``, the English name; names in other languages are ``label_fr`` and so on;
- ``types``, the classes by their local names, and ``graphs``, which say who speaks of the thing (``paper/2.1.2``);
- a column for each property that one of the things has, named as in the ontology; what is not of the ontology has its prefix before it
  (``dcterms_source``);
- beside a column of things, ``…Label`` with their names. A property that has several values for one thing is a list for all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from comity.export.things import Things
from comity.table.cells import Cell, ColumnType, Iri, cell_of, common_type, plain
from comity.table.rows import is_label
from comity.terms import CY, RDF, RDFS, SKOS, shorten

if TYPE_CHECKING:
    from comity.api import Comity
    from comity.table import Table

Value = Cell | tuple[Cell, ...]

FLAGSHIP: Final = (
    "instruments",
    "instrument-links",
    "entry-into-force",
    "steps",
    "organizations",
    "foundings",
    "mechanisms",
    "meetings",
    "relations",
    "parties-memberships",
    "force",
    "conditions",
    "positions",
    "topics",
    "incidents",
    "threat-groups",
    "sanctions-listings",
    "states",
    "votes",
    "reservations",
    "successions",
    "coverage",
    "disagreements",
    "errata",
    "record-sources",
)
"""The questions whose answers are exported. Without parameters each is about all that there is, and together they go once around it."""

_EXTRA_CLASSES: Final = (SKOS.Concept, SKOS.ConceptScheme)


@dataclass(frozen=True, slots=True)
class Field:
    """A column: `name`, `type` of its values, what they mean, whether a cell is a list (`many`), and where the values come from.

    `property` is the IRI of the property, or empty; `labels` the name of the column whose things these are the names of; `language` the tag
    of a text.
    """

    name: str
    type: ColumnType
    meaning: str = ""
    many: bool = False
    property: str = ""
    labels: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table: its `name`, title, meaning, fields, and rows.

    Of a class, `iri` is the class, the first field is the key, and the rows are in the order of the IRIs; of an answer, `iri` is empty,
    and the rows are in the order that the question gives them.
    """

    name: str
    title: str
    meaning: str
    fields: tuple[Field, ...]
    rows: tuple[tuple[Value, ...], ...]
    iri: str = ""


def class_sheets(things: Things) -> list[Sheet]:
    """Return the tables of all classes that have things, by name; before them, ``Thing``: all that any of them mentions, once."""
    wanted = {kind: members for kind, members in things.members.items() if kind in CY or kind in _EXTRA_CLASSES}
    sheets = [_class_sheet(things, kind, wanted[kind]) for kind in sorted(wanted, key=_local)]
    return [_all_things(things, sheets), *sheets]


def _all_things(things: Things, sheets: Iterable[Sheet]) -> Sheet:
    named = set(things.ours)
    for sheet in sheets:
        for index, field in enumerate(sheet.fields):
            if field.type == "iri":
                named |= {str(value) for row in sheet.rows for value in values_of(row[index])}
    rows = [(Iri(thing), things.label(thing), _own(things, thing), Iri(thing) in things.about) for thing in sorted(named)]
    fields = (
        Field("iri", "iri", "What names the thing, everywhere and for good"),
        Field("label", "string", "Its name in English, else in the language that there is, else its short form", property=RDFS.label),
        Field("class", "string", "The class that says most of it, by its local name, which is the name of a table"),
        Field("described", "boolean", "Whether the edition says something of it; else it is only mentioned"),
    )
    return Sheet("Thing", "things", "Everything that the tables speak of or mention", fields, tuple(rows), RDFS.Resource)


def _own(things: Things, thing: str) -> str | None:
    kind = things.own_class(thing)
    return None if kind is None else _local(kind)


def _class_sheet(things: Things, kind: str, members: Sequence[str]) -> Sheet:
    fields = [
        Field("iri", "iri", "What names the thing, everywhere and for good"),
        Field("label", "string", "Its name in English, else in the language that there is", property=RDFS.label, language="en"),
        Field("types", "string", "The classes that it belongs to, by their local names", many=True, property=RDF.type),
        Field("graphs", "string", "The named graphs that speak of it, each of which is one source", many=True),
    ]
    columns: list[list[Value]] = [
        [Iri(thing) for thing in members],
        [things.label(thing) for thing in members],
        [tuple(sorted(_local(each) for each in things.classes(thing))) for thing in members],
        [tuple(things.graphs[thing]) for thing in members],
    ]
    for name in sorted({name for thing in members for name in things.about[thing]} - {RDF.type}, key=_column_name):
        for field, column in _columns(things, members, name):
            fields.append(field)
            columns.append(column)
    return Sheet(
        name=_local(kind),
        title=things.label(kind, fallback=False) or _local(kind),
        meaning=things.text(kind, SKOS.definition, RDFS.comment),
        fields=tuple(fields),
        rows=tuple(zip(*columns, strict=True)),
        iri=kind,
    )


def _columns(things: Things, members: Sequence[str], name: str) -> Iterator[tuple[Field, list[Value]]]:
    """The columns of one property: one for each language of its texts, and one with names beside one of things."""
    by_language: dict[str, dict[str, list[Any]]] = {}
    for thing in members:
        for term in things.about[thing].get(name, ()):
            by_language.setdefault(getattr(term, "language", None) or "", {}).setdefault(thing, []).append(term)
    meaning = things.text(name, SKOS.definition, RDFS.comment) or things.label(name)
    for language, values in sorted(by_language.items()):
        column = _column_name(name)
        if language == "en" and name == RDFS.label:
            continue  # that is the column label
        if language and (language != "en" or "" in by_language):
            column += "_" + language.replace("-", "_")
        cells = [tuple(cell_of(term) for term in values.get(thing, ())) for thing in members]
        many = any(len(cell) > 1 for cell in cells)
        kind = common_type(value for cell in cells for value in cell)
        if kind == "any":
            cells, kind = [tuple(plain(value) for value in cell) for cell in cells], "string"
        field = Field(column, kind, meaning, many, name, language=language)
        yield field, _unpacked(cells, many)
        if kind == "iri":
            labels: list[tuple[Cell, ...]] = [tuple(things.label(str(value)) for value in cell) for cell in cells]
            yield Field(f"{column}Label", "string", f"The names of what is in {column}", many, labels=column), _unpacked(labels, many)


def _unpacked(cells: Iterable[tuple[Cell, ...]], many: bool) -> list[Value]:
    return [cell if many else (cell[0] if cell else None) for cell in cells]


def _local(full: str) -> str:
    return shorten(full).rpartition(":")[2]


def _column_name(full: str) -> str:
    prefix, _, local = shorten(full).rpartition(":")
    if prefix in ("cy", "rdfs"):
        return local
    return f"{prefix}_{local}" if shorten(full) != full else full.rstrip("/#").replace("#", "/").rpartition("/")[2]


def answers(edition: Comity) -> Iterator[tuple[str, Table]]:
    """Yield the answers of the flagship questions that have rows, each with the question's name."""
    for name in FLAGSHIP:
        table = edition.ask(name)
        if len(table):
            yield name, table


def answer_sheet(name: str, table: Table) -> Sheet:
    """Return the answer of a question as a table."""
    fields = tuple(
        Field(
            column.name,
            "string" if column.type == "any" else column.type,
            column.meaning + (f" ({column.unit})" if column.unit else ""),
            labels=column.name.removesuffix("Label") if is_label(column, table.columns) else "",
        )
        for column in table.columns
    )
    rows = tuple(
        tuple(plain(cell) if column.type == "any" and cell is not None else cell for column, cell in zip(table.columns, row, strict=True))
        for row in table.rows
    )
    assert table.origin is not None
    return Sheet(name, table.title, table.origin.asks, fields, rows)


def values_of(value: Value) -> tuple[Cell, ...]:
    """Return the values in a cell: none, one, or those of a list."""
    if value is None:
        return ()
    return value if isinstance(value, tuple) else (value,)
