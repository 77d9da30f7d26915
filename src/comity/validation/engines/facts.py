"""The data as the compiled shapes look at them: terms as numbers, and the values of each property by subject."""

from __future__ import annotations

import gc
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import chain, count
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final, TypeAlias, TypeVar

from comity.terms import RDF, RDFS
from comity.validation.engines.literals import plain_day

if TYPE_CHECKING:
    import pyoxigraph as ox

Term: TypeAlias = Any  # a NamedNode, BlankNode or Literal; pyoxigraph is imported late, and has no common name for them

T = TypeVar("T")

_PARTS: Final = attrgetter("subject", "predicate", "object")


@contextmanager
def no_collection() -> Iterator[None]:
    """Hold the search for cyclic garbage: there is none, and it would walk through all statements again and again."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


class Relation:
    """What leads from nodes to values: the first value of each node, and all of them where there are more."""

    __slots__ = ("_inverse", "_objects", "first", "more")

    def __init__(self, first: dict[int, int], more: dict[int, list[int]]) -> None:
        self.first = first
        self.more = more
        self._objects: set[int] | None = None
        self._inverse: dict[int, list[int]] | None = None

    @classmethod
    def of(cls, pairs: Iterable[tuple[int, Sequence[int]]]) -> Relation:
        """Return the relation of these nodes to these values, which need not be different."""
        first: dict[int, int] = {}
        more: dict[int, list[int]] = {}
        for node, found in pairs:
            if not found:
                continue
            first[node] = found[0]
            if len(found) > 1 and len(values := list(dict.fromkeys(found))) > 1:
                more[node] = values
        return cls(first, more)

    def values(self, node: int) -> Sequence[int]:
        """Return the values of the node, each once."""
        several = self.more.get(node)
        if several is not None:
            return several
        one = self.first.get(node)
        return () if one is None else (one,)

    @property
    def objects(self) -> set[int]:
        """All values of all nodes."""
        if self._objects is None:
            self._objects = set(self.first.values()).union(*self.more.values())
        return self._objects

    @property
    def inverse(self) -> dict[int, list[int]]:
        """The nodes of each value."""
        if self._inverse is None:
            found: dict[int, list[int]] = {}
            several = self.more
            for node, value in self.first.items():
                for each in several.get(node, (value,)):
                    found.setdefault(each, []).append(node)
            self._inverse = found
        return self._inverse

    @property
    def is_turned(self) -> bool:
        """Whether the inverse is at hand already."""
        return self._inverse is not None

    def turned(self) -> Relation:
        """Return the same relation in the other direction."""
        return Relation.of(self.inverse.items())


class Facts:
    """The statements of all graphs together, indexed by property.

    `quads` are the statements as they were given, `repeated` says whether two graphs state the same.
    """

    @no_collection()
    def __init__(self, quads: Iterable[ox.Quad]) -> None:
        self.quads: Sequence[ox.Quad] = quads if isinstance(quads, list | tuple) else list(quads)
        ids: defaultdict[Term, int] = defaultdict(count().__next__)
        indexes: defaultdict[Term, tuple[dict[int, int], dict[int, list[int]]]] = defaultdict(lambda: ({}, {}))
        for s, p, o in map(_PARTS, self.quads):
            first, more = indexes[p]
            node, value = ids[s], ids[o]
            if node not in first:
                first[node] = value
            elif node in more:
                more[node].append(value)
            else:
                more[node] = [first[node], value]
        self.repeated = False
        for _, more in indexes.values():
            # What two graphs state is one statement.
            for node, values in list(more.items()):
                different = list(dict.fromkeys(values))
                if len(different) < len(values):
                    self.repeated = True
                    more[node] = different
                if len(different) == 1:
                    del more[node]
        self.terms: list[Term] = list(ids)
        self._ids: dict[Term, int] = dict(ids)
        self.relations: dict[Term, Relation] = {p: Relation(*index) for p, index in indexes.items()}
        self._days: dict[int, str] = {}
        self._members: dict[Term, set[int]] = {}
        self._empty: Final = Relation({}, {})

    def number(self, term: Term) -> int:
        """Return the number of the term, a new one if the data do not have it."""
        known = self._ids.get(term)
        if known is None:
            known = self._ids[term] = len(self.terms)
            self.terms.append(term)
        return known

    def subjects(self) -> set[int]:
        """Return all nodes of which something is stated."""
        return set().union(*(relation.first.keys() for relation in self.relations.values()))

    def day(self, number: int) -> str:
        """Return the text of a day written as usual, an empty one of anything else."""
        known = self._days.get(number)
        if known is None:
            known = self._days[number] = plain_day(self.terms[number])
        return known

    def relation(self, predicate: Term) -> Relation:
        """Return the relation of the predicate, an empty one if the data do not have it."""
        return self.relations.get(predicate, self._empty)

    def members(self, name: Term) -> set[int]:
        """Return the instances of the class and of the classes below it, as the data state them (SHACL, section 3.2)."""
        import pyoxigraph as ox

        if name not in self._members:
            below = self.relation(ox.NamedNode(RDFS.subClassOf)).inverse
            typed = self.relation(ox.NamedNode(RDF.type)).inverse
            classes = reach({self.number(name)}, lambda node: below.get(node, ()))
            self._members[name] = set(chain.from_iterable(typed.get(each, ()) for each in classes))
        return self._members[name]


def reach(start: Iterable[T], step: Callable[[T], Iterable[T]]) -> set[T]:
    """Return what can be reached in any number of steps, the start among it."""
    found = set(start)
    waiting = list(found)
    while waiting:
        new = [node for node in step(waiting.pop()) if node not in found]
        found.update(new)
        waiting.extend(new)
    return found
