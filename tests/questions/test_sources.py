"""The sources of each row: the same that `Comity.why` proves it from, told in two columns."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

import comity
from comity import resources
from comity.errors import UsageError
from comity.inference import rule_set
from comity.inference.explain import Asserted, Proof, Source
from comity.questions.sources import with_sources
from comity.table import Column, Iri, Table
from comity.terms import SNAPSHOT, graph_iri, graph_name, iri

CASES = [
    ("exercises", {}, "stated"),
    ("levels", {}, "stated and inferred"),
    ("obligations", {"instrument": "unscr-1373", "topic": "financing"}, "stated and inferred"),
    ("bound", {"state": "PAK", "on": "2005-01-01"}, "stated and inferred"),
]


@pytest.mark.parametrize(("name", "params", "basis"), CASES, ids=[name for name, _, _ in CASES])
def test_the_columns_say_what_the_reasons_are(name: str, params: dict[str, str], basis: str, edition: comity.Comity) -> None:
    table = edition.ask(name, sources=True, **params)
    without = edition.ask(name, **params)
    assert table.columns[:-2] == without.columns
    assert [tuple(row[:-2]) for row in table] == [tuple(row) for row in without]
    assert table.terms()[0][: len(without.columns)] == without.terms()[0]
    assert set(table.column("basis")) == {basis}
    # The day that a question was given is no source.
    assert not any("snapshot" in place for place in table.column("statedIn"))
    for row, reasons in zip(table, edition.why(without), strict=True):
        leaves = [node for reason in reasons for node in (reason.nodes() if isinstance(reason, Proof) else [reason])]
        told = row.statedIn.split("; ")
        for leaf in leaves:
            if isinstance(leaf, Asserted):
                assert {graph_name(graph) for graph in leaf.graphs if graph != SNAPSHOT} <= set(told)
                assert all(str(passage) in row.statedIn for passage in leaf.passages)


def test_a_column_of_the_same_name_is_left_alone(edition: comity.Comity) -> None:
    names = [column.name for column in edition.ask("admissions", sources=True).columns]
    assert names.count("basis") == 1
    assert names[-2:] == ["rowBasis", "statedIn"]


def test_the_words_for_each_kind_of_reason() -> None:
    nodes = [ox.NamedNode(f"https://example.org/{letter}") for letter in "spo"]
    triple = ox.Triple(*nodes)
    paper, section = graph_iri("paper/1"), iri("section", "1")
    stated = Asserted(triple, (paper,), (Source(iri("passage", "1-01"), section, "eight words"),))
    rule = next(iter(rule_set(resources.ontology() / "comity.ttl")))
    proof = Proof(triple, rule, (stated, Asserted(triple, (graph_iri("record/m49"),)), stated))
    day = Asserted(triple, (SNAPSHOT,))
    table = Table([Column("x", "iri")], [(Iri("https://example.org/s"),)] * 5)
    made = with_sources(table, [[stated], [proof], [stated, proof, stated], [], [day]])
    passage = "passage:1-01 (section:1): “eight words”"
    assert [tuple(row[1:]) for row in made] == [
        ("stated", f"paper/1; {passage}"),
        ("inferred", f"paper/1; record/m49; {passage}"),
        ("stated and inferred", f"paper/1; record/m49; {passage}"),
        (None, None),
        (None, None),
    ]


def test_an_own_query_has_reasons_too(edition: comity.Comity) -> None:
    table = edition.query("SELECT ?region { state:AFG cy:locatedIn+ ?region } ORDER BY ?region")
    reasons = list(edition.why(table))
    assert len(reasons) == len(table) > 1
    assert all(reasons)
    for asked in ("ASK { state:AFG a cy:State }", "SELECT * { state:AFG a ?class }"):
        with pytest.raises(UsageError):
            list(edition.why(edition.query(asked)))
    with pytest.raises(UsageError, match="answers no SELECT query"):
        list(edition.why(Table(["x"], [(1,)])))
    with pytest.raises(UsageError, match="an answer has no parameters"):
        list(edition.why(table, on="2010-01-01"))
