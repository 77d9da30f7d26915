"""One SQLite file: a table a class, each thing once in ``Thing``, and foreign keys from everything that names a thing.

A property that has several values for one thing is a table of its own, ``<property>_values``, with ``thing`` and ``value``. Names
of things are in ``Thing`` only: join it. ``About`` says what the file is, ``Column`` what each column means. The answers of questions are
tables too, named ``answer_<question>``. Dates are ISO texts, which SQLite's date functions and comparisons take.
"""

from __future__ import annotations

import sqlite3
import struct
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from comity.export.metadata.about import About
from comity.export.tables.model import Field, Sheet, values_of
from comity.files import write_whole
from comity.table.cells import plain

_TYPES: Final = {"integer": "INTEGER", "decimal": "NUMERIC", "double": "REAL", "boolean": "INTEGER"}
_ABOUT: Final = 'CREATE TABLE "About" (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID'
_COLUMN: Final = (
    'CREATE TABLE "Column" ("table" TEXT, name TEXT, meaning TEXT, property TEXT, PRIMARY KEY ("table", name)) WITHOUT ROWID'
)
_VERSION: Final = 3_045_000
"""What the file's header gives as the version of SQLite that wrote it: it is for information only, and may not tell two machines apart."""


def write_sqlite(sheets: Sequence[Sheet], about: About, path: Path) -> list[Path]:
    """Write the file and return its path."""
    content = bytearray(_filled(sheets, about))
    content[96:100] = struct.pack(">I", _VERSION)
    write_whole(path, bytes(content))
    return [path]


def _filled(sheets: Sequence[Sheet], about: About) -> bytes:
    """The file's bytes: made in memory, so that no disk can be full, nor a killed process leave anything."""
    base = sqlite3.connect(":memory:")
    try:
        base.execute("PRAGMA foreign_keys = OFF")  # tables name one another; PRAGMA foreign_key_check looks at the end
        base.execute(_ABOUT)
        base.executemany('INSERT INTO "About" VALUES (?, ?)', _about(about))
        base.execute(_COLUMN)
        classes = [sheet for sheet in sheets if sheet.iri]
        lists = {field.name: field for sheet in classes for field in sheet.fields if field.many}
        values: dict[str, set[tuple[str, Any]]] = {name: set() for name in lists}
        for sheet in classes:
            _class(base, sheet, lists, values)
        for name, field in sorted(lists.items()):
            if not field.labels:
                _values(base, name, field, values[name])
        for sheet in sheets:
            if not sheet.iri:
                _create(base, f"answer_{sheet.name.replace('-', '_')}", sheet, list(enumerate(sheet.fields)), keys=False)
        base.commit()
        broken = base.execute("PRAGMA foreign_key_check").fetchall()
        assert not broken, broken  # whatever a table mentions is in Thing
        base.execute("VACUUM")
        return base.serialize()
    finally:
        base.close()


def _about(about: About) -> list[tuple[str, str]]:
    return [
        ("title", about.title),
        ("version", about.version),
        ("released", about.released.isoformat()),
        ("licence", about.licence),
        ("citation", about.citation),
        ("abstract", about.abstract),
    ]


def _class(base: sqlite3.Connection, sheet: Sheet, lists: dict[str, Field], values: dict[str, set[tuple[str, Any]]]) -> None:
    # Labels are in Thing; a property with several values anywhere has a table of its own.
    kept = [(index, field) for index, field in enumerate(sheet.fields) if not field.labels and field.name not in lists]
    _create(base, sheet.name, sheet, kept, keys=True)
    for index, field in enumerate(sheet.fields):
        if field.name in lists and not field.labels:
            for row in sheet.rows:
                values[field.name] |= {(plain(row[0]), _stored(each)) for each in values_of(row[index])}  # type: ignore[arg-type]


def _create(base: sqlite3.Connection, name: str, sheet: Sheet, fields: Sequence[tuple[int, Field]], *, keys: bool) -> None:
    lines = []
    for _, field in fields:
        line = f"{_quoted(field.name)} {_TYPES.get(field.type, 'TEXT')}"
        if keys and field.name == "iri":
            line += " PRIMARY KEY NOT NULL"
        if keys and field.type == "iri" and sheet.name != "Thing":
            line += ' REFERENCES "Thing" (iri)'
        lines.append(line)
    base.execute(f"CREATE TABLE {_quoted(name)} ({', '.join(lines)})")
    slots = ", ".join("?" for _ in fields)
    rows = [tuple(_stored(row[index]) for index, _ in fields) for row in sheet.rows]
    base.executemany(f"INSERT INTO {_quoted(name)} VALUES ({slots})", rows)
    meanings = [(name, field.name, field.meaning, field.property or None) for _, field in fields]
    base.executemany('INSERT INTO "Column" VALUES (?, ?, ?, ?)', meanings)


def _values(base: sqlite3.Connection, name: str, field: Field, values: set[tuple[str, Any]]) -> None:
    table = f"{name}_values"
    reference = ' REFERENCES "Thing" (iri)' if field.type == "iri" else ""
    base.execute(
        f'CREATE TABLE {_quoted(table)} (thing TEXT NOT NULL REFERENCES "Thing" (iri), '
        f"value {_TYPES.get(field.type, 'TEXT')} NOT NULL{reference}, PRIMARY KEY (thing, value)) WITHOUT ROWID"
    )
    ordered: list[tuple[str, Any]] = sorted(values, key=lambda pair: (pair[0], str(pair[1])))
    base.executemany(f"INSERT INTO {_quoted(table)} VALUES (?, ?)", ordered)
    base.execute('INSERT INTO "Column" VALUES (?, ?, ?, ?)', (table, "value", field.meaning, field.property or None))


def _stored(value: Any) -> str | int | float | None:
    if isinstance(value, bool):
        return int(value)
    if value is None or isinstance(value, int | float):
        return value
    return str(value) if isinstance(value, Decimal) else plain(value)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
