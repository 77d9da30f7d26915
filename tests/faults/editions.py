"""Small editions: the ontology, shapes and questions of the real one, and a few of its things."""

from __future__ import annotations

import shutil
from pathlib import Path

CHECKOUT = Path(__file__).parents[2]
_FILES = ("concepts/level", "entities/organization")
_MORE = "entities/mechanism"


def make(root: Path, *, more: bool) -> Path:
    """Lay out an edition at `root`, with or without the mechanisms, and return its folder."""
    for name in ("ontology", "shapes", "queries"):
        shutil.copytree(CHECKOUT / name, root / name)
    for name in ("CITATION.cff", "LICENSE-DATA"):
        shutil.copy(CHECKOUT / name, root)
    for name in (*_FILES, *((_MORE,) if more else ())):
        file = root / "data" / f"{name}.ttl"
        file.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(CHECKOUT / "data" / f"{name}.ttl", file)
    return root
