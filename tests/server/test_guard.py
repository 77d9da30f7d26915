"""What stands before every route: headers, limits, paths, hosts, and what the log says."""

from __future__ import annotations

import logging
import socket
import threading
from collections.abc import Callable, Iterator

import pytest
import uvicorn
from starlette.testclient import TestClient

from comity.server.app import create_app
from comity.server.guard import HEADERS
from comity.server.settings import Settings

PATHS = [
    ("GET", "/", 200),
    ("GET", "/questions", 200),
    ("GET", "/static/comity.css", 200),
    ("GET", "/sparql?query=ASK{}", 200),
    ("GET", "/sparql?query=ASK", 400),
    ("GET", "/openapi.json", 200),
    ("GET", "/limits", 200),
    ("GET", "/nothing", 404),
    ("PUT", "/sparql", 405),
    ("GET", "/id/state/PAK", 303),
    ("OPTIONS", "/sparql", 204),
    ("GET", "/?" + "x" * 20_000, 414),
    ("GET", "/" + "x" * 20_000, 414),
]


@pytest.mark.parametrize(("method", "path", "status"), PATHS, ids=lambda it: str(it)[:30])
def test_every_answer_has_the_headers(few: TestClient, method: str, path: str, status: int) -> None:
    answer = few.request(method, path)
    assert answer.status_code == status
    for name, value in HEADERS.items():
        assert answer.headers[name] == value
    assert "'self'" in answer.headers["content-security-policy"]
    assert "unsafe" not in answer.headers["content-security-policy"]


def test_a_fault_of_ours_is_no_traceback(few: TestClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("inner matter")

    monkeypatch.setattr("comity.server.rest._openapi", broken)
    answer = few.get("/openapi.json")
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert "inner" not in answer.text
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "inner matter" in caplog.text


def test_a_body_that_is_too_long(few: TestClient) -> None:
    query = "ASK {} #" + "x" * (1 << 20)
    said = few.post("/sparql", content=query, headers={"Content-Type": "application/sparql-query"})
    assert said.status_code == 413

    def pieces() -> Iterator[bytes]:  # no Content-Length
        for start in range(0, len(query), 100_000):
            yield query[start : start + 100_000].encode()

    assert few.post("/sparql", content=pieces(), headers={"Content-Type": "application/sparql-query"}).status_code == 413
    lying = {"Content-Length": "-1", "Content-Type": "application/sparql-query"}
    assert few.post("/sparql", content=b"x", headers=lying).status_code == 413


def test_redirects_name_no_host(few: TestClient) -> None:
    for host in ("evil.example", "comity.test"):
        answer = few.get("/id/state/PAK", headers={"Host": host, "X-Forwarded-Host": "evil.example"})
        assert answer.headers["location"] == "/doc/state/PAK"
    for path in ("/questions/", "//evil.example/", "/sparql//", "/doc/state/PAK/"):
        assert "location" not in few.get(path, headers={"Host": "evil.example"}).headers


def test_the_address_is_the_one_that_was_set(small: Callable[..., Settings], serve: Callable[[Settings], TestClient]) -> None:
    settings = Settings(selected=small().selected, base_url="https://data.example/comity/")
    client = serve(settings)  # not started: this needs no data
    assert client.get("/openapi.json", headers={"Host": "evil.example"}).json()["servers"] == [{"url": "https://data.example/comity"}]


def test_the_log_has_no_query_strings(few: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "comity.server")
    few.get("/sparql", params={"query": "ASK { <x:secret> ?p ?o }"})
    few.post("/sparql", data={"query": "ASK { <x:secret> ?p ?o }"})
    # What is in the path is in the log: on one line, whatever it holds.
    few.get("/doc/state/a%0Ab%1B")
    lines = [record.getMessage() for record in caplog.records if record.name == "comity.server.access"]
    assert len(lines) == 3
    assert lines[0].startswith("GET /sparql 200 ")
    assert not any("secret" in line for line in lines)
    assert not any(len(line.splitlines()) > 1 or "\x1b" in line for line in lines)


@pytest.fixture(scope="module")
def address(small: Callable[..., Settings]) -> Iterator[tuple[str, int]]:
    """A server that listens: for requests that no client library would send."""
    own = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(create_app(small()), lifespan="on", log_level="critical"))
    running = threading.Thread(target=server.run, kwargs={"sockets": [own]})
    running.start()
    yield own.getsockname()
    server.should_exit = True
    running.join()


def raw(address: tuple[str, int], request: bytes) -> bytes:
    with socket.create_connection(address, timeout=20) as connection:
        connection.sendall(request)
        answer = b""
        while piece := connection.recv(65536):
            answer += piece
    return answer


@pytest.mark.parametrize(
    "path",
    [
        "/static/../settings.py",
        "/static/..%2fsettings.py",
        "/static/%2e%2e/settings.py",
        "/static/....//settings.py",
        "/static//etc/passwd",
        "/static/%2Fetc%2Fpasswd",
        "/static/..%5csettings.py",
        "/static/%00",
        "/static/",
        "/graph/../../../../etc/passwd",
        "/doc/state/..%2f..%2fetc%2fpasswd",
        "/q/..%2f..%2fstatus.json",
        "/../../etc/passwd",
        "http://evil.example/etc/passwd",
    ],
)
def test_no_path_leads_out(address: tuple[str, int], path: str) -> None:
    answer = raw(address, f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
    assert answer.split()[1] in (b"400", b"404", b"405")
    assert b"root:" not in answer
    assert b"KIB" not in answer


@pytest.mark.parametrize(
    "request_",
    [
        b"\r\n\r\n",
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\nHost: x\r\nConnection: close\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        b"POST /sparql HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\nzz\r\n",
        b"GET /%ff%fe HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nAccept: " + b"a/b," * 5000 + b"\r\nConnection: close\r\n\r\n",
    ],
)
def test_what_is_no_request_ends_nothing(address: tuple[str, int], request_: bytes) -> None:
    with socket.create_connection(address, timeout=20) as connection:
        connection.sendall(request_)
        connection.shutdown(socket.SHUT_WR)
        while connection.recv(65536):
            pass
    assert raw(address, b"GET /limits HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").startswith(b"HTTP/1.1 200")
