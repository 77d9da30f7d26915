"""Write docs/licences.md: under which licence each package is that users get, and why that is allowed.

    python scripts/document_licences.py            # write it
    python scripts/document_licences.py --check    # exit with 1 if it is not up to date, or a licence is not allowed
"""

from __future__ import annotations

import sys
from collections.abc import Iterable

from dependencies import CORE, ROOT, Needed, listed_here, needed, parts
from generated import settle
from licensing import Licences

TARGET = ROOT / "docs" / "licences.md"
INTRODUCTION = """\
# Licences

<!-- Written by scripts/document_licences.py; do not edit. -->

Comity's code is under the Apache License 2.0 (`LICENSE`), its data under CC BY 4.0 (`LICENSE-DATA`). This is what comes along with it: the
packages that `pip install comity` and each extra bring, with what these need in turn, on CPython 3.11 on Linux. Licences are SPDX
expressions, from the packages' own metadata; where those leave it open, `requirements/licences.toml` says what was read instead.
Tools of those who work on Comity (the extras `dev`, `bench`, `fuzz`) are not listed: nobody gets them with it. The versions are in
`requirements/test.txt`; the same as a software bill of materials (CycloneDX) is `requirements/sbom.cdx.json`, and in each release.
"""


def main() -> int:
    if not listed_here():
        print("docs/licences.md is of CPython 3.11 on Linux, which this is not: left as it is", file=sys.stderr)
        return 0
    python, npm = needed()
    licences = Licences()
    refused = [f"{one.name} ({one.licence})" for one in (*python.values(), *npm.values()) if not licences.allows(one.licence)]
    if refused:
        print(f"not allowed by requirements/licences.toml: {', '.join(refused)}", file=sys.stderr)
        return 1
    text = "\n".join((INTRODUCTION, *_python(python.values()), *_npm(npm.values()), *_allowed(licences)))
    return settle(TARGET, text, "docs/licences.md is not up to date; run: python scripts/document_licences.py")


def _python(packages: Iterable[Needed]) -> list[str]:
    order = list(parts())
    rows = [f"| {one.name} | {one.licence} | {_parts(one, order)} |" for one in sorted(packages, key=lambda one: one.name)]
    return ["## Python packages", "", "| package | licence | comes with |", "|---|---|---|", *rows, ""]


def _parts(package: Needed, order: list[str]) -> str:
    # Who has the core has it with every extra.
    return "the core" if CORE in package.parts else ", ".join(f"`{part}`" for part in order if part in package.parts)


def _npm(packages: Iterable[Needed]) -> list[str]:
    said = (
        "The wheel holds two scripts from npm, the SPARQL editor and the drawing of networks (`scripts/assets.sh`), with what is bundled "
        "into them, as `web/package-lock.json` says:"
    )
    rows = [f"| {one.name} | {one.licence} |" for one in sorted(packages, key=lambda one: one.name)]
    return ["## In the pages of `comity serve`", "", said, "", "| package | licence |", "|---|---|", *rows, ""]


def _allowed(licences: Licences) -> list[str]:
    said = "A package under any other licence fails `make test`. Of alternatives (`OR`) one must be here, of several together (`AND`) all."
    rows = [f"| {name} | {reason} |" for name, reason in sorted(licences.allowed.items())]
    return ["## What is allowed, and why", "", said, "", "| licence | why |", "|---|---|", *rows, ""]


if __name__ == "__main__":
    sys.exit(main())
