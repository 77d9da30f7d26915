"""Credentials never show: not in what is printed, logged or raised, whatever the server does with them, and with COMITY_DEBUG=1."""

from __future__ import annotations

import base64
import logging
import socket
import traceback
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote, quote_plus, unquote

import pytest

from comity import cli
from comity.errors import ComityError
from comity.store import http
from comity.store.body import Call, Limits
from comity.store.credentials import HIDDEN
from comity.store.remote import RemoteStore
from store.misbehaving import JSON, Request, answer, chunked, says, serving

USER, SECRET = "keeper", "s3cr3t/Pa55+w0rd=?"
BASIC = base64.b64encode(f"{USER}:{SECRET}".encode()).decode()
TOKEN_FORMS = [SECRET, quote(SECRET), quote(SECRET, safe=""), quote_plus(SECRET)]
PASSWORD_FORMS = [*TOKEN_FORMS, BASIC, quote(BASIC, safe="")]
EMPTY = b'{"head":{"vars":["s","p","o"]},"results":{"bindings":[]}}'
QUERY = "SELECT ?x WHERE { ?x ?p ?o }"
FAST = Limits(connect=2, read=0.3, total=1, attempts=2, patience=2, size=1 << 20)

Act = Callable[[socket.socket, Request], None]

CHALLENGES = {
    "Basic": answer("401 No", b"", "", 'WWW-Authenticate: Basic realm="x"'),
    "Digest": answer("401 No", b"", "", 'WWW-Authenticate: Digest realm="x", nonce="n1", qop="auth", algorithm=SHA-256'),
}
# name: where the identity comes from, and how it is asked for
KINDS = {
    "a token": ("token", None),
    "a password of the environment, Basic": ("environment", "Basic"),
    "a password of the environment, Digest": ("environment", "Digest"),
    "a password of netrc, Basic": ("netrc", "Basic"),
    "a password of netrc, Digest": ("netrc", "Digest"),
}


def echo(request: Request) -> str:
    """What a server may say that repeats what it was sent, or knows."""
    given = request.headers.get("authorization", "")
    return " ".join([*(TOKEN_FORMS if given.startswith("Bearer") else PASSWORD_FORMS), given])


def repeats(make: Callable[[str], bytes]) -> Act:
    return lambda connection, request: connection.sendall(make(echo(request)))


# name: what the server does once it knows who asks; whether the error tells what the server said
FAULTS: dict[str, tuple[Act, bool]] = {
    "it answers": (says(answer(body=EMPTY)), False),
    "it repeats them in a field": (repeats(lambda said: answer("200 OK", EMPTY, JSON, f"X-Said: {said}")), False),
    "it does not take them": (repeats(lambda said: answer("401 No", said.encode(), "text/plain", f"WWW-Authenticate: X {said}")), False),
    "it forbids": (repeats(lambda said: answer("403 No", said.encode(), "text/plain")), False),
    "it rejects the query": (repeats(lambda said: answer("400 Bad", said.encode(), "text/plain")), True),
    "it fails with a page": (repeats(lambda said: answer("500 No", f"<h1>Headers</h1>{said}".encode(), "text/html")), True),
    "it fails with a long page": (repeats(lambda said: answer("500 No", b"x" * 260 + said.encode() * 99, "text/plain")), True),
    "it fails with a reason": (repeats(lambda said: answer(f"500 {said}", b"", "")), False),
    "it is busy": (repeats(lambda said: answer("503 Busy", said.encode(), "text/plain")), True),
    "it is of another kind": (repeats(lambda said: answer(body=EMPTY, kind=f"text/{said.split()[0]}")), True),
    "it is in another encoding": (repeats(lambda said: answer("200 OK", EMPTY, JSON, f"Content-Encoding: {said.split()[0]}")), True),
    "it cannot be read": (repeats(lambda said: answer(body=f"{{{said}".encode())), False),
    "it breaks off": (repeats(lambda said: chunked(said.encode(), end=False)), False),
    "it leads elsewhere": (repeats(lambda said: answer("302 Found", b"", "", f"Location: /{quote(said, safe='')}")), True),
    "it leads to a file": (repeats(lambda said: answer("302 Found", b"", "", f"Location: file:///{quote(said)}")), False),
    "it is no HTTP": (repeats(lambda said: f"{said}\r\n\r\n".encode()), False),
    "it is silent": (lambda connection, _: connection.settimeout(0.5) or connection.recv(1), False),  # type: ignore[func-returns-value]
}


@pytest.fixture
def identify(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[str], None]:
    for name in ("COMITY_STORE_TOKEN", "COMITY_STORE_USER", "COMITY_STORE_PASSWORD", "NETRC"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("COMITY_DEBUG", "1")
    original = http.Http.__init__
    monkeypatch.setattr(http.Http, "__init__", lambda self, url, limits=None: original(self, url, FAST, sleep=lambda _: None))

    def make(source: str) -> None:
        if source == "token":
            monkeypatch.setenv("COMITY_STORE_TOKEN", SECRET)
        elif source == "environment":
            monkeypatch.setenv("COMITY_STORE_USER", USER)
            monkeypatch.setenv("COMITY_STORE_PASSWORD", SECRET)
        else:
            (tmp_path / ".netrc").write_text(f"machine 127.0.0.1 login {USER} password {SECRET}\n")
            (tmp_path / ".netrc").chmod(0o600)

    return make


def asked_first(challenge: str | None, act: Act) -> Act:
    def behave(connection: socket.socket, request: Request) -> None:
        if challenge is not None and "authorization" not in request.headers:
            connection.sendall(CHALLENGES[challenge])
        else:
            act(connection, request)

    return behave


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("kind", KINDS)
def test_a_secret_shows_nowhere(
    kind: str,
    fault: str,
    identify: Callable[[str], None],
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
    recwarn: pytest.WarningsRecorder,
) -> None:
    source, challenge = KINDS[kind]
    act, tells = FAULTS[fault]
    identify(source)
    caplog.set_level(logging.DEBUG)
    shown: list[str] = []
    with serving(asked_first(challenge, act)) as server:
        status = cli.run(["query", "--store", f"{server.url}/query", "--union", "kept", QUERY])
        with RemoteStore(f"{server.url}/query") as store:
            shown += [repr(store), repr(vars(store)), repr(vars(store._http))]
            for call in (store.query, store.update):
                try:
                    call(QUERY if call == store.query else "DROP ALL")
                except ComityError as error:
                    shown += everything(error)
    printed, complained = capfd.readouterr()
    shown += [printed, complained, *logged(caplog), *(str(warning.message) for warning in recwarn)]

    sent = [request.headers.get("authorization", "") for request in server.requests]
    assert any(sent), "the secret was never in danger"
    text = "\n".join(shown).lower()
    while (plainer := unquote(text)) not in text:
        text += plainer
    forms = TOKEN_FORMS if source == "token" else PASSWORD_FORMS
    assert [form for form in forms if form.lower() in text] == []
    assert not tells or HIDDEN in complained
    assert (status == 0) == (fault in ("it answers", "it repeats them in a field"))
    if status:
        assert "Traceback" in complained  # that is what COMITY_DEBUG=1 is for
        assert complained.splitlines()[-1].startswith("comity: ")


def everything(error: BaseException | None) -> list[str]:
    """What can be seen of an error, and of those behind it."""
    shown: list[str] = []
    while error is not None:
        shown += [str(error), repr(error), repr(error.args), *map(repr, vars(error).values()), *traceback.format_exception(error)]
        error = error.__cause__ or error.__context__
    return shown


def logged(caplog: pytest.LogCaptureFixture) -> list[str]:
    assert caplog.records, "the library logs nothing any more: this looks at nothing"
    return [f"{record.getMessage()} {record.msg} {record.args} {record.exc_text}" for record in caplog.records]


def test_a_public_service_is_not_told_who_we_are(identify: Callable[[str], None], monkeypatch: pytest.MonkeyPatch) -> None:
    """What is ours for our store is no business of Wikidata's."""
    identify("token")
    identify("netrc")
    monkeypatch.undo()
    monkeypatch.setenv("COMITY_STORE_TOKEN", SECRET)
    with serving(says(CHALLENGES["Basic"])) as server:
        public = http.Http(f"{server.url}/sparql", FAST, public=True)
        with pytest.raises(ComityError, match="asks for credentials"):
            public.run(Call("GET", f"{server.url}/sparql"), lambda body: body.read())
        public.close()
    assert len(server.requests) == 1
    assert "authorization" not in server.requests[0].headers
