"""pyshacl-turbo for the shapes of SHACL Core, Oxigraph for the constraints that are written as queries.

Turbo's own query engine takes minutes over two of our queries that Oxigraph answers at once (docs/decisions/0011), so the
constraints it need not run are taken out of the shapes: ``sh:select`` on a node shape that targets nodes by name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from comity import dataset, resources
from comity.errors import DataError
from comity.terms import SH, shorten
from comity.validation.engines import Result
from comity.validation.engines.decode import ReportReader
from comity.validation.report import SEVERITIES, Severity

if TYPE_CHECKING:
    import pyoxigraph as ox
    import rdflib

_SPARQL: Final = "SPARQLConstraintComponent"
#: What the targets of a shape can be besides nodes by name.
_OTHER_TARGETS: Final = (SH.targetClass, SH.targetSubjectsOf, SH.targetObjectsOf)


@dataclass(frozen=True, slots=True)
class _Query:
    """A constraint that is a query, and the node that it is asked about."""

    text: str
    prefixes: dict[str, str]
    node: ox.NamedNode
    shape: str
    severity: Severity
    messages: tuple[str, ...]


class Fast:
    """The shapes compiled once: those of SHACL Core by pyshacl-turbo, the queries for Oxigraph."""

    def __init__(self, files: Sequence[Path]) -> None:
        import pyshacl_turbo

        from comity.bridge import to_rdflib_graph

        self._folder = files[0].parent
        shapes = to_rdflib_graph(quad for file in files for quad in dataset.read_file(file))
        self._queries = list(_take_queries(shapes))
        self._reader = ReportReader(shapes)
        try:
            self._compiled = pyshacl_turbo.compile_shapes(shapes)  # type: ignore[no-untyped-call]  # it has no annotations
        except (RuntimeError, ValueError, pyshacl_turbo.ValidationFailure) as error:
            raise self._refused(error) from None

    def run(self, quads: Iterable[ox.Quad], focus: Iterable[ox.NamedNode | ox.BlankNode] | None = None) -> set[Result]:
        """Return the results, of the nodes in `focus` only when that is given."""
        import pyshacl_turbo
        from pyshacl_turbo.rdf import Input

        triples = {quad.triple for quad in quads}
        text = "".join(f"{triple} .\n" for triple in triples)
        try:
            # As text: a store would write numbers anew, and anything else goes through rdflib first.
            _, report, _ = self._compiled.validate(Input(text, "nt", None, {}, preserve_ids=True))
        except (RuntimeError, pyshacl_turbo.ValidationFailure) as error:
            raise self._refused(error) from None
        results = self._reader.read(report) | self._asked(triples)
        wanted = None if focus is None else set(focus)
        return {result for result in results if wanted is None or result.focus in wanted}

    def _asked(self, triples: Iterable[ox.Triple]) -> set[Result]:
        import pyoxigraph as ox

        if not self._queries:
            return set()
        store = ox.Store()
        store.bulk_extend(ox.Quad(t.subject, t.predicate, t.object) for t in triples)
        return {result for query in self._queries for result in _ask(store, query)}

    def _refused(self, reason: object) -> DataError:
        return DataError(
            f"pyshacl-turbo cannot run the shapes: {reason}", "mend the shape named", file=resources.display(self._folder)
        )


def _take_queries(shapes: rdflib.Graph) -> Iterator[_Query]:
    """Take the constraints out of `shapes` that Oxigraph can answer by itself."""
    import pyoxigraph as ox
    from rdflib import URIRef

    for shape, rule in sorted(shapes.subject_objects(URIRef(SH.sparql)), key=str):
        nodes = list(shapes.objects(shape, URIRef(SH.targetNode)))
        text = shapes.value(rule, URIRef(SH.select))
        plain = (
            text is not None
            and isinstance(shape, URIRef)
            and bool(nodes)
            and all(isinstance(node, URIRef) for node in nodes)
            and not any(shapes.value(shape, URIRef(other)) for other in (*_OTHER_TARGETS, SH.path, SH.deactivated))
            and shapes.value(rule, URIRef(SH.deactivated)) is None
            and not list(shapes.subjects(None, shape))
        )
        if not plain:
            continue
        declared = [d for p in shapes.objects(rule, URIRef(SH.prefixes)) for d in shapes.objects(p, URIRef(SH.declare))]
        prefixes = {str(shapes.value(d, URIRef(SH.prefix))): str(shapes.value(d, URIRef(SH.namespace))) for d in declared}
        severity = str(shapes.value(shape, URIRef(SH.severity)) or SH.Violation).removeprefix(str(SH))
        own = list(shapes.objects(rule, URIRef(SH.message))) or list(shapes.objects(shape, URIRef(SH.message)))
        for node in nodes:
            yield _Query(
                str(text),
                prefixes,
                ox.NamedNode(str(node)),
                str(shape),
                next((known for known in SEVERITIES if known == severity), "Violation"),
                tuple(sorted(map(str, own))),
            )
        shapes.remove((shape, URIRef(SH.sparql), rule))


def _ask(store: ox.Store, query: _Query) -> Iterator[Result]:
    """Return what the query finds, in the form of SHACL, section 5.3."""
    import pyoxigraph as ox

    solutions = store.query(query.text, prefixes=query.prefixes, substitutions={ox.Variable("this"): query.node})
    assert isinstance(solutions, ox.QuerySolutions)
    names = [variable.value for variable in solutions.variables]
    for solution in solutions:
        found = {name: solution[name] for name in names if solution[name] is not None}
        value = found.get("value", query.node)
        path = found.get("path")
        assert isinstance(value, ox.NamedNode | ox.BlankNode | ox.Literal)
        texts = []
        for message in query.messages:
            for name, term in found.items():
                for written in (f"{{?{name}}}", f"{{${name}}}"):
                    message = message.replace(written, _text(term))
            texts.append(message)
        yield Result(
            severity=query.severity,
            focus=query.node,
            path=shorten(path.value) if isinstance(path, ox.NamedNode) else None,
            property=path.value if isinstance(path, ox.NamedNode) else None,
            value=value,
            message=" ".join("; ".join(texts).split()),
            shape=query.shape,
            component=_SPARQL,
        )


def _text(term: object) -> str:
    import pyoxigraph as ox

    return term.value if isinstance(term, ox.NamedNode | ox.BlankNode | ox.Literal) else str(term)
