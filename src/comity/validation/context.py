"""Puts files that are to be checked into the context of a view of the edition."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from comity import dataset, resources
from comity.errors import InputError
from comity.terms import CY, graph_iri

if TYPE_CHECKING:
    import pyoxigraph as ox


def given_files(files: Sequence[str | os.PathLike[str]]) -> tuple[list[ox.Quad], dict[str, Path]]:
    """Return the statements of the files, and which graph stands for which file.

    A file of the edition has the graph that it fills there, any other one a graph of its own. Raises
    :class:`~comity.errors.TurtleError` and :class:`~comity.errors.InputError` for files that cannot be read or hold nothing.
    """
    own = {source.path.resolve(): graph_iri(source.graph) for source in dataset.sources()}
    quads: list[ox.Quad] = []
    places: dict[str, Path] = {}
    for number, file in enumerate(files):
        graph = own.get(Path(file).resolve(), f"urn:comity:file:{number}")
        places[graph] = Path(file)
        read = dataset.read_file(file, graph)
        if not read:
            raise InputError("holds no statements", "give a file with data", file=resources.display(Path(file)))
        quads.extend(_with_stable_blank_nodes(read, f"f{number}b"))
    return quads, places


def stand_in(
    context: Sequence[ox.Quad], given: Sequence[ox.Quad], places: dict[str, Path]
) -> tuple[list[ox.Quad], list[ox.Quad]]:
    """Let files of the edition stand in for what the view has of them, and treat them as the view does.

    In the default view corrections overrule what the paper prints, and what a disagreement sets aside is left out: a file that
    says the one or the other is not wrong for that. Returns the context without the graphs that were replaced, and the files'
    statements without what the view leaves out.
    """
    import pyoxigraph as ox

    by_graph: dict[str, set[Path]] = {}
    for source in dataset.sources():
        by_graph.setdefault(graph_iri(source.graph), set()).add(source.path.resolve())
    edition = {ox.NamedNode(graph) for graph in places if graph in by_graph}
    # Where several files fill one graph, the others have to stay.
    replaced = {graph for graph in edition if by_graph[graph.value] == {places[graph.value].resolve()}}
    left = [quad for quad in context if quad.graph_name not in replaced]
    everything = [*left, *given]
    correcting = ox.NamedNode(graph_iri("corrections"))
    if not any(quad.graph_name == correcting for quad in context):
        return left, list(given)
    corrections = dataset.read_corrections(
        (quad for quad in everything if quad.graph_name == correcting), resources.data() / "corrections.ttl"
    )
    withdrawn = {
        (correction.subject, correction.property, correction.stated) for correction in corrections if correction.applied
    }
    yielding = {quad.object for quad in everything if quad.predicate.value == CY.setAside}
    corrected = {
        ox.Quad(correction.subject, correction.property, correction.corrected, correcting)
        for correction in corrections
        if correction.applied and correction.corrected is not None
    }
    if correcting in replaced:
        # What the corrections put instead is in the view's graph of corrections, and in no file.
        left.extend(sorted(corrected, key=str))
    kept = [
        quad
        for quad in given
        if quad.graph_name not in edition
        or ((quad.subject, quad.predicate, quad.object) not in withdrawn and quad.subject not in yielding)
    ]
    return left, kept


def _with_stable_blank_nodes(quads: Iterable[ox.Quad], stem: str) -> Iterator[ox.Quad]:
    """Number the blank nodes in the order of the file, so that two reports on one file are the same."""
    import pyoxigraph as ox

    names: dict[ox.BlankNode, ox.BlankNode] = {}

    def stable(term: Any) -> Any:
        if not isinstance(term, ox.BlankNode):
            return term
        return names.setdefault(term, ox.BlankNode(f"{stem}{len(names) + 1}"))

    for quad in quads:
        yield ox.Quad(stable(quad.subject), quad.predicate, stable(quad.object), quad.graph_name)
