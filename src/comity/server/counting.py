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


@task("census")
def census(edition: Comity) -> Frame:
    """The numbers that VoID has properties for, under their names, and for each graph how many triples it holds."""
    counts = {name: int(getattr(edition.store.query(query).rows[0][0], "value", 0)) for name, query in _COUNTS.items()}
    return Frame({"counts": counts, "graphs": {graph: edition.store.count(graph) for graph in edition.store.graphs()}})
