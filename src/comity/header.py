"""Reads the TOML header that the ``.rq`` files of the edition carry in lines behind ``#+``.

Questions, dated rules and hygiene rules all have one. What must stand in it is for their own readers to say.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from typing import Any


class HeaderFault(ValueError):
    """The header is not TOML; `what` says why, `line` (from 1) where in the file."""

    def __init__(self, what: str, line: int) -> None:
        super().__init__(what)
        self.what = what
        self.line = line


@dataclass(frozen=True, slots=True)
class Header:
    """The `fields` of a header, and its `lines`, each with its number (from 1) in the file."""

    fields: dict[str, Any]
    lines: tuple[tuple[int, str], ...]

    def line_of(self, key: str) -> int:
        """Return the line of a field at the header's top level, else the header's first line, else 1."""
        first = self.lines[0][0] if self.lines else 1
        return next((number for number, line in self.lines if line.split("=")[0].strip() == key), first)


def read_header(text: str) -> Header:
    """Return the header of the file text `text`; one without lines has no fields. Raises :class:`HeaderFault`."""
    lines = tuple(
        (number, line[2:].strip()) for number, line in enumerate(text.splitlines(), 1) if line.startswith("#+")
    )
    try:
        return Header(tomllib.loads("\n".join(line for _, line in lines)), lines)
    except RecursionError:
        raise HeaderFault("it is nested too deeply", lines[0][0]) from None
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"\s*\(at (?:line (\d+), column \d+|end of document)\)", str(error))
        number = lines[int(found[1]) - 1 if found and found[1] else -1][0]
        raise HeaderFault(str(error)[: found.start()] if found else str(error), number) from None
