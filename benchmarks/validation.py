"""Compares pyshacl over an rdflib graph, the reference, with the fast engine: time, peak memory and equality of the reports.

    python benchmarks/validation.py --sizes 10000 100000 --slow

Made-up data come from generate.py, the edition itself is size 0. Each measurement is a process of its own, and takes in the way from the
terms of pyoxigraph to those of the engine. The fast engine alone runs at a size that is too large for the reference; ``--slow`` lets
pyshacl run above 10,000.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent


def measure(engine: str, size: int) -> dict[str, object]:
    import hashlib

    from comity import dataset, resources
    from comity.validation.checking import shape_files
    from comity.validation.engines import load
    from generate import quads as made_up

    if size:
        # The shapes' classes are found through the ontology.
        quads = [*made_up(size), *dataset.read_file(resources.ontology() / "comity.ttl")]
    else:
        quads = dataset.read()
    runner = load(engine, shape_files(None))
    start, start_cpu = time.perf_counter(), time.process_time()
    results = runner.run(quads)
    wall, cpu = time.perf_counter() - start, time.process_time() - start_cpu
    digest = hashlib.sha256("\n".join(sorted(map(str, results))).encode()).hexdigest()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"quads": len(quads), "wall": wall, "cpu": cpu, "peak_mb": peak, "results": len(results), "digest": digest}


def child(engine: str, size: int) -> dict[str, float | str]:
    done = subprocess.run([sys.executable, __file__, "--child", engine, str(size)], stdout=subprocess.PIPE, text=True, check=True)
    answer: dict[str, float | str] = json.loads(done.stdout)
    return answer


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[0, 10_000], metavar="N", help="numbers of quads; 0: the edition")
    parser.add_argument("--slow", action="store_true", help="run pyshacl on more than 10,000 made-up quads too")
    options = parser.parse_args()
    equal = True
    print("quads  engine  wall s  CPU s  µs a quad  peak MB  results  pyshacl/CPU  report")
    for size in options.sizes:
        reference = child("pyshacl", size) if size <= 10_000 or options.slow else None
        fast = child("fast", size)
        for name, row in (("pyshacl", reference), ("fast", fast)):
            if row is None:
                continue
            ratio = f"{float(reference['cpu']) / float(row['cpu']):.1f}" if reference else "–"
            same = "–" if reference is None else "equal" if row["digest"] == reference["digest"] else "NOT EQUAL"
            equal = equal and same != "NOT EQUAL"
            each = float(row["cpu"]) * 1e6 / float(row["quads"])
            print(
                f"{row['quads']:,}  {name}  {row['wall']:.2f}  {row['cpu']:.2f}  {each:.1f}  {row['peak_mb']:.0f}  "
                f"{row['results']:,}  {ratio}  {same}",
                flush=True,
            )
    return 0 if equal else 1


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        print(json.dumps(measure(sys.argv[2], int(sys.argv[3]))))
    else:
        sys.exit(main())
