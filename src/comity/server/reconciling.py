"""``/reconcile``: the Reconciliation Service API 0.2 over HTTP, for OpenRefine and others.

https://www.w3.org/community/reports/reconciliation/CG-FINAL-specs-0.2-20230410/; what is answered is worked out by
:mod:`comity.reconcile.service`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Route

from comity.server import addresses
from comity.server.problems import Refused
from comity.server.workers import Workers

BATCH: Final = 1000
"""How many queries are taken at once, which the manifest says too."""

_SUGGEST: Final = {"entity": "suggest_entities", "type": "suggest_types", "property": "suggest_properties"}
_EXAMPLE: Final = '{"q0": {"query": "Pakistan"}}'
_FRAMED: Final = "default-src 'none'; style-src 'self'; frame-ancestors *"
"""The preview is made to be shown in a frame on somebody else's page."""


def routes() -> list[BaseRoute]:
    """Return the routes of the service."""
    return [
        Route("/reconcile", endpoint, methods=["GET", "POST"], name="reconcile"),
        Route("/reconcile/suggest/{kind}", suggest),
        Route("/reconcile/flyout/{kind}", flyout),
        Route("/reconcile/preview", preview),
        Route("/reconcile/extend/propose", propose),
    ]


async def endpoint(request: Request) -> Response:
    """Return the manifest, or the answer to a batch of queries or to an extension."""
    fields = dict(request.query_params)
    if request.method == "POST":
        fields |= await _form(request)
    if "queries" in fields:
        batch = _json(fields["queries"], "queries")
        if isinstance(batch, dict) and len(batch) > BATCH:
            raise Refused(413, f"{len(batch)} queries are too many", f"send at most {BATCH} at once")
        return JSONResponse(await _call(request, "queries", batch))
    if "extend" in fields:
        return JSONResponse(await _call(request, "extend", _json(fields["extend"], "extend")))
    if request.method == "POST":
        raise Refused(400, "there are no queries", f"send them as a form with the field queries, such as {_EXAMPLE}")
    return JSONResponse(await _call(request, "manifest", f"{addresses.base_of(request)}/reconcile"))


async def suggest(request: Request) -> Response:
    """Suggest things, types or properties for what is being typed."""
    call = _SUGGEST.get(request.path_params["kind"])
    if call is None:
        raise Refused(404, "there are no such suggestions", f"they are for {', '.join(_SUGGEST)}")
    return JSONResponse(await _call(request, call, request.query_params.get("prefix", ""), _number(request, "cursor") or 0))


async def flyout(request: Request) -> Response:
    """Return a few words about a thing, a type or a property."""
    return JSONResponse(await _call(request, "flyout", request.path_params["kind"], _needed(request, "id")))


async def preview(request: Request) -> Response:
    """Return a small page about a thing."""
    page = await _call(request, "preview", _needed(request, "id"))
    return HTMLResponse(page, headers={"Content-Security-Policy": _FRAMED})


async def propose(request: Request) -> Response:
    """Propose properties to extend with."""
    return JSONResponse(await _call(request, "propose_properties", _needed(request, "type"), _number(request, "limit")))


async def _call(request: Request, call: str, *arguments: Any) -> Any:
    workers: Workers = request.app.state.workers
    return (await workers.call("reconcile", {"call": call, "arguments": list(arguments)})).head["answer"]


async def _form(request: Request) -> Mapping[str, str]:
    try:
        return dict(parse_qsl((await request.body()).decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=100))
    except ValueError:
        raise Refused(400, "the form cannot be read", "send application/x-www-form-urlencoded in UTF-8") from None


def _json(text: str, field: str) -> Any:
    try:
        given = json.loads(text)
        if "\\u" in text:  # half of a character could be in no answer
            json.dumps(given, ensure_ascii=False).encode()
        return given
    except (ValueError, RecursionError):
        raise Refused(400, f"the field {field} is not JSON", f"send a JSON object, such as {_EXAMPLE}", parameter=field) from None


def _needed(request: Request, name: str) -> str:
    value = request.query_params.get(name)
    if not value:
        raise Refused(400, f"the parameter {name} is missing", "give it in the address", parameter=name)
    return value


def _number(request: Request, name: str) -> int | None:
    value = request.query_params.get(name)
    if value is None:
        return None
    if not (value.isascii() and value.isdigit() and len(value) < 10):
        raise Refused(400, f"{name} is no number", "give a whole number, or leave it out", parameter=name)
    return int(value)
