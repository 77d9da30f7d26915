"""What the benchmarks have in common: clocks, peak memory, processes, made-up data, and the rows that docs/benchmarks.md is made of.

A measurement is a process of its own: on Linux a new process begins with the peak memory of the one that started it, so the process that
starts the others imports nothing big. CPU times are of all threads of the process; peak memory is ``ru_maxrss``.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import platform
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
ONTOLOGY = ROOT / "ontology" / "comity.ttl"
EDITION = 0
"""The size that stands for the edition as it is; any other is a number of made-up quads."""
TINY = 300
"""The size with which the tests see that a benchmark runs."""


@dataclass(slots=True)
class Row:
    """What one way of doing a task took at one size.

    `value` is in the unit of the task (scripts/document_benchmarks.py); where there is none, `left_out` says why. `result` says
    whether the outcome was that of the others. `runs` is how many measurements `value` is the median of.
    """

    task: str
    way: str
    size: int
    quads: int | None = None
    value: float | None = None
    peak_mb: float | None = None
    result: str = ""
    left_out: str = ""
    runs: int = 1


# -- in the process that is measured -------------------------------------------------------------------------------


def peak_mb(who: int = resource.RUSAGE_SELF) -> float:
    """The most memory that this process has held; with RUSAGE_CHILDREN, the largest of those it has waited for. In MB."""
    peak = resource.getrusage(who).ru_maxrss
    return peak / (1 << 20 if sys.platform == "darwin" else 1 << 10)


def cpu(who: int = resource.RUSAGE_SELF) -> float:
    """The CPU seconds of this process, or of those it has waited for."""
    used = resource.getrusage(who)
    return used.ru_utime + used.ru_stime


class Timer:
    """Runs things and keeps, by name, the wall and CPU seconds that each took."""

    def __init__(self) -> None:
        self.wall: dict[str, float] = {}
        self.cpu: dict[str, float] = {}

    def __call__(self, name: str, run: Callable[[], T]) -> T:
        wall, used = time.perf_counter(), cpu()
        result = run()
        self.wall[name], self.cpu[name] = time.perf_counter() - wall, cpu() - used
        return result


def read_quads(file: Path) -> Iterator[Any]:
    """Parse N-Quads."""
    import pyoxigraph as ox

    return ox.parse(path=str(file), format=ox.RdfFormat.N_QUADS)


def count_of(file: Path) -> int:
    """The number of lines, which in N-Quads is that of the quads."""
    with file.open("rb") as lines:
        return sum(1 for _ in lines)


# -- in the process that starts the others -------------------------------------------------------------------------


def child(script: str, *arguments: object) -> Any:
    """Run ``script --child arguments`` as a process of its own; return the JSON that it prints."""
    command = [sys.executable, str(Path(script).resolve()), "--child", *map(str, arguments)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{Path(script).name} {' '.join(map(str, arguments[:2]))} failed with status {done.returncode}")
    return json.loads(done.stdout)


def answer_child(answers: Mapping[str, Callable[..., Any]]) -> bool:
    """In a script that was run by :func:`child`, print what the named function returns for the arguments, all texts."""
    if sys.argv[1:2] != ["--child"]:
        return False
    print(json.dumps(answers[sys.argv[2]](*sys.argv[3:])))
    return True


def spent(command: Sequence[str], environment: Mapping[str, str] | None = None) -> tuple[float, float, str]:
    """Run a command; return its wall seconds, its CPU seconds and what it printed."""
    start, used = time.perf_counter(), cpu(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, env=environment, check=False)
    wall = time.perf_counter() - start
    if done.returncode:
        raise SystemExit(f"{' '.join(command[:4])} failed with status {done.returncode}")
    return wall, cpu(resource.RUSAGE_CHILDREN) - used, done.stdout


def median(runs: Sequence[Mapping[str, Any]], key: str) -> float:
    return float(statistics.median(run[key] for run in runs))


def made_up(size: int, folder: Path) -> Path:
    """The N-Quads of generate.py of this size, made once in a folder."""
    file = folder / f"made-{size}.nq"
    if not file.is_file():
        unfinished = file.with_suffix(".part")
        subprocess.run([sys.executable, str(HERE / "generate.py"), str(size), str(unfinished)], check=True)
        unfinished.rename(file)
    return file


def asserted(folder: Path) -> Path:
    """The N-Quads of what the edition asserts, made once in a folder."""
    return _exported(folder / "asserted.nq", "no")


def closed(folder: Path) -> Path:
    """The same with what follows from it, in the graph ``inferred``."""
    return _exported(folder / "closed.nq", "yes")


def _exported(file: Path, inferred: str) -> Path:
    if not file.is_file():
        code = "import sys, comity; comity.export('nq', sys.argv[1], inferred=sys.argv[2])"
        subprocess.run([sys.executable, "-c", code, str(file), inferred], check=True)
    return file


def from_tests() -> None:
    """Let the helpers of the tests be found: servers, Jena, questions with their answers."""
    sys.path.insert(0, str(ROOT / "tests"))


def growth(points: Iterable[tuple[float, float]]) -> float | None:
    """The exponent e of seconds ~ quads^e, by least squares over the logarithms of (quads, seconds); None for fewer than two points."""
    logs = [(math.log(quads), math.log(seconds)) for quads, seconds in points if quads > 0 and seconds > 0]
    if len({x for x, _ in logs}) < 2:
        return None
    mean_x, mean_y = (sum(pair[place] for pair in logs) / len(logs) for place in (0, 1))
    return sum((x - mean_x) * (y - mean_y) for x, y in logs) / sum((x - mean_x) ** 2 for x, _ in logs)


def machine() -> dict[str, Any]:
    """What kind of machine this is."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "cores": os.cpu_count(),
        "memory_gb": round(memory / (1 << 30)),
        "system": platform.system(),
        "architecture": platform.machine(),
    }


def versions(names: Iterable[str]) -> dict[str, str]:
    """The versions of Python and of these packages."""
    found = {"python": platform.python_version()}
    for name in names:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found


# -- the command lines ---------------------------------------------------------------------------------------------


def parser(description: str | None, sizes: Sequence[int] | None = None, repeats: int = 3) -> argparse.ArgumentParser:
    """The options that the benchmarks share; without `sizes`, a benchmark of the edition alone."""
    made = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    if sizes is not None:
        text = f"numbers of quads; {EDITION} is the edition (default: {' '.join(map(str, sizes))})"
        made.add_argument("--sizes", type=int, nargs="+", default=list(sizes), metavar="N", help=text)
    made.add_argument("--repeats", type=int, default=repeats, metavar="N", help=f"measurements up to 100,000 quads (default: {repeats})")
    made.add_argument("--data", type=Path, metavar="FOLDER", help="where the made-up data is, or is to be, for the next benchmark too")
    made.add_argument("--json", type=Path, metavar="FILE", help="write what docs/benchmarks.md needs to this file")
    made.add_argument("--tiny", action="store_true", help="as little as shows that it runs")
    return made


def given(made: argparse.ArgumentParser, arguments: Sequence[str] | None) -> argparse.Namespace:
    """Parse the command line; with ``--tiny`` there is one small size and one measurement."""
    options = made.parse_args(arguments)
    if options.repeats < 1:
        made.error("give a number of 1 or more to --repeats")
    if min(getattr(options, "sizes", [0])) < 0:
        made.error("give numbers of 0 or more to --sizes")
    if options.tiny:
        options.repeats = 1
        if hasattr(options, "sizes"):
            options.sizes = [TINY]
    return options


def repeats_at(size: int, repeats: int) -> int:
    """How often to measure: what is big takes long and varies little."""
    return repeats if size <= 100_000 else 1


@contextmanager
def data_folder(options: argparse.Namespace) -> Iterator[Path]:
    """The folder for the made-up data: the one that was named, else one that is gone afterwards."""
    import tempfile

    if options.data is not None:
        options.data.mkdir(parents=True, exist_ok=True)
        yield options.data
        return
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)


def finish(rows: Sequence[Row], options: argparse.Namespace, packages: Iterable[str] = ()) -> int:
    """Print the rows and write them; return 1 if a result of ours is not that of the others, else 0."""
    for row in rows:
        print(line(row), flush=True)
    save(rows, options, packages)
    return int(any(row.result.startswith("NOT EQUAL") for row in rows))


def save(rows: Sequence[Row], options: argparse.Namespace, packages: Iterable[str] = ()) -> None:
    """Write the rows, if that is asked for; after each size, a run that is broken off has not been for nothing."""
    if options.json:
        report = {"rows": [asdict(row) for row in rows], "versions": versions(packages), "machine": machine()}
        options.json.parent.mkdir(parents=True, exist_ok=True)
        options.json.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")


def line(row: Row) -> str:
    where = "edition" if row.size == EDITION else f"{row.size:,}"
    if row.value is None:
        return f"{row.task:12} {row.way:16} {where:>11}  left out: {row.left_out}"
    peak = f"{row.peak_mb:8.0f} MB" if row.peak_mb is not None else " " * 11
    return f"{row.task:12} {row.way:16} {where:>11}  {row.value:12.4f}  {peak}  {row.result}"
