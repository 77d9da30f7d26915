"""The questions reach every class and property of the ontology and every section of the paper, and each claim is borne out."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest

from comity import dataset
from comity.questions import Question, list_questions, parse_question
from comity.questions.scope import NOT_ASKED, terms_of, unasked_terms, unfounded_claims
from comity.terms import CY, graph_iri


@pytest.fixture(scope="module")
def quads() -> list[ox.Quad]:
    return dataset.read("paper")


def ontology(quads: list[ox.Quad]) -> list[ox.Quad]:
    return [quad for quad in quads if quad.graph_name == ox.NamedNode(graph_iri("ontology"))]


def made(query: str, sections: str = '["3.1.2"]') -> Question:
    header = f'''#+ title = "t"
#+ question = "What?"
#+ level = "basic"
#+ sections = {sections}
#+ [[columns]]
#+ name = "x"
#+ type = "iri"
#+ meaning = "a thing"
'''
    return parse_question(header + query, Path("made.rq"))


def test_every_class_and_property_is_asked_for(quads: list[ox.Quad]) -> None:
    assert unasked_terms(list_questions(), ontology(quads)) == ()
    named = set().union(*(terms_of(question) for question in list_questions()))
    assert len(named) > 120
    declared = {quad.subject.value for quad in ontology(quads) if isinstance(quad.subject, ox.NamedNode)}
    assert not NOT_ASKED.keys() - declared, "an exception for a term that is not there"
    assert not NOT_ASKED.keys() & named, "an exception for a term that is asked for"


def test_every_section_is_covered_and_every_claim_borne_out(quads: list[ox.Quad], checkout: Path) -> None:
    sections = {path.stem for path in (checkout / "data" / "paper").glob("*.ttl")}
    covered = {section for question in list_questions() for section in question.sections}
    assert len(sections) >= 47
    assert sorted(sections - covered) == []
    assert [(question.name, section) for question, section in unfounded_claims(list_questions(), quads)] == []


def test_a_term_without_a_question_is_noticed(quads: list[ox.Quad]) -> None:
    new = ox.NamedNode(f"{CY}unused")
    kind = ox.NamedNode("http://www.w3.org/2002/07/owl#ObjectProperty")
    added = [*ontology(quads), ox.Quad(new, ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type"), kind)]
    assert unasked_terms(list_questions(), added) == (new.value,)
    assert CY.Meeting in unasked_terms([], added)


def test_a_claim_that_the_query_does_not_bear_out_is_noticed(quads: list[ox.Quad]) -> None:
    query = "PREFIX cy: <https://w3id.org/comity/ontology#>\nSELECT ?x WHERE {{ ?x {} ?y }} ORDER BY ?x"
    idle = made(query.format("cy:statedIn"))
    wrong = made(query.format("cy:casualtiesKilled"))
    good = made(query.format("cy:adoptedBy"))
    assert [question.sparql for question, _ in unfounded_claims([idle, wrong, good], quads)] == [idle.sparql, wrong.sparql]
    nowhere = made(query.format("cy:framework"), '["9.9"]')
    assert [section for _, section in unfounded_claims([nowhere], quads)] == ["9.9"]


def test_a_term_in_a_comment_or_a_string_is_not_asked_for() -> None:
    text = 'PREFIX cy: <https://w3id.org/comity/ontology#>\n# cy:seat\nSELECT ?x WHERE { ?x cy:level "cy:topic" } ORDER BY ?x'
    assert terms_of(made(text)) == {CY.level}
