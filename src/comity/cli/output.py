"""How the commands show what they found: the format and the place that the options say."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from comity.errors import UnknownFormat, UsageError
from comity.options import Command

if TYPE_CHECKING:
    from comity.table import Table

#: Format name -> file suffix that stands for it.
TABLE_FORMATS: Final = {
    "table": ".txt",
    "csv": ".csv",
    "tsv": ".tsv",
    "json": ".json",
    "sparql-json": ".srj",
    "markdown": ".md",
    "html": ".html",
    "xlsx": ".xlsx",
}
GRAPH_FORMATS: Final = {"ttl": ".ttl", "nt": ".nt"}

#: What a table or the answer of a CONSTRUCT query can be written as.
FORMATS: Final = (*TABLE_FORMATS, *GRAPH_FORMATS)


def output_options(command: Command) -> Command:
    for option in (
        click.option("--iris", is_flag=True, default=None, help="Show IRI columns in tables too."),
        click.option("-o", "--output", metavar="PATH", help="Write to a file; its suffix gives the format."),
        click.option(
            "-f",
            "--format",
            "format_",
            metavar="FORMAT",
            help=f"{', '.join(FORMATS)}. Default: a table, CSV in a pipe.",
        ),
    ):
        command = option(command)
    return command


def setting(name: str) -> Any:
    """Return an option given to this command, or else to the ones above it: ``comity --view paper stats``."""
    context: click.Context | None = click.get_current_context()
    while context is not None:
        value = context.params.get(name)
        if value is not None:
            return value
        context = context.parent
    return None


def output_format() -> str:
    """Return the output format: the flag, else the suffix of the output file, else by where the output goes."""
    asked = setting("format_")
    aliases = {"md": "markdown", "txt": "table", "text": "table", "srj": "sparql-json", "turtle": "ttl"}
    if asked is not None:
        name: str = aliases.get(asked.lower(), asked.lower())
        if name not in FORMATS:
            raise UnknownFormat(asked, FORMATS)
        return name
    output = setting("output")
    if output is not None and output != "-":
        suffix = Path(output).suffix.lower()
        for name, its_suffix in {**TABLE_FORMATS, **GRAPH_FORMATS}.items():
            if suffix == its_suffix:
                return name
        suffixes = ", ".join([*TABLE_FORMATS.values(), *GRAPH_FORMATS.values()])
        raise UnknownFormat(suffix or output, FORMATS, remedy=f"use a suffix of {suffixes}, or --format")
    return "table" if sys.stdout.isatty() else "csv"


def show(table: Table) -> None:
    """Write `table` in the format and to the place that the options say."""
    write(render(table, output_format()))


def render(table: Table, name: str) -> str | bytes:
    match name:
        case "table":
            return text_of(table)
        case "csv":
            return table.to_csv()
        case "tsv":
            return table.to_tsv()
        case "json":
            return table.to_json()
        case "sparql-json":
            return table.to_sparql_json()
        case "markdown":
            return table.to_markdown()
        case "html":
            return table._repr_html_() + "\n"
        case "xlsx":
            if setting("output") in (None, "-"):
                raise UsageError("xlsx is a file, not text", "name one with -o, as in -o answer.xlsx")
            return table.xlsx(iris=bool(setting("iris")))
    if table.kind != "construct":
        raise UsageError(f"{name} holds a graph, and this answer is a table", f"use {', '.join(TABLE_FORMATS)}")
    return _graph_text(table, name)


def text_of(table: Table) -> str:
    return table.to_text(None if sys.stdout.isatty() else 100, iris=bool(setting("iris")))


def _graph_text(table: Table, name: str) -> str:
    import pyoxigraph as ox

    from comity import turtle

    triples = {ox.Triple(*row) for row in table.terms()}
    return turtle.serialize(triples) if name == "ttl" else "".join(sorted(f"{triple} .\n" for triple in triples))


def write(content: str | bytes) -> None:
    output = setting("output")
    if isinstance(content, str) and output in (None, "-"):
        sys.stdout.write(content)
        return
    from comity.files import write_whole

    write_whole(output, content.encode() if isinstance(content, str) else content)
