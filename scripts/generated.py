"""Files that scripts write from the ontology: write one, or with ``--check`` see whether it is up to date."""

from __future__ import annotations

import sys
from pathlib import Path

from comity.files import write_whole


def settle(target: Path, text: str, complaint: str) -> int:
    """Write `text` to `target`; with ``--check`` on the command line, print `complaint` and return 1 unless it is there."""
    if "--check" not in sys.argv[1:]:
        write_whole(target, text.encode())
        return 0
    if target.is_file() and target.read_text(encoding="utf-8") == text:
        return 0
    print(complaint, file=sys.stderr)
    return 1
