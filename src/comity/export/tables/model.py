"""The tables: a row a thing, a column a property; and the answers of the flagship questions.

A class has the things that belong to it, stated or inferred, so a treaty is in ``Instrument`` and in ``Treaty``. The columns:

- ``iri`` (the key) and ``label``, the English name; names in other languages are ``label_fr`` and so on;
- ``types``, the classes by their local names, and ``graphs``, which say who speaks of the thing (``paper/2.1.2``, ``record/untc-chapter18``);
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
from comity.terms import CY, RDF, RDFS, SKOS, shorten

if TYPE_CHECKING:
    from comity.api import Comity
    from comity.table import Table

Value = Cell | tuple[Cell, ...]

FLAGSHIP: Final = (
    "instruments",
    "organizations",
    "members",
    "obligations",
    "force",
    "mechanisms",
    "relations",
    "exercises",
    "incidents",
    "figures",
    "threat-groups",
    "sanctions-listings",
    "participation",
    "joined-count",
    "entry-into-force",
    "timeline",
    "assessments",
    "errata",
    "disagreements",
    "record-sources",
)
"""The questions whose answers are exported: those that need no parameter, and together go once around the edition."""

_EXTRA_CLASSES: Final = (SKOS.Concept, SKOS.ConceptScheme)
TYPES, GRAPHS = "types", "graphs"


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
class ThingTable:
    """The table of a class: `name` (its local name), `iri` of the class, title, meaning, fields, and rows in the order of the IRIs."""

    name: str
    iri: str
    title: str
    meaning: str
    fields: tuple[Field, ...]
    rows: tuple[tuple[Value, ...], ...]


def class_tables(things: Things) -> Iterator[ThingTable]:
    """Yield the tables of all classes that have things, by name."""
    wanted = {kind: members for kind, members in things.members.items() if kind in CY or kind in _EXTRA_CLASSES}
    for kind in sorted(wanted, key=_local):
        yield _table(things, kind, wanted[kind])


def _table(things: Things, kind: str, members: Sequence[str]) -> ThingTable:
    fields = [
        Field("iri", "iri", "What names the thing, everywhere and for good"),
        Field("label", "string", "Its name in English, else in the language that there is", property=RDFS.label, language="en"),
        Field(TYPES, "string", "The classes that it belongs to, by their local names", many=True, property=RDF.type),
        Field(GRAPHS, "string", "The named graphs that speak of it, each of which is one source", many=True),
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
    return ThingTable(
        name=_local(kind),
        iri=kind,
        title=things.label(kind, fallback=False) or _local(kind),
        meaning=things.text(kind, SKOS.definition, RDFS.comment),
        fields=tuple(fields),
        rows=tuple(zip(*columns, strict=True)),
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


