"""How much there is: a task for a worker."""

from __future__ import annotations

from typing import TYPE_CHECKING

from comity.server.frames import Frame
from comity.server.tasks import task
from comity.terms import BASE

if TYPE_CHECKING:
    from comity.api import Comity

_COUNTS = {
    "triples": "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }",
    "entities": f"SELECT (COUNT(DISTINCT ?s) AS ?n) WHERE {{ ?s ?p ?o FILTER(STRSTARTS(STR(?s), '{BASE}id/')) }}",
    "classes": "SELECT (COUNT(DISTINCT ?c) AS ?n) WHERE { ?s a ?c }",
    "properties": "SELECT (COUNT(DISTINCT ?p) AS ?n) WHERE { ?s ?p ?o }",
    "distinctSubjects": "SELECT (COUNT(DISTINCT ?s) AS ?n) WHERE { ?s ?p ?o }",
    "distinctObjects": "SELECT (COUNT(DISTINCT ?o) AS ?n) WHERE { ?s ?p ?o }",
}


_PARTS = {
    "classes": "SELECT ?part (COUNT(DISTINCT ?s) AS ?n) WHERE { ?s a ?part FILTER(ISIRI(?part)) } GROUP BY ?part",
    "properties": "SELECT ?part (COUNT(*) AS ?n) WHERE { ?s ?part ?o } GROUP BY ?part",
}


@task("census")
def census(edition: Comity) -> Frame:
    """The numbers that VoID has properties for.

    ``counts`` are those of the whole, under the names of these properties; ``classes`` says how many things each class has,
    ``properties`` how many triples each property, and ``graphs`` how many each graph.
    """
    counts = {name: _number(edition.store.query(query).rows[0][0]) for name, query in _COUNTS.items()}
    parts = {
        name: {getattr(part, "value", ""): _number(n) for part, n in edition.store.query(query).rows} for name, query in _PARTS.items()
    }
    return Frame({"counts": counts, **parts, "graphs": {graph: edition.store.count(graph) for graph in edition.store.graphs()}})


def _number(term: object) -> int:
    return int(getattr(term, "value", 0))
