"""A mock of Wikidata's query service: the SPARQL 1.1 Protocol over a small extract in the shape of Wikidata's RDF, with its moods.

Nothing here is Wikidata's content. The extract is test data of our own: the items are those of ``data/links``, each with the name and
the classes that its row gives; classes have made-up numbers above 99900000000; what stands in ``wikidata_extract.ttl`` is invented for the
tests, down to the dates. What is Wikidata's own is the shape: prefixes, statements with qualifiers, ranks and references, redirects.

The service wants a contact in the User-Agent, as the real one does, and fails as the real one has failed (:data:`FAULTS`).
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pyoxigraph as ox

from comity.links import mapping_sets, read
from comity.links.gate import Classes, Kinds
from comity.links.wikidata import ENTITY, PREFIXES

JSON = "application/sparql-results+json"
EXTRACT = Path(__file__).parent / "wikidata_extract.ttl"
FIRST_CLASS = 99900000000
"""The numbers of our made-up classes begin here; Wikidata's are far below."""
_FORMATS = {
    JSON: ox.QueryResultsFormat.JSON,
    "application/sparql-results+xml": ox.QueryResultsFormat.XML,
    "text/csv": ox.QueryResultsFormat.CSV,
}
_TRACE = "SPARQL-QUERY: SELECT …\njava.util.concurrent.TimeoutException\n\tat java.util.concurrent.FutureTask.get(FutureTask.java)\n"
_NO_CONTACT = "Please set a User-Agent with contact details, see the policy.\n"

Fault = Callable[["_Handler"], None]

#: What the service may do instead of answering.
FAULTS: dict[str, Fault] = {
    "429": lambda h: h.reply(429, "text/plain", b"Rate limit exceeded", {"Retry-After": "7"}),
    "429 for an hour": lambda h: h.reply(429, "text/plain", b"Rate limit exceeded", {"Retry-After": "3600"}),
    "500": lambda h: h.reply(500, "text/plain", _TRACE.encode()),
    "504 in HTML": lambda h: h.reply(504, "text/html", b"<html><head><title>504</title></head><h1>Gateway Time-out</h1></html>"),
    "truncated 200": lambda h: h.reply(200, JSON, b'{"head":{"vars":["item"]},"results":{"bindings":[{"item":{"type":"uri"', length=5000),
    "truncated 200 of the right length": lambda h: h.reply(200, JSON, b'{"head":{"vars":["item"]},"results":{"bindings":['),
    "200 with a trace behind the rows": lambda h: h.reply(
        200, JSON, b'{"head":{"vars":["item"]},"results":{"bindings":[\n' + _TRACE.encode()
    ),
    "200 in plain text": lambda h: h.reply(200, "text/plain", _NO_CONTACT.encode()),
    "no answer": lambda h: h.drop(),
}
#: What it says to who names no contact: since 2019, and in 2026.
REFUSALS: dict[str, Fault] = {
    "403": lambda h: h.reply(403, "text/plain", _NO_CONTACT.encode()),
    "200": FAULTS["200 in plain text"],
}


@dataclass
class Service:
    """`faults` are played in turn, one a request, before anything is answered. `agents` and `queries` are what came.

    With `recorded`, only these queries have an answer; any other is answered with an error and noted in `unknown`, which whoever
    made the recording has to find empty.
    """

    store: ox.Store
    faults: list[Fault] = field(default_factory=list)
    refusal: Fault | None = field(default_factory=lambda: REFUSALS["403"])
    recorded: dict[str, bytes] | None = None
    url: str = ""
    queries: list[str] = field(default_factory=list)
    agents: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    most_at_once: int = 0
    now: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def endpoint(self) -> str:
        return f"{self.url}/sparql"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    service: Service

    def do_GET(self) -> None:
        self._ask(urlsplit(self.path).query)

    def do_POST(self) -> None:
        content = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        kind = self.headers.get("Content-Type", "").partition(";")[0]
        if kind == "application/sparql-query":
            self._answer(content.decode())
        else:
            self._ask(content.decode())

    def _ask(self, form: str) -> None:
        asked = parse_qs(form).get("query")
        if asked:
            self._answer(asked[0])
        else:
            self.reply(400, "text/plain", b"no query")

    def _answer(self, query: str) -> None:
        service = self.service
        with service.lock:
            service.now += 1
            service.most_at_once = max(service.most_at_once, service.now)
        try:
            agent = self.headers.get("User-Agent", "")
            service.agents.append(agent)
            service.headers.append({name.lower(): value for name, value in self.headers.items()})
            service.queries.append(query)
            if service.refusal is not None and "@" not in agent and "http" not in agent:
                service.refusal(self)
            elif service.faults:
                service.faults.pop(0)(self)
            else:
                self._evaluate(query)
        finally:
            with service.lock:
                service.now -= 1

    def _evaluate(self, query: str) -> None:
        service = self.service
        if service.recorded is not None:
            if query not in service.recorded:
                service.unknown.append(query)
                self.reply(501, "text/plain", b"this query is not in the recording")
            else:
                self.reply(200, JSON, service.recorded[query])
            return
        accepted = [part.partition(";")[0].strip() for part in self.headers.get("Accept", "").split(",")]
        kind = next((kind for kind in accepted if kind in _FORMATS), JSON)
        try:
            found = service.store.query(query)
            assert isinstance(found, ox.QuerySolutions | ox.QueryBoolean)
            content = found.serialize(format=_FORMATS[kind])
            del found  # in its own thread: an error below would keep it for another
        except SyntaxError as error:
            self.reply(400, "text/plain", f"MalformedQueryException: {error}".encode())
            return
        assert content is not None
        self.reply(200, kind, content)

    def reply(self, status: int, kind: str, content: bytes, fields: dict[str, str] | None = None, length: int | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Type", f"{kind};charset=utf-8")
        self.send_header("Content-Length", str(len(content) if length is None else length))
        for name, value in (fields or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)
        if length is not None:
            self.drop()

    def drop(self) -> None:
        self.close_connection = True

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def serving(store: ox.Store, *faults: str, **settings: object) -> Iterator[Service]:
    """Serve what is in the store on loopback."""
    service = Service(store, [FAULTS[name] for name in faults], **settings)  # type: ignore[arg-type]
    handler = type("Handler", (_Handler,), {"service": service})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    server.handle_error = lambda *_: None  # type: ignore[method-assign]  # a client that hangs up is no news
    service.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield service
    finally:
        server.shutdown()
        with contextlib.suppress(OSError):
            server.server_close()
        thread.join(timeout=5)


# -- the extract -----------------------------------------------------------------------------------------------------


def extract(kinds: Kinds, classes: Classes) -> ox.Store:
    """Return the items that the edition is linked to as they would be if nothing had changed since, and what the tests invent besides."""
    store = ox.Store()
    numbers: dict[str, ox.NamedNode] = {}

    def add(subject: ox.NamedNode, predicate: str, object_: ox.NamedNode | ox.Literal) -> None:
        store.add(ox.Quad(subject, ox.NamedNode(full(predicate)), object_))

    def class_called(name: str) -> ox.NamedNode:
        if name not in numbers:
            numbers[name] = ox.NamedNode(f"{ENTITY}Q{FIRST_CLASS + len(numbers)}")
            add(numbers[name], "rdfs:label", ox.Literal(name, language="en"))
        return numbers[name]

    for link in read(mapping_sets()["links/wikidata"]).mappings:
        if not link.object_id.startswith(ENTITY):
            continue
        item = ox.NamedNode(link.object_id)
        add(item, "rdfs:label", ox.Literal(link.object_label or link.subject_label, language="en"))
        # Where the row gives no class, one that fits.
        fitting = [name.replace("*", "X") for class_ in kinds.nearest(link.subject_id, classes) for name in classes[class_]]
        for name in link.categories or fitting[:1]:
            add(item, "wdt:P31", class_called(name))
    for quad in ox.parse(path=EXTRACT, format=ox.RdfFormat.TURTLE):
        store.add(quad)
    return store


def full(short: str) -> str:
    """The IRI of a prefixed name of Wikidata's RDF."""
    prefix, _, local = short.partition(":")
    return PREFIXES[prefix] + local


def change(store: ox.Store, item: str, **changes: str) -> None:
    """Let an item be deleted (``deleted="yes"``), redirected (``to="Q…"``), renamed (``label``), or put in another class (``class_``)."""
    node = ox.NamedNode(ENTITY + item)

    def drop(predicate: str | None = None) -> None:
        for quad in list(store.quads_for_pattern(node, ox.NamedNode(full(predicate)) if predicate else None, None)):
            store.remove(quad)

    if "deleted" in changes or "to" in changes:
        drop()
    if "to" in changes:
        store.add(ox.Quad(node, ox.NamedNode(full("owl:sameAs")), ox.NamedNode(ENTITY + changes["to"])))
    if "label" in changes:
        drop("rdfs:label")
        if changes["label"]:
            store.add(ox.Quad(node, ox.NamedNode(full("rdfs:label")), ox.Literal(changes["label"], language="en")))
    if "class_" in changes:
        drop("wdt:P31")
        if changes["class_"]:
            kind = ox.NamedNode(f"{ENTITY}Q{FIRST_CLASS + 5000 + abs(hash(changes['class_'])) % 1000}")
            store.add(ox.Quad(node, ox.NamedNode(full("wdt:P31")), kind))
            store.add(ox.Quad(kind, ox.NamedNode(full("rdfs:label")), ox.Literal(changes["class_"], language="en")))
