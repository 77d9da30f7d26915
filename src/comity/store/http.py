"""HTTP for stores: bounded in time and size, whole or an error, repeated only where that does no harm.

The client is httpx2. What it leaves open is settled here: which calls may be repeated and when (RFC 9110, sections 9.2.2 and 10.2.3),
where a redirect may lead, that a compressed body is whole, and that an answer comes to an end.
"""

from __future__ import annotations

import email.utils
import random
import re
import time
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from functools import cache
from importlib import metadata
from typing import TYPE_CHECKING, Final, TypeVar
from urllib.parse import urljoin, urlsplit

from comity.errors import MissingExtra, StoreError, TimeLimitError
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
_CHUNK: Final = 1 << 16


@dataclass(frozen=True, slots=True)
class Limits:
    """What is waited for, in seconds, and how much is taken.

    `connect` and `read` are for one step (a connection; the next bytes), `total` for a whole call. A call that may be repeated is made
    `attempts` times at most; a server that asks for a longer pause than `patience` is given up. `size` is in bytes, after decompression.
    """

    connect: float = 10.0
    read: float = 300.0
    total: float = 3600.0
    attempts: int = 4
    patience: float = 60.0
    size: int = 4 << 30


@dataclass(frozen=True, slots=True)
class Call:
    """One request. `safe`: making it twice has the effect of making it once, so it may be repeated."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    content: bytes | None = None
    safe: bool = True

    @property
    def unsure(self) -> str:
        """What to add to the error when the answer is lost."""
        return "" if self.safe else "; whether the change was made is not known"


class RejectedError(Exception):
    """The server finds fault with the request (400); the text is what it says of it."""


class _Again(Exception):
    """The call failed in a way that may pass. `after` is the pause that the server asks for."""

    def __init__(self, error: StoreError, after: float | None = None) -> None:
        self.error = error
        self.after = after


class Deadline:
    """The end of a call's time. `asked` is the caller's own limit, which is then the one that was broken."""

    def __init__(self, asked: float | None, total: float) -> None:
        self._asked = asked
        self._seconds = total if asked is None else min(asked, total)
        self._end = time.monotonic() + self._seconds

    def remaining(self) -> float:
        """Return the seconds left; raises when there are none."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise self.error()
        return left

    def is_over(self) -> bool:
        return time.monotonic() >= self._end - 0.05  # a clock of the network's may be a little ahead of ours

    def error(self) -> TimeLimitError | StoreError:
        """Return the error that says that the time is over."""
        if self._asked is not None:
            return TimeLimitError(self._asked)
        return StoreError(f"the store did not finish its answer within {self._seconds:g} s", "ask for less, or give the call a time limit")


class Body:
    """An answer's body, read forward, as a binary file is. `read` raises unless it gets to the true end."""

    def __init__(self, response: httpx2.Response, call: Call, deadline: Deadline, limit: int, count: Callable[[int], None]) -> None:
        self.headers: Mapping[str, str] = response.headers
        self.content_type = response.headers.get("content-type", "").partition(";")[0].strip().lower()
        self._shown, self._unsure = shown(call.url), call.unsure
        self._deadline = deadline
        self._limit = limit
        self._count = count
        encoding = response.headers.get("content-encoding", "identity").strip().lower()
        if encoding not in ("identity", "", "gzip", "x-gzip"):
            raise StoreError(f"{self._shown} answers in the encoding '{encoding}', which it was not asked for", "correct the server")
        self._zipped = encoding.endswith("gzip")
        # Without a length, chunks or a checksum, an end and a broken connection look the same.
        self.marks_its_end = (
            self._zipped or "content-length" in response.headers or "chunked" in response.headers.get("transfer-encoding", "").lower()
        )
        raw = self._raw(response)
        self._chunks = self._unzipped(raw) if self._zipped else raw
        self._rest = b""

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes, at most `size`; all of them without it; none at the end."""
        if size is None or size < 0:
            return b"".join(iter(lambda: self.read(_CHUNK), b""))
        if not self._rest:
            self._rest = next(self._chunks, b"")
            self._limit -= len(self._rest)
            if self._limit < 0:
                raise StoreError(f"the answer of {self._shown} is too long{self._unsure}", "ask for less")
        taken, self._rest = self._rest[:size], self._rest[size:]
        return taken

    def _raw(self, response: httpx2.Response) -> Iterator[bytes]:
        # Not in pieces of a size: the library would wait until a piece is full, and a slow server keep it waiting.
        for chunk in response.iter_raw():
            self._deadline.remaining()
            self._count(len(chunk))
            yield chunk

    def _unzipped(self, raw: Iterator[bytes]) -> Iterator[bytes]:
        unzip = zlib.decompressobj(wbits=31)
        seen = False
        try:
            for chunk in raw:
                while chunk:
                    if unzip.eof:  # a file may be of several parts
                        unzip = zlib.decompressobj(wbits=31)
                    seen = True
                    # Piece by piece, so that a small body cannot become a huge one at once.
                    if piece := unzip.decompress(chunk, _CHUNK):
                        yield piece
                    chunk = unzip.unconsumed_tail or unzip.unused_data
            while seen and not unzip.eof and (piece := unzip.decompress(unzip.unconsumed_tail, _CHUNK)):
                yield piece
        except zlib.error:
            raise _Again(StoreError(f"the answer of {self._shown} is damaged{self._unsure}", "try again")) from None
        if seen and not unzip.eof:
            raise _Again(_cut(self._shown, self._unsure))


class Http:
    """The calls to one server, over connections that are kept. Bytes received are counted in `received`."""

    def __init__(self, url: str, limits: Limits | None = None, *, sleep: Callable[[float], None] | None = None) -> None:
        try:
            import httpx2
        except ImportError:
            raise MissingExtra("remote", "a remote store") from None

        self._limits = limits or Limits()
        self._sleep = sleep or time.sleep
        self._auth = find(checked_url(url))
        self._home = _origin(url)
        self.received = 0
        # Cookies and the library's own redirects, decoding and authentication by URL stay out: the rules are those below.
        headers = {"User-Agent": _agent(), "Accept-Encoding": "gzip"}
        self._client = httpx2.Client(headers=headers, follow_redirects=False, verify=_trust())

    def close(self) -> None:
        self._client.close()

    def run(self, call: Call, consume: Callable[[Body], T], timeout: float | None = None) -> T:
        """Make the call and return what `consume` makes of its body; when that fails midway, a safe call is made again."""
        deadline = Deadline(timeout, self._limits.total)
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
        deadline = Deadline(timeout, self._limits.total)
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
                raise _final(error, call, deadline) from None

    # -- within ------------------------------------------------------------------------------------------------------

    def _body(self, response: httpx2.Response, call: Call, deadline: Deadline) -> Body:
        return Body(response, call, deadline, self._limits.size, self._add)

    def _add(self, count: int) -> None:
        self.received += count

    def _after_failure(self, error: BaseException, call: Call, attempt: int, deadline: Deadline) -> None:
        """Wait before the next attempt, or raise."""
        signal = _signal(error, call, deadline)
        if not isinstance(signal, _Again):
            raise signal from None
        if not call.safe or attempt >= self._limits.attempts:
            raise signal.error from None
        pause = signal.after
        if pause is None:
            pause = 0.5 * 2 ** (attempt - 1) * random.uniform(0.5, 1.0)  # not all clients at once
        if pause > self._limits.patience:
            raise StoreError(signal.error.what, f"it asks to be left alone for {pause:.0f} s; try again then") from None
        if pause >= deadline.remaining():
            raise deadline.error() from None
        self._sleep(pause)

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
            return response
        raise StoreError(f"{shown(call.url)} is one of more than {_REDIRECTS} redirects in a row", "name the store's own address")

    def _sent(self, call: Call, deadline: Deadline) -> httpx2.Response:
        # A redirect to another host does not get our credentials.
        auth = self._auth if _origin(call.url) == self._home else None
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

        left = deadline.remaining()
        step = min(self._limits.read, left)
        return httpx2.Timeout(connect=min(self._limits.connect, left), read=step, write=step, pool=step)

    def _failure(self, call: Call, response: httpx2.Response, deadline: Deadline) -> Exception:
        status, where = response.status_code, shown(call.url)
        said = _text(Body(response, call, deadline, 1 << 30, self._add))
        match status:
            case 400:
                return RejectedError(said)
            case 401:
                what = f"{where} does not take these credentials" if self._auth else f"{where} asks for credentials"
                return StoreError(what, "set COMITY_STORE_USER and COMITY_STORE_PASSWORD, or COMITY_STORE_TOKEN, or use netrc")
            case 403:
                return StoreError(f"{where} does not allow this", "ask its keeper for the right to do it")
            case 404 | 405 | 410:
                return StoreError(f"there is no such service at {where} (status {status})", "check the address")
        error = StoreError(f"{where} failed with status {status}{f' ({said})' if said else ''}", "see what its keeper or its log says")
        return _Again(error, _pause(response.headers.get("retry-after"))) if status in _TEMPORARY else error


@cache
def _trust() -> ssl.SSLContext:
    """Whom we trust: the system's certificates. Reading them takes a while."""
    import httpx2

    return httpx2.create_ssl_context()


def shown(url: str) -> str:
    """Return an address as it may be shown: without a user, a query or a fragment, which may hold a secret."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


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
            return _Again(StoreError(f"{where} cannot be reached{reason}", "check the address, and that the server runs"))
        case httpx2.TimeoutException():
            if deadline.is_over():
                return deadline.error()
            return StoreError(f"{where} has not answered in time{unsure}", "try again later, or ask for less")
        case httpx2.RemoteProtocolError() | httpx2.ReadError():
            return _Again(_cut(where, unsure))
    return _Again(StoreError(f"the connection to {where} failed ({_reason(error)}){unsure}", "try again"))


def _final(error: BaseException, call: Call, deadline: Deadline) -> BaseException:
    signal = _signal(error, call, deadline)
    return signal.error if isinstance(signal, _Again) else signal


def _cut(where: str, unsure: str = "") -> StoreError:
    return StoreError(f"the answer of {where} broke off before its end{unsure}", "try again")


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
    if "<" in text and ("html" in body.content_type or text.lstrip()[:1] == "<"):
        text = re.sub(r"(?is)<(script|style|head)\b.*?(</\1>|\Z)|<[^>]*>", " ", text)
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())[:300]


def _agent() -> str:
    """Comity, its version, and whom to turn to: the address that the package's metadata give, where they give one."""
    about = metadata.metadata("comity")
    urls = [text.partition(",")[2].strip() for text in about.get_all("Project-URL") or []]
    contact = next(iter(urls), None) or BASE
    return f"comity/{about['Version']} (+{contact})"
