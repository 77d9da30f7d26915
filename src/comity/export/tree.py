"""The tree of ``data/``: a Turtle file for each named graph, in the folder that its name says.

Of the asserted graphs, this is what :mod:`comity.dataset` reads; what is inferred comes beside it, as ``inferred.ttl``. A graph of several
files in ``data/`` is one file here.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from comity.export.rdf import canonical
from comity.files import write_whole
from comity.terms import graph_name, is_key

if TYPE_CHECKING:
    import pyoxigraph as ox


def write_tree(quads: Iterable[ox.Quad], folder: Path) -> list[Path]:
    """Write the files and return their paths. A graph whose name is not ours goes into ``other/``, by its number in order."""
    from comity.turtle import serialize

    graphs: dict[str, list[ox.Triple]] = {}
    for quad in canonical(quads):
        graphs.setdefault(getattr(quad.graph_name, "value", ""), []).append(quad.triple)
    paths = []
    for number, (graph, triples) in enumerate(sorted(graphs.items())):
        name = graph_name(graph) or ""
        # Whatever a store calls its graphs, nothing is written outside the folder.
        if not all(is_key(part) for part in name.split("/")):
            name = f"other/{number}"
        # data/record/<source>/<file>.ttl: the folder is the graph, so that other files can join it there.
        path = folder / (f"{name}/{name.rpartition('/')[2]}.ttl" if name.startswith("record/") else f"{name}.ttl")
        write_whole(path, serialize(triples).encode())
        paths.append(path)
    return paths
