"""Carries statements from pyoxigraph's terms to rdflib's, and terms back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyoxigraph as ox
    import rdflib
    from rdflib.term import Node


class _Terms:
    """Translates terms, each different one once; names and types of properties recur in almost every statement."""

    def __init__(self) -> None:
        self._known: dict[object, Node] = {}

    def __call__(self, term: object) -> Node:
        found = self._known.get(term)
        if found is None:
            found = self._known[term] = to_rdflib_term(term)
        return found


def to_rdflib_term(term: object) -> Node:
    """Return rdflib's term for one of pyoxigraph's, written as it is stated. Raises ``TypeError`` for what is no RDF term."""
    import pyoxigraph as ox
    import rdflib

    if isinstance(term, ox.NamedNode):
        return rdflib.URIRef(term.value)
    if isinstance(term, ox.BlankNode):
        return rdflib.BNode(term.value)
    if isinstance(term, ox.Literal):
        if term.language is not None:
            return rdflib.Literal(term.value, lang=term.language)
        datatype = term.datatype.value
        if datatype == "http://www.w3.org/2001/XMLSchema#string":
            return rdflib.Literal(term.value)
        # rdflib would rewrite "01"^^xsd:integer as "1"; what is stated must stay as it is stated.
        return rdflib.Literal(term.value, datatype=rdflib.URIRef(datatype), normalize=False)
    raise TypeError(f"rdflib has no term for {term}")


def from_rdflib(term: Node | None) -> ox.NamedNode | ox.BlankNode | ox.Literal:
    """Return pyoxigraph's term for one of rdflib's. Raises ``TypeError`` for what is no RDF term, such as a variable."""
    import pyoxigraph as ox
    import rdflib

    if isinstance(term, rdflib.URIRef):
        return ox.NamedNode(str(term))
    if isinstance(term, rdflib.BNode):
        return ox.BlankNode(str(term))
    if isinstance(term, rdflib.Literal):
        if term.language:
            return ox.Literal(str(term), language=term.language)
        return ox.Literal(str(term), datatype=ox.NamedNode(str(term.datatype))) if term.datatype else ox.Literal(str(term))
    raise TypeError(f"{term!r} is no RDF term")


def to_rdflib(quads: Iterable[ox.Quad]) -> rdflib.Dataset:
    """Return an rdflib ``Dataset`` with these quads, whose default graph is the union of its graphs."""
    import rdflib

    from comity.terms import PREFIXES

    terms = _Terms()
    dataset = rdflib.Dataset(default_union=True)
    for prefix, namespace in PREFIXES.items():
        dataset.bind(prefix, namespace, override=True)
    graphs: dict[object, rdflib.Graph] = {}
    for quad in quads:
        graph = graphs.get(quad.graph_name)
        if graph is None:
            name = terms(quad.graph_name)
            assert isinstance(name, rdflib.IdentifiedNode)
            graph = graphs[quad.graph_name] = dataset.graph(name)
        graph.add((terms(quad.subject), terms(quad.predicate), terms(quad.object)))
    return dataset


def to_rdflib_graph(triples: Iterable[ox.Triple | ox.Quad]) -> rdflib.Graph:
    """Return one rdflib ``Graph`` with these triples, wherever they come from."""
    import rdflib

    terms = _Terms()
    graph = rdflib.Graph()
    for triple in triples:
        graph.add((terms(triple.subject), terms(triple.predicate), terms(triple.object)))
    return graph
