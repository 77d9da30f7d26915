"""The notebook magic ``%comity`` and ``%%comity`` (extra ``notebook``).

::

    %load_ext comity
    %comity ask status --instrument financing-1999 --on 2010-01-01
    %comity questions treaty

    %%comity --view record -o found
    SELECT ?state { ?state a cy:State } LIMIT 10

Both show a :class:`~comity.Table`. Every option is one of the command line's, but ``-o NAME``, which also puts the table into
the variable `NAME`. The views that were asked last stay open.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import click

from comity.errors import ComityError, UsageError
from comity.options import QuestionGroup, data_options, day_option, one_line, question_option

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from comity.api import Comity
    from comity.questions import Question
    from comity.table import Table


def load_ipython_extension(shell: InteractiveShell) -> None:
    """Make ``%comity`` and ``%%comity`` known to IPython; ``%load_ext comity`` calls this."""
    from IPython.core.error import UsageError as Told

    def comity(line: str, cell: str | None = None) -> Table | None:
        """Ask Comity: `%comity ask QUESTION …`, `%comity questions …`, or SPARQL below `%%comity`; each takes --help."""
        try:
            command = _command if cell is None else _query_command(cell)
            answer = command.main(shlex.split(line), prog_name="%comity" if cell is None else "%%comity", standalone_mode=False)
        except click.exceptions.NoArgsIsHelpError as error:
            raise Told(f"no question; see `{error.ctx.command_path if error.ctx else '%comity'} --help`") from None
        except click.ClickException as error:
            raise Told(one_line(error)) from None
        except (ComityError, ValueError) as error:
            # Of its own UsageError IPython shows the text and no traceback. ValueError is what shlex raises.
            raise Told(str(error)) from None
        if not isinstance(answer, tuple):
            return None  # help was asked for and is printed
        table, variable = answer
        if variable is not None:
            shell.user_ns[variable] = table
        return table  # type: ignore[no-any-return]

    shell.magics_manager.register_function(comity, magic_kind="line_cell", magic_name="comity")


@lru_cache(maxsize=4)
def _edition(view: str, infer: bool, verified_only: bool, known_at: str | None, day: str | None) -> Comity:
    from comity import api

    if day is not None:
        return _edition(view, infer, verified_only, known_at, None).on(day)
    return api.open(view, infer, verified_only=verified_only, known_at=known_at)


def _opened(options: dict[str, Any]) -> Comity:
    """The view that the options name; they are taken out of `options`."""
    view, no_infer, day = options.pop("view") or "curated", options.pop("no_infer"), options.pop("day", None)
    if no_infer and day is not None:
        raise UsageError("what holds on a day is inferred", "leave out --on or --no-infer")
    return _edition(view, not no_infer, bool(options.pop("verified_only")), options.pop("known_at"), day)


def _identifier(_context: click.Context, _option: click.Parameter, name: str | None) -> str | None:
    if name is not None and not name.isidentifier():
        raise click.BadParameter(f"'{name}' cannot name a variable")
    return name


def _variable_option(command: Callable[..., Any]) -> Callable[..., Any]:
    return click.option(
        "-o", "--output", "variable", metavar="NAME", callback=_identifier, help="Put the table into this variable too."
    )(command)


class _Questions(QuestionGroup):
    def command_for(self, question: Question) -> click.Command:
        return _question_command(question)


@click.group(name="comity")
def _command() -> None:
    """Ask Comity from a notebook; SPARQL goes below `%%comity`."""


@_command.group(name="ask", cls=_Questions)
def _ask() -> None:
    """Ask a question."""


@_command.command(name="questions")
@click.argument("words", nargs=-1)
@_variable_option
def _questions(words: tuple[str, ...], variable: str | None) -> tuple[Table, str | None]:
    """List the questions; with words, those that have them all."""
    from comity.questions import listing

    return listing(" ".join(words)), variable


def _question_command(question: Question) -> click.Command:
    def run(variable: str | None, sources: bool, **options: Any) -> tuple[Table, str | None]:
        edition = _opened(options)
        given = {name: value for name, value in options.items() if value is not None}
        return edition.ask(question.name, sources=sources, **given), variable

    command: Callable[..., Any] = _variable_option(data_options(run))
    command = click.option("--sources", is_flag=True, help="Say of each row whether it is stated or inferred, and where.")(command)
    if question.parameter("on") is None:
        command = day_option(command)
    for parameter in reversed(question.parameters):
        command = question_option(parameter)(command)
    return click.command(question.name, help=f"{question.title}.\n\n{question.question}")(command)


def _query_command(sparql: str) -> click.Command:
    def run(variable: str | None, **options: Any) -> tuple[Table, str | None]:
        return _opened(options).query(sparql), variable

    return click.command("comity", help="Run the cell as SPARQL.")(_variable_option(day_option(data_options(run))))
