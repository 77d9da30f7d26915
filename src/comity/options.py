"""Options that the command line and the notebook's magic share, and how their mistakes are told."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from comity.questions import Parameter, Question

Command = TypeVar("Command", bound=Callable[..., Any])


def data_options(command: Command) -> Command:
    for option in (
        click.option(
            "--known-at", metavar="YYYY-MM-DD", help="Leave out what no source of the record had recorded by this day."
        ),
        click.option("--verified-only", is_flag=True, default=None, help="Leave out what the record has not verified."),
        click.option("--no-infer", is_flag=True, default=None, help="Use only what is asserted."),
        click.option("--view", metavar="VIEW", help="paper (as printed), record, or curated (the default)."),
    ):
        command = option(command)
    return command


def server_options(command: Command) -> Command:
    for option in (
        click.option(
            "--union",
            metavar="KIND",
            help="The server's default graph: server (its own union), kept (Comity keeps it so), listed (named in each query).",
        ),
        click.option("--graph-store", metavar="URL", help="The server's Graph Store Protocol service, if it has one."),
        click.option("--update-url", metavar="URL", help="Where the server takes updates, if not where it answers queries."),
    ):
        command = option(command)
    return command


def store_options(command: Command) -> Command:
    return click.option("--store", metavar="URL", help="Work on what this SPARQL server holds, there.")(server_options(command))


def day_option(command: Command) -> Command:
    return click.option(
        "--on", "day", metavar="YYYY-MM-DD", help="As of this day: who is a member, a party, bound; what is in force."
    )(command)


def question_option(parameter: Parameter) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Return the option that gives a parameter of a question."""
    if parameter.required:
        presence = "Required."
    elif parameter.default is not None:
        presence = f"Default: {parameter.default}."
    else:
        presence = "May be left out."
    text = f"{parameter.help.rstrip('.')}. " if parameter.help else ""
    example = "" if parameter.example == parameter.default else f"; for example '{parameter.example}'"
    text += f"{parameter.expected[0].upper()}{parameter.expected[1:]}{example}. {presence}"
    metavar = (parameter.thing if parameter.type == "iri" else parameter.type).upper().replace(" ", "_")
    option = "--" + parameter.name.replace("_", "-")
    return click.option(option, parameter.name, metavar=metavar, help=text)


class QuestionGroup(click.Group):
    """A group with a command for each question, made from its file when it is called."""

    def command_for(self, question: Question) -> click.Command:
        """Return the command that asks the question."""
        raise NotImplementedError

    def list_commands(self, ctx: click.Context) -> list[str]:
        from comity.questions import list_questions

        return [question.name for question in list_questions()]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command:
        from comity.questions import load_question

        return self.command_for(load_question(cmd_name))


def one_line(error: click.ClickException) -> str:
    """Return in one line what is wrong with a command, and where to look."""
    where = error.ctx.command_path if isinstance(error, click.UsageError) and error.ctx else "comity"
    message = " ".join(error.format_message().split()).rstrip(".")
    return f"{message}; see `{where} --help`"
