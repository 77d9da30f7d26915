"""What the server says of itself: the SPARQL 1.1 Service Description, and VoID, with the address that it is reached by."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

import comity
from comity.export.rdf import dumps
from comity.server import addresses, negotiation
from comity.server.cache import Answer, Cache
from comity.server.problems import Refused
from comity.server.workers import Workers
from comity.table.origin import EDITION, PUBLISHER
from comity.terms import BASE, DCTERMS, ID, RDF, XSD, ClosedNamespace, graph_name, iri

if TYPE_CHECKING:
    import pyoxigraph as ox

SD: Final = ClosedNamespace(
    "sd",
    "http://www.w3.org/ns/sparql-service-description#",
    "Service Dataset Graph NamedGraph GraphCollection SPARQL11Query UnionDefaultGraph endpoint supportedLanguage feature resultFormat "
    "defaultDataset defaultGraph namedGraph name graph availableGraphs",
)
VOID: Final = ClosedNamespace(
    "void",
    "http://rdfs.org/ns/void#",
    "Dataset sparqlEndpoint uriSpace triples entities classes properties distinctSubjects distinctObjects vocabulary "
    "exampleResource feature openSearchDescription dataDump subset",
)
FORMATS: Final = "http://www.w3.org/ns/formats/"
_RESULTS: Final = (
    *("SPARQL_Results_JSON", "SPARQL_Results_XML", "SPARQL_Results_CSV", "SPARQL_Results_TSV"),
    *("Turtle", "JSON-LD", "N-Triples", "RDF_XML"),
)
LICENSE: Final = "https://creativecommons.org/licenses/by/4.0/"
_EXAMPLES: Final = (("instrument", "unscr-1373"), ("state", "PAK"), ("organization", "asean"))


def routes() -> list[BaseRoute]:
    """Return the route of VoID; the service description is at ``/sparql``."""
    return [Route("/.well-known/void", void, name="void")]


async def service(request: Request, media_type: str) -> Response:
    """Return the service description."""
    return await _described(request, media_type, "service")


async def void(request: Request) -> Response:
    """Return what VoID says of the dataset."""
    wanted = negotiation.choose(request.headers.get("accept"), negotiation.OF_GRAPHS)
    if wanted is None:
        raise Refused(406, "it is not to be had in that form", f"ask for {', '.join(negotiation.GRAPH_FORMATS)}")
    return await _described(request, wanted, "void")


async def _described(request: Request, media_type: str, what: str) -> Response:
    base = addresses.base_of(request)
    cache: Cache = request.app.state.cache
    workers: Workers = request.app.state.workers

    async def make() -> Answer:
        name, content_type = negotiation.graph_form(media_type)
        census = (await workers.call("census")).head
        triples = _service(base, census) if what == "service" else _dataset(base, census["counts"], f"{base}/.well-known/void#dataset")
        return Answer(dumps(triples, name), content_type)

    return (await cache.get(("description", what, media_type, base), make)).response(request)


def _service(base: str, census: dict[str, Any]) -> Iterator[ox.Quad]:
    """The service, its dataset, and the graphs in it."""
    endpoint = f"{base}/sparql"
    service, dataset, default = f"{endpoint}#service", f"{endpoint}#dataset", f"{endpoint}#default"
    yield _link(service, RDF.type, SD.Service)
    yield _link(service, SD.endpoint, endpoint)
    yield _link(service, SD.supportedLanguage, SD.SPARQL11Query)
    yield _link(service, SD.feature, SD.UnionDefaultGraph)
    for name in _RESULTS:
        yield _link(service, SD.resultFormat, FORMATS + name)
    yield _link(service, SD.defaultDataset, dataset)
    yield _link(dataset, RDF.type, SD.Dataset)
    yield _link(dataset, SD.defaultGraph, default)
    yield _link(default, RDF.type, SD.Graph)
    yield from _dataset(base, census["counts"], default)
    for graph, triples in census["graphs"].items():
        entry = f"{endpoint}#{graph_name(graph) or f'graph-{graph}'}"
        yield _link(dataset, SD.namedGraph, entry)
        yield _link(entry, RDF.type, SD.NamedGraph)
        yield _link(entry, SD.name, graph)
        yield _link(entry, SD.graph, graph)
        yield _link(graph, RDF.type, SD.Graph)
        yield _text(graph, VOID.triples, str(triples), XSD.integer)


def _dataset(base: str, counts: dict[str, int], dataset: str) -> Iterator[ox.Quad]:
    """What VoID says of the whole."""
    yield _link(dataset, RDF.type, VOID.Dataset)
    yield _text(dataset, DCTERMS.title, EDITION, language="en")
    yield _text(dataset, DCTERMS.publisher, PUBLISHER)
    yield _text(dataset, DCTERMS.hasVersion, comity.__version__)
    yield _link(dataset, DCTERMS.license, LICENSE)
    yield _link(dataset, VOID.sparqlEndpoint, f"{base}/sparql")
    yield _text(dataset, VOID.uriSpace, ID)
    yield _link(dataset, VOID.vocabulary, f"{BASE}ontology")
    for kind, key in _EXAMPLES:
        yield _link(dataset, VOID.exampleResource, iri(kind, key))
    for name in _RESULTS[4:]:
        yield _link(dataset, VOID.feature, FORMATS + name)
    for name, count in counts.items():
        yield _text(dataset, VOID[name], str(count), XSD.integer)


def _link(subject: str, predicate: str, object_: str) -> ox.Quad:
    import pyoxigraph as ox

    return ox.Quad(ox.NamedNode(subject), ox.NamedNode(predicate), ox.NamedNode(object_))


def _text(subject: str, predicate: str, value: str, datatype: str | None = None, *, language: str | None = None) -> ox.Quad:
    import pyoxigraph as ox

    literal = ox.Literal(value, language=language) if language else ox.Literal(value, datatype=ox.NamedNode(datatype or XSD.string))
    return ox.Quad(ox.NamedNode(subject), ox.NamedNode(predicate), literal)
