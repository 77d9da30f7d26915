"""What is refused before a parser sees it, because the parser would not survive it.

Oxigraph's parsers call themselves for what is nested, so deep enough input overflows the C stack and ends the process, where Python
can catch nothing. Its reader of RDF/XML expands entities without an end. The limits here are far above what data and queries need (the
longest query of the edition has 540 tokens) and at most half of what was seen to do harm with a stack of 8 MB.
"""

from __future__ import annotations

import itertools
import mmap
import re
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

from comity.errors import InputError, QueryError, StoreError
from comity.resources import display

if TYPE_CHECKING:
    from comity.tokens import Token

NESTING: Final = 200
"""How deep brackets of a query, or elements and triple terms of a file, may be nested."""
TOKENS: Final = 2_000
"""How many tokens a query may have, data (VALUES and lists behind IN) apart. Long chains without a bracket nest in the algebra too."""
ENTITY: Final = 500
"""How many characters an entity of RDF/XML may stand for."""

_TRIPLE_TERM: Final = re.compile(rb'"(?:[^"\\\n]|\\.)*"|<<|>>')
_TAG: Final = re.compile(rb"<!--.*?-->|<!\[CDATA\[.*?\]\]>|<(/?)[^\s!?/>][^>]*?(/?)>", re.DOTALL)
_ENTITY: Final = re.compile(rb"<!ENTITY\s+(?:%\s+)?[^\s]+\s+(\"[^\"]*\"|'[^']*'|)", re.DOTALL)
#: What UTF-8 and the escapes of Turtle and JSON make of the characters that are not seen; what else this finds does no harm.
_HIDDEN: Final = re.compile(rb"\xe2\x80[\x8b-\x8f\xaa-\xae]|\xe2\x81[\xa0-\xaf]|\xef\xbb\xbf|\xd8\x9c|\\[uU]|&#")
_XML: Final = (".rdf", ".owl", ".xml")


def check_query(sparql: str) -> None:
    """Raise :class:`~comity.errors.QueryError`, with the place, for a query or an update too long or too deeply nested to parse."""
    from comity.tokens import scan

    if sparql.startswith("\ufeff"):
        raise QueryError("begins with a byte order mark", "save it as UTF-8 without one", query=sparql, line=1, column=1)
    try:
        sparql.encode()
    except UnicodeEncodeError as error:
        place = error.start - sparql.rfind("\n", 0, error.start)
        line = sparql.count("\n", 0, error.start) + 1
        raise QueryError("holds what is no character", "write it in UTF-8", query=sparql, line=line, column=place) from None
    # Token by token, so that a huge query is given up where it becomes one.
    depth = count = 0
    before: Token | None = None
    data = ""
    for token in scan(sparql):
        if token.kind == "mark" and token.text in "{([":
            depth += 1
            if depth > NESTING:
                raise _refused(sparql, token, f"brackets are nested more than {NESTING} deep", "say it more simply")
        elif token.kind == "mark" and token.text in "})]":
            depth -= 1
        # In VALUES up to its end, and behind IN as long as there are only terms: an expression counts.
        if token.is_word("VALUES"):
            data = "}"
        elif before is not None and before.is_word("IN") and token.is_mark("("):
            data = ")"
        elif (data == "}" and token.is_mark("}")) or (data == ")" and not _is_term(token)):
            data = ""
        if not data:
            count += 1
            if count > TOKENS:
                raise _refused(sparql, token, f"the query has more than {TOKENS} tokens besides VALUES and IN", "ask in several queries")
        before = token


def _is_term(token: Token) -> bool:
    if token.kind == "number":
        return token.text[0] not in "+-"  # 1+1 is a number and a number with a sign, to the tokens
    return token.kind in ("iri", "string", "language", "name") or token.is_mark(",") or token.is_mark("^^")


def _refused(sparql: str, token: Token, what: str, remedy: str) -> QueryError:
    from comity.tokens import line_of

    column = token.start - sparql.rfind("\n", 0, token.start)
    return QueryError(what, remedy, query=sparql, line=line_of(sparql, token.start), column=column)


def check_file(path: Path) -> bool:
    """Raise :class:`~comity.errors.InputError`, with the line, for an RDF file that is nested too deeply, or whose entities may explode.

    Return whether it may hold characters that are not seen, so that its IRIs need a look (:func:`check_iris`). Raises ``OSError``
    for a file that cannot be read.
    """
    with path.open("rb") as stream:
        try:
            data = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
        except (ValueError, OSError):  # empty, or no file that stays as it is, such as a pipe: the parser says what is wrong with it
            return True
        # Not closed by a `with`: an error keeps the matches in its frames, and they hold the map.
        if path.suffix.lower() in _XML:
            _check_xml(data, path)
        elif data.find(b"<<") >= 0:
            step = {b"<<": 1, b">>": -1}
            _check_depth(((step.get(found[0], 0), found.start()) for found in _TRIPLE_TERM.finditer(data)), data, path)
        return _HIDDEN.search(data) is not None


def _check_xml(data: mmap.mmap, path: Path) -> None:
    for found in _ENTITY.finditer(data):
        value = found[1][1:-1]
        if not found[1] or b"&" in value or b"%" in value or len(value) > ENTITY:
            raise InputError(
                f"an entity stands for a file, for other entities, or for more than {ENTITY} bytes", "write out what it stands for",
                file=display(path), line=_line(data, found.start()),
            )
    _check_depth(
        ((-1 if found[1] else 0 if found[2] else 1, found.start()) for found in _TAG.finditer(data) if found[1] is not None), data, path
    )


def _check_depth(steps: Iterator[tuple[int, int]], data: mmap.mmap, path: Path) -> None:
    for depth, at in _depths(steps):
        if depth > NESTING:
            raise InputError(f"is nested more than {NESTING} deep", "name the inner things", file=display(path), line=_line(data, at))


def _depths(steps: Iterator[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Return the depth after each step up or down, with the place of the step."""
    return itertools.accumulate(steps, lambda before, step: (before[0] + step[0], step[1]))


def _line(data: mmap.mmap, offset: int) -> int:
    return data[:offset].count(b"\n") + 1


class Shallow:
    """A binary file with the results of a query in JSON, read forward; too deep a triple term in it is an error at once."""

    _BRACKET: Final = re.compile(rb'"(?:[^"\\]|\\.)*"|[{}]')

    def __init__(self, body: IO[bytes]) -> None:
        self._body = body
        self._end = b""
        self._depth: int | None = None

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes. Raises :class:`~comity.errors.StoreError`."""
        piece = self._body.read(size)
        text = self._end + piece
        start = 0
        if self._depth is None and (start := text.find(b'"triple"')) >= 0:
            self._depth = 0
        if self._depth is not None:
            # A text that two pieces share may hold brackets that are counted: never so many, but in a text made for it.
            for found in self._BRACKET.finditer(text, max(start, 0)):
                self._depth += {b"{": 1, b"}": -1}.get(found[0], 0)
                if self._depth > NESTING:
                    raise StoreError(f"the store's answer is nested more than {NESTING} deep", "ask for the parts of its triple terms")
            self._end = b""
        else:
            self._end = text[-8:]
        return piece


def hidden(text: str) -> str | None:
    """Return the first character of `text` that is not seen or turns the direction of writing (category Cf), by its number."""
    if text.isascii():
        return None
    return next((f"U+{ord(letter):04X}" for letter in text if unicodedata.category(letter) == "Cf"), None)


def check_iris(quads: Sequence[Any], path: Path) -> None:
    """Raise :class:`~comity.errors.InputError` for an IRI with a character that is not seen: it is not the IRI that it looks like.

    RFC 3987, section 4.1, forbids the marks of direction; the others would let two things look like one.
    """
    import pyoxigraph as ox

    for quad in quads:
        for term in (*quad, getattr(quad.object, "datatype", None)):
            if isinstance(term, ox.NamedNode) and (found := hidden(term.value)):
                raise InputError(
                    f"an IRI holds the character {found}, which is not seen: {term.value[:200]}", "take it out", file=display(path)
                )
