"""Strangers' queries: the task for a worker.

An answer has an end: after so many rows (of a graph: triples), or bytes, it is cut, each of its rows whole, and says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from comity.errors import QueryError
from comity.server.frames import Frame
from comity.server.problems import Refused
from comity.server.refusal import Dataset, check_here, dataset_of
from comity.server.tasks import task
from comity.store.embedded import EmbeddedStore
from comity.table import Column
from comity.table import sparql_results as results
from comity.terms import with_prefixes

if TYPE_CHECKING:
    import pyoxigraph as ox

    from comity.api import Comity

_LOCAL_NAME: Final = re.compile(r"[A-Za-z_][\w.\-]*\Z")


@task("query")
def query(
    edition: Comity,
    sparql: str,
    base: str,
    default_graphs: Sequence[str],
    named_graphs: Sequence[str],
    table: str | None,
    graph: str | None,
    rows: int,
    bytes: int,  # noqa: A002 - as `rows` is what it counts
    link: str,
) -> Frame:
    """The answer to somebody's query.

    `table` is the format of the answer to SELECT and ASK, `graph` of that to CONSTRUCT and DESCRIBE (see
    :mod:`comity.server.negotiation`), ``None`` where none will do. Graphs that the request names count, and not those of FROM. The
    head holds the ``kind`` of the answer, its ``format``, the number of ``rows``, and whether it was ``cut`` to `rows` or `bytes`; `link`
    is what a cut answer points to.
    """
    dataset = Dataset(tuple(default_graphs), tuple(named_graphs))
    dataset = _checked(edition, sparql, dataset)
    text, shift = with_prefixes(sparql)
    try:
        found = _found(edition, text, base, dataset)
    except QueryError as error:
        column = error.column
        if error.line == 1 and column is not None:
            column = max(1, column - shift)
        raise QueryError(error.what, error.remedy, line=error.line, column=column) from None
    kind, names, iterator = found
    wanted = graph if kind == "construct" else table
    if wanted is None:
        raise Refused(406, f"the answer is {'a graph' if kind == 'construct' else 'a table'}, and is not to be had in that form")
    taken = list(islice(iterator, rows + 1))
    cut = len(taken) > rows
    taken = taken[:rows]
    body = _written(kind, names, taken, wanted, link if cut else None)
    while len(body) > bytes and len(taken) > 1:
        # The share that would fit, were all rows alike, and a little less.
        cut, taken = True, taken[: len(taken) * 9 * bytes // (10 * len(body))]
        body = _written(kind, names, taken, wanted, link)
    return Frame({"format": wanted, "kind": kind, "rows": len(taken), "cut": cut}, body)


def _checked(edition: Comity, sparql: str, requested: Dataset) -> Dataset:
    named = dataset_of(sparql)
    dataset = requested or named
    if dataset and not isinstance(edition.store, EmbeddedStore):
        raise QueryError("graphs cannot be chosen for the whole query here", "choose one with GRAPH")
    if isinstance(edition.store, EmbeddedStore):
        check_here(dataset, edition.store.has_graph)
    return dataset


def _found(edition: Comity, sparql: str, base: str, dataset: Dataset) -> tuple[str, tuple[str, ...], Iterable[Any]]:
    """The kind of the answer, its variables, and its rows, triples or truth value, not yet read where that can be."""
    import pyoxigraph as ox

    if not isinstance(edition.store, EmbeddedStore):
        solutions = edition.store.query(sparql)
        if solutions.kind == "ask":
            return "ask", (), (solutions.boolean,)
        return solutions.kind, solutions.variables, solutions.rows if solutions.kind == "select" else solutions.triples
    chosen = {"default_graphs": dataset.default, "named_graphs": dataset.named} if dataset else {}
    answer = edition.store.answer(sparql, base=base, **chosen)
    if isinstance(answer, ox.QuerySolutions):
        return "select", tuple(variable.value for variable in answer.variables), (tuple(row) for row in answer)
    if isinstance(answer, ox.QueryTriples):
        return "construct", (), dict.fromkeys(answer)
    return "ask", (), (bool(answer),)


def _written(kind: str, names: Sequence[str], taken: Sequence[Any], wanted: str, link: str | None) -> bytes:
    try:
        if kind == "construct":
            return _graph(taken, wanted)
        if kind == "ask":
            return _boolean(taken[0], wanted).encode()
        match wanted:
            case "csv":
                text = results.csv_of_terms(names, taken)
            case "tsv":
                text = results.tsv_text([Column(name, "any") for name in names], taken)
            case "xml":
                text = results.xml_text(names, taken, link=link)
            case _:
                text = results.json_text([Column(name, "any") for name in names], taken, link=link)
    except ValueError as error:
        raise Refused(406, f"the answer cannot be written so: {error}", "ask for JSON") from None
    return text.encode()


def _boolean(value: bool, wanted: str) -> str:
    match wanted:
        case "xml":
            return results.boolean_xml(value)
        case "csv" | "tsv":
            # The W3C's formats have no form for it; this is what other servers send.
            return f"{str(value).lower()}\n"
    return results.boolean_text(value)


def _graph(triples: Sequence[ox.Triple], wanted: str) -> bytes:
    import pyoxigraph as ox

    from comity.export.rdf import dumps

    if wanted == "rdf":
        for triple in triples:
            if _LOCAL_NAME.search(triple.predicate.value) is None:
                raise ValueError(f"RDF/XML has no way to write the property <{triple.predicate.value}>")
    return dumps((ox.Quad(*triple) for triple in triples), wanted)
