"""The values in a table's cells, and the RDF terms that they stand for."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, Final, Literal, get_args

from comity.terms import XSD

ColumnType = Literal["iri", "string", "date", "datetime", "integer", "decimal", "double", "boolean", "any"]
COLUMN_TYPES: Final[tuple[ColumnType, ...]] = get_args(ColumnType)

INTEGER_DATATYPES: Final = frozenset(
    XSD[name]
    for name in (
        *("integer", "nonNegativeInteger", "positiveInteger", "nonPositiveInteger", "negativeInteger"),
        *("long", "int", "short", "byte", "unsignedLong", "unsignedInt", "unsignedShort", "unsignedByte"),
    )
)
_DATE_FORM: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DATETIME_FORM: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+(Z|[+-][0-9]{2}:[0-9]{2})?")
_INTEGER_FORM: Final = re.compile(r"[+-]?[0-9]+")
_DECIMAL_FORM: Final = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)")


class Iri(str):
    """An IRI in a cell. It is a ``str``, so it can be used wherever one can."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"Iri({str.__repr__(self)})"


class BlankId(str):
    """The label of a node without an IRI, meaningful only inside one table."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"BlankId({str.__repr__(self)})"


class Text(str):
    """A literal that is more than a plain string: its language tag, or a datatype that no Python type stands for."""

    language: str | None
    datatype: str | None

    def __new__(cls, value: str, language: str | None = None, datatype: str | None = None) -> Text:
        """Make the text `value`; `language` is a BCP 47 tag, `datatype` an IRI, at most one of them."""
        text = super().__new__(cls, value)
        text.language = language
        text.datatype = datatype
        return text

    def __reduce__(self) -> tuple[Any, ...]:
        return (Text, (str(self), self.language, self.datatype))


Cell = str | int | float | Decimal | bool | dt.date | dt.datetime | None


def cell_of(term: Any) -> Cell:
    """Return the Python value of a pyoxigraph term; a literal that no Python type fits stays a :class:`Text`."""
    import pyoxigraph as ox

    if term is None:
        return None
    if isinstance(term, ox.NamedNode):
        return Iri(term.value)
    if isinstance(term, ox.BlankNode):
        return BlankId(term.value)
    if isinstance(term, ox.Literal):
        if term.language:
            return Text(term.value, language=term.language)
        return literal_cell(term.value, term.datatype.value)
    return Text(str(term))


def literal_cell(value: str, datatype: str) -> Cell:
    """Return the Python value of the lexical form `value` under the IRI `datatype`."""
    local = datatype.removeprefix(str(XSD))
    try:
        if local == "string":
            return value
        if datatype in INTEGER_DATATYPES and _INTEGER_FORM.fullmatch(value):
            return int(value)
        if local == "decimal" and _DECIMAL_FORM.fullmatch(value):
            return Decimal(value)
        if local in ("double", "float"):
            return float(value.replace("INF", "inf"))
        if local == "boolean" and value in ("true", "false", "1", "0"):
            return value in ("true", "1")
        if local == "date" and _DATE_FORM.fullmatch(value):
            return dt.date.fromisoformat(value)
        if local == "dateTime" and _DATETIME_FORM.fullmatch(value):
            return dt.datetime.fromisoformat(value)
    except ValueError:
        pass
    return Text(value, datatype=datatype)


def term_of(cell: Cell) -> Any:
    """Return the pyoxigraph term that the Python value `cell` stands for; ``None`` stays ``None``."""
    import pyoxigraph as ox

    if cell is None:
        return None
    if isinstance(cell, Iri):
        return ox.NamedNode(cell)
    if isinstance(cell, BlankId):
        return ox.BlankNode(cell)
    if isinstance(cell, Text):
        if cell.language:
            return ox.Literal(str(cell), language=cell.language)
        return ox.Literal(str(cell), datatype=ox.NamedNode(cell.datatype)) if cell.datatype else ox.Literal(str(cell))
    if isinstance(cell, str):
        return ox.Literal(cell)
    return ox.Literal(plain(cell), datatype=ox.NamedNode(XSD[_datatype_name(cell)]))


def _datatype_name(cell: Cell) -> str:
    if isinstance(cell, bool):
        return "boolean"
    if isinstance(cell, int):
        return "integer"
    if isinstance(cell, Decimal):
        return "decimal"
    if isinstance(cell, float):
        return "double"
    return "dateTime" if isinstance(cell, dt.datetime) else "date"


def plain(cell: Cell) -> str:
    """Return the cell as bare text: the lexical form of its literal, the IRI itself, nothing for no value."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, BlankId):
        return "_:" + cell
    if isinstance(cell, Decimal):
        return format(cell, "f")
    if isinstance(cell, float):
        return str(cell).replace("inf", "INF").replace("nan", "NaN")
    if isinstance(cell, (dt.date, dt.datetime)):
        return cell.isoformat()
    return str(cell)


def _type_of(cell: Cell) -> ColumnType:
    if isinstance(cell, (Iri, BlankId)):
        return "iri"
    if isinstance(cell, Text) and cell.datatype:
        return "any"
    if isinstance(cell, str):
        return "string"
    name = _datatype_name(cell)
    return "datetime" if name == "dateTime" else name  # type: ignore[return-value]


def common_type(cells: Iterable[Cell]) -> ColumnType:
    """Return the type of a column with these cells: the one that all of them have, or ``any``."""
    types = {_type_of(cell) for cell in cells if cell is not None}
    if not types:
        return "string"
    if types == {"integer", "decimal"}:
        return "decimal"
    return types.pop() if len(types) == 1 else "any"
