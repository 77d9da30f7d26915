"""Export the edition: python scripts/export.py [--view VIEW] [--inferred yes|no|only] FOLDER [FORMAT ...].

Writes FOLDER/comity.<suffix> for each format (default: all): nq, trig, jsonld, nt, ttl, rdf. The same edition gives the same bytes.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import comity
from comity.dataset import VIEWS
from comity.export.rdf import FORMATS, INFERRED_CHOICES, find_format


def main() -> int:
    parser = argparse.ArgumentParser(description="Write the edition as RDF files.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("formats", nargs="*", default=[known.name for known in FORMATS], metavar="FORMAT")
    parser.add_argument("--view", choices=VIEWS, default="curated")
    parser.add_argument("--inferred", choices=INFERRED_CHOICES, default="yes")
    options = parser.parse_args()
    try:
        formats = [find_format(name) for name in options.formats]
        with comity.open(options.view, infer=options.inferred != "no") as edition:
            for known in formats:
                target = options.folder / f"comity{known.suffix}"
                for path in edition.export(known.name, target, inferred=options.inferred):
                    print(path)
    except comity.ComityError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
