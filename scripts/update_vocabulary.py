"""Write src/comity/_vocabulary.py, the list of the ontology's terms, from ontology/comity.ttl."""

from __future__ import annotations

import sys
from pathlib import Path

import pyoxigraph as ox

from generated import settle

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "ontology" / "comity.ttl"
TARGET = ROOT / "src" / "comity" / "_vocabulary.py"
NAMESPACE = "https://w3id.org/comity/ontology#"


def vocabulary() -> str:
    """Return the module's text: every term that the ontology declares, sorted."""
    names = {
        quad.subject.value.removeprefix(NAMESPACE)
        for quad in ox.parse(path=str(SOURCE), format=ox.RdfFormat.TURTLE)
        if isinstance(quad.subject, ox.NamedNode) and quad.subject.value.startswith(NAMESPACE)
    }
    lines = "".join(f'        "{name}",\n' for name in sorted(names))
    return (
        '"""The terms of the ontology. Written by scripts/update_vocabulary.py from ontology/comity.ttl; do not edit."""\n'
        "\nfrom typing import Final\n\n"
        f"ONTOLOGY_TERMS: Final = frozenset(\n    {{\n{lines}    }}\n)\n"
    )


def main() -> int:
    complaint = f"{TARGET.relative_to(ROOT)}: not the terms of {SOURCE.relative_to(ROOT)}; run: make format"
    return settle(TARGET, vocabulary(), complaint)


if __name__ == "__main__":
    sys.exit(main())
