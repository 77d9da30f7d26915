"""What is wrong in the sources is kept out of the record, or marked in it, as docs/sources.md says."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Ask = Callable[[str], bool]
Select = Callable[..., list[tuple[str, ...]]]
GUYANA = "<https://w3id.org/comity/id/participation/montreal-protocol-1988-GUY-consent-2004-06-19>"
MEMBERSHIP = "<https://w3id.org/comity/id/membership/{}>"
#: Patterns that must not hold.
KEPT_OUT = {
    "Guyana's effect before its deposit": GUYANA + ' cy:effectDate "2002-07-19"^^xsd:date .',
    "Haiti's consent to the CPPNM": "?act cy:instrument instrument:cppnm-1980 ; cy:participant state:HTI ; cy:effectDate ?day .",
    "another act of Haiti than a signature": "?act cy:instrument instrument:cppnm-1980 ; cy:participant state:HTI ; cy:kind ?kind . "
    "FILTER (?kind != <https://w3id.org/comity/id/participation-kind/signature>)",
    "the code TWN": "{ state:TWN ?p ?o } UNION { ?s ?q state:TWN }",
    "ICAO before 1947": '?m cy:organization organization:icao ; cy:startLatest ?day . FILTER (?day < "1947-01-01"^^xsd:date)',
    "IMO before 1958": '?m cy:organization organization:imo ; cy:startLatest ?day . FILTER (?day < "1958-01-01"^^xsd:date)',
    "an end of ICAO's spells in 2013": "?m cy:organization organization:icao ; cy:endEarliest ?day . "
    'FILTER (?day > "2012-12-31"^^xsd:date)',
    "the INTERPOL spell within another": MEMBERSHIP.format("interpol-DEU-1955") + " ?p ?o .",
    "Czechia and Slovakia in ICAO in 1947": "?m cy:organization organization:icao ; cy:startDate ?day ; cy:member ?state . "
    "FILTER (?state IN (state:CZE, state:SVK))",
    "an act of a successor State before it was": '?act a cy:ParticipationAct ; cy:participant ?state ; cy:date ?day . '
    'FILTER (?state IN (state:CZE, state:SVK) && ?day < "1993-01-01"^^xsd:date)',
}  # fmt: skip
#: Patterns that must hold.
MARKED = {
    "Guyana's note, and its effect by the clause": GUYANA
    + ' cy:effectDate "2004-07-19"^^xsd:date ; cy:effectBasis <https://w3id.org/comity/id/effect-basis/computed> ; cy:note ?note . '
    'FILTER (CONTAINS(?note, "2002-07-19"))',
    "Haiti's signature": '?act cy:instrument instrument:cppnm-1980 ; cy:participant state:HTI ; cy:date "1980-04-09"^^xsd:date .',
    "the DPRK in ICAO, read by its name": MEMBERSHIP.format("icao-PRK-1978") + " cy:note ?note .",
    "the DPRK in IMO, read by its name": MEMBERSHIP.format("imo-PRK-1986") + " cy:note ?note .",
    "the law of Kazakhstan as no consent": "?act cy:instrument instrument:sco-2009 ; cy:participant state:KAZ ; "
    "cy:kind <https://w3id.org/comity/id/participation-kind/domestic-approval> .",
    "the stated entry into force of the ASEAN convention": "?act cy:instrument instrument:asean-convention-counter-terrorism ; "
    'cy:kind <https://w3id.org/comity/id/act-kind/entry-into-force> ; cy:date "2011-05-27"^^xsd:date .',
}  # fmt: skip


@pytest.mark.parametrize("what", KEPT_OUT)
def test_it_is_kept_out(what: str, ask: Ask) -> None:
    assert not ask(KEPT_OUT[what])


@pytest.mark.parametrize("what", MARKED)
def test_it_is_marked(what: str, ask: Ask) -> None:
    assert ask(MARKED[what])


def test_days_of_effect_off_the_clause_are_marked(select: Select) -> None:
    marked = select(
        'SELECT ?act WHERE { ?act a cy:ParticipationAct ; cy:note ?note . FILTER (CONTAINS(?note, "not the one by the treaty")) }'
    )
    found = sorted(act.rsplit("/", 1)[1].split("-consent-")[0] for (act,) in marked)
    assert found == [
        "cppnm-1980-PAK",
        *(f"montreal-protocol-1988-{code}" for code in ("KNA", "MMR", "SEN", "SMR", "TJK")),
        *(f"plastic-explosives-1991-{code}" for code in ("AUS", "BLR", "CRI", "DOM", "FJI", "MRT", "NER", "TKM")),
    ]


def test_resolution_days_of_admission_are_marked(select: Select) -> None:
    marked = select("SELECT ?d WHERE { ?d a cy:Disagreement ; cy:about organization:un }")
    assert sorted(d.rsplit("-", 1)[1] for (d,) in marked) == ["AFG", "ISL", "SWE", "THA"]


def test_the_years_yield_to_the_days(select: Select) -> None:
    aside = select(
        "SELECT ?organization (COUNT(DISTINCT ?d) AS ?n) WHERE { ?d a cy:Disagreement ; cy:about ?organization ; cy:setAside ?m . "
        "?organization a cy:IntergovernmentalOrganization } GROUP BY ?organization"
    )
    found = {name.rsplit("/", 1)[1]: int(count) for name, count in aside}
    assert found == {"icao": 73, "au": 47, "imo": 4}


def test_contradicted_foundings_are_kept_out(select: Select) -> None:
    dated = select(
        "SELECT ?organization WHERE { ?c cy:kind <https://w3id.org/comity/id/change-kind/founding> ; cy:organization ?organization . "
        "FILTER (?organization IN (organization:oas, organization:osce)) }"
    )
    assert dated == []


def test_turkmenistan_is_no_full_member_beside_its_associate_membership(select: Select) -> None:
    rows = select(
        "SELECT ?role ?start ?end WHERE { ?m cy:organization organization:cis ; cy:member state:TKM ; cy:role ?role ; "
        "cy:startDate ?start . OPTIONAL { ?m cy:endDate ?end } } ORDER BY ?start"
    )
    assert [(role.rsplit("/", 1)[1], start, end) for role, start, end in rows] == [
        ("member", "1991-12-21", "2005-08-25"),
        ("associate", "2005-08-26", ""),
    ]
