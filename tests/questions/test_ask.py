from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pyoxigraph as ox
import pytest

from comity.errors import AnswerError, ParameterError, UnknownQuestion
from comity.questions import ask, bound_query, list_questions, load_question, search_questions
from comity.table import Iri

EDITION = Path(__file__).parent / "edition"
BOMBINGS = Iri("https://w3id.org/comity/id/instrument/bombings-1997")
FINANCING = Iri("https://w3id.org/comity/id/instrument/financing-1999")
FIRST = (
    BOMBINGS,
    "International Convention for the Suppression of Terrorist Bombings",
    dt.date(1997, 12, 15),
    None,
    None,
    None,
)
SECOND = (
    FINANCING,
    "International Convention for the Suppression of the Financing of Terrorism",
    dt.date(1999, 12, 9),
    Decimal("0.5"),
    True,
    188,
)


@pytest.mark.parametrize(
    ("given", "rows"),
    [
        ({"state": "PK"}, [FIRST, SECOND]),
        ({"state": "Pakistan", "on": "1998-01-01"}, [FIRST]),
        ({"state": "Pakistan", "on": dt.date(1998, 1, 1)}, [FIRST]),
        ({"state": ox.NamedNode("https://w3id.org/comity/id/state/CHN"), "on": None}, [FIRST]),
        ({"state": "Pakistan", "instrument": "financing"}, [SECOND]),
        ({"state": "Pakistan", "form": "COUNTED", "known_members": "+100"}, [SECOND]),
        ({"state": "Pakistan", "form": "counted", "known_members": 200}, []),
    ],
)
def test_answers(given, rows, store, index):
    table = ask(store, load_question("parties", EDITION), given, index=index)
    assert [tuple(row) for row in table] == rows
    assert [type(cell) for row in table for cell in row] == [type(cell) for row in rows for cell in row]
    assert table.title == "Parties of instruments"
    assert table.columns[-1].unit == "State"


def test_defaults_leave_the_file_text_alone(index):
    question = load_question("echo", EDITION)
    assert bound_query(question, {}, index) == question.sparql
    assert bound_query(question, {"text": None}, index) == question.sparql


def test_values_without_brackets_can_be_bound(store, index):
    table = ask(store, load_question("topics", EDITION), {"topic": "Financing of terrorism"}, index=index)
    assert [row.topicLabel for row in table] == ["Financing of terrorism"]


@pytest.mark.parametrize(
    ("given", "parameter", "words"),
    [
        ({}, "state", "question parties needs a value for state; give the name"),
        ({"state": "PAK", "sate": "x"}, "sate", "did you mean state?"),
        ({"state": "PAK", "zzz": "x"}, "zzz", "its parameters: state, on, instrument, known_members, form"),
        ({"state": 5.5}, "state", "state '5.5' names no state that Comity knows"),
        ({"state": ["PAK"]}, "state", "state is a list"),
        ({"state": "PAK", "on": "1 January 2005"}, "on", "give a date, YYYY-MM-DD (example: 2005-01-01)"),
        ({"state": "PAK", "on": "2005-02-29"}, "on", "is no date"),
        ({"state": "PAK", "on": "2005-01-01Z"}, "on", "is no date"),
        ({"state": "PAK", "on": dt.datetime(2005, 1, 1)}, "on", "is no date"),
        ({"state": "PAK", "on": 2005}, "on", "is no date"),
        ({"state": "PAK", "known_members": "many"}, "known_members", "give a whole number (example: 100)"),
        ({"state": "PAK", "known_members": True}, "known_members", "is no whole number"),
        ({"state": "PAK", "known_members": 1.0}, "known_members", "is no whole number"),
        ({"state": "PAK", "form": "count"}, "form", "did you mean counted?"),
        ({"state": "PAK", "form": "zzz"}, "form", "give one of any, counted"),
    ],
)
def test_bad_parameters(given, parameter, words, store, index):
    with pytest.raises(ParameterError) as caught:
        ask(store, load_question("parties", EDITION), given, index=index)
    assert caught.value.parameter == parameter
    assert words in str(caught.value)
    assert caught.value.exit_code == 2


def test_no_parameters_to_name(store, index):
    with pytest.raises(ParameterError, match="it has no parameters"):
        ask(store, load_question("misdeclared", EDITION), {"x": 1}, index=index)


def test_a_cell_of_another_type_is_our_fault(store, index):
    with pytest.raises(AnswerError, match="column signed is declared integer, but the answer holds") as caught:
        ask(store, load_question("misdeclared", EDITION), {}, index=index)
    assert caught.value.exit_code == 70
    assert caught.value.file.endswith("misdeclared.rq")


def test_unknown_question_suggests():
    with pytest.raises(UnknownQuestion, match="did you mean 'parties'") as caught:
        load_question("partys", EDITION)
    assert caught.value.exit_code == 2


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("", ["echo", "misdeclared", "parties", "topics"]),
        ("parties", ["parties"]),
        ("PARTI", ["parties"]),
        ("4.3", ["parties"]),
        ("2.1", ["parties"]),
        ("2", ["parties"]),
        ("state signed", ["parties", "misdeclared"][:1]),
        ("called", ["topics"]),
        ("nothing-has-this", []),
    ],
)
def test_search(words, names):
    assert [question.name for question in search_questions(words, EDITION)] == names
    assert len(list_questions(EDITION)) == 4
