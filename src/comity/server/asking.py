"""Canned questions: tasks for a worker."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from comity.server.frames import Frame
from comity.server.tasks import task

if TYPE_CHECKING:
    from comity.api import Comity


@task("ask")
def ask(edition: Comity, question: str, parameters: dict[str, Any], format: str) -> Frame:  # noqa: A002
    """The answer to a question in the format (``json`` or ``csv``) as the body; the head has its number of rows."""
    table = edition.ask(question, **parameters)
    text = table.to_csv() if format == "csv" else table.to_json()
    return Frame({"rows": len(table)}, text.encode())


@task("table")
def table_of(edition: Comity, question: str, parameters: dict[str, Any]) -> Frame:
    """The answer to a question for its page: ``columns``, ``rows`` (lists of plain values), ``query``, ``citation``."""
    import json

    table = edition.ask(question, **parameters)
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
