"""What the server says of itself: the SPARQL 1.1 Service Description, and VoID, with the address that it is reached by."""

from __future__ import annotations

from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

import comity
from comity.export.metadata.triples import Triples
from comity.export.metadata.void import partitions
from comity.export.rdf import dumps
from comity.server import addresses, negotiation
from comity.server.cache import Answer, Cache
from comity.server.problems import Refused
from comity.server.workers import Workers
from comity.table.origin import EDITION, PUBLISHER
from comity.terms import BASE, DCTERMS, ID, RDF, ClosedNamespace, graph_name, iri

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
        import pyoxigraph as ox

        name, content_type = negotiation.graph_form(media_type)
        census = (await workers.call("census")).head
        out = Triples()
        if what == "service":
            _service(out, base, census)
        else:
            document = f"{base}/.well-known/void"
            _dataset(out, base, f"{document}#dataset", document, census)
        return Answer(dumps((ox.Quad(*triple) for triple in out), name), content_type)

    return (await cache.get(("description", what, media_type, base), make)).response(request)


def _service(out: Triples, base: str, census: dict[str, Any]) -> None:
    """Describe the service, its dataset, and the graphs in it."""
    endpoint = f"{base}/sparql"
    service, dataset, default = f"{endpoint}#service", f"{endpoint}#dataset", f"{endpoint}#default"
    out.iri(service, RDF.type, SD.Service)
    out.iri(service, SD.endpoint, endpoint)
    out.iri(service, SD.supportedLanguage, SD.SPARQL11Query)
    out.iri(service, SD.feature, SD.UnionDefaultGraph)
    for name in _RESULTS:
        out.iri(service, SD.resultFormat, FORMATS + name)
    out.iri(service, SD.defaultDataset, dataset)
    out.iri(dataset, RDF.type, SD.Dataset)
    out.iri(dataset, SD.defaultGraph, default)
    out.iri(default, RDF.type, SD.Graph)
    _dataset(out, base, default, endpoint, census)
    for graph, triples in census["graphs"].items():
        entry = f"{endpoint}#{graph_name(graph) or f'graph-{graph}'}"
        out.iri(dataset, SD.namedGraph, entry)
        out.iri(entry, RDF.type, SD.NamedGraph)
        out.iri(entry, SD.name, graph)
        out.iri(entry, SD.graph, graph)
        out.iri(graph, RDF.type, SD.Graph)
        out.number(graph, VOID.triples, triples)


def _dataset(out: Triples, base: str, dataset: str, document: str, census: dict[str, Any]) -> None:
    """Say what VoID has words for: the whole, and its parts by class and by property."""
    out.iri(dataset, RDF.type, VOID.Dataset)
    out.text(dataset, DCTERMS.title, EDITION, "en")
    out.text(dataset, DCTERMS.publisher, PUBLISHER)
    out.text(dataset, DCTERMS.hasVersion, comity.__version__)
    out.iri(dataset, DCTERMS.license, LICENSE)
    out.iri(dataset, VOID.sparqlEndpoint, f"{base}/sparql")
    out.text(dataset, VOID.uriSpace, ID)
    out.iri(dataset, VOID.vocabulary, f"{BASE}ontology")
    for kind, key in _EXAMPLES:
        out.iri(dataset, VOID.exampleResource, iri(kind, key))
    for name in _RESULTS[4:]:
        out.iri(dataset, VOID.feature, FORMATS + name)
    for name, count in census["counts"].items():
        out.number(dataset, VOID[name], count)
    partitions(out, dataset, document, census["classes"], census["properties"])
