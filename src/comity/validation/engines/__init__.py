"""The engines that run the shapes, and what they have in common."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from comity.validation.report import Severity

if TYPE_CHECKING:
    import pyoxigraph as ox


@dataclass(frozen=True, slots=True)
class Result:
    """A result in RDF terms, before names and places are looked up."""

    severity: Severity
    focus: ox.NamedNode | ox.BlankNode
    path: str | None
    property: str | None
    value: ox.NamedNode | ox.BlankNode | ox.Literal | None
    message: str
    shape: str
