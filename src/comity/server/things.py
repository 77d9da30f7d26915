"""Things, the ontology and the graphs at their addresses.

``/id/<kind>/<key>`` answers 303 to ``/doc/<kind>/<key>``, which answers in the form that is asked for; ``/ontology`` and
``/graph/<name>`` are documents themselves. A suffix (``.html``, ``.ttl``, ``.jsonld``, ``.nt``, ``.rdf``) settles the form.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from comity import __version__
from comity.errors import UsageError
from comity.server import negotiation, pages
from comity.server.cache import Answer, Cache
from comity.server.problems import Refused
from comity.server.workers import Workers
from comity.terms import KINDS, ONTOLOGY, graph_iri, iri, is_key

SUFFIXES: Final[Mapping[str, str]] = {
    "html": negotiation.HTML,
    **{name: media_type for media_type, (name, _) in negotiation.GRAPH_FORMATS.items()},
}
SHOWN: Final = 3000
"""How many triples of a graph its page shows; a greater one is there as a file."""
_WHERE: Final = "search for its name on the first page"


def routes() -> list[BaseRoute]:
    """Return the routes of things."""
    return [
        Route("/id/{kind}/{key}", identifier, name="identifier"),
        Route("/doc/{kind}/{key}", document, name="document"),
        Route("/ontology", ontology, name="ontology"),
        Route("/ontology.{suffix}", ontology),
        Route("/ontology/{version}", ontology),
        Route("/graph", graphs, name="graphs"),
        Route("/graph/{name:path}", graph, name="graph"),
    ]


async def identifier(request: Request) -> Response:
    """Point from a thing to what is said about it."""
    kind, key = request.path_params["kind"], request.path_params["key"]
    _iri(kind, key)
    return RedirectResponse(f"/doc/{kind}/{key}", 303, headers={"Vary": "Accept"})


async def document(request: Request) -> Response:
    """Say what is said about a thing."""
    kind = request.path_params["kind"]
    key, suffix = _split(request.path_params["key"])
    thing = _iri(kind, key)

    async def page() -> Response:
        frame = await _workers(request).call("thing", {"iri": thing})
        if not frame.head["statements"]:
            raise _unknown(thing)
        return pages.render(request, "thing.html", {"thing": frame.head})

    return await _send(request, suffix, f"/doc/{kind}/{key}", thing, page, "statements", {"iri": thing})


async def ontology(request: Request) -> Response:
    """Show the ontology, where its hash IRIs lead; this version of it also at its own IRI."""
    version, suffix = _split(request.path_params.get("version", ""))
    if version not in ("", __version__):
        remedy = f"this is version {__version__}; releases hold the others"
        raise Refused(404, f"version {version} of the ontology is not served here", remedy)
    path = f"/ontology/{version}" if version else "/ontology"

    async def page() -> Response:
        frame = await _workers(request).call("vocabulary")
        return pages.render(request, "ontology.html", {"vocabulary": frame.head})

    suffix = request.path_params.get("suffix", suffix)
    if suffix is not None and suffix not in SUFFIXES:
        raise Refused(404, f"the ontology is not to be had as .{suffix}", f"use {', '.join(SUFFIXES)}")
    return await _send(request, suffix, path, ONTOLOGY, page, "graph", {"iri": graph_iri("ontology")})


async def graphs(request: Request) -> Response:
    """List the named graphs."""

    async def make() -> Answer:
        frame = await _workers(request).call("graphs")
        return _as_answer(pages.render(request, "graphs.html", frame.head))

    return (await _cache(request).get("graphs", make)).response(request)


async def graph(request: Request) -> Response:
    """Show what a named graph holds."""
    name, suffix = _split(request.path_params["name"])
    try:
        node = graph_iri(name)
    except UsageError as error:
        raise Refused(404, error.what, error.remedy) from None

    async def page() -> Response:
        frame = await _workers(request).call("graph", {"iri": node, "format": "ttl", "most": SHOWN})
        if not frame.head["found"]:
            raise _no_graph(name)
        return pages.render(request, "graph.html", {"graph": node, "triples": frame.head["triples"], "turtle": frame.body.decode()})

    return await _send(request, suffix, f"/graph/{name}", node, page, "graph", {"iri": node})


async def _send(
    request: Request,
    suffix: str | None,
    path: str,
    thing: str,
    page: Callable[[], Awaitable[Response]],
    task: str,
    arguments: Mapping[str, Any],
) -> Response:
    """Return the document at `path` about `thing`: the page, or what the task returns in the form that is asked for."""
    offered = [negotiation.HTML, *negotiation.OF_GRAPHS]
    wanted = SUFFIXES[suffix] if suffix else negotiation.choose(request.headers.get("accept"), offered)
    if wanted is None:
        raise Refused(406, "it is not to be had in that form", f"ask for {', '.join(SUFFIXES.values())}")
    links = ", ".join(f'<{path}.{name}>; rel="alternate"; type="{media_type}"' for name, media_type in SUFFIXES.items())
    headers = {"Link": f'<{thing}>; rel="describes", {links}'}

    async def make() -> Answer:
        if wanted == negotiation.HTML:
            return _as_answer(await page(), headers)
        name, content_type = negotiation.graph_form(wanted)
        frame = await _workers(request).call(task, {**arguments, "format": name})
        if not frame.head["found"]:
            raise _unknown(thing)
        return Answer(frame.body, content_type, headers)

    return (await _cache(request).get((path, wanted), make)).response(request)


def _as_answer(response: Response, headers: Mapping[str, str] | None = None) -> Answer:
    return Answer(bytes(response.body), response.headers["content-type"], headers or {})


def _split(key: str) -> tuple[str, str | None]:
    stem, dot, suffix = key.rpartition(".")
    return (stem, suffix) if dot and stem and suffix in SUFFIXES else (key, None)


def _iri(kind: str, key: str) -> str:
    if kind not in KINDS or not is_key(key):
        raise Refused(404, f"there is no {kind}/{key}", _WHERE)
    return iri(kind, key)


def _unknown(thing: str) -> Refused:
    return Refused(404, f"nothing is said about <{thing}>", _WHERE)


def _no_graph(name: str) -> Refused:
    return Refused(404, f"there is no graph {name}", "/graph lists the graphs")


def _workers(request: Request) -> Workers:
    workers: Workers = request.app.state.workers
    return workers


def _cache(request: Request) -> Cache:
    cache: Cache = request.app.state.cache
    return cache
