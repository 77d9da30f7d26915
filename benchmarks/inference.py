"""How fast the closure is, and that every engine gives the same one: four engines side by side, on made-up data.

    python benchmarks/inference.py
    python benchmarks/inference.py --sizes 10000 100000 1000000 --slow --json out/inference.json

The data are those of ``generate.py``, the ontology is the edition's. The engines:

``owlrl``        the reference; up to 10,000 quads, with ``--slow`` on the edition too (minutes)
``reasonable``   another OWL 2 RL engine (``pip install 'comity[bench]'``); up to 100,000 quads, with ``--slow`` up to 1,000,000 (10 GB);
                 it has no property chains, and misses what rests on them
``compiled``     ours, in this process
``store``        ours, by SPARQL Update inside Oxigraph, in memory; up to 100,000 quads

Measured is the closing alone, in CPU seconds, without reading; the engines take turns, so that a busy hour of the machine hits all of them.
What is inferred, in the terms of the ontology, is compared as a set: with that of owlrl, or of ``compiled`` where owlrl was not run. The
exit status is 1 if one of our two executors is not equal to the rest.

Of the edition are measured: the closed dataset, in wall seconds from the start of a process, once from its files and once from the store
that the command line keeps between calls; and single proofs of a sample of its inferred triples.
"""

from __future__ import annotations

import importlib.util
import random
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from measuring import (
    EDITION,
    ONTOLOGY,
    Row,
    Timer,
    answer_child,
    child,
    count_of,
    cpu,
    data_folder,
    finish,
    given,
    made_up,
    median,
    parser,
    peak_mb,
    read_quads,
    repeats_at,
    save,
)

ENGINES = ("owlrl", "reasonable", "compiled", "store")
OURS = ("compiled", "store")
PACKAGES = ("comity", "owlrl", "rdflib", "pyoxigraph", "reasonable")
LARGEST = {"owlrl": 10_000, "reasonable": 100_000, "store": 100_000}
LARGEST_SLOW = {**LARGEST, "reasonable": 1_000_000}
WHY = {"owlrl": "minutes", "reasonable": "more memory than most machines have", "store": "minutes"}


# -- one measurement, in a process of its own ----------------------------------------------------------------------


def with_compiled(quads: Path) -> tuple[Callable[[], Any], Callable[[Any], Any], Callable[[Any], Iterable[Any]]]:
    from comity.inference import close

    return (
        lambda: list(read_quads(quads)),
        lambda read: close(read, ONTOLOGY),
        lambda closure: closure,
    )


def with_owlrl(quads: Path) -> tuple[Callable[[], Any], Callable[[Any], Any], Callable[[Any], Iterable[Any]]]:
    import owlrl  # noqa: F401 - imported before the clock runs

    from comity.inference import close

    return (
        lambda: list(read_quads(quads)),
        lambda read: close(read, ONTOLOGY, engine="owlrl"),
        lambda closure: closure,
    )


def with_store(quads: Path) -> tuple[Callable[[], Any], Callable[[Any], Any], Callable[[Any], Iterable[Any]]]:
    from comity.inference import close_in_store
    from comity.store.embedded import EmbeddedStore
    from comity.terms import INFERRED

    def read() -> EmbeddedStore:
        store = EmbeddedStore()
        store.load(read_quads(quads))
        return store

    def close(store: EmbeddedStore) -> EmbeddedStore:
        close_in_store(store, ONTOLOGY)
        return store

    return read, close, lambda store: store.quads(INFERRED)


def with_reasonable(quads: Path) -> tuple[Callable[[], Any], Callable[[Any], Any], Callable[[Any], Iterable[Any]]]:
    import pyoxigraph as ox
    import rdflib
    from reasonable import PyReasoner

    from comity.bridge import from_rdflib
    from comity.inference import compile_ontology

    def read() -> Any:
        reasoner = PyReasoner()
        reasoner.load_file(str(quads.with_suffix(".ttl")))
        return reasoner

    def derived(result: Any) -> Iterable[Any]:
        # It gives back the asserted triples too, and consequences about the ontology that nobody asked for.
        rules = compile_ontology(ONTOLOGY)
        known = set(map(str, ox.parse(path=str(quads.with_suffix(".ttl")), format=ox.RdfFormat.N_TRIPLES)))
        for s, p, o in result:
            if isinstance(s, rdflib.URIRef | rdflib.BNode) and isinstance(p, rdflib.URIRef):
                triple = ox.Triple(from_rdflib(s), from_rdflib(p), from_rdflib(o))
                if rules.covers(triple) and str(triple) not in known:
                    yield triple

    return read, lambda reasoner: reasoner.reason(), derived


def measure(engine: str, quads: Path, result: Path) -> dict[str, float]:
    """Read, close, stop the clock, and only then write the derived triples as sorted lines."""
    read, close, derived = {
        "compiled": with_compiled,
        "owlrl": with_owlrl,
        "store": with_store,
        "reasonable": with_reasonable,
    }[engine](quads)
    timer = Timer()
    data = timer("read", read)
    closed = timer("close", lambda: close(data))
    peak = peak_mb()
    lines = sorted({f"{triple.subject} {triple.predicate} {triple.object}\n" for triple in derived(closed)})
    with result.open("w", encoding="utf-8") as file:
        file.writelines(lines)
    return {"quads": count_of(quads), "cpu": timer.cpu["close"], "wall": timer.wall["close"], "peak_mb": peak, "derived": len(lines)}


def prepare(quads: Path) -> None:
    """Write the data together with the ontology as triples, for the engine that wants a file."""
    import pyoxigraph as ox

    axioms = ox.parse(path=str(ONTOLOGY), format=ox.RdfFormat.TURTLE)
    # N-Triples are Turtle; the engine goes by the suffix.
    everything = (quad.triple for part in (read_quads(quads), axioms) for quad in part)
    ox.serialize(everything, output=str(quads.with_suffix(".ttl")), format=ox.RdfFormat.N_TRIPLES)


def compare(left: Path, right: Path) -> dict[str, Any]:
    """What the one has and the other has not, by property (of types: by class)."""

    def count(lines: set[str]) -> dict[str, int]:
        counts: Counter[str] = Counter()
        for line in lines:
            _, predicate, value = line.rstrip("\n").split(" ", 2)
            term = value if predicate.endswith("#type>") else predicate
            counts[term.strip("<>").rsplit("#", 1)[-1].rsplit("/", 1)[-1]] += 1
        return dict(counts.most_common())

    a, b = (set(path.read_text(encoding="utf-8").splitlines()) for path in (left, right))
    return {"equal": a == b, "missing": count(b - a), "added": count(a - b)}


def own_edition(started: float, sample: int) -> dict[str, float]:
    """Open and close the edition; then prove a sample of what follows, one by one. `started` is the time of the day."""
    from comity import dataset, resources
    from comity.inference import Closure, close
    from comity.inference.explain import Sources, explain

    quads = dataset.read()
    rules = resources.ontology() / "rules"
    closure = close(quads, resources.ontology() / "comity.ttl", rules=rules if rules.is_dir() else None)
    assert isinstance(closure, Closure)
    seconds, used, peak = time.time() - started, cpu(), peak_mb()
    sources = Sources(quads)
    triples = sorted(closure.triples, key=str)
    times = []
    for triple in random.Random(1).sample(triples, min(sample, len(triples))):
        start = time.perf_counter()
        explain(closure, triple, sources)
        times.append((time.perf_counter() - start) * 1000)
    return {
        "quads": len(quads),
        "derived": len(triples),
        "closed_after": seconds,
        "cpu": used,
        "peak_mb": peak,
        "proofs": len(times),
        "proof_ms_median": statistics.median(times),
        "proof_ms_95": sorted(times)[max(0, -(-len(times) * 95 // 100) - 1)],
        "proof_ms_max": max(times),
    }


def kept_edition(started: float, folder: Path) -> dict[str, float]:
    """Open the edition in a folder where it was closed before, or (the first time) close it there."""
    import comity
    from comity.terms import INFERRED

    with comity.open(path=folder) as edition:
        derived = edition.store.count(INFERRED)
        return {"derived": derived, "closed_after": time.time() - started, "cpu": cpu(), "peak_mb": peak_mb()}


def own_by_owlrl() -> dict[str, Any]:
    """Close the edition by owlrl and by our engine, with the axioms alone, and compare."""
    from comity import dataset
    from comity.inference import close
    from comity.terms import graph_iri

    quads = dataset.read()
    ontology = [quad for quad in quads if getattr(quad.graph_name, "value", "") == graph_iri("ontology")]
    sets, used = [], []
    for engine in ("compiled", "owlrl"):
        start = cpu()
        sets.append({str(triple) for triple in close(quads, ontology, engine=engine)})
        used.append(cpu() - start)
    return {"quads": len(quads), "derived": len(sets[0]), "equal": sets[0] == sets[1], "cpu": used[0], "owlrl_cpu": used[1]}


# -- the run -------------------------------------------------------------------------------------------------------


def why_not(engine: str, size: int, slow: bool) -> str:
    """Why an engine is not run at this size; an empty text when it is."""
    if engine == "reasonable" and importlib.util.find_spec("reasonable") is None:
        return "not installed; pip install 'comity[bench]'"
    limit = (LARGEST_SLOW if slow else LARGEST).get(engine, size)
    if size <= limit:
        return ""
    hint = " (--slow)" if size <= LARGEST_SLOW[engine] else ""
    return f"it takes {WHY[engine]}{hint}"


def run_size(size: int, engines: Sequence[str], repeats: int, slow: bool, folder: Path, results: Path) -> list[Row]:
    """Measure the engines in turn on data of one size."""
    reasons = {engine: why_not(engine, size, slow) for engine in engines}
    order = [engine for engine in engines if not reasons[engine]]
    reference = "owlrl" if "owlrl" in order else "compiled" if "compiled" in order else next(iter(order), "")
    order.sort(key=lambda engine: engine != reference)
    quads = made_up(size, folder)
    if "reasonable" in order:
        child(__file__, "triples", quads)
    runs: dict[str, list[dict[str, Any]]] = {engine: [] for engine in order}
    differences: dict[str, dict[str, Any]] = {}
    for _ in range(repeats_at(size, repeats)):
        for engine in order:
            runs[engine].append(child(__file__, "measure", engine, quads, results / f"{engine}.nt"))
            found = child(__file__, "compare", results / f"{engine}.nt", results / f"{reference}.nt")
            # A single run that is not equal is enough.
            if engine not in differences or differences[engine]["equal"]:
                differences[engine] = found
    rows = []
    for engine in engines:
        if engine not in runs:
            rows.append(Row("closure", engine, size, left_out=reasons[engine]))
            continue
        these = runs[engine]
        result = "reference" if engine == reference else verdict(engine, differences[engine])
        row = Row("closure", engine, size, these[0]["quads"], median(these, "cpu"), median(these, "peak_mb"), result, runs=len(these))
        rows.append(row)
    return rows


def verdict(engine: str, found: dict[str, Any]) -> str:
    if found["equal"]:
        return "equal"
    words = [f"{word} {count:,} {name}" for word in ("missing", "added") for name, count in found[word].items()]
    return ("NOT EQUAL: " if engine in OURS else "differs: ") + ", ".join(words)


def run_edition(sample: int, repeats: int, slow: bool) -> list[Row]:
    files = [child(__file__, "edition", time.time(), sample) for _ in range(repeats)]
    with tempfile.TemporaryDirectory() as folder:
        child(__file__, "kept", time.time(), folder)
        kept = [child(__file__, "kept", time.time(), folder) for _ in range(repeats)]
    quads = files[0]["quads"]
    same = "equal" if {run["derived"] for run in kept} == {files[0]["derived"]} else "NOT EQUAL"
    rows = [
        Row("open", "kept", EDITION, quads, median(kept, "closed_after"), median(kept, "peak_mb"), same, runs=repeats),
        Row("open", "files", EDITION, quads, median(files, "closed_after"), median(files, "peak_mb"), "reference", runs=repeats),
        *(Row("proof", way, EDITION, quads, median(files, f"proof_ms_{way}"), runs=repeats) for way in ("median", "95", "max")),
    ]
    if not slow:
        rows += [Row("closure", way, EDITION, left_out="it takes minutes (--slow)") for way in ("owlrl", "compiled")]
    else:
        own = child(__file__, "own-by-owlrl")
        rows.append(Row("closure", "owlrl", EDITION, own["quads"], own["owlrl_cpu"], result="reference"))
        rows.append(Row("closure", "compiled", EDITION, own["quads"], own["cpu"], result="equal" if own["equal"] else "NOT EQUAL"))
    return rows


def main(arguments: Sequence[str] | None = None) -> int:
    made = parser(__doc__, [10_000])
    made.add_argument("--engines", nargs="+", choices=ENGINES, default=list(ENGINES))
    made.add_argument("--slow", action="store_true", help="run owlrl on the edition too, reasonable on 1,000,000 quads")
    made.add_argument("--sample", type=int, default=500, metavar="N", help="proofs of the edition to time; 0: leave the edition out")
    options = given(made, arguments)
    if options.tiny:
        options.sample = 10
    rows: list[Row] = []
    with data_folder(options) as folder, tempfile.TemporaryDirectory() as results:
        for size in options.sizes:
            rows += run_size(size, options.engines, options.repeats, options.slow, folder, Path(results))
            save(rows, options, PACKAGES)
    if options.sample > 0:
        rows += run_edition(options.sample, options.repeats, options.slow)
    return finish(rows, options, PACKAGES)


if __name__ == "__main__":
    if not answer_child(
        {
            "triples": lambda quads: prepare(Path(quads)),
            "measure": lambda engine, quads, result: measure(engine, Path(quads), Path(result)),
            "compare": lambda left, right: compare(Path(left), Path(right)),
            "edition": lambda started, sample: own_edition(float(started), int(sample)),
            "kept": lambda started, folder: kept_edition(float(started), Path(folder)),
            "own-by-owlrl": own_by_owlrl,
        }
    ):
        sys.exit(main())
