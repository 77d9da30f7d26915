"""``/sparql``: the SPARQL 1.1 Protocol (https://www.w3.org/TR/sparql11-protocol/), queries only.

A query may be sent by GET, by POST in a form, or by POST as the body. Without a query, GET returns the service description, or to a
browser the page for writing one. Answers are kept, unless the query asks for chance or the time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from comity.questions.untrusted import find_word
from comity.server import addresses, description, pages
from comity.server.cache import Answer, Cache
from comity.server.negotiation import GRAPH_FORMATS, HTML, OF_GRAPHS, OF_RESULTS, RESULT_FORMATS, choose, graph_form, result_form
from comity.server.problems import Refused
from comity.server.workers import Workers
from comity.tokens import tokenize

METHODS: Final = ("GET", "HEAD", "POST", "OPTIONS")
QUERY: Final = "application/sparql-query"
FORM: Final = "application/x-www-form-urlencoded"
CUT: Final = "Comity-Rows-Cut"
"""The header of an answer that has more rows than are sent; its value is how many are sent."""

_OF_A_QUERY: Final = ("query", "update", "default-graph-uri", "named-graph-uri")
"""The fields of which one means that an answer is wanted, and not the description of the service."""
_FIELDS: Final = 1000
_CHANGING: Final = ("RAND", "NOW", "UUID", "BNODE")
"""What makes the answer of a query another one each time (STRUUID holds UUID)."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request of the protocol asks: the query, and the dataset that it names besides."""

    query: str
    default_graphs: tuple[str, ...]
    named_graphs: tuple[str, ...]


def routes() -> list[BaseRoute]:
    """Return the route, with and without a slash at its end."""
    return [Route(path, endpoint, methods=METHODS, name="sparql") for path in ("/sparql", "/sparql/")]


async def endpoint(request: Request) -> Response:
    """Answer one request."""
    if request.method == "OPTIONS":
        return Response(status_code=204, headers={"Allow": ", ".join(METHODS)})
    fields = _fields(request.scope["query_string"], "the address")
    if request.method != "POST":
        if not any(name in _OF_A_QUERY for name, _ in fields):
            return await _describe(request)
        return await _answer(request, _asked(fields))
    media_type, _, parameters = request.headers.get("content-type", "").partition(";")
    body = await request.body()
    match media_type.strip().lower():
        case "application/sparql-query":
            query = _text(body, parameters)
            return await _answer(request, _asked([*fields, ("query", query)]))
        case "application/x-www-form-urlencoded":
            _text(b"", parameters)
            return await _answer(request, _asked([*fields, *_fields(body, "the form")]))
        case "application/sparql-update":
            raise _read_only()
    taken = f"{QUERY}, {FORM}"
    raise Refused(415, f"'{media_type[:60]}' is not how a query is sent", f"send it as one of {taken}", headers={"Accept-Post": taken})


def _fields(text: bytes, where: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(text.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=_FIELDS)
    except ValueError:  # also what is not in UTF-8
        raise Refused(400, f"{where} cannot be read as fields in UTF-8", "encode it as application/x-www-form-urlencoded") from None


def _text(body: bytes, parameters: str) -> str:
    charset = "utf-8"
    for parameter in parameters.split(";"):
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset":
            charset = value.strip().strip('"').lower()
    if charset not in ("utf-8", "utf8", "us-ascii"):
        raise Refused(415, f"the charset '{charset[:40]}' is not read here", "send UTF-8")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Refused(400, f"the query is not UTF-8 (byte {error.start})", "send UTF-8") from None


def _asked(fields: list[tuple[str, str]]) -> Asked:
    if any(name in ("update", "using-graph-uri", "using-named-graph-uri") for name, _ in fields):
        raise _read_only()
    queries = [value for name, value in fields if name == "query"]
    if len(queries) != 1:
        raise Refused(400, f"there are {len(queries)} queries" if queries else "there is no query", "send one, in the field 'query'")
    return Asked(
        queries[0],
        tuple(value for name, value in fields if name == "default-graph-uri"),
        tuple(value for name, value in fields if name == "named-graph-uri"),
    )


def _read_only() -> Refused:
    return Refused(403, "nothing can be changed here", "send a query; to change data, load them into a store of your own")


async def _describe(request: Request) -> Response:
    wanted = choose(request.headers.get("accept"), [*OF_GRAPHS, HTML])
    if wanted == HTML:
        return pages.editor(request)
    if wanted is None:
        raise Refused(406, "the service description is not to be had in that form", f"ask for {', '.join(GRAPH_FORMATS)}")
    return await description.service(request, wanted)


async def _answer(request: Request, asked: Asked) -> Response:
    accept = request.headers.get("accept")
    table = choose(accept, [*OF_RESULTS, HTML])
    graph = choose(accept, [*OF_GRAPHS, HTML])
    if table is None and graph is None:
        offered = ", ".join([*RESULT_FORMATS, *GRAPH_FORMATS])
        raise Refused(406, "no answer is to be had in that form", f"ask for one of {offered}")
    cache: Cache = request.app.state.cache
    base = addresses.base_of(request)

    async def make() -> Answer:
        return await _made(request, asked, table, graph, base)

    if any(find_word(tokenize(asked.query), word) for word in _CHANGING):
        answer = await make()
    else:
        answer = await cache.get(("sparql", asked, table, graph, base), make)
    return answer.response(request)


async def _made(request: Request, asked: Asked, table: str | None, graph: str | None, base: str) -> Answer:
    workers: Workers = request.app.state.workers
    limits = request.app.state.settings.limits
    frame = await workers.call(
        "query",
        {
            "sparql": asked.query,
            "base": f"{base}/sparql",
            "default_graphs": asked.default_graphs,
            "named_graphs": asked.named_graphs,
            # A page is made of JSON, or shows Turtle.
            "table": "json" if table == HTML else table and result_form(table)[0],
            "graph": "ttl" if graph == HTML else graph and graph_form(graph)[0],
            "rows": limits.rows,
            "bytes": limits.answer,
            "link": f"{base}/limits#rows",
        },
        strangers=True,
    )
    is_graph = frame.head["kind"] == "construct"
    wanted = graph if is_graph else table
    assert wanted is not None  # the worker has refused what is not to be had
    headers = {CUT: str(frame.head["rows"])} if frame.head["cut"] else {}
    if wanted == HTML:
        page = pages.answer(request, asked.query, frame.head, frame.body)
        return Answer(bytes(page.body), page.headers["content-type"], headers)
    return Answer(frame.body, (graph_form if is_graph else result_form)(wanted)[1], headers)
