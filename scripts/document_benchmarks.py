"""Write docs/benchmarks.md, one table of everything that is measured, from docs/benchmarks.json, which `make bench` fills.

    python scripts/document_benchmarks.py            # write the page
    python scripts/document_benchmarks.py --check    # exit with 1 if it is not what the figures give
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from generated import settle

ROOT = Path(__file__).resolve().parent.parent
TEMPLATE = ROOT / "scripts" / "documents" / "benchmarks.md"
KEPT = ROOT / "docs" / "benchmarks.json"
TARGET = ROOT / "docs" / "benchmarks.md"
sys.path.insert(0, str(ROOT / "benchmarks"))

from measuring import EDITION, growth  # noqa: E402 - the path comes first

Row = dict[str, Any]
Report = Mapping[str, Sequence[Mapping[str, Any]]]
"""The runs of each benchmark: of the same figure, the later one counts."""
COLUMNS = {EDITION: "edition", 10_000: "10 k", 100_000: "100 k", 1_000_000: "1 M", 10_000_000: "10 M"}


@dataclass(frozen=True, slots=True)
class Task:
    """What a benchmark measures: its `title`, in which `unit`, and by the names that the benchmark gives them the ways to do it.

    The first way is ours, and the others are given as multiples of it, unless the task is `alone`: figures that are not to be compared.
    """

    benchmark: str
    title: str
    unit: str
    ways: Mapping[str, str] = field(default_factory=lambda: {"comity": "Comity"})
    alone: bool = False


OXIGRAPH = "Oxigraph server"
JENA = "Jena, behind HTTP"
COMMAND = {"kept": "Comity, from the kept store", "memory": "Comity, nothing kept", "first": "Comity, keeping the store"}
START = {**COMMAND, "rdflib+owlrl": "rdflib + owlrl", "rdflib": "`import rdflib` alone", "python": "Python alone"}
OPEN = {"kept": "Comity, from the kept store", "files": "Comity, from the files"}
STORES = {"memory": "Comity, in memory", "disk": "Comity, on disk"}
SERVERS = {"oxigraph": OXIGRAPH, "jena": JENA}
ALL_STORES = {**STORES, "pyoxigraph": "pyoxigraph, raw", "rdflib": "rdflib", "maplib": "maplib", **SERVERS}
CLOSURE = {"compiled": "Comity, in process", "store": "Comity, by SPARQL Update", "owlrl": "rdflib + owlrl", "reasonable": "reasonable"}
PROOF = {"median": "median", "95": "95th percentile", "max": "the longest of 500"}
SHAPES = {"compiled": "Comity", "pyshacl": "rdflib + pyshacl", "jena": "Jena, reading included"}
QUESTIONS = {"memory": "Comity, in memory", **SERVERS, "rdflib": "rdflib"}
EXPORT = {
    "nq": "Comity, N-Quads, sorted",
    "nt": "Comity, N-Triples, sorted",
    "raw": "pyoxigraph's serializer, unsorted",
    "read": "reading alone",
    "rdflib": "rdflib's serializer, without reading",
}
SHORT = {"comity": "Comity", "oxigraph": OXIGRAPH, "rdflib": "rdflib-endpoint"}
MEMORY = {"before": "before the mix", "first tenth": "after a tenth of it", "last tenth": "at its end"}

TASKS: Mapping[str, Task] = {
    "start": Task("startup", "`comity ask`, from the start of the process to the table", "CPU s", START),
    "first table": Task("startup", "the same by the clock", "s", START),
    "open": Task("inference", "the closed dataset, from the start of a process", "s", OPEN),
    "load": Task("stores", "load from a file, to the first answer over the union", "s", ALL_STORES),
    "reopen": Task("stores", "a folder opened again: process, store, first answer", "s", {"disk": "Comity, on disk"}),
    "ask": Task("stores", "four queries: counts and joins", "s", ALL_STORES),
    "closure": Task("inference", "closure of what was read", "CPU s", CLOSURE),
    "close": Task("stores", "closure inside the engine", "s", {**STORES, **SERVERS}),
    "proof": Task("inference", "one proof", "ms", PROOF, alone=True),
    "validation": Task("validation", "validation by SHACL", "CPU s", SHAPES),
    "questions": Task("questions", "the canned questions, each once", "s", QUESTIONS),
    "slowest question": Task("questions", "the slowest of them", "s", QUESTIONS),
    "export": Task("export", "export of a stream of quads, reading included", "CPU s", EXPORT),
    "listening": Task("serve", "server: listening after its start", "s"),
    "first page": Task("serve", "server: first page", "s"),
    "first answer": Task("serve", "server: first answer from the edition", "s"),
    "cached requests": Task("serve", "40 questions from the cache, 50 clients", "requests/s"),
    "cached p99": Task("serve", "the same, 99th percentile", "ms"),
    "mixed requests": Task("serve", "the same and new queries, beside two heavy ones", "requests/s"),
    "mixed p99": Task("serve", "the same, 99th percentile of the worst tenth", "ms"),
    "short requests": Task("serve", "a short new query, 50 clients", "requests/s", SHORT),
    "short p99": Task("serve", "the same, 99th percentile", "ms", SHORT),
    "memory": Task("serve", "memory of all processes of the server", "MB", MEMORY, alone=True),
    "batch": Task("serve", "1,000 names in one request to `/reconcile`", "s"),
    "stop": Task("serve", "Ctrl-C, to the end of the last process", "s"),
}


class Figures:
    """The rows of the kept figures, by task, way and size."""

    def __init__(self, report: Report) -> None:
        self._rows: dict[tuple[str, str, int], Row] = {}
        for benchmark, row in ((benchmark, row) for benchmark, runs in report.items() for run in runs for row in run["rows"]):
            task = TASKS.get(row["task"])
            if task is None or task.benchmark != benchmark or row["way"] not in task.ways or row["size"] not in COLUMNS:
                where = f"{row['task']}, {row['way']}, {row['size']}"
                raise SystemExit(f"{KEPT.name}: {benchmark} measured what the page has no place for: {where}")
            self._rows[row["task"], row["way"], row["size"]] = row

    def of(self, task: str, way: str) -> dict[int, Row]:
        """The rows by size."""
        return {size: row for size in COLUMNS if (row := self._rows.get((task, way, size)))}

    def value(self, task: str, way: str, size: int, key: str = "value") -> float | None:
        found = self._rows.get((task, way, size), {}).get(key)
        return None if found is None else float(found)


def number(value: float) -> str:
    """Three significant digits, and no more than are there."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.{2 if value >= 1 else 3}f}" if value < 10 else f"{value:.1f}"


def times(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 else f"{value:.1f}" if value >= 1 else f"{value:.2f}"


def cell(figures: Figures, name: str, way: str, size: int) -> str:
    task, value = TASKS[name], figures.value(name, way, size)
    if value is None:
        return ""
    ours = figures.value(name, next(iter(task.ways)), size)
    if task.alone or way == next(iter(task.ways)) or not ours:
        return number(value)
    return f"{number(value)} ({times(value / ours)})"


def exponent(rows: Mapping[int, Row]) -> str:
    points = [(row["quads"], row["value"]) for size, row in rows.items() if size != EDITION and row["value"]]
    found = growth(points)
    return "" if found is None else f"{found:.2f}"


def peak(rows: Mapping[int, Row]) -> str:
    measured = [(size, row["peak_mb"]) for size, row in rows.items() if row["peak_mb"] is not None]
    return f"{measured[-1][1]:,.0f} at {COLUMNS[measured[-1][0]]}" if measured else ""


def outcome(rows: Mapping[int, Row]) -> str:
    """What became of the results, with what stands beside it at the largest size, and what was not run."""
    if not rows:
        return "not measured yet"
    verdicts: dict[str, list[int]] = {}
    beside = ""
    for size, row in rows.items():
        if row["result"]:
            head, _, beside = row["result"].partition(", ")
            verdicts.setdefault(head, []).append(size)
    one = len(verdicts) == 1
    parts = [head if one else f"{head} ({', '.join(COLUMNS[size] for size in sizes)})" for head, sizes in verdicts.items()]
    if beside:
        parts[-1] += f" ({beside})"
    reasons: dict[str, list[str]] = {}
    for size, row in rows.items():
        if row["left_out"]:
            reasons.setdefault(row["left_out"], []).append(COLUMNS[size])
    parts += [f"not run at {', '.join(sizes)}: {reason}" for reason, sizes in reasons.items()]
    return "; ".join(parts)


def table(figures: Figures) -> Iterator[str]:
    yield f"| what | with | {' | '.join(COLUMNS.values())} | growth | peak MB | results |"
    yield f"|---|---|{'---:|' * len(COLUMNS)}---:|---:|---|"
    for name, task in TASKS.items():
        for way, title in task.ways.items():
            rows = figures.of(name, way)
            what = f"**{task.title}**, {task.unit}" if way == next(iter(task.ways)) else ""
            cells = [cell(figures, name, way, size) for size in COLUMNS]
            yield f"| {what} | {title} | {' | '.join(cells)} | {exponent(rows)} | {peak(rows)} | {outcome(rows)} |"


@dataclass(frozen=True, slots=True)
class Aim:
    """What was aimed at, and what says whether it was reached: a figure and its bound."""

    text: str
    figure: Callable[[Figures], float | None]
    bound: float
    unit: str
    least: bool = False


def _value(task: str, way: str = "comity", size: int = EDITION, key: str = "value") -> Callable[[Figures], float | None]:
    return lambda figures: figures.value(task, way, size, key)


def _ratio(task: str, above: str, below: str, size: int) -> Callable[[Figures], float | None]:
    def found(figures: Figures) -> float | None:
        over, under = figures.value(task, above, size), figures.value(task, below, size)
        return None if over is None or not under else over / under

    return found


AIMS = (
    Aim("the edition closed, from the start of a process, when it was kept", _value("open", "kept"), 0.3, "s"),
    Aim("validation of the edition, beside pyshacl", _ratio("validation", "pyshacl", "compiled", EDITION), 50, "times as fast", least=True),
    Aim("a folder of ten million quads opened again, to the first answer", _value("reopen", "disk", 10_000_000), 0.5, "s"),
    Aim("export of ten million quads, sorted: memory", _value("export", "nq", 10_000_000, "peak_mb"), 200, "MB"),
    Aim("the same: share of the raw speed of pyoxigraph's serializer", _ratio("export", "raw", "nq", 10_000_000), 0.5, "", least=True),
    Aim("the server listens", _value("listening"), 1, "s"),
    Aim("answers from the cache at 50 clients, 99th percentile", _value("cached p99"), 50, "ms"),
    Aim("1,000 names matched in one request", _value("batch"), 2, "s"),
    Aim("Ctrl-C ends the server", _value("stop"), 2, "s"),
)
"""What the design set out for; that a bound is missed is said as plainly as that it is kept."""


def aims(figures: Figures) -> Iterator[str]:
    yield "| aim | bound | measured | |"
    yield "|---|---:|---:|---|"
    for aim in AIMS:
        value = aim.figure(figures)
        bound = f"{'at least' if aim.least else 'at most'} {aim.bound:g} {aim.unit}".strip()
        if value is None:
            yield f"| {aim.text} | {bound} | not measured | |"
            continue
        met = value >= aim.bound if aim.least else value <= aim.bound
        yield f"| {aim.text} | {bound} | {number(value)} {aim.unit}".rstrip() + f" | {'met' if met else '**missed**'} |"


def runs(report: Report) -> Iterator[str]:
    yield "| benchmark | day | took | cores, memory | versions |"
    yield "|---|---|---:|---|---|"
    for found in (run for runs in report.values() for run in runs):
        machine = found["machine"]
        kind = f"{machine['cores']}, {machine['memory_gb']} GB; {machine['system']}, {machine['architecture']}"
        versions = ", ".join(f"{name} {version}" for name, version in found["versions"].items())
        yield f"| `{found['command']}` | {found['date']} | {found['seconds']} s | {kind} | {versions} |"


def document(report: Report) -> str:
    """Return the page."""
    figures, text = Figures(report), TEMPLATE.read_text(encoding="utf-8")
    for place, lines in (("table", table(figures)), ("aims", aims(figures)), ("runs", runs(report))):
        mark = f"<!-- {place} -->"
        if text.count(mark) != 1:
            raise SystemExit(f"{TEMPLATE.name}: it has to say {mark} once")
        text = text.replace(mark, "\n".join(lines))
    return text


def main(arguments: Sequence[str] = ()) -> int:
    report = json.loads(KEPT.read_text(encoding="utf-8"))
    again = f"python {Path(__file__).resolve().relative_to(ROOT)}"
    return settle(TARGET, document(report), f"{TARGET.relative_to(ROOT)}: not what {KEPT.relative_to(ROOT)} gives; run: {again}")


if __name__ == "__main__":
    sys.exit(main())
