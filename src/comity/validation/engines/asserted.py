"""Writes patterns of SPARQL that see what is asserted, which is the statements of all named graphs but ``inferred``.

Most patterns need nothing for it: where graph ``inferred`` has no statement with the property, the default graph, which is the union
of the named ones, is as good. Others look into each graph but that one. The same statement in two graphs is then found twice, so
whoever counts must count what is different.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import count
from typing import TYPE_CHECKING, Final

from comity.terms import INFERRED, PREFIXES, split_local
from comity.validation.engines.shapes import Path, Term

if TYPE_CHECKING:
    import pyoxigraph as ox

_SIGNS: Final = {"zeroOrMorePath": "*", "oneOrMorePath": "+", "zeroOrOnePath": "?"}


class Hidden(Exception):
    """The default graph would have to be asked, and it has more than what is asserted; the argument is the property."""


class Asserted:
    """Patterns over what is asserted in a store.

    `inferred` are the properties that graph ``inferred`` has statements with; ``None`` says that the default graph is not to be used at
    all. `system` are graphs that the server has for itself.
    """

    def __init__(self, inferred: Iterable[ox.NamedNode] | None = (), system: Iterable[str] = ()) -> None:
        self._inferred = None if inferred is None else frozenset(inferred)
        others = ", ".join(f"<{graph}>" for graph in sorted({INFERRED, *system}))
        self._others = f"!= {others}" if others == f"<{INFERRED}>" else f"NOT IN ({others})"
        self._numbers = count(1)

    def hides(self, predicates: Iterable[ox.NamedNode] | None) -> bool:
        """Whether the default graph has other statements with one of the predicates too; ``None`` stands for any."""
        if self._inferred is None or predicates is None:
            return self._inferred is None or bool(self._inferred)
        return not self._inferred.isdisjoint(predicates)

    def among(self, graph: str) -> str:
        """Return the test that the graph for which the variable stands is one of what is asserted."""
        return f"{graph} {self._others}"

    def fresh(self) -> str:
        """Return a variable that no other pattern has."""
        return f"?v{next(self._numbers)}"

    def statement(self, subject: str, predicates: str | Sequence[ox.NamedNode], value: str) -> str:
        """Return the pattern of a statement with one of the predicates, or with any, for which a variable stands."""
        named = None if isinstance(predicates, str) else predicates
        pattern = f"{subject} {predicates if isinstance(predicates, str) else '|'.join(map(written, predicates))} {value} ."
        if not self.hides(named):
            return pattern
        if named is not None and len(named) > 1:
            # Oxigraph finds each quickly by itself, and not one of several in a graph.
            return " UNION ".join(f"{{ {self.statement(subject, [each], value)} }}" for each in named)
        graph = self.fresh()
        return f"GRAPH {graph} {{ {pattern} }} FILTER({self.among(graph)})"

    def path(self, path: Path, start: str, end: str) -> str:
        """Return the pattern of a property path (SHACL, section 2.3.1). Raises :class:`Hidden`."""
        steps = path.steps
        match path.kind:
            case "predicate":
                return self.statement(start, [path.predicate], end)
            case "inversePath":
                return self.path(steps[0], end, start)
            case "sequence":
                stops = [start, *(self.fresh() for _ in steps[1:]), end]
                return " ".join(self.path(step, stops[i], stops[i + 1]) for i, step in enumerate(steps))
            case "alternativePath" if all(step.kind == "predicate" for step in steps):
                return self.statement(start, [step.predicate for step in steps], end)
            case "alternativePath":
                return " UNION ".join(f"{{ {self.path(step, start, end)} }}" for step in steps)
        return f"{start} {self._repeated(path)} {end} ."

    def _repeated(self, path: Path) -> str:
        """The path as SPARQL writes it: one of any number of steps is for the engine to walk, and so sees what its default graph does."""
        if path.kind == "predicate":
            if self.hides([path.predicate]):
                raise Hidden(path.predicate)
            return written(path.predicate)
        steps = [self._repeated(step) for step in path.steps]
        match path.kind:
            case "inversePath":
                return f"^({steps[0]})"
            case "sequence":
                return f"({'/'.join(steps)})"
            case "alternativePath":
                return f"({'|'.join(steps)})"
        return f"({steps[0]}){_SIGNS[path.kind]}"


def written(term: Term) -> str:
    """Return the term as SPARQL writes it, short where one of our prefixes fits (:func:`comity.terms.with_prefixes` declares it).

    Oxigraph does not read all short names that have dots in them.
    """
    parts = split_local(term.value) if type(term).__name__ == "NamedNode" else None
    return f"{parts[0]}:{parts[2]}" if parts is not None and parts[0] in PREFIXES and "." not in parts[2] else str(term)
