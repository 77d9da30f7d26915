"""Export the edition: python scripts/export.py [--view VIEW] [--inferred yes|no|only] FOLDER [FORMAT ...].

Writes the formats (those of `comity export`; default: the release, which is all of them) into FOLDER. The same edition gives the
same bytes.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import comity
from comity.dataset import VIEWS
from comity.export.selection import INFERRED_CHOICES


def main() -> int:
    parser = argparse.ArgumentParser(description="Write the edition as RDF files.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("formats", nargs="*", default=["release"], metavar="FORMAT")
    parser.add_argument("--view", choices=VIEWS, default="curated")
    parser.add_argument("--inferred", choices=INFERRED_CHOICES, default="yes")
    options = parser.parse_args()
    try:
        for path in comity.export(options.formats, options.folder, view=options.view, inferred=options.inferred):
            print(path)
    except comity.ComityError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
