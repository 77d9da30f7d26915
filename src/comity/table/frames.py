"""Data frames: pandas, Polars, Arrow, with real dates, numbers and booleans."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from comity.table.cells import Cell, plain
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
        if column.type == "date":
            data[column.name] = pd.Series([_base(cell) for cell in cells], dtype="datetime64[s]")
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
        if column.type == "decimal":
            dtype = pa.decimal128(38, _scale(cells))
        elif column.type == "datetime":
            cells, aware = _instants(cells)
            dtype = pa.timestamp("us", "UTC" if aware else None)
        else:
            dtype = dtypes[column.type]
        fields.append(pa.field(column.name, dtype, metadata=_metadata(column)))
        arrays.append(pa.array(_frame_cells(column, cells), type=dtype))
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
