"""One answer, many forms: JSON, the W3C's results, CSV, data frames and workbook hold the rows of the table."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import comity
from comity.questions.model import ANSWER_TYPES
from comity.table import Table, plain

EXPECTED = Path(__file__).parent / "questions" / "expected"
#: Questions whose answers have cells of every type, empty ones, and texts in several scripts.
QUESTIONS = (
    *("coverage", "deadliest", "effects", "figures", "former-states", "incidents", "instruments", "meetings", "parties-count"),
    *("ranking", "resolutions", "state-names", "statistics", "toll"),
)


@pytest.fixture(scope="module")
def answers() -> dict[str, Table]:
    found = {}
    with comity.open() as edition:
        for name in QUESTIONS:
            params = json.loads((EXPECTED / f"{name}.json").read_text(encoding="utf-8"))["params"]
            found[name] = edition.ask(name, **params)
    return found


@pytest.fixture(params=QUESTIONS)
def table(request: pytest.FixtureRequest, answers: dict[str, Table]) -> Table:
    return answers[request.param]


def test_the_questions_cover_every_type_of_cell(answers: dict[str, Table]) -> None:
    assert len(QUESTIONS) >= 10
    assert {column.type for table in answers.values() for column in table.columns} == set(ANSWER_TYPES)
    assert all(len(table) for table in answers.values())
    cells = [cell for table in answers.values() for row in table for cell in row]
    assert None in cells
    assert any(isinstance(cell, str) and not cell.isascii() for cell in cells)


def test_plain_json(table: Table) -> None:
    again = Table.from_json(table.to_json())
    assert again == table
    assert [type(cell) for row in again for cell in row] == [type(cell) for row in table for cell in row]


def test_results_json_of_the_w3c(table: Table) -> None:
    again = Table.from_sparql_json(table.to_sparql_json())
    assert [column.name for column in again.columns] == [column.name for column in table.columns]
    assert again.terms() == table.terms()
    assert [tuple(row) for row in again] == [tuple(row) for row in table]


def test_csv(table: Table) -> None:
    header, *rows = csv.reader(io.StringIO(table.to_csv(), newline=""))
    assert header == [column.name for column in table.columns]
    assert rows == [[plain(cell) for cell in row] for row in table]


def test_polars(table: Table) -> None:
    pytest.importorskip("polars", reason="the extra polars is not installed")
    frame = table.to_polars()
    assert frame.columns == [column.name for column in table.columns]
    assert frame.rows() == [tuple(row) for row in table]


def test_arrow(table: Table) -> None:
    pytest.importorskip("pyarrow", reason="the extra arrow is not installed")
    arrow = table.to_arrow()
    assert arrow.to_pylist() == [row.asdict() for row in table]
    for column in table.columns:
        kept = {key.decode(): text.decode() for key, text in arrow.schema.field(column.name).metadata.items()}
        assert (kept["type"], kept["meaning"], kept.get("unit")) == (column.type, column.meaning, column.unit)
    assert table.origin is not None
    assert arrow.schema.metadata[b"citation"].decode() == table.origin.citation()


def test_pandas(table: Table) -> None:
    pd = pytest.importorskip("pandas", reason="the extra pandas is not installed")
    frame = table.to_pandas()
    dtypes = {column.name: str(frame[column.name].dtype) for column in table.columns}
    for column in table.columns:
        assert (column.type == "date") == (dtypes[column.name] == "datetime64[s]")
        assert (column.type == "boolean") == (dtypes[column.name] == "boolean")
        kept = frame.attrs["columns"][column.name]
        assert (kept["type"], kept["meaning"], kept.get("unit")) == (column.type, column.meaning, column.unit)

    def cell(value: Any) -> Any:
        if pd.isna(value):
            return None
        return value.date() if isinstance(value, pd.Timestamp) else value

    rows = [tuple(map(cell, row)) for row in frame.itertuples(index=False, name=None)]
    assert rows == [tuple(float(cell) if isinstance(cell, Decimal) else cell for cell in row) for row in table]
    assert frame.attrs["title"] == table.title
    assert table.origin is not None
    assert frame.attrs["citation"] == table.origin.citation()


def test_workbook(table: Table) -> None:
    openpyxl = pytest.importorskip("openpyxl", reason="the extra xlsx is not installed")
    sheet = openpyxl.load_workbook(io.BytesIO(table.xlsx(iris=True)))["Answer"]

    def cell(value: Any) -> Any:
        if isinstance(value, Decimal):
            return float(value)
        # A sheet has no days before March 1900, no empty text, and no day that is not also a time.
        if isinstance(value, dt.date):
            return dt.datetime.combine(value, dt.time()) if value >= dt.date(1900, 3, 1) else value.isoformat()
        return None if value == "" else value

    rows = [tuple(row) for row in sheet.iter_rows(min_row=2, values_only=True)]
    assert rows == [tuple(map(cell, row)) for row in table]
