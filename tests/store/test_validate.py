"""What a server holds is checked there: the report is the one made here, and no data come back for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest

import comity
from comity import cli, dataset, resources
from comity.errors import UsageError
from comity.quality.mutation import make_mutants, mutated
from comity.store.remote import RemoteStore
from comity.terms import CY, INFERRED, RDF, RDFS, graph_iri
from comity.validation import validate, validate_in_store
from soak import FULL

from .servers import oxigraph

Run = Callable[..., tuple[int, str, str]]
SLOW = 30
"""Seconds for a query: the machine may have other work."""


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def call(*arguments: str) -> tuple[int, str, str]:
        status = cli.run(arguments)
        said = capsys.readouterr()
        return status, said.out, said.err

    return call


@pytest.fixture(scope="module")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> list[ox.Quad]:
    """The edition with some 650 faults, and statements with terms that the ontology does not have."""
    quads = dataset.read()
    graph = ox.NamedNode(graph_iri("paper/1"))
    strange = [ox.Quad(_node("z"), ox.NamedNode(f"{CY}colour"), ox.NamedNode(f"{CY}Blue"), graph)]
    strange.append(ox.Quad(_node("z"), ox.NamedNode(RDF.type), ox.NamedNode(f"{CY}Treeaty"), graph))
    return _as_stored([*mutated(quads, list(make_mutants(quads, seed=2))), *strange])


@pytest.fixture(scope="module")
def inferred() -> list[ox.Quad]:
    with comity.open() as edition:
        return list(edition.store.quads(INFERRED))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, faulty: list[ox.Quad], inferred: list[ox.Quad]) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("faulty")
    ox.serialize([*faulty, *inferred], folder / "faulty.nq")
    with oxigraph(folder, files=[folder / "faulty.nq"], seconds=SLOW) as url:
        with RemoteStore(f"{url}/query", union="kept") as store, store.held():
            pass  # the union is made
        yield url


def _node(name: str) -> ox.NamedNode:
    return ox.NamedNode(f"https://example.org/{name}")


def _as_stored(quads: list[ox.Quad]) -> list[ox.Quad]:
    store = ox.Store()
    store.extend(quads)
    return list(store)


@pytest.mark.skipif(not FULL, reason="left to make soak: in `make test` the cases of tests/shapes are put to this engine")
def test_the_report_on_the_edition_with_faults_is_the_same(server: str, faulty: list[ox.Quad]) -> None:
    """To the last name, file and line, although graph ``inferred`` stands beside what is asserted."""
    here = validate(faulty)
    assert len(here) > 600
    assert len({finding.component for finding in here.results}) > 10
    with comity.connect(f"{server}/query", union="kept") as there:
        found = there.validate()
        assert isinstance(there.store, RemoteStore)
        assert there.store.received < 2000 * len(here)
    assert found.results == here.results
    assert found == here


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with oxigraph(tmp_path_factory.mktemp("empty"), seconds=SLOW) as url:
        yield url


@pytest.fixture(scope="module")
def union(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with oxigraph(tmp_path_factory.mktemp("union"), "--union-default-graph", seconds=SLOW) as url:
        yield url


def _people(number: int) -> list[ox.Quad]:
    """People as they should be, and in two graphs."""
    kinds = [(ox.NamedNode(RDF.type), ox.NamedNode(CY.Person)), (ox.NamedNode(RDFS.label), None)]
    return [
        ox.Quad(_node(f"p{i}"), predicate, value or ox.Literal(f"Person {i}", language="en"), ox.NamedNode(graph_iri(graph)))
        for i in range(number)
        for predicate, value in kinds
        for graph in ("record/a", "record/b")
    ]


def test_what_comes_back_does_not_grow_with_the_data(empty: str) -> None:
    """Five thousand more people, in two graphs each, and what comes back is a few digits more."""
    received = []
    ontology = dataset.read_file(resources.ontology() / "comity.ttl", graph_iri("ontology"))
    with RemoteStore(f"{empty}/query", union="kept") as store:
        store.load(ontology)
        for more in (0, 5000):
            store.load(_people(more))
            with RemoteStore(f"{empty}/query", union="kept") as other:
                report = validate_in_store(other)
                received.append(other.received)
            assert report.conforms, report.to_text()
            assert report.nodes > more
        store.clear()
    assert 0 < received[0] < 20_000
    assert received[1] - received[0] < 20


@pytest.mark.parametrize("kind", ["server", "kept", "listed"])
def test_each_kind_of_default_graph_will_do(kind: str, empty: str, union: str) -> None:
    """What two graphs state is one statement, and what is inferred does not count."""
    graph = ox.NamedNode(graph_iri("record/a"))
    faults = [
        ox.Quad(_node("p1"), ox.NamedNode(RDFS.label), ox.Literal("Someone", language="en"), graph),
        ox.Quad(_node("p2"), ox.NamedNode(CY.affiliation), _node("nowhere"), graph),
        ox.Quad(_node("p3"), ox.NamedNode(CY.startDate), ox.Literal("soon"), graph),
    ]
    guessed = [
        ox.Quad(_node("p0"), ox.NamedNode(RDFS.label), ox.Literal("A guess", language="en"), ox.NamedNode(INFERRED)),
        ox.Quad(_node("nowhere"), ox.NamedNode(RDF.type), ox.NamedNode(CY.Organization), ox.NamedNode(INFERRED)),
    ]
    url = union if kind == "server" else empty
    asserted = [*_people(4), *faults]
    here = validate(_as_stored(asserted))
    assert len(here) == 3
    with RemoteStore(f"{url}/query", union="server" if kind == "server" else "kept") as store:
        store.load([*asserted, *guessed])
        with RemoteStore(f"{url}/query", union=kind) as other:
            assert validate_in_store(other) == here
        store.clear()


def test_the_command_asks_there_or_reads_out_when_told_so(empty: str, run: Run, tmp_path: Path) -> None:
    there = ("--store", f"{empty}/query", "--union", "kept")
    with RemoteStore(f"{empty}/query", union="kept") as store:
        store.load(_people(2))
        for engine in ((), ("--engine", "sparql"), ("--engine", "compiled")):
            assert run("validate", *there, *engine) == (0, "conforms: 2 nodes looked at, nothing found\n", "")
        file = tmp_path / "mine.ttl"
        file.write_text("<https://example.org/x> a <https://example.org/C> .", encoding="utf-8")
        status, out, err = run("validate", str(file), *there)
        assert (status, out) == (2, "")
        assert "files cannot be checked beside data that stay on a server; use --engine compiled" in err
        assert err.count("\n") == 1
        assert run("validate", str(file), *there, "--engine", "compiled") == (0, "conforms: 1 node looked at, nothing found\n", "")
        store.clear()


def test_files_are_refused_in_python_too(empty: str, tmp_path: Path) -> None:
    with comity.connect(f"{empty}/query", union="kept") as there, pytest.raises(UsageError, match="files cannot be checked"):
        there.validate(tmp_path / "mine.ttl")
