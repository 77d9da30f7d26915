"""Files that scripts write: write them, or with ``--check`` see whether they are up to date."""

from __future__ import annotations

import sys
from collections.abc import Mapping
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


def settle_folder(folder: Path, texts: Mapping[str, str], complaint: str) -> int:
    """Settle every file of `folder`, which holds those named in `texts` and no others; `complaint` has a ``{name}``."""
    status = 0
    for name, text in sorted(texts.items()):
        status |= settle(folder / name, text, complaint.format(name=name))
    for path in sorted(folder.glob("*")):
        if path.name in texts:
            continue
        if "--check" in sys.argv[1:]:
            print(complaint.format(name=path.name), file=sys.stderr)
            status = 1
        else:
            path.unlink()
    return status
