"""Triples as integers: the dictionary of terms, and relations as sorted arrays.

Only the relations that some rule mentions are kept: one sorted array of members for each class, one sorted array of
(subject, object) pairs for each property. A pair is one 64-bit integer, the subject in the upper half. Literals have
bit 30 set, so that none is ever taken for a subject.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from comity.inference.model import RDF_TYPE, Term

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Ints: TypeAlias = NDArray[np.int64]

LITERAL: Final = 1 << 30
MASK: Final = (1 << 32) - 1


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

    `full` holds everything, sorted and without repetition; `rounds` the additions, by round; `delta` the last of them.
    """

    __slots__ = ("_by_object", "delta", "full", "rounds", "term", "unary")

    def __init__(self, term: NamedNode, unary: bool, asserted: Ints) -> None:
        self.term = term
        self.unary = unary
        self.full = asserted
        self.delta = asserted
        self.rounds: list[tuple[int, Ints]] = []
        self._by_object: Ints | None = None

    @property
    def by_object(self) -> Ints:
        """The pairs with the object in the upper half, sorted."""
        if self._by_object is None:
            import numpy as np

            turned = (self.full & MASK) << 32 | self.full >> 32
            turned.sort()
            self._by_object = np.ascontiguousarray(turned)
        return self._by_object

    def contains(self, keys: Ints) -> Any:
        """A boolean array: which of the keys are here."""
        return found(self.full, keys)

    def add(self, keys: Ints, round_number: int) -> None:
        """Take in `keys`, sorted, unique and new."""
        self.full = merged(self.full, keys)
        self.delta = keys
        self._by_object = None
        self.rounds.append((round_number, keys))

    def heights(self, keys: Ints) -> Ints:
        """For each key that is here: the round that added it, 0 for an asserted one."""
        import numpy as np

        heights = np.zeros(len(keys), dtype=np.int64)
        for number, added in self.rounds:
            heights[found(added, keys)] = number
        return heights

    def height(self, key: int) -> int | None:
        """The round that added the key, 0 if it is asserted, ``None`` if it is not here."""
        for number, added in self.rounds:
            place = int(added.searchsorted(key))
            if place < len(added) and added[place] == key:
                return number
        place = int(self.full.searchsorted(key))
        return 0 if place < len(self.full) and self.full[place] == key else None


def found(haystack: Ints, keys: Ints) -> Any:
    """Which of the keys are in the sorted array."""
    import numpy as np

    if not len(haystack):
        return np.zeros(len(keys), dtype=bool)
    places = haystack.searchsorted(keys)
    places[places == len(haystack)] = 0
    return haystack[places] == keys


def merged(a: Ints, b: Ints) -> Ints:
    """Two sorted arrays without common members as one."""
    import numpy as np

    if not len(a):
        return b
    if not len(b):
        return a
    out = np.empty(len(a) + len(b), dtype=np.int64)
    places = a.searchsorted(b) + np.arange(len(b))
    rest = np.ones(len(out), dtype=bool)
    rest[places] = False
    out[places] = b
    out[rest] = a
    return out


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
        """Sort what was read; after this the facts can be joined."""
        import numpy as np

        def sorted_unique(values: array[int]) -> Ints:
            numbers = np.frombuffer(values, dtype=np.int64) if len(values) else np.empty(0, dtype=np.int64)
            return unique(numbers)

        self.classes = {term: Relation(term, True, sorted_unique(values)) for term, values in self._members.items()}
        self.properties = {term: Relation(term, False, sorted_unique(values)) for term, values in self._pairs.items()}
        self._members, self._pairs = {}, {}

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

    def triples(self, relation: Relation, keys: Ints) -> list[Triple]:
        """The triples of the keys."""
        resources, literals, term = self.terms.resources, self.terms.literals, relation.term
        if relation.unary:
            return [Triple(resources[key], RDF_TYPE, term) for key in keys.tolist()]
        subjects, objects = (keys >> 32).tolist(), (keys & MASK).tolist()
        return [
            Triple(resources[s], term, literals[o ^ LITERAL] if o & LITERAL else resources[o])
            for s, o in zip(subjects, objects, strict=True)
        ]


def unique(numbers: Ints) -> Ints:
    """The numbers sorted, each once."""
    import numpy as np

    if len(numbers) < 2:
        return numbers.astype(np.int64)
    ordered = np.sort(numbers)
    keep = np.empty(len(ordered), dtype=bool)
    keep[0] = True
    np.not_equal(ordered[1:], ordered[:-1], out=keep[1:])
    return ordered[keep]
