#!/usr/bin/env python3
"""Build data/record from the tables of the public record.

    python scripts/build_record.py [--tables FOLDER] [--check]

The tables are not part of this repository; docs/sources.md describes them. Give their folder with ``--tables``, or in
the environment variable ``COMITY_RECORD``. With ``--check`` nothing is written, and what differs is reported. Exit
status: 0 done or equal, 1 different, 2 no folder given, 3 a table cannot be read or breaks a rule.
"""

from __future__ import annotations

import argparse
import difflib
import os
import sys
from pathlib import Path

from comity.errors import ComityError
from comity.files import write_whole
from record.build import build, known_names

ROOT = Path(__file__).resolve().parent.parent
#: Written by hand, and so left alone.
BY_HAND = {"documents/documents.ttl"}


def differences(target: Path, files: dict[str, str]) -> list[str]:
    """Say, for each file that differs from what is committed, which and where."""
    there = {path.relative_to(target).as_posix() for path in target.rglob("*.ttl")} - BY_HAND
    found = [f"{name}: not built from the tables; delete it" for name in sorted(there - set(files))]
    for name, content in sorted(files.items()):
        path = target / name
        if not path.is_file():
            found.append(f"{name}: missing")
        elif (before := path.read_text(encoding="utf-8")) != content:
            lines = difflib.unified_diff(before.splitlines(), content.splitlines(), "committed", "built", lineterm="", n=0)
            found.append(f"{name}: differs\n" + "\n".join(f"    {line}" for line in list(lines)[2:12]))
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description="Build data/record from the tables of the public record.")
    parser.add_argument("--tables", type=Path, help="folder of the tables (default: COMITY_RECORD)")
    parser.add_argument("--check", action="store_true", help="write nothing, report what differs")
    options = parser.parse_args()
    folder = options.tables or (Path(os.environ["COMITY_RECORD"]) if os.environ.get("COMITY_RECORD") else None)
    if folder is None:
        parser.error("no folder of tables: give --tables, or set COMITY_RECORD")
    try:
        built = build(folder, known_names(ROOT / "data"))
    except ComityError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    target, files = ROOT / "data" / "record", dict(built.files())
    if options.check:
        found = differences(target, files)
        print("\n".join(found) or f"{len(files)} files are as the tables give them")
        return 1 if found else 0
    for name, content in files.items():
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        write_whole(target / name, content.encode("utf-8"))
    triples = sum(map(len, built.graphs.values()))
    print(f"{len(files)} files, {triples:,} triples")
    for (table, reason), count in sorted(built.left_out.items()):
        print(f"left out: {count} of {table}: {reason}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
