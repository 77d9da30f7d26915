#!/usr/bin/env python3
"""Find the paper's passages in its text: verify each fragment and fill in its word offset.

The text of the paper is not part of this repository (see docs/sources.md); give it with ``--paper`` or in the
environment variable ``COMITY_PAPER``. A fragment counts at most eight words and occurs exactly once in its section.

    python scripts/passages.py [--check] [--paper FILE] [data/paper/2.1.2.ttl ...]
"""

from __future__ import annotations

import argparse
import os
import re
import sys
from pathlib import Path

import pyoxigraph as ox
from rdflib import Graph, Literal, Namespace, URIRef
from rdflib.namespace import RDF

from comity import turtle

CY = Namespace("https://w3id.org/comity/ontology#")
SECTION_IRI = "https://w3id.org/comity/id/section/"
ROOT = Path(__file__).resolve().parent.parent
MAX_WORDS = 8

_NUMBERED = re.compile(r"^(?:- )?(\d(?:\.\d)*)\.? [A-Z]")
_NAMED = {"Abstract": "abstract", "References": "references", "Copyrights": "copyright"}


def sections(text: str) -> dict[str, str]:
    """Cut the paper's text into its sections: key (``2.1.2``, ``front``, ``abstract`` ...) to whitespace-normalised text.

    A section holds its own heading and what follows it up to the next heading, sub-sections excluded.
    """
    found: dict[str, list[str]] = {"front": []}
    current = "front"
    for line in text.splitlines():
        numbered = _NUMBERED.match(line)
        if line.strip() in _NAMED:
            current = _NAMED[line.strip()]
        elif numbered and current not in {"references", "copyright"}:
            current = numbered[1]
        found.setdefault(current, []).append(line)
    return {key: " ".join(" ".join(lines).split()) for key, lines in found.items()}


def word_offset(section_text: str, fragment: str) -> int:
    """Return how many words of the section precede the fragment.

    Raises ValueError when the fragment has more than eight words, or occurs not once but never or repeatedly.
    """
    if len(fragment.split()) > MAX_WORDS:
        raise ValueError(f"has {len(fragment.split())} words; shorten it to {MAX_WORDS}")
    count = section_text.count(fragment)
    if count != 1:
        raise ValueError(f"occurs {count} times in its section; choose a fragment that occurs once")
    return section_text[: section_text.index(fragment)].count(" ")


def place(path: Path, parts: dict[str, str], check: bool) -> list[str]:
    """Verify (and, unless ``check``, fill in) the word offsets in one file; return the problems as lines."""
    graph = Graph().parse(path, format="turtle")
    problems: list[str] = []
    changed = False
    for passage in sorted(graph.subjects(RDF.type, CY.Passage)):
        section = graph.value(passage, CY.inSection)
        fragment = str(graph.value(passage, CY.fragment) or "")
        key = str(section).removeprefix(SECTION_IRI) if isinstance(section, URIRef) else ""
        if key not in parts:
            problems.append(f"{path}: {passage}: no section {key!r} in the paper; mend cy:inSection")
            continue
        try:
            offset = word_offset(parts[key], fragment)
        except ValueError as error:
            problems.append(f"{path}: {passage}: fragment {fragment!r} {error}")
            continue
        stated = graph.value(passage, CY.wordOffset)
        if stated is None or int(stated) != offset:
            if check:
                problems.append(f"{path}: {passage}: word offset is {stated}, should be {offset}; run scripts/passages.py")
            graph.set((passage, CY.wordOffset, Literal(offset)))
            changed = True
    if changed and not check:
        triples = ox.parse(graph.serialize(format="nt"), format=ox.RdfFormat.N_TRIPLES)
        path.write_text(turtle.serialize(triples), encoding="utf-8")
    return problems


def main() -> int:
    """Run the command line; exit code 1 when a passage has a problem, 2 when there is no text."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--paper", type=Path, default=os.environ.get("COMITY_PAPER"))
    parser.add_argument("--check", action="store_true", help="change nothing, only report")
    options = parser.parse_args()
    if options.paper is None or not Path(options.paper).is_file():
        print("no text of the paper: give it with --paper or in COMITY_PAPER", file=sys.stderr)
        return 2
    parts = sections(Path(options.paper).read_text(encoding="utf-8"))
    files = options.files or sorted((ROOT / "data" / "paper").glob("*.ttl"))
    problems = [line for file in files for line in place(file, parts, options.check)]
    print("\n".join(problems), file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
