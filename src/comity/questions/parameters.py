"""Turns what a person gives for a question's parameters into RDF terms, or says exactly what is wrong with it."""

from __future__ import annotations

import datetime as dt
import difflib
import re
from collections.abc import Mapping
from typing import Any

from comity.errors import ParameterError
from comity.questions.header import is_date
from comity.questions.model import Parameter, Question
from comity.questions.names import NameIndex, NotResolved
from comity.terms import XSD


def bind_parameters(question: Question, given: Mapping[str, object], index: NameIndex) -> dict[str, Any]:
    """Return the pyoxigraph terms of the parameters that are given; ``None`` counts as not given.

    Parameters not given keep the term that the question's file holds for them. Raises
    :class:`~comity.errors.ParameterError` for an unknown or a missing parameter, and for a value of the wrong type.
    """
    names = [parameter.name for parameter in question.parameters]
    for name in given:
        if name not in names:
            near = difflib.get_close_matches(name, names, 1, 0.5)
            known = f"its parameters: {', '.join(names)}" if names else "it has no parameters"
            raise ParameterError(
                f"question {question.name} has no parameter {name}",
                question=question.name,
                parameter=name,
                value=given[name],
                remedy=f"did you mean {near[0]}?" if near else known,
            )
    terms = {}
    for parameter in question.parameters:
        value = given.get(parameter.name)
        if value is not None:
            terms[parameter.name] = parameter_term(question, parameter, value, index)
        elif parameter.required:
            raise _error(question, parameter, f"question {question.name} needs a value for {parameter.name}")
    return terms


def parameter_term(question: Question, parameter: Parameter, value: object, index: NameIndex) -> Any:
    """Return the pyoxigraph term for one value. Raises :class:`~comity.errors.ParameterError`."""
    import pyoxigraph as ox

    text = _text(value)
    if text is None:
        raise _error(question, parameter, f"{parameter.name} is a {type(value).__name__}")
    match parameter.type:
        case "iri":
            return ox.NamedNode(_resolve(question, parameter, text, index))
        case "date":
            if isinstance(value, dt.datetime) or not is_date(text.strip()):
                raise _error(question, parameter, f"{parameter.name} {_quoted(text)} is no date")
            return ox.Literal(text.strip(), datatype=ox.NamedNode(XSD.date))
        case "integer":
            if isinstance(value, (bool, float)) or not re.fullmatch(r"[+-]?[0-9]{1,300}", text.strip()):
                raise _error(question, parameter, f"{parameter.name} {_quoted(text)} is no whole number")
            return ox.Literal(str(int(text.strip())), datatype=ox.NamedNode(XSD.integer))
        case "choice":
            folded = {choice.casefold(): choice for choice in parameter.choices}
            if text.strip().casefold() not in folded:
                near = difflib.get_close_matches(text, parameter.choices, 1)
                raise _error(question, parameter, f"{parameter.name} {_quoted(text)} is no choice", tuple(near))
            return ox.Literal(folded[text.strip().casefold()])
        case _:
            try:
                text.encode("utf-8")
            except UnicodeEncodeError:
                raise _error(question, parameter, f"{parameter.name} is no valid Unicode text") from None
            return ox.Literal(text)


def _text(value: object) -> str | None:
    """Return the value as a person would type it; ``None`` for a kind of value that no parameter takes."""
    if isinstance(value, str):
        return str(value)
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, (int, float)):
        return str(value)
    # An RDF term of pyoxigraph: its value is its IRI or its text.
    term_value = getattr(value, "value", None)
    return term_value if isinstance(term_value, str) else None


def _resolve(question: Question, parameter: Parameter, text: str, index: NameIndex) -> str:
    try:
        return index.resolve(text, parameter.class_iri, parameter.scheme_iri, others=parameter.open)
    except NotResolved as error:
        candidates = tuple(str(candidate) for candidate in error.candidates)
        thing = "thing" if parameter.open else parameter.thing
        if error.ambiguous:
            what = f"{parameter.name} {_quoted(text)} names more than one {thing}"
        else:
            what = f"{parameter.name} {_quoted(text)} names no {thing} that Comity knows"
        raise _error(question, parameter, what, candidates) from None


def _error(question: Question, parameter: Parameter, what: str, candidates: tuple[str, ...] = ()) -> ParameterError:
    remedy = f"did you mean {' | '.join(candidates)}?" if candidates else f"give {parameter.expected}"
    return ParameterError(
        what,
        question=question.name,
        parameter=parameter.name,
        expected=parameter.expected,
        example=parameter.example,
        candidates=candidates,
        remedy=f"{remedy} (example: {parameter.example})",
    )


def _quoted(text: str) -> str:
    """Return the text between quotes on one line, cut to a length that a message can hold."""
    shown = text if len(text) <= 60 else text[:59] + "…"
    return "'" + "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in shown) + "'"
