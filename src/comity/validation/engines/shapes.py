"""Reads shapes into a form that can be run, and refuses by name what Comity's own engines do not know."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from comity.errors import DataError
from comity.terms import RDF, RDFS, SH, shorten
from comity.validation.engines import Result
from comity.validation.report import SEVERITIES, Severity

Term: TypeAlias = Any  # a NamedNode, BlankNode or Literal; pyoxigraph is imported late, and has no common name for them

_SH: Final = str(SH)
#: Parameters of constraints, with what each takes: a term, a number, a text, one shape, a list of terms or of shapes.
PARAMETERS: Final = {
    "class": "term", "datatype": "term", "nodeKind": "term", "hasValue": "term", "in": "terms",
    "minCount": "number", "maxCount": "number", "minLength": "number", "maxLength": "number", "pattern": "text",
    "minInclusive": "term", "maxInclusive": "term", "minExclusive": "term", "maxExclusive": "term", "uniqueLang": "switch",
    "equals": "term", "disjoint": "term", "lessThan": "term", "lessThanOrEquals": "term", "closed": "switch",
    "property": "shape", "node": "shape", "not": "shape", "and": "shapes", "or": "shapes", "xone": "shapes",
    "sparql": "query",
}  # fmt: skip
_TARGETS: Final = frozenset(_SH + name for name in ("targetClass", "targetNode", "targetSubjectsOf", "targetObjectsOf"))
_DESCRIBING: Final = ("path", "message", "severity", "ignoredProperties", "deactivated", "name", "description", "order", "group")
_KNOWN: Final = frozenset((*PARAMETERS, *(name.removeprefix(_SH) for name in _TARGETS), *_DESCRIBING))
_ONE: Final = frozenset(("severity", "path", "deactivated", *(p for p, kind in PARAMETERS.items() if kind in ("number", "switch"))))
_MODIFIERS: Final = ("inversePath", "zeroOrMorePath", "oneOrMorePath", "zeroOrOnePath")


@dataclass(frozen=True, slots=True)
class Path:
    """A property path: a `predicate` by itself, or `steps` put together as `kind` says (SHACL, section 2.3.1)."""

    kind: str
    predicate: Term = None
    steps: tuple[Path, ...] = ()

    def __str__(self) -> str:
        inner = [str(step) for step in self.steps]
        match self.kind:
            case "predicate":
                return shorten(self.predicate.value)
            case "sequence":
                return "/".join(inner)
            case "alternativePath":
                return "(" + "|".join(inner) + ")"
            case "inversePath":
                return f"^{inner[0]}"
        return f"({inner[0]}){ {'zeroOrMorePath': '*', 'oneOrMorePath': '+', 'zeroOrOnePath': '?'}[self.kind] }"


@dataclass(frozen=True, slots=True)
class Constraint:
    """A parameter of a shape with its value, and SHACL's name for the component."""

    parameter: str
    value: Any

    @property
    def component(self) -> str:
        name = {"sparql": "SPARQL"}.get(self.parameter, self.parameter[0].upper() + self.parameter[1:])
        return f"{name}ConstraintComponent"


@dataclass(eq=False, slots=True)
class Shape:
    """A shape as it is run. `name` is that of the shape that an anonymous one belongs to."""

    name: str
    path: Path | None
    severity: Severity
    message: str
    targets: dict[str, list[Term]]
    constraints: list[Constraint] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Query:
    """A constraint that is a query: its text, the prefixes for it, and its own messages."""

    text: str
    prefixes: dict[str, str]
    messages: tuple[str, ...]


def read_shapes(quads: Iterable[Any], file: str, engine: str = "compiled") -> list[Shape]:
    """Return the shapes that have targets. Raises :class:`~comity.errors.DataError` for what the engine does not know."""
    return list(_Reader(quads, file, engine).targeting())


def result_of(shape: Shape, constraint: Constraint, focus: Term, value: Term, predicate: Term = None) -> Result:
    """Return the result for a breach; `value` and `predicate` (of a closed shape) are ``None`` where the constraint speaks of none."""
    path = Path("predicate", predicate) if predicate is not None else shape.path
    return Result(
        severity=shape.severity,
        focus=focus,
        path=None if path is None else str(path),
        property=None if path is None or path.predicate is None else path.predicate.value,
        value=value,
        message=shape.message,
        shape=shape.name,
        component=constraint.component,
    )


class _Reader:
    def __init__(self, quads: Iterable[Any], file: str, engine: str) -> None:
        self._file = file
        self._engine = engine
        self._values: dict[Term, dict[str, list[Term]]] = {}
        self._owners: dict[Term, list[Term]] = {}
        self._read: dict[Term, Shape] = {}
        self._open: set[Term] = set()
        for quad in quads:
            values = self._values.setdefault(quad.subject, {}).setdefault(quad.predicate.value, [])
            if quad.object not in values:
                values.append(quad.object)
                self._owners.setdefault(quad.object, []).append(quad.subject)

    def targeting(self) -> Iterator[Shape]:
        for node, values in sorted(self._values.items(), key=lambda item: str(item[0])):
            kinds = {kind.value for kind in values.get(RDF.type, ())}
            if RDFS.Class in kinds:
                raise self._refused(node, "a shape that is a class")
            if SH.PropertyShape in kinds or not _TARGETS.isdisjoint(values):
                shape = self._shape(node)
                if shape.targets and not self._deactivated(node):
                    yield shape

    def _shape(self, node: Term, reports: bool = True) -> Shape:
        import pyoxigraph as ox

        if node in self._open:
            raise self._refused(node, "a shape that leads back to itself")
        if node in self._read:
            shape = self._read[node]
            self._speaks(node, shape, reports)
            return shape
        if node not in self._values:
            raise self._wrong(node, "is no shape; describe it, or leave it out")
        for predicate, values in self._values[node].items():
            name = predicate.removeprefix(_SH)
            if name != predicate and name not in _KNOWN:
                raise self._refused(node, f"sh:{name}")
            if name in _ONE and len(values) > 1:
                raise self._wrong(node, f"has sh:{name} twice; keep one")
        kinds = {kind.value for kind in self._values[node].get(RDF.type, ())}
        path = self._all(node, "path")
        if SH.PropertyShape in kinds and not path:
            raise self._wrong(node, "is a property shape without sh:path; give it one")
        severity = (self._all(node, "severity") or [ox.NamedNode(SH.Violation)])[0].value.removeprefix(_SH)
        shape = Shape(
            name=self._named(node),
            path=self._path(path[0]) if path else None,
            severity=next((known for known in SEVERITIES if known == severity), "Violation"),
            message=" ".join("; ".join(sorted(text.value for text in self._all(node, "message"))).split()),
            targets={name.removeprefix(_SH): found for name, found in self._values[node].items() if name in _TARGETS},
        )
        self._read[node] = shape
        self._open.add(node)
        for predicate, values in self._values[node].items():
            parameter = predicate.removeprefix(_SH)
            if kind := PARAMETERS.get(parameter):
                for value in values:
                    shape.constraints.extend(self._constraint(node, shape, parameter, kind, value, reports))
        self._open.remove(node)
        self._speaks(node, shape, reports)
        return shape

    def _speaks(self, node: Term, shape: Shape, reports: bool) -> None:
        own = [c for c in shape.constraints if c.parameter not in ("property", "sparql")]
        if reports and own and not shape.message:
            # The reference makes up a text of its own, which speaks of how it is built.
            raise self._refused(node, "a shape without sh:message")

    def _constraint(
        self, node: Term, shape: Shape, parameter: str, kind: str, value: Term, reports: bool
    ) -> Iterator[Constraint]:
        found: Any = value
        if kind == "number":
            found = int(value.value)
        elif kind == "switch":
            if value.value not in ("true", "1"):
                return
            if parameter == "closed":
                found = self._allowed(node)
        elif kind == "text":
            try:
                found = re.compile(value.value)
            except re.error as error:
                raise self._wrong(node, f"has a sh:pattern that is no regular expression ({error}); mend it") from None
        elif kind == "shape":
            # What a shape inside sh:not finds is not reported, what one inside sh:property or sh:node finds is.
            found = self._shape(value, reports and parameter != "not")
            if self._deactivated(value):
                return
        elif kind == "terms":
            found = tuple(self._list(value))
        elif kind == "shapes":
            found = tuple(self._shape(each, False) for each in self._list(value) if not self._deactivated(each))
        elif kind == "query":
            found = self._query(node, shape, value)
        yield Constraint(parameter, found)

    def _query(self, node: Term, shape: Shape, rule: Term) -> Query:
        text = self._all(rule, "select")
        if len(text) != 1 or shape.path is not None or set(shape.targets) != {"targetNode"} or self._owners.get(node):
            raise self._refused(node, "sh:sparql that is no sh:select on a node shape that targets nodes by name")
        if self._all(rule, "deactivated"):
            raise self._refused(rule, "sh:deactivated on a query")
        declared = [each for place in self._all(rule, "prefixes") for each in self._all(place, "declare")]
        prefixes = {self._all(each, "prefix")[0].value: self._all(each, "namespace")[0].value for each in declared}
        messages = self._all(rule, "message") or self._all(node, "message")
        if not messages:
            raise self._refused(rule, "a query without sh:message")
        return Query(text[0].value, prefixes, tuple(sorted(message.value for message in messages)))

    def _allowed(self, node: Term) -> frozenset[Term]:
        """The properties of a closed shape: those of its property shapes, and those that it ignores."""
        named = {path for shape in self._all(node, "property") for path in self._all(shape, "path")}
        return frozenset(named.union(*(self._list(ignored) for ignored in self._all(node, "ignoredProperties"))))

    def _path(self, node: Term) -> Path:
        import pyoxigraph as ox

        if isinstance(node, ox.NamedNode):
            return Path("predicate", node)
        if RDF.first in self._values.get(node, ()):
            return Path("sequence", steps=tuple(map(self._path, self._list(node))))
        for kind in _MODIFIERS:
            if inner := self._all(node, kind):
                return Path(kind, steps=(self._path(inner[0]),))
        if choices := self._all(node, "alternativePath"):
            return Path("alternativePath", steps=tuple(map(self._path, self._list(choices[0]))))
        raise self._wrong(node, "is no property path; write one of those of SHACL, section 2.3.1")

    def _list(self, head: Term) -> Iterator[Term]:
        seen = set()
        while getattr(head, "value", None) != RDF.nil:
            first, rest = (self._values.get(head, {}).get(name, ()) for name in (RDF.first, RDF.rest))
            if len(first) != 1 or len(rest) != 1 or head in seen:
                raise self._wrong(head, "is no list; write it in brackets")
            seen.add(head)
            yield first[0]
            head = rest[0]

    def _all(self, node: Term, name: str) -> list[Term]:
        return self._values.get(node, {}).get(_SH + name, [])

    def _deactivated(self, node: Term) -> bool:
        return any(value.value in ("true", "1") for value in self._all(node, "deactivated"))

    def _named(self, node: Term) -> str:
        import pyoxigraph as ox

        seen: set[Term] = set()
        while isinstance(node, ox.BlankNode) and node in self._owners and node not in seen:
            seen.add(node)
            node = min(self._owners[node], key=str)
        return str(node.value) if isinstance(node, ox.NamedNode) else ""

    def _refused(self, node: Term, what: str) -> DataError:
        unknown = f"{what} ({shorten(self._named(node))}) is not among what the engine {self._engine} knows"
        return DataError(unknown, "use --engine pyshacl", file=self._file)

    def _wrong(self, node: Term, what: str) -> DataError:
        problem, _, remedy = f"the engine {self._engine} cannot run the shapes: {shorten(self._named(node))} {what}".partition("; ")
        return DataError(problem, remedy, file=self._file)
