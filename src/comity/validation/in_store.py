"""Checks what a store holds where it is: the shapes run there, and what comes back is what is wrong, with names and places."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from comity.terms import CY, RDF, RDFS, SKOS, graph_iri
from comity.validation.checking import report_on, shape_files
from comity.validation.engines import Result
from comity.validation.engines.asserted import Asserted, written
from comity.validation.engines.in_store import Answers, InStore, inferred_properties, rows
from comity.validation.places import Descriptions
from comity.validation.report import Report
from comity.validation.vocabulary import unknown_terms

if TYPE_CHECKING:
    import pyoxigraph as ox

    from comity.store.contract import Solutions, Store
    from comity.store.remote import RemoteStore

_AT_ONCE: Final = 100
_ANY: Final = "urn:comity:any"
_ONTOLOGY: Final = graph_iri("ontology")


def validate_in_store(store: Store, *, shapes: str | os.PathLike[str] | None = None) -> Report:
    """Check what is asserted in the store, which is all but graph ``inferred``; the report is that of :func:`validate`.

    What is asked are counts, breaches, and names and graphs of the nodes that are wrong: what comes back grows with what is wrong, not
    with the data. A blank node has no name outside its answer, so none of its own is found, nor a place. Raises
    :class:`~comity.errors.DataError` for shapes that cannot be asked in SPARQL, and what the store raises.
    """
    asked = _Asked.of(store)
    raw = InStore(shape_files(shapes)).run_in(asked.store, asked.asserted)
    strange = set(asked.strange_terms())
    quads = list(asked.statements_with(strange))
    known = asked.known_terms() if quads else frozenset()
    described = Descriptions(list(asked.described(raw, quads)), {})
    loose = unknown_terms(quads, set(strange), known, described)
    return report_on([*(described.finding(result) for result in raw), *loose], asked.nodes())


class _WithoutList:
    """A store on a server that is asked as it is: each query says itself which graphs count."""

    def __init__(self, store: RemoteStore) -> None:
        self._store = store

    def query(self, sparql: str, *, timeout: float | None = None) -> Solutions:
        return self._store.query_graphs(sparql, timeout=timeout)


@dataclass(frozen=True)
class _Asked:
    """A store with what is asserted in it."""

    store: Answers
    asserted: Asserted

    @classmethod
    def of(cls, store: Store) -> _Asked:
        from comity.store.remote import RemoteStore

        if not isinstance(store, RemoteStore):
            return cls(store, Asserted(inferred_properties(store)))
        asked: Answers = store
        if store.union == "listed":
            # To name each graph in each query is slow where there are many, and no query needs it that looks into named graphs only.
            asked = _WithoutList(store)
        return cls(asked, Asserted(None if store.union == "listed" else inferred_properties(asked), store.own_graphs()))

    def rows(self, sparql: str) -> Iterable[tuple[Any, ...]]:
        return rows(self.store, sparql)

    def nodes(self) -> int:
        [[number]] = self.rows(f"SELECT (COUNT(DISTINCT ?s) AS ?n) WHERE {{ GRAPH ?g {{ ?s ?p ?o }} FILTER({self.asserted.among('?g')}) }}")
        return int(number.value)

    # -- terms that the ontology does not have -------------------------------------------------------------------------

    def strange_terms(self) -> Iterator[ox.NamedNode]:
        """Yield the terms of our namespace that statements have for property or value, and the ontology does not describe."""
        among = self.asserted.among("?g")
        used = " UNION ".join(
            f"{{ SELECT DISTINCT (?{part} AS ?term) WHERE {{ GRAPH ?g {{ ?s ?p ?o }} FILTER(isIRI(?{part}) && {among}) }} }}"
            for part in "po"
        )
        # The text of a term is looked at once, not with each of its statements.
        ours = f'FILTER(STRSTARTS(STR(?term), "{CY}"))'
        described = f"GRAPH <{_ONTOLOGY}> {{ ?term ?q ?x }}"
        ontology = bool(self.rows(f"SELECT ?term WHERE {{ {described} }} LIMIT 1"))
        beyond = f"FILTER NOT EXISTS {{ {described} }}" if ontology else ""
        built_in = frozenset(CY)
        for (term,) in self.rows(f"SELECT DISTINCT ?term WHERE {{ {used} {ours} {beyond} }}"):
            # Without an ontology there, the terms that Comity was built with are known.
            if ontology or term.value not in built_in:
                yield term

    def known_terms(self) -> frozenset[str]:
        found = self.rows(f"SELECT DISTINCT ?term WHERE {{ GRAPH <{_ONTOLOGY}> {{ ?term ?q ?x }} FILTER(isIRI(?term)) }}")
        return frozenset(term.value for (term,) in found) or frozenset(CY)

    def statements_with(self, terms: Iterable[ox.NamedNode]) -> Iterator[ox.Quad]:
        """Yield the statements that have one of the terms for property or value."""
        for some in _portions(terms):
            for part in "po":
                yield from self._quads(f"VALUES ?{part} {{ {_listed(some)} }} GRAPH ?g {{ ?s ?p ?o }}")

    # -- names and places ----------------------------------------------------------------------------------------------

    def described(self, results: Iterable[Result], quads: Iterable[ox.Quad]) -> Iterator[ox.Quad]:
        """Yield what names the nodes that are wrong, and which graphs state what is wrong about them."""
        import pyoxigraph as ox

        found: set[tuple[Any, str | None, Any]] = {(result.focus, result.property, result.value) for result in results}
        found |= {(quad.subject, quad.predicate.value, quad.object) for quad in quads}
        about = {(focus, prop, value) for focus, prop, value in found if isinstance(focus, ox.NamedNode)}
        names = _listed([ox.NamedNode(name) for name in (RDFS.label, SKOS.prefLabel, RDF.type)])
        for some in _portions({focus for focus, _, _ in about}):
            nodes = f"VALUES ?s {{ {_listed(some)} }}"
            yield from self._quads(f"{nodes} VALUES ?p {{ {names} }} GRAPH ?g {{ ?s ?p ?o }}")
            yield from self._quads(f"{nodes} GRAPH ?g {{ ?s ?any ?thing }}")
        for some in _portions({(focus, ox.NamedNode(prop)) for focus, prop, _ in about if prop is not None}):
            yield from self._quads(f"VALUES (?s ?p) {{ {_rows(some)} }} GRAPH ?g {{ ?s ?p ?thing }}")
        wrong = {
            (focus, ox.NamedNode(prop), value)
            for focus, prop, value in about
            if prop is not None and value is not None and not isinstance(value, ox.BlankNode)
        }
        for some in _portions(wrong):
            yield from self._quads(f"VALUES (?s ?p ?o) {{ {_rows(some)} }} GRAPH ?g {{ ?s ?p ?o }}")

    def _quads(self, pattern: str) -> Iterator[ox.Quad]:
        """Yield the asserted quads that match the pattern; what was not asked for, because it may be much, is nothing in particular."""
        import pyoxigraph as ox

        for s, p, o, g in self.rows(f"SELECT DISTINCT ?s ?p ?o ?g WHERE {{ {pattern} FILTER({self.asserted.among('?g')}) }}"):
            yield ox.Quad(s, ox.NamedNode(_ANY) if p is None else p, ox.BlankNode() if o is None else o, g)


def _listed(terms: Iterable[Any]) -> str:
    return " ".join(map(written, terms))


def _rows(rows: Iterable[Sequence[Any]]) -> str:
    return " ".join(f"({_listed(row)})" for row in rows)


def _portions(items: Iterable[Any]) -> Iterator[Sequence[Any]]:
    each = iter(sorted(items, key=str))
    while some := list(islice(each, _AT_ONCE)):
        yield some
