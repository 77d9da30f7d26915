"""The table itself: what it holds, and how it is made. What it is written as, the modules beside this one say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal

from comity.table import interchange, reading, sparql_results
from comity.table.cells import Cell, cell_of, common_type, plain, term_of
from comity.table.origin import Origin
from comity.table.rows import Column, Row, row_class

if TYPE_CHECKING:
    import os

    import pandas
    import polars
    import pyarrow

    from comity.store.contract import Solutions

TableKind = Literal["select", "ask", "construct"]


class Table:
    """An immutable table of answers.

    ``columns`` and ``rows`` are tuples; ``len(table)``, iteration, ``table[0]`` and ``table[2:5]`` work on rows;
    ``table.column("name")`` gives one column's cells. ``kind`` says what kind of query it answers, ``origin`` which
    question or query, asked of which view (``None`` when it answers none). Tables are equal when columns and rows are.
    """

    __slots__ = ("_terms", "columns", "kind", "origin", "rows", "title")

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    kind: TableKind
    title: str
    origin: Origin | None

    def __init__(
        self,
        columns: Iterable[Column | str],
        rows: Iterable[Sequence[Cell]],
        *,
        kind: TableKind = "select",
        title: str = "",
        terms: Sequence[Sequence[Any]] | None = None,
        origin: Origin | None = None,
    ) -> None:
        """Make a table of `rows` under `columns` (a bare name is a column of type ``any``).

        `terms` are the RDF terms that the cells stand for; given, the SPARQL formats repeat them exactly.
        Raises ``ValueError`` when a row has another number of cells than there are columns.
        """
        made = tuple(column if isinstance(column, Column) else Column(column) for column in columns)
        names = tuple(column.name for column in made)
        if len(set(names)) != len(names):
            raise ValueError(f"two columns have the same name: {', '.join(names)}")
        kept = tuple(map(row_class(names), rows))
        for number, row in enumerate(kept):
            if len(row) != len(made):
                raise ValueError(f"row {number} has {len(row)} cells, the table has {len(made)} columns")
        set_ = object.__setattr__
        set_(self, "columns", made)
        set_(self, "rows", kept)
        set_(self, "kind", kind)
        set_(self, "title", title)
        set_(self, "origin", origin)
        set_(self, "_terms", None if terms is None else tuple(tuple(row) for row in terms))

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("a Table cannot be changed; make another")

    def __delattr__(self, name: str) -> None:
        raise AttributeError("a Table cannot be changed; make another")

    def __reduce__(self) -> tuple[Any, ...]:
        return (_make_table, (self.columns, tuple(map(tuple, self.rows)), self.kind, self.title, self.origin))

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
            Column(variable, common_type(row[index] for row in cells)) for index, variable in enumerate(variables)
        ]
        for index, column in enumerate(columns):
            if column.type == "decimal":
                cells = [(*row[:index], _exact(row[index]), *row[index + 1 :]) for row in cells]
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

    def with_origin(self, origin: Origin | None) -> Table:
        """Return the same table with another ``origin``."""
        return Table(self.columns, self.rows, kind=self.kind, title=self.title, terms=self._terms, origin=origin)

    def beside(self, columns: Sequence[Column], rows: Iterable[Sequence[Cell]]) -> Table:
        """Return the table with `columns` added on the right, their cells given row by row.

        Raises ``ValueError`` when there are not as many rows, or a column of that name is there already.
        """
        added = [tuple(row) for row in rows]
        if len(added) != len(self):
            raise ValueError(f"{len(added)} rows cannot stand beside {len(self)}")
        return Table(
            (*self.columns, *columns),
            [(*row, *more) for row, more in zip(self.rows, added, strict=True)],
            title=self.title,
            terms=[(*row, *map(term_of, more)) for row, more in zip(self.terms(), added, strict=True)],
            origin=self.origin,
        )

    # -- writing: data ---------------------------------------------------------------------------------------------

    def to_csv(self) -> str:
        """Return CSV as the W3C defines it for SPARQL results: bare values, an empty field for no value, CRLF.

        Values are not changed to please spreadsheets, which may take one that begins with ``=`` for a formula: a CSV that
        is read back must hold what was written. For a spreadsheet, use `to_xlsx`, where text is text.
        """
        return sparql_results.csv_text(self.columns, self.rows)

    def to_tsv(self) -> str:
        """Return TSV as the W3C defines it for SPARQL results: ``?name`` headings, every term in Turtle's syntax."""
        return sparql_results.tsv_text(self.columns, self.terms())

    def to_json(self) -> str:
        """Return plain JSON: ``{"columns": [...], "rows": [{name: value}, ...]}``, one row a line.

        Dates are ISO 8601 strings, decimals are exact JSON numbers, no value is ``null``. `from_json` reads it back.
        """
        return interchange.json_text(self.columns, self.rows)

    @classmethod
    def from_json(cls, text: str) -> Table:
        """Read what `to_json` wrote. Raises ``ValueError`` when the text is something else."""
        return cls(*interchange.read_json(text))

    def to_sparql_json(self) -> str:
        """Return the W3C SPARQL 1.1 Query Results JSON Format; an ASK answer is ``{"head": {}, "boolean": …}``."""
        if self.kind == "ask":
            return sparql_results.boolean_text(bool(self.rows[0][0]))
        return sparql_results.json_text(self.columns, self.terms())

    @classmethod
    def from_sparql_json(cls, text: str) -> Table:
        """Read the W3C SPARQL 1.1 Query Results JSON Format. Raises ``ValueError`` when the text is something else."""
        read = sparql_results.read_json(text)
        return cls.from_boolean(read) if isinstance(read, bool) else cls.from_terms(*read)

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
        return reading.plain_text(self.columns, self.rows, self.title, width, iris=iris)

    def to_markdown(self) -> str:
        """Return a Markdown pipe table; an IRI with its label is one link."""
        return reading.markdown(self.columns, self.rows)

    def _repr_html_(self) -> str:
        """Return the table as HTML, for notebooks; an IRI with its label is one link."""
        return reading.html_text(self.columns, self.rows, self.title)

    def to_xlsx(self, path: str | os.PathLike[str], *, iris: bool = False) -> None:
        """Write an Excel workbook (extra ``xlsx``): sheet ``Answer``, and ``About`` with columns, question and citation.

        Dates, numbers and booleans are real ones, text is never a formula, and an IRI with its label is one link; with `iris`,
        IRI and label are two columns. The file is written whole or not at all, and the same table gives the same bytes.
        Raises :class:`~comity.errors.MissingExtra`, :class:`~comity.errors.OutputError`, and
        :class:`~comity.errors.UsageError` for what is too large for a sheet.
        """
        from comity.files import write_whole

        write_whole(path, self.xlsx(iris=iris))

    def xlsx(self, *, iris: bool = False) -> bytes:
        """Return what `to_xlsx` writes."""
        from comity.table.workbook import workbook

        return workbook(self.columns, self.rows, self.title, self.origin, iris=iris)

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """Draw the table where IPython has no HTML."""
        printer.text(self.to_text().rstrip("\n"))

    # -- writing: data frames --------------------------------------------------------------------------------------

    def to_pandas(self) -> pandas.DataFrame:
        """Return a pandas data frame (extra ``pandas``).

        Dates are ``datetime64[s]``, integers ``Int64``, booleans ``boolean``; decimals become ``Float64``, since pandas
        has no exact decimal of its own (`to_polars` and `to_arrow` have). ``frame.attrs`` holds under ``columns``
        types, meanings and units, and ``title``, ``question``, ``view``, ``citation`` where they are known.
        """
        from comity.table.frames import pandas_frame

        return pandas_frame(self.columns, self.rows, self.title, self.origin)

    def to_polars(self) -> polars.DataFrame:
        """Return a Polars data frame (extra ``polars``) with real dates, booleans and exact decimals.

        Polars keeps no notes on columns: for meanings and units see ``table.columns``, or use `to_arrow`.
        """
        from comity.table.frames import polars_frame

        return polars_frame(self.columns, self.rows)

    def to_arrow(self) -> pyarrow.Table:
        """Return an Arrow table (extra ``arrow``); each field's metadata holds ``type``, ``meaning`` and ``unit``.

        The schema's metadata are ``title``, ``question``, ``view``, ``citation``, where they are known.
        """
        from comity.table.frames import arrow_frame

        return arrow_frame(self.columns, self.rows, self.title, self.origin)


def _make_table(columns: tuple[Column, ...], rows: tuple[Any, ...], kind: TableKind, title: str, origin: Origin | None) -> Table:
    return Table(columns, rows, kind=kind, title=title, origin=origin)


def _exact(cell: Cell) -> Decimal | None:
    return None if cell is None else Decimal(plain(cell))
