"""CSV files of users: read with what a spreadsheet made of them, and written with columns added and every other byte kept."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from comity.errors import InputError, UsageError
from comity.resources import display

_DELIMITERS: Final = (",", ";", "\t", "|")
_MARKS: Final = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
#: One field may hold no more than this many characters, so that a quote that is never closed is found before memory ends.
_FIELD: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Record:
    """One row of a file: its text as it stands there, line end and all, its fields, and the line on which it begins (from 1)."""

    text: str
    fields: tuple[str, ...]
    line: int

    @property
    def blank(self) -> bool:
        """Whether it is an empty line between rows."""
        return not self.text.strip("\r\n")


@dataclass(frozen=True, slots=True)
class CsvFile:
    """A CSV file: its rows with the head first, and how it is written."""

    path: str
    records: tuple[Record, ...]
    delimiter: str
    encoding: str
    mark: bytes

    @property
    def head(self) -> tuple[str, ...]:
        """The names of its columns, without spaces around them."""
        return _head(self.records[0])

    @property
    def rows(self) -> list[Record]:
        """The rows below the head that are not blank."""
        return [record for record in self.records[1:] if not record.blank]

    def column(self, name: str) -> list[str]:
        """Return the fields of one column, empty where a row is too short.

        Raises :class:`~comity.errors.UsageError` for a column that is not there, or there twice.
        """
        if self.head.count(name) != 1:
            what = "two columns" if name in self.head else "no column"
            raise UsageError(f"{self.path} has {what} '{name}'", f"its columns are: {', '.join(self.head)}")
        place = self.head.index(name)
        return [record.fields[place] if place < len(record.fields) else "" for record in self.rows]

    def with_columns(self, names: Sequence[str], cells: Iterable[Sequence[str]]) -> bytes:
        """Return the file with columns added on the right of each row; blank lines stay blank.

        Raises :class:`~comity.errors.UsageError` when a column is there already, or the file's encoding lacks a character.
        """
        taken = [name for name in names if name in self.head]
        if taken:
            raise UsageError(f"{self.path} has a column '{taken[0]}' already", "rename or remove it first")
        added = iter(cells)
        parts = [self._longer(self.records[0], names)]
        parts += [record.text if record.blank else self._longer(record, next(added)) for record in self.records[1:]]
        text = "".join(parts)
        try:
            return self.mark + text.encode(self.encoding)
        except UnicodeEncodeError as error:
            raise UsageError(
                f"{self.path} is in {self.encoding}, which has no {text[error.start]!r}", "save it as UTF-8 first"
            ) from None

    def _longer(self, record: Record, cells: Sequence[str]) -> str:
        body = record.text.rstrip("\r\n")
        end = record.text[len(body) :]
        made = io.StringIO(newline="")
        # A row that is too short gets the fields that it lacks, so that what is added stands under its head.
        missing = [""] * (len(self.head) - len(record.fields))
        csv.writer(made, delimiter=self.delimiter, lineterminator="").writerow(["", *missing, *cells])
        return f"{body}{made.getvalue()}{end}"


def _head(record: Record) -> tuple[str, ...]:
    return tuple(name.strip() for name in record.fields)


def read_csv(path: str | Path, column: str, *, encoding: str | None = None) -> CsvFile:
    """Read a CSV file that has the column `column`: the delimiter is the one with which its head has it.

    The encoding is UTF-8, or what a mark at the file's beginning says, or else Windows-1252, as older spreadsheets write it.
    Raises :class:`~comity.errors.InputError` with the line for what is no CSV, and :class:`~comity.errors.UsageError` for a file
    without the column.
    """
    shown = display(Path(path))
    try:
        content = Path(path).read_bytes()
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror})", "give the path of a CSV file", file=shown) from None
    text, encoding, mark = _decoded(content, encoding, shown)
    if not text.strip():
        raise InputError("the file is empty", "give one whose first line names its columns", file=shown)
    best: tuple[Record, ...] = ()
    for delimiter in _DELIMITERS:
        try:
            head = next(_records(text, delimiter, shown))
        except InputError:
            continue
        if column in _head(head):
            records = tuple(_records(text, delimiter, shown))
            for record in records[1:]:
                if len(record.fields) > len(records[0].fields):
                    what = f"{len(record.fields)} fields, and {len(records[0].fields)} columns in the head"
                    raise InputError(what, f"put fields that hold '{delimiter}' in quotes", file=shown, line=record.line)
            return CsvFile(shown, records, delimiter, encoding, mark)
        if not best or len(head.fields) > len(best[0].fields):
            best = (head,)
    if not best:
        best = (next(_records(text, ",", shown)),)
    raise UsageError(f"{shown} has no column '{column}'", f"its columns are: {', '.join(_head(best[0]))}")


def _decoded(content: bytes, encoding: str | None, shown: str) -> tuple[str, str, bytes]:
    for mark, marked in _MARKS:
        if content.startswith(mark):
            content, encoding = content[len(mark) :], marked
            break
    else:
        mark = b""
    for tried in (encoding,) if encoding else ("utf-8", "cp1252"):
        try:
            text = content.decode(tried)
        except LookupError:
            raise UsageError(f"'{tried}' is no encoding", "use a name such as utf-8, cp1252 or utf-16") from None
        except UnicodeDecodeError as error:
            line = content.count(b"\n", 0, error.start) + 1
        else:
            if "\0" in text:
                line = text.count("\n", 0, text.index("\0")) + 1
                raise InputError("a zero byte: this is no text", "save the table as CSV, in UTF-8", file=shown, line=line)
            return text, tried, mark
    raise InputError(f"this is no {encoding or 'UTF-8'}", "save the table as CSV, in UTF-8", file=shown, line=line)


def _records(text: str, delimiter: str, shown: str) -> Iterator[Record]:
    """Yield the rows with their text. Line ends stay as they are: inside of quotes they belong to the field."""
    taken: list[str] = []

    def lines() -> Iterator[str]:
        for line in io.StringIO(text, newline=""):
            taken.append(line)
            yield line

    old = csv.field_size_limit(_FIELD)
    reader = csv.reader(lines(), delimiter=delimiter, strict=True)
    line = 1
    try:
        for fields in reader:
            yield Record("".join(taken), tuple(fields), line)
            line += len(taken)
            taken.clear()
    except csv.Error as error:
        raise InputError(f"this is no CSV ({error})", "look for a quote that is not closed or not doubled", file=shown, line=line) from None
    finally:
        csv.field_size_limit(old)
