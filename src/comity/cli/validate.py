"""``comity validate``: a view, files or a server against the shapes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from comity.cli.edition import open_edition
from comity.cli.output import FORMATS, output_format, output_options, render, setting, write
from comity.errors import UnknownFormat
from comity.options import data_options, store_options

if TYPE_CHECKING:
    from comity.table import Table
    from comity.validation import Report

#: Forms of a report on top of those of a table.
REPORT_FORMATS: Final = {"sarif": ".sarif", "junit": ".xml"}


@click.command()
@click.argument("files", nargs=-1, type=click.Path(), metavar="[FILE]...")
@click.option(
    "--fail-on",
    type=click.Choice(["violation", "warning", "info"]),
    default="info",
    help="The slightest finding that makes the exit status 1; default: any.",
)
@click.option(
    "--engine",
    metavar="ENGINE",
    help="compiled (the default), sparql (asks the store; the default with --store) or pyshacl (the reference, slow).",
)
@output_options
@data_options
@store_options
def validate(files: tuple[str, ...], fail_on: str, engine: str | None, **_options: Any) -> None:
    """Check the view against the shapes.

    With FILEs, check these as if they were part of it. With --store, the server is asked what is wrong, and no data come back.
    Exit status 1 means findings. Reports also come as ttl (sh:ValidationReport), sarif and junit.
    """
    report = open_edition().validate(*files, engine=engine)
    match _report_format():
        case "table":
            write(report.to_text())
        case "json":
            write(report.to_json())
        case "ttl":
            write(report.to_turtle())
        case "sarif":
            write(report.to_sarif())
        case "junit":
            write(report.to_junit(fail_on))
        case name:
            write(render(_findings(report), name))
    if report.at_least(fail_on):
        click.get_current_context().exit(1)


def _report_format() -> str:
    """Return the format of a report: text where nothing is said; reports have forms of their own besides those of tables."""
    asked, output = setting("format_"), setting("output")
    formats = [*(name for name in FORMATS if name != "nt"), *REPORT_FORMATS]
    if asked is not None:
        if asked.lower() in REPORT_FORMATS:
            return str(asked.lower())
        try:
            name = output_format()
        except UnknownFormat:
            raise UnknownFormat(asked, formats) from None
        if name == "nt":
            raise UnknownFormat(asked, formats)
        return name
    if output in (None, "-"):
        return "table"
    suffix = Path(output).suffix.lower()
    return next((name for name, its_suffix in REPORT_FORMATS.items() if suffix == its_suffix), None) or output_format()


def _findings(report: Report) -> Table:
    from comity.table import Column, Iri, Table

    def iri(text: str | None) -> Iri | str | None:
        return Iri(text) if text and "://" in text else text

    return Table(
        [
            Column("severity", "string", "Violation, Warning or Info"),
            Column("focus", "iri", "the node that is wrong"),
            Column("focusLabel", "string", "its name"),
            Column("path", "string", "the property that is wrong"),
            Column("value", "string", "the value that is wrong"),
            Column("message", "string", "what is wrong and how to mend it"),
            Column("shape", "iri", "the rule that says so"),
            Column("file", "string", "where the node is described"),
            Column("line", "integer", "the line, from 1"),
        ],
        [
            (f.severity, iri(f.focus), f.focus_label, f.path, f.value, f.message, iri(f.shape), f.file, f.line)
            for f in report.results
        ],
    )
