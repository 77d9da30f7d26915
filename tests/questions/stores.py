"""Two stores for the tests of questions, as small as can be: the same graph in Oxigraph and in rdflib.

They answer queries only, so that these tests say nothing about the real stores, which have tests of their own.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pyoxigraph as ox
import rdflib

from comity.bridge import from_rdflib
from comity.store.contract import Solutions


class OxigraphAnswers:
    """Answers SELECT queries with Oxigraph, over the union of the named graphs."""

    def __init__(self, quads: Iterable[ox.Quad]) -> None:
        self.store = ox.Store()
        self.store.bulk_extend(quads)

    def query(self, sparql: str, *, timeout: float | None = None) -> Solutions:
        found = self.store.query(sparql, use_default_graph_as_union=True)
        names = tuple(variable.value for variable in found.variables)
        return Solutions("select", names, tuple(tuple(row[name] for name in names) for row in found))


class RdflibAnswers:
    """Answers SELECT queries with rdflib, over the union of the named graphs."""

    def __init__(self, quads: Iterable[ox.Quad]) -> None:
        self.dataset = rdflib.Dataset(default_union=True)
        data = ox.serialize(quads, format=ox.RdfFormat.N_QUADS)
        self.dataset.parse(data=data, format="nquads")

    @classmethod
    def of(cls, dataset: rdflib.Dataset) -> RdflibAnswers:
        """Answer from a dataset that is already there."""
        made = cls.__new__(cls)
        made.dataset = dataset
        return made

    def query(self, sparql: str, *, timeout: float | None = None) -> Solutions:
        found = self.dataset.query(sparql)
        names = tuple(str(variable) for variable in found.vars)
        rows = (tuple(None if row[name] is None else from_rdflib(row[name]) for name in names) for row in found)
        return Solutions("select", names, tuple(rows))


def turtle_quads(*paths: Path) -> list[ox.Quad]:
    """Return the triples of Turtle files, each file in a named graph of its own."""
    return [
        ox.Quad(quad.subject, quad.predicate, quad.object, ox.NamedNode(f"https://w3id.org/comity/graph/{path.stem}"))
        for path in paths
        for quad in ox.parse(path=str(path), format=ox.RdfFormat.TURTLE)
    ]


ENGINES = {"oxigraph": OxigraphAnswers, "rdflib": RdflibAnswers}
