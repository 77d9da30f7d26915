"""Literals as values: what SPARQL's comparisons and OWL's datatypes say of them.

Only what is certain is said: a comparison that SPARQL would call an error is simply not true, so no rule fires on it.
Lexical forms outside a datatype (a 30th of February) are not judged here but by the shapes.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from functools import cache, lru_cache
from typing import Any, Final

from pyoxigraph import Literal, NamedNode

from comity.terms import RDF, RDFS, XSD

_X: Final = str(XSD)

# Each integer datatype with its bounds (XML Schema 1.1 part 2, section 3.4).
_BOUNDS: Final[dict[str, tuple[int | None, int | None]]] = {
    XSD.integer: (None, None),
    XSD.nonNegativeInteger: (0, None),
    XSD.positiveInteger: (1, None),
    XSD.nonPositiveInteger: (None, 0),
    XSD.negativeInteger: (None, -1),
    XSD.long: (-(2**63), 2**63 - 1),
    XSD.int: (-(2**31), 2**31 - 1),
    XSD.short: (-(2**15), 2**15 - 1),
    XSD.byte: (-128, 127),
    XSD.unsignedLong: (0, 2**64 - 1),
    XSD.unsignedInt: (0, 2**32 - 1),
    XSD.unsignedShort: (0, 2**16 - 1),
    XSD.unsignedByte: (0, 255),
}
# Each datatype with those above it, nearest first.
_PARENT: Final[dict[str, str]] = {
    XSD.integer: XSD.decimal,
    XSD.nonNegativeInteger: XSD.integer,
    XSD.positiveInteger: XSD.nonNegativeInteger,
    XSD.nonPositiveInteger: XSD.integer,
    XSD.negativeInteger: XSD.nonPositiveInteger,
    XSD.long: XSD.integer,
    XSD.int: XSD.long,
    XSD.short: XSD.int,
    XSD.byte: XSD.short,
    XSD.unsignedLong: XSD.nonNegativeInteger,
    XSD.unsignedInt: XSD.unsignedLong,
    XSD.unsignedShort: XSD.unsignedInt,
    XSD.unsignedByte: XSD.unsignedShort,
    XSD.normalizedString: XSD.string,
    XSD.token: XSD.normalizedString,
    XSD.language: XSD.token,
    XSD.Name: XSD.token,
    XSD.NCName: XSD.Name,
    XSD.NMTOKEN: XSD.token,
    XSD.dateTimeStamp: XSD.dateTime,
}
# Datatypes whose value spaces are pairwise disjoint.
_PRIMITIVE: Final = frozenset(
    _X + name
    for name in [
        "decimal",
        "string",
        "boolean",
        "float",
        "double",
        "dateTime",
        "date",
        "time",
        "gYear",
        "gMonth",
        "gDay",
        "gYearMonth",
        "gMonthDay",
        "anyURI",
        "hexBinary",
        "base64Binary",
    ]
) | {RDF.langString}
KNOWN_DATATYPES: Final = frozenset(_PARENT) | _PRIMITIVE | {RDFS.Literal}
"""The datatypes of which the engine knows the value space."""

_FLOATING: Final = frozenset((XSD.double, XSD.float))
_ZONED: Final = re.compile(r"(?:Z|[+-]\d\d:\d\d)$")


@cache
def ancestors(datatype: str) -> tuple[str, ...]:
    """The datatype and those it is derived from, nearest first; every datatype's values are in ``rdfs:Literal``."""
    chain = [datatype]
    while chain[-1] in _PARENT:
        chain.append(_PARENT[chain[-1]])
    return (*chain, RDFS.Literal)


@cache
def descendants(datatype: str) -> tuple[str, ...]:
    """The datatype and the known ones derived from it, sorted."""
    return tuple(sorted(known for known in KNOWN_DATATYPES - {RDFS.Literal} if datatype in ancestors(known)))


def _primitive(datatype: str) -> str | None:
    top = ancestors(datatype)[-2]
    return top if top in _PRIMITIVE else None


def in_datatype(literal: Literal, datatype: str) -> bool:
    """Whether the literal's own datatype is `datatype` or derived from it (rules dt-type2 and cax-sco on datatypes)."""
    return datatype in ancestors(literal.datatype.value)


def outside_datatype(literal: Literal, datatype: str) -> bool:
    """Whether the literal is certainly not in the value space of `datatype`: another primitive, or out of bounds."""
    verdict = _outside(literal.datatype.value, datatype)
    if verdict is not None:
        return verdict
    number = _decimal(literal.value)
    if number is None:
        return False
    low, high = _BOUNDS[datatype]
    return number != number.to_integral_value() or (low is not None and number < low) or (high is not None and number > high)


@cache
def _outside(mine: str, datatype: str) -> bool | None:
    """Whether all literals of datatype `mine` are outside `datatype`; ``None`` if that depends on the number."""
    if datatype == RDFS.Literal or datatype in ancestors(mine):
        return False
    own, wanted = _primitive(mine), _primitive(datatype)
    if own is None or wanted is None:
        return False
    if own != wanted:
        return True
    return None if datatype in _BOUNDS else False


def _sparql_in(var: str, datatype: str, term: Callable[[NamedNode], str]) -> str:
    if datatype == RDFS.Literal:
        return f"isLiteral({var})"
    names = ", ".join(term(NamedNode(name)) for name in descendants(datatype))
    return f"isLiteral({var}) && DATATYPE({var}) IN ({names})"


def _sparql_outside(var: str, datatype: str, term: Callable[[NamedNode], str]) -> str:
    wanted = _primitive(datatype)
    if wanted is None:
        return "false"
    others = ", ".join(term(NamedNode(name)) for name in sorted(KNOWN_DATATYPES - {RDFS.Literal}) if _primitive(name) != wanted)
    test = f"DATATYPE({var}) IN ({others})"
    if datatype in _BOUNDS:
        low, high = _BOUNDS[datatype]
        tests = [test, f"{var} != FLOOR({var})"]
        tests += [f"{var} < {low}"] if low is not None else []
        tests += [f"{var} > {high}"] if high is not None else []
        test = " || ".join(tests)
    return f"isLiteral({var}) && ({test})"


DATATYPE_TESTS: Final[dict[str, Callable[[str, str, Callable[[NamedNode], str]], str]]] = {
    "in-datatype": _sparql_in,
    "outside-datatype": _sparql_outside,
}
"""The datatype tests of :class:`~comity.inference.model.Condition`, each with the writer of its SPARQL text."""


def _decimal(lexical: str) -> Decimal | None:
    try:
        return Decimal(lexical.strip())
    except InvalidOperation:
        return None


@lru_cache(maxsize=65536)
def _value(literal: Literal) -> tuple[str, Any] | None:
    """A family and a comparable value in it; ``None`` where SPARQL defines no order or equality of values."""
    datatype = literal.datatype.value
    if literal.language is not None:
        return f"@{literal.language.lower()}", literal.value
    top = _primitive(datatype)
    if top == XSD.decimal:
        number = _decimal(literal.value)
        return None if number is None or not number.is_finite() else ("number", number)
    if top in _FLOATING:
        try:
            return "number", float(literal.value.replace("INF", "inf"))
        except ValueError:
            return None
    if top == XSD.string:
        return "string", literal.value
    if top == XSD.boolean:
        return {
            "true": ("boolean", True),
            "1": ("boolean", True),
            "false": ("boolean", False),
            "0": ("boolean", False),
        }.get(literal.value)
    if top in (XSD.date, XSD.dateTime):
        # Two zoneless dates of the common era, or two in UTC, compare as their lexical forms; other zones are left
        # alone.
        zone = _ZONED.search(literal.value)
        if literal.value.startswith("-") or (zone and zone.group() not in ("Z", "+00:00")):
            return None
        return f"{top}{'Z' if zone else ''}", literal.value[: zone.start()] if zone else literal.value
    return None


def holds(op: str, left: NamedNode | Literal | Any, right: NamedNode | Literal | Any) -> bool:
    """Whether the comparison is true of two terms, by value for literals; a type error of SPARQL is not true."""
    if op == "in-datatype":
        return isinstance(left, Literal) and in_datatype(left, right.value)
    if op == "outside-datatype":
        return isinstance(left, Literal) and outside_datatype(left, right.value)
    if op == "precedes":
        return str(left.value) < str(right.value)
    if not isinstance(left, Literal) or not isinstance(right, Literal):
        return left == right if op == "=" else op == "!=" and left != right
    if left == right and op in ("=", "!="):
        return op == "="
    mine, theirs = _value(left), _value(right)
    if mine is None or theirs is None:
        return False
    if mine[0] != theirs[0]:
        # Values of different families are different values, and have no order.
        return op == "!="
    a, b = mine[1], theirs[1]
    if op in ("<", "<=", ">", ">=") and mine[0].startswith("@"):
        return False
    return bool(
        {"=": a == b, "!=": a != b, "<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b}[op]
        if mine[0] != "number" or isinstance(a, type(b))
        else _compare_mixed(op, float(a), float(b))
    )


def _compare_mixed(op: str, a: float, b: float) -> bool:
    return {"=": a == b, "!=": a != b, "<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b}[op]
