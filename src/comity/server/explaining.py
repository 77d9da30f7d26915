"""Why a row is in an answer, and why a statement holds, for a page to unfold: tasks for a worker."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from comity.errors import UsageError
from comity.server.asking import answer_to
from comity.server.describing import labels_of, value_of
from comity.server.frames import Frame
from comity.server.tasks import task
from comity.table import Table

if TYPE_CHECKING:
    from comity.api import Comity
    from comity.inference.explain import Asserted, Proof

STEPS: Final = 200
"""How many statements of one proof are shown; the rest are counted."""


@task("why")
def why(edition: Comity, question: str, parameters: dict[str, Any], row: int) -> Frame:
    """The reasons for a row (counted from 1) of an answer: ``reasons``, each with its premises; empty where nothing can be shown."""
    table = answer_to(edition, question, parameters)
    if not 0 < row <= len(table):
        raise UsageError(f"the answer has no row {row}", "ask for a row that it has")
    # The rows before it are not to be explained first.
    place = slice(row - 1, row)
    alone = Table(table.columns, table.rows[place], title=table.title, terms=table.terms()[place], origin=table.origin)
    return Frame({"row": row, "reasons": _shown(edition, next(edition.why(alone)))})


@task("explain")
def explain(edition: Comity, subject: str, property: str, object: str) -> Frame:  # noqa: A002 - the words of RDF
    """Why a statement between two things holds."""
    return Frame({"reasons": _shown(edition, [edition.explain(f"<{subject}>", f"<{property}>", f"<{object}>")])})


def _shown(edition: Comity, reasons: list[Proof | Asserted]) -> list[dict[str, Any]]:
    from comity.inference.explain import Asserted
    from comity.terms import SNAPSHOT, graph_name

    nodes = [node for reason in reasons for node in ([reason] if isinstance(reason, Asserted) else reason.nodes())]
    iris: set[str] = set()
    for node in nodes:
        triple: Any = node.triple
        iris |= {term.value for term in (triple.subject, triple.predicate, triple.object) if str(term).startswith("<")}
        if isinstance(node, Asserted):
            iris |= {iri for passage in node.passages for iri in (passage.iri, passage.source) if iri}
    labels = labels_of(edition, sorted(iris))
    left = STEPS

    def shown(node: Proof | Asserted) -> dict[str, Any]:
        nonlocal left
        left -= 1
        made: dict[str, Any] = {
            "subject": value_of(node.triple.subject, labels),
            "predicate": value_of(node.triple.predicate, labels),
            "object": value_of(node.triple.object, labels),
            "rule": None,
            "axiom": None,
            "basis": None,
            "graphs": [],
            "passages": [],
            "premises": [],
            "more": 0,
        }
        if isinstance(node, Asserted):
            made["graphs"] = [graph_name(graph) or graph for graph in node.graphs if graph != SNAPSHOT]
            # The same words in the same place are said once.
            told = {(passage.source, passage.fragment, passage.locator): passage for passage in node.passages}
            made["passages"] = [
                {
                    "iri": passage.iri,
                    "label": labels.get(passage.iri),
                    "source": passage.source or None,
                    "sourceLabel": labels.get(passage.source) if passage.source else None,
                    "words": passage.fragment or None,
                    "locator": passage.locator or None,
                }
                for passage in told.values()
            ]
            return made
        made |= {"rule": node.rule.name, "axiom": node.rule.axiom, "basis": node.rule.basis or None}
        for premise in node.premises:
            if left > 0:
                made["premises"].append(shown(premise))
            else:
                made["more"] += 1
        return made

    return [shown(reason) for reason in reasons if left > 0]
