"""A process that holds the edition in memory and forks workers from itself.

A fork has the edition at once and shares its memory, so a worker that was ended is replaced within milliseconds. Nothing else goes
on here: one thread, no event loop, nothing that a fork could catch half-done. Started as a module by
:class:`comity.server.workers.Workers`, with what to open in JSON, and a socket:

====================  ==================================================================================================
it is sent            it answers
====================  ==================================================================================================
(nothing)             ``R`` when the edition is there, or ``E`` and the problem in JSON, and ends
``F`` + kind          ``F`` + the process id of a new worker, with the worker's end of a socket; kind 1 is for strangers' queries
``K`` + process id    ``K`` + the process id, when that worker is dead and gone
(the end)             every worker is ended, then this process
====================  ==================================================================================================
"""

from __future__ import annotations

import array
import contextlib
import gc
import json
import os
import select
import signal
import socket
import struct
import sys
from typing import TYPE_CHECKING, Any, Final, NoReturn

from comity.errors import ComityError, StoreError
from comity.server import matching, problems, sandbox, tasks
from comity.server.frames import Frame, read
from comity.server.settings import Selected

if TYPE_CHECKING:
    from comity.api import Comity

MESSAGE: Final = struct.Struct("!cI")
TRUSTED: Final = 0
STRANGERS: Final = 1
_REAP_SECONDS: Final = 1.0
_IDLE_SECONDS: Final = 0.05
"""After so long without a request at the start, there is time to prepare for some."""


def main() -> None:
    """Open the edition, say so, and fork workers until the server has gone."""
    control = socket.socket(fileno=int(sys.argv[1]))
    given = json.loads(sys.argv[2])
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    try:
        tasks.load()
        selected = Selected(**{**given["selected"], "files": tuple(map(tuple, given["selected"]["files"]))})
        opened = open_selected(selected)
        warm(opened)
        # Of a store elsewhere each worker has a connection of its own; this one has shown that there is something to connect to.
        edition = None if selected.store else opened
        if selected.store:
            opened.close()
    except ComityError as error:
        told = json.dumps(problems.of_error(error)).encode()
        control.sendall(MESSAGE.pack(b"E", len(told)) + told)
        return
    # What is there now will not be collected, so that a worker's collector does not write to, and thereby copy, what is shared.
    gc.collect()
    gc.freeze()
    control.sendall(MESSAGE.pack(b"R", 0))
    children: set[int] = set()
    rehearsed = edition is None
    try:
        while True:
            readable, _, _ = select.select([control], [], [], _REAP_SECONDS if rehearsed else _IDLE_SECONDS)
            _reap(children)
            if not readable:
                if edition is not None and not rehearsed:
                    rehearse(edition)
                    rehearsed = True
                elif edition is not None:
                    matching.prepare(edition)
                continue
            message = control.recv(MESSAGE.size, socket.MSG_WAITALL)
            if len(message) < MESSAGE.size:
                return
            verb, number = MESSAGE.unpack(message)
            if verb == b"F":
                if number == STRANGERS and edition is not None and not rehearsed:
                    rehearse(edition)
                    rehearsed = True
                _fork(control, children, selected, edition, given["memory"], number)
            elif verb == b"K":
                _end(number, children)
                control.sendall(MESSAGE.pack(b"K", number))
    finally:
        for pid in tuple(children):
            _end(pid, children)
        os._exit(0)  # giving back so much memory piece by piece would take longer than a second


def open_selected(selected: Selected) -> Comity:
    """Open what is to be served."""
    from comity import api

    if selected.store:
        return api.connect(selected.store, union=selected.union)
    if selected.files:
        from comity.store.embedded import EmbeddedStore

        store = EmbeddedStore()
        for path, graph in selected.files:
            store.load(path, graph)
        return api.Comity(store)
    return api.open(
        selected.view, selected.infer, verified_only=selected.verified_only, known_at=selected.known_at
    )


def warm(edition: Comity) -> None:
    """Bring into memory what every worker would otherwise have to work out for itself."""
    from comity.questions import list_questions

    edition.store.query("ASK { ?s ?p ?o }")
    list_questions()


def rehearse(edition: Comity) -> None:
    """Do once all that a stranger's query may need: where no file can be opened any more, no module can be imported either."""
    queries = ("SELECT * {}", "ASK {}", "CONSTRUCT { cy:a cy:b 1 } WHERE {}", "ASK FROM <x:> {}", "ASK { SERVICE <x:> {} }", "ASK { x")
    for sparql in queries:
        for table, graph in (("json", "ttl"), ("xml", "jsonld"), ("csv", "nt"), ("tsv", "rdf")):
            given = {"sparql": sparql, "base": "x:", "default_graphs": [], "named_graphs": [], "rows": 1, "bytes": 1000, "link": "x:"}
            _answer(Frame({"task": "query", "arguments": {**given, "table": table, "graph": graph}}), edition)


def _fork(
    control: socket.socket, children: set[int], selected: Selected, edition: Comity | None, memory: int, kind: int
) -> None:
    ours, theirs = socket.socketpair()
    pid = os.fork()
    if pid:
        children.add(pid)
        theirs.close()
        control.sendmsg([MESSAGE.pack(b"F", pid)], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [ours.fileno()]))])
        ours.close()
        return
    try:
        ours.close()
        control.close()
        _work(theirs, selected, edition, memory, kind)
    finally:
        os._exit(1)  # no clean-up of what belongs to the parent


def _work(own: socket.socket, selected: Selected, edition: Comity | None, memory: int, kind: int) -> NoReturn:
    """Do one task after the other until the server has gone."""
    problem: dict[str, Any] | None = None  # why there is no edition
    if edition is None:
        try:
            edition = open_selected(selected)
        except ComityError as error:
            problem = _without_store(error)
    sandbox.limit_memory(memory)
    grown = sandbox.Growth()
    stream = own.makefile("rb")
    if kind == STRANGERS and not selected.store:
        sandbox.close_the_door()
    while (asked := read(stream)) is not None:
        sandbox.limit_time(asked.head["seconds"])
        answer = Frame(problem or {}) if edition is None else _answer(asked, edition, remote=bool(selected.store))
        # What is not given back to the system would be missing for the next task: a fresh worker takes its place.
        last = edition is None or grown() > memory // 4
        own.sendall(Frame({**answer.head, "last": last}, answer.body).packed())
        sandbox.limit_time(0)
        if last:
            break
    os._exit(0)


def _answer(asked: Frame, edition: Comity, *, remote: bool = False) -> Frame:
    arguments: dict[str, Any] = asked.head["arguments"]
    try:
        return tasks.run(asked.head["task"], edition, arguments)
    except problems.Refused as refused:
        return Frame({"refused": refused.told()})
    except ComityError as error:
        return Frame(_without_store(error) if remote and isinstance(error, StoreError) else {"refused": problems.of_error(error)})
    except MemoryError:
        return Frame({"refused": {"status": 503, "detail": "the answer needs more memory than it may take", "remedy": "ask for less"}})
    except BaseException as error:  # noqa: BLE001 - whatever happens is told to the server, which answers 500
        # A fault of ours, whose traceback is for the log, not for the client.
        import traceback

        return Frame({"fault": f"{type(error).__name__}: {error}", "traceback": traceback.format_exc()})


def _without_store(error: ComityError) -> dict[str, Any]:
    """What is told when the server behind this one fails: its address and what it said are for the log alone."""
    return {
        "refused": {"status": 503, "detail": "the store behind this server does not answer as it should", "remedy": "try again later"},
        "reason": str(error),
    }


def _end(pid: int, children: set[int]) -> None:
    if pid in children:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        children.discard(pid)


def _reap(children: set[int]) -> None:
    for pid in tuple(children):
        if os.waitpid(pid, os.WNOHANG)[0]:
            children.discard(pid)


if __name__ == "__main__":
    main()
