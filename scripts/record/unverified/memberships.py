"""Memberships of organizations: joining, leaving, suspension."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta

from record.memberships import COW, Spell
from record.states import Territories
from record.tables import Row, Tables
from record.unverified.common import EVIDENCE, SOURCE, YIELDS, remark
from record.writer import Record, day, text, thing

GRAPH, TABLE = f"{SOURCE}/memberships", "unverified/org_memberships"
#: The day on which the European Communities' members became the Union's.
UNION = "1993-11-01"
BEGINS = {"join": "member", "associate member": "associate", "suspension": "suspended"}
ENDS = {"leave": "member", "reinstatement": "suspended", "suspension lifted": "suspended"}
#: Events that neither begin nor end a membership.
REMARKS = ("denunciation", "ceased participation")


def build(tables: Tables, record: Record, territories: Territories, spells: list[Spell]) -> None:
    """State the memberships that no source gives with the same day."""
    sourced: dict[tuple[str, str], list[Spell]] = defaultdict(list)
    for spell in spells:
        sourced[spell.organization, spell.code].append(spell)
    events: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in tables[TABLE]:
        events[row["organisation"], row["iso3"]].append(row)
    for (organization, code), rows in events.items():
        for spell in _spells(sorted(rows, key=lambda row: row["date"])):
            _state(record, territories, organization.lower(), code, spell, sourced[organization.lower(), code])


def _spells(rows: list[Row]) -> list[dict[str, str]]:
    """Join what begins and what ends a spell in one role; a remark goes to the last spell as a member, or stands
    alone."""
    spells: list[dict[str, str]] = []
    for row in rows:
        event, when = row["event"], row["date"]
        if event in BEGINS:
            if BEGINS[event] == "associate":
                _change_of_role(spells, when)
            spells.append({"role": BEGINS[event], "from": when, "to": "", "sure": row["confidence"], "note": row["note"]})
        elif event in ENDS:
            role = ENDS[event]
            # A suspension ends on the day before the reinstatement; a member leaves at the end of the day.
            last = when if role == "member" else (date.fromisoformat(when) - timedelta(days=1)).isoformat()
            open_spells = [spell for spell in spells if spell["role"] == role and not spell["to"]]
            if open_spells:
                open_spells[-1]["to"] = last
                open_spells[-1]["sure"] += f"; of the end: {row['confidence']}"
                open_spells[-1]["note"] = "; ".join(n for n in (open_spells[-1]["note"], row["note"]) if n)
            else:
                spells.append({"role": role, "from": "", "to": last, "sure": row["confidence"], "note": row["note"]})
        elif event in REMARKS:
            said = "; ".join(n for n in (f"{event} on {when}", row["note"]) if n)
            mine = [spell for spell in spells if spell["role"] == "member"]
            if mine:
                mine[-1]["note"] = "; ".join(n for n in (mine[-1]["note"], said) if n)
            else:
                spells.append({"role": "member", "from": "", "to": "", "sure": row["confidence"], "note": said})
        else:
            raise SystemExit(f"{TABLE}: event {event!r} is unknown; add it in unverified/memberships.py")
    # A denunciation before the leave it announces made a spell of its own: the leave is its end.
    if len(spells) > 1 and spells[0]["role"] == spells[1]["role"] == "member" and not spells[0]["from"]:
        first, second = spells[:2]
        second["note"] = "; ".join(n for n in (first["note"], second["note"]) if n)
        spells = spells[1:]
    return spells


def _change_of_role(spells: list[dict[str, str]], when: str) -> None:
    """End a membership that the table lets run on beside the associate one that follows it."""
    for spell in spells:
        if spell["role"] == "member" and not spell["to"]:
            spell["to"] = _day_before(when)
            ended = "the end is the day before the associate membership: the table states no other"
            spell["note"] = "; ".join(n for n in (spell["note"], ended) if n)


def _state(record: Record, territories: Territories, organization: str, code: str, spell: dict[str, str], sourced: list[Spell]) -> None:
    since, role = spell["from"], spell["role"]
    if role == "member" and since and any(s.first == since for s in sourced):
        record.left_out[TABLE, f"a membership: {YIELDS}"] += 1
        return
    if organization == "eu" and role == "member" and since < UNION:
        _one(record, territories, "european-community", code, {**spell, "to": _day_before(UNION)}, sourced)
        spell = {**spell, "from": UNION, "note": f"a member of the Communities since {since}"}
    _one(record, territories, organization, code, spell, sourced)


def _day_before(value: str) -> str:
    return (date.fromisoformat(value) - timedelta(days=1)).isoformat()


def _one(record: Record, territories: Territories, organization: str, code: str, spell: dict[str, str], sourced: list[Spell]) -> None:
    since, role = spell["from"], spell["role"]
    node = thing("organization", organization)
    years = sorted(s.first for s in sourced if s.source == COW and s.organization == organization)
    agreement = ""
    if role == "member" and since and years:
        agreement = " The table of years agrees." if since[:4] in years else f" The table of years has {', '.join(years)}."
    record.belongs(
        GRAPH,
        f"{organization}-{code}-{role}-{since or spell['to'] or 'undated'}-unverified",
        territories.actor(code),
        node,
        f"{territories.names[code]} in the {organization.replace('-', ' ').upper()}, {role}, unverified",
        role=role,
        startDate=day(since),
        endDate=day(spell["to"]),
        note=text(remark(spell["sure"], spell["note"]).value + agreement),
        statedIn=EVIDENCE,
    )
