"""Plain JSON that keeps the columns' types, meanings and units, and is read back as the same table."""

from __future__ import annotations

import datetime as dt
import json
import math
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from comity.table.cells import COLUMN_TYPES, BlankId, Cell, ColumnType, Iri, plain
from comity.table.rows import Column


def json_text(columns: Sequence[Column], rows: Iterable[Sequence[Cell]]) -> str:
    """Return ``{"columns": [...], "rows": [{name: value}, ...]}``, one row a line."""
    described = ",\n  ".join(
        json.dumps(
            {
                "name": column.name,
                "type": column.type,
                **({"meaning": column.meaning} if column.meaning else {}),
                **({"unit": column.unit} if column.unit else {}),
            },
            ensure_ascii=False,
        )
        for column in columns
    )
    names = [json.dumps(column.name, ensure_ascii=False) for column in columns]
    written = ",\n  ".join(
        "{" + ", ".join(f"{name}: {_json_cell(cell)}" for name, cell in zip(names, row, strict=True)) + "}" for row in rows
    )
    written = f"\n  {written}\n " if written else ""
    return f'{{"columns": [\n  {described}\n ],\n "rows": [{written}]}}\n'


def read_json(text: str) -> tuple[list[Column], list[list[Cell]]]:
    """Read columns and rows from what `json_text` wrote. Raises ``ValueError`` when the text is something else."""
    try:
        document = json.loads(text, parse_float=Decimal)
    except RecursionError:
        raise ValueError("the JSON is nested too deeply") from None
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
    return columns, rows


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
