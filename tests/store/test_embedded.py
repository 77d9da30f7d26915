"""The embedded store keeps the contract: in memory, in memory without fork, and on disk."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from comity.errors import StoreError
from comity.store import timed
from comity.store.embedded import EmbeddedStore

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
