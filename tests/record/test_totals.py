"""How much the record holds, counted from the graph and pinned: a row that is lost or doubled shows here."""

from __future__ import annotations

from collections.abc import Callable

Select = Callable[..., list[tuple[str, ...]]]
#: Acts of participation by kind, and how many of them have a day of their own or of their effect.
ACTS = {
    "acceptance": (9, 9),
    "accession": (823, 823),
    "consent": (354, 354),
    "domestic-approval": (1, 1),
    "listed": (393, 0),
    "party-date-unknown": (143, 0),
    "ratification": (435, 396),
    "signature": (548, 470),
    "succession": (44, 44),
    "territorial-application": (17, 17),
}
CONSENTS = ("acceptance", "accession", "approval", "consent", "ratification", "succession")
#: Memberships by source.
MEMBERSHIPS = {
    "au-constitutive-act": 55,
    "cow-igo": 1053,
    "manytreaties-organizations": 402,
    "un-membership": 193,
    "unverified": 176,
}
#: What the graph counts otherwise than the table of coverage, by its id; docs/sources.md says why.
DIFFERENCES = {"CPPNM-1980": 8, "BEIJING-PROT-2010": 2, "SCO-2009": -1}


def test_acts_by_kind(select: Select) -> None:
    counted = select(
        """SELECT ?kind (COUNT(DISTINCT ?act) AS ?all) (COUNT(DISTINCT ?dated) AS ?days) WHERE {
          ?act a cy:ParticipationAct ; cy:kind ?kind .
          OPTIONAL { ?act cy:date|cy:effectDate ?day . BIND (?act AS ?dated) }
        } GROUP BY ?kind"""
    )
    found = {kind.rsplit("/", 1)[1]: (int(total), int(days)) for kind, total, days in counted}
    assert found == ACTS
    assert sum(total for total, _ in found.values()) >= 1_900
    assert sum(found[kind][1] for kind in CONSENTS if kind in found) >= 1_600


def test_memberships_by_source(select: Select) -> None:
    counted = select("SELECT ?graph (COUNT(DISTINCT ?m) AS ?all) WHERE { GRAPH ?graph { ?m a cy:Membership } } GROUP BY ?graph")
    found = {graph.rsplit("/", 1)[1]: int(total) for graph, total in counted}
    assert found == MEMBERSHIPS
    assert sum(count for source, count in found.items() if source != "unverified") >= 1_400


def test_un_has_193_members_and_no_other(select: Select) -> None:
    members = select(
        "SELECT DISTINCT ?state WHERE { ?m cy:organization organization:un ; cy:member ?state . FILTER NOT EXISTS { ?m cy:endDate ?end } }"
    )
    assert len(members) == 193


def _dated(select: Select, treaty: str, graph: str = "?graph") -> int:
    kinds = ", ".join(f"<https://w3id.org/comity/id/participation-kind/{kind}>" for kind in CONSENTS)
    rows = select(
        f"""SELECT DISTINCT ?actor WHERE {{
          GRAPH {graph} {{ ?act cy:instrument <{treaty}> ; cy:participant ?actor ; cy:date|cy:effectDate ?day }}
          ?act cy:kind ?kind . FILTER (?kind IN ({kinds}))
        }}"""
    )
    return len(rows)


def test_coverage_says_what_its_source_holds(select: Select) -> None:
    """The number stated for a treaty and a source is that of the actors with a dated consent in the graph of the source."""
    stated = select(
        "SELECT ?treaty ?source ?count WHERE { ?c a cy:Coverage ; cy:instrument ?treaty ; cy:source ?source ; cy:consentCount ?count }"
    )
    assert len(stated) == 36
    for treaty, source, count in stated:
        graph = f"<https://w3id.org/comity/graph/record/{source.rsplit('/', 1)[1]}>"
        assert _dated(select, treaty, graph) == int(count), (treaty, source)


def test_coverage_differs_from_the_table_only_as_known(select: Select, table: Callable[[str], list[dict[str, str]]]) -> None:
    from record.instruments import INSTRUMENTS

    found = {}
    for row in table("coverage"):
        here, there = _dated(select, INSTRUMENTS[row["instrument"]].node.value), int(row["states_with_consent_date"])
        if here != there:
            found[row["instrument"]] = here - there
    assert found == DIFFERENCES
