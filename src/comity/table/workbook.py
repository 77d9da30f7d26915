"""Excel workbooks: a sheet with the answer, its cells typed, and a sheet that says what it is.

What a spreadsheet would take for a formula stays text. What Excel cannot hold as it is becomes text as well: days before March
1900, where its calendar goes wrong, and numbers of more than 15 digits. The same table gives the same bytes.
"""

from __future__ import annotations

import datetime as dt
import io
import math
import re
import zipfile
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any, Final

from comity.errors import UsageError
from comity.table.cells import Cell, plain
from comity.table.extras import needed
from comity.table.origin import Origin
from comity.table.reading import ShownColumn, shown_columns, web_link
from comity.table.rows import Column
from comity.textgrid import cell_width

# Limits of Excel (Microsoft: "Excel specifications and limits"); it repairs, that is cuts, files that go beyond.
MAX_ROWS: Final = 1_048_576
MAX_COLUMNS: Final = 16_384
MAX_TEXT: Final = 32_767
MAX_LINKS: Final = 65_530
MAX_LINK_LENGTH: Final = 2_079
DIGITS: Final = 15
FIRST_DAY: Final = dt.date(1900, 3, 1)

WIDEST: Final = 60
_FORMULA_SIGNS: Final = ("=", "+", "-", "@", "\t", "\r")
#: What XML 1.0 cannot hold, and what looks like the escape that stands for it (ECMA-376 part 1, 22.9.2.19, ST_Xstring).
_UNWRITABLE: Final = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")


def workbook(
    columns: Sequence[Column],
    rows: Sequence[Sequence[Cell]],
    title: str = "",
    origin: Origin | None = None,
    *,
    iris: bool = False,
) -> bytes:
    """Return the file; see :meth:`comity.Table.to_xlsx`."""
    book = new_book(title)
    shown = shown_columns(columns, rows, iris=iris)
    fill(book.active, "Answer", shown, len(rows))
    _about(book.create_sheet("About"), shown, len(rows), title, origin)
    return saved(book)


def new_book(title: str) -> Any:
    """Return an empty workbook of openpyxl, which the extra ``xlsx`` brings."""
    book = needed("openpyxl", "xlsx", "an Excel workbook").Workbook()
    book.properties.title = title or None
    book.properties.creator = "Comity"
    return book


def fill(sheet: Any, name: str, shown: Sequence[ShownColumn], count: int) -> None:
    """Write `count` rows of columns into a sheet, and call it `name`. Raises :class:`~comity.errors.UsageError` for too many."""
    from openpyxl.comments import Comment
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    if count >= MAX_ROWS or len(shown) > MAX_COLUMNS:
        raise UsageError(
            f"a sheet holds {MAX_ROWS - 1} rows and {MAX_COLUMNS} columns, the table has {count} and {len(shown)}",
            "write CSV, or ask for less",
        )
    sheet.title = name
    sheet.freeze_panes = "A2"
    links = 0
    for number, it in enumerate(shown, 1):
        head = sheet.cell(1, number)
        put(head, it.name + (f" ({it.column.unit})" if it.column.unit else ""))
        head.font = Font(bold=True)
        if it.column.meaning:
            head.comment = Comment(_writable(it.column.meaning), "Comity", height=90, width=240)
        for index, value in enumerate(it.cells):
            place = sheet.cell(index + 2, number)
            put(place, value)
            link = web_link(it.links[index] if it.links else value)
            if value is not None and link and len(link) <= MAX_LINK_LENGTH and links < MAX_LINKS:
                links += 1
                place.hyperlink = link
                place.style = "Hyperlink"
        widths = (cell_width(line) for value in (it.name, *it.cells) for line in plain(value).split("\n"))
        sheet.column_dimensions[get_column_letter(number)].width = min(WIDEST, max(widths, default=0)) + 3
    if shown:
        sheet.auto_filter.ref = f"A1:{get_column_letter(len(shown))}{count + 1}"


def _about(sheet: Any, shown: Sequence[ShownColumn], count: int, title: str, origin: Origin | None) -> None:
    from openpyxl.styles import Alignment, Font

    for number, width in enumerate((24, 100, 12, 20), 1):
        sheet.column_dimensions["ABCD"[number - 1]].width = width
    lines: list[tuple[Cell, ...]] = [("Title", title)]
    if origin is not None:
        lines += [
            ("Question", origin.asks),
            ("Name", origin.question),
            *((f"Parameter {name}", value) for name, value in origin.parameters),
            ("View", origin.described_view()),
        ]
    lines.append(("Rows", count))
    if origin is not None:
        query = re.sub(r"^#\+.*\n", "", origin.query, flags=re.MULTILINE).strip()  # the header says what stands above
        lines += [("How to cite", origin.citation()), ("Query", query if len(query) <= MAX_TEXT // 2 else "")]
    lines = [line for line in lines if line[1] != ""]
    heading = len(lines) + 2
    lines += [(), ("Column", "Meaning", "Type", "Unit")]
    lines += [(it.name, it.column.meaning, it.column.type, it.column.unit) for it in shown]
    for row, line in enumerate(lines, 1):
        for number, value in enumerate(line, 1):
            place = sheet.cell(row, number)
            put(place, value)
            place.alignment = Alignment(wrap_text=True, vertical="top")
            if number == 1 or row == heading:
                place.font = Font(bold=True)


def put(place: Any, value: Cell) -> None:
    """Write a value into a cell of the sheet as what it is, or as text."""
    if value is None:
        return
    if _is_kept_exactly(value):
        place.value = value
    elif isinstance(value, dt.datetime) and value.date() >= FIRST_DAY:
        # Excel knows no zones: the time is told in UTC, and the format says so.
        place.value = value.astimezone(dt.UTC).replace(tzinfo=None) if value.tzinfo else value
        place.number_format = 'yyyy-mm-dd hh:mm:ss" UTC"' if value.tzinfo else "yyyy-mm-dd hh:mm:ss"
    elif isinstance(value, dt.date) and not isinstance(value, dt.datetime) and value >= FIRST_DAY:
        place.value = value
        place.number_format = "yyyy-mm-dd"
    else:
        text = _writable(plain(value))
        place.value = text
        # openpyxl takes what begins with = for a formula.
        place.data_type = "s"
        # The mark that Excel sets for a leading apostrophe: the text stays text when somebody edits the cell.
        place.quotePrefix = text.startswith(_FORMULA_SIGNS)


def _is_kept_exactly(value: Cell) -> bool:
    """Tell whether a number, or a boolean, is the same in a sheet."""
    match value:
        case bool():
            return True
        case int():
            return len(str(abs(value))) <= DIGITS
        case float():
            return math.isfinite(value)
        case Decimal():
            return value.is_finite() and len(value.as_tuple().digits) <= DIGITS
    return False


def _writable(text: str) -> str:
    """Return the text with everything that XML cannot hold in the escape that Excel reads. Raises ``UsageError``."""
    written = _UNWRITABLE.sub(lambda found: f"_x{ord(found[0]):04X}_", text)
    if len(written) > MAX_TEXT:
        raise UsageError(
            f"a cell of a sheet holds {MAX_TEXT} characters, and this one has {len(written)}: {text[:40]!r}…", "write CSV"
        )
    return written


def saved(book: Any) -> bytes:
    """Return the saved workbook without the times that openpyxl writes into its properties and its archive."""
    from openpyxl.xml.functions import tostring

    made = io.BytesIO()
    book.save(made)
    properties = book.properties.to_tree()
    for time in [entry for entry in properties if entry.tag.endswith(("}created", "}modified"))]:
        properties.remove(time)
    out = io.BytesIO()
    with zipfile.ZipFile(made) as parts, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in _ordered(parts.namelist()):
            content = tostring(properties) if name == "docProps/core.xml" else parts.read(name)
            info = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            info.create_system = 3  # else it tells the system on which it was written
            archive.writestr(info, content)
    return out.getvalue()


def _ordered(names: Iterable[str]) -> list[str]:
    # The types of the parts come first: some programs recognise the file by them.
    return sorted(names, key=lambda name: (name != "[Content_Types].xml", name))
