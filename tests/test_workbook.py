"""Excel workbooks, read back with openpyxl: typed cells, no formulas, the same bytes each time."""

from __future__ import annotations

import datetime as dt
import io
import re
import sys
import time
import zipfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from comity.errors import MissingExtra, OutputError, UsageError
from comity.table import BlankId, Column, Iri, Origin, Table, Text, workbook

openpyxl = pytest.importorskip("openpyxl", reason="the extra xlsx is not installed")

CHN = Iri("https://w3id.org/comity/id/state/CHN")
PAK = Iri("https://w3id.org/comity/id/state/PAK")
COLUMNS = [
    Column("state", "iri", "The State."),
    Column("stateLabel", "string", "Its name."),
    Column("since", "date", "First day."),
    Column("members", "integer", "How many.", "person"),
    Column("share", "decimal"),
    Column("active", "boolean"),
]
ROWS = [
    (CHN, "China, 中国", dt.date(2001, 6, 15), 3, Decimal("1.50"), True),
    (PAK, None, None, None, None, None),
]
ORIGIN = Origin("SELECT ?x {}", "parties", "Who is a party?", (("on", "2010-01-01"),), "curated", on=dt.date(2010, 1, 1))


def opened(table: Table, **options: Any) -> Any:
    return openpyxl.load_workbook(io.BytesIO(table.xlsx(**options)))


def cell(value: Any, kind: Any = "any") -> Any:
    return opened(Table([Column("x", kind)], [(value,)]))["Answer"]["A2"]


def test_cells_are_typed_and_names_are_links() -> None:
    sheet = opened(Table(COLUMNS, ROWS))["Answer"]
    assert [place.value for place in sheet[1]] == ["state", "since", "members (person)", "share", "active"]
    assert [place.value for place in sheet[2]] == ["China, 中国", dt.datetime(2001, 6, 15), 3, 1.5, True]
    assert [place.data_type for place in sheet[2]] == ["s", "d", "n", "n", "b"]
    assert sheet["B2"].number_format == "yyyy-mm-dd"
    assert sheet["A2"].hyperlink.target == CHN
    # Without a name, the IRI itself is shown; no value is an empty cell.
    assert (sheet["A3"].value, sheet["A3"].hyperlink.target) == (PAK, PAK)
    assert [place.value for place in sheet[3]][1:] == [None] * 4


def test_iris_and_labels_may_be_two_columns() -> None:
    sheet = opened(Table(COLUMNS, ROWS), iris=True)["Answer"]
    assert [place.value for place in sheet[1]][:2] == ["state", "stateLabel"]
    assert (sheet["A2"].value, sheet["A2"].hyperlink.target, sheet["B2"].value) == (CHN, CHN, "China, 中国")
    assert sheet["B2"].hyperlink is None


def test_the_head_is_frozen_bold_and_explained() -> None:
    sheet = opened(Table(COLUMNS, ROWS))["Answer"]
    assert sheet.freeze_panes == "A2"
    assert all(place.font.bold for place in sheet[1])
    assert not sheet["A2"].font.bold
    assert sheet["B1"].comment.text == "First day."
    assert sheet["E1"].comment is None


def test_the_second_sheet_says_what_the_first_is() -> None:
    book = opened(Table(COLUMNS, ROWS, title="Parties", origin=ORIGIN))
    assert book.sheetnames == ["Answer", "About"]
    lines = [tuple(place.value for place in row) for row in book["About"]]
    told = {line[0]: line[1] for line in lines}
    assert told["Title"] == "Parties"
    assert told["Question"] == "Who is a party?"
    assert told["Parameter on"] == "2010-01-01"
    assert told["View"] == "curated, as of 2010-01-01"
    assert told["Rows"] == 2
    assert told["How to cite"] == ORIGIN.citation()
    assert told["Query"] == "SELECT ?x {}"
    assert lines[-3] == ("members", "How many.", "integer", "person")


def test_the_citation_is_that_of_the_edition(checkout: Path) -> None:
    cff = (checkout / "CITATION.cff").read_text(encoding="utf-8")
    title, version = re.search(r'^title: "(.*)"', cff, re.MULTILINE), re.search(r"^version: (.*)", cff, re.MULTILINE)
    assert title
    assert version
    assert f"{title[1]}, version {version[1]};" in ORIGIN.citation()
    assert "question “parties” (on = 2010-01-01), view curated, as of 2010-01-01." in ORIGIN.citation()


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "=HYPERLINK(\"http://x\")", "=cmd|' /C calc'!A0"])
def test_text_is_never_a_formula(text: str) -> None:
    for kind in ("any", "string"):
        place = cell(text, kind)
        assert (place.data_type, place.value, place.quotePrefix) == ("s", text, True)
    head = opened(Table([Column("x", "any", text)], [], title=text, origin=Origin(text)))
    assert {place.data_type for sheet in head for row in sheet for place in row if place.value is not None} <= {"s", "n"}


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (dt.date(1648, 10, 24), "1648-10-24"),
        (dt.date(1900, 2, 28), "1900-02-28"),
        (10**15, "1000000000000000"),
        (Decimal("0.1000000000000000000001"), "0.1000000000000000000001"),
        (float("inf"), "INF"),
        (float("nan"), "NaN"),
        (BlankId("b"), "_:b"),
        (Text("2001", datatype="http://www.w3.org/2001/XMLSchema#gYear"), "2001"),
    ],
)
def test_what_excel_cannot_hold_is_text(value: Any, shown: str) -> None:
    place = cell(value)
    assert (place.value, place.data_type) == (shown, "s")


def test_times_are_told_in_utc_and_only_web_addresses_are_links() -> None:
    zone = dt.timezone(dt.timedelta(hours=2))
    place = cell(dt.datetime(2001, 6, 15, 12, tzinfo=zone), "datetime")
    assert (place.value, place.number_format) == (dt.datetime(2001, 6, 15, 10), 'yyyy-mm-dd hh:mm:ss" UTC"')
    assert cell(dt.datetime(2001, 6, 15, 12), "datetime").number_format == "yyyy-mm-dd hh:mm:ss"
    assert cell(Iri("javascript:alert(1)"), "iri").hyperlink is None
    assert cell(Iri("https://example.org/" + "a" * 3000), "iri").hyperlink is None


@pytest.mark.parametrize(
    ("text", "written"),
    [("bell\x07", "bell_x0007_"), ("a\r\nb", "a_x000D_\nb"), ("\ud800", "_xD800_"), ("\uffff", "_xFFFF_"), ("_x0041_", "_x005F_x0041_")],
)
def test_what_xml_cannot_hold_is_escaped(text: str, written: str) -> None:
    """As ECMA-376 says for ST_Xstring; Excel undoes it, openpyxl does not."""
    assert cell(text).value == written


def test_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError, match="holds 32767 characters, and this one has 32768"):
        Table(["x"], [("a" * 32_768,)]).xlsx()
    monkeypatch.setattr(workbook, "MAX_ROWS", 3)
    assert Table(["x"], [(1,)] * 2).xlsx()
    with pytest.raises(UsageError, match="a sheet holds 2 rows"):
        Table(["x"], [(1,)] * 3).xlsx()
    monkeypatch.setattr(workbook, "MAX_LINKS", 1)
    sheet = opened(Table([Column("x", "iri")], [(CHN,), (PAK,)]))["Answer"]
    assert [sheet["A2"].hyperlink is None, sheet["A3"].hyperlink is None] == [False, True]


def test_the_same_table_gives_the_same_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    table = Table(COLUMNS, ROWS, title="Parties", origin=ORIGIN)
    first = table.xlsx()
    later = time.time() + 90_000
    monkeypatch.setattr(time, "time", lambda: later)
    monkeypatch.setattr(time, "localtime", lambda *_: time.gmtime(later))
    assert table.xlsx() == first
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        properties = archive.read("docProps/core.xml").decode()
    assert "<dc:title>Parties</dc:title>" in properties
    assert not re.search(r"\d{4}-\d\d-\d\d", properties)


def test_the_file_is_whole_or_not_there(tmp_path: Path) -> None:
    path = tmp_path / "answer.xlsx"
    table = Table(COLUMNS, ROWS)
    table.to_xlsx(path)
    assert path.read_bytes() == table.xlsx()
    with pytest.raises(UsageError):
        Table(["x"], [("a" * 40_000,)]).to_xlsx(path)
    assert path.read_bytes() == table.xlsx()
    assert [entry.name for entry in tmp_path.iterdir()] == ["answer.xlsx"]
    with pytest.raises(OutputError, match="this is a folder"):
        table.to_xlsx(tmp_path)


def test_an_empty_table_is_a_workbook_too() -> None:
    assert opened(Table(COLUMNS, []))["Answer"]["A1"].value == "state"
    assert opened(Table([], [])).sheetnames == ["Answer", "About"]


def test_without_the_extra_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    with pytest.raises(MissingExtra, match=r"pip install 'comity\[xlsx\]'"):
        Table(COLUMNS, ROWS).xlsx()
