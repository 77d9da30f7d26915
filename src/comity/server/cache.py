"""Answers kept while the server runs, and their entity tags.

What is served does not change while it is served, so an answer holds as long as the server runs; but what another server holds may
change, so answers from there are kept for a short while. Those who ask for the same thing at
the same time wait for one answer. The least recently used go when there are too many bytes.
"""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable, Mapping
from dataclasses import dataclass, field
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from comity.server.settings import MIB

BYTES: Final = 64 * MIB
REMOTE_SECONDS: Final = 60.0
"""How long an answer is kept that comes from another server."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What is sent for a request: the `body`, its `content_type`, and further `headers`."""

    body: bytes
    content_type: str
    headers: Mapping[str, str] = field(default_factory=dict)
    tag: str = field(init=False)

    def __post_init__(self) -> None:
        digest = hashlib.sha256(self.content_type.encode() + b"\0" + self.body).hexdigest()
        object.__setattr__(self, "tag", f'"{digest[:32]}"')

    def response(self, request: Request) -> Response:
        """Return the response to a request, which is 304 for somebody who has it already (RFC 9110, section 13.1.2)."""
        # To be asked for again each time: the next start of the server may serve another edition under the same address.
        headers = {"ETag": self.tag, "Cache-Control": "no-cache", "Vary": "Accept", **self.headers}
        if _has(request.headers.get("if-none-match"), self.tag):
            return Response(status_code=304, headers=headers)
        return Response(self.body, headers={**headers, "Content-Type": self.content_type})


class Cache:
    """Answers by their keys, at most `limit` bytes of them, each for so many `seconds`, or for ever."""

    def __init__(self, limit: int = BYTES, seconds: float | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self._limit = limit
        self._seconds = seconds
        self._clock = clock
        self._size = 0
        self._kept: OrderedDict[Hashable, tuple[Answer, float]] = OrderedDict()
        self._making: dict[Hashable, asyncio.Task[Answer]] = {}

    async def get(self, key: Hashable, make: Callable[[], Awaitable[Answer]]) -> Answer:
        """Return the answer with this key; `make` is called when there is none. What it raises is raised to all who wait, and not kept."""
        if key in self._kept:
            answer, since = self._kept[key]
            if self._seconds is None or self._clock() - since < self._seconds:
                self._kept.move_to_end(key)
                return answer
            self._size -= len(self._kept.pop(key)[0].body)
        making = self._making.get(key)
        if making is None:
            making = asyncio.ensure_future(make())
            self._making[key] = making
            making.add_done_callback(lambda done: self._made(key, done))
        # One of those who wait may go; the others still want it.
        return await asyncio.shield(making)

    def _made(self, key: Hashable, done: asyncio.Future[Answer]) -> None:
        self._making.pop(key, None)
        if done.cancelled() or done.exception() is not None:
            return
        answer = done.result()
        size = len(answer.body)
        if size > self._limit // 4:  # one answer is not to drive out all others
            return
        self._kept[key] = answer, self._clock()
        self._size += size
        while self._size > self._limit:
            _, (gone, _) = self._kept.popitem(last=False)
            self._size -= len(gone.body)


def _has(header: str | None, tag: str) -> bool:
    if header is None:
        return False
    return header.strip() == "*" or tag in (part.strip().removeprefix("W/") for part in header.split(","))
