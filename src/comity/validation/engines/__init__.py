"""The engines that run the shapes, and what they have in common."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from comity.errors import MissingExtra, UnknownEngine
from comity.validation.report import Severity

if TYPE_CHECKING:
    import pyoxigraph as ox

ENGINES: Final = ("pyshacl", "fast")
"""The engines by name: the reference, and the one of the extra ``fast``."""


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

    def run(self, quads: Iterable[ox.Quad], focus: Iterable[ox.NamedNode | ox.BlankNode] | None = None) -> set[Result]:
        """Return the results, of the nodes in `focus` only when that is given."""
        ...


def load(name: str | None, files: Sequence[Path]) -> Engine:
    """Return the engine of this name with the shapes of `files`; ``None`` takes the fast one where it is installed.

    Raises :class:`~comity.errors.UnknownEngine` and :class:`~comity.errors.MissingExtra`.
    """
    installed = find_spec("pyshacl_turbo") is not None
    chosen = name or ("fast" if installed else "pyshacl")
    if chosen not in ENGINES:
        raise UnknownEngine(chosen, ENGINES)
    if chosen == "pyshacl":
        from comity.validation.engines.reference import Reference

        return Reference(files)
    if not installed:
        raise MissingExtra("fast", "the engine fast")
    from comity.validation.engines.fast import Fast

    return Fast(files)
