"""How fast the stores are: load, closure inside the engine, questions, and a store on disk that is opened again.

    python benchmarks/stores.py                                          # the edition, in each store that is there
    python benchmarks/stores.py --sizes 1000000 --stores memory disk oxigraph
    python benchmarks/stores.py --sizes 10000000 --stores disk --no-closure

``memory``            embedded, in memory
``disk``              embedded, in a folder; ``reopen`` is from the start of a process to an answer from that folder
``oxigraph``          the server of the package oxigraph, on loopback, with the union kept
``rdflib-endpoint``   the server of that package; up to 20,000 quads, without the closure, which does not end in time there

The data are the edition's (size 0), or made up by ``generate.py``. ``load`` puts the quads into the store and makes the union of
its graphs; the servers get them as they would from ``comity load``, in updates, but without the comparison afterwards. ``close``
runs the compiled rules by SPARQL Update in the engine. ``ask`` is the sum of four queries. Wall-clock seconds, for a server's
processor time is not ours to read; each measurement is a process of its own. All stores must give the same rows and the same number
of inferred triples, or the exit status is 1.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ONTOLOGY = HERE.parent / "ontology" / "comity.ttl"
STORES = ("memory", "disk", "oxigraph", "rdflib-endpoint")
LARGEST = {"rdflib-endpoint": 20_000}
CY = "https://w3id.org/comity/ontology#"
QUERIES = (
    "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }",
    "SELECT ?class (COUNT(*) AS ?n) WHERE { ?s a ?class } GROUP BY ?class ORDER BY ?class",
    f"SELECT ?act ?instrument WHERE {{ ?act <{CY}instrument> ?instrument ; <{CY}date> ?day }} ORDER BY ?act ?instrument LIMIT 10",
    f"SELECT ?norm ?topic WHERE {{ ?norm <{CY}provision> ?part . ?part <{CY}provisionOf> ?text . ?norm <{CY}topic> ?topic }} "
    "ORDER BY ?norm ?topic LIMIT 10",
)
FIRST = "SELECT ?s WHERE { ?s a ?class } LIMIT 1"


@contextmanager
def opened(name: str, folder: Path) -> Iterator[Any]:
    """The store, empty; a server is started for it."""
    from comity.store.embedded import EmbeddedStore

    if name in ("memory", "disk"):
        with EmbeddedStore(folder / "store" if name == "disk" else None) as embedded:
            yield embedded
        return
    sys.path.insert(0, str(HERE.parent / "tests"))
    from comity.store.remote import RemoteStore
    from store import servers

    server = servers.oxigraph(folder, seconds=3600) if name == "oxigraph" else servers.rdflib_endpoint(folder)
    with server as url:
        options = {"url": f"{url}/query", "union": "kept"} if name == "oxigraph" else {"url": url, "union": "server"}
        with RemoteStore(**options) as remote:
            yield remote


def statements(size: int) -> Iterable[Any]:
    if size:
        from generate import quads

        return quads(size)
    from comity import dataset

    return dataset.read()


def measure(name: str, size: int, folder: Path, close: bool) -> dict[str, Any]:
    from comity.inference import close_in_store
    from comity.terms import INFERRED

    data = statements(size) if name in ("memory", "disk") else list(statements(size))
    with opened(name, folder) as store:
        times: dict[str, Any] = {}

        def timed(what: str, run: Any) -> Any:
            start = time.perf_counter()
            result = run()
            times[what] = time.perf_counter() - start
            return result

        def load() -> None:
            store.load(data)
            store.query(FIRST)

        timed("load", load)
        times["quads"] = store.count()
        answers = timed("ask", lambda: [[[str(cell) for cell in row] for row in store.query(query).rows] for query in QUERIES])
        times["answers"] = answers
        if close:
            # A server's union is made anew after the last rule, as by `comity infer --store`, not after each.
            with getattr(store, "held", nullcontext)():
                timed("close", lambda: close_in_store(store, ONTOLOGY))
            times["derived"] = store.count(INFERRED)
        # The union is brought up to date by the next query: the process that opens the folder again shall not pay for it.
        store.query(FIRST)
    return times


def reopen(folder: Path) -> None:
    from comity.store.embedded import EmbeddedStore

    with EmbeddedStore(folder / "store") as store:
        assert store.query(FIRST).rows


def child(*arguments: object) -> str:
    command = [sys.executable, str(Path(__file__).resolve()), "--child", *map(str, arguments)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(map(str, arguments[:3]))} failed with status {done.returncode}")
    return done.stdout


def run_size(size: int, stores: Sequence[str], close: bool, folder: Path) -> dict[str, dict[str, Any]]:
    rows: dict[str, dict[str, Any]] = {}
    for name in stores:
        if size > LARGEST.get(name, size) or (not size and name in LARGEST):
            print(f"{name} left out: more than {LARGEST[name]:,} quads", file=sys.stderr)
            continue
        place = folder / f"{name}-{size}"
        place.mkdir()
        rows[name] = json.loads(child("measure", name, size, place, int(close and name not in LARGEST)))
        if name == "disk":
            start = time.perf_counter()
            child("reopen", place)
            rows[name]["reopen"] = time.perf_counter() - start
        shutil.rmtree(place)
    return rows


def table(size: int, rows: dict[str, dict[str, Any]]) -> str:
    lines = ["| store | quads | load s | ask s | close s | derived | reopen s |", "|---|---:|---:|---:|---:|---:|---:|"]
    for name, row in rows.items():
        times = ["–" if key not in row else f"{row[key]:.2f}" for key in ("load", "ask", "close", "reopen")]
        derived = f"{row['derived']:,}" if "derived" in row else "–"
        lines.append(f"| {name} | {row['quads']:,} | {times[0]} | {times[1]} | {times[2]} | {derived} | {times[3]} |")
    return f"{'made up' if size else 'the edition'}\n\n" + "\n".join(lines)


def is_equal(rows: dict[str, dict[str, Any]]) -> bool:
    answers = [row["answers"] for row in rows.values()]
    derived = [row["derived"] for row in rows.values() if "derived" in row]
    return all(answer == answers[0] for answer in answers) and len(set(derived)) <= 1


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[0], metavar="N", help="numbers of quads; 0 is the edition (default)")
    parser.add_argument("--stores", nargs="+", choices=STORES, default=list(STORES))
    parser.add_argument("--no-closure", action="store_true", help="leave the closure out")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all measurements to this file")
    options = parser.parse_args(arguments)
    if min(options.sizes) < 0:
        parser.error("give numbers of 0 or more")
    report = {}
    equal = True
    with tempfile.TemporaryDirectory() as folder:
        for size in options.sizes:
            rows = run_size(size, options.stores, not options.no_closure, Path(folder))
            report[str(size)] = rows
            same = is_equal(rows)
            equal = equal and same
            print(f"{table(size, rows)}\n\n{'equal' if same else 'NOT EQUAL'}", flush=True)
    if options.json:
        options.json.parent.mkdir(parents=True, exist_ok=True)
        options.json.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    return 0 if equal else 1


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        what, *rest = sys.argv[2:]
        if what == "reopen":
            reopen(Path(rest[0]))
        else:
            print(json.dumps(measure(rest[0], int(rest[1]), Path(rest[2]), rest[3] == "1")))
    else:
        sys.exit(main())
