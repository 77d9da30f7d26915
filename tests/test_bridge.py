"""Statements go over to rdflib as they are, and terms come back."""

from __future__ import annotations

import pyoxigraph as ox
import pytest
import rdflib

from comity.bridge import from_rdflib, to_rdflib, to_rdflib_graph

XSD = "http://www.w3.org/2001/XMLSchema#"
TERMS = [
    (ox.NamedNode("http://a"), rdflib.URIRef("http://a")),
    (ox.BlankNode("b1"), rdflib.BNode("b1")),
    (ox.Literal("x"), rdflib.Literal("x")),
    (ox.Literal("中文", language="zh"), rdflib.Literal("中文", lang="zh")),
    (ox.Literal("01", datatype=ox.NamedNode(XSD + "integer")), rdflib.Literal("01", datatype=rdflib.XSD.integer, normalize=False)),
    (ox.Literal("2001-02-31", datatype=ox.NamedNode(XSD + "date")), rdflib.Literal("2001-02-31", datatype=rdflib.XSD.date)),
]


@pytest.mark.filterwarnings("ignore")  # rdflib says that 2001-02-31 is no date; it is what the test wants to see carried over
@pytest.mark.parametrize(("given", "expected"), TERMS, ids=lambda term: str(term))
def test_terms_keep_their_text(given: ox.NamedNode, expected: rdflib.term.Identifier) -> None:
    prop = ox.NamedNode("http://p")
    graph = to_rdflib_graph([ox.Triple(ox.NamedNode("http://s"), prop, given)])
    ((_, _, found),) = graph
    assert found == expected
    assert str(found) == str(expected)
    assert type(found) is type(expected)
    assert from_rdflib(found) == given


def test_graphs_keep_their_names_and_the_union_is_a_set() -> None:
    s, p, o = (ox.NamedNode(f"http://{name}") for name in "spo")
    dataset = to_rdflib([ox.Quad(s, p, o, ox.NamedNode("http://g1")), ox.Quad(s, p, o, ox.NamedNode("http://g2"))])
    assert len(dataset) == 1
    assert {str(quad[3]) for quad in dataset.quads()} == {"http://g1", "http://g2"}
    assert len(list(dataset.query("SELECT * { ?s ?p ?o }"))) == 1


def test_a_triple_about_a_triple_is_refused() -> None:
    s, p, o = (ox.NamedNode(f"http://{name}") for name in "spo")
    with pytest.raises(TypeError, match="rdflib has no term"):
        to_rdflib_graph([ox.Triple(s, p, ox.Triple(s, p, o))])


def test_a_variable_is_no_term() -> None:
    with pytest.raises(TypeError, match="is no RDF term"):
        from_rdflib(rdflib.Variable("x"))
