"""Parquet: a file a table, with real dates, numbers, booleans and lists; what a column means is in its metadata."""

from __future__ import annotations

import io
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from comity.export.metadata.about import About
from comity.export.tables.model import Field, Sheet, values_of
from comity.files import write_whole
from comity.table.cells import plain
from comity.table.extras import needed


def write_parquet(sheets: Sequence[Sheet], about: About, folder: Path) -> list[Path]:
    """Write the files and return their paths. Needs the extra ``arrow``."""
    paths = []
    for sheet in sheets:
        path = folder / (f"{sheet.name}.parquet" if sheet.iri else f"answers/{sheet.name}.parquet")
        write_whole(path, parquet_bytes(sheet, about))
        paths.append(path)
    return paths


def parquet_bytes(sheet: Sheet, about: About) -> bytes:
    """Return the table as a Parquet file; the same table, written by the same version of Arrow, is the same bytes."""
    pa = needed("pyarrow", "arrow", "Parquet")
    pq = needed("pyarrow.parquet", "arrow", "Parquet")
    fields, arrays = [], []
    for index, field in enumerate(sheet.fields):
        cells = [row[index] for row in sheet.rows]
        kind = _arrow_type(pa, field, cells)
        known = {"meaning": field.meaning, "property": field.property, "language": field.language}
        metadata = {key: value for key, value in known.items() if value}
        fields.append(pa.field(field.name, pa.list_(kind) if field.many else kind, metadata=metadata or None))
        arrays.append(pa.array([_stored(field, cell) for cell in cells], type=fields[-1].type))
    described = {"title": sheet.title, "description": sheet.meaning, "class": sheet.iri}
    described |= {"licence": about.licence, "citation": about.citation}
    schema = pa.schema(fields, metadata={key: value for key, value in described.items() if value})
    buffer = io.BytesIO()
    pq.write_table(pa.Table.from_arrays(arrays, schema=schema), buffer, compression="zstd", use_dictionary=True)
    return buffer.getvalue()


def _arrow_type(pa: Any, field: Field, cells: Sequence[Any]) -> Any:
    match field.type:
        case "date":
            return pa.date32()
        case "datetime":
            return pa.timestamp("us", "UTC")
        case "integer":
            return pa.int64()
        case "double":
            return pa.float64()
        case "boolean":
            return pa.bool_()
        case "decimal":
            places = [-int(cell.as_tuple().exponent) for row in cells for cell in values_of(row) if isinstance(cell, Decimal)]
            return pa.decimal128(38, max(places, default=0))
    return pa.string()


def _stored(field: Field, value: Any) -> Any:
    texts = field.type in ("iri", "string", "any")
    if field.many:
        return [plain(each) if texts else each for each in values_of(value)]
    return None if value is None else plain(value) if texts else value
