"""docs/faults.md lists the cases of the tests, and nothing else."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

from acts import ACTS  # noqa: E402
from scarce import cases  # noqa: E402

from store.test_remote_faults import DRIPPING, FAULTS  # noqa: E402


def tables() -> dict[str, list[str]]:
    """The rows of each table, by its name in the page."""
    scarce = []
    for case in cases():
        ends = ("0", "the answer") if case.answers else ("3", "one line")
        scarce.append(f"| {case.name} | {ends[0]} | {ends[1]} |")
    return {
        "killed": ["| what is killed |", "|---|", *(f"| {act.about} |" for act in ACTS.values())],
        "scarce": ["| with a full disk, a read-only one, or a file in the folder's place | status | said |", "|---|---:|---|", *scarce],
        "servers": [
            "| what the server does | how often a query is sent, of three attempts |",
            "|---|---:|",
            *(f"| {name} | {asked} |" for name, (_, _, asked) in FAULTS.items()),
            *(f"| {name}, byte by byte and without an end | 1 |" for name in DRIPPING),
        ],
    }


@pytest.mark.parametrize("name", ["killed", "scarce", "servers"])
def test_the_page_lists_the_cases(name: str, checkout: Path, request: pytest.FixtureRequest) -> None:
    page = checkout / "docs" / "faults.md"
    rows = "".join(f"{row}\n" for row in tables()[name])
    pattern = re.compile(rf"(<!-- {name} -->\n\n?).*?(\n?<!-- end -->)", re.DOTALL)
    text = page.read_text(encoding="utf-8")
    made, count = pattern.subn(lambda found: f"<!-- {name} -->\n\n{rows}\n<!-- end -->", text)
    assert count == 1
    if request.config.getoption("--update-expected"):
        page.write_text(made, encoding="utf-8")
    assert page.read_text(encoding="utf-8") == made, "run: pytest tests/faults/test_documented.py --update-expected"
