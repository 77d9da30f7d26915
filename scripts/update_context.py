"""Write ontology/context.jsonld, the JSON-LD context of the edition, from ontology/comity.ttl."""

from __future__ import annotations

import sys
from pathlib import Path

import pyoxigraph as ox

from comity.export.context import FILE, document, make_context
from generated import settle

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "ontology" / "comity.ttl"
TARGET = ROOT / "ontology" / FILE


def main() -> int:
    context = make_context(ox.parse(path=str(SOURCE), format=ox.RdfFormat.TURTLE))
    complaint = f"{TARGET.relative_to(ROOT)}: not the context of {SOURCE.relative_to(ROOT)}; run: make format"
    return settle(TARGET, document(context), complaint)


if __name__ == "__main__":
    sys.exit(main())
