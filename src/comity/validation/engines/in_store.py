"""The engine that asks a store: shapes as SPARQL queries that return what is wrong and nothing else.

A dataset too big for this machine, or one that must not leave its cluster, is checked where it is. Slower than the engine in this
process, and the same report. docs/decisions/0016 says why the queries are our own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path as File
from typing import TYPE_CHECKING, Any, Final, Protocol

from comity import dataset, resources
from comity.terms import INFERRED, RDFS, with_prefixes
from comity.validation.engines import Result
from comity.validation.engines.asserted import Asserted, written
from comity.validation.engines.facts import Facts, Term, reach
from comity.validation.engines.queries import answer
from comity.validation.engines.rewriting import about
from comity.validation.engines.shapes import Query, Shape, read_shapes, result_of
from comity.validation.engines.translation import Rule, Translation

if TYPE_CHECKING:
    import pyoxigraph as ox

    from comity.store.contract import Solutions

LENGTH: Final = 8000
"""How many characters of patterns go in one query: servers limit them, or are slow to read long ones."""


class Answers(Protocol):
    """What the engine needs of a store; see :mod:`comity.store.contract`."""

    def query(self, sparql: str, *, timeout: float | None = None) -> Solutions: ...


class InStore:
    """The shapes, ready to be asked of a store."""

    def __init__(self, files: Sequence[File]) -> None:
        quads = [quad for file in files for quad in dataset.read_file(file)]
        self._file = resources.display(files[0].parent)
        self._shapes = read_shapes(quads, self._file, "sparql")

    def run(
        self, statements: Facts | Iterable[ox.Quad], focus: Iterable[ox.NamedNode | ox.BlankNode] | None = None
    ) -> set[Result]:
        """Return the results, of the nodes in `focus` only when that is given; from a store in this process."""
        from comity.store.embedded import EmbeddedStore

        quads = statements.quads if isinstance(statements, Facts) else statements
        wanted = None if focus is None else set(focus)
        with EmbeddedStore() as store:
            # In one graph, whose name is not that of the inferred ones: all that is given counts.
            store.load(quads, graph="urn:comity:given")
            return {result for result in self.run_in(store) if wanted is None or result.focus in wanted}

    def run_in(self, store: Answers, asserted: Asserted | None = None) -> set[Result]:
        """Return the results about what is `asserted` in the store: without more to say of it, all graphs but ``inferred``."""
        asserted = asserted or Asserted(inferred_properties(store))
        classes = self._classes(store, asserted)
        rules = list(Translation(self._shapes, asserted, classes, self._file).rules())
        return {*_answers(store, rules), *self._asked(store, asserted)}

    def _classes(self, store: Answers, asserted: Asserted) -> dict[Term, tuple[Term, ...]]:
        """Return the classes below each class that the shapes name, as far as the store states them, and the class itself."""
        import pyoxigraph as ox

        named = set(_named_classes(self._shapes))
        below: dict[Term, set[Term]] = {}
        seen: set[Term] = set()
        while new := sorted((named | {each for found in below.values() for each in found}) - seen, key=str):
            seen.update(new)
            edge = asserted.statement("?below", [ox.NamedNode(RDFS.subClassOf)], "?above")
            pattern = f"VALUES ?above {{ {_listed(new)} }} {edge} FILTER(isIRI(?below))"
            for low, high in rows(store, f"SELECT DISTINCT ?below ?above WHERE {{ {pattern} }}"):
                below.setdefault(high, set()).add(low)
        return {name: tuple(sorted(reach({name}, lambda each: below.get(each, ())), key=str)) for name in named}

    def _asked(self, store: Answers, asserted: Asserted) -> Iterator[Result]:
        """Yield what the constraints find that are queries themselves."""
        for shape in self._shapes:
            for constraint in shape.constraints:
                if constraint.parameter == "sparql":
                    for node in shape.targets["targetNode"]:
                        yield from self._answers_about(store, asserted, shape, constraint.value, node)

    def _answers_about(self, store: Answers, asserted: Asserted, shape: Shape, query: Query, node: Term) -> Iterator[Result]:
        solutions = store.query(with_prefixes(about(query, node, shape, asserted, self._file))[0])
        for row in solutions.rows:
            found = {name: term for name, term in zip(solutions.variables, row, strict=True) if term is not None}
            yield answer(query, shape, node, {**found, "this": node})


def inferred_properties(store: Answers) -> list[ox.NamedNode]:
    """Return the properties that graph ``inferred`` has statements with."""
    return [row[0] for row in rows(store, f"SELECT DISTINCT ?p WHERE {{ GRAPH <{INFERRED}> {{ ?s ?p ?o }} }}")]


def rows(store: Answers, sparql: str) -> Iterable[tuple[Any, ...]]:
    """Return the rows of a query in which our prefixes need not be declared."""
    return store.query(with_prefixes(sparql)[0]).rows


def _answers(store: Answers, rules: Sequence[Rule]) -> Iterator[Result]:
    for first, last in _portions(rules):
        branches = " UNION ".join(f"{{ {{ {rules[number].select} }} BIND({number} AS ?rule) }}" for number in range(first, last))
        for number, focus, value, predicate in rows(store, f"SELECT ?rule ?focus ?value ?path WHERE {{ {branches} }}"):
            rule = rules[int(number.value)]
            yield result_of(rule.shape, rule.constraint, focus, value, predicate)


def _portions(rules: Sequence[Rule]) -> Iterator[tuple[int, int]]:
    """Yield the numbers of the first rule of a query, and of the first that has no room in it."""
    first = size = 0
    for number, rule in enumerate(rules):
        if size and size + len(rule.select) > LENGTH:
            yield first, number
            first, size = number, 0
        size += len(rule.select)
    if rules:
        yield first, len(rules)


def _named_classes(shapes: Iterable[Shape]) -> Iterator[Term]:
    for shape in shapes:
        yield from shape.targets.get("targetClass", ())
        for constraint in shape.constraints:
            if constraint.parameter == "class":
                yield constraint.value
            elif constraint.parameter in ("property", "node", "not"):
                yield from _named_classes([constraint.value])
            elif constraint.parameter in ("and", "or", "xone"):
                yield from _named_classes(constraint.value)


def _listed(terms: Iterable[Term]) -> str:
    return " ".join(map(written, terms))
