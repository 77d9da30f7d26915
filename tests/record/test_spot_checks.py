"""Dated facts of the record agree with a second table; ``spot_checks.toml`` lists them.

The facts are asked for always; the second table is looked up where the tables of the public record are at hand.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

CHECKS: list[dict[str, Any]] = tomllib.loads((Path(__file__).parent / "spot_checks.toml").read_text(encoding="utf-8"))["check"]
each = pytest.mark.parametrize("check", CHECKS, ids=[check["fact"] for check in CHECKS])


def test_there_are_forty_without_those_from_general_knowledge() -> None:
    documented = [check for check in CHECKS if not check["table"].startswith("unverified/")]
    assert len(documented) >= 40
    repeated = [fact for fact, count in Counter((c["fact"], c["table"]) for c in CHECKS).items() if count > 1]
    assert not repeated


@each
def test_the_fact_is_in_the_graph_of_its_source(check: dict[str, Any], ask: Callable[[str], bool]) -> None:
    assert f"/graph/record/{check['source']}>" in check["ask"]
    assert f'"{check["day"]}"^^xsd:date' in check["ask"]
    assert ask(check["ask"])


@each
def test_the_second_table_agrees(check: dict[str, Any], table: Callable[[str], list[dict[str, str]]]) -> None:
    rows = [row for row in table(check["table"]) if all(row[column] == cell for column, cell in check["where"].items())]
    assert len(rows) == 1, f"{len(rows)} rows of {check['table']} are {check['where']}"
    found, day = rows[0][check["column"]], check["day"]
    if check["gives"] == "day":
        assert found == day
    elif check["gives"] == "year":
        assert found == day[:4]
    elif check["gives"] == "effect":
        assert found == (date.fromisoformat(day) + timedelta(days=check["lag"])).isoformat()
    else:
        bound = check["gives"].removeprefix("by ")
        assert found == "yes"
        assert day <= bound


def test_the_second_coding_of_the_nuclear_material_convention(
    table: Callable[[str], list[dict[str, str]]], select: Callable[..., list[tuple[str, ...]]]
) -> None:
    """145 days stand in two codings; all of them are in the graph."""
    agreed = {(row["iso3"], row["consent_date"]) for row in table("treaty_participation_cppnm") if row["second_coding_ieadb"] == "agree"}
    stated = select(
        "SELECT ?code ?day WHERE { ?act cy:instrument instrument:cppnm-1980 ; cy:participant ?state ; cy:date ?day . "
        "?state cy:isoAlpha3 ?code }"
    )
    assert len(agreed) == 145
    assert {pair for pair in agreed if pair[0]} <= set(stated)
