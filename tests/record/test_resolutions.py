"""The resolutions on terrorism agree with the wide table of resolutions, which serves for checking only."""

from __future__ import annotations

from collections.abc import Callable

Rows = list[dict[str, str]]
VOTES = ("votes_for", "votes_against", "abstentions")


def test_symbol_day_and_votes_agree(table: Callable[[str], Rows], select: Callable[..., list[tuple[str, ...]]]) -> None:
    stated = select(
        """SELECT ?number ?symbol ?day ?for ?against ?abstentions WHERE {
          GRAPH <https://w3id.org/comity/graph/record/unsc-resolutions> {
            ?resolution a cy:Resolution ; cy:number ?number ; cy:symbol ?symbol .
            ?act cy:instrument ?resolution ; cy:kind <https://w3id.org/comity/id/act-kind/adoption> ; cy:date ?day .
            OPTIONAL { ?resolution cy:votesFor ?for ; cy:votesAgainst ?against ; cy:abstentions ?abstentions }
          } }"""
    )
    wide = {row["resolution"]: row for row in table("unsc_resolutions_1946_2022")}
    assert len(stated) == 95
    assert {number for number, *_ in stated} == {row["resolution"] for row in table("unsc_resolutions_ct")}
    for number, symbol, day, *votes in stated:
        row = wide[number]
        assert (symbol, day, votes) == (row["symbol"], row["date"], [row[column] for column in VOTES])


def test_the_wide_table_is_not_republished(table: Callable[[str], Rows], select: Callable[..., list[tuple[str, ...]]]) -> None:
    others = {row["resolution"] for row in table("unsc_resolutions_1946_2022") if not row["ct_basis"]}
    known = {number for (number,) in select("SELECT ?number WHERE { ?r a cy:Resolution ; cy:number ?number }")}
    supplement = {row["resolution"] for row in table("unverified/unsc_resolutions_supplement")}
    assert known & others <= supplement


def test_every_vote_is_of_fifteen_members(select: Callable[..., list[tuple[str, ...]]]) -> None:
    """All these resolutions are younger than 1965, when the Council came to have fifteen members."""
    votes = select("SELECT ?r ?f ?a ?n WHERE { ?r cy:votesFor ?f ; cy:votesAgainst ?a ; cy:abstentions ?n }", verified=True)
    assert len(votes) == 93
    assert [number for number, *cast in votes if sum(map(int, cast)) != 15] == []
