"""Makes one readable line of what a SPARQL parser complains of."""

from __future__ import annotations

import re
from typing import Final

from comity.errors import QueryError
from comity.terms import PREFIXES

_PLACE: Final = re.compile(r"^error at (\d+):(\d+): (.*)$", re.DOTALL)
_PREFIXED: Final = re.compile(r"([A-Za-z][\w.\-]*)?:")
_WORD: Final = re.compile(r"[A-Za-z_]+|[{}().;,]")
_SHOWN: Final = 6
_PROLOGUE: Final = re.compile(
    r"""(?: \s+ | \#[^\n]*(?:\n|\Z) | (?:BASE | PREFIX\s+[^\s:]*:) \s* <[^<>"{}|^`\\\s]*> )*""", re.VERBOSE | re.IGNORECASE
)


def prologue_of(sparql: str) -> str:
    """The BASE and PREFIX declarations at the beginning (SPARQL 1.1 Query, rule [4]), with the blanks and comments around."""
    match = _PROLOGUE.match(sparql)
    return match[0] if match else ""


def without_last_semicolon(update: str) -> str:
    """Return the update so that a further operation can follow behind a semicolon."""
    return re.sub(r";\s*(?:#[^\n]*\s*)*\Z", "", update)


def query_error(message: str, sparql: str, *, shift: int = 0, after: str = "") -> QueryError:
    """Return the error for the parser's `message` about `sparql`.

    `shift` is the number of characters that were put into what the caller wrote, in its line, after its beginning `after`.
    """
    place = _PLACE.match(message)
    if place is None:
        return QueryError(message or "not a SPARQL 1.1 query", "correct the query", query=sparql)
    line, column, complaint = int(place[1]), int(place[2]), place[3]
    first = len(after) - after.rfind("\n")  # the column where the characters were put in
    if line == after.count("\n") + 1 and column >= first:
        column = max(first, column - shift)
    if "Prefix not found" in complaint:
        what, remedy = _unknown_prefix(sparql, line, column)
    else:
        what, remedy = _unexpected(sparql, line, column), _expected(complaint)
    return QueryError(what, remedy, query=sparql, line=line, column=column)


def _rest_of_line(sparql: str, line: int, column: int) -> str:
    lines = sparql.split("\n")
    return lines[line - 1][column - 1 :] if 0 < line <= len(lines) else ""


def _unknown_prefix(sparql: str, line: int, column: int) -> tuple[str, str]:
    # The parser stops behind the prefixed name or at its start; look at the whole line for a prefix nobody declared.
    declared = {name.lower() for name in re.findall(r"prefix\s+([^\s:]*):", sparql, re.IGNORECASE)}
    text = sparql.split("\n")[line - 1] if line <= sparql.count("\n") + 1 else ""
    text = re.sub(r'<[^<>"{}|^`\\\s]*>|"(?:[^"\\]|\\.)*"|\'(?:[^\'\\]|\\.)*\'', lambda match: " " * len(match[0]), text)
    names = [match for match in _PREFIXED.finditer(text) if (match[1] or "").lower() not in declared]
    near = min(names, key=lambda match: abs(match.start() - (column - 1)), default=None)
    if near is None:
        return "a prefix is not declared", "declare it: PREFIX name: <…>"
    prefix = near[1] or ""
    return f"the prefix '{prefix}:' is not declared", f"add: PREFIX {prefix}: <{PREFIXES.get(prefix, '…')}>"


def _unexpected(sparql: str, line: int, column: int) -> str:
    rest = _rest_of_line(sparql, line, column).strip()
    if not rest:
        last = line >= sparql.rstrip().count("\n") + 1
        return "the query ends too early" if last else "the line ends too early"
    token = re.match(r"\S{1,30}", rest)
    return f"unexpected '{token[0] if token else rest[:30]}'"


def _expected(complaint: str) -> str:
    listed = complaint.partition("expected ")[2]
    listed = listed.removeprefix("one of ")
    # Character classes, in brackets, are of no help to a person.
    listed = re.sub(r"\[[^\]]*\]", " ", listed)
    words = [part.strip(" '\"\n") for part in listed.split(", ")]
    # LATERAL is Oxigraph's own and no part of SPARQL 1.1.
    known = [word for word in words if word and word != "LATERAL" and _WORD.fullmatch(word)]
    if not known:
        return "correct the syntax at this place"
    return f"expected {' or '.join(known[:_SHOWN])}{' …' if len(known) > _SHOWN else ''}"
