"""One answer of a server: read forward, within its time and size, to its true end."""

from __future__ import annotations

import time
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from comity.errors import StoreError, TimeLimitError

if TYPE_CHECKING:
    import httpx2

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


class Again(Exception):
    """The call failed in a way that may pass. `after` is the pause that the server asks for."""

    def __init__(self, error: StoreError, after: float | None = None) -> None:
        self.error = error
        self.after = after


class Deadline:
    """The end of a call's time. `asked` is the caller's own limit, which is then the one that was broken.

    `unsure` is what the error is to add when it is not known what the call has done.
    """

    def __init__(self, asked: float | None, total: float, unsure: str = "") -> None:
        self._asked = asked
        self._unsure = unsure
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
        what = f"the store did not finish its answer within {self._seconds:g} s{self._unsure}"
        return StoreError(what, "ask for less, or give the call a time limit")


class Body:
    """An answer's body, read forward, as a binary file is. `read` raises unless it gets to the true end.

    `count` hears of the bytes that come in; `hide` takes secrets out of what is told of the answer.
    """

    def __init__(
        self,
        response: httpx2.Response,
        call: Call,
        deadline: Deadline,
        limit: int,
        count: Callable[[int], None],
        hide: Callable[[str], str] = str,
    ) -> None:
        self.headers: Mapping[str, str] = response.headers
        self.content_type = hide(response.headers.get("content-type", "").partition(";")[0].strip().lower())
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

    def replacing(self, old: bytes, new: bytes) -> Body:
        """Read `new` wherever the server wrote `old`, from here on. Returns the body itself."""
        self._chunks = _replaced(self._chunks, old, new)
        return self

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
            raise Again(StoreError(f"the answer of {self._shown} is damaged{self._unsure}", "try again")) from None
        if seen and not unzip.eof:
            raise Again(cut(self._shown, self._unsure))


def _replaced(chunks: Iterator[bytes], old: bytes, new: bytes) -> Iterator[bytes]:
    held = len(old) - 1  # the beginning of `old` may be at the end of a chunk
    rest = b""
    for chunk in chunks:
        rest = (rest + chunk).replace(old, new)
        if len(rest) > held:
            yield rest[: len(rest) - held]
            rest = rest[len(rest) - held :]
    if rest:
        yield rest


def shown(url: str) -> str:
    """Return an address as it may be shown: without a user, a query or a fragment, which may hold a secret."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


def cut(where: str, unsure: str = "") -> StoreError:
    """Return the error for an answer that has no end."""
    return StoreError(f"the answer of {where} broke off before its end{unsure}", "try again")
