"""What another SPARQL server holds is served: the same pages and answers, the same limits, and nothing can be changed there either."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from starlette.testclient import TestClient
from store.servers import free_port, oxigraph

import comity
from comity.errors import StoreError
from comity.server.description import VOID
from comity.server.settings import Limits, Selected, Settings
from comity.store.remote import RemoteStore

PAPER = "https://w3id.org/comity/graph/paper/4"
HEAVY = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
Serve = Callable[[Settings], TestClient]


@pytest.fixture(scope="module")
def edition() -> Iterator[comity.Comity]:
    with comity.open() as opened:
        yield opened


@pytest.fixture(scope="module")
def url(edition: comity.Comity, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An Oxigraph server with the edition, its default graph the union of the named ones."""
    folder = tmp_path_factory.mktemp("remote")
    quads = list(edition.store.quads())
    triples = {quad.triple for quad in quads}
    with (folder / "all.nq").open("wb") as out:
        ox.serialize([*quads, *(ox.Quad(*triple) for triple in triples)], out, format=ox.RdfFormat.N_QUADS)
    with oxigraph(folder, files=[folder / "all.nq"], seconds=60) as address:
        yield f"{address}/query"


@pytest.fixture(scope="module")
def remote(url: str, serve: Serve) -> Iterator[TestClient]:
    """A client of a server over that server, with room for fifty rows."""
    with serve(Settings(selected=Selected(store=url), limits=Limits(rows=50))) as client:
        yield client


def ask(client: TestClient, query: str, accept: str = "text/csv", **fields: str) -> Any:
    return client.get("/sparql", params={"query": query, **fields}, headers={"Accept": accept})


def test_the_questions_have_the_same_answers(remote: TestClient, edition: comity.Comity) -> None:
    for name, given in (("levels", {}), ("status", {"instrument": "financing-1999", "on": "2010-01-01"})):
        assert remote.get(f"/q/{name}.csv", params=given).text == edition.ask(name, **given).to_csv()
    page = remote.get("/questions/levels?why=1", headers={"Accept": "text/html"})
    assert page.status_code == 200
    assert "Regional" in page.text
    assert remote.get("/q/status.csv?instrument=nix&on=2010-01-01").status_code == 400


def test_things_have_the_same_statements(remote: TestClient, edition: comity.Comity) -> None:
    thing = ox.NamedNode("https://w3id.org/comity/id/instrument/unscr-1373")
    told = {quad.triple for quad in ox.parse(remote.get("/doc/instrument/unscr-1373.nt").content, format=ox.RdfFormat.N_TRIPLES)}
    asked = "CONSTRUCT { ?s ?p ?o } WHERE { { BIND(%s AS ?s) ?s ?p ?o } UNION { BIND(%s AS ?o) ?s ?p ?o } }" % (thing, thing)  # noqa: UP031
    assert told == set(edition.store.query(asked).triples)
    page = remote.get("/doc/instrument/unscr-1373", headers={"Accept": "text/html"})
    assert page.status_code == 200
    assert "Who says so" in page.text
    assert remote.get("/doc/state/NIX").status_code == 404


def test_names_are_found(remote: TestClient) -> None:
    found = remote.get("/search?q=Пакистан", headers={"Accept": "application/json"}).json()["found"]
    assert found[0]["path"] == "/doc/state/PAK"


def test_its_graphs_may_be_chosen(remote: TestClient, edition: comity.Comity) -> None:
    """By the request or by FROM; what the server behind does not hold, it is not asked to fetch."""
    count = "SELECT (COUNT(*) AS ?n) %s { ?s ?p ?o }"
    expected = f"n\r\n{edition.store.count(PAPER)}\r\n"
    assert ask(remote, count % "", **{"default-graph-uri": PAPER}).text == expected
    assert ask(remote, count % f"FROM <{PAPER}>").text == expected
    assert ask(remote, "SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }", **{"named-graph-uri": PAPER}).text == f"g\r\n{PAPER}\r\n"
    for refused in (ask(remote, "ASK {}", **{"default-graph-uri": "http://127.0.0.1:9/x"}), ask(remote, count % "FROM <http://127.0.0.1:9/x>")):
        assert refused.status_code == 400
        assert "none is fetched" in refused.json()["detail"]


def test_the_description_is_of_what_is_there(remote: TestClient, edition: comity.Comity) -> None:
    triples = len({quad.triple for quad in edition.store.quads()})
    for path, whole in (("/sparql", "/sparql#default"), ("/.well-known/void", "/.well-known/void#dataset")):
        said = ox.parse(remote.get(path).content, format=ox.RdfFormat.TURTLE)
        counted = [q.object.value for q in said if q.subject.value == f"http://comity.test{whole}" and q.predicate.value == VOID.triples]  # type: ignore[union-attr]
        assert counted == [str(triples)]


@pytest.mark.parametrize(
    "sparql",
    [
        "DROP ALL",
        "INSERT DATA { <a:a> <a:b> <a:c> }",
        "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
        "LOAD <http://127.0.0.1:9/x>",
    ],
)
def test_nothing_is_changed_or_fetched_there(remote: TestClient, url: str, sparql: str) -> None:
    with RemoteStore(url) as store:
        before = store.count()
        assert ask(remote, sparql).status_code == 400
        assert ask(remote, sparql, **{"default-graph-uri": PAPER}).status_code == 400
        assert remote.post("/sparql", data={"update": sparql}).status_code == 403
        assert remote.post("/sparql", content=sparql, headers={"Content-Type": "application/sparql-update"}).status_code == 403
        assert store.count() == before


def test_over_rows_there_is_a_mark(remote: TestClient) -> None:
    """Also of what would have far more rows than fit anywhere: no more of it is read than is sent."""
    answer = ask(remote, "SELECT * { ?a ?b ?c . ?d ?e ?f }")
    assert answer.status_code == 200
    assert answer.headers["comity-rows-cut"] == "50"
    assert len(answer.text.splitlines()) == 51
    graph = ask(remote, "CONSTRUCT { ?a ?b ?c } WHERE { ?a ?b ?c }", "application/n-triples")
    assert graph.headers["comity-rows-cut"] == "50"
    assert len(graph.text.splitlines()) == 50
    assert "comity-rows-cut" not in ask(remote, "SELECT * { ?a ?b ?c } LIMIT 50").headers


def test_over_time_the_worker_is_dead(serve: Serve, tmp_path: Path) -> None:
    few = tmp_path / "few.nq"
    triples = [f'<x:s{number}> <x:p> "{number}"' for number in range(200)]
    few.write_text("".join(f"{triple} .\n{triple} <x:g> .\n" for triple in triples), encoding="utf-8")
    with (
        oxigraph(tmp_path, files=[few]) as address,
        serve(Settings(selected=Selected(store=f"{address}/query"), limits=Limits(seconds=1.5))) as client,
        ThreadPoolExecutor() as pool,
    ):
        assert ask(client, "ASK {}").text == "true\n"
        workers = client.app.workers  # type: ignore[attr-defined]
        slow = pool.submit(ask, client, HEAVY)
        while not workers.at_work:
            time.sleep(0.01)
        (pid,) = workers.at_work
        # Another is not delayed.
        assert ask(client, "ASK { ?s ?p '7' }").text == "true\n"
        assert not slow.done()
        assert slow.result().status_code == 503
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


def test_mistakes_have_their_place(remote: TestClient) -> None:
    problem = ask(remote, "SELECT * {\n ?s ?p }").json()
    assert problem["status"] == 400
    assert problem["line"] == 2


def test_a_server_that_goes_is_told_without_its_address(tmp_path: Path, serve: Serve) -> None:
    with ExitStack() as running:
        address = running.enter_context(oxigraph(tmp_path))
        with serve(Settings(selected=Selected(store=f"{address}/query"))) as client:
            assert ask(client, "ASK {}").text == "true\n"
            running.close()
            for path in ("/sparql?query=ASK{?s+?p+9}", "/q/levels.json", "/doc/state/PAK"):
                answer = client.get(path)
                assert answer.status_code == 503
                assert answer.json()["detail"] == "the store behind this server does not answer as it should"
                assert "127.0.0.1" not in answer.text


def test_a_server_that_is_not_there(serve: Serve) -> None:
    """It is tried at the start, and whoever starts the server is told why."""
    with serve(Settings(selected=Selected(store=f"http://127.0.0.1:{free_port()}/query"))) as client:
        assert client.get("/sparql?query=ASK{}").status_code == 503
        failure = client.app.failure  # type: ignore[attr-defined]
    assert isinstance(failure, StoreError)
    assert "cannot be reached" in failure.what
