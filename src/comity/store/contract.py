"""What every store does, whatever engine is behind it.

Terms that cross the contract are pyoxigraph's: ``NamedNode``, ``BlankNode``, ``Literal``, ``Triple``, ``Quad``. A query without
``GRAPH`` sees the union of all named graphs, as a set: a triple in two graphs counts once. Graphs are named by full IRIs, as
plain strings; quads without a graph go into ``…/comity/graph/default``.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias, runtime_checkable

if TYPE_CHECKING:
    import pyoxigraph as ox

    Term: TypeAlias = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple
    Row: TypeAlias = tuple[Term | None, ...]

SolutionsKind = Literal["select", "ask", "construct"]


@dataclass(frozen=True, slots=True)
class Solutions:
    """The result of a query.

    `kind` says which of the fields holds it: ``select`` (`variables` without the question mark, and `rows`, with ``None``
    for an unbound variable), ``ask`` (`boolean`), or ``construct`` (`triples`, also of DESCRIBE). The other fields are empty.
    """

    kind: SolutionsKind
    variables: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()
    boolean: bool | None = None
    triples: tuple[ox.Triple, ...] = ()

    def __len__(self) -> int:
        """The number of rows or triples; 1 for ASK."""
        return {"select": len(self.rows), "ask": 1, "construct": len(self.triples)}[self.kind]


@runtime_checkable
class Store(Protocol):
    """A quad store. Every backend passes the suite in ``tests/store``."""

    def query(self, sparql: str, *, timeout: float | None = None) -> Solutions:
        """Run a SPARQL 1.1 query and return its whole result.

        `timeout` is in seconds of wall-clock time. Raises :class:`~comity.errors.QueryError` for SPARQL that does not parse,
        :class:`~comity.errors.TimeLimitError` when the time is over, :class:`~comity.errors.StoreError` when the engine fails.
        """
        ...

    def update(self, sparql: str) -> None:
        """Run a SPARQL 1.1 Update, wholly or not at all. Errors as in :meth:`query`.

        An update names its graphs. Outside GRAPH, WITH and USING it works on the graph ``…/comity/graph/default``.
        """
        ...

    def graphs(self) -> tuple[str, ...]:
        """Return the IRIs of the named graphs that hold at least one triple, sorted."""
        ...

    def load(self, source: Iterable[ox.Quad] | str | os.PathLike[str], graph: str | None = None) -> None:
        """Add quads, or the statements of a file.

        With `graph`, all of them go into that graph, whatever graph they were in. A file's format follows its suffix.
        Raises :class:`~comity.errors.TurtleError` or :class:`~comity.errors.InputError` for a file that cannot be read;
        nothing is added then.
        """
        ...

    def replace_graph(self, graph: str, triples: Iterable[ox.Triple]) -> None:
        """Make `graph` hold exactly `triples`. A failure leaves the old content."""
        ...

    def clear(self) -> None:
        """Remove everything."""
        ...

    def quads(self, graph: str | None = None) -> Iterator[ox.Quad]:
        """Iterate over all quads, or those of one named graph, in no particular order."""
        ...

    def count(self, graph: str | None = None) -> int:
        """Return the number of quads, or of triples in one named graph."""
        ...

    def close(self) -> None:
        """Release files and locks. Closing twice does no harm; anything else on a closed store raises `StoreError`."""
        ...
