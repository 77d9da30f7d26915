"""Resolutions of the Security Council on terrorism: symbol, adoption, votes, agenda item."""

from __future__ import annotations

import pyoxigraph as ox

from comity.terms import RDFS
from record.tables import Tables
from record.writer import Record, day, text, thing

SOURCE, TABLE = "unsc-resolutions", "unsc_resolutions_ct"


def build(tables: Tables, record: Record) -> None:
    """State the resolutions and their adoptions."""
    source = record.source(SOURCE)
    for row in tables[TABLE]:
        number = row["resolution"]
        node = thing("instrument", f"unscr-{number}")
        record.say(
            SOURCE,
            node,
            a="Resolution",
            label=f"Security Council resolution {number}",
            number=int(number),
            year=int(row["year"]),
            symbol=row["symbol"],
            adoptedBy=thing("body", "unsc"),
            votesFor=_count(row["votes_for"]),
            votesAgainst=_count(row["votes_against"]),
            abstentions=_count(row["abstentions"]),
            agendaItem=text(row["agenda_topic"]),
            statedIn=[source, _row(record, row["resolution"], row["symbol"])],
        )
        for link in (row["undl_record"], row["undl_voting_record"]):
            record.add(SOURCE, node, RDFS.seeAlso, ox.NamedNode(link) if link else None)
        record.act(
            SOURCE,
            f"unscr-{number}-adoption",
            "adoption",
            node,
            f"Adoption of resolution {number}",
            agent=thing("body", "unsc"),
            date=day(row["date"]),
            note=text(f"Meeting record {row['meeting_record']}." if row["meeting_record"] else ""),
            statedIn=source,
        )


def _count(cell: str) -> int | None:
    return int(cell) if cell else None


def _row(record: Record, number: str, symbol: str) -> ox.NamedNode:
    """The place of a resolution in the table, for corrections to point to."""
    place = f"row {number}: {symbol}"
    return record.cite(
        SOURCE, f"unsc-resolutions-{number}", thing("source", SOURCE), place, f"Table of resolutions, row {number}"
    )
