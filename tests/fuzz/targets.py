"""Every place where Comity reads bytes of a user's or of a stranger's, as functions of bytes that raise nothing but a ComityError.

``TARGETS`` is the table: the bounded tests (test_fuzz.py) and the fuzzer that coverage guides (scripts/fuzz.py) run the same ones.
A function may also raise what the documentation of the entry point says, where that is no ComityError (`ValueError` of
:meth:`comity.table.Table.from_json`): it says so where it is made.
"""

from __future__ import annotations

import contextlib
import io
import json
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pyoxigraph as ox
from served import http

from comity import dataset, turtle
from comity.api import Comity
from comity.errors import ComityError, one_line
from comity.inference.rules import parse_rule
from comity.links import sssom
from comity.mcp.tools import Tools
from comity.questions import NameIndex, parse_question
from comity.questions.model import Parameter, Question
from comity.questions.parameters import parameter_term
from comity.questions.untrusted import safe_query
from comity.reconcile.csv_file import read_csv
from comity.reconcile.table import ADDED, matches, table_of
from comity.server.matching import service_of
from comity.store import protocol
from comity.store.body import Again
from comity.store.embedded import EmbeddedStore
from comity.table import Table
from comity.terms import PREFIXES, expand, graph_iri

Target = Callable[[bytes], None]
SAMPLES = Path(__file__).parent / "seeds"
FOUND = Path(__file__).parent / "found"

DATA = f"""
<{PREFIXES["state"]}PAK> a <{PREFIXES["cy"]}State> ; <http://www.w3.org/2000/01/rdf-schema#label> "Pakistan"@en , "باكستان"@ar .
<{PREFIXES["state"]}IND> a <{PREFIXES["cy"]}State> ; <http://www.w3.org/2000/01/rdf-schema#label> "India"@en .
<{PREFIXES["instrument"]}x> a <{PREFIXES["cy"]}Instrument> ; <http://www.w3.org/2000/01/rdf-schema#label> "Convention X"@en .
"""


@cache
def edition() -> Comity:
    """A small view to ask: what is fuzzed is what is asked, not the data."""
    store = EmbeddedStore()
    store.load([ox.Quad(*quad.triple, ox.NamedNode(graph_iri("paper/1"))) for quad in ox.parse(DATA, format=ox.RdfFormat.TURTLE)])
    return Comity(store)


@cache
def folder() -> Path:
    return Path(tempfile.mkdtemp(prefix="comity-fuzz-"))


def text_of(data: bytes) -> str:
    """What a caller in Python or a shell may hand over: text, lone surrogates included."""
    return data.decode("utf-8", "surrogateescape")


def in_a_file(name: str, data: bytes) -> Path:
    path = folder() / name
    path.write_bytes(data)
    return path


def rdf(suffix: str) -> Target:
    def read(data: bytes) -> None:
        quads = dataset.read_file(in_a_file(f"given{suffix}", data), graph_iri("given"))
        turtle.serialize(quads)

    return read


def formatted(data: bytes) -> None:
    path = in_a_file("formatted.ttl", data)
    with contextlib.redirect_stderr(io.StringIO()):
        turtle.format_file(path)
        again = path.read_bytes()
        assert turtle.format_file(path), "formatting twice is not formatting once"
    assert again == path.read_bytes()


def question(data: bytes) -> None:
    path = in_a_file("fuzzed.rq", data)
    from comity.questions import read_question

    read_question(path)
    with contextlib.suppress(UnicodeDecodeError):
        parse_question(data.decode(), path)


def rule(data: bytes) -> None:
    parse_rule(text_of(data), "fuzzed.rq")


def mappings(data: bytes) -> None:
    found = sssom.read(in_a_file("fuzzed.sssom.tsv", data))
    sssom.triples(found.mappings)


def sparql(data: bytes) -> None:
    # In this process, so that a crash is seen; the data are three things, so that few queries take long.
    text = text_of(data)
    if text.isascii() or len(text) < 2000:
        safe = safe_query(text, 100)
        table = edition().query(safe)
        table.to_text(80)
        table.to_csv()
        Table.from_sparql_json(table.to_sparql_json())


def results(data: bytes) -> None:
    _read(data, "application/sparql-results+json", "SELECT")


def triples(data: bytes) -> None:
    _read(data, "application/n-triples", "CONSTRUCT")


def _read(data: bytes, kind: str, form: str) -> None:
    """Read an answer as the store on a server does."""
    try:
        protocol.read(_Answer(data, kind), form)  # type: ignore[arg-type]
    except SyntaxError as error:
        raise protocol.unreadable(error) from None


class _Answer(io.BytesIO):
    """The body of an answer, as comity.store.body.Body is one."""

    marks_its_end = True

    def __init__(self, data: bytes, kind: str) -> None:
        super().__init__(data)
        self.headers: dict[str, str] = {}
        self.content_type = kind


def body(data: bytes) -> None:
    """A body with its gzip coding undone: the first byte says how it comes in pieces."""
    import httpx2

    from comity.store.body import Body, Call, Deadline

    step = data[0] + 1 if data else 1

    class Stream(httpx2.SyncByteStream):
        def __iter__(self) -> Any:
            yield from (data[1:][at : at + step] for at in range(0, len(data) - 1, step))

    response = httpx2.Response(200, headers={"content-encoding": "gzip", "content-type": "text/turtle"}, stream=Stream())
    call = Call("GET", "http://127.0.0.1/sparql")
    with contextlib.suppress(Again):
        whole = Body(response, call, Deadline(None, 60), 1 << 20, lambda _: None).read()
        assert len(whole) <= 1 << 20


def table_json(data: bytes) -> None:
    for read in (Table.from_json, Table.from_sparql_json):
        with contextlib.suppress(ValueError):  # documented: the text is something else
            read(text_of(data)).to_text(80)


def message(data: bytes) -> None:
    """A call of a tool of the Model Context Protocol: its name and arguments, as JSON."""
    try:
        given = json.loads(data)
        name, arguments = given["name"], given["arguments"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return  # for the protocol's own library to refuse
    if isinstance(name, str) and isinstance(arguments, dict):
        tools().call(name, arguments).text()


@cache
def tools() -> Tools:
    return Tools(edition)


def parameter(kind: str) -> Target:
    asked = Parameter(
        name="x",
        type=kind,
        help="h",
        example="e",
        default=None,
        optional=False,
        choices=("one", "two"),  # type: ignore[arg-type]
        class_name="cy:State" if kind == "iri" else None,
        class_iri=f"{PREFIXES['cy']}State" if kind == "iri" else None,
    )

    def read(data: bytes) -> None:
        term = parameter_term(any_question(), asked, text_of(data), index())
        ox.Store().query(f"SELECT * {{ VALUES ?x {{ {term} }} }}")

    return read


@cache
def any_question() -> Question:
    from comity.questions import load_question

    return load_question("status")


@cache
def index() -> NameIndex:
    return NameIndex(edition().store)


def names_in_csv(data: bytes) -> None:
    """A user's table of names: what is added to it leaves every field as it was."""
    path = in_a_file("names.csv", data)
    table = read_csv(path, "name")
    names = table.column("name")
    path.write_bytes(table.with_columns(ADDED, [[str(n), *ADDED[1:]] for n in range(len(names))]))
    again = read_csv(path, "name")
    assert again.column("name") == names
    assert again.column(ADDED[0]) == [str(n) for n in range(len(names))]
    assert [record.fields[: len(table.head)] for record in again.rows] == [
        (*record.fields, *[""] * (len(table.head) - len(record.fields))) for record in table.rows
    ]


def matched(data: bytes) -> None:
    """A name to match: after a line end, its type and its date."""
    text, _, rest = text_of(data).partition("\n")
    type_, _, date = rest.partition("\n")
    table_of(matches(edition().reconciler(), [text], type_ or None, [date or None])).to_csv()


def batch(data: bytes) -> None:
    """The JSON of a request to the Reconciliation Service: queries, or, where it has ids, an extension; the answer is JSON too."""
    try:
        given = json.loads(data)
    except (ValueError, RecursionError):
        return  # refused before (target `http`)
    service = service_of(edition())
    call = service.extend if isinstance(given, dict) and "ids" in given else service.queries
    json.dumps(call(given), allow_nan=False)


def day(data: bytes) -> None:
    from comity.api import _day

    _day(text_of(data))


def name(data: bytes) -> None:
    """Names that become IRIs, graphs, files: nothing of them may lead elsewhere."""
    text = text_of(data)
    with contextlib.suppress(ComityError):
        assert ".." not in graph_iri(text).rpartition("/graph/")[2].split("/")
    from comity.questions import load_question

    with contextlib.suppress(ComityError):
        load_question(text)
    with contextlib.suppress(ComityError):
        dataset.known_view(text)
    ox.NamedNode(expand(text))


TARGETS: dict[str, Target] = {
    "turtle": rdf(".ttl"),
    "trig": rdf(".trig"),
    "nquads": rdf(".nq"),
    "rdfxml": rdf(".rdf"),
    "jsonld": rdf(".jsonld"),
    "fmt": formatted,
    "question": question,
    "rule": rule,
    "sssom": mappings,
    "sparql": sparql,
    "results": results,
    "triples": triples,
    "body": body,
    "table": table_json,
    "mcp": message,
    "name": name,
    "csv": names_in_csv,
    "match": matched,
    "reconcile": batch,
    "http": http,
    "day": day,
    "parameter-iri": parameter("iri"),
    "parameter-date": parameter("date"),
    "parameter-integer": parameter("integer"),
    "parameter-choice": parameter("choice"),
    "parameter-string": parameter("string"),
}


def run(target: str, data: bytes) -> bool:
    """Run a target on `data`; return whether it took them. What it refuses, it refuses in one line that can be shown."""
    try:
        TARGETS[target](data)
    except ComityError as error:
        refused = error
    else:
        return True
    line = str(refused)
    assert line.isprintable(), "an error is one line of characters that are seen"
    assert line == one_line(line)
    assert refused.exit_code != 70, f"a fault of ours: {line}"
    return False
