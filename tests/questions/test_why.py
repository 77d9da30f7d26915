"""Why a row is in an answer: every statement given for it holds, and proves itself."""

from __future__ import annotations

import json
from itertools import islice
from pathlib import Path

import pyoxigraph as ox
import pytest

import comity
from comity.inference.explain import Asserted, Proof
from comity.questions import list_questions
from comity.questions.binding import body_of
from comity.terms import CY, expand

EXPECTED = Path(__file__).parent / "expected"


def triples(reasons: list[Proof | Asserted]) -> set[tuple[str, str, str]]:
    return {(r.triple.subject.value, r.triple.predicate.value, r.triple.object.value) for r in reasons}


def test_a_row_rests_on_what_its_question_asks(edition: comity.Comity) -> None:
    reasons = next(edition.why("status", instrument="financing-1999", on="2010-01-01"))
    act = expand("participation:financing-1999-AFG-consent-2003-09-24")
    assert (act, CY.date, "2003-09-24") in triples(reasons)
    assert (act, CY.effectDate, "2003-10-24") in triples(reasons)
    assert all(isinstance(reason, Asserted) and reason.graphs for reason in reasons)


def test_what_is_inferred_comes_with_its_proof(edition: comity.Comity) -> None:
    reasons = next(edition.why("obligations", instrument="unscr-1373", topic="asset freezing"))
    proofs = [reason for reason in reasons if isinstance(reason, Proof)]
    assert proofs
    for proof in proofs:
        leaves = [node for node in proof.nodes() if isinstance(node, Asserted)]
        assert leaves
        assert all(leaf.graphs for leaf in leaves)


def test_a_path_is_walked_step_by_step(edition: comity.Comity) -> None:
    """`cy:framework/cy:framework*` between the mechanism and the organization: each step is there."""
    table = edition.ask("state-names", state="PAK")
    assert len(list(edition.why("state-names", state="PAK"))) == len(table)
    reasons = next(edition.why("states", region="place/m49-034"))
    steps = {(s, o) for s, p, o in triples(reasons) if p == CY.locatedIn}
    assert (expand("state:AFG"), expand("place:m49-034")) in steps


def test_a_row_that_sums_up_rests_on_all_that_it_sums(edition: comity.Comity) -> None:
    table = edition.ask("toll")
    reasons = next(edition.why("toll"))
    assert len(triples(reasons)) > len(table.columns)


CASES = sorted(path for path in EXPECTED.glob("*.json") if "." not in path.stem)


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_every_question_gives_reasons_that_hold(path: Path, edition: comity.Comity) -> None:
    """For the first rows of every question: whatever is given holds in the store; only sub-queries may leave nothing."""
    case = json.loads(path.read_text(encoding="utf-8"))
    for row in islice(edition.why(path.stem, **case["params"]), 2):
        for reason in row:
            s, p, o = reason.triple
            assert edition.store.query(f"ASK {{ {s} {p} {o} }}").boolean, reason
            if isinstance(reason, Asserted):
                assert reason.graphs
        if not row:
            question = next(question for question in list_questions() if question.name == path.stem)
            assert "SELECT" in body_of(question.sparql)[1] or "GRAPH" in question.sparql, "nothing is given, and no sub-query hides it"


def test_circles_do_not_hold_a_path_up() -> None:
    from comity.questions.why import statements
    from comity.store.embedded import EmbeddedStore

    ex = "https://example.org/"
    with EmbeddedStore() as store:
        store.load(
            ox.Quad(ox.NamedNode(ex + s), ox.NamedNode(ex + "p"), ox.NamedNode(ex + o), ox.NamedNode(ex + "g"))
            for s, o in ("ab", "ba", "bc", "cb", "cd", "da")
        )
        query = f"SELECT ?x WHERE {{ <{ex}a> <{ex}p>+ ?x }}"
        (found,) = statements(store, query, ["x"], [[ox.NamedNode(ex + "d")]])
        assert [(t.subject.value[-1], t.object.value[-1]) for t in found] == [("a", "b"), ("b", "c"), ("c", "d")]
        inverse = f"SELECT ?x WHERE {{ ?x ^<{ex}p>/(<{ex}p>|<{ex}q>) <{ex}c> }}"
        (found,) = statements(store, inverse, ["x"], [[ox.NamedNode(ex + "c")]])
        assert [(t.subject.value[-1], t.object.value[-1]) for t in found] == [("b", "c")]
