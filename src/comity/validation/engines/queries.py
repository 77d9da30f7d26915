"""Puts the constraints that are queries to an Oxigraph store that holds what they can ask about."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from comity.terms import RDF, shorten
from comity.tokens import Token, tokenize
from comity.validation.engines import Result
from comity.validation.engines.facts import Facts, Term
from comity.validation.engines.screen import Screen
from comity.validation.engines.select import Group, Unclear, parse
from comity.validation.engines.shapes import Query, Shape

if TYPE_CHECKING:
    import pyoxigraph as ox


class Questions:
    """The queries of shapes, as far as they are understood, and names among which are all properties that they can look at."""

    def __init__(self, shapes: Iterable[Shape]) -> None:
        queries = [c.value for shape in shapes for c in shape.constraints if c.parameter == "sparql"]
        self._understood = {query.text: understood(query) for query in queries}
        named = [predicates(query) for query in queries]
        known = [found for found in named if found is not None]
        self._properties: set[ox.NamedNode] | None = set().union(*known) if len(known) == len(named) else None

    def of(self, facts: Facts) -> Asker:
        """Return what puts the queries to these facts."""
        return Asker(facts, self._understood, self._properties)


class Asker:
    """The statements that queries can look at, in a store that is filled when the first is asked."""

    def __init__(self, facts: Facts, understood: dict[str, Group | None], properties: set[ox.NamedNode] | None) -> None:
        self._facts = facts
        self._properties = properties
        self._understood = understood
        self._screen = Screen(facts)
        self._store: ox.Store | None = None

    def ask(self, query: Query, node: Any, shape: Shape) -> Iterator[Result]:
        """Yield what the query finds about the node, in the form of SHACL, section 5.3."""
        import pyoxigraph as ox

        if not self._screen.may_answer(self._understood[query.text], node):
            return
        if self._store is None:
            self._store = self._filled()
        solutions = self._store.query(
            query.text,
            prefixes=query.prefixes,
            substitutions={ox.Variable("this"): node},
            use_default_graph_as_union=not self._facts.repeated,
        )
        assert isinstance(solutions, ox.QuerySolutions)
        names = [variable.value for variable in solutions.variables]
        for solution in solutions:
            found = {name: solution[name] for name in names if solution[name] is not None}
            yield answer(query, shape, node, found)

    def _filled(self) -> ox.Store:
        import pyoxigraph as ox

        wanted = self._properties
        quads = (quad for quad in self._facts.quads if wanted is None or quad.predicate in wanted)
        store = ox.Store()
        if self._facts.repeated:
            # A query must not count twice what two graphs state.
            quads = (ox.Quad(quad.subject, quad.predicate, quad.object) for quad in quads)
        store.extend(quads)
        return store


def answer(query: Query, shape: Shape, node: Term, found: dict[str, Any]) -> Result:
    """Return the result for what the query `found` about the node, by variable (SHACL, section 5.3.2)."""
    import pyoxigraph as ox

    path = found.get("path")
    texts = [_filled_in(message, found) for message in query.messages]
    return Result(
        severity=shape.severity,
        focus=node,
        path=shorten(path.value) if isinstance(path, ox.NamedNode) else None,
        property=path.value if isinstance(path, ox.NamedNode) else None,
        value=found.get("value", node),
        message=" ".join("; ".join(texts).split()),
        shape=shape.name,
        component="SPARQLConstraintComponent",
    )


def understood(query: Query) -> Group | None:
    """Return the query's pattern, ``None`` where that is beyond what is understood."""
    try:
        return parse(query.text, query.prefixes)
    except Unclear:
        return None


def predicates(query: Query) -> set[ox.NamedNode] | None:
    """Return names among which are all properties that the query can look at; ``None`` if that may be any."""
    import pyoxigraph as ox

    tokens = tokenize(query.text)
    found = {ox.NamedNode(RDF.type)}
    for place, token in enumerate(tokens):
        if token.kind == "iri":
            found.add(ox.NamedNode(token.text[1:-1]))
        elif token.kind == "name":
            prefix, _, local = token.text.partition(":")
            if prefix in query.prefixes:
                found.add(ox.NamedNode(query.prefixes[prefix] + local))
        elif token.text in ("!", "*", "?") or (token.kind == "variable" and _is_predicate(tokens[:place])):
            return None
    return found


def _is_predicate(before: Sequence[Token]) -> bool:
    """Tell whether a variable after these tokens can stand in the place of a predicate."""
    if not before or before[-1].is_mark(";"):
        return bool(before)
    return len(before) > 1 and before[-1].kind != "mark" and before[-1].kind != "word" and before[-2].text in ("{", "}", ".", ")")


def _filled_in(message: str, found: dict[str, Any]) -> str:
    for name, term in found.items():
        for written in (f"{{?{name}}}", f"{{${name}}}"):
            message = message.replace(written, str(term.value))
    return message
