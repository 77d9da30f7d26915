"""Sorts the lines of N-Quads or N-Triples, more of them than fit into memory, each once.

Runs of lines are sorted in memory and put aside in files without a name, which the system removes whatever happens to this process.
They are merged block by block: from every run, what is not greater than the least of the blocks' last lines can go out, and Python's
own sort makes one order of it, quickly, since it is made of sorted pieces.
"""

from __future__ import annotations

import tempfile
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import pyoxigraph as ox

RUN: Final = 100_000
"""How many statements are sorted in memory at once: about 40 MB of lines."""
_BLOCK: Final = 1 << 17
"""How much of a run is read at once while merging, in bytes."""
_FEW: Final = 200
"""With fewer lines than this at hand, a run is read on, so that no run holds the others up."""


def sorted_lines(
    statements: Iterable[ox.Quad] | Iterable[ox.Triple], format: ox.RdfFormat, folder: Path | None = None  # noqa: A002 - as pyoxigraph has it
) -> Iterator[list[bytes]]:
    """Yield the lines of the statements in blocks, in the order of their bytes, each line once and with its line end.

    `format` is N-Quads or N-Triples. What does not fit into memory lies in `folder` meanwhile (default: the system's).
    """
    import pyoxigraph as ox

    rest: Iterator[Any] = iter(statements)
    runs: list[_Run] = []
    try:
        while True:
            content = ox.serialize(islice(rest, RUN), format=format)
            assert content is not None  # given no output, it returns bytes
            lines = content.splitlines(keepends=True)
            last = len(lines) < RUN
            lines.sort()
            if last and not runs:
                yield list(dict.fromkeys(lines))
                return
            runs.append(_Run(lines, folder))
            if last:
                break
        del lines, content
        yield from _merged(runs)
    finally:
        for run in runs:
            run.close()


class _Run:
    """A sorted run, and those of its lines that have been read and not used."""

    def __init__(self, lines: list[bytes], folder: Path | None) -> None:
        self._file: IO[bytes] = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - closed by close()
        self._file.writelines(lines)
        self._file.seek(0)
        self.lines: list[bytes] = []
        self.ended = False

    def read_on(self) -> None:
        """Have some lines at hand, unless the run is at its end."""
        while len(self.lines) < _FEW and not self.ended:
            more = self._file.readlines(_BLOCK)
            self.lines += more
            self.ended = not more

    def take(self, bound: bytes | None) -> list[bytes]:
        """Take away the lines at hand that are not greater than `bound`."""
        cut = len(self.lines) if bound is None else bisect_right(self.lines, bound)
        taken, self.lines = self.lines[:cut], self.lines[cut:]
        return taken

    def close(self) -> None:
        self._file.close()


def _merged(runs: list[_Run]) -> Iterator[list[bytes]]:
    before: bytes | None = None
    while True:
        for run in runs:
            run.read_on()
        # A run that is at its end holds nobody up: nothing follows what it has at hand.
        bound = min((run.lines[-1] for run in runs if not run.ended), default=None)
        block = [line for run in runs for line in run.take(bound)]
        block.sort()
        block = list(dict.fromkeys(block))
        if block and block[0] == before:
            del block[0]
        if block:
            before = block[-1]
            yield block
        if bound is None:
            return
