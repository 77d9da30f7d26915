"""``comity query`` and ``comity stats``: SPARQL of the user's own."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from comity.cli.edition import open_edition
from comity.cli.output import output_options, show
from comity.errors import InputError
from comity.options import data_options, day_option, store_options


@click.command()
@click.argument("text", metavar="TEXT|@FILE|-")
@click.option("--timeout", type=click.FloatRange(min=0, min_open=True), metavar="SECONDS", help="Stop after this time.")
@day_option
@output_options
@data_options
@store_options
def query(text: str, timeout: float | None, day: str | None, **_options: Any) -> None:
    """Run a SPARQL query.

    Give its text, a file (@FILE), or standard input (-). Comity's prefixes need no declaration.
    """
    sparql = _query_text(text)  # first: a mistyped name need not wait for the edition
    show(open_edition(day).query(sparql, timeout=timeout))


def _query_text(text: str) -> str:
    if text == "-":
        return sys.stdin.read()
    if not text.startswith("@"):
        return text
    try:
        return Path(text[1:]).read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        what = error.strerror if isinstance(error, OSError) else "it is not UTF-8" if isinstance(error, UnicodeDecodeError) else str(error)
        raise InputError(f"cannot be read ({what})", "give the path of a file with a query", file=text[1:]) from None


@click.command()
@output_options
@data_options
@store_options
def stats(**_options: Any) -> None:
    """Count the triples of each graph."""
    show(open_edition().stats())
