"""Writes the queries of shapes so that a store can run them: about one node, and over what is asserted only.

A query that is understood (:mod:`comity.validation.engines.select`) is written anew, pattern by pattern. Any other one goes as it is, with
the node named in each of its groups, if the default graph has only what is asserted of its properties.
"""

from __future__ import annotations

from typing import Any, Final

from comity.errors import DataError
from comity.terms import shorten
from comity.tokens import tokenize
from comity.validation.engines.asserted import Asserted, written
from comity.validation.engines.queries import predicates, understood
from comity.validation.engines.select import Group, Pattern, Unclear
from comity.validation.engines.shapes import Query, Shape, Term

_THIS: Final = "this"


def about(query: Query, node: Term, shape: Shape, asserted: Asserted, file: str) -> str:
    """Return the query about the node. Raises :class:`~comity.errors.DataError` for one that cannot be kept to what is asserted."""
    group = understood(query)
    if group is not None:
        try:
            return _Writer(asserted, written(node)).select(group)
        except Unclear:
            pass
    if asserted.hides(predicates(query)):
        raise DataError(
            f"the query of {shorten(shape.name)} cannot be kept to what is asserted in the store", "use --engine compiled", file=file
        )
    return _with_node(query, node)


def _with_node(query: Query, node: Term) -> str:
    """Return the query with `$this` bound to the node in each group that speaks of it (SHACL, section 5.3.1)."""
    tokens = tokenize(query.text)
    opened: list[int] = []
    speaking: set[int] = set()
    for token in tokens:
        if token.is_mark("{"):
            opened.append(token.end)
        elif token.is_mark("}") and opened:
            opened.pop()
        elif token.kind == "variable" and token.text[1:] == _THIS:
            speaking.update(opened)
    text = query.text
    for place in sorted(speaking, reverse=True):
        text = f"{text[:place]} VALUES $this {{ {node} }} {text[place:]}"
    return "".join(f"PREFIX {prefix}: <{namespace}> " for prefix, namespace in query.prefixes.items()) + text


class _Writer:
    """Writes what was understood of a query, with `node` for ``$this``."""

    def __init__(self, asserted: Asserted, node: str) -> None:
        self._asserted = asserted
        self._node = node

    def select(self, group: Group) -> str:
        shown = " ".join(f"?{name}" for name in group.shown if name != _THIS)
        if not shown:
            raise Unclear
        body = self._body(group)
        if not group.keys:
            return f"SELECT DISTINCT {shown} WHERE {{ {body} }}"
        # A statement of two graphs may be found twice, and is one.
        each = " ".join(f"?{name}" for name in sorted(group.variables() - {_THIS}))
        keys = " ".join(f"?{name}" for name in group.keys if name != _THIS)
        solutions = f"SELECT DISTINCT {each} WHERE {{ {body} }}"
        return f"SELECT {shown} WHERE {{ {{ {solutions} }} }} GROUP BY {keys} HAVING (COUNT(?{group.counted}) > {group.above})"

    def _body(self, group: Group) -> str:
        parts = []
        for part in group.parts:
            if isinstance(part, Pattern):
                parts.append(self._asserted.statement(self._slot(part.s), part.predicates, self._slot(part.o)))
            elif part.shown:
                parts.append(f"{{ {self.select(part)} }}")
            else:
                parts.append(f"{'OPTIONAL ' if part.optional else ''}{{ {self._body(part)} }}")
        return " ".join([*parts, *(f"FILTER({self._test(test)})" for test in group.filters)])

    def _one(self, group: Group) -> str:
        """What a test asks for at least one of: step by step where it looks into graphs, or Oxigraph would join all that there is."""
        steps = [part for part in group.parts if isinstance(part, Pattern)]
        if len(steps) < max(2, len(group.parts)) or not any(self._asserted.hides(step.predicates) for step in steps):
            return self._body(group)
        first, *others = steps
        return f"{self._body(Group([first]))} FILTER(EXISTS {{ {self._one(Group(list(others), group.filters))} }})"

    def _slot(self, slot: Any) -> str:
        if isinstance(slot, str):
            return self._node if slot == _THIS else f"?{slot}"
        return written(slot)

    def _test(self, test: tuple[Any, ...]) -> str:
        match test:
            case ("!", ("exists", group)):
                return f"NOT EXISTS {{ {self._one(group)} }}"
            case ("exists", group):
                return f"EXISTS {{ {self._one(group)} }}"
            case ("!", inner):
                return f"(!{self._test(inner)})"
            case ("variable" | "constant", slot):
                return self._slot(slot)
            case ("STR" | "BOUND" as function, name):
                if name == _THIS and function == "BOUND":
                    return "true"
                return f"{function}({self._slot(name)})"
            case ("REGEX", text, pattern):
                import pyoxigraph as ox

                return f"REGEX({self._test(text)}, {ox.Literal(pattern.pattern)})"
            case (sign, left, right):
                return f"({self._test(left)} {sign} {self._test(right)})"
        raise Unclear
