"""What every backend must do. A backend's test module subclasses :class:`StoreContract` and provides the fixture ``store``."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest

from comity.errors import InputError, QueryError, StoreError, TimeLimitError, TurtleError, UsageError
from comity.store import Store

from .backends import CONTRACT, enter

G1, G2, DEFAULT = "https://example.org/g1", "https://example.org/g2", "https://w3id.org/comity/graph/default"
XSD = "http://www.w3.org/2001/XMLSchema#"
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?z ?o . ?p ?q ?r }"


def n(name: str) -> ox.NamedNode:
    return ox.NamedNode(f"https://example.org/{name}")


def triple(s: str, p: str, o: str | ox.Literal) -> ox.Triple:
    return ox.Triple(n(s), n(p), o if isinstance(o, ox.Literal) else n(o))


def quad(s: str, p: str, o: str | ox.Literal, graph: str = G1) -> ox.Quad:
    made = triple(s, p, o)
    return ox.Quad(made.subject, made.predicate, made.object, ox.NamedNode(graph))


def many(count: int) -> list[ox.Quad]:
    return [quad(f"s{i}", f"p{i % 7}", f"o{i % 11}") for i in range(count)]


class StoreContract:
    """The suite. ``store`` is an empty store; `backend` is the key in :mod:`backends` under which ``docs/stores.md`` tells the outcome."""

    backend = ""

    @pytest.fixture(autouse=True)
    def _entered(self, request: pytest.FixtureRequest, record_property: Callable[[str, object], None]) -> None:
        if self.backend:
            enter(record_property, self.backend, CONTRACT, request.node.name)

    def test_it_is_a_store(self, store: Store) -> None:
        assert isinstance(store, Store)

    def test_an_empty_store_is_empty(self, store: Store) -> None:
        assert store.graphs() == ()
        assert store.count() == store.count(G1) == 0
        assert list(store.quads()) == []
        assert store.query("SELECT * { ?s ?p ?o }").rows == ()

    # -- queries -----------------------------------------------------------------------------------------------------

    @pytest.mark.parametrize("timeout", [None, 20.0])
    def test_select_gives_typed_terms_and_unbound_cells(self, store: Store, timeout: float | None) -> None:
        literals = [
            ox.Literal("plain"),
            ox.Literal("中文", language="zh"),
            ox.Literal("1", datatype=ox.NamedNode(XSD + "integer")),
            ox.Literal("2001-9-28", datatype=ox.NamedNode(XSD + "date")),
            ox.Literal("2001-09-28", datatype=ox.NamedNode(XSD + "date")),
            ox.Literal('quo"te\nline\\\t'),
        ]
        store.load([quad("s", f"p{i}", literal) for i, literal in enumerate(literals)])
        found = store.query("SELECT ?p ?o ?none { ?s ?p ?o } ORDER BY ?p", timeout=timeout)
        assert found.kind == "select"
        assert found.variables == ("p", "o", "none")
        assert found.rows == tuple((n(f"p{i}"), literal, None) for i, literal in enumerate(literals))
        assert len(found) == 6
        assert found.boolean is None
        assert found.triples == ()

    def test_text_comes_back_as_it_was(self, store: Store) -> None:
        texts = ["100%", "%41", "a+b", "a&b=c;d", "  two  ", "#?<>{}|^`", "e\u0301 \U0001f54a \u202e", "\\n \\u0041"]
        links = ["https://example.org/%C3%A9?q=a%2Bb&c=d", "https://example.org/\u00e9#x"]
        stated = {quad(f"s{i}", "p", ox.Literal(text)) for i, text in enumerate(texts)}
        stated |= {ox.Quad(ox.NamedNode(link), n("p"), ox.NamedNode(link), ox.NamedNode(G1)) for link in links}
        store.load(stated)
        assert set(store.quads(G1)) == stated
        for text in texts:
            assert len(store.query(f"SELECT ?s {{ ?s ?p {ox.Literal(text)} }}").rows) == 1, text
        for link in links:
            assert store.query(f"ASK {{ ?s ?p <{link}> }}").boolean, link

    def test_a_language_tag_may_change_its_case_and_nothing_else(self, store: Store) -> None:
        tags = ["en", "en-GB", "zh-Hant-TW"]
        store.load([quad("s", "p", ox.Literal("word", language=tag)) for tag in tags])
        assert sorted(str(quad.object.language).lower() for quad in store.quads(G1)) == sorted(tag.lower() for tag in tags)
        found = store.query('SELECT ?o { ?s ?p ?o FILTER(langMatches(lang(?o), "en")) }').rows
        assert sorted(row[0].language.lower() for row in found) == ["en", "en-gb"]

    def test_days_are_compared_as_days(self, store: Store) -> None:
        days = ["1945-06-26", "1999-12-09", "2001-09-28", "2001-10-01"]
        store.load([quad(f"s{i}", "p", ox.Literal(day, datatype=ox.NamedNode(XSD + "date"))) for i, day in enumerate(days)])
        after = f'FILTER(?day >= "2001-09-28"^^<{XSD}date>)'
        found = store.query(f"SELECT ?day {{ ?s ?p ?day {after} }} ORDER BY DESC(?day)").rows
        assert [row[0].value for row in found] == ["2001-10-01", "2001-09-28"]
        years = store.query("SELECT ?year (COUNT(*) AS ?n) { ?s ?p ?day BIND(YEAR(?day) AS ?year) } GROUP BY ?year ORDER BY ?year")
        assert [tuple(cell.value for cell in row) for row in years.rows] == [("1945", "1"), ("1999", "1"), ("2001", "2")]

    @pytest.mark.parametrize("timeout", [None, 20.0])
    def test_ask_gives_a_boolean(self, store: Store, timeout: float | None) -> None:
        store.load([quad("s", "p", "o")])
        assert store.query(f"ASK {{ <{n('s').value}> ?p ?o }}", timeout=timeout).boolean is True
        assert store.query(f"ASK {{ <{n('x').value}> ?p ?o }}", timeout=timeout).boolean is False

    @pytest.mark.parametrize("timeout", [None, 20.0])
    def test_construct_and_describe_give_triples(self, store: Store, timeout: float | None) -> None:
        store.load([quad("s", "p", ox.Literal("x", language="en"))])
        made = store.query("CONSTRUCT { ?o_ ?p ?o } WHERE { ?s ?p ?o BIND(?s AS ?o_) }", timeout=timeout)
        assert made.kind == "construct"
        assert set(made.triples) == {triple("s", "p", ox.Literal("x", language="en"))}
        assert store.query(f"DESCRIBE <{n('s').value}>", timeout=timeout).kind == "construct"

    def test_a_result_may_be_empty_and_still_has_its_variables(self, store: Store) -> None:
        found = store.query("SELECT ?a ?b { ?a <https://example.org/none> ?b }", timeout=20)
        assert (found.variables, found.rows) == (("a", "b"), ())

    def test_without_graph_a_query_sees_the_union_as_a_set(self, store: Store) -> None:
        store.load([quad("s", "p", "o", G1), quad("s", "p", "o", G2), quad("s", "p", "o2", G2)])
        assert len(store.query("SELECT * { ?s ?p ?o }")) == 2
        assert len(store.query("SELECT * { ?s ?p ?o . ?s ?p ?x }")) == 4
        assert len(store.query("SELECT * { GRAPH ?g { ?s ?p ?o } }")) == 3
        assert store.count() == 3

    def test_the_union_follows_every_change(self, store: Store) -> None:
        def seen() -> int:
            return len(store.query("SELECT * { ?s ?p ?o }"))

        store.load([quad("s", "p", "o", G1), quad("s", "p", "o", G2)])
        assert seen() == 1
        store.update(f"DELETE DATA {{ GRAPH <{G1}> {{ <{n('s').value}> <{n('p').value}> <{n('o').value}> }} }}")
        assert seen() == 1
        store.replace_graph(G2, [triple("a", "p", "b"), triple("a", "p", "c")])
        assert seen() == 2
        store.load([quad("z", "p", "b")])
        assert seen() == 3
        store.clear()
        assert seen() == 0

    @pytest.mark.parametrize("timeout", [None, 20.0])
    @pytest.mark.parametrize(
        ("sparql", "line", "column"),
        [("SELEC", 1, None), ("SELECT * {\n ?s ?p ?o }\nLIMIT x", 3, 7), ("SELECT *\n{ ?s foo:bar ?o }", 2, None), ("", 1, None)],
    )
    def test_a_bad_query_is_a_query_error_with_its_place(
        self, store: Store, sparql: str, line: int, column: int | None, timeout: float | None
    ) -> None:
        with pytest.raises(QueryError) as caught:
            store.query(sparql, timeout=timeout)
        assert caught.value.line == line
        assert column is None or caught.value.column == column
        assert caught.value.query == sparql
        assert "\n" not in str(caught.value)
        assert len(str(caught.value)) < 200

    # -- time --------------------------------------------------------------------------------------------------------

    def test_a_query_that_takes_too_long_is_stopped(self, store: Store) -> None:
        store.load(many(3000))
        with pytest.raises(TimeLimitError) as caught:
            store.query(ENDLESS, timeout=0.3)
        assert caught.value.seconds == 0.3
        assert store.query("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", timeout=30).rows[0][0].value == "3000"

    @pytest.mark.parametrize("timeout", [0, -1, float("nan"), float("inf")])
    def test_a_limit_that_is_none_is_refused(self, store: Store, timeout: float) -> None:
        with pytest.raises(UsageError, match="give a positive number of seconds"):
            store.query("ASK {}", timeout=timeout)

    def test_timed_queries_see_the_latest_state(self, store: Store) -> None:
        for count in (1, 2, 3):
            store.load([quad(f"s{count}", "p", "o")])
            assert len(store.query("SELECT * { ?s ?p ?o }", timeout=20)) == count

    # -- updates -----------------------------------------------------------------------------------------------------

    def test_update_inserts_and_deletes_in_named_graphs(self, store: Store) -> None:
        store.update(f"INSERT DATA {{ GRAPH <{G1}> {{ <{n('s').value}> <{n('p').value}> 1 , 2 }} }}")
        assert store.count(G1) == 2
        store.update(f"WITH <{G1}> DELETE {{ ?s ?p 1 }} INSERT {{ ?s ?p 3 }} WHERE {{ ?s ?p 1 }} ; # done\n")
        assert {quad.object.value for quad in store.quads(G1)} == {"2", "3"}

    @pytest.mark.parametrize("gap", [" ", "\n", "\n# and\nBASE <http://base/>\n"])
    def test_an_update_may_declare_prefixes(self, store: Store, gap: str) -> None:
        prologue = f"# first\nPREFIX ex: <{n('').value}>{gap}"
        store.update(prologue + f"INSERT DATA {{ GRAPH <{G1}> {{ ex:s ex:p ex:o }} }} ; INSERT DATA {{ ex:a ex:p ex:o }}")
        assert {str(quad.subject) for quad in store.quads()} == {str(n("s")), str(n("a"))}
        with pytest.raises(QueryError) as caught:
            store.update(prologue + "INSERT DATO { ex:b ex:p ex:o }")
        last = prologue.rsplit("\n", 1)[1]
        assert caught.value.line == prologue.count("\n") + 1
        assert caught.value.column == len(last) + len("INSERT DATO ")
        assert store.count() == 2

    def test_without_a_graph_an_update_works_on_the_default_graph_s_name(self, store: Store) -> None:
        store.load([quad("s", "p", "o")])
        store.update(f"INSERT DATA {{ <{n('a').value}> <{n('p').value}> 1 , 2 }}")
        assert store.graphs() == (G1, DEFAULT)
        store.update("INSERT { ?s ?p 3 } WHERE { ?s ?p 2 }")
        assert store.count(DEFAULT) == 3
        store.update("DELETE WHERE { ?s ?p 1 }")
        assert {quad.object.value for quad in store.quads(DEFAULT)} == {"2", "3"}
        assert store.count(G1) == 1
        assert len(store.query("SELECT * { ?s ?p ?o }")) == 3

    def test_a_bad_update_changes_nothing(self, store: Store) -> None:
        store.load([quad("s", "p", "o")])
        with pytest.raises(QueryError) as caught:
            store.update("CLEAR ALL ;\nINSERT DATA { <x> }")
        assert caught.value.line == 2
        assert store.count() == 1

    # -- loading -----------------------------------------------------------------------------------------------------

    def test_quads_keep_their_graphs_or_go_where_they_are_told(self, store: Store) -> None:
        store.load([quad("s", "p", "o", G1), quad("s", "p", "o", G2)])
        assert store.graphs() == (G1, G2)
        store.load([quad("a", "p", "o", G1)], G2)
        assert (store.count(G1), store.count(G2)) == (1, 2)

    def test_quads_without_a_graph_are_not_lost(self, store: Store) -> None:
        store.load([ox.Quad(n("s"), n("p"), n("o"))])
        assert store.graphs() == (DEFAULT,)
        assert len(store.query("SELECT * { ?s ?p ?o }")) == 1

    def test_a_file_is_loaded_by_its_suffix(self, store: Store, tmp_path: Path) -> None:
        path = tmp_path / "a.ttl"
        path.write_text('<https://example.org/s> <https://example.org/p> "x"@en .', encoding="utf-8")
        store.load(path, G1)
        assert set(store.quads(G1)) == {quad("s", "p", ox.Literal("x", language="en"))}

    def test_a_broken_file_adds_nothing(self, store: Store, tmp_path: Path) -> None:
        path = tmp_path / "a.ttl"
        path.write_text("<https://example.org/s> <https://example.org/p> 1 .\n.", encoding="utf-8")
        with pytest.raises(TurtleError) as caught:
            store.load(path, G1)
        assert (caught.value.line, caught.value.exit_code) == (2, 3)
        with pytest.raises(InputError, match="no such file"):
            store.load(tmp_path / "none.ttl", G1)
        assert store.count() == 0

    def test_a_source_that_fails_midway_adds_nothing(self, store: Store) -> None:
        def failing() -> object:
            yield quad("s", "p", "o")
            raise RuntimeError("the source broke")

        with pytest.raises((RuntimeError, StoreError)):
            store.load(failing())  # type: ignore[arg-type]
        assert store.count() == 0
        assert len(store.query("SELECT * { ?s ?p ?o }")) == 0

    # -- graphs ------------------------------------------------------------------------------------------------------

    def test_a_graph_is_replaced_whole(self, store: Store) -> None:
        store.load([quad("s", "p", "o", G1), quad("s", "p", "o", G2)])
        wanted = {triple("a", "p", ox.Literal('x"\\\n', language="en")), triple("b", "p", "c")}
        for _ in range(2):
            store.replace_graph(G1, iter(wanted))
            assert {quad.triple for quad in store.quads(G1)} == wanted
        assert store.count(G2) == 1
        store.replace_graph(G1, [])
        assert store.graphs() == (G2,)

    def test_counts_and_listings_agree(self, store: Store) -> None:
        store.load([*many(100), quad("s", "p", "o", G2)])
        assert store.count() == len(list(store.quads())) == 101
        assert store.count(G1) == len(list(store.quads(G1))) == 100
        assert store.count("https://example.org/none") == 0

    # -- life --------------------------------------------------------------------------------------------------------

    def test_a_closed_store_says_so(self, store: Store) -> None:
        store.close()
        store.close()
        for use in (lambda: store.query("ASK {}"), lambda: store.count(), lambda: store.load([]), store.graphs, store.clear):
            with pytest.raises(StoreError, match="the store is closed"):
                use()

    def test_readers_see_whole_states_while_a_writer_writes(self, store: Store) -> None:
        """Each state of the graph has ten triples with one and the same object: no mixture is ever seen, nor an empty union."""
        store.replace_graph(G1, [triple(f"s{i}", "p", "o0") for i in range(10)])
        problems: list[str] = []
        done = threading.Event()

        def read() -> None:
            while not done.is_set():
                rows = store.query("SELECT ?s ?o { ?s ?p ?o }").rows
                if len(rows) != 10 or len({row[1] for row in rows}) != 1:
                    problems.append(f"{len(rows)} rows, {len({row[1] for row in rows})} objects")

        def write() -> None:
            for version in range(1, 60):
                store.replace_graph(G1, [triple(f"s{i}", "p", f"o{version}") for i in range(10)])
            done.set()

        run_all([read, read, write])
        assert problems == []


def run_all(tasks: list[Callable[[], None]]) -> None:
    """Run the tasks in threads, and raise the first exception of any."""
    errors: list[BaseException] = []

    def guarded(task: Callable[[], None]) -> None:
        try:
            task()
        except BaseException as error:  # noqa: BLE001 - collected from a thread and looked at below
            errors.append(error)

    threads = [threading.Thread(target=guarded, args=(task,)) for task in tasks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert not any(thread.is_alive() for thread in threads)
    if errors:
        raise errors[0]
