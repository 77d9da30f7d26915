"""How the resolutions on terrorism build on each other, which bodies they set up, and some that no source has."""

from __future__ import annotations

from record.tables import Tables
from record.unverified.common import EVIDENCE, SOURCE, act, remark
from record.writer import Record, thing

GRAPH = f"{SOURCE}/resolutions"
#: Relation in the table -> property; other relations are notes.
PROPERTIES = {
    "strengthens": "supplements",
    "builds on": "supplements",
    "improves implementation of": "supplements",
    "establishes monitoring of": "supplements",
    "extends": "supplements",
    "extends mandate set up by": "supplements",
    "adds exceptions to": "amends",
    "continues and modifies": "amends",
    "terminates in part": "amends",
    "splits": "amends",
}
BODIES = {
    "1267 Committee": ("1267-committee", ""),
    "Counter-Terrorism Committee": ("ctc", ""),
    "Analytical Support and Sanctions Monitoring Team": ("monitoring-team", ""),
    "Counter-Terrorism Committee Executive Directorate": ("cted", ""),
    "1540 Committee": ("1540-committee", ""),
    "1566 Working Group": ("1566-working-group", "Working group established pursuant to resolution 1566 (2004)"),
    "Focal point for de-listing": ("focal-point-for-de-listing", "Focal Point for De-listing"),
    "Office of the Ombudsperson": ("ombudsperson", ""),
    "1988 Committee": ("1988-committee", ""),
}


def build(tables: Tables, record: Record) -> None:
    """State the relations, and the resolutions that the sourced table lacks."""
    for row in tables["unverified/unsc_resolutions_supplement"]:
        number = row["resolution"]
        node = thing("instrument", f"unscr-{number}")
        name = f"Security Council resolution {number}"
        record.introduce(GRAPH, node, "Resolution", name)
        record.name(GRAPH, node, row["subject"])
        record.say(
            GRAPH,
            node,
            number=int(number),
            year=int(row["adopted_on"][:4]),
            symbol=f"S/RES/{number} ({row['adopted_on'][:4]})",
            adoptedBy=thing("body", "unsc"),
            votesFor=int(row["votes_for"]),
            votesAgainst=int(row["votes_against"]),
            abstentions=int(row["abstentions"]),
            note=remark(row["confidence"], row["note"]),
            statedIn=EVIDENCE,
        )
        agent = thing("body", "unsc")
        act(record, GRAPH, node, name, "adoption", row["adopted_on"], remark(row["confidence"]), agent=agent)
    for row in tables["unverified/unsc_relations"]:
        node, relation, target = thing("instrument", f"unscr-{row['from']}"), row["relation"], row["to"]
        said = f"{relation} {target}" + (f" ({row['note']})" if row["note"] else "")
        record.say(GRAPH, node, note=remark(row["confidence"], said, of="the relation"), statedIn=EVIDENCE)
        if relation == "establishes":
            key, title = BODIES[target]
            body = thing("body", key)
            if title:
                record.introduce(GRAPH, body, "Body", title)
                record.say(GRAPH, body, organOf=thing("body", "unsc"))
            record.say(GRAPH, body, legalBasis=node, statedIn=EVIDENCE)
        elif relation in PROPERTIES:
            record.say(GRAPH, node, **{PROPERTIES[relation]: thing("instrument", f"unscr-{target}")})
