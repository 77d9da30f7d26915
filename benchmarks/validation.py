"""How fast the shapes are checked, and that every engine finds the same: ours, pyshacl over an rdflib graph (the reference), and Jena.

    python benchmarks/validation.py
    python benchmarks/validation.py --sizes 0 10000 100000 1000000 --slow

``pyshacl``    the reference; up to 10,000 made-up quads and on the edition, with ``--slow`` up to 100,000
``compiled``   ours
``jena``       ``shacl validate`` of Debian's Jena, up to 100,000 quads: a Java process, with its start and its reading of the triples

The data are those of ``generate.py`` with the ontology, through which the shapes' classes are found; one in a thousand quads is left out,
so that there is something to find. For ours and pyshacl, CPU seconds include the way from the terms of pyoxigraph to those of the engine,
but not reading the data and the shapes. Reports are compared whole: severity, focus, path, value, message, shape, component; with Jena,
which has no words of ours, by focus, shape and component, without the inner results that it does not tell.
"""

from __future__ import annotations

import hashlib
import resource
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from measuring import (
    EDITION,
    Row,
    Timer,
    answer_child,
    child,
    cpu,
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
)

ENGINES = ("pyshacl", "compiled", "jena")
PACKAGES = ("comity", "pyshacl", "rdflib", "pyoxigraph")
LARGEST = {"pyshacl": 10_000, "jena": 100_000}
LARGEST_SLOW = {"pyshacl": 100_000, "jena": 100_000}
WHY = {"pyshacl": "minutes", "jena": "more than the 2 GB of memory that it is given"}
GAP = 1000


def data(size: int, folder: Path) -> list[Any]:
    from comity import dataset, resources

    if size == EDITION:
        return dataset.read()
    made = (quad for number, quad in enumerate(read_quads(made_up(size, folder))) if number % GAP != GAP // 2)
    return [*made, *dataset.read_file(resources.ontology() / "comity.ttl")]


def digest(found: Any) -> str:
    return hashlib.sha256("\n".join(sorted(map(str, found))).encode()).hexdigest()


def measure(engine: str, size: int, folder: Path) -> dict[str, Any]:
    from comity.validation.checking import shape_files
    from comity.validation.engines import load

    quads = data(size, folder)
    runner = load(engine, shape_files(None))
    timer = Timer()
    results = timer("run", lambda: runner.run(quads))
    answer: dict[str, Any] = {"quads": len(quads), "cpu": timer.cpu["run"], "peak_mb": peak_mb(), "results": len(results)}
    answer["digest"] = digest(results)
    if engine == "compiled":
        from_tests()
        from store import jena

        # What Jena is compared with.
        told = ((str(result.focus), result.shape, result.component) for result in results)
        answer["told"] = digest({result for result in told if not jena.is_inner(result)})
    return answer


def measure_jena(size: int, folder: Path) -> dict[str, Any]:
    from_tests()
    from comity.validation.checking import shape_files
    from store import jena

    if reason := jena.why_not():
        return {"left_out": reason}
    quads = data(size, folder)
    with tempfile.TemporaryDirectory() as name:
        command = jena.validation(Path(name), shape_files(None), {quad.triple for quad in quads})
        used = cpu(resource.RUSAGE_CHILDREN)
        found = list(jena.validate(command))
    spent = cpu(resource.RUSAGE_CHILDREN) - used
    told = digest({result for result in found if not jena.is_inner(result)})
    return {"quads": len(quads), "cpu": spent, "peak_mb": peak_mb(resource.RUSAGE_CHILDREN), "results": len(found), "told": told}


def run_size(size: int, repeats: int, slow: bool, folder: Path) -> list[Row]:
    """Measure the engines in turn on data of one size."""
    limits = LARGEST_SLOW if slow else LARGEST
    if size != EDITION:
        made_up(size, folder)
    runs: dict[str, list[dict[str, Any]]] = {}
    reasons: dict[str, str] = {}
    for engine in ENGINES:
        if size > limits.get(engine, size):
            hint = " (--slow)" if size <= LARGEST_SLOW[engine] else ""
            reasons[engine] = f"it takes {WHY[engine]}{hint}"
    for _ in range(repeats_at(size, repeats)):
        for engine in ENGINES:
            if engine not in reasons:
                found = child(__file__, "measure", engine, size, folder)
                if "left_out" in found:
                    reasons[engine] = found["left_out"]
                else:
                    runs.setdefault(engine, []).append(found)
    ours, reference = runs["compiled"], runs.get("pyshacl")
    rows = []
    for engine in ENGINES:
        if engine in reasons:
            rows.append(Row("validation", engine, size, left_out=reasons[engine]))
            continue
        these = runs[engine]
        key = "told" if engine == "jena" else "digest"
        against = reference if engine == "compiled" and reference else ours
        same = {run[key] for run in these} == {run[key] for run in against}
        if engine == "pyshacl" or (engine == "compiled" and not reference):
            result = "reference"
        else:
            result = "equal" if same else "NOT EQUAL" if engine == "compiled" else "differs"
        result += f", {these[0]['results']:,} results"
        used, peak = median(these, "cpu"), median(these, "peak_mb")
        rows.append(Row("validation", engine, size, these[0]["quads"], used, peak, result, runs=len(these)))
    return rows


def main(arguments: Sequence[str] | None = None) -> int:
    made = parser(__doc__, [EDITION, 10_000])
    made.add_argument("--slow", action="store_true", help="run pyshacl on 100,000 made-up quads too")
    options = given(made, arguments)
    rows: list[Row] = []
    with data_folder(options) as folder:
        for size in options.sizes:
            rows += run_size(size, options.repeats, options.slow, folder)
            save(rows, options, PACKAGES)
    return finish(rows, options, PACKAGES)


def measured(engine: str, size: str, folder: str) -> dict[str, Any]:
    return measure_jena(int(size), Path(folder)) if engine == "jena" else measure(engine, int(size), Path(folder))


if __name__ == "__main__":
    if not answer_child({"measure": measured}):
        sys.exit(main())
