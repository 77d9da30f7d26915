"""Memberships of the United Nations and of other organizations, each source in its own graph, and where they differ."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import pyoxigraph as ox

from record.states import LEFT_OUT, Territories
from record.tables import Row, Tables
from record.writer import Record, day, key_of, text, thing

COW, DATED, AU, UN = "cow-igo", "manytreaties-organizations", "au-constitutive-act", "un-membership"
DISAGREEMENTS = "disagreements"
YEAR = thing("precision", "year")
#: Names of organizations in the tables -> key, where it is not the name in small letters.
KEYS = {"OSCE/CSCE": "osce", "EEC/EC": "european-community", "CoE": "council-of-europe"}
#: Organizations that the paper does not name: key -> name.
NAMES = {
    "council-of-europe": "Council of Europe",
    "oic": "Organisation of Islamic Cooperation",
    "gcc": "Cooperation Council for the Arab States of the Gulf",
}
#: First day of organizations whose predecessors the table of years counts with them.
FIRST_YEAR = {"icao": "1947", "imo": "1958"}
#: First day of States to which a table gives the days of the State before them, which it does not list.
FIRST_DAY = {"CZE": "1993-01-01", "SVK": "1993-01-01"}
#: The last year of the data on an organization, where it is not the end of the table.
LAST_YEAR = {"icao": "2013"}
#: Names in the table of years whose code is blank, or wrong.
CODES = {
    "czechoslovakia": "CSHH",
    "svietnam": "VNMS",
    "egermany": "DDDE",
    "nyemen": "YEMN",
    "syemen": "YDYE",
    "nokorea": "PRK",
}
#: Names in the table of years that cover more than the present State.
FLATTENED = {
    "wgermany": "The source means the Federal Republic of Germany before 1990.",
    "yugoslaviaserb": "The source means Yugoslavia and, later, Serbia.",
    "vietnam": "The source means the Democratic Republic of Viet-Nam before 1976.",
}
FLATTENED_UNTIL = {"vietnam": "1976"}


@dataclass
class Spell:
    """One membership as stated: its node, member and bounds (days, or the first and last day of a year)."""

    node: ox.NamedNode
    organization: str
    code: str
    first: str
    last: str
    source: str


def build(tables: Tables, record: Record, territories: Territories) -> list[Spell]:
    """State every membership that the tables hold, and where they disagree; return them."""
    dated = [*_un(tables, record), *_constituent(tables, record, territories), *_au(tables, record, territories)]
    by_year = _years(tables, record, territories)
    _compare(record, territories, dated, by_year)
    return dated + by_year


def organization(record: Record, graph: str, name: str) -> tuple[str, ox.NamedNode]:
    """Key and IRI of an organization; one that data/entities does not name is named here."""
    key = KEYS.get(name, name.lower())
    node = thing("organization", key)
    if key in NAMES:
        record.introduce(graph, node, "IntergovernmentalOrganization", NAMES[key])
    return key, node


def _un(tables: Tables, record: Record) -> list[Spell]:
    source, spells = record.source(UN), []
    for row in tables["un_membership"]:
        code, since = row["iso3"], row["un_member_since"]
        node = record.belongs(
            UN,
            f"un-{code}-{since}",
            thing("state", code),
            thing("organization", "un"),
            f"{row['participant_source']} in the United Nations",
            startDate=day(since),
            admissionBasis=row["admission_resolution"] or "original member",
            note=text(f"The day is that of the resolution; {row['date_note'].partition('; ')[2]}." if row["date_note"] else ""),
            statedIn=source,
        )
        spells.append(Spell(node, "un", code, since, "", UN))
        if row["date_note"]:
            _differ(
                record,
                f"membership-un-{code}",
                f"Admission of {row['participant_source']} to the United Nations: {since} or {row['date_note'][-10:]}",
                about=[thing("organization", "un"), thing("state", code)],
                preferred=node,
                aside=[],
                note="The one source at hand dates it by the resolution; it says that the list of Members has the other day.",
                sources=[UN],
            )
    return spells


def _constituent(tables: Tables, record: Record, territories: Territories) -> list[Spell]:
    table = "org_membership_icao_imo_oas"
    source, spells, seen = record.source(DATED), [], set()
    for row in tables[table]:
        key, node = organization(record, DATED, row["organisation"])
        code, since = row["iso3"], row["membership_from"]
        if code in LEFT_OUT:
            record.left_out[table, LEFT_OUT[code]] += 1
            continue
        if (key, code, since) in seen:
            record.left_out[table, "the same membership twice"] += 1
            continue
        if since < FIRST_DAY.get(code, ""):
            record.left_out[table, "a membership before the State was: the days are those of Czechoslovakia"] += 1
            continue
        seen.add((key, code, since))
        member = record.belongs(
            DATED,
            f"{key}-{code}-{since}",
            territories.actor(code),
            node,
            f"{territories.names[code]} in the {row['organisation']}",
            startDate=day(since),
            endDate=day(row["membership_to"]),
            statedIn=source,
        )
        spells.append(Spell(member, key, code, since, row["membership_to"], DATED))
    return spells


def _au(tables: Tables, record: Record, territories: Territories) -> list[Spell]:
    source, spells = record.source(AU), []
    for row in tables["org_membership_au_constitutive_act"]:
        code, since = row["iso3"], row["membership_from_derived"]
        actor = territories.introduce(record, AU, code)
        late = row["deposit_date"] > "2001-05-26"
        node = record.belongs(
            AU,
            f"au-{key_of(actor)}-{since}",
            actor,
            thing("organization", "au"),
            f"{territories.names[code]} in the African Union",
            startDate=day(since),
            note=text(f"Deposit on {row['deposit_date']}." if late else f"Deposit on {row['deposit_date']}, in force on 2001-05-26."),
            statedIn=source,
        )
        spells.append(Spell(node, "au", code, since, "", AU))
    return spells


def _years(tables: Tables, record: Record, territories: Territories) -> list[Spell]:
    table = "org_membership_cow_years"
    source, spells = record.source(COW), []
    by_member: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in tables[table]:
        by_member[row["organisation"], _code(row)].append(row)
    for row in tables[table]:
        code = _code(row)
        key, node = organization(record, COW, row["organisation"])
        first, last = row["from_year"], row["to_year"]
        if code in LEFT_OUT:
            record.left_out[table, LEFT_OUT[code]] += 1
            continue
        if first < FIRST_YEAR.get(key, ""):
            record.left_out[table, f"a membership before the {row['organisation']} was: the source counts its predecessor"] += 1
            continue
        if any(_covers(other, row) for other in by_member[row["organisation"], code]):
            record.left_out[table, "a membership within another of the same member in the same source"] += 1
            continue
        ended = row["right_censored_2014"] != "yes" and last != LAST_YEAR.get(key)
        actor = territories.introduce(record, COW, code)
        member = record.belongs(
            COW,
            f"{key}-{code}-{first}",
            actor,
            node,
            f"{territories.names[code]} in the {row['organisation']}, by year",
            startEarliest=day(f"{first}-01-01"),
            startLatest=day(f"{first}-12-31"),
            endEarliest=day(f"{last}-01-01") if ended else None,
            endLatest=day(f"{last}-12-31") if ended else None,
            precision=YEAR,
            note=text(_year_note(row, code)),
            statedIn=source,
        )
        spells.append(Spell(member, key, code, first, last if ended else "", COW))
    return spells


def _code(row: Row) -> str:
    """The code of the member in the table of years, where that has none or a wrong one by its name."""
    return CODES.get(row["cow_state_name"]) or row["iso3"]


def _covers(other: Row, row: Row) -> bool:
    """Whether another spell of the same member goes over all the years of this one, and more."""
    return (
        other["from_year"] <= row["from_year"]
        and other["to_year"] >= row["to_year"]
        and (other["from_year"], other["to_year"]) != (row["from_year"], row["to_year"])
    )


def _year_note(row: Row, code: str) -> str:
    name = row["cow_state_name"]
    if name == "nokorea":
        return "The table's code is that of the Republic of Korea; the source's own name of the State is followed."
    if name in FLATTENED and row["from_year"] < FLATTENED_UNTIL.get(name, "9999"):
        return FLATTENED[name]
    return ""


def _compare(record: Record, territories: Territories, dated: list[Spell], by_year: list[Spell]) -> None:
    """Set aside the memberships by year that begin or end in another year than the dated ones of the same member."""
    known: dict[tuple[str, str], list[Spell]] = defaultdict(list)
    for spell in dated:
        known[spell.organization, spell.code].append(spell)
    for chain in _chains(by_year):
        first, last = chain[0], chain[-1]
        others = known[first.organization, first.code]
        if not others:
            continue
        starts, ends = sorted(o.first[:4] for o in others), [o for o in others if not o.last]
        differs = []
        if first.first not in starts:
            differs.append(f"begins {others[0].first} or {first.first}")
        if last.last and ends and last.last < "2014":
            differs.append(f"goes on or ends {last.last}")
        if differs:
            name, organization = territories.names[first.code], first.organization
            _differ(
                record,
                f"membership-{organization}-{first.code}-{first.first}",
                f"Membership of {name} in the {organization.upper()}: {', '.join(differs)}",
                about=[thing("organization", organization), territories.actor(first.code)],
                preferred=others[0].node,
                aside=[spell.node for spell in chain],
                note="The source that gives days is preferred to the one that gives years.",
                sources=[others[0].source, COW],
            )


def _chains(spells: list[Spell]) -> list[list[Spell]]:
    """Spells of one member in one organization that follow each other year by year count as one membership."""
    chains: list[list[Spell]] = []
    for spell in sorted(spells, key=lambda s: (s.organization, s.code, s.first)):
        before = chains[-1][-1] if chains else None
        if (
            before is not None
            and (before.organization, before.code) == (spell.organization, spell.code)
            and before.last
            and int(before.last) + 1 == int(spell.first)
        ):
            chains[-1].append(spell)
        else:
            chains.append([spell])
    return chains


def _differ(
    record: Record,
    key: str,
    label: str,
    *,
    about: list[ox.NamedNode],
    preferred: ox.NamedNode,
    aside: list[ox.NamedNode],
    note: str,
    sources: list[str],
) -> None:
    record.say(
        DISAGREEMENTS,
        thing("disagreement", key),
        a="Disagreement",
        label=label,
        about=list(about),
        preferred=preferred,
        setAside=list(aside),
        note=text(note),
        statedIn=[thing("source", source) for source in sources],
    )
