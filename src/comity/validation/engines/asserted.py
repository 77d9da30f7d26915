"""Writes patterns of SPARQL that see the statements of all graphs but ``inferred``, wherever the store's default graph shows that too.

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
    """What was to be asked cannot be told from what graph ``inferred`` has; the argument names the property."""


class Asserted:
    """Patterns over what is asserted. `inferred` are the properties that graph ``inferred`` has statements with."""

    def __init__(self, inferred: Iterable[ox.NamedNode] = ()) -> None:
        self._inferred = frozenset(inferred)
        self._numbers = count(1)

    @property
    def hides_any(self) -> bool:
        """Whether graph ``inferred`` has statements at all."""
        return bool(self._inferred)

    def hides(self, predicates: Iterable[ox.NamedNode]) -> bool:
        """Whether graph ``inferred`` has statements with one of the predicates."""
        return not self._inferred.isdisjoint(predicates)

    def fresh(self) -> str:
        """Return a variable that no other pattern has."""
        return f"?v{next(self._numbers)}"

    def statement(self, subject: str, predicates: str | Sequence[ox.NamedNode], value: str) -> str:
        """Return the pattern of a statement with one of the predicates, or with any, for which a variable stands."""
        if isinstance(predicates, str):
            text, shared = predicates, self.hides_any
        else:
            text, shared = "|".join(map(written, predicates)), self.hides(predicates)
        pattern = f"{subject} {text} {value} ."
        if not shared:
            return pattern
        graph = self.fresh()
        return f"GRAPH {graph} {{ {pattern} }} FILTER({graph} != <{INFERRED}>)"

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
            if path.predicate in self._inferred:
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
