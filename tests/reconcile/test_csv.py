"""CSV files of users: columns are added, and every other byte stays; the command from file to file."""

from __future__ import annotations

import contextlib
import csv
import io
from pathlib import Path

import pytest

import comity
from comity import cli
from comity.errors import InputError, UsageError
from comity.reconcile.csv_file import read_csv
from comity.reconcile.table import ADDED

# Content of a file, and the same with a column x that holds the row's number.
KEPT = {
    "plain": (b"name\nPakistan\nNiger\n", b"name,x\nPakistan,1\nNiger,2\n"),
    "no-last-line-end": (b"a,name\n1,Pakistan", b"a,name,x\n1,Pakistan,1"),
    "semicolons": (b"a;name\n1,5;Pakistan\n", b"a;name;x\n1,5;Pakistan;1\n"),
    "tabs": (b"a\tname\n1\tPakistan\n", b"a\tname\tx\n1\tPakistan\t1\n"),
    "bars": (b"a|name\n1|Pakistan\n", b"a|name|x\n1|Pakistan|1\n"),
    "quotes-that-need-not-be": (b'"a","name"\r\n"1","Congo, Rep."\r\n', b'"a","name",x\r\n"1","Congo, Rep.",1\r\n'),
    "quotes-in-quotes": (b'name,b\nPakistan,"a ""b"""\n', b'name,b,x\nPakistan,"a ""b""",1\n'),
    "line-in-a-field": (b'name,b\n"Pak\r\nistan",1\n', b'name,b,x\n"Pak\r\nistan",1,1\n'),
    "mark-of-utf-8": ("\ufeffname\nC\u00f4te d'Ivoire\n".encode(), "\ufeffname,x\nC\u00f4te d'Ivoire,1\n".encode()),
    "utf-16": ("\ufeffname\nPakistan\n".encode("utf-16-le"), "\ufeffname,x\nPakistan,1\n".encode("utf-16-le")),
    "cp1252": ("name\nC\u00f4te\n".encode("cp1252"), "name,x\nC\u00f4te,1\n".encode("cp1252")),
    "blank-lines": (b"name\n\nPakistan\n\n\nNiger\n", b"name,x\n\nPakistan,1\n\n\nNiger,2\n"),
    "short-rows": (b"name,b,c\nPakistan\nNiger,2,3\n", b"name,b,c,x\nPakistan,,,1\nNiger,2,3,2\n"),
    "old-line-ends": (b"name\rPakistan\r", b"name,x\rPakistan,1\r"),
    "spaces": (b"name , b\n Pakistan , 1 \n", b"name , b,x\n Pakistan , 1 ,1\n"),
}
REFUSED = {
    "empty": (b"", InputError, "the file is empty"),
    "no-column": (b"a,b\n1,2\n", UsageError, "no column 'name'; its columns are: a, b"),
    "two-columns": (b"name,name\n1,2\n", UsageError, "two columns 'name'"),
    "open-quote": (b'name,b\n1,2\n"3,4\n', InputError, ":3: this is no CSV"),
    "too-many-fields": (b"name\nCongo, Rep.\n", InputError, ":2: 2 fields, and 1 columns in the head"),
    "zero-byte": (b"name\nPa\0kistan\n", InputError, ":2: a zero byte"),
    "taken": (b"name,x\n1,2\n", UsageError, "has a column 'x' already"),
    "no-such-character": ("name\nC\u00f4te\n".encode("cp1252"), UsageError, "cp1252, which has no"),
}


def add(path: Path, value: str | None = None) -> bytes:
    table = read_csv(path, "name")
    return table.with_columns(["x"], ([value or str(number)] for number, _ in enumerate(table.column("name"), 1)))


@pytest.mark.parametrize("case", KEPT)
def test_every_other_byte_stays(tmp_path: Path, case: str) -> None:
    before, after = KEPT[case]
    (tmp_path / "t.csv").write_bytes(before)
    assert add(tmp_path / "t.csv") == after


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_refused_and_where(tmp_path: Path, case: str) -> None:
    content, kind, message = REFUSED[case]
    (tmp_path / "t.csv").write_bytes(content)
    with pytest.raises(kind) as raised:
        add(tmp_path / "t.csv", "\u4e2d" if case == "no-such-character" else None)
    assert message in str(raised.value)
    assert "\n" not in str(raised.value)


def test_an_encoding_that_is_given_is_kept_to(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_bytes("name\nПакистан\n".encode("cp1251"))
    assert read_csv(tmp_path / "t.csv", "name", encoding="cp1251").column("name") == ["Пакистан"]
    with pytest.raises(InputError, match=r":2: this is no utf-8"):
        read_csv(tmp_path / "t.csv", "name", encoding="utf-8")
    with pytest.raises(UsageError, match="'utf-88' is no encoding"):
        read_csv(tmp_path / "t.csv", "name", encoding="utf-88")
    with pytest.raises(InputError, match="cannot be read"):
        read_csv(tmp_path / "nowhere.csv", "name")


# -- the command -----------------------------------------------------------------------------------------------------


@pytest.fixture
def command(opened: comity.Comity, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]):
    monkeypatch.setattr(cli.reconcile, "open_edition", lambda: contextlib.nullcontext(opened))

    def run(*arguments: str) -> tuple[int, str, str]:
        status = cli.run(["reconcile", *arguments])
        return (status, *capfd.readouterr())

    return run


def test_from_file_to_file(command, tmp_path: Path) -> None:
    source, target = tmp_path / "in.csv", tmp_path / "out.csv"
    rows_in = (b"nr;title;adopted", b"1;Montreal Convention;1971-09-23", b"2;Montreal Convention;", b"3;Kyoto Protocol;1997", b"")
    source.write_bytes(b"\r\n".join(rows_in))
    status, out, err = command(str(source), "--column", "title", "--type", "instrument", "--date-column", "adopted", "-o", str(target))
    assert (status, out, err) == (0, "", "3 names: 1 matched, 2 for you to look at\n")
    with target.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream, delimiter=";"))
    assert list(rows[0]) == ["nr", "title", "adopted", *ADDED]
    assert [row["comity_match"] for row in rows] == ["yes", "no", "no"]
    assert rows[0]["comity_id"] == "https://w3id.org/comity/id/instrument/montreal-1971"
    assert rows[1]["comity_id"] == rows[1]["comity_label"] == rows[1]["comity_wikidata"] == ""
    assert "instrument/montreal-1971" in rows[1]["comity_candidates"]
    for line, before in zip(target.read_bytes().split(b"\r\n"), source.read_bytes().split(b"\r\n"), strict=True):
        assert line.startswith(before)


def test_to_standard_output(command, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("country\nBurma\nNA\n", encoding="utf-8")
    status, out, _ = command(str(tmp_path / "in.csv"), "--column", "country", "--type", "state")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert status == 0
    assert [row["comity_wikidata"].rpartition("/")[2] for row in rows] == ["Q836", "Q1030"]


def test_nothing_is_written_for_bad_input(command, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("country\nBurma\n", encoding="utf-8")
    target = tmp_path / "out.csv"
    for arguments, status, message in (
        (["--column", "county"], 2, "no column 'county'"),
        (["--column", "country", "--type", "stat"], 2, "unknown type 'stat'"),
        (["--column", "country", "--date-column", "date"], 2, "no column 'date'"),
        ([], 2, "Missing option '--column'"),
    ):
        done = command(str(tmp_path / "in.csv"), *arguments, "-o", str(target))
        assert done[:2] == (status, "")
        assert message in done[2]
        assert done[2].count("\n") == 1
    assert not target.exists()
