"""``comity export``: a view as a file for other tools."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from comity.cli.edition import open_edition
from comity.errors import UsageError
from comity.options import data_options


@click.command()
@click.argument("name", metavar="[FORMAT]", required=False)
@click.option("-f", "--format", "format_", metavar="FORMAT", help="The same as the argument.")
@click.option("-o", "--output", metavar="PATH", required=True, help="Where to write; its suffix can give the format.")
@click.option(
    "--inferred",
    type=click.Choice(["yes", "no", "only"]),
    default="yes",
    help="With, without, or only what follows.",
)
@click.option("--graph", "graphs", multiple=True, metavar="GRAPH", help="Only this graph, as paper/2.1.2; repeatable.")
@data_options
def export(
    name: str | None, format_: str | None, output: str, inferred: str, graphs: tuple[str, ...], **_options: Any
) -> None:
    """Write a view of the edition to a file.

    FORMAT is nq, trig, nt, ttl, json-ld or rdf-xml. The same input gives the same bytes.
    """
    if name is not None and format_ is not None and name != format_:
        raise UsageError(f"two formats, {name} and {format_}", "give one")
    chosen = name or format_ or Path(output).suffix.removeprefix(".")
    if not chosen:
        raise UsageError("no format", "name one, as in `comity export nq -o comity.nq`")
    for path in open_edition().export(chosen, output, inferred=inferred, graphs=graphs or None):
        print(path, file=sys.stderr)
