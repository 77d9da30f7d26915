"""Tables for people to read: text for a terminal, Markdown, HTML. An IRI with its label is one column, the name."""

from __future__ import annotations

import html
import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass

from comity.table.cells import Cell, Iri, plain
from comity.table.rows import Column
from comity.terms import shorten
from comity.textgrid import draw


@dataclass(frozen=True, slots=True)
class ShownColumn:
    """A column as it is shown: under which name, its cells, and for names of things the IRIs that they name."""

    column: Column
    name: str
    cells: tuple[Cell, ...]
    links: tuple[Cell, ...] | None = None

    @property
    def numeric(self) -> bool:
        """Whether its cells are numbers, which stand right."""
        return self.column.type in ("integer", "decimal", "double")


def shown_columns(columns: Sequence[Column], rows: Sequence[Sequence[Cell]], *, iris: bool = False) -> list[ShownColumn]:
    """Return the columns to show: without the IRIs whose labels stand beside them, unless `iris`."""
    cells = {column.name: tuple(row[index] for row in rows) for index, column in enumerate(columns)}
    things = {column.name for column in columns if column.type == "iri"}
    shown = []
    for column in columns:
        stem = column.name.removesuffix("Label")
        if iris:
            shown.append(ShownColumn(column, column.name, cells[column.name]))
        elif stem != column.name and stem in things:
            # An entity without a label is still shown, by its IRI.
            names = tuple(iri if label is None else label for label, iri in zip(cells[column.name], cells[stem], strict=True))
            shown.append(ShownColumn(column, stem, names, cells[stem]))
        elif column.name not in things or column.name + "Label" not in cells:
            shown.append(ShownColumn(column, column.name, cells[column.name]))
    return shown


def plain_text(
    columns: Sequence[Column], rows: Sequence[Sequence[Cell]], title: str = "", width: int | None = None, *, iris: bool = False
) -> str:
    """Draw the table for a terminal `width` cells wide (default: the terminal's own width)."""
    if width is None:
        width = shutil.get_terminal_size((100, 24)).columns
    shown = shown_columns(columns, rows, iris=iris)
    grid = [[displayed(cell) for cell in row] for row in zip(*(it.cells for it in shown), strict=True)]
    headings = [it.name + (f" ({it.column.unit})" if it.column.unit else "") for it in shown]
    count = f"({len(rows)} row{'' if len(rows) == 1 else 's'})" if rows else "(no rows)"
    return (f"{title}\n\n" if title else "") + draw(headings, grid, [it.numeric for it in shown], width) + count + "\n"


def markdown(columns: Sequence[Column], rows: Sequence[Sequence[Cell]]) -> str:
    """Return a Markdown pipe table; an IRI with its label is one link."""
    shown = shown_columns(columns, rows)
    rules = ["---:" if it.numeric else "---" for it in shown]
    lines = ["| " + " | ".join(_markdown(it.name) for it in shown) + " |", "| " + " | ".join(rules) + " |"]
    for index in range(len(rows)):
        fields = []
        for it in shown:
            cell = it.cells[index]
            link = it.links[index] if it.links else cell
            text = _markdown(displayed(cell))
            fields.append(f"[{text}](<{link}>)" if text and isinstance(link, Iri) else text)
        lines.append("| " + " | ".join(fields) + " |")
    return "\n".join(lines) + "\n"


def html_text(columns: Sequence[Column], rows: Sequence[Sequence[Cell]], title: str = "") -> str:
    """Return an HTML table; an IRI with its label is one link, and only web addresses are links."""
    shown = shown_columns(columns, rows)
    parts = ["<table>"]
    if title:
        parts.append(f"<caption>{html.escape(title)}</caption>")
    parts.append("<thead><tr>")
    for it in shown:
        unit = it.column.unit and f"({it.column.unit})"
        hint = html.escape(" ".join(filter(None, (it.column.meaning, unit))))
        parts.append(f'<th title="{hint}">{html.escape(it.name)}</th>')
    parts.append("</tr></thead><tbody>")
    for index in range(len(rows)):
        parts.append("<tr>")
        for it in shown:
            link = web_link(it.links[index] if it.links else it.cells[index])
            text = html.escape(displayed(it.cells[index]))
            parts.append(f'<td><a href="{html.escape(link)}">{text}</a></td>' if text and link else f"<td>{text}</td>")
        parts.append("</tr>")
    parts.append("</tbody></table>")
    return "".join(parts)


def web_link(cell: Cell) -> str | None:
    """Return the IRI in the cell if a click may safely lead there."""
    return cell if isinstance(cell, Iri) and cell.startswith(("http://", "https://")) else None


def displayed(cell: Cell) -> str:
    """Return the cell as people read it: IRIs of known namespaces as prefixed names, booleans as yes and no."""
    if isinstance(cell, Iri):
        return shorten(cell)
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    return plain(cell)


def _markdown(text: str) -> str:
    text = re.sub(r"([\\|`*_\[\]<>])", r"\\\1", text)
    return re.sub(r"\r\n|\r|\n", "<br>", text)
