"""Against a server that misbehaves: a clear end in bounded time, and nothing is sent twice that may not be."""

from __future__ import annotations

import datetime
import email.utils
import logging
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import trustme

from comity.errors import QueryError, StoreError, TimeLimitError, UsageError
from comity.store import http
from comity.store.body import Limits
from comity.store.remote import RemoteStore

from .contract import G1, triple
from .misbehaving import GOOD, JSON, TRIPLES, Request, Server, answer, chunked, endless, redirects, says, serving, slowly, zipped

QUERY = "SELECT ?x WHERE { ?x ?p ?o }"
UPDATE = f"CLEAR SILENT GRAPH <{G1}>"
FAST = Limits(connect=2, read=1, total=4, attempts=3, patience=2, size=1 << 20)
PLAIN_HEAD = f"HTTP/1.1 200 OK\r\nContent-Type: {JSON}\r\n\r\n".encode()
NT = "application/n-triples"
ROW = b'{"x":{"type":"literal","value":"1"}}'


@pytest.fixture(autouse=True)
def no_identity(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("COMITY_STORE_TOKEN", "COMITY_STORE_USER", "COMITY_STORE_PASSWORD", "NETRC"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Nobody waits between attempts; the pauses are kept."""
    made: list[float] = []
    monkeypatch.setattr(http.random, "uniform", lambda low, high: high)
    original = http.Http.__init__
    monkeypatch.setattr(http.Http, "__init__", lambda self, url, limits=None: original(self, url, limits, sleep=made.append))
    return made


def remote(server: Server, limits: Limits = FAST, **options: str) -> RemoteStore:
    return RemoteStore(f"{server.url}/query", limits=limits, **options)  # type: ignore[arg-type]


Act = Callable[[socket.socket, Request], None]

# name: what the server does, what the error says, how often a query is asked (of 3 attempts at most)
FAULTS: dict[str, tuple[Act, str, int]] = {
    "no answer at all": (says(b""), "broke off before its end", 3),
    "cut, by its length": (says(answer(body=GOOD[:40], length=len(GOOD))), "broke off before its end", 3),
    "cut, in chunks": (says(chunked(GOOD[:40], end=False)), "broke off before its end", 3),
    "whole, but without the last chunk": (says(chunked(GOOD, end=False)), "broke off before its end", 3),
    "cut, zipped": (says(answer("200 OK", zipped(GOOD, 9), JSON, "Content-Encoding: gzip")), "broke off before its end", 3),
    "cut, zipped, in chunks": (says(chunked(zipped(GOOD, 4), fields=("Content-Encoding: gzip",))), "broke off before its end", 3),
    "damaged, zipped": (says(answer("200 OK", b"\x1f\x8b" + GOOD, JSON, "Content-Encoding: gzip")), "is damaged", 3),
    "longer than its length": (says(answer(length=40)), "cannot be read", 1),
    "two lengths": (says(answer("200 OK", GOOD, JSON, "Content-Length: 5")), "broke off", 3),
    "chunks of no size": (says(chunked(GOOD).replace(b"\r\n\r\n", b"\r\n\r\nzz", 1)), "broke off", 3),
    "a head without an end": (endless(b"HTTP/1.1 200 OK\r\n", b"X-More: and more\r\n" * 100), "broke off", 3),
    "cut, without a length": (says(PLAIN_HEAD + GOOD[:40]), "cannot be read", 1),
    "a page of HTML": (says(answer(kind="text/html", body=b"<html>Welcome")), "answered with text/html, not with", 1),
    "no content type": (says(answer(kind="")), "answered with something without a content type", 1),
    "an encoding not asked for": (says(answer("200 OK", GOOD, JSON, "Content-Encoding: br")), "answers in the encoding 'br'", 1),
    "what is no JSON": (says(answer(body=b"{]")), "cannot be read", 1),
    "rows left out": (says(answer("200 OK", GOOD, JSON, "X-SPARQL-MaxRows: 1")), "cut the answer at 1 rows", 1),
    "500 with a page": (
        says(answer("500 No", b"<html><head><title>t</title></head><h1>Out of\nluck</h1>", "text/html")), r"status 500 \(Out of luck\)", 1,
    ),
    "500 with an endless page": (endless(b"HTTP/1.1 500 No\r\n\r\n", b"x" * 4096), r"status 500 \(x{300}\)", 1),
    "500": (says(answer("500 No", b"", "")), "failed with status 500; see what its keeper or its log says", 1),
    "503": (says(answer("503 Busy", b"later", "text/plain")), r"status 503 \(later\)", 3),
    "429": (says(answer("429 Slow", b"", "", "Retry-After: 1")), "status 429", 3),
    "429 for no time": (says(answer("429 Slow", b"", "", "Retry-After: soon")), "status 429", 3),
    "429 for an hour": (says(answer("429 Slow", b"", "", "Retry-After: 3600")), "left alone for 3600 s", 1),
    "403": (says(answer("403 No", b"", "")), "does not allow this", 1),
    "404": (says(answer("404 No", b"", "")), "there is no such service", 1),
    "not HTTP": (says(b"SSH-2.0-OpenSSH_9.2\r\n"), "broke off|failed", 3),
    "a redirect back and forth": (redirects("/there", "/query"), "more than 5 redirects", 6),
    "a redirect without an address": (says(answer("302 Found", b"", "")), "failed with status 302", 1),
    "a redirect to itself": (says(answer("302 Found", b"", "", "Location: /query")), "more than 5 redirects", 6),
    "a redirect to a file": (says(answer("302 Found", b"", "", "Location: file:///etc/passwd")), "not safe to follow", 1),
    "a redirect with a password": (says(answer("302 Found", b"", "", "Location: http://u:p@127.0.0.1/")), "not safe to follow", 1),
    "an endless body": (endless(PLAIN_HEAD + GOOD[:-3], (b"," + ROW) * 1000), "is too long", 1),
    "a small body that unzips to a huge one": (
        says(answer("200 OK", zipped(GOOD[:-2] + b" " * 5_000_000), JSON, "Content-Encoding: gzip")), "is too long", 1,
    ),
    "silence": (lambda connection, _: time.sleep(3), "has not answered in time", 1),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_a_query_ends_in_one_clear_line(name: str, pauses: list[float]) -> None:
    act, message, asked = FAULTS[name]
    with serving(act) as server, remote(server) as store:
        began = time.monotonic()
        with pytest.raises(StoreError, match=message) as caught:
            store.query(QUERY)
        assert time.monotonic() - began < 4
    assert len(server.requests) == asked
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 600


@pytest.mark.parametrize("name", FAULTS)
def test_an_update_is_sent_once(name: str, pauses: list[float]) -> None:
    act, _, _ = FAULTS[name]
    with serving(act) as server, remote(server, update_url=f"{server.url}/update") as store:
        said = ""
        try:
            store.update(UPDATE)
        except StoreError as error:
            said = str(error)
        lost = any(words in said for words in ("broke off", "in time", "is damaged", "is too long"))
        assert lost == ("whether the change was made is not known" in said)
    assert [request.path for request in server.requests] == ["/update"]
    assert pauses == []


def test_pauses_grow_and_follow_the_server(pauses: list[float]) -> None:
    busy = says(answer("503 Busy", b"", ""))
    with serving(busy, busy, says(answer())) as server, remote(server) as store:
        assert len(store.query(QUERY)) == 1
    assert pauses == [0.5, 1.0]
    pauses.clear()
    at = email.utils.formatdate(time.time() + 2, usegmt=True)
    first, second = (says(answer("429 Slow", b"", "", f"Retry-After: {given}")) for given in ("1", at))
    with serving(first, second, says(answer())) as server, remote(server) as store:
        assert len(store.query(QUERY)) == 1
    assert pauses[0] == 1
    assert 0 <= pauses[1] <= 2


def test_a_query_that_broke_midway_is_asked_again(pauses: list[float]) -> None:
    with serving(says(answer(body=GOOD[:40], length=len(GOOD))), says(answer())) as server, remote(server) as store:
        assert len(store.query(QUERY)) == 1
    assert len(server.requests) == 2


def test_a_graph_that_is_put_may_be_put_again(pauses: list[float]) -> None:
    with (
        serving(says(b""), says(answer("204 No Content", b"", ""))) as server,
        remote(server, graph_store_url=f"{server.url}/data?x=1") as store,
    ):
        store.fill(G1, [triple("s", "p", "o")])
    assert [request.method for request in server.requests] == ["PUT", "PUT"]
    assert server.requests[1].path == "/data?x=1&graph=https%3A%2F%2Fexample.org%2Fg1"
    assert server.requests[1].body == f"{triple('s', 'p', 'o')} .\n".encode()


@pytest.mark.parametrize("act", [endless(PLAIN_HEAD, b" ", 0.05), lambda connection, _: time.sleep(3)])
def test_a_time_limit_holds_for_slow_bytes_and_silence(act: Act) -> None:
    with serving(act) as server, remote(server) as store:
        began = time.monotonic()
        with pytest.raises(TimeLimitError) as caught:
            store.query(QUERY, timeout=0.4)
        assert caught.value.seconds == 0.4
        assert time.monotonic() - began < 1.2


DRIPPING: dict[str, Act] = {
    "the body": endless(PLAIN_HEAD, b" ", 0.05),
    "the head": endless(b"HTTP/1.1 200 OK\r\nX: ", b"x", 0.05),
    "the status": endless(b"HTTP/1.1 200 O", b"O", 0.05),
    "provisional answers": endless(b"", b"HTTP/1.1 102 Processing\r\n\r\n", 0.05),
    "a page of an error": endless(b"HTTP/1.1 500 No\r\n\r\n", b"x", 0.05),
}
TIME_IS_OVER = r"did not finish its answer within 0.5 s|failed with status 500"


@pytest.mark.parametrize("name", DRIPPING)
def test_without_a_limit_slow_bytes_end_too(name: str) -> None:
    """None of the steps takes long, and there is no end of them."""
    with serving(DRIPPING[name]) as server, remote(server, Limits(read=1, total=0.5)) as store:
        with pytest.raises(StoreError, match=TIME_IS_OVER):
            store.query(QUERY)
        with pytest.raises(StoreError, match=TIME_IS_OVER) as caught:
            store.update(UPDATE)
    assert len(server.requests) == 2
    assert name == "a page of an error" or "whether the change was made is not known" in str(caught.value)


def test_a_server_that_takes_a_request_byte_by_byte() -> None:
    update = f"INSERT DATA {{ GRAPH <{G1}> {{ <x:s> <x:p> '{'x' * 6_000_000}' }} }}"
    with (
        serving(says(answer()), read=slowly) as server,
        remote(server, Limits(read=1, total=0.5)) as store,
        pytest.raises(StoreError, match="within 0.5 s; whether the change was made is not known"),
    ):
        store.update(update)


def test_nobody_there(pauses: list[float]) -> None:
    with serving(says(b"")) as server:
        pass
    with remote(server) as store, pytest.raises(StoreError, match="cannot be reached"):
        store.query(QUERY)
    assert len(pauses) == 2


def test_triples_need_a_marked_end() -> None:
    """Cut between two lines, they look whole."""
    head = f"HTTP/1.1 200 OK\r\nContent-Type: {NT}\r\n\r\n".encode()
    with serving(says(head + TRIPLES)) as server, remote(server) as store, pytest.raises(StoreError, match="not say where it ends"):
        store.query("CONSTRUCT WHERE { ?s ?p ?o }")
    for good in (answer(body=TRIPLES, kind=NT), chunked(TRIPLES[:500], TRIPLES[500:], kind=NT)):
        with serving(says(good)) as server, remote(server) as store:
            assert len(store.query("CONSTRUCT WHERE { ?s ?p ?o }")) == 50


def test_a_graph_that_comes_in_part_is_an_error() -> None:
    count = GOOD.replace(b'"literal"', b'"typed-literal"').replace(b'"1"', b'"51"')
    with (
        serving(says(answer(body=count)), says(answer(body=TRIPLES, kind=NT))) as server,
        remote(server) as store,
        pytest.raises(StoreError, match=f"50 of the 51 triples of <{G1}>"),
    ):
        list(store.quads(G1))


def test_zipped_answers_are_asked_for_and_read() -> None:
    with serving(says(answer("200 OK", zipped(GOOD), JSON, "Content-Encoding: gzip"))) as server, remote(server) as store:
        assert len(store.query(QUERY)) == 1
        assert store.received == len(zipped(GOOD))
    assert server.requests[0].headers["accept-encoding"] == "gzip"
    assert server.requests[0].headers["user-agent"].startswith("comity/")
    assert "(+http" in server.requests[0].headers["user-agent"]


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="this system does not tell the memory of a process")
def test_rows_are_streamed_in_constant_memory() -> None:
    """Two million bytes of rows, and forty: the memory taken is the same."""
    script = (
        "import sys\n"
        "from comity.store.remote import RemoteStore\n"
        "store = RemoteStore(sys.argv[1] + '/query')\n"
        "count = sum(1 for _ in store.rows('SELECT ?x { ?x ?p ?o }'))\n"
        "print(count, next(line.split()[1] for line in open('/proc/self/status') if line.startswith('VmHWM')))\n"
    )
    row = b'{"x":{"type":"literal","value":"' + b"v" * 400 + b'"}}'
    peaks = []
    for rows in (5_000, 100_000):
        body = b'{"head":{"vars":["x"]},"results":{"bindings":[' + b",".join([row] * rows) + b"]}}"
        with serving(says(answer(body=body))) as server:
            command = [sys.executable, "-c", script, server.url]
            done = subprocess.run(command, capture_output=True, text=True, check=True)
        count, peak = map(int, done.stdout.split())
        assert count == rows
        peaks.append(peak)
    assert peaks[1] - peaks[0] < 8_000, peaks  # kB; the difference of the bodies is 40 MB


# -- redirects -------------------------------------------------------------------------------------------------------


def test_a_query_follows_a_redirect_and_an_update_does_not() -> None:
    with serving(says(answer())) as there:
        moved = says(answer("307 Moved", b"", "", f"Location: {there.url}/sparql"))
        with serving(moved) as here, remote(here) as store:
            assert len(store.query(QUERY)) == 1
            with pytest.raises(StoreError, match=f"has moved to {there.url}/sparql, and a change is not sent after it"):
                store.update(UPDATE)
    assert [(request.method, request.path) for request in there.requests] == [("POST", "/sparql")]
    assert b"query=SELECT" in there.requests[0].body


# -- who we are ------------------------------------------------------------------------------------------------------

SECRET = "s3cr3t-Pa55"
BASIC = answer("401 No", b"", "", 'WWW-Authenticate: Basic realm="x"')
DIGEST = answer(
    *("401 No", b"", "", 'WWW-Authenticate: Digest realm="x", nonce="n1", qop="auth", algorithm=SHA-256'),
    'WWW-Authenticate: Basic realm="x"',
)


def identify(monkeypatch: pytest.MonkeyPatch, how: str, host: str = "127.0.0.1") -> None:
    if how == "token":
        monkeypatch.setenv("COMITY_STORE_TOKEN", SECRET)
    elif how == "environment":
        monkeypatch.setenv("COMITY_STORE_USER", "me")
        monkeypatch.setenv("COMITY_STORE_PASSWORD", SECRET)
    else:
        (Path.home() / ".netrc").write_text(f"machine {host} login me password {SECRET}\n")
        (Path.home() / ".netrc").chmod(0o600)


@pytest.mark.parametrize("how", ["environment", "netrc"])
@pytest.mark.parametrize(("challenge", "scheme"), [(BASIC, "Basic "), (DIGEST, "Digest ")])
def test_a_password_is_sent_when_asked_for(monkeypatch: pytest.MonkeyPatch, how: str, challenge: bytes, scheme: str) -> None:
    identify(monkeypatch, how)
    with serving(says(challenge), says(answer())) as server, remote(server) as store:
        store.query(QUERY)
        store.update(UPDATE)
    given = [request.headers.get("authorization", "") for request in server.requests]
    assert given[0] == ""
    assert len(given) == 3
    assert all(text.startswith(scheme) for text in given[1:])
    assert len({request.body for request in server.requests[:2]}) == 1
    if scheme == "Digest ":
        assert SECRET not in "".join(given)
        assert 'uri="/query"' in given[1]


def test_a_token_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    identify(monkeypatch, "token")
    with serving(says(answer())) as server, remote(server) as store:
        store.query(QUERY)
    assert server.requests[0].headers["authorization"] == f"Bearer {SECRET}"


@pytest.mark.parametrize("how", ["token", "environment", "netrc", "none"])
@pytest.mark.parametrize("challenge", [BASIC, DIGEST, answer("401 No", b"", "")])
def test_refusal_shows_no_secret(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, how: str, challenge: bytes
) -> None:
    caplog.set_level(logging.DEBUG)
    if how != "none":
        identify(monkeypatch, how)
    with serving(says(challenge)) as server, remote(server) as store:
        with pytest.raises(StoreError, match="asks for credentials" if how == "none" else "does not take these credentials") as caught:
            store.query(QUERY)
        assert len(server.requests) <= 2
    shown = f"{caught.value} {caught.value!r} {store!r} {vars(store)} {caplog.text}"
    assert SECRET not in shown


def test_credentials_do_not_follow_a_redirect_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    identify(monkeypatch, "token")
    with serving(says(answer())) as there:
        moved = says(answer("307 Moved", b"", "", f"Location: {there.url}/sparql"))
        with serving(moved) as here, remote(here) as store:
            store.query(QUERY)
    assert "authorization" in here.requests[0].headers
    assert "authorization" not in there.requests[0].headers


@pytest.mark.parametrize(
    ("url", "message"),
    [
        (f"http://me:{SECRET}@localhost/query", "holds a user name or password; leave it out"),
        (f"http://{SECRET}@localhost/query", "holds a user name or password"),
        ("localhost:7878/query", "is no address of a store"),
        ("ftp://localhost/query", "is no address of a store"),
        ("http://", "is no address of a store"),
        ("http://localhost:x/query", "is no URL"),
    ],
)
def test_bad_addresses_are_refused(url: str, message: str) -> None:
    for name in ("url", "update_url", "graph_store_url"):
        with pytest.raises(UsageError, match=message) as caught:
            RemoteStore(**{"url": "http://localhost/query", name: url})  # type: ignore[arg-type]
        assert SECRET not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("COMITY_STORE_USER", "me", "are set only in part"),
        ("COMITY_STORE_PASSWORD", SECRET, "are set only in part"),
        ("COMITY_STORE_TOKEN", f"{SECRET}\n", "holds no bearer token"),
        ("NETRC", "/does/not/exist", "cannot be found"),
    ],
)
def test_half_an_identity_is_refused(monkeypatch: pytest.MonkeyPatch, name: str, value: str, message: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(UsageError, match=message) as caught:
        RemoteStore("http://localhost/query")
    assert SECRET not in str(caught.value)


def test_a_broken_netrc_is_told_without_its_content(monkeypatch: pytest.MonkeyPatch) -> None:
    (Path.home() / ".netrc").write_text(f"machine localhost login me pasword {SECRET}\n")
    with pytest.raises(UsageError, match=r"the netrc file cannot be read \(line 1\)") as caught:
        RemoteStore("http://localhost/query")
    assert SECRET not in str(caught.value)


YESTERDAY, TOMORROW = (datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=days) for days in (-1, 1))
# name: whether we trust who signed it, for which host and time it is, what the error says
CERTIFICATES: dict[str, tuple[bool, str, dict[str, datetime.datetime], str]] = {
    "sound": (True, "127.0.0.1", {}, ""),
    "expired": (True, "127.0.0.1", {"not_before": YESTERDAY - datetime.timedelta(days=9), "not_after": YESTERDAY}, "has expired"),
    "not yet valid": (True, "127.0.0.1", {"not_before": TOMORROW}, "not yet valid"),
    "of another host": (True, "127.0.0.2", {}, "mismatch"),
    "signed by a stranger": (False, "127.0.0.1", {}, "unable to get local issuer"),
}


@pytest.mark.parametrize("name", CERTIFICATES)
def test_a_certificate(name: str, tmp_path: Path, pauses: list[float], monkeypatch: pytest.MonkeyPatch) -> None:
    """A faulty one is an error at once, and the query is not sent."""
    trusted, host, valid, message = CERTIFICATES[name]
    ours, signer = trustme.CA(), trustme.CA()
    (ours if not trusted else signer).cert_pem.write_to_path(str(tmp_path / "trusted.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "trusted.pem"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    signer.issue_cert(host, **valid).configure_cert(context)
    http._trust.cache_clear()
    try:
        with serving(says(answer()), context=context) as server, remote(server) as store:
            if not message:
                assert len(store.query(QUERY)) == 1
                return
            with pytest.raises(StoreError, match=f"cannot be trusted .*{message}.*let its keeper renew the certificate"):
                store.query(QUERY)
    finally:
        http._trust.cache_clear()
    assert server.requests == []
    assert pauses == []


# -- what is wrong with the query ------------------------------------------------------------------------------------


def test_what_a_server_says_of_a_query_it_rejects() -> None:
    rejecting = says(answer("400 Bad", b"Virtuoso 37000 Error\nno such function", "text/plain"))
    with serving(rejecting) as server, remote(server) as store:
        with pytest.raises(QueryError, match="does not take it: Virtuoso 37000 Error no such function"):
            store.query(QUERY)
        with pytest.raises(QueryError, match="does not take it"):
            store.query("SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }")
        with pytest.raises(QueryError, match="does not take it"):
            store.update("LOAD <http://127.0.0.1:1/>")
        asked = len(server.requests)
        with pytest.raises(QueryError):
            store.query("# SELECT\nPREFIX ask: <http://e/select#> # ask\nDROP ALL")
        assert len(server.requests) == asked


def test_rows_are_for_select(pauses: list[float]) -> None:
    with serving(says(answer(body=b'{"head":{},"boolean":true}'))) as server, remote(server) as store:
        with pytest.raises(UsageError, match="only a SELECT query has rows"):
            next(store.rows("ASK {}"))
        assert store.query("ASK {}").boolean is True
