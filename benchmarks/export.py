"""Exports of many quads, beside what pyoxigraph's and rdflib's serializers do with the same.

    python benchmarks/export.py
    python benchmarks/export.py --sizes 10000000    # the measurement of docs/decisions/0017-exports-beyond-memory.md

The quads are those of ``generate.py``, read from an N-Quads file, or with ``--store`` from an Oxigraph store on disk. Each measurement is a
process of its own: CPU seconds with the reading, and the most memory that it holds.

``nq``, ``nt``   ours: sorted, each line once, the same bytes whatever the order was
``raw``          ``pyoxigraph.serialize`` of the stream as it comes, unsorted
``read``         reading alone
``rdflib``       an rdflib dataset, filled before the clock runs, serialized as N-Quads; up to 100,000 quads

Ours must hold the lines of ``raw``, and be sorted, or the exit status is 1.
"""

from __future__ import annotations

import hashlib
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from measuring import (
    Row,
    Timer,
    answer_child,
    child,
    count_of,
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

WAYS = ("nq", "nt", "raw", "read", "rdflib")
OURS = ("nq", "nt")
PACKAGES = ("comity", "pyoxigraph", "rdflib")
LARGEST = {"rdflib": 100_000}


def stream(source: Path) -> Iterator[Any]:
    import pyoxigraph as ox

    return iter(ox.Store.read_only(str(source))) if source.is_dir() else read_quads(source)


def measure(way: str, source: Path, folder: Path) -> dict[str, Any]:
    """Export in one way and return CPU seconds, peak memory, and what the file is like."""
    import pyoxigraph as ox

    from comity.export.rdf import export

    target = folder / f"out.{way}"
    run: Callable[[], Any]
    if way == "read":
        run = lambda: sum(1 for _ in stream(source))  # noqa: E731
    elif way == "raw":
        run = lambda: ox.serialize(stream(source), str(target), format=ox.RdfFormat.N_QUADS)  # noqa: E731
    elif way == "rdflib":
        import rdflib

        dataset = rdflib.Dataset()
        dataset.parse(str(source), format="nquads")
        run = lambda: dataset.serialize(str(target), format="nquads")  # noqa: E731
    else:
        run = lambda: export(stream(source), way, target)  # noqa: E731
    timer = Timer()
    timer("run", run)
    spent: dict[str, Any] = {"cpu": timer.cpu["run"], "peak_mb": peak_mb()}
    if target.exists():
        spent["size_mb"] = target.stat().st_size / 1e6
        spent.update(like(target))
        target.unlink()
    return spent


def like(file: Path) -> dict[str, Any]:
    """The number of lines, whether they are sorted, and a number that is the same for the same lines in another order."""
    total, count, in_order, before = 0, 0, True, b""
    with file.open("rb") as lines:
        for line in lines:
            if line == b"\n":  # rdflib ends with an empty one
                continue
            count += 1
            in_order = in_order and before < line
            before = line
            total += int.from_bytes(hashlib.blake2b(line, digest_size=8).digest(), "big")
    return {"lines": count, "sorted": in_order, "sum": total % (1 << 64)}


def as_store(source: Path, place: Path) -> None:
    import pyoxigraph as ox

    ox.Store(str(place)).bulk_extend(read_quads(source))


def run_size(size: int, repeats: int, in_store: bool, folder: Path, place: Path) -> list[Row]:
    file = source = made_up(size, folder)
    if in_store:
        source = place / f"store-{size}"
        child(__file__, "store", file, source)
    ways = [way for way in WAYS if size <= LARGEST.get(way, size)]
    runs: dict[str, list[dict[str, Any]]] = {way: [] for way in ways}
    for _ in range(repeats_at(size, repeats)):
        for way in ways:
            runs[way].append(child(__file__, "measure", way, source, place))
    quads, rows = count_of(file), []
    for way in WAYS:
        if way not in ways:
            rows.append(Row("export", way, size, left_out="it takes minutes, and holds all in memory"))
            continue
        these = runs[way]
        row = Row("export", way, size, quads, median(these, "cpu"), median(these, "peak_mb"), runs=len(these))
        row.result = verdict(way, runs)
        rows.append(row)
    return rows


def verdict(way: str, runs: dict[str, list[dict[str, Any]]]) -> str:
    """Whether the lines are the right ones: those of the others; N-Triples has lines of its own, of which the number is compared."""
    if way == "read":
        return ""
    first, raw = runs[way][0], runs["raw"][0]
    size = f"{first['size_mb']:,.0f} MB"
    if way == "raw":
        return f"reference, {size}"
    same = first["lines"] == raw["lines"] and (way == "nt" or first["sum"] == raw["sum"])
    if way in OURS:
        return f"equal and sorted, {size}" if same and first["sorted"] else "NOT EQUAL"
    return f"equal, {size}" if same else "differs"


def main(arguments: Sequence[str] | None = None) -> int:
    made = parser(__doc__, [10_000])
    made.add_argument("--store", action="store_true", help="read from a store on disk instead of a file")
    made.add_argument("--folder", type=Path, help="where there is room for three times the data")
    options = given(made, arguments)
    rows: list[Row] = []
    with data_folder(options) as folder, tempfile.TemporaryDirectory(dir=options.folder) as place:
        for size in options.sizes:
            rows += run_size(size, options.repeats, options.store, folder, Path(place))
            save(rows, options, PACKAGES)
    return finish(rows, options, PACKAGES)


if __name__ == "__main__":
    answers: dict[str, Callable[..., Any]] = {
        "measure": lambda way, source, folder: measure(way, Path(source), Path(folder)),
        "store": lambda source, place: as_store(Path(source), Path(place)),
    }
    if not answer_child(answers):
        sys.exit(main())
