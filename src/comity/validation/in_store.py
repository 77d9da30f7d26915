"""Checks what a store holds where it is: the shapes run there, and what comes back is what is wrong, with names and places."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from comity.terms import CY, INFERRED, RDF, RDFS, SKOS, graph_iri
from comity.validation.checking import report_on, shape_files
from comity.validation.engines import Result
from comity.validation.engines.asserted import written
from comity.validation.engines.in_store import Answers, InStore, rows
from comity.validation.places import Descriptions
from comity.validation.report import Finding, Report
from comity.validation.vocabulary import unknown_terms

if TYPE_CHECKING:
    import pyoxigraph as ox

_AT_ONCE: Final = 100
_ONTOLOGY: Final = graph_iri("ontology")
_ELSEWHERE: Final = f"FILTER(?g != <{INFERRED}>)"


def validate_in_store(store: Answers, *, shapes: str | os.PathLike[str] | None = None) -> Report:
    """Check what is asserted in the store, which is all but graph ``inferred``; the report is that of :func:`validate`.

    What is asked are counts, breaches, and names and graphs of the nodes that are wrong: what comes back grows with what is wrong, not
    with the data. A blank node has no name outside its answer, so none of its own is found, nor a place. Raises
    :class:`~comity.errors.DataError` for shapes that cannot be asked in SPARQL, and what the store raises.
    """
    raw = InStore(shape_files(shapes)).run_in(store)
    strange = set(_strange_terms(store))
    quads = list(_statements_with(store, strange))
    known = _known_terms(store) if quads else frozenset()
    described = Descriptions(list(_described(store, raw, quads)), {})
    [[nodes]] = rows(store, f"SELECT (COUNT(DISTINCT ?s) AS ?n) WHERE {{ GRAPH ?g {{ ?s ?p ?o }} {_ELSEWHERE} }}")
    loose = unknown_terms(quads, set(strange), known, described)
    return report_on([*(described.finding(result) for result in raw), *loose], int(nodes.value))


# -- terms that the ontology does not have -----------------------------------------------------------------------------


def _strange_terms(store: Answers) -> Iterator[ox.NamedNode]:
    """Yield the terms of our namespace that statements have for property or value, and the ontology does not describe."""
    used = " UNION ".join(
        f"{{ SELECT DISTINCT (?{part} AS ?term) WHERE {{ GRAPH ?g {{ ?s ?p ?o }} "
        f'FILTER(?g != <{INFERRED}> && isIRI(?{part}) && STRSTARTS(STR(?{part}), "{CY}")) }} }}'
        for part in "po"
    )
    described = f"GRAPH <{_ONTOLOGY}> {{ ?term ?q ?x }}"
    ontology = bool(rows(store, f"SELECT ?term WHERE {{ {described} }} LIMIT 1"))
    beyond = f"FILTER NOT EXISTS {{ {described} }}" if ontology else ""
    for (term,) in rows(store, f"SELECT DISTINCT ?term WHERE {{ {{ {used} }} {beyond} }}"):
        # Without an ontology there, the terms that Comity was built with are known.
        if ontology or term.value not in set(CY):
            yield term


def _known_terms(store: Answers) -> frozenset[str]:
    found = rows(store, f"SELECT DISTINCT ?term WHERE {{ GRAPH <{_ONTOLOGY}> {{ ?term ?q ?x }} FILTER(isIRI(?term)) }}")
    return frozenset(term.value for (term,) in found) or frozenset(CY)


def _statements_with(store: Answers, terms: Iterable[ox.NamedNode]) -> Iterator[ox.Quad]:
    """Yield the statements that have one of the terms for property or value."""
    for some in _portions(terms):
        for part in "po":
            yield from _quads(store, f"VALUES ?{part} {{ {_listed(some)} }} GRAPH ?g {{ ?s ?p ?o }}")


# -- names and places --------------------------------------------------------------------------------------------------


def _described(store: Answers, results: Iterable[Result], quads: Iterable[ox.Quad]) -> Iterator[ox.Quad]:
    """Yield what names the nodes that are wrong, and which graphs state what is wrong about them."""
    import pyoxigraph as ox

    found = {(result.focus, result.property, result.value) for result in results}
    found |= {(quad.subject, quad.predicate.value, quad.object) for quad in quads}
    about = {(focus, prop, value) for focus, prop, value in found if isinstance(focus, ox.NamedNode)}
    names = _listed([ox.NamedNode(name) for name in (RDFS.label, SKOS.prefLabel)])
    for some in _portions({focus for focus, _, _ in about}):
        nodes = f"VALUES ?s {{ {_listed(some)} }}"
        yield from _quads(store, f"{nodes} VALUES ?p {{ {names} }} GRAPH ?g {{ ?s ?p ?o }}")
        # Which properties a node has in which graph is enough to find its place; its values may be many.
        yield from _quads(store, f"{nodes} GRAPH ?g {{ ?s ?p ?any }}")
    wrong = {
        f"({written(focus)} <{prop}> {written(value)})"
        for focus, prop, value in about
        if prop is not None and value is not None and not isinstance(value, ox.BlankNode)
    }
    for triples in _portions(wrong):
        yield from _quads(store, f"VALUES (?s ?p ?o) {{ {' '.join(triples)} }} GRAPH ?g {{ ?s ?p ?o }}")


def _quads(store: Answers, pattern: str) -> Iterator[ox.Quad]:
    """Yield the quads that match the pattern outside of graph ``inferred``; a blank node stands for a value that was not asked for."""
    import pyoxigraph as ox

    for s, p, o, g in rows(store, f"SELECT DISTINCT ?s ?p ?o ?g WHERE {{ {pattern} {_ELSEWHERE} }}"):
        yield ox.Quad(s, p, ox.BlankNode() if o is None else o, g)


def _listed(terms: Iterable[Any]) -> str:
    return " ".join(map(written, terms))


def _portions(items: Iterable[Any]) -> Iterator[Sequence[Any]]:
    each = iter(sorted(items, key=str))
    while some := list(islice(each, _AT_ONCE)):
        yield some
