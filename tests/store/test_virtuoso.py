"""Virtuoso, as Debian packages it: the contract, the whole edition with its questions and its closure, and what is refused there."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pyoxigraph as ox
import pytest

import comity
from comity import dataset
from comity.errors import ComityError, QueryError, StoreError
from comity.quality.mutation import make_mutants, mutated
from comity.questions import NameIndex, ask, list_questions
from comity.store.embedded import EmbeddedStore
from comity.store.remote import RemoteStore
from comity.store.virtuoso import UNION, adapted
from comity.table import Cell, plain
from comity.terms import GRAPH, INFERRED
from comity.validation import validate
from soak import FULL

from .backends import expect_exception
from .contract import G1, G2, StoreContract, many, n, quad
from .servers import NO_VIRTUOSO, VIRTUOSO, fill, virtuoso, virtuoso_store

REFUSED_QUESTIONS = {"common-actors", "only-in-first"}
"""The questions that ask for two things by long paths: Virtuoso loses rows of them, or finds no end."""
EXPECTED = Path(__file__).parents[1] / "questions" / "expected"
SECONDS = 30
"""What a question may take."""
ROWS = 20_000
"""At so many rows the server cuts an answer: the largest graph has fewer triples."""

pytestmark = pytest.mark.skipif(shutil.which(VIRTUOSO) is None, reason=NO_VIRTUOSO)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with virtuoso(tmp_path_factory.mktemp("virtuoso"), rows=ROWS) as url:
        yield url


@pytest.fixture
def empty(server: str) -> Iterator[RemoteStore]:
    with virtuoso_store(server) as store:
        store.clear()
        yield store


class TestContract(StoreContract):
    backend = "virtuoso"

    @pytest.fixture
    def store(self, empty: RemoteStore, request: pytest.FixtureRequest) -> RemoteStore:
        expect_exception(self.backend, request)
        return empty


# -- queries as Virtuoso gets them -----------------------------------------------------------------------------------

XSD = "http://www.w3.org/2001/XMLSchema#"
LONG = "So long a text that its first letters are all the same, and only the last is "
DATA = [
    *(quad("text", f"p{i}", ox.Literal(LONG + end, language="en")) for i, end in enumerate("cab")),
    quad("yes", "is", ox.Literal(True)),
    quad("no", "is", ox.Literal(False)),
    quad("yes", "word", ox.Literal("colour", language="en-GB")),
    quad("yes", "word", ox.Literal("color", language="en")),
    quad("yes", "day", ox.Literal("2001-09-28", datatype=ox.NamedNode(XSD + "date"))),
    quad("no", "day", ox.Literal("2001-10-01", datatype=ox.NamedNode(XSD + "date")), G2),
    quad("yes", "size", ox.Literal(9)),
    quad("no", "size", ox.Literal(10), G2),
    quad("unknown", "a", "thing", G2),
    quad("unknown", "a", "thing", G1),
]
PROLOGUE = f"PREFIX : <https://example.org/> PREFIX xsd: <{XSD}>\n"
QUERIES = {
    "the union is a set": "SELECT ?s { ?s :a :thing }",
    "a graph by its name": f"SELECT ?s {{ ?s :size ?o . GRAPH <{G2}> {{ ?s :day ?day }} }}",
    "a graph by its name, every variable": f"SELECT * {{ GRAPH <{G2}> {{ ?s :day ?day }} }}",
    "a graph by a prefixed name": "SELECT ?s { GRAPH :g2 { ?s :day ?day } }",
    "all graphs": "SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } } ORDER BY ?g",
    "graphs in OPTIONAL": "SELECT ?s ?g { ?s :size ?o OPTIONAL { GRAPH ?g { ?s :day ?day } FILTER(STRENDS(STR(?g), '2')) } } ORDER BY ?s",
    "graphs in EXISTS": f"SELECT ?s {{ ?s :size ?o FILTER NOT EXISTS {{ GRAPH <{G2}> {{ ?s :day ?day }} }} }}",
    "long text in order": "SELECT ?o { :text ?p ?o } ORDER BY ?o",
    "long text backwards": "SELECT ?o { :text ?p ?o } ORDER BY DESC(?o)",
    "numbers in order": "SELECT ?o { ?s :size ?o } ORDER BY ?o",
    "days in order": "SELECT ?o { ?s :day ?o } ORDER BY DESC(?o)",
    "IRIs and nothing in order": "SELECT ?s ?o { ?s ?p ?x OPTIONAL { ?s :size ?o } } ORDER BY ?o ?s ?x",
    "counts in order": "SELECT ?s (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY ?s ORDER BY DESC(?n) ?s",
    "booleans": "SELECT ?s ?o { ?s :is ?o } ORDER BY ?s",
    "one of the booleans": "SELECT ?s { ?s :is true }",
    "languages": 'SELECT ?o { ?s :word ?o FILTER(LANGMATCHES(LANG(?o), "en")) } ORDER BY ?o',
    "one language": 'SELECT ?o { ?s :word ?o FILTER(LANG(?o) = "en") }',
    "days compared": 'SELECT ?s { ?s :day ?o FILTER(?o <= "2001-09-28"^^xsd:date) }',
    "nothing compared": (
        "SELECT ?s ?n { ?s ?p ?x OPTIONAL { ?s :day ?o } "
        'BIND(COALESCE(IF(?o <= "2001-12-31"^^xsd:date, 1, 0), 0) AS ?n) } ORDER BY ?s ?n'
    ),
    "an empty answer": "SELECT ?s { ?s :none ?o }",
    "EXISTS in OPTIONAL, of its own variables": "SELECT ?s { ?s :size ?x OPTIONAL { ?s :is ?o FILTER EXISTS { ?s :day ?d } } } ORDER BY ?s",
    "a path, DISTINCT": "SELECT DISTINCT ?o { :unknown :a+ ?o }",
}
REFUSED = {
    "EXISTS in OPTIONAL, of a variable from outside": (
        "SELECT ?s { ?x :size ?n OPTIONAL { ?s :size ?m FILTER NOT EXISTS { ?s :other ?k FILTER(?k > ?n) } } }", r"does not see \?n",
    ),
    "a path of any length, its ends counted": ("SELECT (COUNT(?o) AS ?n) { :unknown :a+ ?o }", "rows more than once"),
    "long paths, twice": (
        "SELECT DISTINCT ?x { :a :p* ?y . ?y :q|^:r/:s ?x . :b :p* ?z . ?z :q|^:r/:s ?x }", "lose rows or find no end",
    ),
    "a path of any length, each end a row": ("SELECT ?o { :unknown (:a|:b)* ?o }", "rows more than once"),
}  # fmt: skip


@pytest.fixture
def both(empty: RemoteStore) -> Iterator[tuple[RemoteStore, EmbeddedStore]]:
    with EmbeddedStore() as here:
        for store in (empty, here):
            store.load(DATA)
        yield empty, here


@pytest.mark.parametrize("name", QUERIES)
def test_a_query_gives_the_rows_of_the_embedded_store(name: str, both: tuple[RemoteStore, EmbeddedStore]) -> None:
    there, here = both
    expected, found = here.query(PROLOGUE + QUERIES[name]), there.query(PROLOGUE + QUERIES[name])
    assert expected.rows or name == "an empty answer"
    assert set(found.variables) == set(expected.variables)
    places = [found.variables.index(variable) for variable in expected.variables]
    assert [tuple(row[place] for place in places) for row in found.rows] == list(expected.rows)
    if len(expected.variables) == 1:
        assert list(there.rows(PROLOGUE + QUERIES[name])) == list(expected.rows)


@pytest.mark.parametrize("name", REFUSED)
def test_what_would_be_answered_wrongly_is_refused_in_one_line(name: str) -> None:
    query, words = REFUSED[name]
    with pytest.raises(QueryError, match=words) as caught:
        adapted(PROLOGUE + query)
    assert caught.value.line == 2
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("query", ["", "SELEC", "SELECT * {", "SELECT * { ?s ?p ?o } ORDER BY", "SELECT ( {", "} ) SELECT", "ASK { GRAPH"])
def test_what_is_no_query_is_left_to_the_server(query: str) -> None:
    assert adapted(query) == query


# -- what the server leaves out, or does not let us do ---------------------------------------------------------------


@pytest.mark.parametrize("form", ["SELECT ?a ?b", "SELECT DISTINCT ?a ?b", "CONSTRUCT { ?a <https://example.org/x> ?b }"])
def test_rows_left_out_are_an_error(form: str, empty: RemoteStore) -> None:
    empty.load(many(200))
    with pytest.raises(StoreError, match=rf"cut the answer at {ROWS} "):
        empty.query(f"{form} WHERE {{ ?a ?p ?x . ?b ?q ?y }}")


def test_a_union_that_counts_twice_is_not_asked(server: str) -> None:
    for union in ("server", "listed"):
        with pytest.raises(StoreError, match="counts a triple once for each of its graphs"):
            comity.connect(f"{server}/sparql", union=union)


def test_without_the_right_to_change_the_error_says_so(tmp_path: Path) -> None:
    with (
        virtuoso(tmp_path, updates=False) as url,
        virtuoso_store(url) as store,
        pytest.raises(StoreError, match="GRANT SPARQL_UPDATE") as caught,
    ):
        store.update(f"INSERT DATA {{ GRAPH <{G1}> {{ {n('s')} {n('p')} 1 }} }}")
    assert "\n" not in str(caught.value)


def test_validation_there_finds_what_it_finds_here(empty: RemoteStore) -> None:
    """Over the edition with planted faults; in `make test` over what the last chapter says, and the record of one treaty."""
    quads = dataset.read()
    faulty = mutated(quads, list(make_mutants(quads, seed=2)))
    if not FULL:
        parts = tuple(f"{GRAPH}{part}" for part in ("ontology", "concepts/", "entities/section", "paper/4", "record/verdragenbank-tokyo"))
        faulty = [quad for quad in faulty if quad.graph_name.value.startswith(parts)]
    fill(empty, faulty)
    here = validate(faulty)
    assert len({finding.component for finding in here.results}) > 6
    with comity.connect(empty.url, union="kept") as there:
        assert there.validate() == here


# -- the edition -----------------------------------------------------------------------------------------------------


def value(cell: Cell) -> object:
    return cell if cell is None or isinstance(cell, (bool, int, Decimal)) else plain(cell)


@pytest.mark.skipif(not FULL, reason="left to make soak: `make test` asks Virtuoso each question once (tests/store/test_questions.py)")
@pytest.mark.parametrize("view", ["curated", "paper"])
def test_the_edition_its_closure_and_its_questions(view: str, server: str) -> None:
    """It arrives whole; the rules give there what they give here; and each question gives its whole expected table, or is refused."""
    cases = {path.stem: json.loads(path.read_text(encoding="utf-8"), parse_float=Decimal) for path in sorted(EXPECTED.glob("*.json"))}
    # Questions about a snapshot of a day read the graphs out and are answered here; one server is enough to test that.
    questions = {question.name: question for question in list_questions() if question.snapshot is None}
    cases = {name: case for name, case in cases.items() if case.get("view", "curated") == view and name.split(".")[0] in questions}
    assert len(cases) > 45
    wrong, refused = {}, set()
    with comity.open(view=view) as here, virtuoso_store(server) as store:
        store.clear()
        assert {arrival.state for arrival in here.load(store, inferred="no")} == {"loaded"}
        with comity.connect(store.url, union="kept", view=view) as there:
            assert there.infer() == here.store.count(INFERRED)
            assert {quad.triple for quad in there.store.quads(INFERRED)} == {quad.triple for quad in here.store.quads(INFERRED)}
            assert store.count(UNION) == len({quad.triple for quad in here.store.quads()})
            index = NameIndex(there.store)
            for name, case in cases.items():
                question = questions[name.split(".")[0]]
                try:
                    table = ask(there.store, question, case["params"], index=index, timeout=SECONDS)
                    rows = [[value(cell) for cell in row] for row in table]
                    if rows != case["rows"]:
                        other = next((pair for pair in zip(rows, case["rows"], strict=False) if pair[0] != pair[1]), "")
                        wrong[name] = f"{len(rows)} rows, expected {len(case['rows'])}; first difference: {other}"
                except QueryError:
                    refused.add(question.name)
                except ComityError as error:
                    wrong[name] = str(error)
    assert wrong == {}
    assert refused == (REFUSED_QUESTIONS if view == "paper" else set())
