"""Many read while one writes: threads, processes and asyncio. Every answer is that of a state that was committed.

The writer knows one rule: in one update it puts the same numbers into two graphs, in the place of those that were there, as many as say
their own count. Whoever sees anything else has seen a half-made change.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from comity.api import Comity
from comity.errors import StoreInUse
from comity.server.app import create_app
from comity.server.settings import Selected, Settings
from comity.store import Store
from comity.store.embedded import EmbeddedStore
from comity.store.remote import RemoteStore
from comity.terms import graph_iri
from soak import amount
from store.servers import oxigraph

A, B = graph_iri("record/a"), graph_iri("record/b")
HAS = "https://example.org/number"
CHANGES = amount(15, 3000)
READERS = 3


def change(count: int) -> str:
    """The update that makes the next state: two graphs of so many numbers."""
    rows = " ".join(f"<https://example.org/s{i}> <{HAS}> {count} ." for i in range(count))
    both = "".join(f"GRAPH <{graph}> {{ {rows} }} " for graph in (A, B))
    return f"DROP SILENT GRAPH <{A}> ; DROP SILENT GRAPH <{B}> ; INSERT DATA {{ {both}}}"


# What a reader looks at: a query, and whether its rows are those of a committed state.
COUNTS = f"SELECT (COUNT(*) AS ?n) (MIN(?v) AS ?least) (MAX(?v) AS ?most) WHERE {{ GRAPH ?g {{ ?s <{HAS}> ?v }} }} GROUP BY ?g"
UNION = f"SELECT ?s ?v WHERE {{ ?s <{HAS}> ?v }}"
DIFFERENT = f"ASK {{ GRAPH <{A}> {{ ?s ?p ?o }} FILTER NOT EXISTS {{ GRAPH <{B}> {{ ?s ?p ?o }} }} }}"


def number(term: object) -> int:
    return int(getattr(term, "value", "-1"))


def look(store: Store, turn: int) -> str:
    """Look at the store in one of several ways, and say what is wrong, or nothing. A time limit takes another way through the code."""
    timeout = 30.0 if turn % 20 == 1 else None
    match turn % 3:
        case 0:
            rows = store.query(COUNTS, timeout=timeout).rows
            seen = {(number(n), number(least), number(most)) for n, least, most in rows}
            good = len(rows) == 2 and len(seen) == 1 and all(len(set(each)) == 1 for each in seen)
            return "" if good else f"two graphs of {seen}"
        case 1:
            values = Counter(number(value) for _, value in store.query(UNION, timeout=timeout).rows)
            return "" if all(count == value for value, count in values.items()) and len(values) == 1 else f"a union of {values}"
        case _:
            return "one graph has what the other has not" if store.query(DIFFERENT, timeout=timeout).boolean else ""


def watch(store: Store, ended: Callable[[], bool]) -> tuple[int, list[str]]:
    """Look over and over, until the end; return how often, and what was wrong."""
    wrong: list[str] = []
    turn = 0
    while not ended() or turn < 3:
        if found := look(store, turn):
            wrong.append(found)
        turn += 1
    return turn, wrong


def write(store: Store, changes: int = CHANGES) -> None:
    """Change the store so often."""
    for turn in range(changes):
        store.update(change(1 + turn % 9))


@pytest.fixture(params=["in memory", "on disk"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[EmbeddedStore]:
    with EmbeddedStore(None if request.param == "in memory" else tmp_path / "store") as store:
        store.update(change(5))
        yield store


def test_a_half_made_change_would_be_seen() -> None:
    """The readers' looks are no idle ones: each finds a state that breaks the rule."""
    with EmbeddedStore() as store:
        store.update(change(3))
        assert [look(store, turn) for turn in range(3)] == ["", "", ""]
        store.update(f"DELETE DATA {{ GRAPH <{B}> {{ <https://example.org/s1> <{HAS}> 3 }} }}")
        assert look(store, 0)
        assert look(store, 2)
        store.update(f"DROP GRAPH <{B}> ; DELETE DATA {{ GRAPH <{A}> {{ <https://example.org/s1> <{HAS}> 3 }} }}")
        assert look(store, 1)


def test_threads(store: EmbeddedStore) -> None:
    over = threading.Event()
    seen: list[tuple[int, list[str]]] = []
    failed: list[BaseException] = []

    def reader() -> None:
        try:
            seen.append(watch(store, over.is_set))
        except BaseException as error:  # noqa: BLE001 - told below
            failed.append(error)

    threads = [threading.Thread(target=reader) for _ in range(READERS)]
    for thread in threads:
        thread.start()
    write(store)
    over.set()
    for thread in threads:
        thread.join()
    assert failed == []
    assert [wrong for _, wrong in seen] == [[]] * READERS
    print(f"{CHANGES} changes, {sum(looks for looks, _ in seen)} looks")


def test_the_names_of_graphs_are_those_of_one_state(store: EmbeddedStore) -> None:
    """A graph that moves is here or there, never in both places or none."""
    store.update(f"DROP GRAPH <{B}>")
    over = threading.Event()
    wrong: list[tuple[str, ...]] = []
    looks: list[int] = []

    def reader() -> None:
        count = 0
        while not over.is_set():
            found = store.graphs()
            count += 1
            if found not in ((A,), (B,)):
                wrong.append(found)
        looks.append(count)

    thread = threading.Thread(target=reader)
    thread.start()
    for _ in range(CHANGES):
        store.update(f"MOVE <{A}> TO <{B}>")
        store.update(f"MOVE <{B}> TO <{A}>")
    over.set()
    thread.join()
    assert looks[0]
    assert wrong == []


def test_asyncio(store: EmbeddedStore) -> None:
    """Readers in asyncio's threads, beside one that asks a whole edition, as a service would."""

    async def main() -> tuple[list[tuple[int, list[str]]], list[int]]:
        over = threading.Event()
        edition = Comity(store)
        tables: list[int] = []

        async def asker() -> None:
            while not over.is_set():
                table = await asyncio.to_thread(edition.query, UNION)
                tables.append(len({row[1] for row in table.rows}))

        asking = asyncio.create_task(asker())
        reading = [asyncio.create_task(asyncio.to_thread(watch, store, over.is_set)) for _ in range(READERS)]
        await asyncio.to_thread(write, store)
        over.set()
        await asking
        return await asyncio.gather(*reading), tables

    seen, tables = asyncio.run(main())
    assert [wrong for _, wrong in seen] == [[]] * READERS
    assert set(tables) == {1}, "a table with values of two states"


def test_a_second_process_is_told_that_the_store_is_in_use(tmp_path: Path) -> None:
    """A folder belongs to one process: the others get an error at once, and never half of a change."""
    script = (
        "import sys\n"
        "from comity.errors import StoreInUse\n"
        "from comity.store.embedded import EmbeddedStore\n"
        "for _ in range(50):\n"
        "    try:\n"
        "        EmbeddedStore(sys.argv[1])\n"
        "    except StoreInUse:\n"
        "        continue\n"
        "    sys.exit('it got the store')\n"
    )
    with EmbeddedStore(tmp_path / "store") as store:
        reader = subprocess.Popen([sys.executable, "-c", script, str(tmp_path / "store")])
        while reader.poll() is None:
            store.update(change(4))
            assert look(store, 0) == ""
        assert reader.returncode == 0
        with pytest.raises(StoreInUse):
            EmbeddedStore(tmp_path / "store")


PROCESS = """
import json, sys
sys.path[:0] = json.loads(sys.argv[3])
from comity.store.remote import RemoteStore
from faults_concurrency import watch
looks = iter(range(int(sys.argv[2])))
with RemoteStore(sys.argv[1] + "/query", union="kept") as store:
    print(json.dumps(watch(store, lambda: next(looks, None) is None)))
"""


def test_processes_on_a_server(tmp_path: Path) -> None:
    """Processes read what another one writes, over the SPARQL protocol; the union is renewed in the same request as each change."""
    (tmp_path / "faults_concurrency.py").write_text(Path(__file__).read_text(encoding="utf-8"), encoding="utf-8")
    paths = json.dumps([str(tmp_path), str(Path(__file__).parents[1])])
    with oxigraph(tmp_path / "server") as address, RemoteStore(f"{address}/query", union="kept") as store:
        store.update(change(5))
        command = [sys.executable, "-c", PROCESS, address, str(CHANGES), paths]
        readers = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
        changes = 0
        while any(reader.poll() is None for reader in readers):
            write(store, 3)
            changes += 3
        seen = [json.loads(reader.communicate()[0]) for reader in readers]
    assert [reader.returncode for reader in readers] == [0, 0]
    assert changes
    assert [wrong for _, wrong in seen] == [[], []]
    assert all(looks >= CHANGES for looks, _ in seen)


def test_comity_serve_over_a_server(tmp_path: Path) -> None:
    """What `comity serve --store` passes on is of one state, too: each query is one question to the store."""
    with oxigraph(tmp_path / "server") as address, RemoteStore(f"{address}/query", union="kept") as store:
        store.update(change(5))
        settings = Settings(selected=Selected(store=f"{address}/query", union="kept"))
        with TestClient(create_app(settings), base_url="http://comity.test") as client:
            over = threading.Event()
            writing = threading.Thread(target=lambda: [write(store, 9) for _ in iter(over.is_set, True)])
            writing.start()
            try:
                for _ in range(CHANGES):
                    answer = client.get("/sparql", params={"query": UNION}, headers={"Accept": "application/sparql-results+json"})
                    assert answer.status_code == 200, answer.text
                    values = Counter(row["v"]["value"] for row in answer.json()["results"]["bindings"])
                    assert [str(count) for count in values.values()] == list(values)
                    assert len(values) == 1
            finally:
                over.set()
                writing.join()


def test_processes_that_fill_the_same_cache(tmp_path: Path) -> None:
    """Several first calls at once: one keeps the store, and all give the same answer."""
    edition = Path(__file__).parents[1] / "questions" / "edition"
    environment = {**os.environ, "COMITY_ROOT": str(edition), "COMITY_CACHE": str(tmp_path / "cache")}
    command = [sys.executable, "-m", "comity", "query", "-f", "csv", "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"]
    for _ in range(amount(1, 20)):
        calls = [
            subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(READERS)
        ]
        said = [(*call.communicate(), call.returncode) for call in calls]
        assert len(set(said)) == 1, said
        assert said[0][2] == 0
        assert said[0][1] == ""
        assert [path.name for path in (tmp_path / "cache").glob("*/edition.json")] == ["edition.json"]
