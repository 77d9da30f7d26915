"""Data frames: pandas, Polars, Arrow, with real dates, numbers and booleans."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from comity.table.cells import Cell, ColumnType, plain
from comity.table.extras import needed
from comity.table.origin import Origin
from comity.table.rows import Column

if TYPE_CHECKING:
    import pandas
    import polars
    import pyarrow


def pandas_frame(
    columns: Sequence[Column], rows: Sequence[Sequence[Cell]], title: str = "", origin: Origin | None = None
) -> pandas.DataFrame:
    """Return a pandas data frame; see :meth:`comity.Table.to_pandas`."""
    pd = needed("pandas", "pandas", "Table.to_pandas")
    dtypes = {
        "iri": "string",
        "string": "string",
        "integer": "Int64",
        "decimal": "Float64",
        "double": "Float64",
        "boolean": "boolean",
    }
    data: dict[str, Any] = {}
    for index, column in enumerate(columns):
        cells = [row[index] for row in rows]
        kind = _stored_as(column, cells)
        if kind == "date":
            data[column.name] = pd.Series([_base(cell) for cell in cells], dtype="datetime64[s]")
        elif kind == "datetime":
            times, aware = _instants(tuple(cells))
            data[column.name] = pd.Series(times, dtype="datetime64[us, UTC]" if aware else "datetime64[us]")
        elif kind in ("iri", "string"):
            data[column.name] = pd.Series([_base(cell) for cell in cells], dtype="string")
        elif kind in dtypes:
            numbers = [float(cell) if isinstance(cell, Decimal) else cell for cell in cells]
            data[column.name] = pd.Series(numbers, dtype=dtypes[kind])
        else:
            data[column.name] = pd.Series(cells, dtype="object")
    frame = pd.DataFrame(data, columns=[column.name for column in columns])
    frame.attrs["columns"] = {column.name: _metadata(column) for column in columns}
    frame.attrs.update(_about(title, origin))
    return frame  # type: ignore[no-any-return]


def polars_frame(columns: Sequence[Column], rows: Sequence[Sequence[Cell]]) -> polars.DataFrame:
    """Return a Polars data frame; see :meth:`comity.Table.to_polars`."""
    pl = needed("polars", "polars", "Table.to_polars")
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
    for index, column in enumerate(columns):
        cells = tuple(row[index] for row in rows)
        kind = _stored_as(column, cells)
        dtype: Any
        if kind == "decimal":
            dtype = pl.Decimal(38, _scale(cells))
        elif kind == "datetime":
            cells, aware = _instants(cells)
            dtype = pl.Datetime("us", "UTC" if aware else None)
        else:
            dtype = dtypes[kind]
        series.append(pl.Series(column.name, _frame_cells(kind, cells), dtype=dtype))
    return pl.DataFrame(series)  # type: ignore[no-any-return]


def arrow_frame(
    columns: Sequence[Column], rows: Sequence[Sequence[Cell]], title: str = "", origin: Origin | None = None
) -> pyarrow.Table:
    """Return an Arrow table; see :meth:`comity.Table.to_arrow`."""
    pa = needed("pyarrow", "arrow", "Table.to_arrow")
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
    for index, column in enumerate(columns):
        cells = tuple(row[index] for row in rows)
        kind = _stored_as(column, cells)
        if kind == "decimal":
            dtype = pa.decimal128(38, _scale(cells))
        elif kind == "datetime":
            cells, aware = _instants(cells)
            dtype = pa.timestamp("us", "UTC" if aware else None)
        else:
            dtype = dtypes[kind]
        fields.append(pa.field(column.name, dtype, metadata=_metadata(column)))
        arrays.append(pa.array(_frame_cells(kind, cells), type=dtype))
    return pa.Table.from_arrays(arrays, schema=pa.schema(fields, metadata=_about(title, origin) or None))


def _metadata(column: Column) -> dict[str, str]:
    metadata = {"type": str(column.type), "meaning": column.meaning, "unit": column.unit or ""}
    return {key: value for key, value in metadata.items() if value}


def _about(title: str, origin: Origin | None) -> dict[str, str]:
    about = {"title": title}
    if origin is not None:
        about |= {"question": origin.asks, "view": origin.described_view(), "citation": origin.citation()}
    return {key: value for key, value in about.items() if value}


def _base(cell: Cell) -> str | None:
    return None if cell is None else str(plain(cell))


def _stored_as(column: Column, cells: Iterable[Cell]) -> ColumnType:
    """Return the type that the cells are stored as: text, for numbers beyond 64 bits or 38 digits."""
    if column.type == "integer":
        fits = all(-(2**63) <= cell < 2**63 for cell in cells if isinstance(cell, int))
    elif column.type == "decimal":
        cells = list(cells)
        whole = max((cell.adjusted() + 1 for cell in cells if isinstance(cell, Decimal)), default=0)
        fits = max(whole, 0) + _scale(cells) <= 38
    else:
        fits = True
    return column.type if fits else "string"


def _frame_cells(kind: ColumnType, cells: tuple[Cell, ...]) -> list[Any]:
    return [_base(cell) for cell in cells] if kind in ("iri", "string", "any") else list(cells)


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
