"""The sources of a row, told in two columns: whether what it rests on is stated or inferred, and where it is stated."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final

from comity.table import Column, Table
from comity.terms import SNAPSHOT, graph_name

if TYPE_CHECKING:
    from comity.inference.explain import Asserted, Proof

BASIS: Final = Column(
    "basis",
    "string",
    "Whether the statements behind the row are stated, inferred, or stated and inferred; empty where none can be pointed to",
)
STATED_IN: Final = Column(
    "statedIn", "string", "The graphs, and the passages and citations, that state them or what they follow from, each once"
)


def with_sources(table: Table, reasons: Iterable[Iterable[Proof | Asserted]]) -> Table:
    """Return the table with two more columns, made of the reasons for each row (see :meth:`comity.Comity.why`).

    Where a question has a column of that name, ours are ``rowBasis`` and ``rowStatedIn``.
    """
    taken = {column.name for column in table.columns}
    columns = [_free(column, taken) for column in (BASIS, STATED_IN)]
    return table.beside(columns, [_sources(list(row)) for row in reasons])


def _free(column: Column, taken: set[str]) -> Column:
    if column.name not in taken:
        return column
    return Column(f"row{column.name[0].upper()}{column.name[1:]}", column.type, column.meaning, column.unit)


def _sources(reasons: list[Proof | Asserted]) -> tuple[str | None, str | None]:
    stated, inferred = False, False
    graphs: dict[str, None] = {}
    passages: dict[str, None] = {}
    for reason, leaf in _leaves(reasons):
        # The day of a snapshot is what the question was given; nobody states it.
        given = [graph for graph in leaf.graphs if graph != SNAPSHOT]
        if leaf is reason:
            stated |= bool(given)
        else:
            inferred = True
        graphs.update((graph_name(graph) or graph, None) for graph in given)
        passages.update((str(passage), None) for passage in leaf.passages)
    basis = " and ".join(word for word, holds in (("stated", stated), ("inferred", inferred)) if holds)
    return basis or None, "; ".join([*graphs, *passages]) or None


def _leaves(reasons: Iterable[Proof | Asserted]) -> Iterator[tuple[Proof | Asserted, Asserted]]:
    """Each reason with each stated statement that it is or rests on."""
    from comity.inference.explain import Asserted

    for reason in reasons:
        if isinstance(reason, Asserted):
            yield reason, reason
        else:
            yield from ((reason, node) for node in reason.nodes() if isinstance(node, Asserted))
