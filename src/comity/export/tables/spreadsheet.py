"""The workbook for people who read law: what is in it, a sheet a question, and the sources.

The first sheet names the others, what each answers and how many rows it has, and says how to cite. Names are links to what they name.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from comity.export.metadata.about import About
from comity.files import write_whole
from comity.table.reading import shown_columns
from comity.table.workbook import fill, new_book, put, saved

if TYPE_CHECKING:
    from comity.table import Table

SOURCES: Final = "record-sources"
"""The question whose answer is the last sheet."""
_NAME: Final = 31
"""How long the name of a sheet may be in Excel."""


def write_xlsx(answers: Sequence[tuple[str, Table]], about: About, path: Path) -> list[Path]:
    """Write the workbook and return its path. Needs the extra ``xlsx``."""
    book = new_book(about.title)
    ordered = sorted(answers, key=lambda answer: answer[0] == SOURCES)
    names = {name: "Sources" if name == SOURCES else name.replace("-", " ").capitalize()[:_NAME] for name, _ in ordered}
    _contents(book.active, ordered, names, about)
    for name, table in ordered:
        fill(book.create_sheet(), names[name], shown_columns(table.columns, table.rows), len(table))
    write_whole(path, saved(book))
    return [path]


def _contents(sheet: Any, answers: Sequence[tuple[str, Table]], names: dict[str, str], about: About) -> None:
    from openpyxl.styles import Alignment, Font

    sheet.title = "Contents"
    for letter, width in zip("ABC", (32, 100, 10), strict=True):
        sheet.column_dimensions[letter].width = width
    lines: list[tuple[str | int, ...]] = [
        (about.title,),
        ("Version", f"{about.version}, {about.released.isoformat()}"),
        ("How to cite", about.citation),
        ("Licence", about.licence),
        *(("Based on", work) for work in about.based_on),
        (),
        ("Sheet", "What it answers", "Rows"),
    ]
    heading = len(lines)
    lines += [(names[name], table.origin.asks if table.origin else table.title, len(table)) for name, table in answers]
    for row, line in enumerate(lines, 1):
        for column, value in enumerate(line, 1):
            place = sheet.cell(row, column)
            put(place, value)
            place.alignment = Alignment(wrap_text=row > 1, vertical="top")
            if row in (1, heading) or (column == 1 and row < heading):
                place.font = Font(bold=True, size=14 if row == 1 else None)
        if row > heading:
            place = sheet.cell(row, 1)
            place.hyperlink = f"#'{line[0]}'!A1"
            place.style = "Hyperlink"
    sheet.freeze_panes = f"A{heading + 1}"
