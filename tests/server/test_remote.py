"""What another SPARQL server holds is served: the same pages and answers, the same limits, and nothing can be changed there either."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from starlette.testclient import TestClient

import comity
from comity.errors import StoreError
from comity.server.description import VOID
from comity.server.settings import Limits, Selected, Settings
from comity.store.remote import RemoteStore
from soak import amount
from store.servers import free_port, oxigraph

PAPER = "https://w3id.org/comity/graph/paper/4"
HEAVY = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
Serve = Callable[[Settings], TestClient]


def ask(client: TestClient, query: str, accept: str = "text/csv", **fields: str) -> Any:
    return client.get("/sparql", params={"query": query, **fields}, headers={"Accept": accept})


@contextmanager
def holding(quads: Iterable[ox.Quad], folder: Path, *, seconds: int) -> Iterator[str]:
    """An Oxigraph server with these quads, its default graph the union of the named ones; its address for queries."""
    named = list(quads)
    triples = {quad.triple for quad in named}
    with (folder / "all.nq").open("wb") as out:
        ox.serialize([*named, *(ox.Quad(*triple) for triple in triples)], out, format=ox.RdfFormat.N_QUADS)
    with oxigraph(folder, files=[folder / "all.nq"], seconds=seconds) as address:
        yield f"{address}/query"


def test_the_edition_there_is_served_as_that_here_would_be(serve: Serve, tmp_path: Path) -> None:
    """One test, so that the edition is brought there once."""
    with (
        comity.open() as edition,
        holding(edition.store.quads(), tmp_path, seconds=60) as url,
        serve(Settings(selected=Selected(store=url))) as client,
    ):
        check_questions(client, edition)
        check_things(client, edition)
        check_graphs(client, edition)
        check_descriptions(client, edition)


def check_questions(client: TestClient, edition: comity.Comity) -> None:
    for name, given in (("levels", {}), ("status", {"instrument": "financing-1999", "on": "2010-01-01"})):
        assert client.get(f"/q/{name}.csv", params=given).text == edition.ask(name, **given).to_csv()
    assert client.get("/q/status.csv?instrument=nix&on=2010-01-01").status_code == 400
    # For a reason, all that is stated has to come from there.
    page = client.get("/questions/levels" + amount("", "?why=1"), headers={"Accept": "text/html"})
    assert page.status_code == 200
    assert amount("Regional", "Because:") in page.text


def check_things(client: TestClient, edition: comity.Comity) -> None:
    thing = ox.NamedNode("https://w3id.org/comity/id/instrument/unscr-1373")
    told = {quad.triple for quad in ox.parse(client.get("/doc/instrument/unscr-1373.nt").content, format=ox.RdfFormat.N_TRIPLES)}
    both = f"{{ BIND({thing} AS ?s) ?s ?p ?o }} UNION {{ BIND({thing} AS ?o) ?s ?p ?o }}"
    assert told == set(edition.store.query(f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ {both} }}").triples)
    page = client.get("/doc/instrument/unscr-1373", headers={"Accept": "text/html"})
    assert page.status_code == 200
    assert "Who says so" in page.text
    assert client.get("/doc/state/NIX").status_code == 404
    found = client.get("/search?q=Пакистан", headers={"Accept": "application/json"}).json()["found"]
    assert found[0]["path"] == "/doc/state/PAK"


def check_graphs(client: TestClient, edition: comity.Comity) -> None:
    """They may be chosen by the request or by FROM; what the server behind does not hold, it is not asked to fetch."""
    count = "SELECT (COUNT(*) AS ?n) %s { ?s ?p ?o }"
    expected = f"n\r\n{edition.store.count(PAPER)}\r\n"
    assert ask(client, count % "", **{"default-graph-uri": PAPER}).text == expected
    assert ask(client, count % f"FROM <{PAPER}>").text == expected
    assert ask(client, "SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }", **{"named-graph-uri": PAPER}).text == f"g\r\n{PAPER}\r\n"
    elsewhere = "http://127.0.0.1:9/x"
    for refused in (ask(client, "ASK {}", **{"default-graph-uri": elsewhere}), ask(client, count % f"FROM <{elsewhere}>")):
        assert refused.status_code == 400
        assert "none is fetched" in refused.json()["detail"]


def check_descriptions(client: TestClient, edition: comity.Comity) -> None:
    triples = len({quad.triple for quad in edition.store.quads()})
    for path, whole in (("/sparql", "/sparql#default"), ("/.well-known/void", "/.well-known/void#dataset")):
        said = ox.parse(client.get(path).content, format=ox.RdfFormat.TURTLE)
        counted = [q.object.value for q in said if q.subject.value == f"http://comity.test{whole}" and q.predicate.value == VOID.triples]  # type: ignore[union-attr]
        assert counted == [str(triples)]


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server with two hundred triples."""
    one, p, graph = (ox.NamedNode(f"x:{name}") for name in ("s", "p", "g"))
    quads = (ox.Quad(one, p, ox.Literal(str(number)), graph) for number in range(200))
    with holding(quads, tmp_path_factory.mktemp("few"), seconds=2) as address:
        yield address


@pytest.fixture(scope="module")
def remote(url: str, serve: Serve) -> Iterator[TestClient]:
    """A client of a server over that server, which sends fifty rows and lets no query run for longer than a second and a half."""
    with serve(Settings(selected=Selected(store=url), limits=Limits(rows=50, seconds=1.5))) as client:
        assert ask(client, "ASK {}").text == "true\n"
        yield client


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
        assert ask(remote, sparql).status_code == 400
        assert ask(remote, sparql, **{"default-graph-uri": "x:g"}).status_code == 400
        assert remote.post("/sparql", data={"update": sparql}).status_code == 403
        assert remote.post("/sparql", content=sparql, headers={"Content-Type": "application/sparql-update"}).status_code == 403
        assert store.count() == 200


def test_over_rows_there_is_a_mark(remote: TestClient) -> None:
    """Also of what would have far more rows than fit anywhere: no more of it is read than is sent."""
    answer = ask(remote, "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }")
    assert answer.status_code == 200
    assert answer.headers["comity-rows-cut"] == "50"
    assert len(answer.text.splitlines()) == 51
    graph = ask(remote, "CONSTRUCT { ?a ?b ?c } WHERE { ?a ?b ?c }", "application/n-triples")
    assert graph.headers["comity-rows-cut"] == "50"
    assert len(graph.text.splitlines()) == 50
    assert "comity-rows-cut" not in ask(remote, "SELECT * { ?a ?b ?c } LIMIT 50").headers


def test_over_time_the_worker_is_dead(remote: TestClient) -> None:
    workers = remote.app.workers  # type: ignore[attr-defined]
    with ThreadPoolExecutor() as pool:
        slow = pool.submit(ask, remote, HEAVY)
        while not workers.at_work:
            time.sleep(0.01)
        (pid,) = workers.at_work
        # Another is not delayed.
        assert ask(remote, "ASK { ?s ?p '7' }").text == "true\n"
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
