"""Facts from general knowledge, in one graph of their own, marked and yielding to whatever a source states."""

from __future__ import annotations

from record.memberships import Spell
from record.states import Territories, build_former
from record.tables import Tables
from record.unverified import documents, instruments, memberships, organizations, resolutions
from record.unverified.common import SOURCE
from record.writer import Record


def build(tables: Tables, record: Record, territories: Territories, spells: list[Spell]) -> None:
    """State what no source covers. ``spells``: the memberships that sources give."""
    source = record.source(SOURCE)
    instruments.build(tables, record, territories)
    documents.build(tables, record, territories)
    organizations.build(tables, record, spells)
    memberships.build(tables, record, territories, spells)
    resolutions.build(tables, record)
    build_former(record, territories, f"{SOURCE}/states", source)
