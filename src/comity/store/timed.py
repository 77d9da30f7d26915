"""Queries with a time limit: Oxigraph cannot be interrupted, a process can.

In memory, on Linux, the query runs in a fork, which shares the store's memory and costs about ten milliseconds. Elsewhere
it runs in a new process over a snapshot: a checkpoint of the folder on disk, or a dump of the memory. Either way the kernel's
timer ends the process, also when Comity itself has been killed in the meantime.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

from comity.errors import TimeLimitError, UsageError
from comity.store.contract import Solutions

if TYPE_CHECKING:
    import pyoxigraph as ox

CAN_FORK: Final = sys.platform == "linux"

_GRACE: Final = 30.0
"""Seconds that a new process may take to open its snapshot, where the kernel's timer cannot be had."""


_running: Final[set[int]] = set()
"""The processes at work, by their ids; none that has been waited for."""


def end_all() -> None:
    """End the queries at work, for a program that ends without waiting for them."""
    for pid in tuple(_running):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, getattr(signal, "SIGKILL", signal.SIGTERM))


class Job(Protocol):
    """A query on its way."""

    def result(self) -> Solutions:
        """Wait for the result. Raises TimeLimitError, SyntaxError for a bad query, OSError for any other failure."""
        ...


def check_limit(seconds: float) -> float:
    """Return the limit; raises :class:`~comity.errors.UsageError` unless it is a positive number."""
    if not 0 < seconds < float("inf"):
        raise UsageError(f"a time limit of {seconds:g} s is none", "give a positive number of seconds")
    return float(seconds)


def solutions(result: Any) -> Solutions:
    """Return the contract's form of what Oxigraph gives, read to the end."""
    import pyoxigraph as ox

    if isinstance(result, ox.QuerySolutions):
        names = tuple(variable.value for variable in result.variables)
        return Solutions("select", variables=names, rows=tuple(tuple(row) for row in result))
    if isinstance(result, ox.QueryTriples):
        return Solutions("construct", triples=tuple(result))
    return Solutions("ask", boolean=bool(result))


def _decode(payload: bytes) -> Solutions:
    import pyoxigraph as ox

    from comity.store.worker import RESULTS, SYNTAX, TRIPLES

    kind, body = payload[:1], payload[1:]
    if kind == RESULTS:
        return solutions(ox.parse_query_results(body, format=ox.QueryResultsFormat.JSON))
    if kind == TRIPLES:
        parsed = ox.parse(body, format=ox.RdfFormat.N_TRIPLES)
        return Solutions("construct", triples=tuple(quad.triple for quad in parsed))
    if kind == SYNTAX:
        raise SyntaxError(body.decode())
    raise OSError(body.decode() or "the process that ran the query ended without an answer")


def fork(run: Callable[[], Any], seconds: float) -> Job:
    """Start `run` in a fork of this process. The caller sees to it that no other thread is writing to the store."""
    # Imported before the fork: the child must not wait for an import lock that another thread holds.
    from comity.store.worker import encode, limit_time

    reading, writing = os.pipe()
    pid = os.fork()
    if pid:
        os.close(writing)
        return _Fork(pid, reading, seconds)
    try:
        os.close(reading)
        limit_time(seconds)
        payload = memoryview(encode(run))
        while payload:
            payload = payload[os.write(writing, payload) :]
    finally:
        os._exit(0)  # no clean-up of what belongs to the parent


class _Fork:
    def __init__(self, pid: int, reading: int, seconds: float) -> None:
        self._pid = pid
        self._reading = reading
        self._seconds = seconds
        _running.add(pid)

    def result(self) -> Solutions:
        chunks = []
        ended = False
        try:
            while chunk := os.read(self._reading, 1 << 20):
                chunks.append(chunk)
            ended = True
        finally:
            os.close(self._reading)
            if not ended:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(self._pid, signal.SIGKILL)
            status = os.waitstatus_to_exitcode(os.waitpid(self._pid, 0)[1])
            _running.discard(self._pid)
        if status == -signal.SIGALRM:
            raise TimeLimitError(self._seconds)
        return _decode(b"".join(chunks) if status == 0 else b"")


def _snapshots_of(path: Path | None) -> str:
    return f".comity-snapshot-{'' if path is None else f'{path.resolve().name}.'}"


def sweep(path: Path) -> None:
    """Remove what a killed process has left of snapshots of the store in this folder; for whoever has just got the store to itself."""
    path, begin = path.resolve(), _snapshots_of(path)
    with contextlib.suppress(OSError):
        for entry in list(path.parent.iterdir()):
            # What mkdtemp adds has no dot; the snapshots of a store "data.old" are not those of "data".
            if entry.name.startswith(begin) and "." not in entry.name[len(begin) :]:
                shutil.rmtree(entry, ignore_errors=True)


class Snapshot:
    """A frozen copy of a store, for queries in other processes."""

    def __init__(self, store: ox.Store, path: Path | None) -> None:
        import pyoxigraph as ox

        # Beside the store, a checkpoint is made of hard links and costs no space.
        beside = None if path is None else path.resolve().parent
        self._folder = Path(tempfile.mkdtemp(prefix=_snapshots_of(path), dir=beside))
        if path is None:
            self._snapshot = self._folder / "dump.nq"
            store.dump(str(self._snapshot), format=ox.RdfFormat.N_QUADS)
        else:
            self._snapshot = self._folder / "store"
            store.backup(str(self._snapshot))

    def start(self, sparql: str, seconds: float) -> Job:
        """Start a query over the snapshot."""
        return _Spawned(self._snapshot, sparql, seconds)

    def close(self) -> None:
        """Remove the copy."""
        shutil.rmtree(self._folder, ignore_errors=True)


class _Spawned:
    def __init__(self, snapshot: Path, sparql: str, seconds: float) -> None:
        self._request = f"{seconds!r}\n{sparql}".encode()
        self._seconds = seconds
        self._process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("worker.py")), str(snapshot)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        _running.add(self._process.pid)

    def result(self) -> Solutions:
        with self._process:
            limit = None if hasattr(signal, "setitimer") else self._seconds + _GRACE
            try:
                payload, errors = self._process.communicate(self._request, timeout=limit)
            except subprocess.TimeoutExpired:
                raise TimeLimitError(self._seconds) from None
            finally:
                self._process.kill()
        _running.discard(self._process.pid)
        status = self._process.returncode
        if hasattr(signal, "SIGALRM") and status == -signal.SIGALRM:
            raise TimeLimitError(self._seconds)
        if status != 0:
            last = errors.decode(errors="replace").strip().rpartition("\n")[2]
            raise OSError(f"the process that ran the query failed with status {status} {last}".strip())
        return _decode(payload)
