"""Question files, good and bad. Each bad file says in its last line what must be said about it."""

from __future__ import annotations

from pathlib import Path

import pytest

from comity.errors import QuestionError
from comity.questions import list_questions, read_question

HERE = Path(__file__).parent
GOOD = sorted((HERE / "edition" / "queries").glob("*.rq"))
BAD = sorted((HERE / "bad").glob("*.rq"))


def test_there_are_cases():
    assert len(GOOD) == 4
    assert len(BAD) >= 25


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_bad_file_is_refused_with_line_and_remedy(path):
    text = path.read_text(encoding="utf-8")
    marker, _, expected = text.rstrip().splitlines()[-1].partition("# expect ")
    assert marker == "", "the last line must be: # expect LINE: words"
    line, _, words = expected.partition(": ")
    with pytest.raises(QuestionError) as caught:
        read_question(path)
    error = caught.value
    assert (error.line, error.exit_code) == (int(line), 3)
    assert words in str(error)
    assert path.name + f":{line}: " in str(error)
    assert error.remedy
    assert "\n" not in str(error)


def test_good_files_are_read_whole():
    questions = list_questions(HERE / "edition")
    assert [question.path for question in questions] == GOOD
    parties = {question.name: question for question in questions}["parties"]
    assert parties.title == "Parties of instruments"
    assert parties.level == "intermediate"
    assert parties.tags == ("participation",)
    assert parties.sections == ("2.1.2", "4.3")
    assert [(p.name, p.type, p.default, p.required, p.example) for p in parties.parameters] == [
        ("state", "iri", None, True, "Pakistan"),
        ("on", "date", "2005-01-01", False, "2005-01-01"),
        ("instrument", "iri", None, False, "bombings convention"),
        ("known_members", "integer", "0", False, "100"),
        ("form", "choice", "any", False, "any"),
    ]
    assert parties.parameters[0].class_iri == "https://w3id.org/comity/ontology#State"
    assert [column.name for column in parties.columns] == [
        "instrument",
        "instrumentLabel",
        "signed",
        "share",
        "inForce",
        "count",
    ]
    assert parties.columns[-1].unit == "State"
    assert parties.order_variables == ("signed", "instrument")
    assert [parties.sparql[slot.start : slot.end] for slot in parties.slots] == [
        "state:PAK",
        '"2005-01-01"^^xsd:date',
        "UNDEF",
        "0",
        '"any"',
    ]


def test_missing_file_is_an_error(tmp_path):
    with pytest.raises(QuestionError, match="cannot be read"):
        read_question(tmp_path / "no-such.rq")
