"""Write data/names/cldr.tsv: what States are called in CLDR, where Comity does not already call them so.

    npm pack cldr-localenames-full && tar xzf cldr-localenames-full-*.tgz
    python scripts/build_names.py package

Takes the folder of that package, which is not part of the repository.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import comity
from comity.files import write_whole
from comity.names import fold, read_named, squeeze
from comity.terms import CY, shorten

TARGET = Path(__file__).resolve().parent.parent / "data" / "names" / "cldr.tsv"
#: The label languages of the edition, and four in which lists of States are common.
LANGUAGES = ("ar", "de", "en", "es", "fr", "it", "pt", "ru", "tr", "zh")
HEAD = """\
# What States are called in the Unicode Common Locale Data Repository, where no label or other name in the edition says so already.
# Source: {title}, territories; for finding things by name only, no statement of the edition.
# Copyright © 1991-2026 Unicode, Inc. Unicode License V3, in LICENSE-DATA. Written by scripts/build_names.py; do not edit.
"""


def main(package: Path) -> int:
    with comity.open(infer=False) as edition:
        states = {thing.iri: thing for thing in read_named(edition.store, f"?thing a <{CY.State}> .").values()}
        codes = dict(edition.query("SELECT ?code ?state WHERE { ?state cy:isoAlpha2 ?code } ORDER BY ?code"))
        formal = edition.query("SELECT ?state ?name WHERE { ?state cy:formalName ?name }")
    known = {iri: {fold(name) for name in state.names} for iri, state in states.items()}
    for state, name in formal:
        known[str(state)].add(fold(name))
    version = json.loads((package / "package.json").read_text(encoding="utf-8"))["version"]
    lines = []
    for language in LANGUAGES:
        read = json.loads((package / "main" / language / "territories.json").read_text(encoding="utf-8"))
        names = read["main"][language]["localeDisplayNames"]["territories"]
        for code, state in codes.items():
            for key, name in sorted(names.items()):
                # "RU" is the United Kingdom in Spanish, and the code of Russia: what is as short as a code is left to the codes.
                short = len(squeeze(name)) <= 3 and fold(name).isascii()
                if key.partition("-")[0] == code and not short and fold(name) not in known[str(state)]:
                    known[str(state)].add(fold(name))
                    lines.append(f"{shorten(str(state))}\t{name}\t{language}\n")
    head = HEAD.format(title=f"cldr-localenames-full {version} (npm)")
    write_whole(TARGET, f"{head}thing\tname\tlanguage\n{''.join(sorted(lines))}".encode())
    return 0


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(main(Path(sys.argv[1])))
