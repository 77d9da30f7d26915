"""Queries by strangers: what is refused, and where the limit goes. The cases are in ``untrusted.json``."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest

from comity.errors import QueryError
from comity.questions import list_questions
from comity.questions.untrusted import safe_query

CASES = json.loads(Path(__file__).with_name("untrusted.json").read_text(encoding="utf-8"))
REMOTE = [query for query in CASES["refused"] if "SERVICE <http" in query or "SERVICE<http" in query or "SERVICE:s" in query]


def test_there_are_cases() -> None:
    assert len(CASES["refused"]) >= 20
    assert len(CASES["limited"]) >= 8
    assert len(REMOTE) >= 5


@pytest.mark.parametrize("query", CASES["refused"])
def test_refused(query: str) -> None:
    with pytest.raises(QueryError) as caught:
        safe_query(query, 10)
    assert "\n" not in str(caught.value)
    assert caught.value.remedy


@pytest.mark.parametrize(("query", "expected"), CASES["limited"])
def test_limited(query: str, expected: str) -> None:
    assert safe_query(query, 10) == expected
    ox.Store().query(expected)  # still SPARQL


def test_the_limit_is_the_engines_too() -> None:
    a, b = ox.NamedNode("a:a"), ox.NamedNode("a:b")
    store = ox.Store()
    store.extend(ox.Quad(a, b, ox.Literal(str(n))) for n in range(30))
    for query, expected in (("SELECT * { ?s ?p ?o } ORDER BY ?o #", 10), ("SELECT * { ?s ?p ?o } VALUES ?o { '1' '2' }", 2)):
        assert len(list(store.query(safe_query(query, 10)))) == expected  # type: ignore[arg-type]


def test_every_canned_question_would_be_run() -> None:
    questions = list_questions()
    assert questions
    for question in questions:
        ox.Store().query(safe_query(question.sparql, 10))


@pytest.fixture
def listener() -> Iterator[tuple[int, list[int]]]:
    """A port, and a list that grows with each connection to it."""
    calls: list[int] = []
    server = socket.create_server(("127.0.0.1", 0))

    def accept() -> None:
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            calls.append(1)
            connection.close()

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    yield server.getsockname()[1], calls
    server.close()


def test_the_engine_would_have_asked_elsewhere(listener: tuple[int, list[int]]) -> None:
    """The refused forms are no fancies: the engine takes them for what they are."""
    port, calls = listener
    store = ox.Store()
    store.add(ox.Quad(ox.NamedNode("a:a"), ox.NamedNode("a:b"), ox.Literal(True)))
    for query in REMOTE:
        before = len(calls)
        # The answer is no SPARQL result, so that the engine fails, unless it is told to be silent about it.
        with contextlib.suppress(OSError):
            result = store.query(query.replace("127.0.0.1", f"127.0.0.1:{port}"))
            list(result) if isinstance(result, ox.QuerySolutions) else bool(result)
        assert len(calls) > before, query
