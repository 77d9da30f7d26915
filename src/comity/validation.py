"""Checks data against the shapes, and says what is wrong, where, and how to mend it.

The shapes are the Turtle files below ``shapes/``; pyshacl, the reference implementation of SHACL in Python, runs them over the
asserted statements of all graphs together. A stranger's file is checked in context: as if it were part of the edition, so that
its links may lead to what the edition has. The report then speaks of what the file says, and of what it does to others.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from comity import dataset, resources
from comity.errors import DataError, InputError, ResourceError, UnknownName
from comity.locate import line_of
from comity.terms import CY, RDF, RDFS, SH, SKOS, graph_iri, graph_name, shorten

if TYPE_CHECKING:
    import pyoxigraph as ox
    import rdflib
    from rdflib.term import Node

Severity = Literal["Violation", "Warning", "Info"]
SEVERITIES: Final[tuple[Severity, ...]] = ("Violation", "Warning", "Info")
"""From the gravest to the slightest."""

KNOWN_TERMS: Final = "https://w3id.org/comity/shape/known-terms"
"""Stands for the shape in a finding that a term of our namespace does not exist."""
HAS_TYPE: Final = "https://w3id.org/comity/shape/has-type"
"""Stands for the shape in a finding that nothing says what a thing is, so that no shape can apply to it."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong.

    `focus` is the node that is wrong, an IRI or ``_:…``, and `focus_label` its name; `path` is the property (or property path,
    in SPARQL's notation) and `value` the value that are wrong, where there are such; `message` says how to mend it; `shape` is the
    IRI of the rule. `file` and `line` (from 1) say where the node is described, as far as that is known.
    """

    severity: Severity
    focus: str
    focus_label: str | None
    path: str | None
    value: str | None
    message: str
    shape: str
    file: str | None
    line: int | None

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.file, self.line) if part is not None)
        name = f"{self.focus_label} ({shorten(self.focus)})" if self.focus_label else shorten(self.focus)
        about = f" {self.path}" if self.path else ""
        value = f" (found {shorten(self.value)})" if self.value is not None else ""
        text = f"{self.severity.lower()}: {name}{about}{value}: {self.message} [{shorten(self.shape)}]"
        return " ".join((f"{place}: {text}" if place else text).split())


@dataclass(frozen=True, slots=True)
class Report:
    """What validation found. `conforms` is true exactly when nothing was found, as SHACL defines it.

    `results` are in order: gravest first, then by file, line and node. `nodes` is the number of nodes that were looked at.
    """

    conforms: bool
    results: tuple[Finding, ...]
    nodes: int

    def __len__(self) -> int:
        return len(self.results)

    def at_least(self, severity: str) -> tuple[Finding, ...]:
        """Return the findings that are as grave as `severity` (Violation, Warning or Info), or graver."""
        for position, known in enumerate(SEVERITIES):
            if known.lower() == severity.lower():
                return tuple(finding for finding in self.results if finding.severity in SEVERITIES[: position + 1])
        raise UnknownName(severity, SEVERITIES)

    def counts(self) -> dict[Severity, int]:
        """Return the number of findings of each severity."""
        found = Counter(finding.severity for finding in self.results)
        return {severity: found[severity] for severity in SEVERITIES}

    def to_text(self) -> str:
        """Return one line for each finding, and one that sums up."""
        lines = [str(finding) for finding in self.results]
        if self.conforms:
            lines.append(f"conforms: {_number(self.nodes, 'node')} looked at, nothing found")
        else:
            parts = [_number(count, severity.lower()) for severity, count in self.counts().items() if count]
            lines.append(f"does not conform: {_number(self.nodes, 'node')} looked at, {', '.join(parts)}")
        return "\n".join(lines) + "\n"

    def to_json(self) -> str:
        """Return the report as JSON: ``conforms``, ``nodes`` and ``results``, each with the fields of :class:`Finding`."""
        content = {
            "conforms": self.conforms,
            "nodes": self.nodes,
            "results": [asdict(finding) for finding in self.results],
        }
        return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def _number(count: int, noun: str) -> str:
    plural = {"info": "infos"}.get(noun, noun + "s")
    return f"{count:,} {noun if count == 1 else plural}"


def validate(
    quads: Iterable[ox.Quad],
    *,
    files: Sequence[str | os.PathLike[str]] = (),
    shapes: str | os.PathLike[str] | None = None,
) -> Report:
    """Check `quads`, or with `files` these in their context.

    `shapes` is a folder (default: the edition's) or a file. Raises :class:`~comity.errors.TurtleError` and
    :class:`~comity.errors.InputError` for files that cannot be read or hold nothing, :class:`~comity.errors.DataError` for shapes
    that pyshacl refuses.
    """
    import pyoxigraph as ox

    context = list(quads)
    subjects: set[ox.NamedNode | ox.BlankNode] = set()
    affected: set[ox.NamedNode | ox.BlankNode] = set()
    places: dict[str, Path] = {}
    given: list[ox.Quad] = []
    for number, file in enumerate(files):
        graph = f"urn:comity:file:{number}"
        places[graph] = Path(file)
        read = dataset.read_file(file, graph)
        if not read:
            raise InputError("holds no statements", "give a file with data", file=resources.display(Path(file)))
        given.extend(_with_stable_blank_nodes(read, f"f{number}b"))
    for quad in given:
        for term, group in ((quad.subject, subjects), (quad.object, affected)):
            if isinstance(term, ox.NamedNode | ox.BlankNode):
                group.add(term)

    if given:
        # A store writes 9.0 as 9: unless both sides are written alike, a file of the edition would contradict itself.
        context, given = _as_stores_write(context), _as_stores_write(given)
    everything = [*context, *given]
    engine = _Engine(_shape_files(shapes))
    described = _Descriptions(everything, places)
    if not given:
        raw = engine.run(everything)
        nodes = {quad.subject for quad in everything}
        loose: list[Finding] = _unknown_terms(everything, _terms_of(context), described)
    else:
        raw = engine.run(everything, subjects | affected)
        # What was wrong with the others before is no fault of the files.
        others = {result for result in raw if result.focus not in subjects}
        if others:
            raw -= others & engine.run(context, {result.focus for result in others})
        nodes = set(subjects)
        loose = _unknown_terms(given, _terms_of(context), described) + _untyped(subjects, everything, described)
    findings = [described.finding(result) for result in raw] + loose
    unique = tuple(sorted(set(findings), key=_order))
    return Report(conforms=not unique, results=unique, nodes=len(nodes))


def _as_stores_write(quads: Iterable[ox.Quad]) -> list[ox.Quad]:
    """Return the quads with numbers and dates in the one form that a store keeps."""
    import pyoxigraph as ox

    store = ox.Store()
    store.extend(quads)
    return list(store)


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


def _order(finding: Finding) -> tuple[Any, ...]:
    return (
        SEVERITIES.index(finding.severity),
        finding.file or "",
        finding.line or 0,
        finding.focus,
        finding.path or "",
        finding.value or "",
        finding.shape,
        finding.message,
    )


def _shape_files(shapes: str | os.PathLike[str] | None) -> list[Path]:
    place = resources.shapes() if shapes is None else Path(shapes)
    files = [place] if place.is_file() else sorted(place.rglob("*.ttl"))
    if not files:
        raise ResourceError(f"no shapes in {resources.display(place)}", "restore the Turtle files of the shapes")
    return files


@dataclass(frozen=True, slots=True)
class _Raw:
    """A result in RDF terms, before names and places are looked up."""

    severity: Severity
    focus: ox.NamedNode | ox.BlankNode
    path: str | None
    property: str | None
    value: ox.NamedNode | ox.BlankNode | ox.Literal | None
    message: str
    shape: str


class _Engine:
    """pyshacl with the shapes loaded once."""

    def __init__(self, files: Sequence[Path]) -> None:

        from comity.bridge import to_rdflib_graph

        self._folder = files[0].parent
        self._shapes: rdflib.Graph = to_rdflib_graph(quad for file in files for quad in dataset.read_file(file))

    def run(self, quads: Iterable[ox.Quad], focus: Iterable[ox.NamedNode | ox.BlankNode] | None = None) -> set[_Raw]:
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
        results = {self._result(report, node) for node in report.subjects(_uri(RDF.type), _uri(SH.ValidationResult))}
        return {result for result in results if wanted is None or result.focus in wanted}

    def _refused(self, reason: object) -> DataError:
        return DataError(
            f"pyshacl cannot run the shapes: {reason}", "mend the shape named", file=resources.display(self._folder)
        )

    def _result(self, report: rdflib.Graph, node: Node) -> _Raw:
        import rdflib

        from comity.bridge import from_rdflib

        def value(name: str) -> Node | None:
            return report.value(node, rdflib.URIRef(name))

        path = value(SH.resultPath)
        shape = value(SH.sourceShape)
        severity = str(value(SH.resultSeverity)).removeprefix(str(SH))
        messages = sorted(str(message) for message in report.objects(node, _uri(SH.resultMessage)))
        source = shape if isinstance(shape, rdflib.URIRef) else self._named_parent(shape)
        focus = from_rdflib(value(SH.focusNode))
        assert not isinstance(focus, _literal_type())
        return _Raw(
            severity=next((known for known in SEVERITIES if known == severity), "Violation"),
            focus=focus,
            path=None if path is None else _path_text(report, path),
            property=str(path) if isinstance(path, rdflib.URIRef) else None,
            value=None if value(SH.value) is None else from_rdflib(value(SH.value)),
            message=" ".join("; ".join(messages).split()),
            shape=str(source) if source is not None else "",
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


def _literal_type() -> type[ox.Literal]:
    import pyoxigraph as ox

    return ox.Literal


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


class _Descriptions:
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

    def finding(self, raw: _Raw) -> Finding:
        """Return the finding for a result, with the node's name and place."""
        file, line = self.place(raw.focus, raw.property, raw.value)
        return Finding(
            severity=raw.severity,
            focus=_plain(raw.focus),
            focus_label=self.label(raw.focus),
            path=raw.path,
            value=None if raw.value is None else _plain(raw.value),
            message=raw.message,
            shape=raw.shape,
            file=file,
            line=line,
        )


def _plain(term: ox.NamedNode | ox.BlankNode | ox.Literal) -> str:
    import pyoxigraph as ox

    return str(term) if isinstance(term, ox.BlankNode) else term.value


def _name(term: object) -> str | None:
    import pyoxigraph as ox

    return term.value if isinstance(term, ox.NamedNode) else None


def _terms_of(quads: Iterable[ox.Quad]) -> frozenset[str]:
    """Return the terms that the ontology at hand describes; those that Comity was built with, when there is none."""
    import pyoxigraph as ox

    graph = ox.NamedNode(graph_iri("ontology"))
    described = {_name(quad.subject) for quad in quads if quad.graph_name == graph}
    return frozenset(name for name in described if name) or frozenset(CY)


def _unknown_terms(quads: Iterable[ox.Quad], known: frozenset[str], described: _Descriptions) -> list[Finding]:
    """Find terms in our namespace that the ontology does not have: they would match nothing, silently."""
    import difflib

    import pyoxigraph as ox

    findings = []
    for quad in quads:
        for term, value in ((quad.predicate, None), (quad.object, _name(quad.object))):
            if not isinstance(term, ox.NamedNode) or not term.value.startswith(str(CY)) or term.value in known:
                continue
            near = difflib.get_close_matches(shorten(term.value), [shorten(name) for name in sorted(known)], n=1)
            hint = f"did you mean {near[0]}?" if near else "use a term of the ontology"
            file, line = described.place(quad.subject, quad.predicate.value, quad.object)
            findings.append(
                Finding(
                    "Violation",
                    _name(quad.subject) or str(quad.subject),
                    described.label(quad.subject),
                    shorten(quad.predicate.value),
                    value,
                    f"the ontology has no such term; {hint}",
                    KNOWN_TERMS,
                    file,
                    line,
                )
            )
    return findings


def _untyped(
    subjects: Iterable[ox.NamedNode | ox.BlankNode], quads: Iterable[ox.Quad], described: _Descriptions
) -> list[Finding]:
    """Find things of which nothing says what they are: no shape would ever apply to them."""
    typed = {quad.subject for quad in quads if quad.predicate.value == RDF.type}
    findings = []
    for node in subjects:
        if node not in typed:
            file, line = described.place(node, None, None)
            findings.append(
                Finding(
                    "Warning",
                    _plain(node),
                    described.label(node),
                    shorten(RDF.type),
                    None,
                    "say what it is, with a class of the ontology; no shape applies to it otherwise",
                    HAS_TYPE,
                    file,
                    line,
                )
            )
    return findings
