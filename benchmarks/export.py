"""Exports of many quads, beside what pyoxigraph's serializer does with the same stream.

    python benchmarks/export.py                 # 1,000,000 quads
    python benchmarks/export.py 10000000        # the measurement of docs/decisions/0017-exports-beyond-memory.md

The quads are those of benchmarks/generate.py, in an Oxigraph store on disk with `--store`, else read from an N-Quads file. Each
measurement is a process of its own: CPU seconds, and how far its memory grows while it writes. `raw` is `pyoxigraph.serialize` of the
stream as it comes, unsorted; `nq` and `nt` are Comity's, sorted, each line once, the same bytes whatever the order was.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox

from comity.export.rdf import export

WAYS = ("read", "raw", "nq", "nt")


def resident_mb() -> float:
    """Return the memory of this process, in MB; 0 where the system does not tell."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except OSError:
        return 0.0
    return pages * 4096 / 1e6


def stream(source: Path) -> Iterator[ox.Quad]:
    return iter(ox.Store.read_only(str(source))) if source.is_dir() else ox.parse(path=str(source), format=ox.RdfFormat.N_QUADS)


def watched(quads: Iterator[ox.Quad], seen: list[float]) -> Iterator[ox.Quad]:
    for number, quad in enumerate(quads):
        if number % 50_000 == 0:
            seen.append(resident_mb())
        yield quad


def measure(way: str, source: Path, folder: Path) -> dict[str, float]:
    """Export in one way and return CPU seconds, wall seconds, growth in MB and the size of the file in MB."""
    seen = [resident_mb()]
    wall, cpu = time.perf_counter(), time.process_time()
    quads = watched(stream(source), seen)
    target = folder / f"out.{way}"
    if way == "read":
        for _ in quads:
            pass
    elif way == "raw":
        ox.serialize(quads, str(target), format=ox.RdfFormat.N_QUADS)
    else:
        export(quads, way, target)
    seen.append(resident_mb())
    spent = {"cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall, "growth_mb": max(seen) - seen[0]}
    if target.exists():
        spent["size_mb"] = target.stat().st_size / 1e6
        target.unlink()
    return spent


def prepare(size: int, source: Path, in_store: bool) -> None:
    """Write the quads to be exported."""
    from generate import quads

    if in_store:
        ox.Store(str(source)).bulk_extend(quads(size))
    else:
        ox.serialize(quads(size), str(source), format=ox.RdfFormat.N_QUADS)


def main() -> int:
    parser = argparse.ArgumentParser(description="Measure exports.")
    parser.add_argument("size", type=int, nargs="?", default=1_000_000)
    parser.add_argument("--store", action="store_true", help="read from a store on disk instead of a file")
    parser.add_argument("--folder", type=Path, help="where there is room for three times the data")
    parser.add_argument("--child", nargs=3, metavar=("WAY", "SOURCE", "FOLDER"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        way, source, place = options.child
        if way == "prepare":
            prepare(options.size, Path(source), options.store)
        else:
            print(json.dumps(measure(way, Path(source), Path(place))))
        return 0
    with tempfile.TemporaryDirectory(dir=options.folder) as name:
        source = Path(name) / ("store" if options.store else "source.nq")
        command = [sys.executable, __file__, str(options.size), *(["--store"] if options.store else [])]
        subprocess.run([*command, "--child", "prepare", str(source), name], check=True)
        results = {}
        for way in WAYS:
            done = subprocess.run([*command, "--child", way, str(source), name], capture_output=True, text=True, check=True)
            results[way] = json.loads(done.stdout)
            row = results[way]
            share = results["raw"]["cpu"] / row["cpu"] if "raw" in results else 0.0
            beside = f"  {share:5.2f} of the raw speed" if way in ("nq", "nt") else ""
            sizes = f"{row['growth_mb']:6.0f} MB more  {row.get('size_mb', 0):8.0f} MB written"
            print(f"{way:4}  {row['cpu']:8.1f} s CPU  {sizes}{beside}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
