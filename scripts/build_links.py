#!/usr/bin/env python3
"""Build data/links/wikidata.sssom.tsv from the table of candidates.

    python scripts/build_links.py [--tables FOLDER] [--check]

The table is not part of this repository; give its folder with ``--tables``, or in the environment variable ``COMITY_LINKS``. With
``--check`` nothing is written. Exit status: 0 done or equal, 1 different, 2 no folder given, 3 the table cannot be read or a candidate
has no place. Then ``scripts/update_links.py`` makes RDF of the mapping set.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from comity.errors import ComityError
from comity.links import serialize
from generated import settle
from links.wikidata import build

TARGET = Path(__file__).resolve().parent.parent / "data" / "links" / "wikidata.sssom.tsv"


def main() -> int:
    parser = argparse.ArgumentParser(description="Build data/links/wikidata.sssom.tsv from the table of candidates.")
    parser.add_argument("--tables", type=Path, help="folder of the table (default: COMITY_LINKS)")
    parser.add_argument("--check", action="store_true", help="write nothing, report whether it differs")
    options = parser.parse_args()
    folder = options.tables or (Path(os.environ["COMITY_LINKS"]) if os.environ.get("COMITY_LINKS") else None)
    if folder is None:
        parser.error("no folder of the table: give --tables, or set COMITY_LINKS")
    try:
        text = serialize(build(folder))
    except ComityError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    return settle(TARGET, text, f"{TARGET.name}: not what the table gives; run: python scripts/build_links.py")


if __name__ == "__main__":
    sys.exit(main())
