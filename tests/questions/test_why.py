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
from comity.questions.why import statements
from comity.store.embedded import EmbeddedStore
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


def test_a_row_of_a_sub_query_rests_on_what_it_saw(edition: comity.Comity) -> None:
    """The patterns of the party matrix all stand in a sub-query that groups them."""
    table = edition.ask("party-matrix")
    wanted = (expand("state:FRA"), expand("instrument:financing-1999"))
    number = next(n for n, row in enumerate(table) if (row.state, row.instrument) == wanted)
    reasons = triples(next(islice(edition.why(table), number, None)))
    acts = {s for s, p, o in reasons if p == CY.participant and o == expand("state:FRA")}
    assert acts
    assert {(act, CY.instrument, expand("instrument:financing-1999")) for act in acts} <= reasons
    assert any((act, CY.effectDate) == (s, p) for act in acts for s, p, _ in reasons)
    assert not any(o in (expand("state:AFG"), expand("instrument:bombings-1997")) for _, _, o in reasons)


#: What each sub-query lets through for the row, over a p b, b p c, a q d: letters for subject, predicate, object.
WITHIN = {
    "{ SELECT ?x (COUNT(?y) AS ?n) WHERE { ?x :p ?y } GROUP BY ?x }": "apb",
    "{ SELECT ?x WHERE { ?x :p ?y } } ?x :q ?y": "aqd apb",  # the two ?y are not the same
    "{ SELECT ?x WHERE { { SELECT ?x ?y WHERE { ?x :p ?y } } ?y :p ?z } }": "apb bpc",
    "{ SELECT ?x ?k WHERE { ?x :p ?y BIND(1 AS ?k) } }": "apb",
    "?x :q ?y FILTER NOT EXISTS { { SELECT ?x WHERE { ?x :r ?y } } }": "aqd",
    "?x :q ?y MINUS { SELECT ?x WHERE { ?x :p ?y . ?y :q ?x } }": "aqd",
    "?x :q ?y OPTIONAL { SELECT ?x WHERE { ?x :r ?z } }": "aqd",
    "?x :q ?y { SELECT (COUNT(?s) AS ?n) WHERE { ?s :p ?o } }": "aqd",  # it shares nothing with the row
}


@pytest.mark.parametrize("pattern", WITHIN)
def test_sub_queries(pattern: str) -> None:
    ex = "https://example.org/"
    with EmbeddedStore() as store:
        store.load(ox.Quad(*(ox.NamedNode(ex + name) for name in (*line, "g"))) for line in ("apb", "bpc", "aqd"))
        query = f"PREFIX : <{ex}> SELECT ?x WHERE {{ {pattern} }}"
        (found,) = statements(store, query, ["x"], [[ox.NamedNode(ex + "a")]])
    assert ["".join(term.value[-1] for term in triple) for triple in found] == WITHIN[pattern].split()


CASES = sorted(path for path in EXPECTED.glob("*.json") if "." not in path.stem)


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_every_question_gives_reasons_that_hold(path: Path, edition: comity.Comity) -> None:
    """For the first rows of every question: whatever is given holds in the store; only what is asked of graphs may leave nothing."""
    case = json.loads(path.read_text(encoding="utf-8"))
    for row in islice(edition.why(path.stem, **case["params"]), 2):
        for reason in row:
            s, p, o = reason.triple
            assert edition.store.query(f"ASK {{ {s} {p} {o} }}").boolean, reason
            if isinstance(reason, Asserted):
                assert reason.graphs
        if not row:
            question = next(question for question in list_questions() if question.name == path.stem)
            assert "GRAPH" in question.sparql, "nothing is given"


def test_circles_do_not_hold_a_path_up() -> None:
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
