"""Documents of the European Union and of the General Assembly, and bilateral agreements."""

from __future__ import annotations

import re

import pyoxigraph as ox

from comity.terms import RDFS
from record.states import Territories
from record.tables import Row, Tables
from record.unverified.common import EVIDENCE, SOURCE, act, actor, remark, slug
from record.unverified.instruments import key
from record.writer import Record, text, thing

GRAPH = f"{SOURCE}/documents"
STRATEGY = "The European Union Counter-Terrorism Strategy (Council document 14469/4/05 REV 4)"
#: Documents that have a key of their own in the edition, by CELEX number or id of the bilateral table.
KNOWN = {
    "32002F0475": "eu-framework-decision-2002",
    "22003A0719(01)": "us-eu-extradition",
    "22003A0719(02)": "us-eu-mla",
    "22010A0727(01)": "us-eu-swift",
    "22012A0811(01)": "us-eu-pnr",
    "EU-US-EXTRADITION-2003": "us-eu-extradition",
    "EU-US-MLA-2003": "us-eu-mla",
    "EU-US-TFTP-2010": "us-eu-swift",
    "EU-US-PNR-2011": "us-eu-pnr",
    "EU-US-DECL-2004": "us-eu-declaration-2004",
    "EUROPOL-US-2001": "us-europol-2001",
    "EUROPOL-US-2002": "us-europol-2002",
    "EUROJUST-US-2006": "us-eurojust-2006",
    "CHN-RUS-2001": "china-russia-2001",
    "CHN-RUS-2010": "china-russia-2010",
}
#: The relation within which a bilateral agreement falls, by the beginning of its id.
RELATIONS = {"EU-US": "us-eu", "US-PAK": "us-pakistan", "CHN-RUS": "china-russia"}
#: The same of agreements that an agency of one side has made: their parties are not those of the relation.
BY_AGENCIES = {"EUROPOL-US": "us-eu", "EUROJUST-US": "us-eu"}


def build(tables: Tables, record: Record, territories: Territories) -> None:
    """State the documents, their days and relations."""
    for row in tables["unverified/eu_documents"]:
        _european(record, row)
    for row in tables["unverified/ga_documents"]:
        _assembly(record, row)
    for row in tables["unverified/bilateral"]:
        _bilateral(record, row)


def _european(record: Record, row: Row) -> None:
    celex, title = row["celex"], row["title"]
    node = thing("instrument", KNOWN.get(celex) or (f"celex-{celex}" if celex else "eu-strategy-2005"))
    record.introduce(GRAPH, node, "Agreement" if celex.startswith("2") else "Decision" if celex else "Strategy", title)
    note = remark(row["confidence"], row["note"], of="document numbers and framework")
    record.say(
        GRAPH,
        node,
        symbol=f"CELEX {celex}" if celex else "Council document 14469/4/05 REV 4",
        registration=row["oj_reference"],
        framework=thing("relation", "us-eu") if celex.startswith("2") else thing("organization", "eu"),
        legalBasis=_implemented(row["note"]),
        note=note,
        statedIn=EVIDENCE,
    )
    record.add(GRAPH, node, RDFS.seeAlso, ox.NamedNode(row["eli"]) if row["eli"] else None)
    later = row["repealed_or_replaced_by"]
    if later:
        record.say(GRAPH, thing("instrument", KNOWN.get(later) or f"celex-{later}"), supersedes=node)
    kind = "signature" if celex.startswith("2") else "adoption"
    act(record, GRAPH, node, title, kind, row["document_date"], remark(row["confidence"]))
    act(record, GRAPH, node, title, "entry-into-force", row["entry_into_force"], remark(row["confidence"]))


def _implemented(note: str) -> list[ox.Literal | ox.NamedNode]:
    """The resolutions that a document says it implements."""
    said = re.match(r"implements ([0-9, ]+)", note)
    return [thing("instrument", f"unscr-{number}") for number in re.findall(r"\d{4}", said[1])] if said else []


def assembly_resolution(symbol: str) -> ox.NamedNode:
    """The resolution of the General Assembly with this symbol; the Strategy goes by its own key."""
    if symbol == "A/RES/60/288":
        return thing("instrument", "un-gcts-2006")
    return thing("instrument", f"ga-res-{slug(symbol.removeprefix('A/RES/'))}")


def _assembly(record: Record, row: Row) -> None:
    symbol, title = row["symbol"], row["short_title"]
    node = assembly_resolution(symbol)
    name = f"General Assembly resolution {symbol.removeprefix('A/RES/')}"
    record.introduce(GRAPH, node, "Resolution", name)
    if node.value not in record.names:
        record.name(GRAPH, node, title)
    note = remark(row["confidence"], row["note"], of="symbol and adoption")
    record.say(GRAPH, node, symbol=symbol, adoptedBy=thing("body", "unga"), note=note, statedIn=EVIDENCE)
    act(record, GRAPH, node, name, "adoption", row["adopted_on"], remark(row["confidence"]), agent=thing("body", "unga"))
    verb, _, target = row["relation"].partition(" ")
    if verb == "adopts":
        record.say(GRAPH, key(target), adoptedBy=thing("body", "unga"))
        record.say(GRAPH, node, about=key(target))
    elif verb == "reviews":
        record.say(GRAPH, node, about=assembly_resolution(target))
    elif verb == "supplements":
        record.say(GRAPH, node, supplements=assembly_resolution(target))
    elif verb:
        raise SystemExit(f"ga_documents: relation {row['relation']!r} has no property; add it in unverified/documents.py")


def _bilateral(record: Record, row: Row) -> None:
    title, note = row["title"], remark(row["confidence"], row["note"])
    parties = [actor(record, GRAPH, row["party_a"]), actor(record, GRAPH, row["party_b"])]
    relation = thing("relation", next(name for start, name in {**RELATIONS, **BY_AGENCIES}.items() if row["id"].startswith(start)))
    if row["id"].startswith(tuple(RELATIONS)):
        record.say(GRAPH, relation, party=parties, statedIn=EVIDENCE)
    if "established" in title:
        # Not an instrument but a standing arrangement.
        record.say(
            GRAPH,
            thing("mechanism", "us-pakistan-working-group-unverified"),
            a="Mechanism",
            label=title.removesuffix(" (established)"),
            kind=thing("mechanism-kind", "working-group"),
            framework=relation,
            participant=parties,
            note=text(f"{note.value} Established on {row['signed_on']}."),
            statedIn=EVIDENCE,
        )
        return
    node = thing("instrument", KNOWN[row["id"]])
    record.introduce(GRAPH, node, "Declaration" if "Declaration" in title else "Agreement", title)
    record.say(GRAPH, node, framework=relation, signatory=parties, note=note, statedIn=EVIDENCE)
    if row["reference"].startswith("UNTS"):
        record.say(GRAPH, node, registration=row["reference"])
    act(record, GRAPH, node, title, "signature", row["signed_on"], note, agent=parties)
    act(record, GRAPH, node, title, "entry-into-force", row["entry_into_force"], remark(row["confidence"]))
