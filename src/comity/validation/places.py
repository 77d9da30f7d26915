"""Names the nodes that a finding speaks of, and finds the files and lines that describe them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from comity import dataset, resources
from comity.locate import line_of
from comity.terms import RDF, RDFS, SKOS, graph_name
from comity.validation.engines import Result
from comity.validation.report import Finding

if TYPE_CHECKING:
    import pyoxigraph as ox


class Descriptions:
    """Names of nodes, and the files that describe them."""

    def __init__(self, quads: Sequence[ox.Quad], places: dict[str, Path]) -> None:
        self._quads = quads
        self._places = dict(places)
        self._files: dict[str, list[Path]] | None = None
        self._about: dict[object, list[ox.Quad]] = {}

    def _described(self, node: object) -> list[ox.Quad]:
        if not self._about:
            for quad in self._quads:
                self._about.setdefault(quad.subject, []).append(quad)
        return self._about.get(node, [])

    def label(self, node: object) -> str | None:
        """Return the node's English label, or the first of those it has."""
        import pyoxigraph as ox

        found = [
            (quad.predicate.value != RDFS.label, quad.object.language != "en", quad.object.language or "", quad.object.value)
            for quad in self._described(node)
            if quad.predicate.value in (RDFS.label, SKOS.prefLabel) and isinstance(quad.object, ox.Literal)
        ]
        return min(found)[-1] if found else None

    def place(self, node: object, prop: str | None, value: object) -> tuple[str | None, int | None]:
        """Return file and line of the statement that is wrong, or of the node's type, or of anything about the node."""
        import pyoxigraph as ox

        def rank(quad: ox.Quad) -> int:
            if prop is not None and quad.predicate.value == prop:
                return 0 if value is None or quad.object == value else 1
            return 2 if quad.predicate.value == RDF.type else 3

        def order(quad: ox.Quad) -> tuple[int, bool, str]:
            # What a person has given to be checked is what that person can mend.
            return rank(quad), str(quad.graph_name)[1:-1] not in self._places, str(quad.graph_name)

        for quad in sorted(self._described(node), key=order):
            files = self._files_of(quad.graph_name)
            name = node.value if isinstance(node, ox.NamedNode) else ""
            for file in files:
                line = line_of(file, name, prop if rank(quad) < 2 else None) if name else None
                if line is not None or len(files) == 1:
                    return resources.display(file), line
        return None, None

    def _files_of(self, graph: object) -> list[Path]:
        import pyoxigraph as ox

        if not isinstance(graph, ox.NamedNode):
            return []
        if graph.value in self._places:
            return [self._places[graph.value]]
        if self._files is None:
            self._files = {}
            for source in dataset.sources():
                self._files.setdefault(source.graph, []).append(source.path)
        return self._files.get(graph_name(graph.value) or "", [])

    def finding(self, raw: Result) -> Finding:
        """Return the finding for a result, with the node's name and place."""
        file, line = self.place(raw.focus, raw.property, raw.value)
        return Finding(
            severity=raw.severity,
            focus=plain(raw.focus),
            focus_label=self.label(raw.focus),
            path=raw.path,
            value=None if raw.value is None else plain(raw.value),
            message=raw.message,
            shape=raw.shape,
            file=file,
            line=line,
            component=raw.component or None,
        )


def plain(term: ox.NamedNode | ox.BlankNode | ox.Literal) -> str:
    import pyoxigraph as ox

    return str(term) if isinstance(term, ox.BlankNode) else term.value
