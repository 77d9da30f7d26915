"""Every format that there is, under the name that it has on the command line, and who writes it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from comity.errors import UnknownFormat, UsageError
from comity.export import rdf
from comity.export.content import Content
from comity.export.metadata.files import Described, describe
from comity.files import write_whole

RELEASE: Final = "release"
"""The name of all formats together, with their descriptions and checksums."""


@dataclass(frozen=True, slots=True)
class Format:
    """A format: its `name`, its `place` in a folder (with a slash at the end: a folder of files), title, media type, and other names.

    `write` writes it to a path. A format that describes others comes after them; `describes` writes it, and is given what was written.
    """

    name: str
    place: str
    title: str
    media_type: str
    write: Callable[[Content, Path], list[Path]] | None = None
    describes: Callable[[Content, Path, list[Described], Path], list[Path]] | None = None
    aliases: tuple[str, ...] = ()

    @property
    def is_folder(self) -> bool:
        """Whether it is a folder of files."""
        return self.place.endswith("/")


def _rdf(known: rdf.Format) -> Format:
    def write(content: Content, path: Path) -> list[Path]:
        return [rdf.export(content.quads(known.name), known.name, path)]

    return Format(known.name, f"comity{known.suffix}", known.title, known.media_type, write, aliases=known.aliases)


def _tree(content: Content, path: Path) -> list[Path]:
    from comity.export.tree import write_tree

    return write_tree(content.quads("tree"), path)


def _context(content: Content, path: Path) -> list[Path]:
    from comity.export.context import document, published

    write_whole(path, document(published()).encode())
    return [path]


def _csv(content: Content, path: Path) -> list[Path]:
    from comity.export.tables.csv_files import write_csv

    return write_csv(content.sheets, content.about, path)


def _parquet(content: Content, path: Path) -> list[Path]:
    from comity.export.tables.parquet import write_parquet

    return write_parquet(content.sheets, content.about, path)


def _sqlite(content: Content, path: Path) -> list[Path]:
    from comity.export.tables.sqlite import write_sqlite

    return write_sqlite(content.sheets, content.about, path)


def _xlsx(content: Content, path: Path) -> list[Path]:
    from comity.export.tables.spreadsheet import write_xlsx

    return write_xlsx(content.answers, content.about, path)


def _graphml(content: Content, path: Path) -> list[Path]:
    from comity.export.network import write_graphml

    return write_graphml(content.things, path)


def _gexf(content: Content, path: Path) -> list[Path]:
    from comity.export.network import write_gexf

    return write_gexf(content.things, path)


def _cytoscape(content: Content, path: Path) -> list[Path]:
    from comity.export.network import write_cytoscape

    return write_cytoscape(content.things, path)


def _neo4j(content: Content, path: Path) -> list[Path]:
    from comity.export.neo4j import write_neo4j

    return write_neo4j(content.things, path)


def _void(content: Content, path: Path) -> list[Path]:
    from comity.export.metadata.void import void_turtle

    write_whole(path, void_turtle(content.quads("void"), content.things, content.about).encode())
    return [path]


def _dcat(content: Content, path: Path, files: list[Described], _folder: Path) -> list[Path]:
    from comity.export.metadata.dcat import dcat_turtle

    write_whole(path, dcat_turtle(content.things, content.about, files).encode())
    return [path]


def _schema_org(content: Content, path: Path, files: list[Described], _folder: Path) -> list[Path]:
    from comity.export.metadata.schema_org import schema_org

    write_whole(path, schema_org(content.things, content.about, files))
    return [path]


def _croissant(content: Content, path: Path, files: list[Described], folder: Path) -> list[Path]:
    from comity.export.metadata.croissant import croissant

    place = find_format("csv").place
    if all(file.place != place for file in files):
        raise UsageError("croissant describes the CSV tables, and they are not exported with it", "name both: csv croissant -o DIR")
    write_whole(path, croissant(content.sheets, content.about, folder, place))
    return [path]


_JSON: Final = "application/ld+json"
FORMATS: Final = (
    *map(_rdf, rdf.FORMATS),
    _rdf(rdf.REIFIED),
    Format("tree", "tree/", "Turtle, a file a named graph, as in data/", "text/turtle", _tree),
    Format("context", "context.jsonld", "The context of the JSON-LD", _JSON, _context),
    Format("csv", "csv/", "Tables in CSV, with a data package and CSVW", "text/csv", _csv, aliases=("tables", "frictionless", "csvw")),
    Format("parquet", "parquet/", "Tables in Parquet", "application/vnd.apache.parquet", _parquet),
    Format("sqlite", "comity.sqlite", "Tables in one SQLite file", "application/vnd.sqlite3", _sqlite, aliases=("db",)),
    Format(
        "xlsx",
        "comity.xlsx",
        "The answers of the questions in an Excel workbook",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        _xlsx,
        aliases=("excel",),
    ),
    Format("graphml", "comity.graphml", "The network in GraphML", "application/xml", _graphml),
    Format("gexf", "comity.gexf", "The network in GEXF", "application/xml", _gexf),
    Format("cytoscape", "comity.cyjs", "The network in the JSON of Cytoscape", "application/json", _cytoscape, aliases=("cyjs",)),
    Format("neo4j", "neo4j/", "Nodes and relationships for Neo4j, with a recipe", "text/csv", _neo4j),
    Format("void", "void.ttl", "Statistics and links, in VoID", "text/turtle", _void),
    Format("croissant", "croissant.json", "The tables described in Croissant", _JSON, describes=_croissant),
    Format("dcat", "dcat.ttl", "The release described in DCAT-AP", "text/turtle", describes=_dcat, aliases=("dcat-ap",)),
    Format("schema-org", "schema-org.jsonld", "The release described in schema.org", _JSON, describes=_schema_org, aliases=("schema.org",)),
)
"""All formats, in the order in which they are written: what describes others comes last."""


def find_format(name: str) -> Format:
    """Return the format of this name, alias or suffix; raises :class:`~comity.errors.UnknownFormat`."""
    wanted = name.lower().removeprefix(".")
    for known in FORMATS:
        if wanted in (known.name, *known.aliases):
            return known
    raise UnknownFormat(name, [*(known.name for known in FORMATS), RELEASE])


def planned() -> list[Described]:
    """Return the files of a release before it is made: without their sizes and checksums."""
    return [Described(known.place, known.title, known.media_type) for known in FORMATS]


def write(content: Content, formats: Iterable[Format], path: Path) -> list[Path]:
    """Write the formats and return the paths of the files.

    One format goes into the file `path` when that has a suffix; else `path` is a folder, and each goes to its place in there. Raises
    :class:`~comity.errors.UsageError` for what does not fit into one file, and :class:`~comity.errors.OutputError`.
    """
    chosen = sorted(set(formats), key=FORMATS.index)
    if path.suffix and not path.is_dir():
        return _write_one(content, chosen, path)
    paths: list[Path] = []
    files: list[Described] = []
    for known in chosen:
        target = path / known.place
        if known.write is not None:
            paths += known.write(content, target)
        elif known.describes is not None:
            paths += known.describes(content, target, list(files), path)
        files.append(describe(known.place, known.title, known.media_type, path))
    return paths


def _write_one(content: Content, chosen: list[Format], path: Path) -> list[Path]:
    if len(chosen) != 1:
        raise UsageError(f"{len(chosen)} formats do not go into the one file {path.name}", "name a folder, without a suffix")
    (known,) = chosen
    if known.is_folder:
        raise UsageError(f"{known.name} is a folder of files, and {path.name} has a suffix", "name a folder, without a suffix")
    if known.write is not None:
        return known.write(content, path)
    assert known.describes is not None
    return known.describes(content, path, [], path.parent)
