"""What is stated and inferred about a thing, and what a graph holds, as RDF: tasks for a worker."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from comity.server.frames import Frame
from comity.server.tasks import task

if TYPE_CHECKING:
    from comity.api import Comity


@task("statements")
def statements(edition: Comity, iri: str, format: str) -> Frame:  # noqa: A002 - as everywhere in Comity
    """The statements of a thing and those that point to it, in this format; head ``found`` says whether there are any."""
    import pyoxigraph as ox

    from comity.export.rdf import dumps

    thing = ox.NamedNode(iri)
    triples = edition.store.query(
        f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ {{ BIND({thing} AS ?s) {thing} ?p ?o }} UNION {{ BIND({thing} AS ?o) ?s ?p {thing} }} }}"
    ).triples
    return Frame({"found": bool(triples)}, dumps((ox.Quad(*triple) for triple in triples), format) if triples else b"")


@task("graph")
def graph(edition: Comity, iri: str, format: str, most: int | None = None) -> Frame:  # noqa: A002
    """What the named graph holds, in this format; the head says whether there is anything, ``found``, and how many ``triples``.

    With `most`, the body is empty when there are more than so many.
    """
    import pyoxigraph as ox

    from comity.export.rdf import dumps

    count = edition.store.count(iri)
    if most is not None and count > most:
        return Frame({"found": True, "triples": count})
    quads = [ox.Quad(quad.subject, quad.predicate, quad.object) for quad in edition.store.quads(iri)]
    return Frame({"found": bool(quads), "triples": count}, dumps(quads, format) if quads else b"")


@task("graphs")
def graphs(edition: Comity) -> Frame:
    """The names of the graphs, and how many triples each holds; ``description`` is the dataset's for search engines, if it is ours."""
    return Frame(
        {
            "graphs": [[name, edition.store.count(name)] for name in edition.store.graphs()],
            "description": _description(edition),
        }
    )


def _description(edition: Comity) -> Any:
    """The schema.org description of the edition, whose classes it counts: of a store elsewhere all would have to be fetched for that."""
    from comity.export.formats import planned
    from comity.export.metadata.about import about
    from comity.export.metadata.schema_org import schema_org
    from comity.export.things import Things
    from comity.store.embedded import EmbeddedStore
    from comity.terms import graph_iri

    if not isinstance(edition.store, EmbeddedStore) or not edition.store.count(graph_iri("ontology")):
        return None
    things = Things(edition.store.quads())
    return json.loads(schema_org(things, about(things), planned()))
