"""The public interface: what it is, that it is lazy, and what its one object does."""

from __future__ import annotations

import inspect
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib

import comity
from comity import api, errors
from comity.errors import (
    InconsistencyError,
    ParameterError,
    QueryError,
    TimeLimitError,
    UnknownEngine,
    UnknownQuestion,
    UnknownView,
    UsageError,
)
from comity.terms import CY

HEAVY = (
    *("rdflib", "pyoxigraph", "pyshacl", "owlrl", "numpy", "SPARQLWrapper", "pandas", "polars", "pyarrow", "click"),
    *("openpyxl", "IPython", "httpx2", "rapidfuzz"),
)


@pytest.fixture(scope="module")
def edition() -> Iterator[comity.Comity]:
    with comity.open() as opened:
        yield opened


# -- the names -------------------------------------------------------------------------------------------------------


def test_the_public_names_are_these() -> None:
    tree = {
        name
        for name, kind in inspect.getmembers(errors, inspect.isclass)
        if issubclass(kind, errors.ComityError) and kind.__module__ == errors.__name__
    }
    assert set(comity.__all__) == tree | {"open", "connect", "Comity", "Table", "Proof", "Report"}
    assert sorted(comity.__all__) == list(comity.__all__)
    for name in comity.__all__:
        assert inspect.getdoc(getattr(comity, name)), f"{name} has no docstring"
    assert set(comity.__all__) <= set(dir(comity))
    with pytest.raises(AttributeError, match="no attribute 'opne'"):
        comity.opne  # noqa: B018 - looking is the test


def test_the_interface_fits_on_one_screen() -> None:
    public = [name for name, _ in inspect.getmembers(api.Comity, lambda member: True) if not name.startswith("_")]
    assert public == [
        "ask", "close", "explain", "export", "graph", "infer", "load", "on", "query", "questions", "reconcile",
        "reconciler", "stats", "validate", "why",
    ]  # fmt: skip
    for name in public:
        assert inspect.getdoc(getattr(api.Comity, name)), f"Comity.{name} has no docstring"


def test_nothing_heavy_is_imported_before_it_is_needed() -> None:
    for statement in ("import comity", "import comity.cli", "import comity.api"):
        allowed = ("click",) if "cli" in statement else ()
        script = f"{statement}\nimport sys\nprint(sorted(set({HEAVY!r}) & set(sys.modules)))"
        done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
        assert done.stdout.strip() == repr(sorted(allowed)), statement


# -- opening ---------------------------------------------------------------------------------------------------------


def test_bad_options_are_refused() -> None:
    with pytest.raises(UnknownView, match="did you mean 'curated'"):
        comity.open("curatd")
    with pytest.raises(UnknownEngine, match="did you mean 'compiled'"):
        comity.open(engine="compild")
    with pytest.raises(TypeError):
        comity.open(infr=True)  # type: ignore[call-arg]


def test_views_and_inference_differ_as_they_should() -> None:
    with comity.open("paper", infer=False) as paper, comity.open("record", infer=False) as record:
        names = {opened.view: set(opened.store.graphs()) for opened in (paper, record)}
    assert any("/paper/" in name for name in names["paper"])
    assert not any("/record/" in name for name in names["paper"])
    assert any("/record/" in name for name in names["record"])
    assert not any("/paper/" in name for name in names["record"])
    assert api.INFERRED not in names["paper"] | names["record"]


def test_a_store_on_disk_is_taken_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with comity.open("paper", path=tmp_path / "store") as first:
        counts = {graph: first.store.count(graph) for graph in first.store.graphs()}
    assert api.INFERRED in counts

    def never(*_: object, **__: object) -> None:
        raise AssertionError("the files were read again")

    with monkeypatch.context() as patch:
        patch.setattr("comity.dataset.read", never)
        patch.setattr(comity.Comity, "infer", never)
        with comity.open("paper", path=tmp_path / "store") as second:
            assert {graph: second.store.count(graph) for graph in second.store.graphs()} == counts
    with comity.open("record", infer=False, path=tmp_path / "store") as other:
        assert not any("/paper/" in graph for graph in other.store.graphs())
        assert api.INFERRED not in other.store.graphs()


def test_a_store_without_its_seal_is_filled_again(tmp_path: Path) -> None:
    with comity.open("record", infer=False, path=tmp_path) as first:
        count = first.store.count()
    (tmp_path / "edition.json").write_text("{broken")
    with comity.open("record", infer=False, path=tmp_path) as again:
        assert again.store.count() == count


# -- asking ----------------------------------------------------------------------------------------------------------


def test_query_gives_tables_of_every_kind(edition: comity.Comity) -> None:
    table = edition.query('SELECT ?label { state:CHN rdfs:label ?label FILTER(LANG(?label) = "en") }')
    assert [row.label for row in table] == ["China"]
    assert next(iter(edition.query("ASK { state:CHN a cy:State }"))).answer is True
    assert len(edition.query("CONSTRUCT { ?s a cy:State } WHERE { ?s a cy:State } LIMIT 3")) == 3


def test_a_bad_query_keeps_its_own_text_and_place(edition: comity.Comity) -> None:
    text = "SELECT ?x { ?x a cy:State } LIMIT x"
    with pytest.raises(QueryError) as caught:
        edition.query(text)
    assert (caught.value.query, caught.value.line, caught.value.column) == (text, 1, text.index("LIMIT x") + 7)


def test_a_query_has_its_time(edition: comity.Comity) -> None:
    with pytest.raises(TimeLimitError, match="did not end within 0.2 s"):
        edition.query("SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }", timeout=0.2)


def test_ask_checks_names_and_parameters(edition: comity.Comity) -> None:
    questions = edition.questions()
    assert len(questions) > 5
    with pytest.raises(UnknownQuestion):
        edition.ask("no-such-question")
    with pytest.raises(ParameterError):
        edition.ask(questions[0].name, no_such_parameter=1)


def test_stats_count_what_the_store_has(edition: comity.Comity) -> None:
    rows = list(edition.stats())
    assert {row.graph: row.triples for row in rows[:-1]} == {
        graph: edition.store.count(graph) for graph in edition.store.graphs()
    }
    assert rows[-1].graph is None
    assert rows[-1].triples == len({quad.triple for quad in edition.store.quads()})


# -- the rdflib side -------------------------------------------------------------------------------------------------


def test_the_rdflib_graph_holds_the_same_and_is_a_copy() -> None:
    with comity.open("paper", infer=False) as opened:
        graph = opened.graph
        assert isinstance(graph, rdflib.Dataset)
        assert graph is opened.graph
        asked = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
        union = next(iter(opened.query(asked))).n
        assert len(graph) == int(next(iter(graph.query(asked)))[0]) == union
        named = {str(name.identifier): len(name) for name in graph.graphs() if len(name) and "/graph/" in str(name.identifier)}
        assert named == {name: opened.store.count(name) for name in opened.store.graphs()}
        before = opened.store.count()
        graph.update("DELETE WHERE { GRAPH ?g { ?s ?p ?o } }")
        assert opened.store.count() == before


# -- reasoning -------------------------------------------------------------------------------------------------------


def test_infer_fills_one_graph_and_repeats_nothing(edition: comity.Comity) -> None:
    count = edition.store.count(api.INFERRED)
    assert count == edition.infer() == edition.store.count(api.INFERRED) > 0
    asserted = {quad.triple for quad in edition.store.quads() if quad.graph_name != ox.NamedNode(api.INFERRED)}
    assert not asserted & {quad.triple for quad in edition.store.quads(api.INFERRED)}


def test_a_contradiction_is_said_and_changes_nothing() -> None:
    with comity.open("paper") as opened:
        before = opened.store.count(api.INFERRED)
        both = f"<http://x> a <{CY.State}> , <{CY.Treaty}>"
        opened.store.update(f"INSERT DATA {{ GRAPH <http://g> {{ {both} }} }}")
        with pytest.raises(InconsistencyError) as caught:
            opened.infer()
        assert caught.value.exit_code == 1
        assert caught.value.inconsistencies
        assert opened.store.count(api.INFERRED) == before


def test_explain_proves_what_is_inferred_and_nothing_else(edition: comity.Comity) -> None:
    quad = min(edition.store.quads(api.INFERRED), key=str)
    proof = edition.explain(quad.subject, quad.predicate, quad.object)
    assert isinstance(proof, comity.Proof)
    stated = edition.explain("state:CHN", "rdf:type", "cy:State")
    assert not isinstance(stated, comity.Proof)
    # Labels are outside the ontology, and stated like anything else; the text of a literal is enough to name it.
    label = edition.explain("state:CHN", "rdfs:label", "China")
    assert not isinstance(label, comity.Proof)
    assert label.graphs
    assert label.triple.object.language == "en"
    with pytest.raises(UsageError, match="neither is stated nor follows"):
        edition.explain("state:CHN", "rdfs:label", "Cathay")
    with pytest.raises(UsageError, match="neither is stated nor follows"):
        edition.explain("state:CHN", "rdf:type", "cy:Treaty")
    for bad in (("no iri", "rdf:type", "cy:State"), ("state:CHN", 3, "cy:State"), ("state:CHN", "rdf:type", 3)):
        with pytest.raises(UsageError):
            edition.explain(*bad)
