"""Lends workers out, ends those that overstay, and has new ones forked.

A worker does one task at a time. One whose time is over, or whose asker has gone, is killed, and waited for: when
:meth:`Workers.call` says that the time is over, the process is dead.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from comity.errors import StoreError, TimeLimitError
from comity.server import nursery, problems
from comity.server.frames import Frame, receive
from comity.server.settings import Settings

log = logging.getLogger("comity.server")

_GRACE: Final = 1.0
"""Seconds after which the kernel's own timer ends a worker that the server, for whatever reason, did not end."""


@dataclass(slots=True)
class _Worker:
    pid: int
    kind: int
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter


@dataclass(slots=True)
class _Lane:
    """The workers of one kind: so many may be at work, the rest of those asking wait."""

    places: asyncio.Semaphore
    idle: list[_Worker] = field(default_factory=list)

    def take_back(self, forked: asyncio.Task[_Worker]) -> None:
        """Keep a worker that nobody waits for any more."""
        if not forked.cancelled() and forked.exception() is None:
            self.idle.append(forked.result())


class Workers:
    """The workers over one edition. Start and stop it in the event loop that uses it."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lanes: dict[int, _Lane] = {}
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._lock = asyncio.Lock()
        self._ready: asyncio.Task[None] | None = None
        self._stopping = False
        self.at_work: set[int] = set()
        """The process ids of the workers that have a task."""

    async def start(self) -> None:
        """Start the process that holds the edition; the edition is not there yet."""
        limit = self._settings.limits.workers
        self._lanes = {kind: _Lane(asyncio.Semaphore(limit)) for kind in (nursery.TRUSTED, nursery.STRANGERS)}
        ours, theirs = socket.socketpair()
        given = {"selected": self._settings.selected.as_json(), "memory": self._settings.limits.memory}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "comity.server.nursery", str(theirs.fileno()), json.dumps(given)],
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C is for the server, which then ends the rest
        )
        theirs.close()
        ours.setblocking(False)
        self._control = ours
        self._ready = asyncio.create_task(self._wait_until_ready())

    async def stop(self) -> None:
        """End all workers, whatever they are at, and the process that holds the edition. Stopping twice does no harm."""
        if self._stopping or self._process is None:
            return
        self._stopping = True
        # The nursery may be reading or preparing, and not look at its socket for a second. Idle workers end when their sockets close.
        self._process.kill()
        for pid in self.at_work:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        await asyncio.to_thread(self._process.wait)
        if self._ready is not None:
            self._ready.cancel()
            with contextlib.suppress(asyncio.CancelledError, StoreError):
                await self._ready
        for lane in self._lanes.values():
            for worker in lane.idle:
                worker.writer.close()
            lane.idle.clear()
        if self._control is not None:
            self._control.close()

    async def ready(self) -> None:
        """Wait until the edition is there. Raises :class:`~comity.errors.StoreError` when it cannot be opened."""
        assert self._ready is not None
        await asyncio.shield(self._ready)

    @property
    def is_ready(self) -> bool:
        """Whether the edition is there."""
        return self._ready is not None and self._ready.done() and not self._ready.cancelled() and self._ready.exception() is None

    async def call(
        self, task: str, arguments: Mapping[str, Any] | None = None, *, strangers: bool = False, seconds: float | None = None
    ) -> Frame:
        """Have a worker do a task, and return what it says.

        `strangers` is for tasks that run somebody's own query: such a worker can open no file and no socket. `seconds` is at most
        the limit of the settings, and that when not given. Raises :class:`~comity.server.problems.Refused`: 503 when the time is over
        or no worker becomes free, and otherwise as the task says.
        """
        limits = self._settings.limits
        limit = limits.seconds if seconds is None else min(seconds, limits.seconds)
        if self._stopping:
            raise _stopping()
        await self.ready()
        lane = self._lanes[nursery.STRANGERS if strangers else nursery.TRUSTED]
        async with self._place(lane):
            worker = await self._take(lane, nursery.STRANGERS if strangers else nursery.TRUSTED)
            self.at_work.add(worker.pid)
            whole = False
            try:
                asked = Frame({"task": task, "arguments": dict(arguments or {}), "seconds": limit + _GRACE})
                async with asyncio.timeout(limit):
                    frame = await self._exchange(worker, asked)
                whole = True
            except TimeoutError:
                await self._end(worker)
                raise problems.refused(problems.of_error(TimeLimitError(limit))) from None
            except (EOFError, ConnectionError):
                await self._end(worker)
                if self._stopping:
                    raise _stopping() from None
                raise problems.Refused(503, "this needs more memory than it may take, or the engine failed", "ask for less") from None
            finally:
                self.at_work.discard(worker.pid)
                if whole and not frame.head.pop("last", False):
                    lane.idle.append(worker)
                else:
                    # Also when whoever asked has gone: nobody needs the rest.
                    await asyncio.shield(self._end(worker))
        return _checked(frame, task)

    @contextlib.asynccontextmanager
    async def _place(self, lane: _Lane) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout(self._settings.limits.waiting):
                await lane.places.acquire()
        except TimeoutError:
            raise problems.Refused(
                503, "too many others are asking", "try again in a few seconds", headers={"Retry-After": "5"}
            ) from None
        try:
            yield
        finally:
            lane.places.release()

    async def _take(self, lane: _Lane, kind: int) -> _Worker:
        while lane.idle:
            worker = lane.idle.pop()
            if not worker.reader.at_eof():
                return worker
            await self._end(worker)
        forking = asyncio.create_task(self._forked(kind))
        try:
            return await asyncio.shield(forking)
        except asyncio.CancelledError:
            # Whoever asked has gone; the worker is for the next.
            forking.add_done_callback(lane.take_back)
            raise

    async def _exchange(self, worker: _Worker, frame: Frame) -> Frame:
        worker.writer.write(frame.packed())
        await worker.writer.drain()
        return await receive(worker.reader)

    async def _end(self, worker: _Worker) -> None:
        if worker.writer.is_closing():
            return
        worker.writer.close()
        if not self._stopping:
            await asyncio.shield(asyncio.create_task(self._told(b"K", worker.pid)))

    # -- talking to the nursery ------------------------------------------------------------------------------------------

    async def _wait_until_ready(self) -> None:
        verb, number, _ = await self._received()
        if verb == b"E":
            assert self._control is not None
            told = json.loads(await asyncio.get_running_loop().sock_recv(self._control, number))
            raise StoreError(told["detail"], told["remedy"])

    async def _forked(self, kind: int) -> _Worker:
        pid, descriptors = await self._told(b"F", kind)
        own = socket.socket(fileno=descriptors[0])
        own.setblocking(False)
        reader, writer = await asyncio.open_unix_connection(sock=own)
        return _Worker(pid, kind, reader, writer)

    async def _told(self, verb: bytes, number: int) -> tuple[int, list[int]]:
        """Send one message and return the answer to it. Not to be cancelled between the two, lest another gets that answer."""
        assert self._control is not None
        async with self._lock:
            await asyncio.get_running_loop().sock_sendall(self._control, nursery.MESSAGE.pack(verb, number))
            _, answer, descriptors = await self._received()
        return answer, descriptors

    async def _received(self) -> tuple[bytes, int, list[int]]:
        loop, control = asyncio.get_running_loop(), self._control
        assert control is not None
        readable: asyncio.Future[None] = loop.create_future()
        loop.add_reader(control, _mark, readable)
        try:
            await readable
        finally:
            loop.remove_reader(control)
        message, descriptors, _, _ = socket.recv_fds(control, nursery.MESSAGE.size, 1)
        if len(message) < nursery.MESSAGE.size:
            raise StoreError("the process that holds the edition has ended", "start the server again; what it wrote says why")
        verb, number = nursery.MESSAGE.unpack(message)
        return verb, number, descriptors


def _stopping() -> problems.Refused:
    return problems.Refused(503, "the server is being stopped", "ask again when it has been started")


def _mark(readable: asyncio.Future[None]) -> None:
    if not readable.done():
        readable.set_result(None)


def _checked(frame: Frame, task: str) -> Frame:
    if "reason" in frame.head:
        log.error("task %s: %s", task, frame.head["reason"])
    if "refused" in frame.head:
        raise problems.refused(frame.head["refused"])
    if "fault" in frame.head:
        log.error("task %s failed: %s\n%s", task, frame.head["fault"], frame.head["traceback"])
        raise problems.Refused(500, "Comity failed to answer this", "please report it, with what you asked")
    return frame
