"""What the unverified tables share: the graph, notes with the confidence, places, acts and days of any precision."""

from __future__ import annotations

import calendar
import re
import unicodedata

import pyoxigraph as ox

from record.writer import Record, Value, day, key_of, text, thing

SOURCE = "unverified"
EVIDENCE = thing("source", SOURCE)
YIELDS = "a sourced statement says the same"
#: Places as the tables write them -> key, where it is not the name itself.
PLACES = {"Saint Petersburg": "st-petersburg"}
#: Organizations and States as the tables name depositaries and parties -> kind and key.
ACTORS = {
    "ICAO": ("organization", "icao"),
    "Russian Federation": ("state", "RUS"),
    "United Kingdom": ("state", "GBR"),
    "United States": ("state", "USA"),
    "Pakistan": ("state", "PAK"),
    "China": ("state", "CHN"),
    "People's Republic of China": ("state", "CHN"),
    "European Union": ("organization", "eu"),
    "Europol": ("body", "europol"),
    "Eurojust": ("body", "eurojust"),
    "Government of Malaysia (later ASEAN)": ("state", "MYS"),
    "Secretary-General of the United Nations": ("organization", "un"),
    "Director General of the IAEA": ("organization", "iaea"),
    "Secretary-General of the IMO": ("organization", "imo"),
    "OAS General Secretariat": ("organization", "oas"),
    "Secretary-General of SAARC": ("organization", "saarc"),
    "General Secretariat of the League of Arab States": ("organization", "las"),
    "General Secretariat of the OIC": ("organization", "oic"),
    "Secretary General of the OAU (now AU Commission Chairperson)": ("organization", "au"),
    "Chairperson of the AU Commission": ("organization", "au"),
    "CIS Executive Committee": ("organization", "cis"),
    "Secretary General of the Council of Europe": ("organization", "council-of-europe"),
    "Secretary-General of ASEAN": ("organization", "asean"),
    "SCO Secretariat": ("organization", "sco"),
    "BIMSTEC Secretariat": ("organization", "bimstec"),
    "GCC General Secretariat": ("organization", "gcc"),
}
#: Actors that no other graph names.
NEW_ACTORS = {
    "eurojust": ("Body", "Eurojust"),
    "bimstec": (
        "IntergovernmentalOrganization",
        "Bay of Bengal Initiative for Multi-Sectoral Technical and Economic Cooperation",
    ),
}


def actor(record: Record, graph: str, name: str) -> ox.NamedNode:
    """The actor that a table names."""
    kind, key = ACTORS[name]
    node = thing(kind, key)
    if key in NEW_ACTORS:
        record.introduce(graph, node, *NEW_ACTORS[key])
    return node


def remark(confidence: str, note: str = "", *, of: str = "") -> ox.Literal:
    """The note of an unverified statement: its confidence, of what, and a remark.

    >>> remark("high", "also given as 1984-01-08").value
    'Unverified; confidence: high. Also given as 1984-01-08.'
    """
    said = f"Unverified{f', of {of}' if of else ''}; confidence: {confidence}."
    if note:
        said += f" {note[0].upper()}{note[1:].rstrip('.')}."
    found = text(said)
    assert found is not None
    return found


def slug(name: str) -> str:
    """A key for a name: small ASCII letters and hyphens."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")


def place(record: Record, graph: str, name: str) -> ox.NamedNode | None:
    """The place of this name; one that data/entities does not name is named here."""
    if not name:
        return None
    return record.introduce(graph, thing("place", PLACES.get(name, slug(name))), "Place", name)


def bounds(value: str) -> dict[str, Value]:
    """The properties that give a day, or the bounds of a month (YYYY-MM) or a year (YYYY)."""
    if len(value) == 10:
        return {"date": day(value)}
    if len(value) == 7:
        last = calendar.monthrange(int(value[:4]), int(value[5:]))[1]
        low, high, precision = f"{value}-01", f"{value}-{last}", "month"
    else:
        low, high, precision = f"{value}-01-01", f"{value}-12-31", "year"
    return {"earliest": day(low), "latest": day(high), "precision": thing("precision", precision)}


WORDS = {
    "adoption": "Adoption",
    "signature": "Signature",
    "opening-for-signature": "Opening for signature",
    "entry-into-force": "Entry into force",
}


def act(
    record: Record,
    graph: str,
    instrument: ox.NamedNode,
    name: str,
    kind: str,
    value: str,
    note: ox.Literal,
    **more: Value,
) -> None:
    """State an act on an instrument; nothing where its day is not given."""
    if not value:
        return
    name = record.names.get(instrument.value, name)
    record.act(
        graph,
        f"{key_of(instrument)}-{kind}-unverified",
        kind,
        instrument,
        f"{WORDS[kind]}, unverified: {name}",
        note=note,
        statedIn=EVIDENCE,
        **bounds(value),
        **more,
    )
