"""Strangers' queries: what is refused, and what happens to those that take too long, too much or too many."""

from __future__ import annotations

import json
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from comity.server.settings import Settings

CASES = json.loads(Path(__file__).with_name("refused.json").read_text(encoding="utf-8"))
HEAVY = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"


class Listener:
    """Listens on loopback and counts who calls."""

    def __init__(self) -> None:
        self.calls = 0
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        threading.Thread(target=self._count, daemon=True).start()

    def _count(self) -> None:
        while True:
            try:
                caller, _ = self._socket.accept()
            except OSError:
                return
            self.calls += 1
            caller.close()

    def close(self) -> None:
        self._socket.close()


@pytest.fixture(scope="module")
def listener() -> Iterator[Listener]:
    own = Listener()
    with socket.create_connection(("127.0.0.1", own.port)):
        pass
    while own.calls == 0:
        time.sleep(0.01)
    own.calls = 0
    yield own
    own.close()


def test_count() -> None:
    assert len(CASES["refused"]) > 30
    assert len(CASES["answered"]) > 5


@pytest.mark.parametrize("query", CASES["refused"])
def test_refused(query: str, few: TestClient, listener: Listener) -> None:
    answer = few.get("/sparql", params={"query": query.replace("PORT", str(listener.port))})
    assert answer.status_code == 400, answer.text
    assert answer.json()["detail"]
    assert listener.calls == 0


@pytest.mark.parametrize("query", CASES["answered"])
def test_answered(query: str, few: TestClient, listener: Listener) -> None:
    answer = few.get("/sparql", params={"query": query.replace("PORT", str(listener.port))})
    assert answer.status_code == 200, answer.text
    assert listener.calls == 0


def test_a_worker_has_no_door(few: TestClient, listener: Listener, monkeypatch: pytest.MonkeyPatch) -> None:
    """Were SERVICE not refused, no socket would be opened all the same: the kernel says no."""
    import pyoxigraph as ox

    from comity.server import sandbox

    query = f"SELECT * {{ SERVICE <http://127.0.0.1:{listener.port}/> {{ ?s ?p ?o }} }}"
    reading, writing = os.pipe()
    pid = os.fork()
    if not pid:
        sandbox.close_the_door()
        try:
            list(ox.Store().query(query))  # type: ignore[arg-type]
            said = "answered"
        except OSError as error:
            said = str(error)
        os.write(writing, said.encode())
        os._exit(0)
    os.close(writing)
    os.waitpid(pid, 0)
    with open(reading, "rb") as pipe:
        assert b"Too many open files" in pipe.read()
    assert listener.calls == 0
    # The same without the sandbox does call: the test would notice.
    with pytest.raises(OSError):
        list(ox.Store().query(query))  # type: ignore[arg-type]
    assert listener.calls == 1
    listener.calls = 0


Serve = Callable[[Settings], TestClient]
Small = Callable[..., Settings]


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.fixture(scope="module")
def fifty(small: Small, serve: Serve) -> Iterator[TestClient]:
    """A client of a server that sends fifty rows, runs four queries at once and none for longer than a second, and lets nobody wait."""
    with serve(small(rows=50, seconds=1, workers=4, waiting=0.1)) as client:
        assert client.get("/sparql", params={"query": "ASK {}"}).status_code == 200
        yield client


def test_over_time_the_worker_is_dead(fifty: TestClient) -> None:
    workers = fifty.app.workers  # type: ignore[attr-defined]
    with ThreadPoolExecutor() as pool:
        slow = pool.submit(fifty.get, "/sparql", params={"query": HEAVY})
        while not workers.at_work:
            time.sleep(0.01)
        (pid,) = workers.at_work
        assert alive(pid)
        answer = slow.result()
    assert answer.status_code == 503
    assert answer.json()["detail"] == "the query did not end within 1 s and was stopped"
    assert not alive(pid)
    assert fifty.get("/sparql", params={"query": "ASK {}"}).json()["boolean"] is True


def test_slow_queries_delay_no_other(fifty: TestClient) -> None:
    with ThreadPoolExecutor() as pool:
        slow = [pool.submit(fifty.get, "/sparql", params={"query": f"{HEAVY} # {number}"}) for number in range(3)]
        while len(fifty.app.workers.at_work) < 3:  # type: ignore[attr-defined]
            time.sleep(0.01)
        for number in range(20):
            answer = fifty.get("/sparql", params={"query": f"SELECT (COUNT(*) AS ?n) {{ ?s ?p ?o }} # {number}"})
            assert answer.status_code == 200
        # All twenty are answered, and none of the three is.
        assert not any(one.done() for one in slow)
        assert [one.result().status_code for one in slow] == [503] * 3


def test_who_asks_when_all_are_at_work_is_told_so(fifty: TestClient) -> None:
    with ThreadPoolExecutor() as pool:
        slow = [pool.submit(fifty.get, "/sparql", params={"query": f"{HEAVY} # again {number}"}) for number in range(4)]
        while len(fifty.app.workers.at_work) < 4:  # type: ignore[attr-defined]
            time.sleep(0.01)
        answer = fifty.get("/sparql", params={"query": "ASK { ?s ?p ?o }"})
        assert answer.status_code == 503
        assert answer.headers["retry-after"] == "5"
        # Pages and questions have workers of their own.
        assert fifty.get("/graph/nothing.ttl").status_code == 404
        assert not any(one.done() for one in slow)


@pytest.mark.parametrize(
    ("accept", "counted"),
    [
        ("application/sparql-results+json", lambda answer: len(answer.json()["results"]["bindings"])),
        ("application/sparql-results+xml", lambda answer: answer.text.count("<result>")),
        ("text/csv", lambda answer: answer.text.count("\r\n") - 1),
        ("text/tab-separated-values", lambda answer: answer.text.count("\n") - 1),
    ],
)
def test_over_rows_there_is_a_mark(fifty: TestClient, accept: str, counted: Callable[[Any], int]) -> None:
    query = "SELECT ?s ?o { ?s <x:p> ?o } ORDER BY ?s"
    answer = fifty.get("/sparql", params={"query": query}, headers={"Accept": accept})
    assert answer.status_code == 200
    assert answer.headers["comity-rows-cut"] == "50"
    assert counted(answer) == 50
    if "json" in accept:
        assert answer.json()["head"]["link"] == ["http://comity.test/limits#rows"]
    if "xml" in accept:
        assert '<link href="http://comity.test/limits#rows"/>' in answer.text
    whole = fifty.get("/sparql", params={"query": f"{query} LIMIT 50"}, headers={"Accept": accept})
    assert "comity-rows-cut" not in whole.headers
    assert "limits" not in whole.text
    assert counted(whole) == 50


def test_a_graph_is_cut_too(fifty: TestClient) -> None:
    query = "CONSTRUCT { ?s <x:p> ?o } WHERE { ?s <x:p> ?o }"
    answer = fifty.get("/sparql", params={"query": query}, headers={"Accept": "application/n-triples"})
    assert answer.headers["comity-rows-cut"] == "50"
    assert len(answer.text.splitlines()) == 50


def test_the_limits_are_told(fifty: TestClient) -> None:
    assert fifty.get("/limits").json()["rows"] == 50


@pytest.fixture(scope="module")
def narrow(small: Small, serve: Serve) -> Iterator[TestClient]:
    """A client of a server with little room: for an answer, and in memory."""
    with serve(small(answer=2000, memory=64 << 20, seconds=20)) as client:
        yield client


def test_over_bytes_rows_are_whole(narrow: TestClient) -> None:
    answer = narrow.get("/sparql", params={"query": "SELECT ?s ?o { ?s <x:p> ?o }"})
    rows = len(answer.json()["results"]["bindings"])
    assert 10 < rows < 200
    assert answer.headers["comity-rows-cut"] == str(rows)
    assert len(answer.content) <= 2000


def test_over_memory_the_worker_is_ended(narrow: TestClient) -> None:
    # Every row is kept until all are sorted.
    query = "SELECT ?a ?d ?g ?j { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l } ORDER BY ?j ?g ?d ?a"
    answer = narrow.get("/sparql", params={"query": query})
    assert answer.status_code == 503
    assert "memory" in answer.json()["detail"]
    assert narrow.get("/sparql", params={"query": "ASK {}"}).json()["boolean"] is True
