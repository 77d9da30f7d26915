"""Text laid out in terminal cells: widths, wrapping, and the drawing of a grid. Knows nothing of tables or RDF."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

_GAP = "  "
#: A column is not squeezed below this many cells; a grid that would need it is drawn as blocks instead.
_NARROWEST = 8


def cell_width(text: str) -> int:
    """Return how many terminal cells `text` takes: two for a wide character, none for a combining or format mark."""
    if text.isascii():
        return len(text)
    return sum(_character_width(character) for character in text)


def _character_width(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in ("W", "F") else 1


def printable(text: str) -> str:
    """Return `text` with tabs as spaces and other control characters made visible: a cell must not steer a terminal."""
    text = text.replace("\t", " ").replace("\r\n", "\n")
    return re.sub(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029]", lambda match: f"\\x{ord(match[0]):02x}", text)


def wrap(text: str, width: int) -> list[str]:
    """Break `text` into lines of at most `width` cells: at spaces, between wide characters, else inside a long word."""
    lines: list[str] = []
    for paragraph in text.split("\n"):
        line, used, before = "", 0, len(lines)
        for piece in _pieces(paragraph):
            need = cell_width(piece)
            if used + need <= width:
                line, used = line + piece, used + need
                continue
            if line.strip():
                lines.append(line.rstrip())
            line, used = "", 0
            if piece.isspace():
                continue
            for character in piece:
                size = _character_width(character)
                if used + size > width and line:
                    lines.append(line)
                    line, used = "", 0
                line, used = line + character, used + size
        if line.strip() or len(lines) == before:
            lines.append(line.rstrip())
    return lines


def _pieces(text: str) -> list[str]:
    """Split into spaces, words, and single wide characters (Chinese may break between any two)."""
    pieces: list[str] = []
    for chunk in re.findall(r"\s+|\S+", text):
        if chunk.isascii():
            # A long IRI or code reads better broken after a slash or a colon than anywhere.
            pieces += re.findall(r"[^/:]*[/:]+|[^/:]+", chunk) if len(chunk) > 2 * _NARROWEST else [chunk]
            continue
        word = ""
        for character in chunk:
            if _character_width(character) == 2:
                pieces += [word] if word else []
                pieces.append(character)
                word = ""
            else:
                word += character
        pieces += [word] if word else []
    return pieces


def draw(headings: Sequence[str], rows: Sequence[Sequence[str]], right: Sequence[bool], width: int) -> str:
    """Draw a grid at most `width` cells wide; `right` says which columns are set to the right.

    Cells are wrapped where needed; a grid of wrapped cells has a blank line between rows. When there are more columns
    than fit, every row is drawn as a block of ``heading: cell`` lines.
    """
    rows = [[printable(cell) for cell in row] for row in rows]
    natural = [
        max([cell_width(heading), *(cell_width(line) for row in rows for line in row[index].split("\n"))])
        for index, heading in enumerate(headings)
    ]
    words = [
        max((cell_width(word) for row in rows for word in _pieces(row[index].replace("\n", " "))), default=0)
        for index in range(len(headings))
    ]
    available = width - len(_GAP) * (len(headings) - 1)
    for longest in (2 * _NARROWEST + 2, _NARROWEST):
        # Rather than break words, take room from wider columns, as long as there is any.
        least = [
            min(size, max(_NARROWEST, cell_width(heading), min(word, longest)))
            for size, heading, word in zip(natural, headings, words, strict=True)
        ]
        if sum(least) <= available:
            break
    else:
        return _blocks(headings, rows, width)
    sizes = _share(natural, least, available)
    wrapped = [[wrap(cell, size) for cell, size in zip(row, sizes, strict=True)] for row in rows]
    tall = any(len(cell) > 1 for row in wrapped for cell in row)
    out = [_line(headings, sizes, right), _GAP.join("─" * size for size in sizes)]
    for number, row in enumerate(wrapped):
        if tall and number:
            out.append("")
        for index in range(max((len(cell) for cell in row), default=0)):
            out.append(_line([cell[index] if index < len(cell) else "" for cell in row], sizes, right))
    return "\n".join(out) + "\n"


def _line(cells: Sequence[str], sizes: Sequence[int], right: Sequence[bool]) -> str:
    padded = []
    for cell, size, to_right in zip(cells, sizes, right, strict=True):
        space = " " * (size - cell_width(cell))
        padded.append(space + cell if to_right else cell + space)
    return _GAP.join(padded).rstrip()


def _share(natural: Sequence[int], least: Sequence[int], available: int) -> list[int]:
    """Return column widths: natural where they fit, the widest columns cut to a common height of water."""
    if sum(natural) <= available:
        return list(natural)
    low, high = 1, max(natural)
    while low < high:
        level = (low + high + 1) // 2
        if sum(max(floor, min(size, level)) for size, floor in zip(natural, least, strict=True)) <= available:
            low = level
        else:
            high = level - 1
    sizes = [max(floor, min(size, low)) for size, floor in zip(natural, least, strict=True)]
    for index, size in enumerate(natural):
        spare = available - sum(sizes)
        if spare > 0 and sizes[index] < size:
            sizes[index] += min(spare, size - sizes[index], 1)
    return sizes


def _blocks(headings: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> str:
    margin = max(map(cell_width, headings), default=0)
    room = max(_NARROWEST, width - margin - len(_GAP))
    out = []
    for row in rows:
        for heading, cell in zip(headings, row, strict=True):
            for index, line in enumerate(wrap(cell, room)):
                title = heading if index == 0 else ""
                out.append((title + " " * (margin - cell_width(title)) + _GAP + line).rstrip())
        out.append("")
    return "\n".join(out) + ("\n" if out else "")
