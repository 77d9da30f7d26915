"""Triples as integers: the dictionary of terms, and the relations between them.

Only the relations that some rule mentions are kept: the members of each class, the (subject, object) pairs of each
property. A pair is one 64-bit integer, the subject in the upper half. Literals have bit 30 set, so that none is ever
taken for a subject.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from comity.inference.model import RDF_TYPE, Term

LITERAL: Final = 1 << 30
"""The bit that marks the numbers of literals."""
MASK: Final = (1 << 32) - 1
"""The lower half of a pair: its object."""


class TermTable:
    """The numbers of terms: IRIs and blank nodes from 0, literals from 2 to the 30th."""

    __slots__ = ("ids", "literals", "resources")

    def __init__(self) -> None:
        self.ids: dict[Term, int] = {}
        self.resources: list[NamedNode | BlankNode] = []
        self.literals: list[Literal] = []

    def number(self, term: Term) -> int:
        """The term's number, a new one if it has none yet."""
        known = self.ids.get(term)
        return self.add(term) if known is None else known

    def add(self, term: Term) -> int:
        if isinstance(term, Literal):
            number = LITERAL | len(self.literals)
            self.literals.append(term)
        else:
            number = len(self.resources)
            self.resources.append(term)
        self.ids[term] = number
        return number

    def term(self, number: int) -> Term:
        return self.literals[number ^ LITERAL] if number & LITERAL else self.resources[number]


class Relation:
    """The members of a class (`unary`) or the pairs of a property, with what each round of inference added.

    `rounds` holds the additions, by round; `delta` the last of them, or everything as long as nothing was added.
    """

    __slots__ = ("_ends", "_found", "_heights", "_starts", "delta", "rounds", "term", "unary")

    def __init__(self, term: NamedNode, unary: bool, asserted: Iterable[int]) -> None:
        self.term = term
        self.unary = unary
        self._found = set(asserted)
        self._heights: dict[int, int] = {}
        self._ends: dict[int, list[int]] | None = None
        self._starts: dict[int, list[int]] | None = None
        self.delta = list(self._found)
        self.rounds: list[tuple[int, list[int]]] = []

    def __len__(self) -> int:
        return len(self._found)

    def __iter__(self) -> Iterator[int]:
        return iter(self._found)

    def contains(self, keys: Iterable[int]) -> list[bool]:
        """For each key, whether it is here."""
        return list(map(self._found.__contains__, keys))

    def fresh(self, keys: Iterable[int]) -> list[int]:
        """Those of the keys that are not here, each once."""
        return list(set(keys) - self._found)

    def add(self, keys: list[int], round_number: int) -> None:
        """Take in keys that are new, each once."""
        self._found.update(keys)
        self._heights.update(dict.fromkeys(keys, round_number))
        self.delta = keys
        self.rounds.append((round_number, keys))
        for index, forward in ((self._ends, True), (self._starts, False)):
            if index is not None:
                _enter(index, keys, forward)

    def stated(self) -> Relation:
        """The same relation without what was inferred."""
        return Relation(self.term, self.unary, self._found - self._heights.keys())

    def ends(self, forward: bool) -> dict[int, list[int]]:
        """The objects of each subject, or (not `forward`) the subjects of each object."""
        index = self._ends if forward else self._starts
        if index is None:
            index = {}
            _enter(index, self._found, forward)
            if forward:
                self._ends = index
            else:
                self._starts = index
        return index

    def heights(self, keys: Iterable[int]) -> list[int]:
        """For each key, all being here: the round that added it, 0 for what is asserted."""
        get = self._heights.get
        return [get(key, 0) for key in keys]

    def height(self, key: int) -> int | None:
        """The round that added the key, 0 if it is asserted, ``None`` if it is not here."""
        return self._heights.get(key, 0) if key in self._found else None


def _enter(index: dict[int, list[int]], keys: Iterable[int], forward: bool) -> None:
    for key in keys:
        near, far = (key >> 32, key & MASK) if forward else (key & MASK, key >> 32)
        if near in index:
            index[near].append(far)
        else:
            index[near] = [far]


class FactBase:
    """The facts that the rules can see."""

    def __init__(self, classes: Iterable[NamedNode], properties: Iterable[NamedNode]) -> None:
        self.terms = TermTable()
        self._members: dict[NamedNode, array[int]] = {term: array("q") for term in classes}
        self._pairs: dict[NamedNode, array[int]] = {term: array("q") for term in properties}
        self.classes: dict[NamedNode, Relation] = {}
        self.properties: dict[NamedNode, Relation] = {}

    def read(self, statements: Iterable[Any]) -> None:
        """Take in triples or quads; those of other predicates and classes are passed over."""
        types: array[int] = array("q")
        pairs: dict[NamedNode, array[int]] = {**self._pairs, RDF_TYPE: types}
        members, ids = self._members, self.terms.ids
        find, number = ids.get, self.terms.add
        for statement in statements:
            relation = pairs.get(statement.predicate)
            if relation is None:
                continue
            o = statement.object
            if relation is types:
                relation = members.get(o)
                if relation is None:
                    continue
                s = statement.subject
                i = find(s)
                relation.append(number(s) if i is None else i)
            else:
                s = statement.subject
                i = find(s)
                if i is None:
                    i = number(s)
                j = find(o)
                if j is None:
                    j = number(o)
                relation.append(i << 32 | j)

    def index(self) -> None:
        """Arrange what was read; after this the facts can be joined."""
        self.classes = {term: Relation(term, True, keys) for term, keys in self._members.items()}
        self.properties = {term: Relation(term, False, keys) for term, keys in self._pairs.items()}
        self._members, self._pairs = {}, {}

    def stated(self) -> FactBase:
        """The same without what was inferred; both number terms alike."""
        base = FactBase((), ())
        base.terms = self.terms
        base.classes = {term: relation.stated() for term, relation in self.classes.items()}
        base.properties = {term: relation.stated() for term, relation in self.properties.items()}
        return base

    def relations(self) -> Sequence[Relation]:
        return [*self.classes.values(), *self.properties.values()]

    def locate(self, triple: Triple) -> tuple[Relation, int] | None:
        """The relation of a triple and its key in it; ``None`` if no rule speaks of it or its terms are unknown."""
        s = self.terms.ids.get(triple.subject)  # type: ignore[arg-type]
        if triple.predicate == RDF_TYPE:
            relation = self.classes.get(triple.object)  # type: ignore[arg-type]
            return None if relation is None or s is None else (relation, s)
        relation = self.properties.get(triple.predicate)
        o = self.terms.ids.get(triple.object)  # type: ignore[arg-type]
        return None if relation is None or s is None or o is None else (relation, s << 32 | o)

    def triple(self, relation: Relation, key: int) -> Triple:
        resources = self.terms.resources
        if relation.unary:
            return Triple(resources[key], RDF_TYPE, relation.term)
        return Triple(resources[key >> 32], relation.term, self.terms.term(key & MASK))

    def triples(self, relation: Relation, keys: Iterable[int]) -> list[Triple]:
        """The triples of the keys."""
        resources, literals, term = self.terms.resources, self.terms.literals, relation.term
        if relation.unary:
            return [Triple(resources[key], RDF_TYPE, term) for key in keys]
        return [Triple(resources[key >> 32], term, literals[o ^ LITERAL] if (o := key & MASK) & LITERAL else resources[o]) for key in keys]
