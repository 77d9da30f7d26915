"""How long it takes from the start of a process to the first table, beside what one would otherwise do.

    python benchmarks/startup.py
    python benchmarks/startup.py --slow               # with rdflib + owlrl: several minutes

The ways:

``python``        a process that does nothing
``rdflib``        one that imports rdflib and does nothing else
``kept``          ``comity ask`` from the store that an earlier call has kept: what a user meets from the second call on
``first``         ``comity ask`` when nothing is kept: reads, reasons, keeps the store, answers
``memory``        ``comity ask`` with COMITY_CACHE=off: reads, reasons, answers
``rdflib+owlrl``  (with ``--slow``) the same files read by rdflib, closed by owlrl, the same query run by rdflib

Each measurement is a process of its own; the ways take turns; shown are medians of CPU time in seconds (``start``) and of wall time
(``first table``). All ways that answer must give the same rows, or the exit status is 1.
"""

from __future__ import annotations

import os
import shutil
import statistics
import sys
import tempfile
from collections.abc import Sequence

from measuring import EDITION, ROOT, Row, finish, given, parser, spent

QUESTION = ("instruments", "--level", "regional")
NO_ANSWER = ("python", "rdflib")
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


def main(arguments: Sequence[str] | None = None) -> int:
    made = parser(__doc__, repeats=5)
    made.add_argument("--slow", action="store_true", help="rdflib + owlrl too, once")
    options = given(made, arguments)
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
        texts: dict[str, str] = {}
        if not options.tiny:
            for command, environment in ways.values():
                spent(command, environment)  # once unseen, so that byte code and disk cache are there
        for _ in range(options.repeats):
            for name, (command, environment) in ways.items():
                if name == "first":
                    shutil.rmtree(f"{folder}/kept", ignore_errors=True)
                wall, used, texts[name] = spent(command, environment)
                runs[name].append((wall, used))
        left_out = {} if options.slow else {"rdflib+owlrl": "it takes minutes (--slow)"}
        if options.slow:
            wall, used, texts["rdflib+owlrl"] = spent([sys.executable, "-c", WITH_RDFLIB], off)
            runs["rdflib+owlrl"] = [(wall, used)]
    tables = {name: sorted(text.splitlines()) for name, text in texts.items() if name not in NO_ANSWER}
    rows = []
    for task, place in (("first table", 0), ("start", 1)):
        for name, these in runs.items():
            result = ""
            if name in tables:
                same = tables[name] == tables["kept"] and len(tables[name]) > 1
                result = f"{'reference' if name == 'kept' else 'equal' if same else 'NOT EQUAL'}, {len(tables[name]) - 1} rows"
            value = statistics.median(run[place] for run in these)
            rows.append(Row(task, name, EDITION, value=value, result=result, runs=len(these)))
        rows += [Row(task, name, EDITION, left_out=reason) for name, reason in left_out.items()]
    return finish(rows, options, ("comity", "rdflib", "owlrl", "pyoxigraph"))


if __name__ == "__main__":
    sys.exit(main())
