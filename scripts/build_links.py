#!/usr/bin/env python3
"""Build the mapping sets of data/links from tables.

    python scripts/build_links.py [--tables FOLDER] [--record FOLDER] [--check]

Wikidata comes from the table of candidates (``--tables``, or the environment variable ``COMITY_LINKS``), GeoNames, the
countries and acts of the EU and the documents of the United Nations from the tables of the public record (``--record``,
``COMITY_RECORD``). Neither is part of this repository; a set whose folder is not given is left as it is.
With ``--check`` nothing is written. Exit status: 0 done or equal, 1 different, 2 no folder given, 3 a table cannot be read or a
candidate has no place. Then ``scripts/update_links.py`` makes RDF of the mapping sets.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from comity.errors import ComityError
from comity.links import serialize
from generated import settle
from links import geonames, identified, wikidata

TARGET = Path(__file__).resolve().parent.parent / "data" / "links"


def main() -> int:
    parser = argparse.ArgumentParser(description="Build the mapping sets of data/links from tables.")
    parser.add_argument("--tables", default=os.environ.get("COMITY_LINKS"), help="folder of the candidates (default: COMITY_LINKS)")
    parser.add_argument("--record", default=os.environ.get("COMITY_RECORD"), help="folder of the record (default: COMITY_RECORD)")
    parser.add_argument("--check", action="store_true", help="write nothing, report what differs")
    options = parser.parse_args()
    given = {
        "wikidata": (wikidata.build, options.tables),
        "geonames": (geonames.build, options.record),
        "eu-acts": (identified.eu_acts, options.record),
        "eu-countries": (identified.eu_countries, options.record),
        "un-documents": (identified.un_documents, options.record),
    }
    if not any(folder for _, folder in given.values()):
        parser.error("no folder of tables: give --tables or --record")
    status = 0
    for name, (build, folder) in given.items():
        if not folder:
            continue
        target = TARGET / f"{name}.sssom.tsv"
        try:
            text = serialize(build(Path(folder)))
        except ComityError as error:
            print(error, file=sys.stderr)
            return error.exit_code
        status |= settle(target, text, f"{target.name}: not what the tables give; run: python scripts/build_links.py")
    return status


if __name__ == "__main__":
    sys.exit(main())
