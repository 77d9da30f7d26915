"""Reads the part of SPARQL that our constraints use; anything else is :class:`Unclear`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from comity.terms import RDF
from comity.tokens import Token, tokenize
from comity.validation.engines.facts import Term

#: A variable's name, or a term.
Slot: TypeAlias = Any


class Unclear(Exception):
    """The query, or a value that it meets, is beyond what is understood here."""


@dataclass(slots=True)
class Pattern:
    """Subject, predicates of which one must hold, object."""

    s: Slot
    predicates: tuple[Term, ...]
    o: Slot


@dataclass(slots=True)
class Group:
    """What stands between two braces: the parts that are joined, in order, and the filters on them.

    A select has the variables that are `shown`; one with ``GROUP BY`` also its `keys`, and of `counted` more solutions than `above`.
    """

    parts: list[Pattern | Group] = field(default_factory=list)
    filters: list[tuple[Any, ...]] = field(default_factory=list)
    optional: bool = False
    shown: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    counted: str = ""
    above: int = 0

    def variables(self) -> set[str]:
        """All that the parts bind."""
        found: set[str] = set()
        for part in self.parts:
            if isinstance(part, Group):
                found |= set(part.keys) or part.variables()
            else:
                found |= {slot for slot in (part.s, part.o) if isinstance(slot, str)}
        return found


def parse(text: str, prefixes: dict[str, str]) -> Group:
    """Return the query's pattern. Raises :class:`Unclear`."""
    return _Parser(tokenize(text), prefixes).query()


class _Parser:
    def __init__(self, tokens: Sequence[Token], prefixes: dict[str, str]) -> None:
        self._tokens = tokens
        self._prefixes = prefixes
        self._place = 0
        self._scopes = 0

    def query(self) -> Group:
        group = self._select()
        if self._place != len(self._tokens):
            raise Unclear
        return group

    def _select(self) -> Group:
        self._expect("SELECT")
        shown = self._variables()
        self._take("WHERE")
        start = self._place
        group = self._group()
        group.shown = tuple(shown)
        if self._take("GROUP"):
            self._expect("BY")
            group.keys = tuple(self._variables())
            for text in ("HAVING", "(", "COUNT", "("):
                self._expect(text)
            (group.counted,) = self._variables()
            for text in (")", ">"):
                self._expect(text)
            group.above = int(self._next("number").text)
            self._expect(")")
            if set(group.keys) != set(shown):
                raise Unclear
        # What a sub-select does not show is another variable than one of that name outside.
        inner = {t.text[1:] for t in self._tokens[start : self._place] if t.kind == "variable"} - {*shown}
        outer = {t.text[1:] for t in (*self._tokens[:start], *self._tokens[self._place :]) if t.kind == "variable"}
        if inner & outer - {"this"}:
            raise Unclear
        return group

    def _group(self, sees: bool = False) -> Group:
        group = Group()
        self._expect("{")
        while not self._take("}"):
            if self._take("."):
                continue
            if self._take("FILTER"):
                group.filters.extend(_conjuncts(self._filter()))
            elif self._take("OPTIONAL"):
                inner = self._group(sees=True)
                inner.optional = True
                _without_exists(inner)
                group.parts.append(inner)
            elif self._peek("{"):
                follows = self._tokens[self._place + 1]
                if follows.is_word("SELECT"):
                    self._place += 1
                    group.parts.append(self._select())
                    _without_exists(group.parts[-1])
                    self._expect("}")
                else:
                    group.parts.append(self._group())
                    _without_exists(group.parts[-1])
                if self._peek("UNION"):
                    raise Unclear
            else:
                group.parts.extend(self._triples())
        if not sees and not {v for f in group.filters if f[0] != "exists" for v in mentioned(f)} <= group.variables() | {"this"}:
            raise Unclear
        return group

    def _triples(self) -> list[Pattern]:
        found = []
        subject = self._slot()
        while True:
            backwards, predicates = self._path()
            while True:
                other = self._slot()
                found.append(Pattern(other, predicates, subject) if backwards else Pattern(subject, predicates, other))
                if not self._take(","):
                    break
            if not self._take(";") or self._peek(".") or self._peek("}"):
                return found

    def _path(self) -> tuple[bool, tuple[Term, ...]]:
        import pyoxigraph as ox

        if self._take("a"):
            return False, (ox.NamedNode(RDF.type),)
        backwards = self._take("^")
        predicates = [self._constant()]
        while self._take("|"):
            if backwards:
                raise Unclear
            predicates.append(self._constant())
        return backwards, tuple(predicates)

    def _filter(self) -> tuple[Any, ...]:
        negated = self._take("NOT")
        if self._take("EXISTS"):
            found = self._group(sees=True)
            _without_exists(found)
            inner = ("exists", found)
            return ("!", inner) if negated else inner
        if negated:
            raise Unclear
        return self._primary()

    def _either(self) -> tuple[Any, ...]:
        left = self._both()
        while self._take("||"):
            left = ("||", left, self._both())
        return left

    def _both(self) -> tuple[Any, ...]:
        left = self._compared()
        while self._take("&&"):
            left = ("&&", left, self._compared())
        return left

    def _compared(self) -> tuple[Any, ...]:
        left = self._primary()
        for mark in ("=", "!=", "<=", "<"):
            if self._take(mark):
                return (mark, left, self._primary())
        if self._take("IN"):
            self._expect("(")
            found: tuple[Any, ...] = ("=", left, self._primary())
            while self._take(","):
                found = ("||", found, ("=", left, self._primary()))
            self._expect(")")
            return found
        return left

    def _primary(self) -> tuple[Any, ...]:
        if self._take("("):
            inner = self._either()
            self._expect(")")
            return inner
        for word in ("STR", "BOUND"):
            if self._take(word):
                self._expect("(")
                (name,) = self._variables()
                self._expect(")")
                return (word, name)
        if self._take("REGEX"):
            self._expect("(")
            text = self._primary()
            self._expect(",")
            pattern = self._next("string").text[1:-1]
            self._expect(")")
            if "\\" in pattern or pattern.startswith(("'", '"')):
                raise Unclear
            return ("REGEX", text, re.compile(pattern))
        slot = self._slot()
        return ("variable", slot) if isinstance(slot, str) else ("constant", slot)

    def _variables(self) -> list[str]:
        found = []
        while self._place < len(self._tokens) and self._tokens[self._place].kind == "variable":
            found.append(self._next("variable").text[1:])
        return found

    def _slot(self) -> Slot:
        return self._next("variable").text[1:] if self._tokens[self._place].kind == "variable" else self._constant()

    def _constant(self) -> Term:
        import pyoxigraph as ox

        token = self._next("iri", "name")
        if token.kind == "iri":
            return ox.NamedNode(token.text[1:-1])
        prefix, _, local = token.text.partition(":")
        if prefix not in self._prefixes or "\\" in local:
            raise Unclear
        return ox.NamedNode(self._prefixes[prefix] + local)

    def _peek(self, text: str) -> bool:
        return self._place < len(self._tokens) and self._tokens[self._place].text == text

    def _take(self, text: str) -> bool:
        found = self._peek(text)
        self._place += found
        return found

    def _expect(self, text: str) -> None:
        if not self._take(text):
            raise Unclear

    def _next(self, *kinds: str) -> Token:
        if self._place >= len(self._tokens) or self._tokens[self._place].kind not in kinds:
            raise Unclear
        self._place += 1
        return self._tokens[self._place - 1]


def _without_exists(group: Pattern | Group) -> None:
    """Refuse a test for a group inside another one: what such a test can see there is not told from what it cannot."""
    if isinstance(group, Group) and any(test[0] in ("exists", "!") for test in group.filters):
        raise Unclear


def mentioned(expression: tuple[Any, ...]) -> set[str]:
    if expression[0] in ("variable", "STR", "BOUND"):
        return {expression[1]}
    return {name for part in expression[1:] if isinstance(part, tuple) and part[0] != "exists" for name in mentioned(part)}


def _conjuncts(expression: tuple[Any, ...]) -> list[tuple[Any, ...]]:
    return [*_conjuncts(expression[1]), *_conjuncts(expression[2])] if expression[0] == "&&" else [expression]
