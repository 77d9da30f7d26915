"""The whole edition for Neo4j: nodes, relationships, and a recipe that loads them.

``nodes.csv`` and ``relationships.csv`` have the headers of ``neo4j-admin database import``; ``load.cypher`` takes the same files into a
database that runs, by LOAD CSV. Every thing is a node with its classes for labels; every statement from a thing to a thing is a
relationship named after the property, in capitals; a literal is a property of the node, several are a list.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final

from comity.errors import DataError
from comity.export.tables.csv_files import SEPARATOR
from comity.export.things import Things
from comity.files import write_whole
from comity.table.cells import cell_of, common_type, plain
from comity.terms import CY, RDF, RDFS, SKOS, shorten

_TYPES: Final = {"integer": "long", "decimal": "double", "double": "double", "boolean": "boolean", "date": "date"}
_READERS: Final = {"long": "toInteger({})", "double": "toFloat({})", "boolean": "toBoolean({})", "date": "date({})"}
_RECIPE: Final = """\
// Loads Comity into a running Neo4j (5 or later). Put nodes.csv and relationships.csv into its import folder, then:
//   cypher-shell -f load.cypher
// Into a new database, this is faster:
//   neo4j-admin database import full --nodes=nodes.csv --relationships=relationships.csv --array-delimiter='{separator}' neo4j

CREATE CONSTRAINT thing IF NOT EXISTS FOR (n:Thing) REQUIRE n.iri IS UNIQUE;

LOAD CSV WITH HEADERS FROM 'file:///nodes.csv' AS row
CALL {{
  WITH row
  MERGE (n:Thing {{iri: row['iri:ID']}})
  SET n.label = row['label'], {assignments}
  WITH n, row UNWIND split(row[':LABEL'], '{separator}') AS name
  CALL apoc.create.addLabels(n, [name]) YIELD node
  RETURN count(*) AS labelled
}} IN TRANSACTIONS OF 1000 ROWS
RETURN count(*) AS nodes;

LOAD CSV WITH HEADERS FROM 'file:///relationships.csv' AS row
CALL {{
  WITH row
  MATCH (a:Thing {{iri: row[':START_ID']}}), (b:Thing {{iri: row[':END_ID']}})
  CALL apoc.merge.relationship(a, row[':TYPE'], {{}}, {{}}, b) YIELD rel
  RETURN count(*) AS related
}} IN TRANSACTIONS OF 1000 ROWS
RETURN count(*) AS relationships;

// Who had ratified the Terrorist Financing Convention, and when?
// MATCH (a:ParticipationAct)-[:INSTRUMENT]->(:Thing {{iri: 'https://w3id.org/comity/id/instrument/financing-1999'}}),
//       (a)-[:PARTICIPANT]->(state) RETURN state.label, a.date ORDER BY a.date;
"""


def write_neo4j(things: Things, folder: Path) -> list[Path]:
    """Write the three files and return their paths."""
    named = {
        term.value
        for thing in things.ours
        for name, values in things.about[thing].items()
        if name != RDF.type
        for term in values
        if not hasattr(term, "language")
    }
    every = sorted({*things.ours, *named})
    columns = _columns(things, every)
    header = ["iri:ID", ":LABEL", "label", *(f"{name}:{kind}" for name, kind, _ in columns)]
    nodes = (
        [thing, _joined(thing, _labels(things, thing)), things.label(thing), *(_cell(things, thing, p, k) for _, k, p in columns)]
        for thing in every
    )
    edges = (
        (thing, term.value, _relation(name))
        for thing in things.ours
        for name, values in things.about[thing].items()
        if name != RDF.type
        for term in values
        if not hasattr(term, "language")
    )
    assignments = ",\n      ".join(_assignment(name, kind) for name, kind, _ in columns)
    contents = {
        "nodes.csv": _csv(header, nodes),
        "relationships.csv": _csv([":START_ID", ":END_ID", ":TYPE"], sorted(set(edges))),
        "load.cypher": _RECIPE.format(assignments=assignments, separator=SEPARATOR).encode(),
    }
    for name, content in contents.items():
        write_whole(folder / name, content)
    return [folder / name for name in contents]


def _columns(things: Things, every: Sequence[str]) -> list[tuple[str, str, str]]:
    """The properties of nodes: name in the file, type in the words of Neo4j, IRI."""
    found: dict[str, list[list[Any]]] = {}
    for thing in every:
        for name, values in things.about.get(thing, {}).items():
            literals = [cell_of(term) for term in values if hasattr(term, "language")]
            if literals and name != RDFS.label:
                found.setdefault(name, []).append(literals)
    columns = []
    for name, cells in sorted(found.items(), key=lambda item: _property(item[0])):
        kind = _TYPES.get(common_type(value for row in cells for value in row), "string")
        columns.append((_property(name), kind + ("[]" if any(len(row) > 1 for row in cells) else ""), name))
    return columns


def _cell(things: Things, thing: str, name: str, kind: str) -> str:
    values = [plain(cell_of(term)) for term in things.about.get(thing, {}).get(name, ()) if hasattr(term, "language")]
    return _joined(thing, values) if kind.endswith("[]") else "".join(values)


def _joined(thing: str, values: Sequence[str]) -> str:
    if any(SEPARATOR in value for value in values):
        raise DataError(f"{thing} has a value with '{SEPARATOR}' in it, which separates the values here", "change the text")
    return SEPARATOR.join(values)


def _labels(things: Things, thing: str) -> list[str]:
    kinds = (shorten(kind).rpartition(":")[2] for kind in things.classes(thing) if kind in CY or kind == SKOS.Concept)
    return ["Thing", *sorted(kinds)]


def _property(full: str) -> str:
    return re.sub(r"\W", "_", shorten(full).removeprefix("cy:"))


def _relation(full: str) -> str:
    """``cy:statedIn`` is STATED_IN."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", _property(full)).upper()


def _assignment(name: str, kind: str) -> str:
    value = f"row['{name}:{kind}']"
    single = _READERS.get(kind.removesuffix("[]"), "{}")
    if kind.endswith("[]"):
        return f"n.`{name}` = [each IN split({value}, '{SEPARATOR}') | {single.format('each')}]"
    return f"n.`{name}` = {single.format(value)}"


def _csv(header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return buffer.getvalue().encode()
