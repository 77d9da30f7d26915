"""Reads ``Accept`` (RFC 9110, section 12.5.1) and chooses what to send.

>>> choose("text/html;q=0.5, application/ld+json", ["text/turtle", "application/ld+json", "text/html"])
'application/ld+json'
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

HTML: Final = "text/html"

GRAPH_FORMATS: Final[dict[str, tuple[str, str]]] = {
    "text/turtle": ("ttl", "text/turtle; charset=utf-8"),
    "application/ld+json": ("jsonld", "application/ld+json"),
    "application/n-triples": ("nt", "application/n-triples; charset=utf-8"),
    "application/rdf+xml": ("rdf", "application/rdf+xml; charset=utf-8"),
}
"""Media type of a graph -> the name of its format (which is also its suffix), and the ``Content-Type`` that it is sent with."""

GRAPH_ALIASES: Final[dict[str, str]] = {
    "application/x-turtle": "text/turtle",
    "application/json": "application/ld+json",
    "text/plain": "application/n-triples",
    "application/xml": "application/rdf+xml",
    "text/xml": "application/rdf+xml",
}
RESULT_FORMATS: Final[dict[str, tuple[str, str]]] = {
    "application/sparql-results+json": ("json", "application/sparql-results+json"),
    "application/sparql-results+xml": ("xml", "application/sparql-results+xml; charset=utf-8"),
    "text/csv": ("csv", "text/csv; charset=utf-8; header=present"),
    "text/tab-separated-values": ("tsv", "text/tab-separated-values; charset=utf-8"),
}
"""Media type of a table or a truth value -> the name of its format, and the ``Content-Type`` that it is sent with."""

RESULT_ALIASES: Final[dict[str, str]] = {
    "application/json": "application/sparql-results+json",
    "application/xml": "application/sparql-results+xml",
    "text/xml": "application/sparql-results+xml",
}


OF_GRAPHS: Final = (*GRAPH_FORMATS, *GRAPH_ALIASES)
OF_RESULTS: Final = (*RESULT_FORMATS, *RESULT_ALIASES)
"""The media types of graphs and of tables, in the order in which they are preferred."""


def graph_form(media_type: str) -> tuple[str, str]:
    """Return the name of the format for one of :data:`OF_GRAPHS`, and the ``Content-Type`` to send."""
    return _form(media_type, GRAPH_FORMATS, GRAPH_ALIASES)


def result_form(media_type: str) -> tuple[str, str]:
    """Return the name of the format for one of :data:`OF_RESULTS`, and the ``Content-Type`` to send."""
    return _form(media_type, RESULT_FORMATS, RESULT_ALIASES)


def _form(media_type: str, formats: dict[str, tuple[str, str]], aliases: dict[str, str]) -> tuple[str, str]:
    if media_type in formats:
        return formats[media_type]
    # Who asks for JSON is sent JSON by that name.
    name = formats[aliases[media_type]][0]
    return name, media_type if media_type.endswith("json") else f"{media_type}; charset=utf-8"


def choose(accept: str | None, offered: Sequence[str]) -> str | None:
    """Return which of the `offered` media types suits `accept` best, or ``None`` when none does.

    The first offered wins where several suit alike. A missing or empty header takes anything; an entry that cannot be read is
    passed over.
    """
    if accept is None or not accept.strip():
        return offered[0] if offered else None
    entries = [entry for part in accept.split(",") if (entry := _entry(part)) is not None]
    best: tuple[float, str] | None = None
    for media_type in offered:
        quality = _quality(media_type, entries)
        if quality > 0 and (best is None or quality > best[0]):
            best = quality, media_type
    return None if best is None else best[1]


def _entry(part: str) -> tuple[str, float] | None:
    pieces = [piece.strip() for piece in part.split(";")]
    media_range, quality = pieces[0].lower(), 1.0
    if media_range.count("/") != 1:
        return None
    for piece in pieces[1:]:
        name, _, value = piece.partition("=")
        if name.strip().lower() == "q":
            try:
                quality = min(1.0, max(0.0, float(value)))
            except ValueError:
                return None
    return media_range, quality


def _quality(media_type: str, entries: Sequence[tuple[str, float]]) -> float:
    """The quality that the most precise entry gives the media type; 0 when none speaks of it."""
    kind = media_type.partition("/")[0]
    for wanted in (media_type, f"{kind}/*", "*/*"):
        found = [quality for media_range, quality in entries if media_range == wanted]
        if found:
            return max(found)
    return 0.0
