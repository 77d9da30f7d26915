"""What is stated and inferred about a thing, for its page: tasks for a worker."""

from __future__ import annotations

from typing import TYPE_CHECKING

from comity.server.frames import Frame
from comity.server.tasks import task

if TYPE_CHECKING:
    from comity.api import Comity


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


@task("vocabulary")
def vocabulary(edition: Comity) -> Frame:
    """What the ontology's page shows: its terms by name, each with ``label``, ``comment`` and ``kind``."""
    from comity.terms import CY, OWL, RDFS, SKOS, graph_iri

    rows = edition.store.query(
        f"SELECT ?term ?kind (SAMPLE(?l) AS ?label) (SAMPLE(?c) AS ?comment) WHERE {{ GRAPH <{graph_iri('ontology')}> {{ "
        f"?term a ?kind OPTIONAL {{ ?term <{RDFS.label}> ?l FILTER(LANG(?l) = 'en') }} "
        f"OPTIONAL {{ ?term <{SKOS.definition}>|<{RDFS.comment}> ?c FILTER(LANG(?c) = 'en') }} "
        f"FILTER(STRSTARTS(STR(?term), '{CY}') && STRSTARTS(STR(?kind), '{OWL}')) }} }} GROUP BY ?term ?kind ORDER BY ?term ?kind"
    ).rows
    terms: dict[str, dict[str, str | None]] = {}
    for term, kind, label, comment in rows:
        name = term.value[len(str(CY)) :]  # type: ignore[union-attr]
        terms.setdefault(
            name,
            {
                "name": name,
                "kind": kind.value[len(str(OWL)) :],  # type: ignore[union-attr]
                "label": getattr(label, "value", None),
                "comment": getattr(comment, "value", None),
            },
        )
    return Frame({"terms": list(terms.values())})
