"""Reads the tables of the public record."""

from __future__ import annotations

import csv
from pathlib import Path

from comity.errors import ResourceError

Row = dict[str, str]


class Tables:
    """A folder of CSV tables; each is read once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._read: dict[str, list[Row]] = {}

    def __getitem__(self, name: str) -> list[Row]:
        """The rows of the table ``<name>.csv``, every cell without surrounding blanks."""
        if name not in self._read:
            path = self.folder / f"{name}.csv"
            if not path.is_file():
                raise ResourceError(f"{path}: no such table", "give the folder of the tables with --tables, or in COMITY_RECORD")
            with path.open(encoding="utf-8", newline="") as handle:
                self._read[name] = [{column: (cell or "").strip() for column, cell in row.items()} for row in csv.DictReader(handle)]
        return self._read[name]
