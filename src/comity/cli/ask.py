"""``comity ask``, ``comity questions`` and ``comity errata``: the questions that Comity comes with."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import click

from comity.cli.edition import open_edition
from comity.cli.output import output_format, output_options, setting, show, text_of, write
from comity.errors import UsageError
from comity.options import QuestionGroup, data_options, question_option, store_options

if TYPE_CHECKING:
    from comity.inference.explain import Asserted, Proof
    from comity.questions import Question
    from comity.table import Table


@click.command()
@click.argument("words", nargs=-1)
@output_options
def questions(words: tuple[str, ...], **_options: Any) -> None:
    """List the questions that can be asked.

    With WORDS or section numbers, only those that have them all.
    """
    from comity.questions import listing

    show(listing(" ".join(words)))


class _Questions(QuestionGroup):
    def command_for(self, question: Question) -> click.Command:
        return _question_command(question)


@click.group(cls=_Questions, subcommand_metavar="QUESTION [PARAMETERS]...")
@output_options
@data_options
@store_options
def ask(**_options: Any) -> None:
    """Ask a question. `comity ask QUESTION --help` shows its parameters."""


def _question_command(question: Question) -> click.Command:
    names = [parameter.name for parameter in question.parameters]

    def run(why: bool, sources: bool, **options: Any) -> None:
        given = {name: options[name] for name in names if options[name] is not None}
        edition = open_edition()
        table = edition.ask(question.name, sources=sources, **given)
        if why:
            _show_reasons(table, edition.why(table))
        else:
            show(table)

    command = output_options(data_options(store_options(run)))
    command = click.option("--why", is_flag=True, help="Prove each row: the statements behind it, and who makes them.")(command)
    command = click.option("--sources", is_flag=True, help="Say of each row whether it is stated or inferred, and where.")(command)
    for parameter in reversed(question.parameters):
        command = question_option(parameter)(command)
    columns = "\n".join(
        f"  {column.name}: {column.meaning}{f' ({column.unit})' if column.unit else ''}" for column in question.columns
    )
    text = f"{question.title}.\n\n{question.question}\n\n\b\nColumns:\n{columns}"
    return click.command(question.name, help=text, short_help=question.title)(command)


def _show_reasons(table: Table, reasons: Iterable[list[Proof | Asserted]]) -> None:
    """Write the table and, for each of its rows, why it is there: as text, or in the JSON document as ``why``."""
    # Proofs are for reading, in a pipe as well.
    name = "table" if setting("format_") is None and setting("output") is None else output_format()
    if name == "json":
        document = json.loads(table.to_json())
        document["why"] = [[reason.to_dict() for reason in row] for row in reasons]
        write(json.dumps(document, ensure_ascii=False, indent=1) + "\n")
        return
    if name != "table":
        raise UsageError(f"{name} has no place for proofs", "use --format table or --format json")
    parts = [text_of(table)]
    for number, row in enumerate(reasons, 1):
        proofs = "\n".join(reason.text() for reason in row) or "nothing that can be pointed to: the row rests on what is not there"
        parts.append(f"\nRow {number}\n" + textwrap.indent(proofs, "  ") + "\n")
    write("".join(parts))


@click.command(context_settings={"ignore_unknown_options": True, "help_option_names": []})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
@click.pass_context
def errata(context: click.Context, arguments: tuple[str, ...]) -> None:
    """Show where the paper is wrong.

    What is put instead, on what evidence, and whether it was applied: the question `errata`.
    """
    from comity.questions import load_question

    command = _question_command(load_question("errata"))
    with command.make_context("errata", list(arguments), parent=context.parent) as its_context:
        command.invoke(its_context)
