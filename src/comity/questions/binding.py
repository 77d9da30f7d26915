"""Finds the one ``VALUES`` row that holds a question's parameters, and puts other terms into it.

A value never becomes query text by pasting: it is an RDF term, and pyoxigraph writes it with every character escaped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from comity.terms import XSD
from comity.tokens import Token, line_of, prefixes_of, tokenize

#: One escape as pyoxigraph writes it; after an escaped backslash also a letter that would make it look like another.
_ESCAPE: Final = re.compile(r"\\(?:\\(?P<letter>[uU])?|u(?P<digits>[0-9A-F]{4})|.)")


_AGGREGATES: Final = ("COUNT", "SUM", "MIN", "MAX", "AVG", "SAMPLE", "GROUP_CONCAT")


class BindingError(ValueError):
    """The query is not in the form that a question must have. `line` counts from 1 within the query's file."""

    def __init__(self, line: int, what: str, remedy: str) -> None:
        super().__init__(f"{what}; {remedy}")
        self.line = line
        self.what = what
        self.remedy = remedy


@dataclass(frozen=True, slots=True)
class Slot:
    """The place of one parameter's term in the query: offsets of its text, and the term there (``None``: UNDEF)."""

    name: str
    start: int
    end: int
    term: Any


@dataclass(frozen=True, slots=True)
class Outline:
    """What the tokens of a SELECT query tell: its variables, whether it is ordered, and by which plain variables."""

    variables: tuple[str, ...]
    ordered: bool
    order_variables: tuple[str, ...]


def find_slots(sparql: str, names: Sequence[str]) -> tuple[Slot, ...]:
    """Return the slot of every parameter in `names`, in the order of the text.

    The slots are the cells of the single row of the one ``VALUES`` block whose variables are exactly `names`.
    Raises :class:`BindingError` when there is no such block, more than one, or more than one row in it.
    """
    if not names:
        return ()
    tokens = tokenize(sparql)
    blocks = [block for block in _values_blocks(tokens) if set(block[0]) == set(names)]
    wanted = f"VALUES ({' '.join('?' + name for name in names)}) {{ ( … ) }}"
    if not blocks:
        raise BindingError(1, "no VALUES block over the parameters", f"add one with a single row: {wanted}")
    if len(blocks) > 1:
        line = line_of(sparql, blocks[1][1])
        raise BindingError(line, "a second VALUES block over the parameters", f"keep exactly one: {wanted}")
    variables, offset, rows = blocks[0]
    line = line_of(sparql, offset)
    if len(variables) != len(set(variables)):
        raise BindingError(line, "a parameter twice in VALUES", f"name each once: {wanted}")
    if len(rows) != 1 or len(rows[0]) != len(variables):
        raise BindingError(line, "the parameters' VALUES block must have one row with one term each", f"write {wanted}")
    prefixes = prefixes_of(tokens)
    return tuple(
        Slot(name, part[0].start, part[-1].end, _term(part, prefixes, line))
        for name, part in zip(variables, rows[0], strict=True)
    )


def bind(sparql: str, slots: Sequence[Slot], values: Mapping[str, Any]) -> str:
    """Return `sparql` with the terms in `values` (pyoxigraph terms) written into their slots; the others stay."""
    out, end = [], 0
    for slot in sorted(slots, key=lambda slot: slot.start):
        if slot.name in values:
            term = values[slot.name]
            out += [sparql[end : slot.start], written(term)]
            end = slot.end
    return "".join([*out, sparql[end:]])


def written(term: Any) -> str:
    """Return a pyoxigraph term as SPARQL that every engine reads alike; ``None`` as UNDEF.

    SPARQL 1.1 (section 19.2) undoes ``\\uXXXX`` before anything else, so a strict engine such as rdflib finds an escape
    in the second of the two characters that stand for one backslash, when a ``u`` follows. That ``u`` is therefore
    written as an escape itself; and in the long form, because rdflib takes eight digits wherever it finds them.
    """
    return "UNDEF" if term is None else _ESCAPE.sub(_portable, str(term))


def _portable(escape: re.Match[str]) -> str:
    if escape["letter"]:
        return rf"\\\U{ord(escape['letter']):08X}"
    return rf"\U0000{escape['digits']}" if escape["digits"] else escape[0]


def outline(sparql: str) -> Outline:
    """Return the outline of a SELECT query. Raises :class:`BindingError` when it is another form of query, selects
    ``*``, asks another service, or chooses its own graphs with FROM.
    """
    tokens = tokenize(sparql)
    start = next((n for n, token in enumerate(tokens) if token.is_word("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")), None)
    if start is None or not tokens[start].is_word("SELECT"):
        line = 1 if start is None else line_of(sparql, tokens[start].start)
        raise BindingError(line, "not a SELECT query", "a question is answered by a table: write SELECT")
    for token in tokens:
        if token.is_word("SERVICE", "FROM"):
            raise BindingError(
                line_of(sparql, token.start), f"{token.text} in a question", "a question asks Comity's own graphs only"
            )
    variables, body = _selected(sparql, tokens, start)
    tail = tokens[_end_of_group(tokens, body) + 1 :]
    order = next((n for n, token in enumerate(tail) if token.is_word("ORDER")), None)
    if order is None:
        return Outline(variables, False, ())
    keys = []
    for token in tail[order + 2 :]:
        if token.is_word("LIMIT", "OFFSET", "VALUES"):
            break
        if token.kind == "variable":
            keys.append(token.text[1:])
    return Outline(variables, True, tuple(keys))


def body_of(sparql: str) -> tuple[str, str, bool]:
    """Return the prologue of a SELECT query, its WHERE group with the braces, and whether rows stand for several solutions.

    They do with GROUP BY, or where the SELECT clause calls an aggregate.
    """
    tokens = tokenize(sparql)
    start = next(n for n, token in enumerate(tokens) if token.is_word("SELECT"))
    _, after = _selected(sparql, tokens, start)
    first = next(n for n in range(after, len(tokens)) if tokens[n].is_mark("{"))
    last = _end_of_group(tokens, first)
    clause, tail = tokens[start:first], tokens[last + 1 :]
    grouped = any(token.is_word("GROUP") for token in tail) or any(token.is_word(*_AGGREGATES) for token in clause)
    return sparql[: tokens[start].start], sparql[tokens[first].start : tokens[last].end], grouped


def subqueries_of(body: str) -> list[tuple[tuple[str, ...], str]]:
    """Return the sub-queries of a WHERE group in their order: the variables that each projects, and its text from SELECT to its end.

    Those that project all their variables (``SELECT *``) hide nothing and are left out, as are those within another, and those in
    what is only tested or taken away (EXISTS, MINUS).
    """
    tokens, found, index = tokenize(body), [], 0
    while index < len(tokens):
        if tokens[index].is_mark("{") and index + 2 < len(tokens):
            last = _end_of_group(tokens, index)
            if index and tokens[index - 1].is_word("EXISTS", "MINUS"):
                index = last
            elif tokens[index + 1].is_word("SELECT") and not tokens[index + 2].is_mark("*"):
                projected, _ = _selected(body, tokens, index + 1)
                found.append((projected, body[tokens[index + 1].start : tokens[last].start]))
                index = last
        index += 1
    return found


def _end_of_group(tokens: Sequence[Token], start: int) -> int:
    """Return the index of the brace that closes the first group at or after `start`; `start` if none does."""
    depth = 0
    for index in range(start, len(tokens)):
        if tokens[index].is_mark("{"):
            depth += 1
        elif tokens[index].is_mark("}"):
            depth -= 1
            if depth == 0:
                return index
    return start


def _selected(sparql: str, tokens: Sequence[Token], start: int) -> tuple[tuple[str, ...], int]:
    """Return the variables that the SELECT clause at `start` projects, and the index of the token after the clause."""
    variables, index = [], start + 1
    while index < len(tokens):
        token = tokens[index]
        if token.is_mark("*"):
            raise BindingError(line_of(sparql, token.start), "SELECT *", "name the columns")
        if token.kind == "variable":
            variables.append(token.text[1:])
        elif token.is_mark("("):
            depth, name = 0, ""
            while index < len(tokens):
                depth += tokens[index].is_mark("(") - tokens[index].is_mark(")")
                if depth == 1 and tokens[index - 1].is_word("AS"):
                    name = tokens[index].text[1:]
                if depth == 0:
                    break
                index += 1
            variables.append(name)
        elif not token.is_word("DISTINCT", "REDUCED"):
            break
        index += 1
    return tuple(variables), index


def _values_blocks(tokens: Sequence[Token]) -> Iterator[tuple[list[str], int, list[list[list[Token]]]]]:
    """Yield for each VALUES block its variables, its offset, and its rows, each row a list of terms (as tokens)."""
    for start, token in enumerate(tokens):
        if not token.is_word("VALUES"):
            continue
        variables, index = [], start + 1
        bracketed = index < len(tokens) and tokens[index].is_mark("(")
        index += bracketed
        while index < len(tokens) and tokens[index].kind == "variable":
            variables.append(tokens[index].text[1:])
            index += 1
        index += bracketed
        if index >= len(tokens) or not tokens[index].is_mark("{"):
            continue
        end = next((n for n in range(index, len(tokens)) if tokens[n].is_mark("}")), len(tokens))
        inside = tokens[index + 1 : end]
        rows = _bracketed_rows(inside) if bracketed else [[term] for term in _terms(inside)]
        yield variables, token.start, rows


def _bracketed_rows(tokens: Sequence[Token]) -> list[list[list[Token]]]:
    rows: list[list[list[Token]]] = []
    start = 0
    for index, token in enumerate(tokens):
        if token.is_mark("("):
            start = index + 1
        elif token.is_mark(")"):
            rows.append(_terms(tokens[start:index]))
    return rows


def _terms(tokens: Sequence[Token]) -> list[list[Token]]:
    """Group tokens into terms: a string stays with its language tag, or with ``^^`` and its datatype."""
    terms: list[list[Token]] = []
    for token in tokens:
        belongs = token.kind == "language" or token.is_mark("^^") or (bool(terms) and terms[-1][-1].is_mark("^^"))
        if belongs and terms:
            terms[-1].append(token)
        else:
            terms.append([token])
    return terms


def _term(part: Sequence[Token], prefixes: Mapping[str, str], line: int) -> Any:
    """Return the pyoxigraph term that the tokens `part` write; ``None`` for UNDEF."""
    import pyoxigraph as ox

    first = part[0]
    if first.is_word("UNDEF"):
        return None
    try:
        if first.kind in ("iri", "name"):
            return ox.NamedNode(_iri(first, prefixes))
        if first.kind == "number":
            kind = "double" if "e" in first.text.lower() else "decimal" if "." in first.text else "integer"
            return ox.Literal(first.text, datatype=ox.NamedNode(XSD[kind]))
        if first.is_word("TRUE", "FALSE"):
            return ox.Literal(first.text.lower(), datatype=ox.NamedNode(XSD.boolean))
        if first.kind == "string":
            value = unquote(first.text)
            if len(part) == 1:
                return ox.Literal(value)
            if part[1].kind == "language":
                return ox.Literal(value, language=part[1].text[1:])
            return ox.Literal(value, datatype=ox.NamedNode(_iri(part[2], prefixes)))
    except (ValueError, KeyError, IndexError):
        pass
    text = "".join(token.text for token in part)
    raise BindingError(line, f"{text} is not a term that VALUES can hold", "write an IRI, a literal, or UNDEF")


def _iri(token: Token, prefixes: Mapping[str, str]) -> str:
    if token.kind == "iri":
        return token.text[1:-1]
    prefix, _, local = token.text.partition(":")
    return prefixes[prefix] + local.replace("\\", "")


_ESCAPES: Final = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f", '"': '"', "'": "'", "\\": "\\"}


def unquote(text: str) -> str:
    """Return the value of a SPARQL string as written in a query, quotes and escapes undone."""
    size = 3 if text.startswith(('"""', "'''")) and len(text) >= 6 else 1
    body, out, index = text[size:-size], [], 0
    while index < len(body):
        character = body[index]
        if character != "\\":
            out.append(character)
            index += 1
        elif body[index + 1] in "uU":
            length = 4 if body[index + 1] == "u" else 8
            out.append(chr(int(body[index + 2 : index + 2 + length], 16)))
            index += 2 + length
        else:
            out.append(_ESCAPES[body[index + 1]])
            index += 2
    return "".join(out)
