"""Rule bodies as joins over the integer-coded facts.

A :class:`Clause` is one rule body with its head, all terms numbered. :meth:`Clause.solutions` finds the bindings of its
variables as parallel columns, starting from given bindings or from the last additions to one of its relations.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from pyoxigraph import Literal, NamedNode

from comity.inference import columns
from comity.inference.columns import Bindings, Column, Mask
from comity.inference.datatypes import holds
from comity.inference.facts import FactBase, Relation, TermTable
from comity.inference.model import RDF_TYPE, Body, Condition, Pattern, Rule, Slot, Term, Var

Node: TypeAlias = "int | Var"
ROW: Final = Var("*row")
"""A pseudo-variable that numbers the rows a search starts from."""


@dataclass(slots=True, eq=False)
class Atom:
    """One pattern over one relation; `o` is -1 for a class."""

    relation: Relation
    s: Node
    o: Node

    def variables(self) -> set[Var]:
        return {node for node in (self.s, self.o) if isinstance(node, Var)}

    def keys(self, bindings: Bindings, count: int) -> Column:
        """The atom's fact under each of the `count` bindings."""
        s = value(self.s, bindings, count)
        return s if self.relation.unary else columns.pairs(s, value(self.o, bindings, count))

    def parts(self, keys: Column) -> list[tuple[Node, Column]]:
        """The atom's nodes, each with its end of the keys."""
        if self.relation.unary:
            return [(self.s, keys)]
        return list(zip((self.s, self.o), columns.split(keys), strict=True))


@dataclass(slots=True, eq=False)
class Test:
    """A condition with its terms numbered; a datatype stays a term."""

    op: str
    left: Node
    right: Node | NamedNode

    def variables(self) -> set[Var]:
        return {node for node in (self.left, self.right) if isinstance(node, Var)}


@dataclass(slots=True, eq=False)
class Clause:
    """One body of one rule: `atoms`, `tests` and `absent` groups imply `heads` (none: a contradiction)."""

    rule: Rule
    body: Body
    given: dict[Var, Term]
    atoms: tuple[Atom, ...]
    tests: tuple[Test, ...]
    absent: tuple[tuple[Atom, ...], ...]
    heads: tuple[Atom, ...]
    head_patterns: tuple[Pattern, ...]
    terms: TermTable

    # -- evaluation -------------------------------------------------------------------------------------------------

    def solutions(self, start: Atom | None = None, bindings: Bindings | None = None, rows: int = 1) -> tuple[Bindings, int]:
        """All bindings that satisfy the body, and their number.

        From `start`, only those in which that atom takes a fact of its relation's last addition. From `bindings`
        (columns of length `rows`), only their extensions.
        """
        found_so_far: Bindings = dict(bindings or {})
        count = rows
        pending = list(self.atoms)
        tests = list(self.tests)
        if start is not None:
            pending.remove(start)
            found_so_far, count = _scan(start, start.relation.delta)
        while True:
            tests, found_so_far, count = self._apply(tests, found_so_far, count)
            if not count or not pending:
                break
            atom = _next(pending, found_so_far)
            pending.remove(atom)
            found_so_far, count = _extend(atom, found_so_far, count)
        for group in self.absent if count else ():
            found_so_far, count = self._without(group, found_so_far, count)
        return found_so_far, count

    def _apply(self, tests: list[Test], bindings: Bindings, count: int) -> tuple[list[Test], Bindings, int]:
        later = []
        for test in tests:
            if not test.variables() <= bindings.keys():
                later.append(test)
            elif count:
                bindings, count = columns.select(bindings, self._mask(test, bindings, count))
        return later, bindings, count

    def _mask(self, test: Test, bindings: Bindings, count: int) -> Mask:
        term = self.terms.term
        left = value(test.left, bindings, count)
        right = test.right
        if isinstance(right, NamedNode):
            return columns.judge(left, lambda number: holds(test.op, term(number), right))
        same = {"=": True, "!=": False}.get(test.op)
        return columns.compare(left, value(right, bindings, count), lambda a, b: holds(test.op, term(a), term(b)), same)

    def _without(self, group: Sequence[Atom], bindings: Bindings, count: int) -> tuple[Bindings, int]:
        trial: Bindings = {**bindings, ROW: list(range(count))}
        size = count
        pending = list(group)
        while pending and size:
            atom = _next(pending, trial)
            pending.remove(atom)
            trial, size = _extend(atom, trial, size)
        return columns.select(bindings, columns.outside(trial[ROW], count)) if size else (bindings, count)

    def consequences(self, head: Atom, bindings: Bindings, count: int) -> Column:
        """The keys that the head takes under the bindings; a literal is never a subject."""
        if isinstance(head.s, Var):
            bindings, count = columns.select(bindings, columns.resources(bindings[head.s]))
        return head.keys(bindings, count)


def value(node: Node, bindings: Bindings, count: int) -> Column:
    """The node under each of the `count` bindings."""
    return bindings[node] if isinstance(node, Var) else [node] * count


def match(parts: Sequence[tuple[Node, Column]], count: int, bindings: Bindings | None = None) -> tuple[Bindings, int]:
    """Extend the bindings so that each node is the number in its column; the rows where that can't be drop out.

    All columns, those of `bindings` too, have `count` numbers.
    """
    waiting = [Var(f"*{place}") for place in range(len(parts))]
    found: Bindings = {**(bindings or {}), **{name: numbers for name, (_, numbers) in zip(waiting, parts, strict=True)}}
    for name, (node, _) in zip(waiting, parts, strict=True):
        numbers = found.pop(name)
        if isinstance(node, Var) and node not in found:
            found[node] = numbers
        else:
            found, count = columns.select(found, columns.equal(numbers, value(node, found, count)))
    return found, count


def _next(pending: Sequence[Atom], bindings: Bindings) -> Atom:
    """The atom to join next: a mere test first, then one with a bound end, the smallest relation before others."""

    def cost(atom: Atom) -> tuple[int, int]:
        s = not isinstance(atom.s, Var) or atom.s in bindings
        o = not isinstance(atom.o, Var) or atom.o in bindings
        return (0 if s and o else 1 if s or o else 2), len(atom.relation)

    return min(pending, key=cost)


def _scan(atom: Atom, keys: Column) -> tuple[Bindings, int]:
    """The bindings by all facts of the atom among `keys`."""
    return match(atom.parts(keys), len(keys))


def _extend(atom: Atom, bindings: Bindings, count: int) -> tuple[Bindings, int]:
    """Join the bindings with all facts of the atom's relation."""
    relation = atom.relation
    s_known = not isinstance(atom.s, Var) or atom.s in bindings
    o_known = relation.unary or not isinstance(atom.o, Var) or atom.o in bindings
    if s_known and o_known:
        return columns.select(bindings, relation.contains(atom.keys(bindings, count)))
    if not s_known and (relation.unary or not o_known):
        return _cross(bindings, count, *_scan(atom, list(relation)))
    near, far = (atom.s, atom.o) if s_known else (atom.o, atom.s)
    assert isinstance(far, Var)
    if not isinstance(near, Var):
        ends = relation.ends(s_known).get(near, [])
        return _cross(bindings, count, {far: ends}, len(ends))
    return columns.follow(bindings, near, far, relation.ends(s_known))


def _cross(bindings: Bindings, count: int, more: Bindings, size: int) -> tuple[Bindings, int]:
    if not bindings and count == 1:
        return more, size
    return columns.product(bindings, count, more, size), count * size


# -- from rules to clauses -----------------------------------------------------------------------------------------


def relations_of(rules: Iterable[Rule]) -> tuple[list[NamedNode], list[NamedNode]]:
    """The classes and the properties that the rules mention, in the order in which they do."""
    classes: dict[NamedNode, None] = {}
    properties: dict[NamedNode, None] = {}

    def note(patterns: Iterable[Pattern], values: dict[Var, tuple[Term, ...]]) -> None:
        for pattern in patterns:
            if pattern.p == RDF_TYPE:
                terms = values.get(pattern.o, ()) if isinstance(pattern.o, Var) else (pattern.o,)
                classes.update((term, None) for term in terms if isinstance(term, NamedNode))
            else:
                predicates = values.get(pattern.p, ()) if isinstance(pattern.p, Var) else (pattern.p,)
                properties.update((term, None) for term in predicates if isinstance(term, NamedNode))

    for rule in rules:
        for body in rule.bodies:
            values = dict(body.values)
            note((*body.patterns, *rule.head, *(p for group in body.absent for p in group)), values)
    return list(classes), list(properties)


def clauses_of(rules: Iterable[Rule], facts: FactBase, denied: FactBase | None = None) -> list[Clause]:
    """The clauses of the rules over the relations of `facts`, in the order of the rules; they deny what is in `denied`."""
    terms = facts.terms
    complete = denied or facts

    def node(slot: Slot) -> Node:
        return slot if isinstance(slot, Var) else terms.number(slot)

    def atom(pattern: Pattern, base: FactBase = facts) -> Atom:
        if pattern.p == RDF_TYPE:
            return Atom(base.classes[pattern.o], node(pattern.s), -1)  # type: ignore[index]
        return Atom(base.properties[pattern.p], node(pattern.s), node(pattern.o))  # type: ignore[index]

    def test(condition: Condition) -> Test:
        right = condition.right
        kept = right if condition.op.endswith("-datatype") and isinstance(right, NamedNode) else node(right)
        return Test(condition.op, node(condition.left), kept)

    clauses = []
    for rule in rules:
        for body in rule.bodies:
            for given, instance in body.instances():
                heads = tuple(pattern.bind(given) for pattern in rule.head)
                clauses.append(
                    Clause(
                        rule,
                        instance,
                        given,
                        tuple(map(atom, instance.patterns)),
                        tuple(map(test, instance.conditions)),
                        tuple(tuple(atom(pattern, complete) for pattern in group) for group in instance.absent),
                        # A literal as subject of a head is no triple.
                        tuple(atom(head) for head in heads if not isinstance(head.s, Literal)),
                        heads,
                        terms,
                    )
                )
    return clauses
