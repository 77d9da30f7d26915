"""Canned questions: tasks for a worker."""

from __future__ import annotations

import json
from collections import OrderedDict
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakKeyDictionary

from comity.errors import ParameterError
from comity.server.frames import Frame
from comity.server.tasks import task

if TYPE_CHECKING:
    from comity.api import Comity
    from comity.table import Table


_KEPT: Final = 8
"""How many answers a worker keeps."""
_kept: WeakKeyDictionary[Comity, OrderedDict[object, Table]] = WeakKeyDictionary()


@task("ask")
def ask(edition: Comity, question: str, parameters: dict[str, Any], format: str) -> Frame:  # noqa: A002
    """The answer to a question in the format, one of :data:`comity.server.rest.FORMS`; the head has its number of rows."""
    table = answer_to(edition, question, parameters)
    return Frame({"rows": len(table)}, _written(table, format))


@task("table")
def table_of(edition: Comity, question: str, parameters: dict[str, Any]) -> Frame:
    """The answer to a question for its page: ``columns``, ``rows`` (lists of plain values), ``query``, ``citation``."""
    table = answer_to(edition, question, parameters)
    document = json.loads(table.to_json())
    assert table.origin is not None
    return Frame(
        {
            "columns": document["columns"],
            "rows": [list(row.values()) for row in document["rows"]],
            "query": table.origin.query,
            "citation": table.origin.citation(),
        }
    )


def answer_to(edition: Comity, question: str, parameters: dict[str, Any]) -> Table:
    """Return the answer to a question, kept for a while. Raises what :meth:`comity.Comity.ask` raises."""
    if "sources" in parameters:  # an option of the library, and no question's parameter
        remedy = "leave it out; the page of the question says of each row why"
        raise ParameterError(f"question {question} has no parameter sources", remedy, question=question, parameter="sources")
    # The same answer is often wanted in another form: as a page, then as a file.
    key = (question, tuple(sorted(parameters.items())))
    kept = _kept.setdefault(edition, OrderedDict())
    if key not in kept:
        kept[key] = edition.ask(question, **parameters)
        if len(kept) > _KEPT:
            kept.popitem(last=False)
    return kept[key]


def _written(table: Table, form: str) -> bytes:
    match form:
        case "csv":
            return table.to_csv().encode()
        case "tsv":
            return table.to_tsv().encode()
        case "srj":
            return table.to_sparql_json().encode()
        case "md":
            return table.to_markdown().encode()
        case "xlsx":
            return table.xlsx()
        case "rq":
            assert table.origin is not None
            return table.origin.query.encode()
    return table.to_json().encode()
