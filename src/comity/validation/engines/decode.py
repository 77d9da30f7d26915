"""Reads the report that an engine makes, as an rdflib graph, into Comity's results."""

from __future__ import annotations

from typing import TYPE_CHECKING

from comity.terms import RDF, SH, shorten
from comity.validation.engines import Result
from comity.validation.report import SEVERITIES

if TYPE_CHECKING:
    import rdflib
    from rdflib.term import Node


class ReportReader:
    """Reads reports on `shapes`, in which the anonymous property shapes are found."""

    def __init__(self, shapes: rdflib.Graph) -> None:
        self._shapes = shapes

    def read(self, report: rdflib.Graph) -> set[Result]:
        """Return all results of the report, those of nested shapes (``sh:detail``) too."""
        return {self._result(report, node) for node in report.subjects(_uri(RDF.type), _uri(SH.ValidationResult))}

    def _result(self, report: rdflib.Graph, node: Node) -> Result:
        import rdflib

        from comity.bridge import from_rdflib

        def value(name: str) -> Node | None:
            return report.value(node, rdflib.URIRef(name))

        path = value(SH.resultPath)
        shape = value(SH.sourceShape)
        severity = str(value(SH.resultSeverity)).removeprefix(str(SH))
        messages = sorted(str(message) for message in report.objects(node, _uri(SH.resultMessage)))
        source = shape if isinstance(shape, rdflib.URIRef) else self._named_parent(shape)
        return Result(
            severity=next((known for known in SEVERITIES if known == severity), "Violation"),
            focus=from_rdflib(value(SH.focusNode)),
            path=None if path is None else _path_text(report, path),
            property=str(path) if isinstance(path, rdflib.URIRef) else None,
            value=None if value(SH.value) is None else from_rdflib(value(SH.value)),
            message=" ".join("; ".join(messages).split()),
            shape=str(source) if source is not None else "",
            component=str(value(SH.sourceConstraintComponent)).removeprefix(str(SH)),
        )

    def _named_parent(self, shape: Node | None) -> Node | None:
        """An anonymous property shape is known by the shape that it belongs to."""
        import rdflib

        seen: set[Node] = set()
        while isinstance(shape, rdflib.BNode) and shape not in seen:
            seen.add(shape)
            shape = next(iter(sorted(self._shapes.subjects(None, shape), key=str)), None)
        return shape


def _uri(name: str) -> rdflib.URIRef:
    import rdflib

    return rdflib.URIRef(name)


def _path_text(report: rdflib.Graph, path: Node) -> str:
    """Return a SHACL property path as SPARQL writes it."""
    import rdflib
    from rdflib.collection import Collection

    if isinstance(path, rdflib.URIRef):
        return shorten(str(path))
    if report.value(path, _uri(RDF.first)) is not None:
        return "/".join(_path_text(report, step) for step in Collection(report, path))
    for name, form in (
        (SH.inversePath, "^{}"),
        (SH.zeroOrMorePath, "({})*"),
        (SH.oneOrMorePath, "({})+"),
        (SH.zeroOrOnePath, "({})?"),
    ):
        inner = report.value(path, _uri(name))
        if inner is not None:
            return form.format(_path_text(report, inner))
    alternatives = report.value(path, _uri(SH.alternativePath))
    if alternatives is not None:
        return "(" + "|".join(_path_text(report, step) for step in Collection(report, alternatives)) + ")"
    return str(path)
