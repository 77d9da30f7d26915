"""`comity load` and the commands with --store, on a real server, with the small edition of the tests of questions."""

from __future__ import annotations

import csv
import io
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest

import comity
from comity import cli
from comity.errors import InconsistencyError, QueryError, StoreError, UsageError
from comity.questions import list_questions
from comity.store.portions import staging_graph
from comity.store.remote import RemoteStore
from comity.store.transfer import fingerprint, transfer
from comity.terms import CY, INFERRED, RDF, XSD

from .contract import G1, G2, n, triple
from .misbehaving import answer, serving
from .servers import oxigraph

EDITION = Path(__file__).parents[1] / "questions" / "edition"
COUNT = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with oxigraph(tmp_path_factory.mktemp("oxigraph")) as url:
        yield url


@pytest.fixture
def store(server: str) -> Iterator[RemoteStore]:
    with RemoteStore(f"{server}/query", graph_store_url=f"{server}/store", union="kept") as store:
        store.clear()
        yield store


@pytest.fixture(autouse=True)
def small_edition(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMITY_ROOT", str(EDITION))
    monkeypatch.setenv("COMITY_CACHE", "off")


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], server: str) -> Run:
    def call(*arguments: str) -> tuple[int, str, str]:
        status = cli.run(arguments)
        said = capsys.readouterr()
        return status, said.out, said.err

    return call


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def quad(s: str, p: str, o: str | ox.NamedNode, graph: str = G1) -> ox.Quad:
    predicate = ox.NamedNode(p) if ":" in p else n(p)
    return ox.Quad(n(s), predicate, n(o) if isinstance(o, str) else o, ox.NamedNode(graph))


def b(name: str) -> ox.BlankNode:
    return ox.BlankNode(name)


# -- graph by graph --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("by_graph_store", [True, False])
def test_graphs_arrive_and_are_not_sent_again(store: RemoteStore, by_graph_store: bool) -> None:
    if not by_graph_store:
        store.graph_store_url = None
    store.batch = 7
    graphs = {G1: [triple(f"s{i}", "p", ox.Literal(f"ü\n{i}", language="en")) for i in range(20)], G2: [triple("s", "p", "o")]}
    heard: list[tuple[str, int, int]] = []
    arrivals = transfer(store, graphs, progress=lambda *said: heard.append(said))
    assert [(a.graph, a.state, a.triples, a.found, a.note) for a in arrivals] == [(G1, "loaded", 20, 20, ""), (G2, "loaded", 1, 1, "")]
    assert [a.hash for a in arrivals] == [fingerprint(graphs[G1]), fingerprint(graphs[G2])]
    assert len({a.hash for a in arrivals}) == 2
    assert heard[-1] == (G2, 1, 1)
    assert store.graphs() == (G1, G2)
    assert len(store.query("SELECT * { ?s ?p ?o }")) == 21
    heard.clear()
    again = transfer(store, graphs, progress=lambda *said: heard.append(said))
    assert ([a.state for a in again], heard) == (["same", "same"], [])


def test_a_run_that_was_broken_off_is_taken_up(store: RemoteStore) -> None:
    """A graph that is complete stays; one that is there in part, and what lay ready for it, is made anew."""
    whole, part = [triple("a", "p", "b")], [triple(f"s{i}", "p", "o") for i in range(9)]
    store.replace_graph(G1, whole)
    store.replace_graph(G2, part[:4])
    store.replace_graph(staging_graph(G2), part[:2])
    assert [a.state for a in transfer(store, {G1: whole, G2: part})] == ["same", "loaded"]
    assert store.graphs() == (G1, G2)


def test_replace_makes_a_graph_ours_and_merge_keeps_what_it_has(store: RemoteStore) -> None:
    theirs, ours = triple("t", "p", "o"), [triple("s", "p", "o"), triple("s", "p", "o2")]
    store.replace_graph(G1, [theirs, ours[0]])
    [merged] = transfer(store, {G1: ours}, mode="merge")
    assert (merged.state, merged.triples, merged.found) == ("loaded", 2, 3)
    assert transfer(store, {G1: ours}, mode="merge")[0].state == "same"
    [replaced] = transfer(store, {G1: ours})
    assert (replaced.state, replaced.found) == ("loaded", 2)
    assert theirs not in {quad.triple for quad in store.quads(G1)}
    with pytest.raises(UsageError, match="'add' is no way to load"):
        transfer(store, {G1: ours}, mode="add")


def test_blank_nodes_are_compared_by_their_place(store: RemoteStore) -> None:
    def graph(*names: str) -> list[ox.Triple]:
        x, y = map(b, names)
        return [ox.Triple(x, n("p"), y), ox.Triple(y, n("p"), ox.Literal("end")), *(triple(f"s{i}", "p", "o") for i in range(20))]

    assert fingerprint(graph("x", "y")) == fingerprint(graph("q", "r"))
    assert fingerprint(graph("x", "y")) != fingerprint(graph("x", "x"))
    store.batch = 3
    assert transfer(store, {G1: graph("x", "y")})[0].state == "loaded"
    assert transfer(store, {G1: graph("v", "w")})[0].state == "same"
    store.load([quad("more", "p", "o")])
    [arrival] = transfer(store, {G1: graph("v", "w")}, mode="merge")
    assert (arrival.state, "use --replace" in arrival.note) == ("failed", True)


def test_a_whole_decimal_is_an_integer() -> None:
    def graph(text: str, kind: str) -> list[ox.Triple]:
        return [triple("s", "p", ox.Literal(text, datatype=ox.NamedNode(XSD[kind])))]

    assert len({fingerprint(graph(*given)) for given in (("27", "decimal"), ("27.0", "decimal"), ("27", "integer"))}) == 1
    others = (("27", "integer"), ("27.5", "decimal"), ("27", "string"), ("27", "double"), ("x", "decimal"))
    assert len({fingerprint(graph(*given)) for given in others}) == len(others)


# -- what does not arrive --------------------------------------------------------------------------------------------


def test_what_is_changed_on_the_way_leaves_the_old_graph(store: RemoteStore, monkeypatch: pytest.MonkeyPatch) -> None:
    old = triple("old", "p", "o")
    store.replace_graph(G1, [old])
    fill, wrong = RemoteStore.fill, [triple("wrong", "p", "o")]
    monkeypatch.setattr(RemoteStore, "fill", lambda self, graph, triples, progress: fill(self, graph, wrong, progress))
    for wanted, note in (
        ([triple("right", "p", "o")], "1 triples did not arrive and 1 others are there, such as: <https://example.org/right>"),
        ([triple("right", "p", "o"), triple("right", "p", "o2")], "another number of triples"),
    ):
        [arrival] = transfer(store, {G1: wanted})
        assert (arrival.state, arrival.found) == ("failed", 1)
        assert note in arrival.note
        assert "the old graph is in place" in arrival.note
        assert [quad.triple for quad in store.quads()] == [old]


def test_a_store_that_cannot_move_graphs_says_so(store: RemoteStore, monkeypatch: pytest.MonkeyPatch) -> None:
    store.replace_graph(G1, [triple("old", "p", "o")])
    monkeypatch.setattr(RemoteStore, "move", lambda self, source, target: self.update(f"MOVE WHAT <{source}> TO <{target}>"))
    [arrival] = transfer(store, {G1: [triple("new", "p", "o")]})
    assert arrival.state == "failed"
    assert "cannot put one graph in another's place" in arrival.note
    assert [quad.subject for quad in store.quads()] == [n("old")]


def test_a_server_that_takes_few_at_once_gets_few(store: RemoteStore, monkeypatch: pytest.MonkeyPatch) -> None:
    update = RemoteStore.update

    def sparing(self: RemoteStore, sparql: str) -> None:
        if sparql.count("\n") > 100:
            raise QueryError("too long", "send less")
        update(self, sparql)

    store.graph_store_url, store.batch = None, 1000
    monkeypatch.setattr(RemoteStore, "update", sparing)
    graph = [triple(f"s{i}", "p", "o") for i in range(500)]
    assert [(a.state, a.found) for a in transfer(store, {G1: graph})] == [("loaded", 500)]
    blank = [ox.Triple(b(f"b{i}"), n("p"), n("o")) for i in range(500)]
    [arrival] = transfer(store, {G2: blank})
    assert (arrival.state, arrival.note) == ("failed", "too long; send less")


def test_a_store_that_goes_away_is_not_asked_for_every_graph(store: RemoteStore, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*_: object) -> None:
        raise StoreError("gone", "wait")

    monkeypatch.setattr(RemoteStore, "fill", gone)
    arrivals = transfer(store, {f"https://example.org/{i}": [triple("s", "p", "o")] for i in range(5)})
    assert [a.note for a in arrivals] == ["gone; wait"] * 3 + ["not tried: the store failed three times in a row"] * 2


def test_a_union_that_is_not_made_anew_is_told(store: RemoteStore, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(_: object) -> None:
        raise StoreError("gone", "wait")

    with monkeypatch.context() as patch:
        patch.setattr(RemoteStore, "_settle", gone)
        [arrival] = transfer(store, {G1: [triple("s", "p", "o")]})
    assert (arrival.state, arrival.found) == ("failed", 1)
    assert "queries do not see it yet" in arrival.note
    assert [a.state for a in transfer(store, {G1: [triple("s", "p", "o")]})] == ["same"]
    assert store.query("ASK { ?s ?p ?o }").boolean is True


def test_what_is_being_made_ready_is_not_part_of_the_union(store: RemoteStore, server: str) -> None:
    store.replace_graph(G1, [triple("s", "p", "o")])
    store.replace_graph(staging_graph(G1), [triple("s", "p", "half")])
    with RemoteStore(f"{server}/query", union="listed") as listed:
        assert [row[0] for row in listed.query("SELECT ?o { ?s ?p ?o }").rows] == [n("o")]


# -- the command line ------------------------------------------------------------------------------------------------


def test_load_then_ask_infer_validate_and_count_there(store: RemoteStore, server: str, run: Run) -> None:
    to = ("--to", f"{server}/query", "--union", "kept", "--graph-store", f"{server}/store")
    there = ("--store", f"{server}/query", "--union", "kept")
    with comity.open() as here:
        expected = {graph: here.store.count(graph) for graph in here.store.graphs()}

        status, out, err = run("load", *to, "--inferred", "no")
        assert (status, err) == (0, "")
        assert {row["graph"]: int(row["found"]) for row in rows(out)} == {g: c for g, c in expected.items() if g != INFERRED}
        assert {row["state"] for row in rows(out)} == {"loaded"}
        status, out, _ = run("load", *to, "--inferred", "no")
        assert (status, {row["state"] for row in rows(out)}) == (0, {"same"})

        assert run("infer", *there)[0] == 0
        assert set(store.quads(INFERRED)) == set(here.store.quads(INFERRED))
        status, out, _ = run("load", *to, "--inferred", "only")
        assert [(row["graph"], row["state"]) for row in rows(out)] == [(INFERRED, "same")]

        assert run("stats", *there)[1] == run("stats")[1]
        assert run("query", COUNT, *there)[1] == run("query", COUNT)[1]
        assert run("validate", *there) == run("validate")
        asked = 0
        for question in list_questions():
            if not any(parameter.required for parameter in question.parameters):
                assert run("ask", question.name, *there) == run("ask", question.name), question.name
                asked += 1
        assert asked


def test_a_day_s_answer_is_the_same_there(store: RemoteStore, server: str) -> None:
    with comity.open() as here:
        here.load(store)
        with comity.connect(f"{server}/query", union="kept") as there:
            sparql = "SELECT ?s ?o WHERE { ?s cy:memberOf ?o } ORDER BY ?s ?o"
            assert there.on("2010-01-01").query(sparql).rows == here.on("2010-01-01").query(sparql).rows


@pytest.mark.parametrize("union", ["server", "kept"])
def test_the_rules_run_there_and_no_data_come_back(store: RemoteStore, server: str, union: str) -> None:
    """Ten thousand more things to infer something of, and what comes back is a few digits more."""
    received = []
    for more in (0, 10_000):
        with comity.open(infer=False) as here:
            here.store.load(quad(f"treaty{i}", RDF.type, ox.NamedNode(CY.Treaty)) for i in range(more))
            here.load(store)
            expected = here.infer()
        assert expected > more
        with RemoteStore(f"{server}/query", union=union) as other:
            assert comity.Comity(other).infer() == expected
            received.append(other.received)
        assert store.count(INFERRED) == expected
    assert received[0] > 0
    assert received[1] - received[0] < 100


def test_a_contradiction_there_is_told(store: RemoteStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = shutil.copytree(EDITION, tmp_path / "edition")
    monkeypatch.setenv("COMITY_ROOT", str(root))
    with (root / "ontology" / "comity.ttl").open("a", encoding="utf-8") as ontology:
        ontology.write("cy:State owl:disjointWith cy:Instrument .\n")
    both = [quad("both", RDF.type, ox.NamedNode(kind)) for kind in (CY.State, CY.Treaty)]
    with comity.open(infer=False) as here:
        here.store.load(both)
        here.load(store)
    edition = comity.Comity(store)
    with pytest.raises(InconsistencyError):
        edition.infer()
    assert store.count(INFERRED) == 0
    with pytest.raises(UsageError, match="does not run inside a server"):
        edition.infer("owlrl")


def test_a_default_graph_that_shows_nothing_is_told(store: RemoteStore, server: str) -> None:
    store.load([quad("s", "p", "o"), quad("s", "p", "o", G2)])
    with RemoteStore(f"{server}/query") as raw:
        raw.update("CLEAR DEFAULT")
        assert raw.query(COUNT).rows[0][0].value == "0"  # type: ignore[union-attr]
    with pytest.raises(StoreError, match="does not see this store's named graphs; let the server"):
        comity.connect(f"{server}/query")
    with comity.connect(f"{server}/query", union="listed") as listed:
        assert listed.query("SELECT DISTINCT ?s WHERE { ?s ?p ?o }").rows
        assert len(listed.query("SELECT ?g WHERE { GRAPH ?g { ?s ?p ?o } }").rows) == 2


BAD = {
    "no store there": (("load", "--to", "http://127.0.0.1:9/query"), 3, "cannot be reached"),
    "a password in the address": (("load", "--to", "http://me:hidden@localhost/query"), 2, "holds a user name or password"),
    "a password in the address to ask": (("stats", "--store", "http://me:hidden@localhost/query"), 2, "holds a user name or password"),
    "no such union": (("stats", "--store", "http://localhost/query", "--union", "all"), 2, "use one of: server, kept, listed"),
    "a view of a store": (("stats", "--store", "http://localhost/query", "--view", "paper"), 2, "--view does not go with --store"),
    "a day in a store": (("infer", "--store", "http://localhost/query", "--on", "2010-01-01"), 2, "leave out --on, or --store"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_calls_are_one_line(run: Run, case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)
    arguments, status, message = BAD[case]
    ended, out, err = run(*arguments)
    assert (ended, out) == (status, "")
    assert message in err
    assert err.count("\n") == 1
    assert "hidden" not in err


def test_what_did_not_arrive_is_exit_status_1(run: Run) -> None:
    empty = b'{"head":{"vars":["g"]},"results":{"bindings":[]}}'
    zero = b'{"head":{"vars":["n"]},"results":{"bindings":[{"n":{"type":"literal","value":"0"}}]}}'

    def act(connection, request):  # type: ignore[no-untyped-def]
        if b"update=" in request.body:
            connection.sendall(answer("403 No", b"", ""))
        else:
            connection.sendall(answer(body=zero if b"COUNT" in request.body else empty))

    with serving(act) as server:
        status, out, _ = run("load", "--to", f"{server.url}/sparql")
    assert status == 1
    assert {row["state"] for row in rows(out)} == {"failed"}
    assert "does not allow this" in rows(out)[0]["note"]
