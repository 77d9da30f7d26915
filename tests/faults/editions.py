"""Small editions: the ontology, shapes and questions of the real one, and a few of its things."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

CHECKOUT = Path(__file__).parents[2]
FEW = ("concepts/level", "entities/organization")
SOME = (*FEW, "concepts/topic", "entities/body", "entities/instrument", "entities/section", "paper/3.1.2")
_MORE = "entities/mechanism"


def make(root: Path, files: Sequence[str] = FEW, *, more: bool) -> Path:
    """Lay out an edition of these files at `root`, and return its folder; with `more`, it has the mechanisms and a name is another."""
    for name in ("ontology", "shapes", "queries"):
        shutil.copytree(CHECKOUT / name, root / name)
    (root / "requirements").mkdir()
    for name in ("CITATION.cff", "LICENSE-DATA", "requirements/sbom.cdx.json"):
        shutil.copy(CHECKOUT / name, root / name)
    for name in (*files, *((_MORE,) if more else ())):
        file = root / "data" / f"{name}.ttl"
        file.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(CHECKOUT / "data" / f"{name}.ttl", file)
    if more:
        file = root / "data" / "entities" / "organization.ttl"
        file.write_text(file.read_text(encoding="utf-8").replace("Association of Southeast", "Community of Southeast"), encoding="utf-8")
    return root
