"""``comity draw``: the answer to a question as a picture."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from comity.cli.edition import open_edition
from comity.cli.output import setting, write
from comity.errors import UnknownFormat
from comity.options import Command, data_options, question_option, store_options

FORMATS = ("svg", "vl.json")


def _output_options(command: Command) -> Command:
    for option in (
        click.option("-o", "--output", metavar="PATH", help="Write to a file; its suffix gives the format."),
        click.option("-f", "--format", "format_", metavar="FORMAT", help=f"{', '.join(FORMATS)}. Default: svg."),
    ):
        command = option(command)
    return command


class _Pictures(click.Group):
    """A command for each picture, made when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        from comity.draw.pictures import PICTURES

        return list(PICTURES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command:
        return _picture_command(cmd_name)


@click.group(cls=_Pictures, subcommand_metavar="PICTURE [PARAMETERS]...")
@_output_options
@data_options
@store_options
def draw(**_options: Any) -> None:
    """Draw a picture as SVG, or write its Vega-Lite (.vl.json).

    Each picture draws the answer to a question, and takes that question's parameters, as in `comity draw party-matrix --on 2001-01-01
    -o parties.svg`. Needs no network and no browser, but the extra `draw`.
    """


def _picture_command(name: str) -> click.Command:
    from comity.draw.pictures import picture
    from comity.questions import load_question

    drawn = picture(name)
    question = load_question(drawn.question)
    names = [parameter.name for parameter in question.parameters]

    def run(**options: Any) -> None:
        from comity.draw import compose, to_svg

        form = _form()
        made = compose(open_edition(), name, **{each: options[each] for each in names if options[each] is not None})
        if form == "svg":
            write(to_svg(made.specification))
        else:
            write(json.dumps(made.specification, ensure_ascii=False, indent=1) + "\n")

    command = _output_options(data_options(store_options(run)))
    for parameter in reversed(question.parameters):
        command = question_option(parameter)(command)
    text = f"{drawn.called}: the answer to `comity ask {question.name}`, drawn.\n\n{question.question}"
    return click.command(name, help=text, short_help=drawn.called)(command)


def _form() -> str:
    """The form of the picture: the flag, else the suffix of the output file, else SVG."""
    asked, output = setting("format_"), setting("output")
    if asked is None and output in (None, "-"):
        return "svg"
    given = asked or next((form for form in FORMATS if output.lower().endswith(f".{form}")), Path(output).suffix)
    if given not in FORMATS:
        raise UnknownFormat(given or output, FORMATS, remedy="use a suffix of .svg or .vl.json, or --format")
    return str(given)
