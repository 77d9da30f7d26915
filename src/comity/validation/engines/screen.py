"""Finds out quickly that a query has no answer, so that sound data need no store.

The part of SPARQL that our constraints use is run over the index as it is written, until the first answer. Whatever is not
understood in full, in the query or in a comparison of values, is no finding (:class:`Unclear`): Oxigraph is asked then, as it
is wherever there is an answer. So this decides nothing but that there is nothing to report.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from comity.questions.tokens import Token, tokenize
from comity.terms import RDF
from comity.validation.engines.facts import Facts, Relation, Term
from comity.validation.engines.literals import day_precedes

#: A variable's name, or a term.
Slot: TypeAlias = Any
Row: TypeAlias = "dict[str, int]"
#: Takes a row; true stops the search.
Emit: TypeAlias = Callable[[Row], bool]


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

    A sub-select with ``GROUP BY`` has its `keys`, and of `counted` more solutions than `above`.
    """

    parts: list[Pattern | Group] = field(default_factory=list)
    filters: list[tuple[Any, ...]] = field(default_factory=list)
    optional: bool = False
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
                group.parts.append(inner)
            elif self._peek("{"):
                follows = self._tokens[self._place + 1]
                if follows.is_word("SELECT"):
                    self._place += 1
                    group.parts.append(self._select())
                    self._expect("}")
                else:
                    group.parts.append(self._group())
                if self._peek("UNION"):
                    raise Unclear
            else:
                group.parts.extend(self._triples())
        if not sees and not {v for f in group.filters if f[0] != "exists" for v in _mentioned(f)} <= group.variables() | {"this"}:
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
            inner = ("exists", self._group(sees=True))
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
            found = ("=", left, self._primary())
            while self._take(","):
                found = ("||", found, ("=", left, self._primary()))  # type: ignore[assignment]
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


def _mentioned(expression: tuple[Any, ...]) -> set[str]:
    if expression[0] in ("variable", "STR", "BOUND"):
        return {expression[1]}
    return {name for part in expression[1:] if isinstance(part, tuple) and part[0] != "exists" for name in _mentioned(part)}


def _conjuncts(expression: tuple[Any, ...]) -> list[tuple[Any, ...]]:
    return [*_conjuncts(expression[1]), *_conjuncts(expression[2])] if expression[0] == "&&" else [expression]


class Screen:
    """Looks for answers in the facts."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._plans: dict[tuple[int, frozenset[str]], list[list[tuple[Any, ...]]]] = {}
        self._matching: dict[tuple[re.Pattern[str], int], bool] = {}

    def may_answer(self, group: Group | None, node: Term) -> bool:
        """Tell whether the query may have an answer about the node; ``None`` is one that was not understood."""
        if group is None:
            return True
        try:
            return self._solve(group, {"this": self._facts.number(node)}, lambda row: True)
        except Unclear:
            return True

    def _solve(self, group: Group, row: Row, emit: Emit) -> bool:
        """Emit the rows that extend this one by a solution of the group; tell whether one of them stopped the search."""
        if not group.keys:
            return self._join(group, self._plan(group, row), 0, row, emit)
        counts: Counter[tuple[int, ...]] = Counter()

        def note(found: Row) -> bool:
            counts[tuple(found[key] for key in group.keys)] += 1
            return False

        self._join(group, self._plan(group, row), 0, row, note)
        return any(
            emit({**row, **dict(zip(group.keys, values, strict=True))}) for values, number in counts.items() if number > group.above
        )

    def _plan(self, group: Group, row: Row) -> list[list[tuple[Any, ...]]]:
        """Put each filter behind the first part after which all that it mentions is bound for certain."""
        key = id(group), frozenset(row)
        known = self._plans.get(key)
        if known is not None:
            return known
        plan = self._plans[key] = [[] for _ in range(len(group.parts) + 1)]
        certain, at = set(row), {}
        for place, part in enumerate(group.parts):
            names = set() if isinstance(part, Group) and part.optional else Group([part]).variables()
            at.update(dict.fromkeys(names - certain, place + 1))
            certain |= names
        for test in group.filters:
            plain = test[0] not in ("exists", "!") and _mentioned(test) <= certain
            plan[max((at.get(name, 0) for name in _mentioned(test)), default=0) if plain else -1].append(test)
        return plan

    def _join(self, group: Group, plan: list[list[tuple[Any, ...]]], place: int, row: Row, emit: Emit) -> bool:
        for test in plan[place]:
            if not self._true(test, row):
                return False
        if place == len(group.parts):
            return emit(row)
        part = group.parts[place]
        if isinstance(part, Pattern):
            return self._match(part, row, lambda found: self._join(group, plan, place + 1, found, emit))
        extended = False

        def go_on(found: Row) -> bool:
            nonlocal extended
            extended = True
            return self._join(group, plan, place + 1, found, emit)

        if self._solve(part, row, go_on):
            return True
        return part.optional and not extended and self._join(group, plan, place + 1, row, emit)

    def _match(self, pattern: Pattern, row: Row, emit: Emit) -> bool:
        number = self._facts.number
        s = row.get(pattern.s) if isinstance(pattern.s, str) else number(pattern.s)
        o = row.get(pattern.o) if isinstance(pattern.o, str) else number(pattern.o)
        for predicate in pattern.predicates:
            relation: Relation = self._facts.relation(predicate)
            if s is not None:
                values = relation.values(s)
                if o is not None:
                    if o in values and emit(row):
                        return True
                    continue
                if any(emit({**row, pattern.o: value}) for value in values):
                    return True
            elif o is not None:
                if any(emit({**row, pattern.s: node}) for node in relation.inverse.get(o, ())):
                    return True
            elif pattern.s == pattern.o:
                raise Unclear
            else:
                for node in relation.first:
                    if any(emit({**row, pattern.s: node, pattern.o: value}) for value in relation.values(node)):
                        return True
        return False

    def _true(self, test: tuple[Any, ...], row: Row) -> bool | None:
        """Return the truth of the expression, or ``None`` for an error (SPARQL, section 17.2)."""
        kind = test[0]
        if kind in ("&&", "||"):
            decides = kind == "||"
            left = self._true(test[1], row)
            if left is decides:
                return decides
            right = self._true(test[2], row)
            return decides if right is decides else None if left is None else right
        if kind == "exists":
            return self._solve(test[1], row, lambda found: True)
        if kind == "!":
            inner = self._true(test[1], row)
            return None if inner is None else not inner
        if kind == "BOUND":
            return test[1] in row
        if kind == "REGEX":
            return self._matches(test[1], test[2], row)
        if kind not in ("=", "!=", "<=", "<"):
            raise Unclear
        a, b = self._value(test[1], row), self._value(test[2], row)
        if a is None or b is None:
            return None
        if kind in ("<=", "<"):
            return self._less(a, b, kind == "<=")
        return self._same(a, b) is (kind == "=")

    def _matches(self, text: tuple[Any, ...], pattern: re.Pattern[str], row: Row) -> bool | None:
        if text[0] != "STR":
            raise Unclear
        number = row.get(text[1])
        if number is None:
            return None
        key = (pattern, number)
        if key not in self._matching:
            self._matching[key] = pattern.search(self._text(number)) is not None
        return self._matching[key]

    def _value(self, expression: tuple[Any, ...], row: Row) -> int | str | None:
        """Return a term's number, a text, or ``None`` for what is not bound."""
        kind, inner = expression[0], expression[1]
        if kind == "variable":
            return row.get(inner)
        if kind == "constant":
            return self._facts.number(inner)
        if kind != "STR":
            raise Unclear
        return None if inner not in row else self._text(row[inner])

    def _text(self, number: int) -> str:
        term = self._facts.terms[number]
        if type(term).__name__ == "BlankNode":
            raise Unclear
        return str(term.value)

    def _same(self, a: int | str, b: int | str) -> bool:
        if isinstance(a, str) or isinstance(b, str):
            if type(a) is not type(b):
                raise Unclear
            return a == b
        if a != b and all(type(self._facts.terms[each]).__name__ == "Literal" for each in (a, b)):
            # Two literals may say the same in two ways.
            raise Unclear
        return a == b

    def _less(self, a: int | str, b: int | str, equal: bool) -> bool:
        if isinstance(a, str) and isinstance(b, str):
            return a < b or (equal and a == b)
        if isinstance(a, int) and isinstance(b, int):
            found = day_precedes(self._facts.terms[a], self._facts.terms[b], equal)
            if found is not None:
                return found
        raise Unclear
