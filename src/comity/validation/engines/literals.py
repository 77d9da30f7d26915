"""What a literal is worth, as pyshacl judges it: plain forms by themselves, everything else by rdflib."""

from __future__ import annotations

import re
from collections.abc import Container
from datetime import date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from comity.bridge import to_rdflib_term
from comity.terms import RDF, XSD

if TYPE_CHECKING:
    import pyoxigraph as ox
    import rdflib

# A closed namespace looks for each term by name; these are asked for once a value.
LANG_STRING: Final = RDF.langString
_STRING: Final = XSD.string
_DATE: Final = XSD.date
_INTEGER: Final = XSD.integer
_PLAIN: Final = {
    _INTEGER: re.compile(r"-?[0-9]{1,18}").fullmatch,
    XSD.decimal: re.compile(r"-?[0-9]{1,18}\.[0-9]{1,18}").fullmatch,
    XSD.boolean: re.compile(r"true|false").fullmatch,
}
#: What rdflib makes of well-formed literals; of other datatypes anything will do.
_KINDS: Final[dict[str, type]] = {
    _INTEGER: int,
    XSD.float: float,
    XSD.decimal: Decimal,
    XSD.boolean: bool,
    _DATE: date,
    XSD.time: time,
    XSD.dateTime: datetime,
}
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}").fullmatch


def has_datatype(literal: Any, datatype: str) -> bool:
    """Tell whether the term is a literal that has the datatype and is well formed.

    What datatypes there are, and what is well formed, is for pyshacl to say: the forms that everybody writes are seen
    here, for speed.
    """
    import pyoxigraph as ox

    if not isinstance(literal, ox.Literal):
        return False
    if datatype == LANG_STRING:
        return literal.language is not None
    if literal.datatype.value != datatype:
        return False
    if datatype == _STRING:
        return True
    text = literal.value
    if datatype == _DATE and _is_day(text):
        return True
    plain = _PLAIN.get(datatype)
    return (plain is not None and plain(text) is not None) or _well_formed(literal, datatype)


def _is_day(text: str) -> bool:
    if _DAY(text) is None:
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _well_formed(literal: ox.Literal, datatype: str) -> bool:
    value = _read(literal)
    kind = _KINDS.get(datatype)
    return value.ill_typed is not True and (kind is None or isinstance(value.value, kind))


def _read(literal: ox.Literal) -> rdflib.Literal:
    import rdflib

    found = to_rdflib_term(literal)
    assert isinstance(found, rdflib.Literal)
    return found


def in_order(left: Any, right: Any, equal: bool) -> bool:
    """Tell whether the left term comes before the right one, or, where `equal`, is as great (SHACL, section 4.5.3)."""
    import pyoxigraph as ox

    if isinstance(left, ox.BlankNode) or isinstance(right, ox.BlankNode):
        return False
    a, b = _comparable(left), _comparable(right)
    if (type(a) is str) != (type(b) is str):
        return False
    try:
        return bool(a <= b if equal else a < b)
    except TypeError:
        return False


def plain_day(term: Any) -> str:
    """Return the text of a day written as usual, which sorts as the days do; of anything else, an empty one."""
    import pyoxigraph as ox

    if isinstance(term, ox.Literal) and term.datatype.value == _DATE and _is_day(term.value):
        return term.value
    return ""


def _comparable(term: Any) -> Any:
    """A name or a text compares as a string, anything else as rdflib compares literals."""
    import pyoxigraph as ox

    if isinstance(term, ox.NamedNode):
        return term.value
    value = _read(term)
    return str(value.value) if isinstance(value.value, str) else value


def within(term: Any, bound: ox.Literal, fits: Container[int]) -> bool:
    """Tell whether how the term compares with the bound, as -1, 0 or 1, is one of `fits`; what cannot be compared does not fit."""
    import pyoxigraph as ox

    if not isinstance(term, ox.Literal):
        return False
    if term.datatype.value == bound.datatype.value == _INTEGER and _PLAIN[_INTEGER](term.value):
        a, b = int(term.value), int(bound.value)
        return (a > b) - (a < b) in fits
    from pyshacl.rdfutil.compare import compare_literal

    one, other = _read(term), _read(bound)
    if isinstance(one.value, str) != isinstance(other.value, str):
        return False
    try:
        return compare_literal(one, other) in fits  # type: ignore[no-untyped-call]  # it has no annotations
    except (TypeError, NotImplementedError):
        return False


def text_of(term: Any) -> str | None:
    """Return the text that lengths and patterns speak of; a blank node has none."""
    import pyoxigraph as ox

    return None if isinstance(term, ox.BlankNode) else str(term.value)
