"""The embedded store keeps the contract: in memory, in memory without fork, and on disk."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest

from comity.errors import StoreError
from comity.store import embedded, timed
from comity.store.embedded import EmbeddedStore
from soak import amount

from .contract import ENDLESS, G1, StoreContract, many, quad


class TestInMemory(StoreContract):
    backend = "memory"

    @pytest.fixture
    def store(self) -> Iterator[EmbeddedStore]:
        with EmbeddedStore() as store:
            yield store


class TestInMemoryWithoutFork(StoreContract):
    """As on systems where a process cannot be forked: timed queries run over a dump."""

    @pytest.fixture
    def store(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[EmbeddedStore]:
        monkeypatch.setattr(timed, "CAN_FORK", False)
        with EmbeddedStore() as store:
            yield store


class TestOnDisk(StoreContract):
    backend = "disk"

    @pytest.fixture
    def store(self, tmp_path: Path) -> Iterator[EmbeddedStore]:
        with EmbeddedStore(tmp_path / "store") as store:
            yield store


class TestOnDiskInBulk(StoreContract):
    """As with more quads than go into one transaction: they are loaded in bulk, and so is their union."""

    @pytest.fixture
    def store(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[EmbeddedStore]:
        monkeypatch.setattr(embedded, "_FEW", 1)
        with EmbeddedStore(tmp_path / "store") as store:
            yield store


def test_a_bulk_load_that_fails_adds_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(last: int) -> Iterator[ox.Quad]:
        for number in range(last):
            yield quad(f"s{number}", "p", "o")
        raise ValueError("the source is at its end")

    with EmbeddedStore(tmp_path / "store") as store:
        store.load([quad("s", "p", "o")])
        monkeypatch.setattr(embedded, "_FEW", 10)
        for last in (5, 5000):
            with pytest.raises(StoreError, match="the source is at its end"):
                store.load(failing(last))
            assert store.count() == 1
            assert len(store.query("SELECT * { ?s ?p ?o }")) == 1


def test_a_store_on_disk_outlives_its_object(tmp_path: Path) -> None:
    with EmbeddedStore(tmp_path / "store") as store:
        store.load([quad("s", "p", "o"), quad("s", "p", "o", "https://example.org/g2")])
        assert len(store.query("SELECT * { ?s ?p ?o }")) == 1
    for _ in range(2):
        with EmbeddedStore(tmp_path / "store") as store:
            assert store.count() == 2
            assert len(store.query("SELECT * { ?s ?p ?o }")) == 1


def test_a_store_on_disk_belongs_to_one(tmp_path: Path) -> None:
    with EmbeddedStore(tmp_path / "store"), pytest.raises(StoreError, match="the store is in use; close it there"):
        EmbeddedStore(tmp_path / "store")


def test_a_place_that_cannot_be_a_store_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(StoreError, match="file: the store cannot be opened"):
        EmbeddedStore(tmp_path / "file")


def test_a_timed_query_leaves_nothing_behind(tmp_path: Path) -> None:
    before = set(os.listdir(tmp_path))
    with EmbeddedStore(tmp_path / "store") as store:
        store.load(many(10))
        assert len(store.query("SELECT * { ?s ?p ?o }", timeout=20)) == 10
    assert set(os.listdir(tmp_path)) - before == {"store"}


@pytest.mark.skipif(not timed.CAN_FORK, reason="this system does not fork")
def test_an_orphaned_query_ends_by_itself() -> None:
    """When Comity is killed, the kernel still ends the query that it has started."""
    script = (
        "import os, threading\n"
        "from comity.store.embedded import EmbeddedStore\n"
        "import pyoxigraph as ox\n"
        "store = EmbeddedStore()\n"
        "n = lambda i: ox.NamedNode(f'http://e/{i}')\n"
        "store.load([ox.Quad(n(i), n(i % 7), n(i % 11), n('g')) for i in range(3000)])\n"
        "real = os.fork\n"
        "def fork():\n"
        "    pid = real()\n"
        "    if pid: print(pid, flush=True)\n"
        "    return pid\n"
        "os.fork = fork\n"
        f"store.query({ENDLESS!r}, timeout=1.5)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    with parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        parent.send_signal(signal.SIGKILL)
    for _ in range(100):
        if not _runs(child):
            return
        time.sleep(0.1)
    os.kill(child, signal.SIGKILL)
    pytest.fail("the orphaned query went on")


def _runs(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system has no SIGKILL")
def test_a_killed_bulk_load_leaves_all_of_a_load_or_nothing(tmp_path: Path) -> None:
    """Kill a process that loads one graph after the other in bulk: each graph is whole or not there, and so is the union."""
    script = (
        "import sys, pyoxigraph as ox\n"
        "from comity.store import embedded\n"
        "embedded._FEW = 10\n"
        "store = embedded.EmbeddedStore(sys.argv[1])\n"
        "n = lambda i: ox.NamedNode(f'https://example.org/{i}')\n"
        "print('open', flush=True)\n"
        "for version in range(int(sys.argv[2]), 1000):\n"
        "    store.load(ox.Quad(n(f's{i}'), n('p'), n(f'v{version}'), n(f'g{version}')) for i in range(2000))\n"
        "    store.query('ASK { ?s ?p ?o }')\n"
        "    print('loaded', flush=True)\n"
    )
    place, loaded = tmp_path / "store", 0
    for delay in [0.01 + 0.037 * number for number in range(amount(6, 200))]:
        arguments = [sys.executable, "-c", script, str(place), str(loaded)]
        with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) as writer:
            assert writer.stdout is not None
            assert writer.stdout.readline() == "open\n"
            assert writer.stdout.readline() == "loaded\n"
            time.sleep(delay % 1)
            writer.send_signal(signal.SIGKILL)
        with EmbeddedStore(place) as store:
            graphs = store.graphs()
            assert [store.count(graph) for graph in graphs] == [2000] * len(graphs)
            assert len(graphs) >= loaded
            loaded = len(graphs)
            assert int(store.query("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }").rows[0][0].value) == 2000 * loaded
    assert loaded > 1


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system has no SIGKILL")
def test_a_killed_writer_leaves_a_whole_store(tmp_path: Path) -> None:
    """Kill a process that replaces a graph over and over: afterwards the graph is one of its states, and so is the union."""
    script = (
        "import sys, pyoxigraph as ox\n"
        "from comity.store.embedded import EmbeddedStore\n"
        "store = EmbeddedStore(sys.argv[1])\n"
        "n = lambda i: ox.NamedNode(f'https://example.org/{i}')\n"
        "version = 0\n"
        "while True:\n"
        f"    store.replace_graph({G1!r}, [ox.Triple(n(i), n('p'), n(f'v{{version}}')) for i in range(50)])\n"
        "    store.query('ASK { ?s ?p ?o }')\n"
        "    version += 1\n"
        "    print(version, flush=True)\n"
    )
    for delay in (0.0, 0.013, 0.031):
        writer = subprocess.Popen([sys.executable, "-c", script, str(tmp_path / "store")], stdout=subprocess.PIPE, text=True)
        with writer:
            assert writer.stdout is not None
            writer.stdout.readline()
            time.sleep(delay)
            writer.send_signal(signal.SIGKILL)
        with EmbeddedStore(tmp_path / "store") as store:
            for pattern in ("?s ?p ?o", f"GRAPH <{G1}> {{ ?s ?p ?o }}"):
                rows = store.query(f"SELECT ?s ?o {{ {pattern} }}").rows
                assert len(rows) == 50
                assert len({row[1] for row in rows}) == 1
