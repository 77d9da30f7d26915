"""VoID: how much there is, of which classes and properties, and what it is linked to. Every number is counted in the statements."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Final

from comity.export.metadata.about import DATASET, About
from comity.export.metadata.triples import Triples
from comity.terms import ID, LINKS, RDF, VOCABULARY_PREFIXES, XSD

if TYPE_CHECKING:
    import pyoxigraph as ox

    from comity.export.things import Things

VOID: Final = "http://rdfs.org/ns/void#"
FOAF: Final = "http://xmlns.com/foaf/0.1/"
DCTERMS: Final = "http://purl.org/dc/terms/"
_FORMATS: Final = {
    "comity.nq": "N-Quads",
    "comity.trig": "TriG",
    "comity.nt": "N-Triples",
    "comity.ttl": "Turtle",
    "comity.rdf": "RDF_XML",
    "comity.jsonld": "JSON-LD",
}
#: What the links of a graph lead to, by the beginning of the addresses.
_TARGETS: Final = (
    "http://www.wikidata.org/entity/",
    "https://sws.geonames.org/",
    "https://ror.org/",
)


def void_turtle(quads: Iterable[ox.Quad], things: Things, about: About) -> str:
    """Return the description in Turtle. `quads` are counted as a set of triples, which is what a query sees."""

    triples: set[ox.Triple] = set()
    links: dict[str, set[ox.Triple]] = {}
    for quad in quads:
        triples.add(quad.triple)
        graph = getattr(quad.graph_name, "value", "")
        if graph.startswith(LINKS):
            links.setdefault(graph, set()).add(quad.triple)
    out = Triples()
    out.iri(DATASET, RDF.type, VOID + "Dataset")
    out.text(DATASET, DCTERMS + "title", about.title, "en")
    out.text(DATASET, DCTERMS + "description", about.abstract, "en")
    out.iri(DATASET, DCTERMS + "license", about.licence)
    out.typed(DATASET, DCTERMS + "issued", about.released.isoformat(), XSD.date)
    out.iri(DATASET, FOAF + "homepage", about.home)
    out.text(DATASET, VOID + "uriSpace", ID)
    for name, syntax in _FORMATS.items():
        out.iri(DATASET, VOID + "dataDump", about.address(name))
        out.iri(DATASET, VOID + "feature", f"http://www.w3.org/ns/formats/{syntax}")
    example = next(iter(things.ours), None)
    if example is not None:
        out.iri(DATASET, VOID + "exampleResource", example)
    _count(out, DATASET, triples)
    properties = Counter(triple.predicate.value for triple in triples)
    for namespace in VOCABULARY_PREFIXES.values():
        if any(name.startswith(namespace) for name in properties):
            out.iri(DATASET, VOID + "vocabulary", namespace)
    partitions(out, DATASET, DATASET, _members(triples), properties)
    for graph, linking in links.items():
        _linksets(out, graph, linking)
    return out.turtle()


def partitions(out: Triples, dataset: str, document: str, classes: Mapping[str, int], properties: Mapping[str, int]) -> None:
    """Say how many things each class has, and how many triples each property, in parts of `dataset` that are named in `document`."""
    for kind, number in classes.items():
        part = _part(document, kind, "class")
        out.iri(dataset, VOID + "classPartition", part)
        out.iri(part, VOID + "class", kind)
        out.number(part, VOID + "entities", number)
    for name, number in properties.items():
        part = _part(document, name, "property")
        out.iri(dataset, VOID + "propertyPartition", part)
        out.iri(part, VOID + "property", name)
        out.number(part, VOID + "triples", number)


def _count(out: Triples, name: str, triples: set[ox.Triple]) -> None:
    """Say how many triples, subjects, objects, classes and properties there are."""
    subjects = {triple.subject for triple in triples}
    out.number(name, VOID + "triples", len(triples))
    out.number(name, VOID + "distinctSubjects", len(subjects))
    out.number(name, VOID + "distinctObjects", len({triple.object for triple in triples}))
    out.number(name, VOID + "properties", len({triple.predicate for triple in triples}))
    out.number(name, VOID + "classes", len(_members(triples)))
    out.number(name, VOID + "entities", len({s for s in subjects if getattr(s, "value", "").startswith(ID)}))


def _members(triples: set[ox.Triple]) -> dict[str, int]:
    """Class -> how many things have it."""
    counted = Counter(triple.object.value for triple in triples if triple.predicate.value == RDF.type)  # type: ignore[union-attr]
    return dict(counted)


def _linksets(out: Triples, graph: str, triples: set[ox.Triple]) -> None:
    """Say of each property by which a graph links to another dataset how often it does."""
    counted: Counter[tuple[str, str]] = Counter()
    for triple in triples:
        value = getattr(triple.object, "value", "")
        for target in _TARGETS:
            if value.startswith(target):
                counted[target, triple.predicate.value] += 1
    for (target, name), number in counted.items():
        linkset = f"{_part(DATASET, name, 'linkset')}-{graph.rpartition('/')[2]}"
        out.iri(linkset, RDF.type, VOID + "Linkset")
        out.iri(DATASET, VOID + "subset", linkset)
        out.iri(linkset, VOID + "subjectsTarget", DATASET)
        out.iri(linkset, VOID + "objectsTarget", target)
        out.iri(linkset, VOID + "linkPredicate", name)
        out.number(linkset, VOID + "triples", number)
        out.iri(target, RDF.type, VOID + "Dataset")
        out.text(target, VOID + "uriSpace", target)


def _part(document: str, full: str, kind: str) -> str:
    """The IRI of a part of the description, made of what it is about."""
    from urllib.parse import quote

    from comity.terms import shorten

    return f"{document}#{kind}-{quote(shorten(full).replace(':', '-', 1), safe='')}"
