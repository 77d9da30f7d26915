"""Why a row is in an answer: the statements that the patterns of its question matched.

The patterns come from the query's algebra (SPARQL 1.1 Query, section 18.2), the values of their variables from the solutions
behind the row; property paths are walked step by step. Labels are left out, as they only name things, unless there is
nothing else.
What lies in a sub-query is found by asking it again for the row's values. What a question denies (NOT EXISTS, MINUS) is no statement.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

from comity.bridge import from_rdflib
from comity.questions.binding import body_of, subqueries_of, written
from comity.terms import RDFS, SKOS
from comity.tokens import tokenize

if TYPE_CHECKING:
    import pyoxigraph as ox

    from comity.store.contract import Store

NAMING: Final = frozenset((RDFS.label, SKOS.prefLabel, SKOS.altLabel))
WITNESSES: Final = 100
"""From how many solutions at most the statements for one row are taken; a row that counts or joins texts has many."""


def statements(
    store: Store, sparql: str, variables: Sequence[str], rows: Iterable[Sequence[Any]]
) -> Iterator[list[ox.Triple]]:
    """For each row of the answer to a SELECT query: the stated or inferred triples that put it there, each once.

    `variables` are the columns, the cells of a row RDF terms (``None`` for an empty one). The triples stand in the order
    of the query. Of a row that stands for one solution, they are those of the first one.
    """
    asked = _Select(sparql)
    found = store.query(asked.query)
    # A column that an aggregate makes, or the SELECT clause computes, is in no solution.
    shared = [name for name in variables if name in found.variables]
    places = [found.variables.index(name) for name in shared]
    solutions: dict[tuple[Any, ...], list[tuple[Any, ...]]] = {}
    for solution in found.rows:
        solutions.setdefault(tuple(solution[place] for place in places), []).append(solution)
    for row in rows:
        key = tuple(term for name, term in zip(variables, row, strict=True) if name in shared)
        triples = dict.fromkeys(asked.matched(store, found.variables, solutions.get(key, ())))
        telling = [triple for triple in triples if triple.predicate.value not in NAMING]
        yield telling or list(triples)


class _Select:
    """A SELECT query, taken apart: the patterns that its solutions match, and the sub-queries in it."""

    def __init__(self, sparql: str) -> None:
        self._prologue, self._body, self._grouped = body_of(sparql)
        self.query = f"{self._prologue} SELECT * WHERE {self._body}"
        self._patterns = list(_patterns(_algebra(self.query)))
        self._within = [(names, _Select(f"{self._prologue} {inner}")) for names, inner in subqueries_of(self._body)]

    def matched(self, store: Store, names: Sequence[str], solutions: Iterable[Sequence[Any]]) -> Iterator[ox.Triple]:
        """The triples that the solutions behind one row match; `names` are their variables."""
        ordered = sorted(solutions, key=lambda solution: [str(term) for term in solution])
        given = [
            {name: term for name, term in zip(names, solution, strict=True) if term is not None}
            for solution in ordered[: WITNESSES if self._grouped else 1]
        ]
        yield from self._met(store, given)

    def _met(self, store: Store, given: Sequence[Mapping[str, Any]]) -> Iterator[ox.Triple]:
        for values in given:
            for s, path, o in self._patterns:
                start, end = _term(s, values), _term(o, values)
                predicate = values.get(str(path)) if _is_variable(path) else path
                if start is not None and end is not None and predicate is not None:
                    yield from _walk(store, start, predicate, end)
        for projected, inner in self._within:
            # What it does not project may have the name of something else outside.
            shared = [{name: values[name] for name in projected if name in values} for values in given]
            yield from inner._met(store, inner._behind(store, shared))

    def _behind(self, store: Store, rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """The solutions of this sub-query behind rows of what holds it; none where it shares no variable with them."""
        tokens = tokenize(self._body)
        held = {token.text[1:] for token in tokens if token.kind == "variable"}
        made = {token.text[1:] for before, token in pairwise(tokens) if before.is_word("AS")}
        wanted = [known for values in rows if (known := {name: term for name, term in values.items() if name in held})]
        # What BIND makes must not be there before: it is compared afterwards.
        names = sorted({name for known in wanted for name in known} - made)
        if not names:
            return []
        lines = {" ".join(written(known[name]) if name in known else "UNDEF" for name in names): None for known in wanted}
        block = f"VALUES ({' '.join(f'?{name}' for name in names)}) {{ {' '.join(f'({line})' for line in lines)} }}"
        found = store.query(f"{self._prologue} SELECT * WHERE {{ {block} {self._body[1:]}")
        behind: list[dict[str, Any]] = []
        solutions = sorted(found.rows, key=lambda solution: [str(term) for term in solution])
        every = [{name: term for name, term in zip(found.variables, it, strict=True) if term is not None} for it in solutions]
        for known in wanted:
            fitting = [values for values in every if all(values.get(name, term) == term for name, term in known.items())]
            behind += [values for values in (fitting if self._grouped else fitting[:1]) if values not in behind]
        return behind[:WITNESSES]


def _algebra(sparql: str) -> Any:
    from rdflib.plugins.sparql import prepareQuery

    return prepareQuery(sparql).algebra


def _patterns(node: Any) -> Iterator[tuple[Any, Any, Any]]:
    """The triple patterns of an algebra that must or may match, outside filters and what MINUS takes away."""
    from rdflib.plugins.sparql.parserutils import CompValue

    if isinstance(node, CompValue):
        if node.name == "BGP":
            yield from node.triples
            return
        for key, value in node.items():
            # An expression (of FILTER, BIND, ORDER BY) matches nothing itself; the second side of MINUS takes away.
            if key not in ("expr", "_vars") and not (node.name == "Minus" and key == "p2"):
                yield from _patterns(value)
    elif isinstance(node, list):
        for part in node:
            yield from _patterns(part)


def _is_variable(node: Any) -> bool:
    from rdflib import Variable

    return isinstance(node, Variable)


def _term(node: Any, values: Mapping[str, Any]) -> Any:
    """The pyoxigraph term of a pattern's end, ``None`` if its variable has no value."""
    from rdflib import BNode, Variable

    # A blank node in a pattern is a variable without a name.
    return values.get(str(node)) if isinstance(node, Variable | BNode) else from_rdflib(node)


def _walk(store: Store, s: Any, path: Any, o: Any) -> list[ox.Triple]:
    """The triples of one way from `s` to `o` along a path; none if there is no way (an OPTIONAL that did not match)."""
    import pyoxigraph as ox
    from rdflib import URIRef
    from rdflib.paths import AlternativePath, InvPath, MulPath, SequencePath

    if isinstance(path, URIRef | ox.NamedNode):
        if isinstance(s, ox.Literal):
            return []
        predicate = ox.NamedNode(str(path)) if isinstance(path, URIRef) else path
        there = store.query(f"ASK {{ {written(s)} {predicate} {written(o)} }}").boolean
        return [ox.Triple(s, predicate, o)] if there else []
    if isinstance(path, InvPath):
        return _walk(store, o, path.arg, s)
    if isinstance(path, AlternativePath):
        return next((found for way in path.args if (found := _walk(store, s, way, o))), [])
    if isinstance(path, SequencePath):
        first, *rest = path.args
        if not rest:
            return _walk(store, s, first, o)
        return _between(store, s, first, SequencePath(*rest) if len(rest) > 1 else rest[0], o)
    if isinstance(path, MulPath):
        if s == o and path.zero:
            return []
        return _walk(store, s, path.path, o) or ([] if not path.more else _chain(store, s, path.path, o))
    return []


def _between(store: Store, s: Any, first: Any, rest: Any, o: Any) -> list[ox.Triple]:
    """The way over one node between."""
    ways = store.query(f"SELECT DISTINCT ?m WHERE {{ {written(s)} {first.n3()} ?m . ?m {rest.n3()} {written(o)} }} ORDER BY ?m LIMIT 1")
    for (middle,) in ways.rows:
        return [*_walk(store, s, first, middle), *_walk(store, middle, rest, o)]
    return []


def _chain(store: Store, s: Any, step: Any, o: Any) -> list[ox.Triple]:
    """The shortest way of several equal steps: breadth first, so that no circle holds it up."""
    came: dict[Any, Any] = {s: None}
    edge = [s]
    while edge and o not in came:
        beyond = []
        for node in edge:
            for (following,) in store.query(f"SELECT DISTINCT ?m WHERE {{ {written(node)} {step.n3()} ?m }} ORDER BY ?m").rows:
                if following not in came:
                    came[following] = node
                    beyond.append(following)
        edge = beyond
    if o not in came:
        return []
    stations = [o]
    while (before := came[stations[-1]]) is not None:
        stations.append(before)
    stations.reverse()
    return [triple for a, b in pairwise(stations) for triple in _walk(store, a, step, b)]
