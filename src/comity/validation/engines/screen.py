"""Finds out quickly that a query has no answer, so that sound data need no store.

The part of SPARQL that our constraints use is run over the index as it is written, until the first answer. Whatever is not
understood in full, in the query or in a comparison of values, is no finding (:class:`Unclear`): Oxigraph is asked then, as it
is wherever there is an answer. So this decides nothing but that there is nothing to report.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any, TypeAlias

from comity.validation.engines.facts import Facts, Relation, Term
from comity.validation.engines.select import Group, Pattern, Unclear, mentioned

Row: TypeAlias = "dict[str, int]"
#: Takes a row; true stops the search.
Emit: TypeAlias = Callable[[Row], bool]


def _each(name: str | None, values: Iterable[int], row: Row, emit: Emit) -> bool:
    """Emit the row with the variable of this name standing for each of the values."""
    assert name is not None
    stopped = False
    for value in values:
        row[name] = value
        if emit(row):
            stopped = True
            break
    row.pop(name, None)
    return stopped


class Screen:
    """Looks for answers in the facts."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._prepared: dict[int, Any] = {}
        self._plans: dict[tuple[int, frozenset[str]], list[list[tuple[Any, ...]]]] = {}
        self._texts: dict[int, str] = {}
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
            plain = test[0] not in ("exists", "!") and mentioned(test) <= certain
            plan[max((at.get(name, 0) for name in mentioned(test)), default=0) if plain else -1].append(test)
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
        """Emit the row with each way to match the pattern. It is always the same row, and as it was afterwards."""
        prepared = self._prepared.get(id(pattern))
        if prepared is None:
            prepared = self._prepared[id(pattern)] = self._prepare(pattern)
        s_name, s, o_name, o, relations = prepared
        if s_name is not None:
            s = row.get(s_name)
        if o_name is not None:
            o = row.get(o_name)
        for relation in relations:
            if s is not None:
                values = relation.values(s)
                if o is not None:
                    if o in values and emit(row):
                        return True
                elif values and _each(o_name, values, row, emit):
                    return True
            elif o is not None:
                if _each(s_name, relation.inverse.get(o, ()), row, emit):
                    return True
            elif s_name == o_name:
                raise Unclear
            else:

                def onwards(found: Row, relation: Relation = relation) -> bool:
                    return _each(o_name, relation.values(found[s_name]), found, emit)  # type: ignore[index]

                if _each(s_name, relation.first, row, onwards):
                    return True
        return False

    def _prepare(self, pattern: Pattern) -> tuple[str | None, int | None, str | None, int | None, list[Relation]]:
        ends: list[Any] = []
        for slot in (pattern.s, pattern.o):
            ends += (slot, None) if isinstance(slot, str) else (None, self._facts.number(slot))
        return (*ends, [self._facts.relation(predicate) for predicate in pattern.predicates])

    def _true(self, test: tuple[Any, ...], row: Row) -> bool | None:
        """Return the truth of the expression, or ``None`` for an error (SPARQL, section 17.2)."""
        kind = test[0]
        if kind in ("<", "<=", "=", "!="):
            a, b = self._value(test[1], row), self._value(test[2], row)
            if a is None or b is None:
                return None
            if kind in ("<=", "<"):
                return self._less(a, b, kind == "<=")
            return self._same(a, b) is (kind == "=")
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
        raise Unclear

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
        kind, inner = expression
        if kind == "constant":
            return self._facts.number(inner)
        number = row.get(inner)
        if kind == "variable" or number is None:
            return number
        if kind != "STR":
            raise Unclear
        return self._text(number)

    def _text(self, number: int) -> str:
        known = self._texts.get(number)
        if known is None:
            term = self._facts.terms[number]
            if type(term).__name__ == "BlankNode":
                raise Unclear
            known = self._texts[number] = str(term.value)
        return known

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
            left, right = self._facts.day(a), self._facts.day(b)
            if left and right:
                return left < right or (equal and left == right)
        raise Unclear
