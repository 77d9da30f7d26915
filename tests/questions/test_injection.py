"""No value given for a parameter changes what a query means.

``injection.json`` holds texts made to break out of a query. Each is given for a parameter of every type: either it is
refused, or it becomes exactly one term, and the rest of the query stays the same, token for token.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from comity.errors import ParameterError
from comity.questions import ask, bound_query, load_question
from comity.questions.binding import find_slots
from comity.tokens import tokenize

HERE = Path(__file__).parent
TEXTS = json.loads((HERE / "injection.json").read_text(encoding="utf-8"))
TYPES = {"state": "iri", "on": "date", "instrument": "iri", "known_members": "integer", "form": "choice"}


def test_there_are_cases():
    assert len(set(TEXTS)) >= 100


def rest_of(sparql: str, names: list[str]) -> list[str]:
    """Return the tokens of the query that are not the parameters' terms."""
    slots = find_slots(sparql, names)
    inside = {n for slot in slots for n in range(slot.start, slot.end)}
    return [token.text for token in tokenize(sparql) if token.start not in inside]


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_string_parameter_is_one_literal(text, store, index):
    question = load_question("echo", HERE / "edition")
    try:
        text.encode()
    except UnicodeEncodeError:
        with pytest.raises(ParameterError, match="Unicode"):
            ask(store, question, {"text": text}, index=index)
        return
    bound = bound_query(question, {"text": text}, index)
    assert rest_of(bound, ["text"]) == rest_of(question.sparql, ["text"])
    [slot] = find_slots(bound, ["text"])
    assert slot.term.value == text
    table = ask(store, question, {"text": text}, index=index)
    assert [tuple(row) for row in table] == [(text, len(text))]


@pytest.mark.parametrize("name", sorted(TYPES))
def test_other_parameters_refuse_or_stay_one_term(name, index):
    question = load_question("parties", HERE / "edition")
    names = [parameter.name for parameter in question.parameters]
    errors = []
    for text in TEXTS:
        given = {"state": "PAK", name: text}
        try:
            bound = bound_query(question, given, index)
        except ParameterError as error:
            errors.append(error)
        else:
            assert rest_of(bound, names) == rest_of(question.sparql, names)
    assert len(errors) > len(TEXTS) * 0.9
    for error in errors:
        assert error.parameter == name
        assert error.expected in str(error) or error.candidates
        assert error.example in str(error)
        assert str(error).isprintable()
