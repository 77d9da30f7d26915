"""How fast the closure is, and that every engine gives the same one: four engines side by side, on made-up data.

    python benchmarks/inference.py --json out/inference.json
    python benchmarks/inference.py --sizes 10000 100000 1000000 --repeats 3 --slow --json out/inference.json

The data are those of ``generate.py``, the ontology is the edition's. The engines:

``owlrl``        the reference; up to 10,000 quads, with ``--slow`` up to 100,000 (minutes each)
``reasonable``   another OWL 2 RL engine (``pip install 'comity[bench]'``); up to 100,000 quads, with ``--slow``
                 up to 1,000,000 (10 GB); it has no property chains, and misses what rests on them
``compiled``     ours, in this process
``store``        ours, by SPARQL Update inside Oxigraph

Each measurement is a process of its own; the engines take turns, so that a busy hour of the machine hits all of them;
shown are medians. Measured apart: reading (from a file into what the engine wants) and closing. ``wall`` and ``CPU`` are
of closing, in seconds; ``peak`` is the most memory that the process had until then (``ru_maxrss``), in MB; ``owlrl/CPU``
says how many times the CPU time owlrl takes. ``derived`` counts the inferred triples in the terms of the ontology, and
these are compared as sets: with those of owlrl, or of ``compiled`` where owlrl was not run. The exit status is 1 if one
of our two executors is not equal to the rest.

The last lines are about the edition as it is: from the start of a process to the closed dataset, once from its files and once
from the store that the command line keeps between calls; and single proofs of a sample of its inferred triples. With
``--slow``, its closure by owlrl is compared with ours (several minutes).
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import platform
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

# The parent imports nothing big: on Linux a new process begins with the peak memory of the one that started it.

HERE = Path(__file__).resolve().parent
ONTOLOGY = HERE.parent / "ontology" / "comity.ttl"
ENGINES = ("owlrl", "reasonable", "compiled", "store")
OURS = ("compiled", "store")
LARGEST = {"owlrl": 10_000, "reasonable": 100_000}
LARGEST_SLOW = {"owlrl": 100_000, "reasonable": 1_000_000}


def peak_mb() -> float:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1 << 20 if sys.platform == "darwin" else 1 << 10)


def cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


# -- one measurement, in a process of its own ----------------------------------------------------------------------


def with_compiled(quads: Path) -> tuple[Callable[[], Any], Callable[[Any], Any], Callable[[Any], Iterable[Any]]]:
    import pyoxigraph as ox

    from comity.inference import close

    return (
        lambda: list(ox.parse(path=str(quads), format=ox.RdfFormat.N_QUADS)),
        lambda read: close(read, ONTOLOGY),
        lambda closure: closure,
    )


def with_owlrl(quads: Path) -> tuple[Callable[[], Any], Callable[[Any], Any], Callable[[Any], Iterable[Any]]]:
    import owlrl  # noqa: F401 - imported before the clock runs
    import pyoxigraph as ox

    from comity.inference import close

    return (
        lambda: list(ox.parse(path=str(quads), format=ox.RdfFormat.N_QUADS)),
        lambda read: close(read, ONTOLOGY, engine="owlrl"),
        lambda closure: closure,
    )


def with_store(quads: Path) -> tuple[Callable[[], Any], Callable[[Any], Any], Callable[[Any], Iterable[Any]]]:
    import pyoxigraph as ox

    from comity.inference import close_in_store
    from comity.store.embedded import EmbeddedStore
    from comity.terms import INFERRED

    def read() -> EmbeddedStore:
        store = EmbeddedStore()
        store.load(ox.parse(path=str(quads), format=ox.RdfFormat.N_QUADS))
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
    start, start_cpu = time.perf_counter(), cpu()
    data = read()
    between, between_cpu = time.perf_counter(), cpu()
    closed = close(data)
    end, end_cpu = time.perf_counter(), cpu()
    peak = peak_mb()
    lines = sorted({f"{triple.subject} {triple.predicate} {triple.object}\n" for triple in derived(closed)})
    with result.open("w", encoding="utf-8") as file:
        file.writelines(lines)
    return {
        "read_wall": between - start,
        "read_cpu": between_cpu - start_cpu,
        "wall": end - between,
        "cpu": end_cpu - between_cpu,
        "peak_mb": peak,
        "derived": len(lines),
    }


def prepare(size: int, quads: Path) -> dict[str, int]:
    """Write the data as N-Quads and, together with the ontology, as triples for the engine that wants a file."""
    import pyoxigraph as ox

    from generate import quads as made_up

    made = list(made_up(size))
    ox.serialize(made, output=str(quads), format=ox.RdfFormat.N_QUADS)
    axioms = ox.parse(path=str(ONTOLOGY), format=ox.RdfFormat.TURTLE)
    # N-Triples are Turtle; the engine goes by the suffix.
    everything = (quad.triple for quad in (*made, *axioms))
    ox.serialize(everything, output=str(quads.with_suffix(".ttl")), format=ox.RdfFormat.N_TRIPLES)
    return {"quads": len(made)}


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


def child(*arguments: object) -> dict[str, Any]:
    command = [sys.executable, str(Path(__file__).resolve()), "--child", *map(str, arguments)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(map(str, arguments[:2]))} failed with status {done.returncode}")
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def run_child(name: str, *arguments: str) -> None:
    if name == "prepare":
        answer: dict[str, Any] = dict(prepare(int(arguments[0]), Path(arguments[1])))
    elif name == "compare":
        answer = compare(Path(arguments[0]), Path(arguments[1]))
    elif name == "edition":
        answer = dict(own_edition(float(arguments[0]), int(arguments[1])))
    elif name == "kept":
        answer = dict(kept_edition(float(arguments[0]), Path(arguments[1])))
    elif name == "own-by-owlrl":
        answer = own_by_owlrl()
    else:
        answer = dict(measure(name, Path(arguments[0]), Path(arguments[1])))
    print(json.dumps(answer))


def chosen(engines: Sequence[str], size: int, slow: bool) -> list[str]:
    """The engines to run at this size; what is left out is said aloud."""
    found = []
    for engine in engines:
        limit = (LARGEST_SLOW if slow else LARGEST).get(engine)
        if limit is not None and size > limit:
            hint = " (use --slow)" if size <= LARGEST_SLOW[engine] else ""
            print(f"{engine} left out: {size:,} quads are more than {limit:,}{hint}", file=sys.stderr)
        elif engine == "reasonable" and importlib.util.find_spec("reasonable") is None:
            print("reasonable left out: it is not installed; pip install 'comity[bench]'", file=sys.stderr)
        else:
            found.append(engine)
    return found


def run_size(size: int, engines: Sequence[str], repeats: int, folder: Path) -> dict[str, Any]:
    """Measure the engines in turn on data of one size."""
    quads = folder / f"{size}.nq"
    count = child("prepare", size, quads)["quads"]
    reference = "owlrl" if "owlrl" in engines else "compiled" if "compiled" in engines else engines[0]
    order = sorted(engines, key=lambda engine: engine != reference)
    runs: dict[str, list[dict[str, Any]]] = {engine: [] for engine in order}
    differences: dict[str, dict[str, Any]] = {}
    for _ in range(repeats):
        for engine in order:
            runs[engine].append(child(engine, quads, folder / f"{engine}.nt"))
            found = child("compare", folder / f"{engine}.nt", folder / f"{reference}.nt")
            # A single run that is not equal is enough.
            if engine not in differences or differences[engine]["equal"]:
                differences[engine] = found
    rows = {}
    for engine in order:
        row: dict[str, Any] = {key: statistics.median(run[key] for run in runs[engine]) for key in runs[engine][0]}
        row["derived"] = int(row["derived"])
        row.update(differences[engine], runs=runs[engine])
        rows[engine] = row
    for row in rows.values():
        for key in ("wall", "cpu", "peak_mb"):
            base = rows["owlrl"][key] if "owlrl" in rows else None
            row[f"owlrl_to_{key}"] = None if base is None else base / max(row[key], 1e-6)
    return {"size": size, "quads": count, "reference": reference, "engines": rows}


def table(result: dict[str, Any]) -> str:
    head = ("engine", "read", "wall", "CPU", "peak MB", "derived", "owlrl/wall", "owlrl/CPU", "owlrl/peak", "result")
    lines = [head]
    for engine, row in result["engines"].items():
        ratios = ["–" if row[f"owlrl_to_{key}"] is None else f"{row[f'owlrl_to_{key}']:.1f}" for key in ("wall", "cpu", "peak_mb")]
        verdict = "reference" if engine == result["reference"] else "equal" if row["equal"] else "NOT EQUAL"
        numbers = (f"{row['read_wall']:.2f}", f"{row['wall']:.3f}", f"{row['cpu']:.3f}", f"{row['peak_mb']:.0f}", f"{row['derived']:,}")
        lines.append((engine, *numbers, *ratios, verdict))
    widths = [max(len(line[place]) for line in lines) for place in range(len(head))]
    text = [f"{result['quads']:,} quads"]
    for line in lines:
        cells = [line[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(line[1:-1], widths[1:-1], strict=True)), line[-1]]
        text.append("  ".join(cells))
    for engine, row in result["engines"].items():
        for word in ("missing", "added"):
            if row[word]:
                text.append(f"  {engine}: {word} " + ", ".join(f"{name} {count:,}" for name, count in row[word].items()))
    return "\n".join(text)


def versions() -> dict[str, str]:
    found = {"python": platform.python_version(), "machine": platform.machine(), "cores": str(os.cpu_count())}
    for name in ("comity", "owlrl", "rdflib", "pyoxigraph", "reasonable"):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000], metavar="N", help="numbers of quads (default: 10000)")
    parser.add_argument("--repeats", type=int, default=3, metavar="N", help="measurements of each engine (default: 3)")
    parser.add_argument("--engines", nargs="+", choices=ENGINES, default=list(ENGINES))
    parser.add_argument("--slow", action="store_true", help="run owlrl on 100,000 quads too, reasonable on 1,000,000")
    parser.add_argument("--sample", type=int, default=500, metavar="N", help="proofs of the edition to time; 0: leave the edition out")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all measurements to this file")
    options = parser.parse_args(arguments)
    if options.repeats < 1 or min(options.sizes) < 1:
        parser.error("give numbers of 1 or more")
    report: dict[str, Any] = {"versions": versions(), "repeats": options.repeats, "sizes": []}
    equal = True
    with tempfile.TemporaryDirectory() as folder:
        for size in options.sizes:
            engines = chosen(options.engines, size, options.slow)
            if not engines:
                continue
            result = run_size(size, engines, options.repeats, Path(folder))
            report["sizes"].append(result)
            equal = equal and all(row["equal"] for engine, row in result["engines"].items() if engine in OURS)
            print(table(result), end="\n\n", flush=True)
    if options.sample > 0:
        runs = [child("edition", time.time(), options.sample) for _ in range(options.repeats)]
        edition = {key: statistics.median(run[key] for run in runs) for key in runs[0]}
        report["edition"] = {**edition, "runs": runs}
        print(
            f"own edition: {edition['quads']:,.0f} quads and {edition['derived']:,.0f} derived triples "
            f"{edition['closed_after']:.2f} s after the process started ({edition['peak_mb']:.0f} MB); a proof takes "
            f"{edition['proof_ms_median']:.1f} ms (median), {edition['proof_ms_95']:.1f} ms (95th percentile), "
            f"{edition['proof_ms_max']:.1f} ms (longest of {edition['proofs']:.0f})"
        )
        with tempfile.TemporaryDirectory() as folder:
            child("kept", time.time(), folder)
            runs = [child("kept", time.time(), folder) for _ in range(options.repeats)]
        kept = {key: statistics.median(run[key] for run in runs) for key in runs[0]}
        report["kept"] = {**kept, "runs": runs}
        print(f"own edition, from the kept store: closed {kept['closed_after']:.2f} s after the process started")
        if options.slow:
            report["own_by_owlrl"] = own = child("own-by-owlrl")
            equal = equal and own["equal"]
            print(
                f"own edition, by owlrl: {own['owlrl_cpu']:.0f} s CPU, ours {own['cpu']:.2f} s "
                f"({own['owlrl_cpu'] / own['cpu']:.0f} times), {'equal' if own['equal'] else 'NOT EQUAL'}"
            )
    if options.json:
        options.json.parent.mkdir(parents=True, exist_ok=True)
        options.json.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    return 0 if equal else 1


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        run_child(*sys.argv[2:])
    else:
        sys.exit(main())
