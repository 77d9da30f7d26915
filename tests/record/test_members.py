"""The paper's lists of members against the record, on the paper's day; every difference is named and explained."""

from __future__ import annotations

from collections.abc import Callable

import pytest

import comity
from comity.store import Store

#: Organization, day, what only the paper has, what only the record has, and why.
CASES = [
    ("asean", "2020-12-31", set(), set(), "ten members; Timor-Leste joins in 2025 only"),
    ("saarc", "2019-01-31", set(), set(), "the eight members that the paper gives as of January 2019"),
    ("sco", "2014-12-31", set(), set(), "the six founders"),
    (
        "sco",
        "2016-12-31",
        {"IND", "PAK"},
        set(),
        "the paper has both join in July 2015, when their admission was set in motion; they joined on 9 June 2017",
    ),
    ("sco", "2020-12-31", set(), set(), "eight members; Iran joins in 2023 and Belarus in 2024 only"),
]
MEMBERS = """
SELECT DISTINCT ?code WHERE {{
  ?membership cy:organization organization:{key} ; cy:member ?state ; cy:role ?role .
  ?state cy:isoAlpha3 ?code .
  OPTIONAL {{ ?membership cy:startDate|cy:startLatest ?start }}
  OPTIONAL {{ ?membership cy:endDate|cy:endEarliest ?end }}
  FILTER (COALESCE(STR(?start), "0") <= "{day}" && COALESCE(STR(?end), "9") >= "{day}")
}}"""
#: The States' codes stand in the record, so the paper is asked for keys, which are the codes.
PRINTED = MEMBERS.replace("?state cy:isoAlpha3 ?code .", 'BIND (STRAFTER(STR(?state), "/id/state/") AS ?code)')


@pytest.fixture(scope="module")
def paper() -> Store:
    return comity.open(view="paper", infer=False).store


@pytest.mark.parametrize(("key", "day", "printed_only", "recorded_only", "why"), CASES, ids=[f"{c[0]}-{c[1]}" for c in CASES])
def test_the_lists_differ_only_as_known(
    key: str,
    day: str,
    printed_only: set[str],
    recorded_only: set[str],
    why: str,
    paper: Store,
    select: Callable[..., list[tuple[str, ...]]],
) -> None:
    prefixes = "PREFIX cy: <https://w3id.org/comity/ontology#> PREFIX organization: <https://w3id.org/comity/id/organization/> "
    printed = {row[0].value for row in paper.query(prefixes + PRINTED.format(key=key, day=day)).rows if row[0] is not None}
    recorded = {code for (code,) in select(MEMBERS.format(key=key, day=day))}
    assert len(printed) >= 6
    assert printed - recorded == printed_only, why
    assert recorded - printed == recorded_only, why


def test_the_table_of_years_has_the_same_members_of_asean(select: Callable[..., list[tuple[str, ...]]]) -> None:
    """ASEAN is the one of the three that a source covers; the other two rest on unverified days."""
    assert len(select(MEMBERS.format(key="asean", day="2014-12-31"), verified=True)) == 10
    assert not select(MEMBERS.format(key="saarc", day="2019-01-31"), verified=True)
    assert not select(MEMBERS.format(key="sco", day="2020-12-31"), verified=True)
