"""Rule bodies as joins over the integer-coded facts.

A :class:`Clause` is one rule body with its head, all terms numbered. :meth:`Clause.solutions` finds the bindings of its
variables as parallel arrays, starting from given bindings or from the last additions to one of its relations.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from pyoxigraph import Literal, NamedNode

from comity.inference.datatypes import holds
from comity.inference.facts import LITERAL, MASK, FactBase, Relation, TermTable, found
from comity.inference.model import RDF_TYPE, Body, Condition, Pattern, Rule, Slot, Term, Var

if TYPE_CHECKING:
    from comity.inference.facts import Ints

Node: TypeAlias = "int | Var"
Bindings: TypeAlias = "dict[Var, Ints]"
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
        (arrays of length `rows`), only their extensions.
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
                bindings, count = _select(bindings, self._mask(test, bindings, count))
        return later, bindings, count

    def _mask(self, test: Test, bindings: Bindings, count: int) -> Any:
        import numpy as np

        left = bindings[test.left] if isinstance(test.left, Var) else np.full(count, test.left, dtype=np.int64)
        if isinstance(test.right, NamedNode):
            codes, places = np.unique(left, return_inverse=True)
            results = [holds(test.op, self.terms.term(code), test.right) for code in codes.tolist()]
            return np.array(results, dtype=bool)[places]
        right = bindings[test.right] if isinstance(test.right, Var) else np.full(count, test.right, dtype=np.int64)
        if test.op in ("=", "!="):
            same = left == right
            # Different terms that are not both literals are different things as far as a filter can tell.
            mask = same if test.op == "=" else ~same
            doubtful = np.flatnonzero(~same & (left & right & LITERAL != 0))
        else:
            mask = np.zeros(count, dtype=bool)
            doubtful = np.arange(count)
        if len(doubtful):
            keys, places = np.unique(left[doubtful] << 32 | right[doubtful], return_inverse=True)
            term = self.terms.term
            results = [holds(test.op, term(key >> 32), term(key & MASK)) for key in keys.tolist()]
            mask[doubtful] = np.array(results, dtype=bool)[places]
        return mask

    def _without(self, group: Sequence[Atom], bindings: Bindings, count: int) -> tuple[Bindings, int]:
        import numpy as np

        trial: Bindings = {**bindings, ROW: np.arange(count, dtype=np.int64)}
        size = count
        pending = list(group)
        while pending and size:
            atom = _next(pending, trial)
            pending.remove(atom)
            trial, size = _extend(atom, trial, size)
        keep = np.ones(count, dtype=bool)
        if size:
            keep[trial[ROW]] = False
        return _select(bindings, keep)

    def consequences(self, head: Atom, bindings: Bindings, count: int) -> Ints:
        """The keys that the head takes under the bindings; a literal is never a subject."""
        import numpy as np

        s = bindings[head.s] if isinstance(head.s, Var) else np.full(count, head.s, dtype=np.int64)
        proper = s & LITERAL == 0
        if head.relation.unary:
            return s if proper.all() else s[proper]
        o = bindings[head.o] if isinstance(head.o, Var) else np.full(count, head.o, dtype=np.int64)
        keys = s << 32 | o
        return keys if proper.all() else keys[proper]


def _select(bindings: Bindings, mask: Any) -> tuple[Bindings, int]:
    if mask.all():
        return bindings, len(mask)
    import numpy as np

    rows = np.flatnonzero(mask)
    return {name: values[rows] for name, values in bindings.items()}, len(rows)


def _scan(atom: Atom, keys: Ints) -> tuple[Bindings, int]:
    """All facts of the atom among `keys`."""
    if atom.relation.unary:
        if isinstance(atom.s, Var):
            return {atom.s: keys}, len(keys)
        return {}, int(found(keys, _one(atom.s))[0])
    s, o = keys >> 32, keys & MASK
    if not isinstance(atom.s, Var):
        rows = s == atom.s
        s, o = s[rows], o[rows]
    if not isinstance(atom.o, Var):
        rows = o == atom.o
        s, o = s[rows], o[rows]
    if isinstance(atom.s, Var) and atom.s == atom.o:
        rows = s == o
        s = o = s[rows]
    bindings: Bindings = {}
    if isinstance(atom.s, Var):
        bindings[atom.s] = s
    if isinstance(atom.o, Var):
        bindings[atom.o] = o
    return bindings, len(s)


def _one(number: int) -> Ints:
    import numpy as np

    return np.array([number], dtype=np.int64)


def _next(pending: Sequence[Atom], bindings: Bindings) -> Atom:
    """The atom to join next: a mere test first, then one with a bound end, the smallest relation before others."""

    def cost(atom: Atom) -> tuple[int, int]:
        s = not isinstance(atom.s, Var) or atom.s in bindings
        o = not isinstance(atom.o, Var) or atom.o in bindings
        return (0 if s and o else 1 if s or o else 2), len(atom.relation.full)

    return min(pending, key=cost)


def _extend(atom: Atom, bindings: Bindings, count: int) -> tuple[Bindings, int]:
    """Join the bindings with all facts of the atom's relation."""
    import numpy as np

    relation = atom.relation
    s: Any = bindings.get(atom.s) if isinstance(atom.s, Var) else atom.s
    o: Any = bindings.get(atom.o) if isinstance(atom.o, Var) else atom.o
    if relation.unary:
        if s is None:
            return _cross(bindings, count, *_scan(atom, relation.full))
        keys = s if isinstance(atom.s, Var) else np.full(count, s, dtype=np.int64)
        return _select(bindings, relation.contains(keys))
    if s is not None and o is not None:
        if not isinstance(atom.s, Var) and not isinstance(atom.o, Var):
            keys = np.full(count, s << 32 | o, dtype=np.int64)
        else:
            keys = s << 32 | o
        return _select(bindings, relation.contains(keys))
    if s is None and o is None:
        return _cross(bindings, count, *_scan(atom, relation.full))
    near, far = (s, atom.o) if o is None else (o, atom.s)
    index = relation.full if o is None else relation.by_object
    if isinstance(near, int):
        low, high = (int(place) for place in index.searchsorted(np.array([near << 32, (near + 1) << 32])))
        assert isinstance(far, Var)
        return _cross(bindings, count, {far: index[low:high] & MASK}, high - low)
    lows = index.searchsorted(near << 32)
    highs = index.searchsorted((near + 1) << 32)
    sizes = highs - lows
    total = int(sizes.sum())
    rows = np.repeat(np.arange(count), sizes)
    # Position of each result in the index: its row's first place, and how many of the row came before it.
    places = np.arange(total) + np.repeat(lows - (np.cumsum(sizes) - sizes), sizes)
    joined = {name: values[rows] for name, values in bindings.items()}
    assert isinstance(far, Var)
    joined[far] = index[places] & MASK
    return joined, total


def _cross(bindings: Bindings, count: int, more: Bindings, size: int) -> tuple[Bindings, int]:
    import numpy as np

    if not bindings and count == 1:
        return more, size
    joined = {name: np.repeat(values, size) for name, values in bindings.items()}
    joined.update({name: np.tile(values, count) for name, values in more.items()})
    return joined, count * size


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


def clauses_of(rules: Iterable[Rule], facts: FactBase) -> list[Clause]:
    """The clauses of the rules over the relations of `facts`, in the order of the rules."""
    terms = facts.terms

    def node(slot: Slot) -> Node:
        return slot if isinstance(slot, Var) else terms.number(slot)

    def atom(pattern: Pattern) -> Atom:
        if pattern.p == RDF_TYPE:
            return Atom(facts.classes[pattern.o], node(pattern.s), -1)  # type: ignore[index]
        return Atom(facts.properties[pattern.p], node(pattern.s), node(pattern.o))  # type: ignore[index]

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
                        tuple(tuple(map(atom, group)) for group in instance.absent),
                        # A literal as subject of a head is no triple.
                        tuple(atom(head) for head in heads if not isinstance(head.s, Literal)),
                        heads,
                        terms,
                    )
                )
    return clauses
