"""The server as a target: bytes as they come from a socket, through uvicorn's own reading of HTTP, to the application.

Its tasks run in this process and not in workers, over the few things of targets.py, so that a crash is seen and coverage is counted;
what crosses between server and worker is packed and unpacked all the same. Pictures are composed, not drawn: others do that.
"""

from __future__ import annotations

import asyncio
import io
import json
import logging
from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from uvicorn import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from comity.api import Comity
from comity.errors import UsageError
from comity.server import drawing, nursery, tasks, workers
from comity.server.app import Served, create_app
from comity.server.cache import Cache
from comity.server.frames import Frame, read

_SECONDS: Final = 20.0
_TURNS: Final = 8
"""So many turns of the loop are enough for whatever is asked to wait for the rest of its body."""


class Here:
    """Does what :class:`comity.server.workers.Workers` has others do."""

    is_ready = True

    def __init__(self, edition: Comity) -> None:
        tasks.load()
        self._edition = edition

    async def ready(self) -> None:
        """The edition is there."""

    async def call(self, task: str, arguments: Mapping[str, Any] | None = None, **_limits: object) -> Frame:
        asked = _sent(Frame({"task": task, "arguments": dict(arguments or {})}))
        return workers._checked(_sent(nursery._answer(asked, self._edition)), task)


def _sent(frame: Frame) -> Frame:
    there = read(io.BytesIO(frame.packed()))
    assert there is not None
    return there


class _Faults(logging.Handler):
    """What the log is told of faults: none of it may be a stranger's doing."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.records: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(logging.Formatter().format(record))


class _Connection(asyncio.Transport):
    def __init__(self) -> None:
        super().__init__()
        self.said = bytearray()
        self.closed = False

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return {"peername": ("127.0.0.1", 1), "sockname": ("127.0.0.1", 2)}.get(name, default)

    def write(self, data: bytes | bytearray | memoryview) -> None:
        if not self.closed:  # as a socket's transport does: what comes later is dropped
            self.said += data

    def close(self) -> None:
        self.closed = True

    def is_closing(self) -> bool:
        return self.closed

    def pause_reading(self) -> None: ...

    def resume_reading(self) -> None: ...


class Server:
    """One application, and the loop that it runs in."""

    def __init__(self, edition: Comity) -> None:
        self._loop = asyncio.new_event_loop()
        self._app: Served = create_app()
        self._state = self._app.app.state  # type: ignore[attr-defined]
        self._state.workers = Here(edition)
        self._config = Config(self._app, log_config=None, lifespan="off", access_log=False, server_header=False)
        self._config.load()
        drawing.drawn = _not_drawn
        self._faults = _Faults()
        for name in ("comity.server", "uvicorn.error", "asyncio"):
            logging.getLogger(name).addHandler(self._faults)

    def ask(self, data: bytes) -> bytes:
        """Return what is answered to the bytes. Raises ``AssertionError`` for a fault."""
        self._state.cache = Cache()  # one input does not depend on those before it
        self._faults.records.clear()
        said = self._loop.run_until_complete(asyncio.wait_for(self._exchange(data), _SECONDS))
        assert not self._faults.records, self._faults.records[0]
        return said

    async def _exchange(self, data: bytes) -> bytes:
        state, connection = ServerState(), _Connection()
        protocol = HttpToolsProtocol(self._config, state, {})
        protocol.connection_made(connection)
        protocol.data_received(data)
        for _ in range(_TURNS):
            await asyncio.sleep(0)
        if protocol.cycle is None or protocol.cycle.more_body:  # the rest never comes
            protocol.connection_lost(None)
        while state.tasks:
            await asyncio.wait(state.tasks)
        if not connection.closed:
            protocol.connection_lost(None)
        return bytes(connection.said)


async def _not_drawn(specification: bytes, places: asyncio.Semaphore) -> bytes:
    json.loads(specification)
    return b"<svg xmlns='http://www.w3.org/2000/svg'/>"


@cache
def _server() -> Server:
    from targets import edition

    return Server(edition())


def http(data: bytes) -> None:
    """Whatever is sent, the server answers in HTTP or closes, without a fault; a problem is one line for whoever asked."""
    said = _server().ask(data)
    if not said:
        return
    head, _, body = said.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 "), head[:100]
    status = int(head[9:12])
    assert status < 500, said[:1000]
    assert b"Traceback" not in said
    if b"application/problem+json" in head and body:  # HEAD is answered without one
        problem, _ = json.JSONDecoder().raw_decode(body.decode())
        raise UsageError(problem["detail"], problem["remedy"])
