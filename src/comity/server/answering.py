"""Strangers' queries: the task for a worker.

An answer has an end: after so many rows (of a graph: triples), or bytes, it is cut, each of its rows whole, and says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
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
    from comity.store.remote import RemoteStore

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
    dataset = _checked(edition, sparql, Dataset(tuple(default_graphs), tuple(named_graphs)))
    text, shift = with_prefixes(sparql)
    try:
        with _found(edition, text, base, dataset) as (kind, names, found):
            wanted = graph if kind == "construct" else table
            if wanted is None:
                raise Refused(406, f"the answer is {'a graph' if kind == 'construct' else 'a table'}, and is not to be had in that form")
            taken = list(islice(found, rows + 1))
    except QueryError as error:
        column = error.column
        if error.line == 1 and column is not None:
            column = max(1, column - shift)
        raise QueryError(error.what, error.remedy, line=error.line, column=column) from None
    cut = len(taken) > rows
    taken = taken[:rows]
    body = _written(kind, names, taken, wanted, link if cut else None)
    while len(body) > bytes and len(taken) > 1:
        # The share that would fit, were all rows alike, and a little less.
        cut, taken = True, taken[: len(taken) * 9 * bytes // (10 * len(body))]
        body = _written(kind, names, taken, wanted, link)
    return Frame({"format": wanted, "kind": kind, "rows": len(taken), "cut": cut}, body)


def _checked(edition: Comity, sparql: str, requested: Dataset) -> Dataset:
    named = dataset_of(sparql)  # also when it does not count: it refuses what must not be run
    dataset = requested or named
    check_here(dataset, _engine(edition).has_graph)
    return dataset


def _engine(edition: Comity) -> EmbeddedStore | RemoteStore:
    store: Any = edition.store  # there are no others
    engine: EmbeddedStore | RemoteStore = store
    return engine


@contextmanager
def _found(edition: Comity, sparql: str, base: str, dataset: Dataset) -> Iterator[tuple[str, tuple[str, ...], Iterable[Any]]]:
    """The kind of the answer, its variables, and its rows, triples or truth value, not yet read."""
    import pyoxigraph as ox

    store = _engine(edition)
    default, named = (dataset.default, dataset.named) if dataset else (None, None)
    if not isinstance(store, EmbeddedStore):
        with store.answer(sparql, default_graphs=default, named_graphs=named) as (kind, names, found):
            yield kind, names, _unique(found) if kind == "construct" else found
        return
    answer = store.answer(sparql, base=base, default_graphs=default, named_graphs=named)
    if isinstance(answer, ox.QuerySolutions):
        yield "select", tuple(variable.value for variable in answer.variables), (tuple(row) for row in answer)
    elif isinstance(answer, ox.QueryTriples):
        yield "construct", (), _unique(answer)
    else:
        yield "ask", (), (bool(answer),)


def _unique(triples: Iterable[ox.Triple]) -> Iterator[ox.Triple]:
    """Each triple once, as they come: a graph is a set."""
    seen: set[ox.Triple] = set()
    for triple in triples:
        if triple not in seen:
            seen.add(triple)
            yield triple


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
