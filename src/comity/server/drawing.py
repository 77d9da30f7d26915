"""Pictures: ``/pictures``, ``/pictures/<name>`` with the answer below it, and the same as ``.svg``, ``.csv`` and ``.vl.json`` (Vega-Lite).

The answer and the specification come from a worker. What draws is a process of its own for each picture: it holds a JavaScript engine,
which takes more memory than a worker may have. Pictures are kept like all answers.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Mapping
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from comity.draw.pictures import PICTURES, Picture
from comity.server.cache import Answer, Cache
from comity.server.frames import Frame
from comity.server.problems import Refused
from comity.server.tasks import task
from comity.server.workers import Workers

if TYPE_CHECKING:
    from comity.api import Comity

_SECONDS: Final = 30.0
AT_ONCE: Final = 2
"""How many pictures are drawn at once."""


@task("drawing")
def drawing(edition: Comity, name: str, parameters: dict[str, Any]) -> Frame:
    """What a picture shows: ``title``, ``note``, ``alt``, ``columns``, ``rows``; the body is its specification."""
    from comity.draw import compose

    made = compose(edition, name, **parameters)
    document = json.loads(made.table.to_json())
    head = {"title": made.title, "note": made.note, "alt": made.alt, "columns": document["columns"]}
    rows = [list(row.values()) for row in document["rows"]]
    return Frame({**head, "rows": rows}, json.dumps(made.specification, ensure_ascii=False).encode())


def routes() -> list[BaseRoute]:
    """Return the routes of the pictures."""
    return [Route("/pictures", pictures, name="pictures"), Route("/pictures/{file}", one, name="picture")]


async def pictures(request: Request) -> Response:
    """List the pictures."""
    from comity.server import pages

    return pages.render(request, "pictures.html", {"pictures": PICTURES.values()})


async def one(request: Request) -> Response:
    """Show a picture, or return it as a file."""
    name, _, suffix = request.path_params["file"].partition(".")
    if name not in PICTURES or suffix not in ("", "svg", "csv", "vl.json"):
        raise Refused(
            404, f"there is no picture {request.path_params['file'][:80]}", f"there are {', '.join(PICTURES)}; with .svg, .csv, .vl.json"
        )
    given = {key: value for key, value in request.query_params.items() if value}
    if suffix == "csv":
        return RedirectResponse(f"/q/{PICTURES[name].question}.csv{_query(request)}", 303)
    cache: Cache = request.app.state.cache
    key = ("picture", name, suffix, tuple(sorted(given.items())))
    if suffix == "":
        return await _page(request, PICTURES[name], given)

    async def make() -> Answer:
        frame = await composed(request, name, given)
        if suffix == "vl.json":
            return Answer(frame.body, "application/json")
        return Answer(await drawn(frame.body, request.app.state.drawing), "image/svg+xml")

    return (await cache.get(key, make)).response(request)


async def composed(request: Request, name: str, given: Mapping[str, str]) -> Frame:
    """Return what the task says."""
    workers: Workers = request.app.state.workers
    return await workers.call("drawing", {"name": name, "parameters": dict(given)})


async def _page(request: Request, picture: Picture, given: Mapping[str, str]) -> Response:
    from comity.server import catalogue, pages

    asked = catalogue.named(picture.question)
    context: dict[str, Any] = {"picture": picture, "question": asked, "given": given, "drawing": None, "problem": None}
    try:
        context["drawing"] = (await composed(request, picture.name, given)).head
    except Refused as refused:
        context["problem"] = refused.problem
    context |= {"query": _query(request), "can_draw": find_spec("vl_convert") is not None, "moving": pages.has_asset("cytoscape.min.js")}
    context["choices"] = await pages.choices_of(request, asked)
    return pages.render(request, "picture.html", context, status=context["problem"]["status"] if context["problem"] else 200)


async def drawn(specification: bytes, places: asyncio.Semaphore) -> bytes:
    """Return the SVG, when there is a place to draw it in.

    Raises :class:`~comity.server.problems.Refused`, 503, when the extra is missing or it takes too long.
    """
    if find_spec("vl_convert") is None:
        remedy = "install it with: pip install 'comity[draw]'"
        raise Refused(503, "pictures need the extra 'draw' where the server runs", remedy)
    async with places:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "comity.draw.render",
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        try:
            async with asyncio.timeout(_SECONDS):
                svg, _ = await process.communicate(specification)
        except TimeoutError:
            raise Refused(503, f"the picture took more than {_SECONDS:g} seconds", "ask for less") from None
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
    if process.returncode:
        raise Refused(500, "the picture could not be drawn", "please report it, with its address")
    return svg


def _query(request: Request) -> str:
    return f"?{request.url.query}" if request.url.query else ""
