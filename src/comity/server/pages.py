"""HTML, from ``templates/`` by Jinja, which escapes whatever is put in.

Every page gets the functions and values of :func:`common` besides its own.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import jinja2
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

import comity
from comity.server import catalogue, negotiation, problems
from comity.server.addresses import local_path
from comity.server.workers import Workers
from comity.terms import shorten


def routes() -> list[BaseRoute]:
    """Return the routes of what is only a page."""
    return [
        Route("/", home, name="home"),
        Route("/questions/{name}", question, name="question"),
    ]


@lru_cache(maxsize=1)
def environment() -> jinja2.Environment:
    """Return the templates."""
    made = jinja2.Environment(
        loader=jinja2.PackageLoader("comity.server"), autoescape=True, trim_blocks=True, lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    made.globals |= {"version": comity.__version__, "local_path": local_path, "shorten": shorten}
    return made


def render(request: Request, template: str, context: Mapping[str, Any], *, status: int = 200) -> HTMLResponse:
    """Return the page that the template makes of the context."""
    text = environment().get_template(template).render(request=request, **context)
    return HTMLResponse(text, status, headers={"Vary": "Accept"})


async def home(request: Request) -> Response:
    """Show what there is."""
    return render(request, "home.html", {"questions": catalogue.known().values()})


async def questions(request: Request) -> Response:
    """List the questions."""
    return render(request, "questions.html", {"questions": catalogue.known().values()})


async def question(request: Request) -> Response:
    """Show the form of a question, and its answer when it was given what it needs."""
    asked = catalogue.named(request.path_params["name"])
    given = {name: value for name, value in request.query_params.items() if value}
    context: dict[str, Any] = {"question": asked, "given": given, "table": None, "problem": None}
    if all(parameter.name in given for parameter in asked.parameters if parameter.required):
        workers: Workers = request.app.state.workers
        try:
            context["table"] = (await workers.call("table", {"question": asked.name, "parameters": given})).head
        except problems.Refused as refused:
            context["problem"] = refused.problem
    return render(request, "question.html", context, status=context["problem"]["status"] if context["problem"] else 200)


def editor(request: Request) -> Response:
    """Show the form for a query of one's own; ``/sparql`` answers with it when a browser asks without a query."""
    return render(request, "editor.html", {"query": "SELECT ?state ?label WHERE { ?state a cy:State ; rdfs:label ?label } LIMIT 10"})


def answer(request: Request, query: str, head: Mapping[str, Any], body: bytes) -> HTMLResponse:
    """Show the answer to a query of one's own: a table or truth value in SPARQL JSON, or a graph in Turtle, as `head` says."""
    found = body.decode() if head["kind"] == "construct" else json.loads(body)
    return render(request, "answer.html", {"query": query, "head": head, "found": found})


def problem(request: Request, error: problems.Refused) -> Response:
    """Return what was refused as a page for a browser, and as problem+json for everybody else."""
    wanted = negotiation.choose(request.headers.get("accept"), [problems.MEDIA_TYPE, "application/json", negotiation.HTML])
    if wanted == negotiation.HTML:
        response: Response = render(request, "problem.html", {"problem": error.problem}, status=error.status)
        response.headers.update(error.headers)
        return response
    return Response(error.as_json(), error.status, media_type=problems.MEDIA_TYPE, headers=error.headers)
