"""Runs one query in a process of its own, and writes the encoded result to standard output.

Started as a script, with the folder or file of a snapshot as its argument and, on standard input, the time limit in seconds
on the first line and the query after it. It imports nothing of Comity, so it starts quickly. The kernel's timer ends it:
no code of ours has to run for that.
"""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyoxigraph as ox

RESULTS, TRIPLES, SYNTAX, FAILURE = b"R", b"T", b"S", b"F"
"""The first byte of what is written: a SPARQL JSON result, N-Triples, a syntax error's text, another error's text."""


def limit_time(seconds: float) -> None:
    """Let the kernel end this process after so many seconds of wall-clock time, where the system can."""
    if hasattr(signal, "setitimer"):
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_REAL, seconds)


def encode(run: Callable[[], Any]) -> bytes:
    """Run the query and return its result, or its failure, as bytes. Never raises."""
    try:
        result = run()
        if isinstance(result, ox.QueryTriples):
            return TRIPLES + (result.serialize(format=ox.RdfFormat.N_TRIPLES) or b"")
        return RESULTS + (result.serialize(format=ox.QueryResultsFormat.JSON) or b"")
    except SyntaxError as error:
        return SYNTAX + str(error).encode()
    except BaseException as error:  # noqa: BLE001 - whatever happens is sent to the parent, which raises it
        return FAILURE + (str(error) or type(error).__name__).encode()


def main() -> None:
    """Open the snapshot, then run the query within the time limit."""
    path = Path(sys.argv[1])
    seconds, _, sparql = sys.stdin.buffer.read().decode().partition("\n")
    if path.is_dir():
        store = ox.Store.read_only(str(path))
    else:
        store = ox.Store()
        store.bulk_load(path=str(path), format=ox.RdfFormat.N_QUADS)
    limit_time(float(seconds))
    sys.stdout.buffer.write(encode(lambda: store.query(sparql)))


if __name__ == "__main__":
    main()
