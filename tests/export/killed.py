"""Exports in processes that are killed at any moment, and looks at what they leave: killed.py FOLDER TIMES.

Two states of a small edition are exported in turn into the same places. Afterwards each file must be that of one of the two, whole.
It forks, so that a kill costs milliseconds and not the start of a process.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from pathlib import Path

import pyoxigraph as ox

from comity import dataset, resources
from comity.api import Comity
from comity.export.content import Content
from comity.export.formats import Format, find_format, write
from comity.store.embedded import EmbeddedStore
from comity.terms import graph_iri

FORMATS = [
    find_format(name)
    for name in ("nq", "nt", "trig", "ttl", "jsonld", "tree", "csv", "sqlite", "cytoscape", "void", "dcat", "schema-org")
]


def states() -> list[Content]:
    """Two states: without and with the mechanisms."""
    names = ["entities/organization", "entities/instrument", "entities/mechanism"]
    quads = [quad for name in names for quad in dataset.read_file(resources.data() / f"{name}.ttl", graph_iri(name))]
    quads += dataset.read_file(resources.ontology() / "comity.ttl", graph_iri("ontology"))
    fewer = [quad for quad in quads if quad.graph_name != ox.NamedNode(graph_iri("entities/mechanism"))]
    made = []
    for some in (fewer, quads):
        store = EmbeddedStore()
        store.load(some)
        made.append(Content(Comity(store)))
    return made


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def export_forever(contents: list[Content], folder: Path, chosen: list[Format]) -> None:
    while True:
        for content in contents:
            write(content, chosen, folder)


def main() -> int:
    folder, times = Path(sys.argv[1]), int(sys.argv[2])
    contents = states()
    whole = []
    for number, content in enumerate(contents):
        for known in FORMATS:  # each by itself: a description speaks of what is exported with it
            write(content, [known], folder / f"state{number}")
        whole.append(files(folder / f"state{number}"))
    target = folder / "target"
    rng = random.Random(20)
    killed_midway = checked = 0
    for number in range(times):
        # One format more often than its turn: a kill is to fall into each.
        chosen = [FORMATS[number % len(FORMATS)]]
        child = os.fork()
        if child == 0:
            export_forever(contents, target, chosen)
        time.sleep(rng.uniform(0.005, 0.08))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        for name, content in files(target).items():
            if name.rpartition("/")[2].startswith("."):
                killed_midway += 1
                (target / name).unlink()
                continue
            checked += 1
            if content not in (state.get(name) for state in whole):
                print(f"{name} is neither the old nor the new, after kill {number} of {chosen[0].name}")
                return 1
    print(f"{times} kills, {killed_midway} of them within a file, {checked} files whole")
    return 0 if killed_midway and checked else 2


if __name__ == "__main__":
    sys.exit(main())
