"""How fast the stores are: load, questions, closure inside the engine, and a store on disk that is opened again.

    python benchmarks/stores.py                                          # 10,000 quads in each store that is there
    python benchmarks/stores.py --sizes 0 1000000 --ways memory disk oxigraph
    python benchmarks/stores.py --sizes 10000000 --ways memory disk

Ours, and what one would otherwise take:

``memory``            embedded, in memory; up to 1,000,000 quads, as ``pyoxigraph`` and ``maplib``
``disk``              embedded, in a folder; ``reopen`` is from the start of a process to an answer from that folder
``pyoxigraph``        what ``memory`` is made of, raw: its fastest way to load, and its own union, which counts a triple once for each graph
``rdflib``            one rdflib graph of the union's triples, read from N-Triples; up to 100,000 quads
``maplib``            another store in memory (``pip install 'comity[bench]'``), of triples, read from N-Triples
``oxigraph``          the server of the package oxigraph, on loopback, with the union kept; up to 100,000 quads
``jena``              Debian's Jena in memory, behind an endpoint on loopback, with the union kept; up to 100,000 quads

The data are made up by ``generate.py``, or what the edition asserts (size 0). ``load`` is from a file to the first answer over the union of
the graphs; the servers get the quads as they would from ``comity load``, in updates, but without the comparison afterwards. ``ask`` is the
sum of four queries: a count of everything, one by class, and two joins, ordered. ``close`` runs the compiled rules by SPARQL Update in the
engine. Wall-clock seconds, for a server's processor time is not ours to read; each measurement is a process of its own. Memory is the
most until the load was done; of a server, until its end.

Ours and the servers must give the same rows and the same number of inferred triples, or the exit status is 1.
"""

from __future__ import annotations

import importlib.util
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any, Protocol

from measuring import (
    EDITION,
    ONTOLOGY,
    Row,
    Timer,
    answer_child,
    asserted,
    child,
    count_of,
    data_folder,
    finish,
    from_tests,
    given,
    made_up,
    median,
    parser,
    peak_mb,
    read_quads,
    repeats_at,
    save,
    versions,
)

OURS = ("memory", "disk")
SERVERS = ("oxigraph", "jena")
WAYS = (*OURS, "pyoxigraph", "rdflib", "maplib", *SERVERS)
LARGEST = {"memory": 1_000_000, "pyoxigraph": 1_000_000, "maplib": 1_000_000, "rdflib": 100_000, "jena": 100_000, "oxigraph": 100_000}
WHY = {
    **dict.fromkeys(("memory", "pyoxigraph", "maplib"), "gigabytes of memory, by its growth; not tried"),
    "rdflib": "minutes",
    "jena": "minutes over HTTP",
    "oxigraph": "minutes over HTTP",
}
CLOSES = {"memory": 100_000, "disk": 100_000, "oxigraph": 100_000, "jena": 10_000}
"""Where the rules are run as updates, and up to which size."""
ASKS = {"disk": 100_000}
"""Where the four queries are asked up to a certain size only."""
CY = "https://w3id.org/comity/ontology#"
QUERIES = (
    "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }",
    "SELECT ?class (COUNT(*) AS ?n) WHERE { ?s a ?class } GROUP BY ?class ORDER BY ?class",
    f"SELECT ?act ?instrument WHERE {{ ?act <{CY}instrument> ?instrument ; <{CY}date> ?day }} ORDER BY ?act ?instrument LIMIT 10",
    f"SELECT ?norm ?topic WHERE {{ ?norm <{CY}provision> ?part . ?part <{CY}provisionOf> ?text . ?norm <{CY}topic> ?topic }} "
    "ORDER BY ?norm ?topic LIMIT 10",
)
FIRST = "SELECT ?s WHERE { ?s a ?class } LIMIT 1"
PACKAGES = ("comity", "pyoxigraph", "rdflib", "maplib", "oxigraph")
Rows = list[list[str]]


class Way(Protocol):
    """A store, or what stands for one: it is filled from a file, and answers a query with the values of the cells."""

    def load(self, file: Path) -> None: ...

    def ask(self, query: str) -> Rows: ...


class Ours:
    """Behind the contract: embedded, or on a server."""

    def __init__(self, store: Any) -> None:
        self.store = store

    def load(self, file: Path) -> None:
        self.store.load(read_quads(file))

    def ask(self, query: str) -> Rows:
        return plain(self.store.query(query).rows)


class Raw:
    def __init__(self) -> None:
        import pyoxigraph as ox

        self.format, self.store = ox.RdfFormat.N_QUADS, ox.Store()

    def load(self, file: Path) -> None:
        self.store.bulk_load(path=str(file), format=self.format)

    def ask(self, query: str) -> Rows:
        return plain(self.store.query(query, use_default_graph_as_union=True))


class InRdflib:
    def __init__(self) -> None:
        import rdflib

        self.graph = rdflib.Graph()

    def load(self, file: Path) -> None:
        self.graph.parse(file.with_suffix(".nt"), format="nt11")

    def ask(self, query: str) -> Rows:
        return [[str(cell) for cell in row] for row in self.graph.query(query)]


class InMaplib:
    def __init__(self) -> None:
        import maplib

        self.model = maplib.Model()

    def load(self, file: Path) -> None:
        self.model.read(str(file.with_suffix(".nt")), format="ntriples")

    def ask(self, query: str) -> Rows:
        return [[str(cell).removeprefix("<").removesuffix(">") for cell in row] for row in self.model.query(query).rows()]


def plain(rows: Any) -> Rows:
    return [[cell.value for cell in row] for row in rows]


@contextmanager
def opened(name: str, folder: Path) -> Iterator[Way]:
    """The store, empty; a server is started for it."""
    if name in OURS:
        from comity.store.embedded import EmbeddedStore

        with EmbeddedStore(folder / "store" if name == "disk" else None) as embedded:
            yield Ours(embedded)
    elif name in SERVERS:
        from_tests()
        from comity.store.remote import RemoteStore
        from store import servers

        server = servers.oxigraph if name == "oxigraph" else servers.jena
        with server(folder, seconds=3600) as url, RemoteStore(f"{url}/query" if name == "oxigraph" else url, union="kept") as remote:
            yield Ours(remote)
    else:
        yield {"pyoxigraph": Raw, "rdflib": InRdflib, "maplib": InMaplib}[name]()


def measure(name: str, file: Path, folder: Path, ask: bool, close: bool) -> dict[str, Any]:
    from comity.inference import close_in_store
    from comity.terms import INFERRED

    answer: dict[str, Any] = {"quads": count_of(file)}
    timer = Timer()
    with opened(name, folder) as way:

        def load() -> None:
            way.load(file)
            way.ask(FIRST)

        timer("load", load)
        answer["peak_mb"] = peak_mb()
        if ask:
            answer["answers"] = timer("ask", lambda: [way.ask(query) for query in QUERIES])
        if isinstance(way, Ours):
            if close:
                # A server's union is made anew after the last rule, as by `comity infer --store`, not after each.
                with getattr(way.store, "held", nullcontext)():
                    timer("close", lambda: close_in_store(way.store, ONTOLOGY))
                answer["derived"] = way.store.count(INFERRED)
            # The union is brought up to date by the next query: the process that opens the folder again shall not pay for it.
            way.ask(FIRST)
    if name in SERVERS:
        answer["peak_mb"] = peak_mb(resource.RUSAGE_CHILDREN)
    return {**answer, **timer.wall}


def reopen(folder: Path) -> None:
    from comity.store.embedded import EmbeddedStore

    with EmbeddedStore(folder / "store") as store:
        assert store.query(FIRST).rows


def as_triples(file: Path) -> None:
    """Write the union of the graphs as N-Triples beside the quads, for those who know no graphs."""
    import pyoxigraph as ox

    ox.serialize((quad.triple for quad in read_quads(file)), output=str(file.with_suffix(".nt")), format=ox.RdfFormat.N_TRIPLES)


def why_not(name: str, size: int) -> str:
    """Why a way is not gone at this size; an empty text when it is."""
    if size > LARGEST.get(name, size):
        return f"it takes {WHY[name]}"
    missing = (name == "maplib" and importlib.util.find_spec("maplib") is None) or (
        name == "oxigraph" and versions(["oxigraph"])["oxigraph"] == "not installed"
    )
    if missing:
        return "not installed; pip install 'comity[bench]'"
    if name == "jena":
        from_tests()
        from store import jena

        return jena.why_not()
    return ""


def run_size(size: int, ways: Sequence[str], repeats: int, folder: Path, place: Path) -> list[Row]:
    file = asserted(folder) if size == EDITION else made_up(size, folder)
    reasons = {name: reason for name in ways if (reason := why_not(name, size))}
    if any(name in ("rdflib", "maplib") and name not in reasons for name in ways) and not file.with_suffix(".nt").is_file():
        child(__file__, "triples", file)
    runs: dict[str, list[dict[str, Any]]] = {}
    for _ in range(repeats_at(size, repeats)):
        for name in ways:
            if name in reasons:
                continue
            here = place / f"{name}-{size}"
            here.mkdir()
            asks, closes = size <= ASKS.get(name, size), size <= CLOSES.get(name, -1)
            found = child(__file__, "measure", name, file, here, int(asks), int(closes))
            if name == "disk":
                start = time.perf_counter()
                child(__file__, "reopen", here)
                found["reopen"] = time.perf_counter() - start
                found["disk_mb"] = sum(path.stat().st_size for path in here.rglob("*") if path.is_file()) / 1e6
            runs.setdefault(name, []).append(found)
            shutil.rmtree(here)
    return [row for task in ("load", "ask", "close", "reopen") for row in rows(task, size, ways, runs, reasons)]


def rows(
    task: str, size: int, ways: Sequence[str], runs: dict[str, list[dict[str, Any]]], reasons: dict[str, str]
) -> Iterator[Row]:
    key = {"ask": "answers", "close": "derived"}.get(task)
    told = {"ask": lambda value: f"{sum(map(len, value))} rows", "close": lambda value: f"{value:,} derived"}.get(task)
    first: Any = None
    for name in ways:
        if (task == "close" and name not in CLOSES) or (task == "reopen" and name != "disk"):
            continue
        if name in reasons:
            yield Row(task, name, size, left_out=reasons[name])
            continue
        these = runs[name]
        if task not in these[0]:
            yield Row(task, name, size, left_out="it takes minutes")
            continue
        result = ""
        if key is not None and told is not None:
            values = [run[key] for run in these]
            # What is not behind our contract may have its own mind.
            other = "NOT EQUAL" if name in (*OURS, *SERVERS) else "differs"
            result = "reference" if first is None else "equal" if all(value == first for value in values) else other
            first = values[0] if first is None else first
            result += f", {told(values[0])}"
        peak = median(these, "peak_mb") if task == "load" else None
        if task == "reopen":
            result = f"{these[0]['disk_mb']:,.0f} MB on disk"
        yield Row(task, name, size, these[0]["quads"], median(these, task), peak, result, runs=len(these))


def main(arguments: Sequence[str] | None = None) -> int:
    made = parser(__doc__, [10_000])
    made.add_argument("--ways", nargs="+", choices=WAYS, default=list(WAYS))
    options = given(made, arguments)
    found: list[Row] = []
    with data_folder(options) as folder, tempfile.TemporaryDirectory() as place:
        for size in options.sizes:
            found += run_size(size, options.ways, options.repeats, folder, Path(place))
            save(found, options, PACKAGES)
    return finish(found, options, ("comity", "pyoxigraph", "rdflib", "maplib", "oxigraph"))


if __name__ == "__main__":
    answers: dict[str, Callable[..., Any]] = {
        "measure": lambda name, file, folder, ask, close: measure(name, Path(file), Path(folder), ask == "1", close == "1"),
        "reopen": lambda folder: reopen(Path(folder)),
        "triples": lambda file: as_triples(Path(file)),
    }
    if not answer_child(answers):
        sys.exit(main())
