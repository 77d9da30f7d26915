"""docs/sources.md names every source of the record, no more and no fewer, and says of each what its graph says."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
PAGE = (ROOT / "docs" / "sources.md").read_text(encoding="utf-8")
SECTION = PAGE.split("## In the graph\n", 1)[1].split("\n## ", 1)[0]
#: Key of a source -> the fields that the page gives.
DESCRIBED = {
    part.split("\n", 1)[0]: dict(re.findall(r"^- ([A-Z][a-z ]+): (.+)$", part, re.MULTILINE)) for part in SECTION.split("\n### ")[1:]
}
#: Field of the page -> property of the source.
FIELDS = {
    "Title": "dcterms:title",
    "Publisher": "dcterms:publisher",
    "Licence": "dcterms:license",
    "Origin": "dcterms:source",
    "As of": "cy:statusAsOf",
    "Covers": "dcterms:description",
}
KEYS = sorted(path.name for path in (ROOT / "data" / "record").iterdir() if path.is_dir())


def test_every_source_is_described_and_no_other() -> None:
    assert sorted(DESCRIBED) == KEYS
    assert len(re.findall(r"^### ", SECTION, re.MULTILINE)) == len(KEYS)


@pytest.mark.parametrize("key", KEYS)
def test_the_page_says_what_the_graph_says(key: str, select: Callable[..., list[tuple[str, ...]]]) -> None:
    said = DESCRIBED[key]
    for field, prop in FIELDS.items():
        stated = [value for (value,) in select(f"SELECT ?o WHERE {{ <https://w3id.org/comity/id/source/{key}> {prop} ?o }}")]
        assert said.get(field, "") == "".join(stated), f"{key}: {field}"
    notes = {value for (value,) in select(f"SELECT ?o WHERE {{ <https://w3id.org/comity/id/source/{key}> cy:note ?o }}")}
    assert {said[field] for field in ("Does not cover", "Note") if field in said} == notes
    assert said["Use"].startswith("In the graph")


@pytest.mark.parametrize("key", KEYS)
def test_the_page_counts_what_the_graph_holds(key: str, select: Callable[..., list[tuple[str, ...]]]) -> None:
    for name, words in (("ParticipationAct", "acts of participation"), ("Membership", "memberships")):
        rows = select(f"SELECT DISTINCT ?s WHERE {{ GRAPH <https://w3id.org/comity/graph/record/{key}> {{ ?s a cy:{name} }} }}")
        found = re.search(rf"([\d,]+) {words}", DESCRIBED[key]["Use"])
        assert (int(found[1].replace(",", "")) if found else 0) == len(rows)


def test_every_table_is_named(record_tables: Path) -> None:
    """No table is used without a word, and none is left without one."""
    for path in record_tables.glob("*.csv"):
        assert f"`{path.name}`" in PAGE, path.name
    assert "`unverified/*.csv`" in PAGE
