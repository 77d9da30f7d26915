"""The scripts that build the record, and the record as a graph."""

from __future__ import annotations

import csv
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

import comity
from comity.store import Store
from comity.terms import with_prefixes

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent / "scripts"))
Rows = list[dict[str, str]]


@cache
def _record(*, verified: bool) -> Store:
    return comity.open(view="record", infer=False, verified_only=verified).store


@pytest.fixture(scope="session")
def ask() -> Callable[[str], bool]:
    """Whether a pattern holds in what sources state: the unverified facts are left out."""
    return lambda pattern: bool(_record(verified=True).query(with_prefixes(f"ASK {{ {pattern} }}")[0]).boolean)


@pytest.fixture(scope="session")
def select() -> Callable[..., list[tuple[str, ...]]]:
    """The rows of a query over the record, as text."""

    def rows(query: str, *, verified: bool = False) -> list[tuple[str, ...]]:
        found = _record(verified=verified).query(with_prefixes(query)[0]).rows
        return [tuple("" if term is None else term.value for term in row) for row in found]

    return rows


@pytest.fixture(scope="session")
def table(record_tables: Path) -> Callable[[str], Rows]:
    """A table of the public record, by its name; without the tables, the tests that need it are skipped."""

    @cache
    def read(name: str) -> Rows:
        with (record_tables / f"{name}.csv").open(encoding="utf-8", newline="") as handle:
            return list(csv.DictReader(handle))

    return read
