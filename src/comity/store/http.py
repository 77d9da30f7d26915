"""HTTP for stores: bounded in time and size, whole or an error, repeated only where that does no harm.

The client is httpx2. What it leaves open is settled here: which calls may be repeated and when (RFC 9110, sections 9.2.2 and 10.2.3),
where a redirect may lead, that a compressed body is whole, and that an answer comes to an end.
"""

from __future__ import annotations

import email.utils
import random
import re
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import cache
from importlib import metadata
from typing import TYPE_CHECKING, Final, TypeVar
from urllib.parse import urljoin, urlsplit

from comity.errors import MissingExtra, StoreError
from comity.store.body import Again, Body, Call, Deadline, Limits, cut, shown
from comity.store.credentials import checked_url, find
from comity.terms import BASE

if TYPE_CHECKING:
    import ssl

    import httpx2

T = TypeVar("T")

_TEMPORARY: Final = frozenset({408, 429, 502, 503, 504})
_MOVED: Final = frozenset({301, 302, 303, 307, 308})
_REDIRECTS: Final = 5
_PAGE: Final = 4096
"""How many bytes of an error page are read."""
_SAID: Final = 300
"""How many characters of it are told."""


class RejectedError(Exception):
    """The server finds fault with the request (400); the text is what it says of it."""


class Http:
    """The calls to one server, over connections that are kept. Bytes received are counted in `received`.

    To a `public` service nothing is sent that tells who we are to our own store; `contact` is who asks, for its keepers.
    `software` is what the server has called itself in its last good answer, ``None`` before that.
    """

    def __init__(
        self,
        url: str,
        limits: Limits | None = None,
        *,
        sleep: Callable[[float], None] | None = None,
        public: bool = False,
        contact: str = "",
    ) -> None:
        try:
            import httpx2
        except ImportError:
            # A public service is asked for what links say; each extra brings the client.
            raise (MissingExtra("links", "asking a service on the web") if public else MissingExtra("remote", "a remote store")) from None

        self._limits = limits or Limits()
        self._sleep = sleep or time.sleep
        self._identity = None if public else find(checked_url(url))
        if self._identity is not None:
            self._identity.hush_logs()
        self._home = _origin(url)
        self.received = 0
        self.software: str | None = None
        # Cookies and the library's own redirects, decoding and authentication by URL stay out: the rules are those below.
        headers = {"User-Agent": _agent(contact), "Accept-Encoding": "gzip"}
        self._client = httpx2.Client(headers=headers, follow_redirects=False, verify=_trust(), transport=_direct())

    def close(self) -> None:
        self._client.close()

    def run(self, call: Call, consume: Callable[[Body], T], timeout: float | None = None) -> T:
        """Make the call and return what `consume` makes of its body; when that fails midway, a safe call is made again."""
        deadline = Deadline(timeout, self._limits.total, call.unsure)
        attempt = 0
        while True:
            attempt += 1
            try:
                with closing(self._opened(call, deadline)) as response:
                    return consume(self._body(response, call, deadline))
            except Exception as error:  # noqa: BLE001 - turned into ours, or raised again
                self._after_failure(error, call, attempt, deadline)

    @contextmanager
    def stream(self, call: Call, timeout: float | None = None) -> Iterator[Body]:
        """Make the call and give its body, to be read while the connection is open. What breaks midway is an error."""
        deadline = Deadline(timeout, self._limits.total, call.unsure)
        attempt = 0
        while True:
            attempt += 1
            try:
                response = self._opened(call, deadline)
                break
            except Exception as error:  # noqa: BLE001 - turned into ours, or raised again
                self._after_failure(error, call, attempt, deadline)
        with closing(response):
            try:
                yield self._body(response, call, deadline)
            except Exception as error:  # noqa: BLE001 - as above
                raise self._hushed(_final(self._hushed(error), call, deadline)) from None

    # -- within ------------------------------------------------------------------------------------------------------

    def _body(self, response: httpx2.Response, call: Call, deadline: Deadline) -> Body:
        return Body(response, call, deadline, self._limits.size, self._add, self._hide)

    def _add(self, count: int) -> None:
        self.received += count

    def _after_failure(self, error: BaseException, call: Call, attempt: int, deadline: Deadline) -> None:
        """Wait before the next attempt, or raise."""
        signal = _signal(self._hushed(error), call, deadline)
        if not isinstance(signal, Again):
            raise self._hushed(signal) from None
        self._hushed(signal.error)
        if not call.safe or attempt >= self._limits.attempts:
            raise signal.error from None
        pause = signal.after
        if pause is None:
            pause = 0.5 * 2 ** (attempt - 1) * random.uniform(0.5, 1.0)  # not all clients at once
        if pause > self._limits.patience:
            raise StoreError(
                signal.error.what, f"it asks to be left alone for {pause:.0f} s; try again then", retry_after=pause
            ) from None
        if pause >= deadline.remaining():
            raise deadline.error() from None
        self._sleep(pause)

    def _hushed(self, error: BaseException) -> BaseException:
        return error if self._identity is None else self._identity.hush(error)

    def _hide(self, text: str) -> str:
        return text if self._identity is None else self._identity.hide(text)

    def _opened(self, call: Call, deadline: Deadline) -> httpx2.Response:
        """Return the answer to the call when it is a good one, its body still to be read."""
        for _ in range(_REDIRECTS + 1):
            response = self._sent(call, deadline)
            try:
                if response.status_code in _MOVED and "location" in response.headers:
                    call = _moved(call, response)
                    response.close()
                    continue
                if not 200 <= response.status_code < 300:
                    raise self._failure(call, response, deadline)
            except BaseException:
                response.close()
                raise
            self.software = response.headers.get("server", "")
            return response
        raise StoreError(f"{shown(call.url)} is one of more than {_REDIRECTS} redirects in a row", "name the store's own address")

    def _sent(self, call: Call, deadline: Deadline) -> httpx2.Response:
        # A redirect to another host does not get our credentials.
        auth = self._identity.auth if self._identity is not None and _origin(call.url) == self._home else None
        request = self._client.build_request(
            call.method, call.url, headers=dict(call.headers), content=call.content, timeout=self._timeout(deadline)
        )
        if auth is None:
            return self._client.send(request, stream=True, auth=None)
        flow = auth.auth_flow(request)
        response = self._client.send(next(flow), stream=True, auth=None)
        try:
            while True:
                request = flow.send(response)
                response.close()
                response = self._client.send(request, stream=True, auth=None)
        except StopIteration:
            return response
        except BaseException:
            response.close()
            raise

    def _timeout(self, deadline: Deadline) -> httpx2.Timeout:
        import httpx2

        from comity.store.transport import Until

        left = deadline.remaining()
        step = Until(min(self._limits.read, left), deadline)
        return httpx2.Timeout(connect=min(self._limits.connect, left), read=step, write=step, pool=step)

    def _failure(self, call: Call, response: httpx2.Response, deadline: Deadline) -> Exception:
        status, where = response.status_code, shown(call.url)
        said = self._hide(_text(Body(response, call, deadline, 1 << 30, self._add, self._hide)))[:_SAID]
        match status:
            case 400:
                return RejectedError(said)
            case 401:
                what = f"{where} does not take these credentials" if self._identity else f"{where} asks for credentials"
                return StoreError(what, "set COMITY_STORE_USER and COMITY_STORE_PASSWORD, or COMITY_STORE_TOKEN, or use netrc")
            case 403:
                return StoreError(f"{where} does not allow this", "ask its keeper for the right to do it")
            case 404 | 405 | 410:
                return StoreError(f"there is no such service at {where} (status {status})", "check the address")
        error = StoreError(f"{where} failed with status {status}{f' ({said})' if said else ''}", "see what its keeper or its log says")
        return Again(error, _pause(response.headers.get("retry-after"))) if status in _TEMPORARY else error


@cache
def _trust() -> ssl.SSLContext:
    """Whom we trust: the system's certificates. Reading them takes a while."""
    import httpx2

    return httpx2.create_ssl_context()


def _direct() -> httpx2.BaseTransport | None:
    """Connections of ours; ``None`` where the environment names a proxy, which the library finds its way through."""
    from comity.store.transport import Transport

    return None if {"http", "https", "all"} & urllib.request.getproxies().keys() else Transport(_trust())


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or {"http": 80, "https": 443}.get(parts.scheme)


def _moved(call: Call, response: httpx2.Response) -> Call:
    target = urljoin(call.url, response.headers["location"])
    parts = urlsplit(target)
    if parts.scheme not in ("http", "https") or "@" in parts.netloc or (call.url.startswith("https:") and parts.scheme == "http"):
        raise StoreError(f"{shown(call.url)} redirects to an address that is not safe to follow", "name the store's own address")
    if not call.safe:
        raise StoreError(f"{shown(call.url)} has moved to {shown(target)}, and a change is not sent after it", "name the new address")
    if response.status_code == 303:
        return Call("GET", target, {name: value for name, value in call.headers.items() if name.lower() != "content-type"})
    return Call(call.method, target, call.headers, call.content, call.safe)


def _signal(error: BaseException, call: Call, deadline: Deadline) -> BaseException:
    """Return what a failure means: an error of ours, or that the call may be made again."""
    import httpx2

    if not isinstance(error, httpx2.HTTPError | httpx2.InvalidURL):
        return error
    where = shown(call.url)
    unsure = call.unsure
    match error:
        case httpx2.ConnectTimeout() | httpx2.ConnectError():
            reason = "" if isinstance(error, httpx2.TimeoutException) else f" ({_reason(error)})"
            if "certificate" in reason.lower():  # it will be no better in a second
                return StoreError(f"{where} cannot be trusted{reason}", "let its keeper renew the certificate, or trust its issuer")
            return Again(StoreError(f"{where} cannot be reached{reason}", "check the address, and that the server runs"))
        case httpx2.TimeoutException():
            if deadline.is_over():
                return deadline.error()
            return StoreError(f"{where} has not answered in time{unsure}", "try again later, or ask for less")
        case httpx2.RemoteProtocolError() | httpx2.ReadError():
            return Again(cut(where, unsure))
    return Again(StoreError(f"the connection to {where} failed ({_reason(error)}){unsure}", "try again"))


def _final(error: BaseException, call: Call, deadline: Deadline) -> BaseException:
    signal = _signal(error, call, deadline)
    return signal.error if isinstance(signal, Again) else signal


def _reason(error: BaseException) -> str:
    return re.sub(r"^\[[^\]]*\]\s*", "", " ".join(str(error).split()))[:200] or type(error).__name__


def _pause(given: str | None) -> float | None:
    """The seconds that a Retry-After field asks for, which gives these or a date (RFC 9110, section 10.2.3)."""
    if given is None:
        return None
    if given.strip().isdigit():
        return float(given.strip()[:9])
    try:
        return max(0.0, email.utils.parsedate_to_datetime(given).timestamp() - time.time())
    except ValueError:
        return None


def _text(body: Body) -> str:
    """The beginning of an error page, in one line and without markup."""
    try:
        page = b""
        while len(page) < _PAGE and (piece := body.read(_PAGE - len(page))):
            page += piece
    except Exception:  # noqa: BLE001 - the status says what went wrong; its page is only a comment
        return ""
    text = page.decode("utf-8", errors="replace")
    if len(page) >= _PAGE:
        text = text.rpartition(" ")[0] or text  # half a word may be half a secret, which nobody would know as one
    if "<" in text and ("html" in body.content_type or text.lstrip()[:1] == "<"):
        text = re.sub(r"(?is)<(script|style|head)\b.*?(</\1>|\Z)|<[^>]*>", " ", text)
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


def _agent(contact: str = "") -> str:
    """Comity, its version, and whom to turn to: the address that the package's metadata give, where they give one; and who asks."""
    about = metadata.metadata("comity")
    urls = [text.partition(",")[2].strip() for text in about.get_all("Project-URL") or []]
    home = next(iter(urls), None) or BASE
    return f"comity/{about['Version']} (+{home}{f'; {contact}' if contact else ''})"
