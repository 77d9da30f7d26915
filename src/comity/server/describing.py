"""What is stated and inferred about a thing, for its page and as RDF: tasks for a worker."""

from __future__ import annotations

from typing import TYPE_CHECKING

from comity.server.frames import Frame
from comity.server.tasks import task

if TYPE_CHECKING:
    from comity.api import Comity


@task("statements")
def statements(edition: Comity, iri: str, format: str) -> Frame:  # noqa: A002 - as everywhere in Comity
    """The statements about a thing, as RDF in this format; head ``found`` says whether there are any."""
    import pyoxigraph as ox

    from comity.export.rdf import dumps

    node = ox.NamedNode(iri)
    quads = [
        ox.Quad(triple.subject, triple.predicate, triple.object)
        for triple in edition.store.query(f"CONSTRUCT {{ {node} ?p ?o }} WHERE {{ {node} ?p ?o }}").triples
    ]
    return Frame({"found": bool(quads)}, dumps(quads, format) if quads else b"")


@task("thing")
def thing(edition: Comity, iri: str) -> Frame:
    """What a thing's page shows, in plain JSON."""
    import pyoxigraph as ox

    node = ox.NamedNode(iri)
    rows = edition.store.query(
        f"SELECT ?p ?o WHERE {{ {node} ?p ?o }} ORDER BY ?p ?o"
    ).rows
    labels = labels_of(edition, [iri, *(term.value for row in rows for term in row if isinstance(term, ox.NamedNode))])
    shown = [
        {"property": p.value, "propertyLabel": labels.get(p.value), **value_of(o, labels)}  # type: ignore[union-attr]
        for p, o in rows
    ]
    return Frame({"iri": iri, "label": labels.get(iri), "statements": shown})


def labels_of(edition: Comity, iris: list[str]) -> dict[str, str]:
    """The English or language-free names of the IRIs that have one."""
    from comity.terms import RDFS, SKOS

    values = " ".join(f"<{iri}>" for iri in dict.fromkeys(iris))
    found: dict[str, str] = {}
    for given, name in edition.store.query(
        f"SELECT ?thing ?name WHERE {{ VALUES ?thing {{ {values} }} ?thing <{RDFS.label}>|<{SKOS.prefLabel}> ?name "
        "FILTER(LANG(?name) IN ('en', '')) } ORDER BY ?thing ?name"
    ).rows:
        found.setdefault(given.value, name.value)  # type: ignore[union-attr]
    return found


def value_of(term: object, labels: dict[str, str]) -> dict[str, str | None]:
    """A value of a statement in plain JSON: always ``iri``, ``label``, ``text``, ``language``, ``datatype``, null where there is none."""
    import pyoxigraph as ox

    value: dict[str, str | None] = dict.fromkeys(("iri", "label", "text", "language", "datatype"))
    if isinstance(term, ox.NamedNode):
        return value | {"iri": term.value, "label": labels.get(term.value)}
    if isinstance(term, ox.Literal):
        return value | {"text": term.value, "language": term.language, "datatype": term.datatype.value}
    return value | {"text": str(term)}
