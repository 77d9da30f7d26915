"""Writes shapes as SPARQL 1.1: for each constraint the pattern of what breaks it.

What is written is plain: what binds comes before what tests, every test is true or false and never an error, and all selections are
of different rows. A constraint that cannot be written so is refused by name (:class:`~comity.errors.DataError`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Final

from comity.errors import DataError
from comity.terms import RDF, RDFS, SH, XSD, shorten
from comity.validation.engines.asserted import Asserted, Hidden, written
from comity.validation.engines.literals import LANG_STRING
from comity.validation.engines.shapes import Constraint, Shape, Term

_LEAP: Final = "(0[48]|[2468][048]|[13579][26])"
_DAY: Final = (
    "((0[1-9][0-9]{2}|[1-9][0-9]{3}|00(0[1-9]|[1-9][0-9]))-"
    "((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|1[0-9]|2[0-8]))"
    f"|([0-9]{{2}}{_LEAP}|{_LEAP}00)-02-29)"
)
_ZONE: Final = "(Z|[+-][0-9]{2}:[0-9]{2})?"
_NUMBER: Final = r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)"
_REAL: Final = rf"^({_NUMBER}([eE][+-]?[0-9]+)?|[+-]?INF|NaN)$"
WELL_FORMED: Final[Mapping[str, str]] = {
    XSD.string: "",
    XSD.anyURI: "",
    XSD.integer: "^[+-]?[0-9]+$",
    XSD.decimal: f"^{_NUMBER}$",
    XSD.float: _REAL,
    XSD.double: _REAL,
    XSD.boolean: "^(true|false|1|0)$",
    XSD.date: f"^{_DAY}{_ZONE}$",
    XSD.dateTime: rf"^{_DAY}T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]+)?{_ZONE}$",
}
"""What literals of a datatype look like (XML Schema, part 2), of the years 1 to 9999, which the other engines know; empty: as they like."""
_KINDS: Final = {
    SH.IRI: "isIRI({0})",
    SH.BlankNode: "isBlank({0})",
    SH.Literal: "isLiteral({0})",
    SH.BlankNodeOrIRI: "(isBlank({0}) || isIRI({0}))",
    SH.BlankNodeOrLiteral: "(isBlank({0}) || isLiteral({0}))",
    SH.IRIOrLiteral: "(isIRI({0}) || isLiteral({0}))",
}
_NUMBERS: Final = frozenset((XSD.integer, XSD.decimal, XSD.double, XSD.float))
_BOUNDS: Final = {"minInclusive": ">=", "minExclusive": ">", "maxInclusive": "<=", "maxExclusive": "<"}
_PLAIN_DAY: Final = '"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"'
#: What the engines' kinds of regular expressions do not agree on.
_PECULIAR: Final = re.compile(r"\(\?|\\[1-9AbBGkZzpPxu]|[*+?}]\+|&&|--|\[\[")
_MOST: Final = 4
"""How many values a count may speak of inside another shape, where nothing can be grouped."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A constraint of a shape as a sub-select of what breaks it: ``focus``, and ``value`` and ``path`` where it speaks of such."""

    shape: Shape
    constraint: Constraint
    select: str


@dataclass(frozen=True, slots=True)
class _Breach:
    """What breaks a constraint of a node: a pattern about the node, a test of what it binds, and which variables go into the result."""

    pattern: str = ""
    test: str = ""
    value: str | None = None
    predicate: str | None = None

    @property
    def body(self) -> str:
        return f"{self.pattern} FILTER({self.test})" if self.test else self.pattern


class Translation:
    """The shapes over what is `asserted`. `classes` are the classes below each class that the shapes name, the class itself among them."""

    def __init__(self, shapes: Sequence[Shape], asserted: Asserted, classes: Mapping[Term, Sequence[Term]], file: str) -> None:
        self._shapes = shapes
        self._asserted = asserted
        self._classes = classes
        self._file = file

    def rules(self) -> Iterator[Rule]:
        """Yield what the shapes ask of the nodes that they target. Constraints that are queries are left out."""
        for shape in self._shapes:
            focus = self._asserted.fresh()
            try:
                yield from self._rules(shape, self._targets(shape, focus), focus)
            except Hidden as hidden:
                along = shorten(str(hidden.args[0].value))
                raise self._refused(shape, f"what is asserted along a path of any number of steps of {along}") from None

    # -- focus nodes -------------------------------------------------------------------------------------------------

    def _targets(self, shape: Shape, focus: str) -> str:
        found = []
        for kind, terms in shape.targets.items():
            for term in terms:
                if kind == "targetClass":
                    found.append(self._instances(focus, term))
                elif kind == "targetSubjectsOf":
                    found.append(self._asserted.statement(focus, [term], self._asserted.fresh()))
                elif kind == "targetObjectsOf":
                    found.append(self._asserted.statement(self._asserted.fresh(), [term], focus))
            if kind == "targetNode":
                found.append(f"VALUES {focus} {{ {' '.join(self._term(shape, term) for term in terms)} }}")
        return found[0] if len(found) == 1 else " UNION ".join(f"{{ {each} }}" for each in found)

    def _instances(self, focus: str, name: Term) -> str:
        classes = self._classes[name]
        if len(classes) == 1:
            return self._asserted.statement(focus, [_type()], written(name))
        kind = self._asserted.fresh()
        return f"VALUES {kind} {{ {' '.join(map(written, classes))} }} {self._asserted.statement(focus, [_type()], kind)}"

    # -- what breaks them --------------------------------------------------------------------------------------------

    def _rules(self, shape: Shape, before: str, focus: str) -> Iterator[Rule]:
        """Yield what the shape, and the shapes that it names, report about the nodes that `before` binds to `focus`."""
        for constraint in shape.constraints:
            if constraint.parameter in ("property", "node"):
                # What a node's shape finds is reported beside that the node breaks it (``sh:detail``).
                value, along = self._values(shape, focus)
                yield from self._rules(constraint.value, f"{before} {along}", value)
            if constraint.parameter in ("property", "sparql"):
                continue
            if shape.path is not None and constraint.parameter in ("minCount", "maxCount") and constraint.value > 0:
                select = self._counted(shape, constraint, before, focus)
                if select is not None:
                    yield Rule(shape, constraint, select)
                    continue
            for breach in self._breaches(shape, constraint, focus):
                names = {"focus": focus, "value": breach.value, "path": breach.predicate}
                shown = " ".join(f"({name} AS ?{column})" for column, name in names.items() if name)
                yield Rule(shape, constraint, f"SELECT DISTINCT {shown} WHERE {{ {before} {breach.body} }}")

    def _values(self, shape: Shape, focus: str) -> tuple[str, str]:
        """Return the variable of the values, and the pattern that leads there; without a path they are the nodes themselves."""
        if shape.path is None:
            return focus, ""
        value = self._asserted.fresh()
        return value, self._asserted.path(shape.path, focus, value)

    def _counted(self, shape: Shape, constraint: Constraint, before: str, focus: str) -> str | None:
        """Return the selection of the nodes with too few or too many values; ``None`` where nothing need be counted."""
        value, along = self._values(shape, focus)
        if constraint.parameter == "minCount":
            if constraint.value == 1:
                return None
            body, sign = f"{before} OPTIONAL {{ {along} }}", "<"
        else:
            body, sign = f"{before} {along}", ">"
        having = f"GROUP BY {focus} HAVING (COUNT(DISTINCT {value}) {sign} {constraint.value})"
        return f"SELECT ({focus} AS ?focus) WHERE {{ SELECT {focus} WHERE {{ {body} }} {having} }}"

    def _breaches(self, shape: Shape, constraint: Constraint, focus: str) -> Iterator[_Breach]:
        parameter, asked = constraint.parameter, constraint.value
        value, along = self._values(shape, focus)
        match parameter:
            case "minCount" | "maxCount":
                yield from self._miscounted(shape, parameter, asked, focus)
            case "hasValue":
                term = self._term(shape, asked)
                if shape.path is None:
                    yield _Breach(test=f"!sameTerm({focus}, {term})")
                else:
                    yield _Breach(test=f"NOT EXISTS {{ {self._asserted.path(shape.path, focus, term)} }}")
            case "uniqueLang":
                other, again = self._values(self._with_path(shape, "uniqueLang"), focus)
                tags = f"LANG({value}) != \"\" && LCASE(LANG({value})) = LCASE(LANG({other}))"
                yield _Breach(f"{along} {again}", f"{tags} && !sameTerm({value}, {other})")
            case "equals":
                yield _Breach(along, f"NOT EXISTS {{ {self._asserted.statement(focus, [asked], value)} }}", value)
                other = self._asserted.fresh()
                reached = f"sameTerm({other}, {focus})"
                if shape.path is not None:
                    reached = f"EXISTS {{ {self._asserted.path(shape.path, focus, other)} }}"
                yield _Breach(self._asserted.statement(focus, [asked], other), f"!({reached})", other)
            case "disjoint":
                yield _Breach(f"{along} {self._asserted.statement(focus, [asked], value)}", value=value)
            case "lessThan" | "lessThanOrEquals":
                other = self._asserted.fresh()
                test = f"!({_in_order(value, other, '<' if parameter == 'lessThan' else '<=')})"
                yield _Breach(f"{along} {self._asserted.statement(focus, [asked], other)}", test, value)
            case "closed":
                predicate, other = self._asserted.fresh(), self._asserted.fresh()
                allowed = ", ".join(sorted(written(term) for term in asked if type(term).__name__ == "NamedNode"))
                tests = [f"{predicate} NOT IN ({allowed})"] if allowed else []
                tests.append(f"!({predicate} = {written(_type())} && sameTerm({other}, <{RDFS.Resource}>))")
                yield _Breach(f"{along} {self._asserted.statement(value, predicate, other)}", " && ".join(tests), other, predicate)
            case _:
                yield _Breach(along, self._wrong(shape, constraint, value), value)

    def _miscounted(self, shape: Shape, parameter: str, asked: int, focus: str) -> Iterator[_Breach]:
        """The same as :meth:`_counted` as a test of one node: so many different values, or not so many."""
        self._with_path(shape, parameter)
        number = asked if parameter == "minCount" else asked + 1
        if number == 0:
            return
        if number > _MOST:
            raise self._refused(shape, f"sh:{parameter} {asked} inside another shape")
        each = [self._values(shape, focus) for _ in range(number)]
        pattern = " ".join(along for _, along in each)
        different = " && ".join(f"!sameTerm({one}, {other})" for one, other in combinations([value for value, _ in each], 2))
        if parameter == "maxCount":
            yield _Breach(pattern, different)
        else:
            yield _Breach(test=f"NOT EXISTS {{ {_Breach(pattern, different).body} }}")

    def _fails(self, shape: Shape, node: str) -> str:
        """Return the test whether the node does not conform to the shape."""
        found = []
        for constraint in shape.constraints:
            if constraint.parameter == "sparql":
                raise self._refused(shape, "sh:sparql inside another shape")
            if constraint.parameter == "property":
                value, along = self._values(shape, node)
                breaches: list[_Breach] = [_Breach(along, self._fails(constraint.value, value))]
            else:
                breaches = list(self._breaches(shape, constraint, node))
            found += [f"EXISTS {{ {breach.body} }}" if breach.pattern else f"({breach.test})" for breach in breaches]
        return _any(found)

    def _wrong(self, shape: Shape, constraint: Constraint, value: str) -> str:
        """Return the test whether a value is wrong by itself."""
        asked = constraint.value
        match constraint.parameter:
            case "class":
                kind = self._asserted.fresh()
                typed = self._asserted.statement(value, [_type()], kind)
                classes = ", ".join(map(written, self._classes[asked]))
                return f"isLiteral({value}) || NOT EXISTS {{ {typed} FILTER({kind} IN ({classes})) }}"
            case "in":
                return " && ".join(f"!sameTerm({value}, {self._term(shape, term)})" for term in asked) or "true"
            case "datatype":
                return f"!({self._typed(shape, asked.value, value)})"
            case "nodeKind":
                return f"!{_KINDS[asked.value].format(value)}"
            case "pattern":
                if _PECULIAR.search(asked.pattern):
                    raise self._refused(shape, f"the regular expression {asked.pattern}")
                return f"isBlank({value}) || !REGEX(STR({value}), {_quoted(asked.pattern)})"
            case "minLength":
                return f"isBlank({value}) || STRLEN(STR({value})) < {asked}" if asked > 0 else "false"
            case "maxLength":
                return f"isBlank({value}) || STRLEN(STR({value})) > {asked}"
            case "minInclusive" | "minExclusive" | "maxInclusive" | "maxExclusive" as bound:
                # Of text and a number Virtuoso says which is less, where the standard has an error.
                comparable = "isNumeric" if asked.datatype.value in _NUMBERS else "isLiteral"
                return f"!COALESCE({comparable}({value}) && {value} {_BOUNDS[bound]} {asked}, false)"
            case "node":
                return self._fails(asked, value)
            case "not":
                return f"!({self._fails(asked, value)})"
            case "and":
                return _any([self._fails(each, value) for each in asked])
            case "or":
                return " && ".join(f"({self._fails(each, value)})" for each in asked) or "false"
            case "xone":
                tests = [f"({self._fails(each, value)})" for each in asked]
                alone = [" && ".join(f"!{test}" if i == met else test for i, test in enumerate(tests)) for met in range(len(tests))]
                return f"!({_any([f'({each})' for each in alone])})" if tests else "false"
        raise AssertionError(constraint.parameter)

    def _typed(self, shape: Shape, datatype: str, value: str) -> str:
        if datatype == LANG_STRING:
            return f'isLiteral({value}) && LANG({value}) != ""'
        if datatype not in WELL_FORMED and datatype.startswith((str(XSD), str(RDF))):
            raise self._refused(shape, f"sh:datatype {shorten(datatype)}")
        form = WELL_FORMED.get(datatype)
        formed = f" && REGEX(STR({value}), {_quoted(form)})" if form else ""
        return f"isLiteral({value}) && DATATYPE({value}) = <{datatype}>{formed}"

    # -- within ------------------------------------------------------------------------------------------------------

    def _with_path(self, shape: Shape, parameter: str) -> Shape:
        if shape.path is None:
            raise self._refused(shape, f"sh:{parameter} on a shape without sh:path")
        return shape

    def _term(self, shape: Shape, term: Any) -> str:
        if type(term).__name__ == "BlankNode":
            raise self._refused(shape, "a blank node for a value")
        return written(term)

    def _refused(self, shape: Shape, what: str) -> DataError:
        return DataError(f"{what} ({shorten(shape.name)}) cannot be asked in SPARQL", "use --engine compiled", file=self._file)


def _in_order(left: str, right: str, sign: str) -> str:
    """Return the test whether the left value comes before the right one.

    Days compare as texts, which sort alike, for SPARQL knows no order of days; names too, as in the reference.
    """
    days = " && ".join(f"DATATYPE({each}) = <{XSD.date}> && REGEX(STR({each}), {_PLAIN_DAY})" for each in (left, right))
    kinds = ", ".join(f"<{kind}>" for kind in (XSD.string, XSD.anyURI, RDF.langString))
    texts = " && ".join(f"(isIRI({each}) || COALESCE(DATATYPE({each}) IN ({kinds}), false))" for each in (left, right))
    as_text = f"STR({left}) {sign} STR({right})"
    # Of values of two kinds Virtuoso says which is less, where the standard has an error.
    alike = f"(isNumeric({left}) && isNumeric({right}) || DATATYPE({left}) = DATATYPE({right}))"
    return f"IF(COALESCE({days}, false) || ({texts}), {as_text}, COALESCE({alike} && {left} {sign} {right}, false))"


def _any(tests: Sequence[str]) -> str:
    return " || ".join(tests) if tests else "false"


def _quoted(text: str) -> str:
    import pyoxigraph as ox

    return str(ox.Literal(text))


def _type() -> Any:
    import pyoxigraph as ox

    return ox.NamedNode(RDF.type)
