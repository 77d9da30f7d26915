"""Answers as tables: named, typed columns; rows of Python values; every common format.

A :class:`Table` is what every question and every query returns. It never changes. Its cells are Python values:

================  ==========================================================================================
column type       cell
================  ==========================================================================================
``iri``           :class:`Iri` (a ``str``), or :class:`BlankId` for a node without a name
``string``        ``str``; :class:`Text` when the literal has a language
``date``          ``datetime.date``, proleptic Gregorian calendar, no time zone
``datetime``      ``datetime.datetime``
``integer``       ``int``
``decimal``       ``decimal.Decimal``, exact
``double``        ``float``
``boolean``       ``bool``
``any``           a mixture of these; literals of other datatypes are :class:`Text` carrying the datatype
================  ==========================================================================================

``None`` always means "no value" (unbound). A column ``x`` that holds IRIs may stand beside a column ``xLabel`` that
holds their names; the views meant for reading (text, Markdown, HTML) then show one column, the name.

>>> table = Table(
...     [Column("state", "iri"), Column("stateLabel", "string"), Column("since", "date")],
...     [(Iri("https://w3id.org/comity/id/state/CHN"), "China", dt.date(2001, 6, 15))],
... )
>>> table[0].stateLabel, table[0]["since"].year
('China', 2001)
>>> print(table.to_csv(), end="")
state,stateLabel,since\r
https://w3id.org/comity/id/state/CHN,China,2001-06-15\r
"""

from __future__ import annotations

import csv
import datetime as dt
import html
import io
import json
import math
import operator
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, Literal, get_args, overload

from comity.terms import XSD, shorten
from comity.textgrid import draw

if TYPE_CHECKING:
    import pandas
    import polars
    import pyarrow
    import pyoxigraph as ox

    from comity.store.contract import Solutions

ColumnType = Literal["iri", "string", "date", "datetime", "integer", "decimal", "double", "boolean", "any"]
COLUMN_TYPES: Final[tuple[ColumnType, ...]] = get_args(ColumnType)
TableKind = Literal["select", "ask", "construct"]

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


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name, the type of its cells, what they mean, and their unit (``None`` if they have none)."""

    name: str
    type: ColumnType = "any"
    meaning: str = ""
    unit: str | None = None


class Row(tuple[Any, ...]):
    """One row: a tuple whose cells can also be taken by column name, ``row["since"]`` or ``row.since``."""

    __slots__ = ()
    _names: tuple[str, ...] = ()

    @overload  # type: ignore[override]
    def __getitem__(self, key: int | str) -> Any: ...
    @overload
    def __getitem__(self, key: slice) -> tuple[Any, ...]: ...
    def __getitem__(self, key: int | str | slice) -> Any:
        if isinstance(key, str):
            try:
                return tuple.__getitem__(self, self._names.index(key))
            except ValueError:
                raise KeyError(f"no column {key!r}; columns: {', '.join(self._names)}") from None
        return tuple.__getitem__(self, key)

    def __getattr__(self, name: str) -> Any:
        try:
            return tuple.__getitem__(self, self._names.index(name))
        except ValueError:
            raise AttributeError(f"no column {name!r}; columns: {', '.join(self._names)}") from None

    def asdict(self) -> dict[str, Any]:
        """Return the row as ``{column name: cell}``, in column order."""
        return dict(zip(self._names, self, strict=True))

    def __repr__(self) -> str:
        return f"Row({', '.join(f'{name}={cell!r}' for name, cell in self.asdict().items())})"

    def __reduce__(self) -> tuple[Any, ...]:
        return (_make_row, (self._names, tuple(self)))


def _row_class(names: tuple[str, ...]) -> type[Row]:
    # Real properties, so that a column called `count` or `index` is the cell and not the tuple's method.
    cells = {
        name: property(operator.itemgetter(index))
        for index, name in enumerate(names)
        if name.isidentifier() and not name.startswith("_") and name != "asdict"
    }
    return type("Row", (Row,), {"__slots__": (), "_names": names, **cells})


def _make_row(names: tuple[str, ...], cells: tuple[Any, ...]) -> Row:
    return _row_class(names)(cells)


class Table:
    """An immutable table of answers.

    ``columns`` and ``rows`` are tuples; ``len(table)``, iteration, ``table[0]`` and ``table[2:5]`` work on rows;
    ``table.column("name")`` gives one column's cells. ``kind`` says what kind of query it answers.
    """

    __slots__ = ("_terms", "columns", "kind", "rows", "title")

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    kind: TableKind
    title: str

    def __init__(
        self,
        columns: Iterable[Column | str],
        rows: Iterable[Sequence[Cell]],
        *,
        kind: TableKind = "select",
        title: str = "",
        terms: Sequence[Sequence[Any]] | None = None,
    ) -> None:
        """Make a table of `rows` under `columns` (a bare name is a column of type ``any``).

        `terms` are the RDF terms that the cells stand for; given, the SPARQL formats repeat them exactly.
        Raises ``ValueError`` when a row has another number of cells than there are columns.
        """
        made = tuple(column if isinstance(column, Column) else Column(column) for column in columns)
        names = tuple(column.name for column in made)
        if len(set(names)) != len(names):
            raise ValueError(f"two columns have the same name: {', '.join(names)}")
        row_class = _row_class(names)
        kept = tuple(row_class(row) for row in rows)
        for number, row in enumerate(kept):
            if len(row) != len(made):
                raise ValueError(f"row {number} has {len(row)} cells, the table has {len(made)} columns")
        set_ = object.__setattr__
        set_(self, "columns", made)
        set_(self, "rows", kept)
        set_(self, "kind", kind)
        set_(self, "title", title)
        set_(self, "_terms", None if terms is None else tuple(tuple(row) for row in terms))

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("a Table cannot be changed; make another")

    def __delattr__(self, name: str) -> None:
        raise AttributeError("a Table cannot be changed; make another")

    def __reduce__(self) -> tuple[Any, ...]:
        return (_make_table, (self.columns, tuple(tuple(row) for row in self.rows), self.kind, self.title))

    # -- reading ---------------------------------------------------------------------------------------------------

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    def __getitem__(self, index: Any) -> Any:
        return self.rows[index]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Table):
            return NotImplemented
        return self.columns == other.columns and self.rows == other.rows

    def __hash__(self) -> int:
        return hash((self.columns, self.rows))

    def __repr__(self) -> str:
        names = ", ".join(column.name for column in self.columns)
        return f"<Table of {len(self)} row{'' if len(self) == 1 else 's'}: {names}>"

    def column(self, name: str) -> tuple[Cell, ...]:
        """Return the cells of one column. Raises ``KeyError`` for a name that is not a column."""
        names = [column.name for column in self.columns]
        if name not in names:
            raise KeyError(f"no column {name!r}; columns: {', '.join(names)}")
        index = names.index(name)
        return tuple(tuple.__getitem__(row, index) for row in self.rows)

    # -- making ----------------------------------------------------------------------------------------------------

    @classmethod
    def from_terms(
        cls, variables: Sequence[str], rows: Iterable[Sequence[Any]], *, kind: TableKind = "select", title: str = ""
    ) -> Table:
        """Make a table from rows of pyoxigraph terms (``None``: unbound); column types follow from the terms."""
        terms = [tuple(row) for row in rows]
        cells = [tuple(cell_of(term) for term in row) for row in terms]
        columns = [
            Column(variable, _common_type(row[index] for row in cells)) for index, variable in enumerate(variables)
        ]
        for index, column in enumerate(columns):
            if column.type == "decimal":
                cells = [
                    _replace(row, index, None if row[index] is None else Decimal(plain(row[index]))) for row in cells
                ]
        return cls(columns, cells, kind=kind, title=title, terms=terms)

    @classmethod
    def from_solutions(cls, solutions: Solutions) -> Table:
        """Make a table from the result of any kind of query: SELECT, ASK, CONSTRUCT or DESCRIBE."""
        if solutions.kind == "ask":
            return cls.from_boolean(bool(solutions.boolean))
        if solutions.kind == "construct":
            return cls.from_triples(solutions.triples)
        return cls.from_terms(solutions.variables, solutions.rows)

    @classmethod
    def from_boolean(cls, value: bool) -> Table:
        """Make the one-cell table that answers an ASK query."""
        return cls([Column("answer", "boolean", "whether the pattern matches")], [(value,)], kind="ask")

    @classmethod
    def from_triples(cls, triples: Iterable[Any]) -> Table:
        """Make the three-column table that holds the graph of a CONSTRUCT or DESCRIBE query."""
        rows = [(triple.subject, triple.predicate, triple.object) for triple in triples]
        return cls.from_terms(("subject", "predicate", "object"), rows, kind="construct")

    # -- writing: data ---------------------------------------------------------------------------------------------

    def to_csv(self) -> str:
        """Return CSV as the W3C defines it for SPARQL results: bare values, an empty field for no value, CRLF."""
        return _csv_text([column.name for column in self.columns], (map(plain, row) for row in self.rows))

    def to_tsv(self) -> str:
        """Return TSV as the W3C defines it for SPARQL results: ``?name`` headings, every term in Turtle's syntax."""
        lines = ["\t".join("?" + column.name for column in self.columns)]
        lines += ["\t".join("" if term is None else _tsv_term(term) for term in row) for row in self.terms()]
        return "\n".join(lines) + "\n"

    def to_json(self) -> str:
        """Return plain JSON: ``{"columns": [...], "rows": [{name: value}, ...]}``, one row a line.

        Dates are ISO 8601 strings, decimals are exact JSON numbers, no value is ``null``. `from_json` reads it back.
        """
        columns = ",\n  ".join(
            json.dumps(
                {
                    "name": column.name,
                    "type": column.type,
                    **({"meaning": column.meaning} if column.meaning else {}),
                    **({"unit": column.unit} if column.unit else {}),
                },
                ensure_ascii=False,
            )
            for column in self.columns
        )
        names = [json.dumps(column.name, ensure_ascii=False) for column in self.columns]
        rows = ",\n  ".join(
            "{" + ", ".join(f"{name}: {_json_cell(cell)}" for name, cell in zip(names, row, strict=True)) + "}"
            for row in self.rows
        )
        rows = f"\n  {rows}\n " if rows else ""
        return f'{{"columns": [\n  {columns}\n ],\n "rows": [{rows}]}}\n'

    @classmethod
    def from_json(cls, text: str) -> Table:
        """Read what `to_json` wrote. Raises ``ValueError`` when the text is something else."""
        document = json.loads(text, parse_float=Decimal)
        try:
            columns = [
                Column(entry["name"], entry["type"], entry.get("meaning", ""), entry.get("unit"))
                for entry in document["columns"]
            ]
            rows = [[_from_json(row[column.name], column.type) for column in columns] for row in document["rows"]]
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"not a table in JSON: {error!r}") from None
        unknown = [column.type for column in columns if column.type not in COLUMN_TYPES]
        if unknown:
            raise ValueError(f"unknown column type {unknown[0]!r}; known: {', '.join(COLUMN_TYPES)}")
        return cls(columns, rows)

    def to_sparql_json(self) -> str:
        """Return the W3C SPARQL 1.1 Query Results JSON Format; an ASK answer is ``{"head": {}, "boolean": …}``."""
        if self.kind == "ask":
            return json.dumps({"head": {}, "boolean": bool(self.rows[0][0])}) + "\n"
        names = [column.name for column in self.columns]
        bindings = ",\n  ".join(
            json.dumps(
                {name: _json_term(term) for name, term in zip(names, row, strict=True) if term is not None},
                ensure_ascii=False,
            )
            for row in self.terms()
        )
        bindings = f"\n  {bindings}\n " if bindings else ""
        head = json.dumps({"vars": names}, ensure_ascii=False)
        return f'{{"head": {head},\n "results": {{"bindings": [{bindings}]}}}}\n'

    @classmethod
    def from_sparql_json(cls, text: str) -> Table:
        """Read the W3C SPARQL 1.1 Query Results JSON Format. Raises ``ValueError`` when the text is something else."""
        document = json.loads(text)
        try:
            if "boolean" in document:
                return cls.from_boolean(bool(document["boolean"]))
            names = list(document["head"]["vars"])
            rows = [
                [None if name not in binding else _term_from_json(binding[name]) for name in names]
                for binding in document["results"]["bindings"]
            ]
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"not SPARQL results in JSON: {error!r}") from None
        return cls.from_terms(names, rows)

    def terms(self) -> tuple[tuple[Any, ...], ...]:
        """Return the rows as pyoxigraph terms (``None``: unbound)."""
        if self._terms is not None:
            return self._terms
        return tuple(tuple(term_of(cell) for cell in row) for row in self.rows)

    _terms: tuple[tuple[Any, ...], ...] | None

    # -- writing: for reading --------------------------------------------------------------------------------------

    def to_text(self, width: int | None = None, *, iris: bool = False) -> str:
        """Draw the table for a terminal `width` cells wide (default: the terminal's own width).

        Long cells are wrapped; when even that does not fit, each row becomes a block of lines. An IRI column is left
        out when its label column stands beside it, unless `iris`. Other IRIs are shortened to prefixed names.
        """
        if width is None:
            import shutil

            width = shutil.get_terminal_size((100, 24)).columns
        shown = [(column, cells) for column, cells, _ in self._for_reading(iris)]
        grid = [[_display(cell) for cell in row] for row in zip(*(cells for _, cells in shown), strict=True)]
        headings = [
            column.name + (f" ({column.unit})" if column.unit else "")
            if iris
            else _reading_name(column, self.columns) + (f" ({column.unit})" if column.unit else "")
            for column, _ in shown
        ]
        right = [column.type in ("integer", "decimal", "double") for column, _ in shown]
        count = f"({len(self)} row{'' if len(self) == 1 else 's'})" if self.rows else "(no rows)"
        title = f"{self.title}\n\n" if self.title else ""
        return title + draw(headings, grid, right, width) + count + "\n"

    def to_markdown(self) -> str:
        """Return a Markdown pipe table; an IRI with its label is one link."""
        shown = self._for_reading(False)
        headings = [_reading_name(column, self.columns) for column, _, _ in shown]
        rules = ["---:" if column.type in ("integer", "decimal", "double") else "---" for column, _, _ in shown]
        lines = ["| " + " | ".join(map(_markdown, headings)) + " |", "| " + " | ".join(rules) + " |"]
        for index in range(len(self)):
            fields = []
            for _, cells, links in shown:
                cell = cells[index]
                link = links[index] if links else (cell if isinstance(cell, Iri) else None)
                text = _markdown(_display(cell))
                fields.append(f"[{text}](<{link}>)" if text and isinstance(link, Iri) else text)
            lines.append("| " + " | ".join(fields) + " |")
        return "\n".join(lines) + "\n"

    def _repr_html_(self) -> str:
        """Return the table as HTML, for notebooks; an IRI with its label is one link."""
        shown = self._for_reading(False)
        parts = ["<table>"]
        if self.title:
            parts.append(f"<caption>{html.escape(self.title)}</caption>")
        parts.append("<thead><tr>")
        for column, _, _ in shown:
            hint = html.escape(" ".join(filter(None, (column.meaning, column.unit and f"({column.unit})"))))
            parts.append(f'<th title="{hint}">{html.escape(_reading_name(column, self.columns))}</th>')
        parts.append("</tr></thead><tbody>")
        for index in range(len(self)):
            parts.append("<tr>")
            for _, cells, links in shown:
                cell = cells[index]
                link = links[index] if links else cell
                text = html.escape(_display(cell))
                if text and isinstance(link, Iri) and link.startswith(("http://", "https://")):
                    text = f'<a href="{html.escape(link)}">{text}</a>'
                parts.append(f"<td>{text}</td>")
            parts.append("</tr>")
        parts.append("</tbody></table>")
        return "".join(parts)

    def _for_reading(self, iris: bool) -> list[tuple[Column, tuple[Cell, ...], tuple[Cell, ...] | None]]:
        """Return the columns to show, their cells, and for a label column the IRIs that the labels name."""
        named = {column.name: self.column(column.name) for column in self.columns}
        shown: list[tuple[Column, tuple[Cell, ...], tuple[Cell, ...] | None]] = []
        for column in self.columns:
            if not iris and column.type == "iri" and column.name + "Label" in named:
                continue
            if not iris and _labelled(column, self.columns):
                links = named[column.name.removesuffix("Label")]
                # An entity without a label is still shown, by its IRI.
                cells = tuple(
                    iri if label is None else label for label, iri in zip(named[column.name], links, strict=True)
                )
                shown.append((column, cells, links))
            else:
                shown.append((column, named[column.name], None))
        return shown

    # -- writing: data frames --------------------------------------------------------------------------------------

    def to_pandas(self) -> pandas.DataFrame:
        """Return a pandas data frame (extra ``pandas``).

        Dates are ``datetime64[s]``, integers ``Int64``, booleans ``boolean``; decimals become ``Float64``, since pandas
        has no exact decimal of its own (`to_polars` and `to_arrow` have). Meanings and units are in
        ``frame.attrs["columns"]``.
        """
        pd = _extra("pandas")
        dtypes = {
            "iri": "string",
            "string": "string",
            "integer": "Int64",
            "decimal": "Float64",
            "double": "Float64",
            "boolean": "boolean",
        }
        data: dict[str, Any] = {}
        for column in self.columns:
            cells = list(self.column(column.name))
            if column.type == "date":
                data[column.name] = pd.Series([cell and cell.isoformat() for cell in cells], dtype="datetime64[s]")  # type: ignore[union-attr]
            elif column.type == "datetime":
                aware = any(isinstance(cell, dt.datetime) and cell.tzinfo for cell in cells)
                data[column.name] = pd.to_datetime(pd.Series(cells, dtype="object"), utc=aware)
            elif column.type in ("iri", "string"):
                data[column.name] = pd.Series([_base(cell) for cell in cells], dtype="string")
            elif column.type in dtypes:
                numbers = [float(cell) if isinstance(cell, Decimal) else cell for cell in cells]
                data[column.name] = pd.Series(numbers, dtype=dtypes[column.type])
            else:
                data[column.name] = pd.Series(cells, dtype="object")
        frame = pd.DataFrame(data, columns=[column.name for column in self.columns])
        frame.attrs["columns"] = {column.name: _metadata(column) for column in self.columns}
        if self.title:
            frame.attrs["title"] = self.title
        return frame  # type: ignore[no-any-return]

    def to_polars(self) -> polars.DataFrame:
        """Return a Polars data frame (extra ``polars``) with real dates, booleans and exact decimals.

        Polars keeps no notes on columns: for meanings and units see ``table.columns``, or use `to_arrow`.
        """
        pl = _extra("polars")
        dtypes = {
            "iri": pl.String,
            "string": pl.String,
            "date": pl.Date,
            "integer": pl.Int64,
            "double": pl.Float64,
            "boolean": pl.Boolean,
            "any": pl.String,
        }
        series = []
        for column in self.columns:
            cells = self.column(column.name)
            dtype: Any
            if column.type == "decimal":
                dtype = pl.Decimal(38, _scale(cells))
            elif column.type == "datetime":
                cells, aware = _instants(cells)
                dtype = pl.Datetime("us", "UTC" if aware else None)
            else:
                dtype = dtypes[column.type]
            series.append(pl.Series(column.name, _frame_cells(column, cells), dtype=dtype))
        return pl.DataFrame(series)  # type: ignore[no-any-return]

    def to_arrow(self) -> pyarrow.Table:
        """Return an Arrow table (extra ``arrow``); each field's metadata holds ``type``, ``meaning`` and ``unit``."""
        pa = _extra("pyarrow")
        dtypes = {
            "iri": pa.string(),
            "string": pa.string(),
            "date": pa.date32(),
            "integer": pa.int64(),
            "double": pa.float64(),
            "boolean": pa.bool_(),
            "any": pa.string(),
        }
        fields, arrays = [], []
        for column in self.columns:
            cells = self.column(column.name)
            if column.type == "decimal":
                dtype = pa.decimal128(38, _scale(cells))
            elif column.type == "datetime":
                cells, aware = _instants(cells)
                dtype = pa.timestamp("us", "UTC" if aware else None)
            else:
                dtype = dtypes[column.type]
            fields.append(pa.field(column.name, dtype, metadata=_metadata(column)))
            arrays.append(pa.array(_frame_cells(column, cells), type=dtype))
        metadata = {"title": self.title} if self.title else None
        return pa.Table.from_arrays(arrays, schema=pa.schema(fields, metadata=metadata))


def _make_table(columns: tuple[Column, ...], rows: tuple[Any, ...], kind: TableKind, title: str) -> Table:
    return Table(columns, rows, kind=kind, title=title)


# -- terms and cells -------------------------------------------------------------------------------------------------


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


def _common_type(cells: Iterable[Cell]) -> ColumnType:
    types = {_type_of(cell) for cell in cells if cell is not None}
    if not types:
        return "string"
    if types == {"integer", "decimal"}:
        return "decimal"
    return types.pop() if len(types) == 1 else "any"


def _replace(row: tuple[Any, ...], index: int, value: Any) -> tuple[Any, ...]:
    return (*row[:index], value, *row[index + 1 :])


# -- formats ---------------------------------------------------------------------------------------------------------


def _csv_text(header: Sequence[str], rows: Iterable[Iterable[str]]) -> str:
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows(rows)
    return buffer.getvalue()


_TSV_BARE: Final = {
    XSD.integer: re.compile(r"[+-]?[0-9]+"),
    XSD.decimal: re.compile(r"[+-]?[0-9]*\.[0-9]+"),
    XSD.double: re.compile(r"[+-]?([0-9]+\.[0-9]*|\.?[0-9]+)[eE][+-]?[0-9]+"),
}


def _tsv_term(term: Any) -> str:
    datatype = getattr(term, "datatype", None)
    if datatype is not None:
        form = _TSV_BARE.get(datatype.value)
        if form and form.fullmatch(term.value):
            return str(term.value)
    return str(term).replace("\t", "\\t")


def _json_term(term: Any) -> dict[str, str]:
    import pyoxigraph as ox

    if isinstance(term, ox.NamedNode):
        return {"type": "uri", "value": term.value}
    if isinstance(term, ox.BlankNode):
        return {"type": "bnode", "value": term.value}
    if term.language:
        return {"type": "literal", "value": term.value, "xml:lang": term.language}
    if term.datatype.value == XSD.string:
        return {"type": "literal", "value": term.value}
    return {"type": "literal", "value": term.value, "datatype": term.datatype.value}


def _term_from_json(binding: Mapping[str, str]) -> ox.NamedNode | ox.BlankNode | ox.Literal:
    import pyoxigraph as ox

    value = binding["value"]
    match binding["type"]:
        case "uri":
            return ox.NamedNode(value)
        case "bnode":
            return ox.BlankNode(value)
        case "literal" | "typed-literal":
            if binding.get("xml:lang"):
                return ox.Literal(value, language=binding["xml:lang"])
            return ox.Literal(value, datatype=ox.NamedNode(binding.get("datatype", XSD.string)))
        case other:
            raise ValueError(f"not SPARQL results in JSON: a term of type {other!r}")


def _json_cell(cell: Cell) -> str:
    if isinstance(cell, Decimal):
        return format(cell, "f")
    if isinstance(cell, float) and not math.isfinite(cell):
        return json.dumps(plain(cell))
    if isinstance(cell, (dt.date, dt.datetime)):
        return json.dumps(cell.isoformat())
    if isinstance(cell, BlankId):
        return json.dumps("_:" + cell)
    return json.dumps(cell, ensure_ascii=False)


def _from_json(value: Any, column_type: ColumnType) -> Cell:
    if value is None:
        return None
    match column_type:
        case "iri":
            return BlankId(value[2:]) if value.startswith("_:") else Iri(value)
        case "date":
            return dt.date.fromisoformat(value)
        case "datetime":
            return dt.datetime.fromisoformat(value)
        case "decimal":
            return Decimal(value)
        case "double":
            return float(value)
    return value  # type: ignore[no-any-return]


def _labelled(column: Column, columns: Sequence[Column]) -> bool:
    """Tell whether `column` holds the labels of an IRI column."""
    stem = column.name.removesuffix("Label")
    return stem != column.name and any(other.name == stem and other.type == "iri" for other in columns)


def _reading_name(column: Column, columns: Sequence[Column]) -> str:
    return column.name.removesuffix("Label") if _labelled(column, columns) else column.name


def _display(cell: Cell) -> str:
    """Return the cell as people read it: IRIs of known namespaces as prefixed names, booleans as yes and no."""
    if isinstance(cell, Iri):
        return shorten(cell)
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    return plain(cell)


def _markdown(text: str) -> str:
    text = re.sub(r"([\\|`*_\[\]<>])", r"\\\1", text)
    return re.sub(r"\r\n|\r|\n", "<br>", text)


# -- data frames -----------------------------------------------------------------------------------------------------


def _extra(module: str) -> Any:
    import importlib

    from comity.errors import MissingExtra

    try:
        return importlib.import_module(module)
    except ImportError:
        raise MissingExtra(extra={"pyarrow": "arrow"}.get(module, module), purpose=f"Table.to_{module}") from None


def _metadata(column: Column) -> dict[str, str]:
    metadata = {"type": str(column.type), "meaning": column.meaning, "unit": column.unit or ""}
    return {key: value for key, value in metadata.items() if value}


def _base(cell: Cell) -> str | None:
    return None if cell is None else str(plain(cell))


def _frame_cells(column: Column, cells: tuple[Cell, ...]) -> list[Any]:
    return [_base(cell) for cell in cells] if column.type in ("iri", "string", "any") else list(cells)


def _scale(cells: Iterable[Cell]) -> int:
    """Return the number of decimal places that holds every cell exactly."""
    scale = 0
    for cell in cells:
        if isinstance(cell, Decimal):
            exponent = cell.as_tuple().exponent
            scale = max(scale, -exponent if isinstance(exponent, int) else 0)
    return scale


def _instants(cells: tuple[Cell, ...]) -> tuple[tuple[Cell, ...], bool]:
    """Return the times, all in UTC when any of them has a zone (one without is then taken as UTC)."""
    times = [cell for cell in cells if isinstance(cell, dt.datetime)]
    if not any(time.tzinfo for time in times):
        return cells, False
    return tuple(
        (cell.astimezone(dt.UTC) if cell.tzinfo else cell.replace(tzinfo=dt.UTC))
        if isinstance(cell, dt.datetime)
        else cell
        for cell in cells
    ), True
