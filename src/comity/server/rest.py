"""The questions as REST: ``/q/<name>.json``, ``.csv`` and other forms; ``/questions``; the OpenAPI document; what the limits are.

Parameters stand in the query string and are checked by name and type, as everywhere in Comity.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from comity import resources
from comity.questions import Question, search_questions
from comity.server import addresses, catalogue, negotiation, pages
from comity.server.cache import Answer, Cache
from comity.server.problems import Refused
from comity.server.workers import Workers

FORMS: Final[Mapping[str, str]] = {
    "json": "application/json",
    "csv": "text/csv; charset=utf-8; header=present",
    "tsv": "text/tab-separated-values; charset=utf-8",
    "srj": "application/sparql-results+json",
    "md": "text/markdown; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "rq": "application/sparql-query; charset=utf-8",
}
"""The suffix of an answer -> its ``Content-Type``. ``rq`` is the query, with the parameters in their places."""


def routes() -> list[BaseRoute]:
    """Return the routes of the questions."""
    return [
        Route("/q/{file}", question, name="answer"),
        Route("/questions", questions, name="questions"),
        Route("/questions.json", questions_json),
        Route("/openapi.json", openapi, name="openapi"),
        Route("/limits", limits, name="limits"),
    ]


async def question(request: Request) -> Response:
    """Answer a question."""
    name, dot, suffix = request.path_params["file"].rpartition(".")
    if not dot or suffix not in FORMS:
        raise Refused(404, f"there is no answer at {request.url.path}", f"its name ends in one of .{', .'.join(FORMS)}")
    return await answer(request, catalogue.named(name), _parameters(request), suffix)


async def answer(request: Request, asked: Question, given: Mapping[str, str], suffix: str) -> Response:
    """Return the answer to a question in one of :data:`FORMS`."""
    cache: Cache = request.app.state.cache
    workers: Workers = request.app.state.workers

    async def make() -> Answer:
        frame = await workers.call("ask", {"question": asked.name, "parameters": dict(given), "format": suffix})
        # A browser saves a table under a name that says what it is.
        headers = {"Content-Disposition": f'attachment; filename="{asked.name}.xlsx"'} if suffix == "xlsx" else {}
        return Answer(frame.body, FORMS[suffix], headers)

    return (await cache.get(("answer", asked.name, tuple(sorted(given.items())), suffix), make)).response(request)


def _parameters(request: Request) -> dict[str, str]:
    given: dict[str, str] = {}
    for name, value in request.query_params.multi_items():
        if name in given:
            raise Refused(400, f"the parameter {name[:60]} is given twice", "give it once", parameter=name[:60])
        given[name] = value
    return given


async def questions(request: Request) -> Response:
    """List the questions: as a page, or as JSON."""
    if negotiation.choose(request.headers.get("accept"), ["application/json", negotiation.HTML]) == negotiation.HTML:
        return await pages.questions(request)
    return await questions_json(request)


async def questions_json(request: Request) -> Response:
    """List the questions that have all the words, with their parameters and columns."""
    given = _parameters(request)
    unknown = next((name for name in given if name != "words"), None)
    if unknown is not None:
        raise Refused(400, f"there is no parameter {unknown[:60]}", "its parameters: words", parameter=unknown[:60])
    found = search_questions(given["words"]) if "words" in given else catalogue.known().values()
    body = json.dumps([_described(it) for it in found], ensure_ascii=False, indent=1).encode()
    return Answer(body, "application/json").response(request)


def _described(question: Question) -> dict[str, Any]:
    described: dict[str, Any] = {
        "name": question.name,
        "title": question.title,
        "question": question.question,
        "level": question.level,
        "tags": list(question.tags),
        "sections": list(question.sections),
        "parameters": [
            _filled(
                name=parameter.name,
                type=parameter.type,
                required=parameter.required,
                default=parameter.default,
                example=parameter.example,
                help=parameter.help,
                choices=list(parameter.choices),
            )
            for parameter in question.parameters
        ],
        "columns": [
            _filled(name=column.name, type=column.type, meaning=column.meaning, unit=column.unit) for column in question.columns
        ],
    }
    return described | ({"snapshot": question.snapshot} if question.snapshot else {})


def _filled(**fields: Any) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None and value not in ("", [])}


async def openapi(request: Request) -> Response:
    """Return the OpenAPI document, with the address that the server is reached by."""
    document = {**_openapi(), "servers": [{"url": addresses.base_of(request)}]}
    return Answer(json.dumps(document, ensure_ascii=False).encode(), "application/json").response(request)


@lru_cache(maxsize=1)
def _openapi() -> dict[str, Any]:
    document: dict[str, Any] = json.loads(resources.openapi().read_text(encoding="utf-8"))
    return document


async def limits(request: Request) -> Response:
    """Say how much one request may take."""
    given = request.app.state.settings.limits
    return JSONResponse(
        {
            "seconds": given.seconds,
            "rows": given.rows,
            "answerBytes": given.answer,
            "memoryBytes": given.memory,
            "bodyBytes": given.body,
            "addressBytes": given.url,
            "meaning": "An answer ends after so many rows (of a graph: triples) or bytes, its rows whole; one that was cut has the header "
            "Comity-Rows-Cut. A query that takes longer, or more memory, is ended, and answered with 503.",
        }
    )
