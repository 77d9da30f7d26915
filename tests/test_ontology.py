"""The ontology documents each of its terms, and stays within OWL 2 RL as far as the compiler reads it."""

from __future__ import annotations

from pathlib import Path

import pytest
from rdflib import Graph, URIRef
from rdflib.namespace import DCTERMS, OWL, RDF, RDFS, SKOS

from comity.inference import compile_ontology

FILE = Path(__file__).parent.parent / "ontology" / "comity.ttl"
GRAPH = Graph().parse(FILE)
CY = "https://w3id.org/comity/ontology#"
KINDS = (OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty)
TERMS = sorted({s for kind in KINDS for s in GRAPH.subjects(RDF.type, kind) if str(s).startswith(CY)})
ANNOTATIONS = (RDFS.label, SKOS.definition, SKOS.example, DCTERMS.source, RDFS.isDefinedBy)


def test_there_are_terms() -> None:
    assert TERMS


@pytest.mark.parametrize("term", TERMS, ids=lambda term: term.removeprefix(CY))
def test_a_term_is_documented(term: URIRef) -> None:
    missing = [str(prop) for prop in ANNOTATIONS if GRAPH.value(term, prop) is None]
    assert not missing


def test_labels_are_unique_among_classes_and_among_properties() -> None:
    labels: dict[tuple[str, bool], list[URIRef]] = {}
    for term in TERMS:
        is_class = (term, RDF.type, OWL.Class) in GRAPH
        labels.setdefault((str(GRAPH.value(term, RDFS.label)).lower(), is_class), []).append(term)
    assert not {label: terms for label, terms in labels.items() if len(terms) > 1}


def test_every_axiom_compiles_to_a_rule() -> None:
    assert compile_ontology(FILE).rules
