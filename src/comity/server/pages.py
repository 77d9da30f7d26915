"""HTML, from ``templates/`` by Jinja, which escapes whatever is put in.

Every page gets the functions and values of :func:`environment` besides its own, and can be read without JavaScript; scripts only spare
the reader a page.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

import jinja2
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Route

import comity
from comity.draw.pictures import PICTURES
from comity.questions import Question, search_questions
from comity.questions.model import Parameter
from comity.server import catalogue, negotiation, problems
from comity.server.addresses import base_of, local_path, place_of
from comity.server.cache import Answer, Cache
from comity.server.searching import kind_of
from comity.server.workers import Workers
from comity.terms import CY, RDF, shorten

VENDOR: Final = Path(__file__).with_name("static") / "vendor"
SHOWN: Final = 500
"""How many rows of an answer a page shows; the files have them all."""

FIRST: Final[Sequence[tuple[str, str, Mapping[str, str]]]] = (
    (
        "What does resolution 1373 demand on the financing of terrorism?",
        "obligations",
        {"instrument": "resolution 1373", "topic": "financing"},
    ),
    ("By which duties was Pakistan bound on 1 January 2005?", "bound", {"state": "Pakistan", "on": "2005-01-01"}),
    ("Which regional instruments have there been since 2001?", "instruments", {"level": "regional", "from_year": "2001"}),
    ("Which exercises did China and Russia hold together?", "exercises", {"framework": "China and Russia"}),
    ("Who belongs to the Shanghai Cooperation Organization?", "members", {"organization": "SCO"}),
    ("How much binds, and how much only invites?", "force", {}),
    ("When did the treaties enter into force?", "entry-into-force", {}),
    ("Where is the printed source wrong, and what is right?", "errata", {"status": "applied"}),
)
"""The questions on the first page: in plain words, by name, with parameters."""

QUERY: Final = """# The instruments of regional level, with their names
PREFIX cy: <https://w3id.org/comity/ontology#>
PREFIX level: <https://w3id.org/comity/id/level/>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>

SELECT ?instrument ?name WHERE {
  ?instrument a cy:Instrument ; cy:level level:regional ; rdfs:label ?name .
  FILTER(LANG(?name) = "en")
}
ORDER BY ?name
"""
"""What stands in the editor at first."""


def routes() -> list[BaseRoute]:
    """Return the routes of what is only a page, or only serves one."""
    return [
        Route("/", home, name="home"),
        Route("/search", search, name="search"),
        Route("/why", why, name="why"),
        Route("/editor", editing, name="editor"),
        Route("/completions.json", completions, name="completions"),
        Route("/questions/{name}", question, name="question"),
    ]


@lru_cache(maxsize=1)
def environment() -> jinja2.Environment:
    """Return the templates."""
    made = jinja2.Environment(
        loader=jinja2.PackageLoader("comity.server"), autoescape=True, trim_blocks=True, lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    made.globals |= {
        "version": comity.__version__,
        "local_path": local_path,
        "place_of": place_of,
        "shorten": shorten,
        "kind_of": kind_of,
        "named": named,
        "titled": titled,
        "columns_shown": columns_shown,
        "base_of": base_of,
        "shown_rows": SHOWN,
        "address": lambda path, given: f"{path}?{urlencode(given)}" if given else path,
        "assessed_by": str(CY.assessedBy),
        "kind_property": str(RDF.type),
    }
    return made


def render(request: Request, template: str, context: Mapping[str, Any], *, status: int = 200) -> HTMLResponse:
    """Return the page that the template makes of the context."""
    text = environment().get_template(template).render(request=request, **context)
    return HTMLResponse(text, status, headers={"Vary": "Accept"})


def titled(name: str) -> str:
    """Return the name of a parameter or column as a heading: ``from_year`` is "From year", ``earliestDay`` "Earliest day".

    >>> titled("from_year"), titled("instrumentLabel"), titled("statedIn")
    ('From year', 'Instrument', 'Stated in')
    """
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name.removesuffix("Label") or name).replace("_", " ").lower()
    return words[:1].upper() + words[1:]


def named(iri: str) -> str:
    """Return what stands for an IRI without a name: a term of the ontology in words, anything else shortened.

    >>> named("https://w3id.org/comity/ontology#adoptedBy"), named("https://w3id.org/comity/id/state/PAK")
    ('adopted by', 'state:PAK')
    """
    return titled(iri[len(str(CY)) :]).lower() if iri.startswith(str(CY)) else shorten(iri)


def columns_shown(columns: Sequence[Mapping[str, Any]]) -> list[tuple[int, int | None]]:
    """Return which columns of a table to show, each with the column of IRIs that its cells link to: the name stands for the thing."""
    places = {column["name"]: place for place, column in enumerate(columns)}
    shown: list[tuple[int, int | None]] = []
    for place, column in enumerate(columns):
        name = column["name"]
        if column["type"] == "iri":
            if f"{name}Label" not in places:
                shown.append((place, place))
        else:
            link = places.get(name.removesuffix("Label")) if name.endswith("Label") else None
            shown.append((place, link if link is not None and columns[link]["type"] == "iri" else None))
    return shown


def has_asset(name: str) -> bool:
    """Whether ``scripts/assets.sh`` has brought this file."""
    return (VENDOR / name).is_file()


async def home(request: Request) -> Response:
    """Show what there is. Without the numbers, until the edition is there: the first page is not to wait for it."""
    workers: Workers = request.app.state.workers
    cache: Cache = request.app.state.cache
    levels: dict[str, Any] = {}
    if workers.is_ready:
        try:
            kept = await cache.get("field", lambda: _told(request, "field", {}))
            levels = {level["key"]: level for level in json.loads(kept.body)["levels"]}
        except problems.Refused:
            levels = {}  # something else than the edition is served
    context = {"levels": levels, "first": FIRST, "pictures": PICTURES.values(), "questions": catalogue.count()}
    return render(request, "home.html", context)


async def _told(request: Request, task: str, arguments: Mapping[str, Any]) -> Answer:
    workers: Workers = request.app.state.workers
    frame = await workers.call(task, arguments)
    return Answer(json.dumps(frame.head, ensure_ascii=False).encode(), "application/json")


async def search(request: Request) -> Response:
    """Find things by name, and questions by their words: as a page, or as JSON for what is being typed."""
    words = " ".join(request.query_params.get("q", "").split())[:200]
    found: dict[str, Any] = {"count": 0, "near": False, "found": []}
    asked: list[Question] = []
    if words:
        cache: Cache = request.app.state.cache
        kept = await cache.get(("search", words), lambda: _told(request, "search", {"words": words}))
        found = json.loads(kept.body)
        parts = words.lower().split()
        asked = [it for it in catalogue.known().values() if all(part in f"{it.title} {it.question}".lower() for part in parts)][:8]
    wanted = negotiation.choose(request.headers.get("accept"), [negotiation.HTML, "application/json"])
    if wanted == "application/json":
        things = [{**it, "path": local_path(it["iri"]) or it["iri"]} for it in found["found"][:10]]
        return JSONResponse({**found, "found": things}, headers={"Vary": "Accept"})
    return render(request, "search.html", {"words": words, "search": found, "questions": asked})


async def questions(request: Request) -> Response:
    """List the questions, or those that have all the words, by what they are about."""
    words = " ".join(request.query_params.get("words", "").split())[:200]
    found = search_questions(words) if words else catalogue.known().values()
    by_tag: dict[str, list[Question]] = {}
    for asked in found:
        by_tag.setdefault(asked.tags[0], []).append(asked)
    return render(request, "questions.html", {"by_tag": sorted(by_tag.items()), "words": words, "count": len(catalogue.known())})


async def question(request: Request) -> Response:
    """Show the form of a question, and its answer when it was given what it needs; with ``why``, the reasons for one row too."""
    asked = catalogue.named(request.path_params["name"])
    given = {name: value for name, value in request.query_params.items() if value}
    row = given.pop("why", "")
    context: dict[str, Any] = {"question": asked, "given": given, "table": None, "problem": None, "why": None}
    if all(parameter.name in given for parameter in asked.parameters if parameter.required):
        workers: Workers = request.app.state.workers
        cache: Cache = request.app.state.cache
        try:
            arguments = {"question": asked.name, "parameters": given}
            key = ("table", asked.name, tuple(sorted(given.items())))
            context["table"] = json.loads((await cache.get(key, lambda: _told(request, "table", arguments))).body)
            if row.isascii() and row.isdigit() and len(row) < 10 and 0 < int(row) <= len(context["table"]["rows"]):
                context["why"] = (await workers.call("why", {**arguments, "row": int(row)})).head
        except problems.Refused as refused:
            context["problem"] = refused.problem
    context["choices"] = await choices_of(request, asked)
    context["picture"] = next((it for it in PICTURES.values() if it.question == asked.name), None)
    return render(request, "question.html", context, status=context["problem"]["status"] if context["problem"] else 200)


async def choices_of(request: Request, asked: Question) -> dict[str, list[str]]:
    """Return, for each parameter that names a thing, the names to choose from; none where there are too many or it takes too long."""
    wanted: list[Parameter] = [it for it in asked.parameters if it.type == "iri" and (it.class_iri or it.scheme_iri)]
    if not wanted:
        return {}
    cache: Cache = request.app.state.cache
    classes = [[it.class_iri, it.scheme_iri] for it in wanted]
    try:
        kept = await cache.get(("choices", json.dumps(classes)), lambda: _told(request, "choices", {"classes": classes}))
    except problems.Refused:
        return {}  # the field takes any name without them
    return dict(zip((it.name for it in wanted), json.loads(kept.body)["choices"], strict=True))


async def why(request: Request) -> Response:
    """Show why a statement between two things holds."""
    given = {name: request.query_params.get(name, "") for name in ("subject", "property", "object")}
    missing = next((name for name, value in given.items() if not value), None)
    if missing is not None:
        remedy = "give subject, property and object, each an IRI"
        raise problems.Refused(400, f"the parameter {missing} is missing", remedy, parameter=missing)
    workers: Workers = request.app.state.workers
    return render(request, "why.html", {"why": (await workers.call("explain", given)).head})


def editor(request: Request, query: str = QUERY, chosen: str | None = None) -> Response:
    """Show the form for a query of one's own; ``/sparql`` answers with it when a browser asks without a query."""
    context = {"query": query, "chosen": chosen, "rich": has_asset("yasgui.min.js"), "examples": catalogue.known().values()}
    return render(request, "editor.html", context)


async def editing(request: Request) -> Response:
    """Show that form with the query of the address, or with that of a question."""
    name = request.query_params.get("question")
    if name:
        return editor(request, _without_header(catalogue.named(name).sparql), name)
    return editor(request, request.query_params.get("query") or QUERY)


def _without_header(sparql: str) -> str:
    return "".join(line for line in sparql.splitlines(keepends=True) if not line.startswith("#+")).lstrip()


async def completions(request: Request) -> Response:
    """Return what the editor completes."""
    cache: Cache = request.app.state.cache
    return (await cache.get("completions", lambda: _told(request, "completions", {}))).response(request)


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
