"""Collects the triples of a description and writes them as Turtle in the one form."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from comity.terms import XSD

if TYPE_CHECKING:
    import pyoxigraph as ox


class Triples:
    """A growing set of triples; every name is a full IRI."""

    def __init__(self) -> None:
        self._triples: set[ox.Triple] = set()

    def __iter__(self) -> Iterator[ox.Triple]:
        return iter(self._triples)

    def iri(self, subject: str, name: str, value: str) -> None:
        """Add a statement whose value is a thing."""
        import pyoxigraph as ox

        self._add(subject, name, ox.NamedNode(value))

    def text(self, subject: str, name: str, value: str, language: str | None = None) -> None:
        """Add a statement whose value is a text."""
        import pyoxigraph as ox

        self._add(subject, name, ox.Literal(value, language=language))

    def typed(self, subject: str, name: str, value: str, datatype: str) -> None:
        """Add a statement whose value has a datatype."""
        import pyoxigraph as ox

        self._add(subject, name, ox.Literal(value, datatype=ox.NamedNode(datatype)))

    def number(self, subject: str, name: str, value: int) -> None:
        """Add a statement whose value is a whole number."""
        self.typed(subject, name, str(value), XSD.integer)

    def turtle(self) -> str:
        """Return them as Turtle."""
        from comity.turtle import serialize

        return serialize(self._triples)

    def _add(self, subject: str, name: str, value: ox.NamedNode | ox.Literal) -> None:
        import pyoxigraph as ox

        self._triples.add(ox.Triple(ox.NamedNode(subject), ox.NamedNode(name), value))
