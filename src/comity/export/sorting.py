"""Sorts the lines of N-Quads or N-Triples, more of them than fit into memory, each once.

Runs of lines are sorted in memory and put aside in files without a name, which the system removes whatever happens to this process.
They are merged block by block: from every run, what is not greater than the least of the blocks' last lines can go out, and Python's
own sort makes one order of it, quickly, since it is made of sorted pieces. Lines are held as Latin-1 texts, a character a byte: their order
is that of the bytes, and Python compares such texts much faster than bytes.
"""

from __future__ import annotations

import tempfile
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from itertools import groupby, islice
from operator import eq
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
) -> Iterator[bytes]:
    """Yield the lines of the statements in blocks, in the order of their bytes, each line once and with its line end.

    `format` is N-Quads or N-Triples. Blank nodes get the canonical names of RDFC-1.0; the statements that mention any are kept in memory.
    What does not fit into memory lies in `folder` meanwhile (default: the system's).
    """
    import pyoxigraph as ox

    rest: Iterator[Any] = iter(statements)
    runs: list[_Run] = []
    blank: list[str] = []
    try:
        last = False
        while not last:
            text = _text(ox.serialize(islice(rest, RUN), format=format))
            lines = _lines(text)
            last = len(lines) < RUN
            # Looking for one character is many times as fast as for two, and most often enough.
            if "_" in text and "_:" in text:
                # In a literal these two characters may stand as well; such a line comes back as it was.
                mentions = [line for line in lines if " _:" in line or line.startswith("_:")]
                if mentions:
                    blank += mentions
                    lines = [line for line in lines if not (" _:" in line or line.startswith("_:"))]
            del text
            if last and blank:
                lines += _named(blank, format)
            lines.sort()
            if last and not runs:
                if lines:
                    yield _joined(_once(lines))
                return
            runs.append(_Run(lines, folder))
        del lines
        yield from _merged(runs)
    finally:
        for run in runs:
            run.close()


def _text(content: bytes | None) -> str:
    assert content is not None  # given no output, pyoxigraph returns bytes
    return content.decode("latin-1")


def _lines(text: str) -> list[str]:
    lines = text.split("\n")
    lines.pop()
    return lines


def _once(lines: list[str]) -> list[str]:
    """Return sorted lines, each once. That there is nothing to leave out is seen several times as fast as a set is made."""
    if any(map(eq, lines, islice(lines, 1, None))):
        return [line for line, _ in groupby(lines)]
    return lines


def _joined(lines: Iterable[str]) -> bytes:
    return ("\n".join(lines) + "\n").encode("latin-1")


def _named(lines: list[str], format: ox.RdfFormat) -> list[str]:  # noqa: A002 - as above
    """Return the lines with canonical names for their blank nodes."""
    import pyoxigraph as ox

    data = ox.Dataset(ox.parse(_joined(lines), format=format))
    data.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return _lines(_text(ox.serialize(data if format == ox.RdfFormat.N_QUADS else [quad.triple for quad in data], format=format)))


class _Run:
    """A sorted run, and those of its lines that have been read and not used."""

    def __init__(self, lines: list[str], folder: Path | None) -> None:
        # Closed by close(); newline="\n" leaves the line ends as they are.
        self._file: IO[str] = tempfile.TemporaryFile("w+", encoding="latin-1", newline="\n", dir=folder)  # noqa: SIM115
        if lines:
            self._file.write("\n".join(lines) + "\n")
        self._file.seek(0)
        self.lines: list[str] = []
        self.ended = False

    def read_on(self) -> None:
        """Have some lines at hand, unless the run is at its end."""
        while len(self.lines) < _FEW and not self.ended:
            more = self._file.readlines(_BLOCK)
            self.lines += more
            self.ended = not more

    def take(self, bound: str | None) -> list[str]:
        """Take away the lines at hand that are not greater than `bound`."""
        cut = len(self.lines) if bound is None else bisect_right(self.lines, bound)
        taken, self.lines = self.lines[:cut], self.lines[cut:]
        return taken

    def close(self) -> None:
        self._file.close()


def _merged(runs: list[_Run]) -> Iterator[bytes]:
    before: str | None = None
    while True:
        for run in runs:
            run.read_on()
        # A run that is at its end holds nobody up: nothing follows what it has at hand.
        bound = min((run.lines[-1] for run in runs if not run.ended), default=None)
        block = [line for run in runs for line in run.take(bound)]
        block.sort()
        block = _once(block)
        if block and block[0] == before:
            del block[0]
        if block:
            before = block[-1]
            yield "".join(block).encode("latin-1")
        if bound is None:
            return
