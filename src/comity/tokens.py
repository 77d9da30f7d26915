"""The tokens of SPARQL 1.1 and their places: enough to find a clause and not be misled by a string or a comment."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

Kind = Literal["iri", "string", "language", "variable", "number", "name", "blank", "word", "mark", "other"]

# In the order in which they are tried (SPARQL 1.1, section 19.8, productions 139 to 173).
# PN_CHARS has marks that combine, and a few more, which Python does not count among the characters of a word.
_W = r"\w\u00b7\u0300-\u036f\u200c\u200d\u203f\u2040"
_PREFIX = rf"(?:[^\W\d_](?:[{_W}.\-]*[{_W}\-])?)?"
_PLX = r"%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?#@%]"
_LOCAL = rf"(?:[\w:]|{_PLX})(?:(?:[{_W}:.\-]|{_PLX})*(?:[{_W}:\-]|{_PLX}))?"
_TOKEN: Final = re.compile(
    "|".join(
        f"(?P<{name}>{pattern})"
        for name, pattern in (
            ("space", r"[ \t\r\n]+"),
            ("comment", r"\#[^\r\n]*"),
            # With the escapes that engines take in an IRI, lest its rest pass for a comment or a string.
            ("iri", r"<(?:[^<>\"{}|^`\\\x00-\x20]|\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8})*>"),
            (
                "string",
                r'"""(?:(?:"|"")?(?:[^"\\]|\\.))*"""' + r"|'''(?:(?:'|'')?(?:[^'\\]|\\.))*'''"
                r'|"(?:[^"\\\r\n]|\\.)*"' + r"|'(?:[^'\\\r\n]|\\.)*'",
            ),
            ("language", r"@[A-Za-z]+(?:-[A-Za-z0-9]+)*"),
            ("variable", rf"[?$][{_W}]+"),
            ("number", r"[+-]?(?:[0-9]+\.[0-9]*[eE][+-]?[0-9]+|\.?[0-9]+[eE][+-]?[0-9]+|[0-9]*\.[0-9]+|[0-9]+)"),
            ("blank", rf"_:\w(?:[{_W}.\-]*[{_W}\-])?"),
            ("name", f"{_PREFIX}:(?:{_LOCAL})?"),
            ("word", r"[A-Za-z_][A-Za-z0-9_]*"),
            ("mark", r"\^\^|&&|\|\||!=|<=|>=|[{}()\[\].,;*/|^=<>!+\-?]"),
            ("other", r"."),
        )
    ),
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Token:
    """One token: its kind, its text, and where it starts and ends in the query (offsets in characters)."""

    kind: Kind
    text: str
    start: int
    end: int

    def is_word(self, *words: str) -> bool:
        """Tell whether this is one of the given keywords (written in capitals), in any case."""
        return self.kind == "word" and self.text.upper() in words

    def is_mark(self, mark: str) -> bool:
        """Tell whether this is the given punctuation."""
        return self.kind == "mark" and self.text == mark


def tokenize(sparql: str) -> tuple[Token, ...]:
    """Return the tokens of `sparql`, without white space and comments; what is no token has the kind ``other``."""
    return tuple(scan(sparql))


def scan(sparql: str) -> Iterator[Token]:
    """Yield what :func:`tokenize` returns, one by one."""
    for match in _TOKEN.finditer(sparql):
        kind = match.lastgroup
        if kind not in ("space", "comment", None):
            yield Token(kind, match[0], match.start(), match.end())  # type: ignore[arg-type]


def prefixes_of(tokens: Sequence[Token]) -> dict[str, str]:
    """Return the prefixes that the query declares, ``{prefix: namespace}``."""
    found = {}
    for index in range(len(tokens) - 2):
        if tokens[index].is_word("PREFIX") and tokens[index + 1].kind == "name" and tokens[index + 2].kind == "iri":
            found[tokens[index + 1].text.removesuffix(":")] = tokens[index + 2].text[1:-1]
    return found


def line_of(text: str, offset: int) -> int:
    """Return the line, counted from 1, on which the character at `offset` stands."""
    return text.count("\n", 0, offset) + 1
