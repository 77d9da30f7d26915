"""What all forms say of a question in the same words: its query, its calls, its day."""

from __future__ import annotations

import shlex
from urllib.parse import quote, urlencode

from comity.questions import Parameter, Question
from comity.questions.binding import body_of


def query_text(question: Question) -> str:
    """Return the query without the header: prefixes and SELECT."""
    lines = question.sparql.splitlines()
    return "\n".join(line for line in lines if not line.startswith("#+")).strip()


def select_text(question: Question) -> str:
    """Return the query from SELECT on, without header and prefixes."""
    prologue, _, _ = body_of(question.sparql)
    return question.sparql[len(prologue) :].strip()


def examples(question: Question) -> dict[str, str]:
    """Return a value for every parameter, as a person would type it."""
    return {parameter.name: parameter.example for parameter in question.parameters}


def required(question: Question) -> dict[str, str]:
    """Return a value for every parameter that the question cannot do without."""
    return {parameter.name: parameter.example for parameter in question.parameters if parameter.required}


def command(question: Question, given: dict[str, str]) -> str:
    options = (f"--{name.replace('_', '-')} {shlex.quote(value)}" for name, value in given.items())
    return " ".join(("comity ask", question.name, *options))


def python(question: Question, given: dict[str, str]) -> str:
    types = {parameter.name: parameter.type for parameter in question.parameters}
    values = (f"{name}={int(value) if types[name] == 'integer' else _quoted(value)}" for name, value in given.items())
    return f"edition.ask({', '.join((_quoted(question.name), *values))})"


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def path(question: Question, form: str, given: dict[str, str] | None = None) -> str:
    """Return the path at which a server answers the question; `form` is json or csv."""
    query = urlencode(given or {}, quote_via=quote)
    return f"/q/{question.name}.{form}" + (f"?{query}" if query else "")


def explanation(parameter: Parameter) -> str:
    """Return what a parameter means and what its value must be, in sentences."""
    expected = parameter.expected
    return f"{parameter.help} {expected[0].upper()}{expected[1:]}.".strip()


def dated(question: Question) -> str | None:
    """Return what to know about a question that is asked of the view as of a day; ``None`` for any other."""
    if question.snapshot is None:
        return None
    return (
        f"This is asked of a view as of a day, the one given for the parameter '{question.snapshot}': there the legal rules say who "
        "is a member, a party and bound. In a view without a day the query finds nothing."
    )
