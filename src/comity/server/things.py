"""Things at their addresses: ``/id/<kind>/<key>`` answers 303 to ``/doc/…``, which answers in the form that is asked for.

``/doc/<kind>/<key>.ttl`` (``.jsonld``, ``.nt``, ``.rdf``, ``.html``) has a form of its own, whatever is asked for.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from comity.server import negotiation, pages, problems
from comity.server.workers import Workers
from comity.terms import KINDS, iri, is_key


def routes() -> list[BaseRoute]:
    """Return the routes of things."""
    return [
        Route("/id/{kind}/{key}", identifier, name="identifier"),
        Route("/doc/{kind}/{key}", document, name="document"),
    ]


async def identifier(request: Request) -> Response:
    """Point from a thing to what is said about it."""
    kind, key = request.path_params["kind"], request.path_params["key"]
    _iri(kind, key)
    return RedirectResponse(f"/doc/{kind}/{key}", 303, headers={"Vary": "Accept"})


async def document(request: Request) -> Response:
    """Say what is said about a thing."""
    kind, key = request.path_params["kind"], request.path_params["key"]
    suffixes = {name: media_type for media_type, (name, _) in negotiation.GRAPH_FORMATS.items()} | {"html": negotiation.HTML}
    stem, dot, suffix = key.rpartition(".")
    wanted: str | None
    if dot and suffix in suffixes:
        key, wanted = stem, suffixes[suffix]
    else:
        offered = [negotiation.HTML, *negotiation.GRAPH_FORMATS]
        wanted = negotiation.choose(request.headers.get("accept"), offered)
        if wanted is None:
            raise problems.Refused(406, "it is not to be had in that form", f"ask for {', '.join(offered)}")
    thing = _iri(kind, key)
    workers: Workers = request.app.state.workers
    if wanted == negotiation.HTML:
        frame = await workers.call("thing", {"iri": thing})
        if not frame.head["statements"]:
            raise _unknown(thing)
        return pages.render(request, "thing.html", {"thing": frame.head})
    name, content_type = negotiation.GRAPH_FORMATS[wanted]
    frame = await workers.call("statements", {"iri": thing, "format": name})
    if not frame.head["found"]:
        raise _unknown(thing)
    return Response(frame.body, headers={"Content-Type": content_type, "Vary": "Accept"})


def _iri(kind: str, key: str) -> str:
    if kind not in KINDS or not is_key(key):
        raise problems.Refused(404, f"there is no {kind}/{key}", "search for its name on the first page")
    return iri(kind, key)


def _unknown(thing: str) -> problems.Refused:
    return problems.Refused(404, f"nothing is said about <{thing}>", "search for its name on the first page")
