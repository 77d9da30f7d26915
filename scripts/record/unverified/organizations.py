"""Organizations and bodies: founding, seat, and of what they are an organ."""

from __future__ import annotations

import pyoxigraph as ox

from record.memberships import Spell
from record.tables import Tables
from record.unverified.common import EVIDENCE, SOURCE, bounds, place, remark
from record.writer import Record, key_of, text, thing

GRAPH, TABLE = f"{SOURCE}/organizations", "unverified/organisations"
#: Ids of the table -> kind and key, where they are not the organization with the id in small letters.
KEYS = {
    "UNGA": ("body", "unga"),
    "UNSC": ("body", "unsc"),
    "1267-COMMITTEE": ("body", "1267-committee"),
    "1988-COMMITTEE": ("body", "1988-committee"),
    "751-COMMITTEE": ("body", "751-committee"),
    "CTC": ("body", "ctc"),
    "CTED": ("body", "cted"),
    "1540-COMMITTEE": ("body", "1540-committee"),
    "MONITORING-TEAM": ("body", "monitoring-team"),
    "OMBUDSPERSON": ("body", "ombudsperson"),
    "CTITF": ("body", "ctitf"),
    "UNCCT": ("body", "uncct"),
    "UNOCT": ("body", "unoct"),
    "UNODC-TPB": ("body", "unodc-terrorism-prevention-branch"),
    "SAARC-STOMD": ("body", "saarc-stomd"),
    "CICTE": ("body", "cicte"),
    "ACSRT": ("body", "acsrt"),
    "AU-PSC": ("body", "au-peace-and-security-council"),
    "SCO-RATS": ("body", "rats"),
    "CIS-ATC": ("body", "cis-anti-terrorism-centre"),
    "COE": ("organization", "council-of-europe"),
}
#: What documents.ttl already says, with its paragraph.
DOCUMENTED = {"UNGA", "UNSC", "CTC", "CTED"}
#: A day that sourced memberships contradict: the source begins before it.
CONTRADICTED = {
    "OSCE": "sourced memberships begin in 1973",
    "OAS": "sourced memberships begin with the deposits of 1948",
}


def node_of(name: str) -> ox.NamedNode:
    """The organization or body with this id in the table."""
    return thing(*KEYS.get(name, ("organization", name.lower())))


def build(tables: Tables, record: Record, spells: list[Spell]) -> None:
    """State what no source gives of the organizations."""
    first: dict[str, str] = {}
    for spell in spells:
        if len(spell.first) == 10:
            first[spell.organization] = min(first.get(spell.organization, "9999"), spell.first)
    for row in tables[TABLE]:
        name, title, founded = row["id"], row["name"], row["founded_on"]
        node = node_of(name)
        is_body = node.value.rsplit("/", 2)[1] == "body"
        informal = row["kind"] == "informal group"
        known = node.value in record.names
        record.introduce(GRAPH, node, "Body" if is_body else "Organization" if informal else "IntergovernmentalOrganization", title)
        parent = row["parent"]
        if parent and is_body and name in DOCUMENTED:
            record.left_out[TABLE, "of what a body is an organ: a document says it"] += 1
            parent = ""
        scope = {"regional organisation": "regional", "universal organisation": "universal"}.get(row["kind"])
        record.say(
            GRAPH,
            node,
            organOf=node_of(parent) if parent and is_body else None,
            membershipScope=thing("scope", scope) if scope and not known else None,
            seat=place(record, GRAPH, row["seat"]),
            note=remark(row["confidence"], row["note"], of="seat, founding and place in an organization"),
            statedIn=EVIDENCE,
        )
        if name in CONTRADICTED:
            record.left_out[TABLE, f"the founding of the {name}: {CONTRADICTED[name]}"] += 1
            continue
        agrees = "The first dated memberships begin on that day. " if first.get(name.lower()) == founded else ""
        record.say(
            GRAPH,
            thing("change", f"{key_of(node)}-founding-unverified"),
            a="OrganizationalChange",
            label=f"Founding, unverified: {title}",
            kind=thing("change-kind", "founding"),
            organization=node,
            note=text(f"{remark(row['confidence'], row['founding_instrument']).value} {agrees}".strip()),
            statedIn=EVIDENCE,
            **bounds(founded),
        )
