"""``comity reconcile``: what the names in a user's table mean."""

from __future__ import annotations

import sys
from typing import Any

import click

from comity.cli.edition import open_edition
from comity.cli.output import setting
from comity.options import data_options, store_options


@click.command()
@click.argument("file", metavar="FILE.csv")
@click.option("--column", metavar="NAME", required=True, help="The column with the names.")
@click.option("--type", "type_", metavar="TYPE", help="What they are: state, organization, body, instrument, group …, or a class.")
@click.option("--date-column", metavar="NAME", help="A column with a date or year of each, such as that of a treaty's adoption.")
@click.option("--encoding", metavar="NAME", help="Default: UTF-8, or as the file's first bytes say, or else cp1252.")
@click.option("-o", "--output", metavar="PATH", help="Write to a file instead of standard output.")
@data_options
@store_options
def reconcile(
    file: str, column: str, type_: str | None, date_column: str | None, encoding: str | None, **_options: Any
) -> None:
    """Match the names in a column of a CSV file to the things of the edition, and so to Wikidata.

    Columns are added on the right; rows, their order, and the bytes of all other columns stay. comity_id, comity_label and
    comity_wikidata are filled only where comity_match is yes; else look at comity_candidates.
    """
    from comity.files import write_whole
    from comity.reconcile.csv_file import read_csv
    from comity.reconcile.table import ADDED, added, matches

    table = read_csv(file, column, encoding=encoding)
    names = table.column(column)
    dates = None if date_column is None else table.column(date_column)
    with open_edition() as edition:
        found = matches(edition.reconciler(), names, type_, dates)
    content = table.with_columns(ADDED, map(added, found))
    output = setting("output")
    if output in (None, "-"):
        sys.stdout.flush()
        sys.stdout.buffer.write(content)
    else:
        write_whole(output, content)
    safe = sum(match.match for match in found)
    print(f"{len(found)} names: {safe} matched, {len(found) - safe} for you to look at", file=sys.stderr)
