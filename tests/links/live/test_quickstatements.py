"""Drafts for Wikidata: what it lacks and we can source, and nothing else, however it is asked for."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from typing import Any

import pytest

import comity
from comity.errors import UsageError
from comity.links import MappingSet, mapping_sets, read
from comity.links.quickstatements import ALLOWED, LIMIT, Draft, drafts, text_of
from comity.links.service import QueryService
from comity.links.statements import Span, fetch
from comity.terms import ID, split_iri

from .wikidata_service import ENTITY, Service

DAY = Span(datetime.date(1999, 4, 30), datetime.date(1999, 4, 30))
GOOD: dict[str, Any] = {
    "thing": f"{ID}state/PAK",
    "item": f"{ENTITY}Q843",
    "property": "P463",
    "target": f"{ID}organization/un",
    "value": f"{ENTITY}Q1065",
    "reference": "https://example.org/members",
    "qualifiers": (("P580", DAY),),
}

#: What may never be drafted: designations, alleged responsibility, persons, and whatever else nobody allowed.
REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("a class, such as terrorist organization", {"property": "P31"}, "P31 may not be drafted"),
    ("a designation", {"property": "P3461"}, "P3461 may not be drafted"),
    ("a perpetrator", {"property": "P8031"}, "P8031 may not be drafted"),
    ("a conviction", {"property": "P1399"}, "P1399 may not be drafted"),
    ("a participant of an attack", {"property": "P710"}, "P710 may not be drafted"),
    ("a person", {"thing": f"{ID}person/osama-bin-laden"}, "person/osama-bin-laden may not be in a draft"),
    ("a person as a member", {"target": f"{ID}person/bozeng-wang"}, "person/bozeng-wang may not be in a draft"),
    ("a threat group", {"thing": f"{ID}group/al-qaida"}, "group/al-qaida may not be in a draft"),
    ("membership in a threat group", {"target": f"{ID}group/al-qaida"}, "group/al-qaida may not be in a draft"),
    ("an incident", {"thing": f"{ID}incident/bali-bombings-2002"}, "may not be in a draft"),
    ("a listing", {"target": f"{ID}listing/al-qaida"}, "may not be in a draft"),
    ("something of somebody else's", {"thing": f"{ENTITY}Q843"}, "may not be in a draft"),
    ("a qualifier that is not allowed", {"qualifiers": (("P1534", DAY),)}, "P1534 may not qualify P463"),
    ("no item", {"item": "http://www.wikidata.org/wiki/Q843"}, "is no item"),
    ("no item as a value", {"value": f"{ENTITY}P463"}, "is no item"),
    ("no source", {"reference": ""}, "is no address of a source"),
    ("a source that breaks the line", {"reference": 'https://example.org/"\tP31\tQ17127659'}, "is no address of a source"),
    ("a source on paper", {"reference": "a book"}, "is no address of a source"),
]


def test_a_draft_as_quickstatements_reads_it() -> None:
    assert str(Draft(**GOOD)) == 'Q843\tP463\tQ1065\tP580\t+1999-04-30T00:00:00Z/11\tS854\t"https://example.org/members"'
    year = Span(datetime.date(1999, 1, 1), datetime.date(1999, 12, 31))
    month = Span(datetime.date(1999, 4, 1), datetime.date(1999, 4, 30))
    qualifiers = (("P580", year), ("P582", month))
    assert "P580\t+1999-00-00T00:00:00Z/9\tP582\t+1999-04-00T00:00:00Z/10" in str(Draft(**{**GOOD, "qualifiers": qualifiers}))
    assert str(Draft(**GOOD, comment="a */ b")).endswith("\t/* a  b */")


@pytest.mark.parametrize(("change", "what"), [pytest.param(change, what, id=name) for name, change, what in REFUSED])
def test_what_may_not_be_drafted_is_refused(change: dict[str, Any], what: str) -> None:
    with pytest.raises(UsageError, match=re.escape(what)):
        Draft(**{**GOOD, **change})


def test_the_list_is_as_short_as_it_is() -> None:
    assert ALLOWED == {"P463": (("state",), ("organization",), ("P580", "P582"))}


@pytest.fixture(scope="module")
def links() -> MappingSet:
    return read(mapping_sets()["links/wikidata"])


def pair(draft: Draft) -> tuple[str, str]:
    return draft.thing.removeprefix(f"{ID}state/"), draft.target.removeprefix(f"{ID}organization/")


def test_drafted_is_what_wikidata_lacks_and_we_can_source(
    wikidata: Callable[..., Service], client: Callable[..., QueryService], edition: comity.Comity, links: MappingSet
) -> None:
    fetched = fetch(links, client(wikidata()), ["P463"])
    made = drafts(edition.store, links, fetched)
    by_pair = {pair(draft): draft for draft in made}
    assert len(made) > 500
    # Lacking: Algeria and its day in the United Nations, by the treaty collection's copy.
    algeria = by_pair["DZA", "un"]
    assert algeria.reference == "https://github.com/zmjones/untreaties"
    assert str(algeria).startswith("Q262\tP463\tQ1065\tP580\t+1962-")
    # There without dates: these are added.
    assert by_pair["DZA", "las"].comment.startswith("adds dates to what is there")
    # There with dates, agreeing or not; held to be wrong there; without a source of ours on the web.
    for there in (("PAK", "sco"), ("CHE", "un"), ("GBR", "eu"), ("CHN", "icao"), ("IND", "un"), ("RUS", "oas")):
        assert there not in by_pair
    assert "PAK" not in {draft.thing for draft in made if draft.target.endswith("/sco")}
    kinds = {(split_iri(draft.thing) or ("",))[0] for draft in made} | {(split_iri(draft.target) or ("",))[0] for draft in made}
    assert kinds == {"state", "organization"}
    assert all(any(qualifier == "P580" for qualifier, _ in draft.qualifiers) for draft in made)


def test_what_wikidata_holds_to_be_wrong_is_not_drafted_again(
    wikidata: Callable[..., Service], client: Callable[..., QueryService], edition: comity.Comity, links: MappingSet
) -> None:
    made = drafts(edition.store, links, fetch(links, client(wikidata()), ["P463"]))
    assert ("PAK", "un") not in {pair(draft) for draft in made}


def test_nothing_unverified_is_drafted(
    wikidata: Callable[..., Service], client: Callable[..., QueryService], edition: comity.Comity, links: MappingSet
) -> None:
    made = drafts(edition.store, links, fetch(links, client(wikidata()), ["P463"]))
    assert not [draft for draft in made if draft.comment.endswith("-unverified")]


def test_where_wikidata_did_not_answer_nothing_is_drafted(
    wikidata: Callable[..., Service], client: Callable[..., QueryService], edition: comity.Comity, links: MappingSet
) -> None:
    service = wikidata("500")
    fetched = fetch(links, client(service), ["P463"])
    unknown = {thing for things, _ in fetched.failures for thing in things}
    assert len(unknown) == 50
    made = drafts(edition.store, links, fetched)
    assert made
    assert not {draft.thing for draft in made} & unknown


def test_no_more_than_a_person_can_review(
    wikidata: Callable[..., Service], client: Callable[..., QueryService], edition: comity.Comity, links: MappingSet
) -> None:
    made = drafts(edition.store, links, fetch(links, client(wikidata()), ["P463"]))
    lines = text_of(made).splitlines()
    assert len(lines) == LIMIT < len(made)
    line = re.compile(
        r"Q[1-9][0-9]*\tP463\tQ[1-9][0-9]*(\tP58[02]\t\+[0-9]{4}-[0-9]{2}-[0-9]{2}T00:00:00Z/(9|10|11)){1,2}"
        r'\tS854\t"https?://[^"]+"\t/\* .* \*/'
    )
    assert [text for text in lines if not line.fullmatch(text)] == []
    assert text_of(made) == text_of(made)
