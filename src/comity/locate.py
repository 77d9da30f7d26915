"""Finds the line on which a Turtle file speaks about a thing, for messages that send a person there.

RDF parsers do not keep lines, so this reads the text again. It finds subjects and their properties as people and Comity's
formatter write them; a subject hidden in an unusual layout is simply not found, and the message then has no line.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import Final

_PREFIX: Final = re.compile(r"^\s*@?prefix\s+([^\s:]*):\s*<([^>]*)>", re.IGNORECASE | re.MULTILINE)


def line_of(path: Path, subject: str, predicate: str | None = None) -> int | None:
    """Return the line, from 1, where `subject` begins a statement; with `predicate`, the line of that, if it is found.

    Where the subject begins no statement, the first line that mentions it counts. ``None`` when there is none, or when the
    file cannot be read.
    """
    try:
        text, prefixes = _read(path, path.stat().st_mtime_ns)
    except (OSError, UnicodeDecodeError):
        return None
    names = _names(subject, prefixes)
    start = re.search(rf"(?:^|(?<=[.\s]))[ \t]*{names}(?=[\s;,.\])]|$)", text, re.MULTILINE)
    begins = re.search(rf"^[ \t]*{names}(?=\s)", text, re.MULTILINE)
    found = begins or start
    if found is None:
        return None
    position = found.end() - len(found[0].lstrip())
    if predicate is not None:
        # A statement of the formatter ends with a full stop at a line's end.
        end = re.compile(r"\.[ \t]*$", re.MULTILINE).search(text, found.end())
        verb = rf"{_names(predicate, prefixes)}|\ba\b" if predicate.endswith("#type") else _names(predicate, prefixes)
        hit = re.compile(rf"(?<=[\s;])(?:{verb})(?=\s)").search(text, found.end(), end.end() if end else len(text))
        if hit is not None:
            position = hit.start()
    return text.count("\n", 0, position) + 1


@lru_cache(maxsize=8)
def _read(path: Path, modified: int) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Read a file once for each state of it (`modified` is part of the cache's key and of nothing else)."""
    text = path.read_text(encoding="utf-8")
    return text, tuple((prefix, namespace) for prefix, namespace in _PREFIX.findall(text))


def _names(iri: str, prefixes: tuple[tuple[str, str], ...]) -> str:
    written = [re.escape(f"<{iri}>")]
    written.extend(
        re.escape(f"{prefix}:{iri[len(namespace):]}") for prefix, namespace in prefixes if iri.startswith(namespace)
    )
    return f"(?:{'|'.join(written)})"
