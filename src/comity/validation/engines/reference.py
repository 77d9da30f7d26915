"""pyshacl, the reference implementation of SHACL in Python."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from comity import dataset, resources
from comity.errors import DataError
from comity.validation.engines import Result
from comity.validation.engines.decode import ReportReader

if TYPE_CHECKING:
    import pyoxigraph as ox
    import rdflib


class Reference:
    """pyshacl with the shapes loaded once."""

    def __init__(self, files: Sequence[Path]) -> None:
        from comity.bridge import to_rdflib_graph

        self._folder = files[0].parent
        self._shapes: rdflib.Graph = to_rdflib_graph(quad for file in files for quad in dataset.read_file(file))
        self._reader = ReportReader(self._shapes)

    def run(self, quads: Iterable[ox.Quad], focus: Iterable[ox.NamedNode | ox.BlankNode] | None = None) -> set[Result]:
        """Return the results, of the nodes in `focus` only when that is given."""
        import pyoxigraph as ox
        import pyshacl
        from pyshacl.errors import ReportableRuntimeError

        from comity.bridge import to_rdflib_graph

        wanted = None if focus is None else set(focus)
        # pyshacl takes only http IRIs for granted here; for anything else it looks for a prefix.
        named = wanted is not None and all(isinstance(n, ox.NamedNode) and n.value.startswith("http") for n in wanted)
        only = [node.value for node in wanted or ()] if named else None
        try:
            _, report, text = pyshacl.validate(
                to_rdflib_graph(quads), shacl_graph=self._shapes, focus_nodes=only, inference="none", inplace=True
            )
        except ReportableRuntimeError as error:
            raise self._refused(error) from None
        if isinstance(report, Exception | bytes | str):
            raise self._refused(text)
        return {result for result in self._reader.read(report) if wanted is None or result.focus in wanted}

    def _refused(self, reason: object) -> DataError:
        return DataError(
            f"pyshacl cannot run the shapes: {reason}", "mend the shape named", file=resources.display(self._folder)
        )
