"""How long it takes from the start of a process to the first table, beside what one would otherwise do.

    python benchmarks/startup.py --json out/startup.json
    python benchmarks/startup.py --slow               # with rdflib + owlrl: several minutes

The ways:

``python``     a process that does nothing
``rdflib``     one that imports rdflib and does nothing else
``kept``       ``comity ask`` from the store that an earlier call has kept: what a user meets from the second call on
``first``      ``comity ask`` when nothing is kept: reads, reasons, keeps the store, answers
``memory``     ``comity ask`` with COMITY_CACHE=off: reads, reasons, answers
``rdflib+owlrl``  (with ``--slow``) the same files read by rdflib, closed by owlrl, the same query run by rdflib

Each measurement is a process of its own; the ways take turns; shown are medians of wall and CPU time in seconds, and the CPU time
as a multiple of importing rdflib. All ways that answer must give the same rows, or the exit status is 1.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
QUESTION = ("instruments", "--level", "regional")
WITH_RDFLIB = """
import sys
import rdflib, owlrl
from comity import dataset
from comity.bridge import to_rdflib_graph
from comity.questions import bound_query, load_question, NameIndex
from comity.store.embedded import EmbeddedStore
quads = dataset.read()
store = EmbeddedStore(); store.load(quads)
question = load_question("instruments")
query = bound_query(question, {"level": "regional"}, NameIndex(store))
graph = to_rdflib_graph(quads)
owlrl.DeductiveClosure(owlrl.OWLRL_Semantics).expand(graph)
import csv
out = csv.writer(sys.stdout, lineterminator="\\n")
out.writerow([column.name for column in question.columns])
for row in graph.query(query):
    out.writerow(["" if cell is None else str(cell) for cell in row])
"""


def measured(command: list[str], environment: dict[str, str]) -> tuple[float, float, str]:
    """Return wall and CPU seconds of the process and what it wrote."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, env=environment, check=False)
    wall = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        raise SystemExit(f"{' '.join(command[:4])} failed with status {done.returncode}")
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, done.stdout


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--repeats", type=int, default=5, metavar="N", help="measurements of each way (default: 5)")
    parser.add_argument("--slow", action="store_true", help="rdflib + owlrl too, once")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all measurements to this file")
    options = parser.parse_args(arguments)
    if options.repeats < 1:
        parser.error("give a number of 1 or more")
    with tempfile.TemporaryDirectory() as folder:
        # Byte code is kept, as in an installed package, whatever the environment says.
        base = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "PYTHONPYCACHEPREFIX": f"{folder}/code"}
        base.pop("PYTHONDONTWRITEBYTECODE", None)
        kept, off = {**base, "COMITY_CACHE": f"{folder}/kept"}, {**base, "COMITY_CACHE": "off"}
        ask = [sys.executable, "-m", "comity", "ask", *QUESTION, "-f", "csv"]
        ways: dict[str, tuple[list[str], dict[str, str]]] = {
            "python": ([sys.executable, "-c", ""], base),
            "rdflib": ([sys.executable, "-c", "import rdflib"], base),
            "first": (ask, kept),
            "kept": (ask, kept),
            "memory": (ask, off),
        }
        runs: dict[str, list[tuple[float, float]]] = {name: [] for name in ways}
        answers: dict[str, str] = {}
        for command, environment in ways.values():
            measured(command, environment)  # once unseen, so that byte code and disk cache are there
        for _ in range(options.repeats):
            for name, (command, environment) in ways.items():
                if name == "first":
                    shutil.rmtree(f"{folder}/kept")
                wall, cpu, answers[name] = measured(command, environment)
                runs[name].append((wall, cpu))
        if options.slow:
            wall, cpu, answers["rdflib+owlrl"] = measured([sys.executable, "-c", WITH_RDFLIB], off)
            runs["rdflib+owlrl"] = [(wall, cpu)]
    medians = {name: tuple(statistics.median(run[place] for run in these) for place in (0, 1)) for name, these in runs.items()}
    for name, (wall, cpu) in medians.items():
        print(f"{name:13} wall {wall:8.3f} s   CPU {cpu:8.3f} s   {cpu / medians['rdflib'][1]:8.2f} times rdflib")
    given = {name: sorted(text.splitlines()) for name, text in answers.items() if name not in ("python", "rdflib")}
    equal = all(rows == given["kept"] and len(rows) > 1 for rows in given.values())
    print(f"{len(given['kept']) - 1} rows, {'equal' if equal else 'NOT EQUAL'} in {', '.join(given)}")
    if options.json:
        report = {"medians": medians, "runs": runs, "equal": equal, "question": QUESTION}
        options.json.parent.mkdir(parents=True, exist_ok=True)
        options.json.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    return 0 if equal else 1


if __name__ == "__main__":
    sys.exit(main())
