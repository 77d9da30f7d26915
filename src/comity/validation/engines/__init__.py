"""The engines that run the shapes, and what they have in common."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from comity.errors import UnknownEngine
from comity.validation.report import Severity

if TYPE_CHECKING:
    import pyoxigraph as ox

    from comity.validation.engines.facts import Facts

ENGINES: Final = ("pyshacl", "compiled", "sparql")
"""The engines by name: the reference; Comity's own, which is many times as fast and the default; and the one that asks a store."""


@dataclass(frozen=True, slots=True)
class Result:
    """A result in RDF terms, before names and places are looked up."""

    severity: Severity
    focus: ox.NamedNode | ox.BlankNode | ox.Literal
    path: str | None
    property: str | None
    value: ox.NamedNode | ox.BlankNode | ox.Literal | None
    message: str
    shape: str
    component: str = ""


class Engine(Protocol):
    """Shapes, loaded once, and ready to be run over data."""

    def run(
        self, statements: Facts | Iterable[ox.Quad], focus: Iterable[ox.NamedNode | ox.BlankNode] | None = None
    ) -> set[Result]:
        """Return the results, of the nodes in `focus` only when that is given."""
        ...


def load(name: str | None, files: Sequence[Path]) -> Engine:
    """Return the engine of this name with the shapes of `files`; ``None`` takes the compiled one.

    Raises :class:`~comity.errors.UnknownEngine`, :class:`~comity.errors.DataError` for shapes that the engine refuses.
    """
    if name not in (None, *ENGINES):
        raise UnknownEngine(str(name), ENGINES)
    if name == "pyshacl":
        from comity.validation.engines.reference import Reference

        return Reference(files)
    if name == "sparql":
        from comity.validation.engines.in_store import InStore

        return InStore(files)
    from comity.validation.engines.compiled import Compiled

    return Compiled(files)
