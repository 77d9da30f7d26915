"""What people type, and what they must get. The cases are the two tables below."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest

from comity.errors import ParameterError
from comity.names import fold, usually_called
from comity.questions import ask, load_question, names
from comity.questions.names import NameIndex, NotResolved
from comity.store.embedded import EmbeddedStore

EDITION = Path(__file__).parent / "edition"
CY = "https://w3id.org/comity/ontology#"
ID = "https://w3id.org/comity/id/"

FOUND = [
    ("State", "https://w3id.org/comity/id/state/PAK", "state/PAK"),
    ("State", "<https://w3id.org/comity/id/state/PAK>", "state/PAK"),
    ("State", "state:PAK", "state/PAK"),
    ("State", "state/PAK", "state/PAK"),
    ("State", "PAK", "state/PAK"),
    ("State", "pak", "state/PAK"),
    ("State", "PK", "state/PAK"),
    ("State", "pk", "state/PAK"),
    ("State", "Pakistan", "state/PAK"),
    ("State", " PAKISTAN ", "state/PAK"),
    ("State", "巴基斯坦", "state/PAK"),
    ("State", "باكستان", "state/PAK"),
    ("State", "بَاكِسْتَان", "state/PAK"),
    ("State", "Q843", "state/PAK"),
    ("State", "q843", "state/PAK"),
    ("State", "wd:Q843", "state/PAK"),
    ("State", "http://www.wikidata.org/entity/Q843", "state/PAK"),
    ("State", "https://www.wikidata.org/wiki/Q843", "state/PAK"),
    ("State", "Q30", "state/USA"),
    ("State", "usa", "state/USA"),
    ("State", "U.S.A.", "state/USA"),
    ("State", "united states", "state/USA"),
    ("State", "Cote d’Ivoire", "state/CIV"),
    ("State", "CÔTE D'IVOIRE", "state/CIV"),
    ("State", "ivory", "state/CIV"),
    ("State", "CIV", "state/CIV"),
    ("State", "peoples republic china", None),
    ("State", "People's Republic of China", "state/CHN"),
    ("State", "XNO", "state/XNO"),
    ("Instrument", "unscr-1373", "instrument/unscr-1373"),
    ("Instrument", "UNSCR 1373", "instrument/unscr-1373"),
    ("Instrument", "instrument/unscr-1373", "instrument/unscr-1373"),
    ("Instrument", "S/RES/1373 (2001)", "instrument/unscr-1373"),
    ("Instrument", "s/res/1373(2001)", "instrument/unscr-1373"),
    ("Instrument", "1373", "instrument/unscr-1373"),
    ("Instrument", "resolution 1267", "instrument/unscr-1267"),
    ("Instrument", "bombings convention", "instrument/bombings-1997"),
    ("Instrument", "the convention on bombing", "instrument/bombings-1997"),
    ("Instrument", "financing convention 1999", "instrument/financing-1999"),
    ("Instrument", "financing convention", "instrument/financing-1999"),
    ("Instrument", "protocol financing convention", "instrument/financing-protocol"),
    ("Instrument", "China-Pakistan agreement", "instrument/china-pakistan"),
    ("Treaty", "china pakistan", "instrument/china-pakistan"),
]
#: (class, text, ambiguous, the keys of the candidates)
NOT_FOUND = [
    ("State", "united", True, ["state/ARE", "state/GBR", "state/USA"]),
    ("State", "Pakistn", False, ["state/PAK"]),
    ("State", "Pakitsan", False, ["state/PAK"]),
    ("State", "https://w3id.org/comity/id/state/PKA", False, None),
    ("State", "https://w3id.org/comity/id/instrument/unscr-1373", False, []),
    ("State", "Q999999", False, []),
    ("State", "Atlantis", False, []),
    ("State", "", False, []),
    ("State", "!!!", False, []),
    ("State", "of the", False, None),
    ("Instrument", "resolution", True, ["instrument/unscr-1267", "instrument/unscr-1373"]),
    (
        "Instrument",
        "international convention",
        True,
        ["instrument/bombings-1997", "instrument/financing-1999", "instrument/financing-protocol"],
    ),
    ("Treaty", "unscr-1373", False, []),
]
FOUND = [case for case in FOUND if case[2] is not None]


@pytest.mark.parametrize(("kind", "text", "key"), FOUND, ids=[f"{kind}-{text}" for kind, text, _ in FOUND])
def test_found(kind, text, key, index):
    assert index.resolve(text, CY + kind) == ID + key


@pytest.mark.parametrize(("kind", "text", "ambiguous", "keys"), NOT_FOUND, ids=[f"{c[0]}-{c[1]}" for c in NOT_FOUND])
def test_not_found(kind, text, ambiguous, keys, index):
    with pytest.raises(NotResolved) as caught:
        index.resolve(text, CY + kind)
    assert caught.value.ambiguous is ambiguous
    if keys is not None:
        assert sorted(candidate.key for candidate in caught.value.candidates) == keys


USUAL = [
    ("State", "Ivory Coast", "state/CIV"),
    ("State", "ELFENBEINKÜSTE", "state/CIV"),
    ("State", "United States of America", "state/USA"),
    ("Instrument", "Terrorist Bombings Convention", "instrument/bombings-1997"),
    ("Instrument", "Ivory Coast", None),
    ("State", "Republic of China", None),
    ("State", "Burma", None),
]
"""What the tables of data/names call things that the edition here does not; no names are homonyms, and what is not here."""


@pytest.mark.parametrize(("kind", "text", "key"), USUAL, ids=[f"{kind}-{text}" for kind, text, _ in USUAL])
def test_usual_names(kind, text, key, index):
    usual = [thing.removeprefix(ID) for thing in usually_called(text)]
    if key is None:
        assert not names._by_usual_name(text, index._things(CY + kind, None))
    else:
        assert usual == [key]
        assert index.resolve(text, CY + kind) == ID + key


def test_a_scheme_narrows_the_class(index):
    concept = "http://www.w3.org/2004/02/skos/core#Concept"
    assert index.resolve("financing", concept, ID + "scheme/topic") == ID + "topic/financing"
    assert index.resolve("financing", concept, ID + "scheme/action") == ID + "action/financing"
    with pytest.raises(NotResolved):
        index.resolve("financing", concept)


def test_fold():
    assert fold("  Côte-d’Ivoire ") == "cote d ivoire"
    assert fold("STRASSE") == fold("Straße")
    assert fold("中国") == "中国"


def test_error_names_parameter_type_candidates_and_example(store, index):
    question = load_question("parties", EDITION)
    with pytest.raises(ParameterError) as caught:
        ask(store, question, {"state": "united"}, index=index)
    error = caught.value
    assert str(error) == (
        "state 'united' names more than one state; did you mean United Kingdom (state/GBR) | "
        "United Arab Emirates (state/ARE) | United States of America (state/USA)? (example: Pakistan)"
    )
    assert (error.question, error.parameter, error.example) == ("parties", "state", "Pakistan")
    assert error.expected == "the name, code, key, Wikidata id or IRI of a state"
    assert len(error.candidates) == 3


def test_an_open_class_comes_first_and_lets_others_in(index):
    state = CY + "State"
    assert index.resolve("Pakistan", state, others=True) == ID + "state/PAK"
    assert index.resolve("bombings convention", state, others=True) == ID + "instrument/bombings-1997"
    with pytest.raises(NotResolved):
        index.resolve("bombings convention", state)
    with pytest.raises(NotResolved) as caught:
        index.resolve("no such thing at all", state, others=True)
    assert not caught.value.ambiguous


def test_any_thing_with_a_name(index):
    assert index.resolve("state/PAK", None) == ID + "state/PAK"
    assert index.resolve("bombings convention", None) == ID + "instrument/bombings-1997"
    with pytest.raises(NotResolved) as caught:
        index.resolve("financing", None)
    assert caught.value.ambiguous


def test_a_name_that_two_states_bear_is_neither_s():
    """Without the table of homonyms the State with the shorter name would be meant, as a convention is and not its protocols."""
    cook = {"COK": "Cook Islands", "COL": "Cook Islands Two"}
    names_of = {"KOR": "Republic of Korea", "PRK": "Democratic People's Republic of Korea", **cook}
    label = "<http://www.w3.org/2000/01/rdf-schema#label>"
    data = "".join(f'<{ID}state/{key}> a <{CY}State> ; {label} "{name}"@en .\n' for key, name in names_of.items())
    store = EmbeddedStore()
    store.load([ox.Quad(*triple.triple) for triple in ox.parse(data, format=ox.RdfFormat.TURTLE)])
    small = NameIndex(store)
    with pytest.raises(NotResolved) as caught:
        small.resolve("korea", CY + "State")
    assert caught.value.ambiguous
    assert small.resolve("republic korea", CY + "State") == ID + "state/KOR"
    assert small.resolve("cook", CY + "State") == ID + "state/COK"
