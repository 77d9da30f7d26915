"""Treaties: adoption, opening, entry into force, depositary, registration, and how they relate."""

from __future__ import annotations

import pyoxigraph as ox

from comity.terms import CY
from record.instruments import INSTRUMENTS
from record.states import Territories
from record.tables import Row, Tables
from record.unverified.common import EVIDENCE, SOURCE, YIELDS, act, actor, place, remark
from record.writer import Record, Term, day, thing

GRAPH, TABLE = f"{SOURCE}/instruments", "unverified/instruments"
#: Treaties that the tables of participation do not have: id -> key, class.
OTHERS = {
    "MONTREAL-PROT-2014": ("tokyo-protocol-2014", "Protocol"),
    "OAS-1971": ("oas-1971", "Treaty"),
    "ARAB-1998": ("arab-1998", "Treaty"),
    "OIC-1999": ("oic-1999", "Treaty"),
    "OAU-1999": ("oau-1999", "Treaty"),
    "OAU-PROT-2004": ("oau-protocol-2004", "Protocol"),
    "CIS-1999": ("cis-1999", "Treaty"),
    "COE-ETS090": ("coe-1977", "Treaty"),
    "COE-ETS190": ("coe-protocol-2003", "Protocol"),
    "COE-CETS196": ("coe-prevention-2005", "Treaty"),
    "COE-CETS198": ("coe-laundering-2005", "Treaty"),
    "COE-CETS217": ("coe-protocol-2015", "Protocol"),
    "ASEAN-MLAT-2004": ("asean-mlat-2004", "Treaty"),
    "SCO-2001": ("sco-2001", "Treaty"),
    "SCO-CHARTER-2002": ("sco-charter-2002", "Treaty"),
    "SCO-RATS-2002": ("sco-rats-2002", "Agreement"),
    "SCO-2017": ("sco-extremism", "Treaty"),
    "BIMSTEC-2009": ("bimstec-2009", "Treaty"),
    "GCC-2004": ("gcc-2004", "Treaty"),
    "EU-FD-2002-475": ("eu-framework-decision-2002", "Decision"),
}
#: The organization within which a treaty was made, by the beginning of its id or of its document number.
FRAMEWORKS = {
    "ASEAN": "asean",
    "SAARC": "saarc",
    "SCO": "sco",
    "OAS": "oas",
    "ARAB": "las",
    "OIC": "oic",
    "OAU-PROT": "au",
    "OAU-1999": "oau",
    "CIS": "cis",
    "COE": "council-of-europe",
    "BIMSTEC": "bimstec",
    "GCC": "gcc",
    "EU-FD": "eu",
    "SUA": "imo",
    "CPPNM": "iaea",
    "ICAO Doc": "icao",
    "A/RES": "un",
}


def key(name: str) -> ox.NamedNode:
    """The treaty with this id in the tables."""
    return INSTRUMENTS[name].node if name in INSTRUMENTS else thing("instrument", OTHERS[name][0])


def build(tables: Tables, record: Record, territories: Territories) -> None:
    """State what no source gives; count the days of entry into force that sources give too."""
    force = _sourced_entries(record)
    for row in tables[TABLE]:
        name, title = row["id"], row["title"]
        node, class_name = key(name), OTHERS[name][1] if name in OTHERS else ""
        if class_name:
            record.introduce(GRAPH, node, class_name, title)
        record.say(
            GRAPH,
            node,
            depositary=[actor(record, GRAPH, one) for one in row["depositary"].split("; ") if one],
            registration=_registration(row),
            symbol=_symbols(row),
            framework=_framework(row),
            note=remark(row["confidence"], row["note"], of="depositary, registration, document number and framework"),
            statedIn=EVIDENCE,
        )
        _relation(record, node, row["relation"])
        note = remark(row["confidence"])
        act(record, GRAPH, node, title, "adoption", row["adopted_on"], note, place=place(record, GRAPH, row["place"]))
        act(record, GRAPH, node, title, "opening-for-signature", row["opened_for_signature"], note)
        entry = row["entry_into_force"]
        if entry and day(entry) in force.get(node, ()):
            record.left_out[TABLE, f"an entry into force: {YIELDS}"] += 1
        else:
            act(record, GRAPH, node, title, "entry-into-force", entry, note)


def _sourced_entries(record: Record) -> dict[ox.NamedNode, set[Term]]:
    """Instrument -> the days of entry into force that sources give."""
    found: dict[ox.NamedNode, set[Term]] = {}
    entry = thing("act-kind", "entry-into-force")
    for triples in list(record.graphs.values()):
        acts = {t.subject for t in triples if t.object == entry}
        about = {t.subject: t.object for t in triples if t.subject in acts and t.predicate.value == CY.instrument}
        for t in triples:
            if t.subject in acts and t.predicate.value == CY.date:
                found.setdefault(about[t.subject], set()).add(t.object)
    return found


def _registration(row: Row) -> str | None:
    parts = [f"UN registration {row['un_registration']}"] if row["un_registration"] else []
    if row["unts_volume"]:
        parts.append(f"UNTS vol. {row['unts_volume']}, p. {row['unts_page']}")
    return ", ".join(parts) or None


def _symbols(row: Row) -> list[Term]:
    return [ox.Literal(one) for one in row["document_numbers"].split("; ") if one]


def _framework(row: Row) -> ox.NamedNode | None:
    for start, organization in FRAMEWORKS.items():
        if row["id"].startswith(start) or row["document_numbers"].startswith(start):
            return thing("organization", organization)
    return None


def _relation(record: Record, node: ox.NamedNode, relation: str) -> None:
    """Amends and supplements are stated as such; to prevail over is to supersede between the parties."""
    for word, prop in (("amends ", "amends"), ("supplements ", "supplements"), ("protocol to ", "supplements")):
        if relation.startswith(word):
            record.say(GRAPH, node, **{prop: key(relation.removeprefix(word))})
            return
    if relation.startswith("prevails over "):
        names = relation.removeprefix("prevails over ").removesuffix(" between its parties").split(" and ")
        record.say(GRAPH, node, supersedes=[key(name) for name in names])
    elif relation:
        raise SystemExit(f"{TABLE}: relation {relation!r} has no property; add it to _relation in unverified/instruments.py")
