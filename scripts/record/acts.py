"""Reads the acts of participation, each as its source gives it, from the tables."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import pyoxigraph as ox

from record.instruments import INSTRUMENTS, Instrument
from record.states import LEFT_OUT, Territories
from record.tables import Row, Tables
from record.writer import Record, thing

CONSENT = "consent"
UNDATED = "party-date-unknown"
#: What the tables call an act -> key of its kind. What does not tell ratification and accession apart is a consent.
KINDS = {
    "ratification": "ratification",
    "accession": "accession",
    "acceptance": "acceptance",
    "approval": "approval",
    "succession": "succession",
    "ratification (deposit)": "ratification",
    "declaration on ratification": "ratification",
    "declaration on accession": "accession",
    "law on ratification (domestic)": "domestic-approval",
    "ratification_acceptance_or_approval": CONSENT,
    "accession_or_acceptance": CONSENT,
    "accession_or_succession": CONSENT,
    "ratification or accession": CONSENT,
    "": CONSENT,
}
#: Kinds that are no consent to be bound, and each make nodes of their own.
OTHER_FAMILIES = ("signature", "listed", "domestic-approval", "territorial-application")
#: Sources inside the table of excerpts -> key of the source.
EXCERPTS = {
    "ICAO-list-copy": "icao-tokyo-copy",
    "docslib-ICAO-list-copy": "icao-hague-copy",
    "inview-verdragenbank-tokyo": "verdragenbank-tokyo",
    "inview-verdragenbank-hague": "verdragenbank-hague",
    "inview-verdragenbank-sua": "verdragenbank-sua",
    "verdragen.nl-002799": "verdragenbank-montreal",
    "Trb-2005-182": "trb-2005-182",
    "Trb-1995-203": "trb-1995-203",
    "Trb-1995-205": "trb-1995-205",
    "Trb-1996-205": "trb-1996-205",
    "Trb-2011-128": "trb-2011-128",
    "SopS-38-1971": "sops-38-1971",
}
SWISS = {
    "MEX-1991": "fedlex-plastic-explosives",
    "AIRPORTS-1988": "fedlex-airports",
    "BEIJING-PROT-2010": "fedlex-beijing-protocol",
}
#: Names of States that no longer exist, as two tables print them.
FORMER_NAMES = {
    "USSR": "SUHH",
    "Czechoslovakia": "CSHH",
    "Yugoslavia": "YUCS",
    "Germany (Dr)": "DDDE",
    "CZECHOSLOVAKIA": "CSHH",
    "GERMAN DEMOCRATIC REPUBLIC": "DDDE",
    "YUGOSLAVIA": "YUCS",
    "YUGOSLAVIA, FEDERAL REPUBLIC OF": "CSXX",
}


@dataclass(frozen=True)
class Act:
    """One act as one source gives it. Days are ISO 8601; an empty string means that the source does not give it."""

    source: str
    instrument: Instrument
    participant: str
    kind: str
    #: Day of the deposit, or of the signature.
    deposited: str = ""
    #: Day of effect, as the source states it.
    effective: str = ""
    #: For an act without a day: a day after which it does not lie.
    not_after: str = ""
    #: Code of the territory to which a treaty was applied.
    territory: str = ""
    reservation: bool = False
    note: str = ""
    cited: tuple[ox.NamedNode, ...] = field(default=())

    @property
    def family(self) -> str:
        """The kind, but for all kinds of consent together."""
        return self.kind if self.kind in OTHER_FAMILIES else CONSENT


def gather(tables: Tables, record: Record, territories: Territories) -> list[Act]:
    """Every act that the tables hold; counts in ``record`` what is left out."""
    readers = (_untc, _unoda, _cppnm, _swiss, _excerpts, _hague_names, _listed, _regional)
    acts = []
    for reader in readers:
        for table, act in reader(tables, record, territories):
            if act.participant in LEFT_OUT:
                record.left_out[table, LEFT_OUT[act.participant]] += 1
            else:
                acts.append(act)
    days: dict[str, str] = {}
    for act in acts:
        days[act.source] = max(days.get(act.source, ""), act.deposited or act.effective)
    for source, last in sorted(days.items()):
        record.source(source, as_of=last)
    return acts


_Read = Iterator[tuple[str, Act]]


def _pair(table: str, source: str, row: Row) -> _Read:
    """The signature and the consent of a row that may have both."""
    instrument = INSTRUMENTS[row["instrument"]]
    if row["signature_date"]:
        note = row.get("signature_note", "")
        yield table, Act(source, instrument, row["iso3"], "signature", row["signature_date"], note=_sentence(note))
    if row["consent_date"]:
        yield table, Act(source, instrument, row["iso3"], KINDS[row["consent_action"]], row["consent_date"])


def _sentence(note: str) -> str:
    return f"{note[0].upper()}{note[1:].rstrip('.')}." if note else ""


def _untc(tables: Tables, record: Record, territories: Territories) -> _Read:
    table = "treaty_participation_untc_chapter18"
    for row in tables[table]:
        yield from _pair(table, "untc-chapter18", row)


def _unoda(tables: Tables, record: Record, territories: Territories) -> _Read:
    table = "treaty_participation_icsant_unoda"
    for row in tables[table]:
        yield from _pair(table, "unoda-nuclear-terrorism", row)


def _cppnm(tables: Tables, record: Record, territories: Territories) -> _Read:
    table, source = "treaty_participation_cppnm", "manytreaties-cppnm"
    for row in tables[table]:
        code = row["iso3"] or row["participant_source"]
        act = Act(source, INSTRUMENTS[row["instrument"]], code, "signature", row["signature_date"])
        if row["signature_date"]:
            yield table, act
        if row["note"].startswith("SUSPECT"):
            record.left_out[table, "a suspect consent: its day equals another State's, and the depositary lists a signature only"] += 1
        elif row["consent_date"] or row["in_force_date"]:
            yield (
                table,
                replace(
                    act,
                    kind=KINDS[row["consent_action"]],
                    deposited=row["consent_date"],
                    effective=row["in_force_date"],
                    note=_sentence(row["note"]),
                ),
            )


def _swiss(tables: Tables, record: Record, territories: Territories) -> _Read:
    for table in ("treaty_participation_fedlex_mex_airports", "treaty_participation_beijing_protocol"):
        for row in tables[table]:
            territory = row["iso3"] if row["entity_kind"] != "state" else ""
            yield (
                table,
                Act(
                    SWISS[row["instrument"]],
                    INSTRUMENTS[row["instrument"]],
                    territories.parent[territory] if territory else row["iso3"],
                    "territorial-application" if territory else KINDS[row["action"]],
                    row["deposit_date"],
                    row["in_force_date"],
                    territory=territory,
                    reservation=row["reservation_or_declaration"] == "yes",
                ),
            )


def _excerpts(tables: Tables, record: Record, territories: Territories) -> _Read:
    table = "treaty_participation_partial_icao_imo"
    for row in tables[table]:
        source, note = EXCERPTS[row["source_id"]], row["note"]
        act = Act(source, INSTRUMENTS[row["instrument"]], row["iso3"], "signature", row["signature_date"])
        if row["signature_date"]:
            yield table, act
        if not row["consent_date"] and not row["in_force_date"]:
            continue
        kind = "succession" if note == "succession" else KINDS[row["consent_action"]]
        shown = _sentence(note) if note.startswith(("for the Netherlands", "source row truncated")) else ""
        consent = replace(act, kind=kind, deposited=row["consent_date"], effective=row["in_force_date"], note=shown)
        if note.startswith("Soviet Union"):
            yield table, replace(consent, participant="SUHH", note="The source has the Russian Federation continue it.")
            year = row["source_id"].split("-")[1]
            consent = Act(
                source,
                act.instrument,
                "RUS",
                UNDATED,
                not_after=f"{year}-12-31",
                note="By continuing the Soviet Union.",
            )
        yield table, consent


def _hague_names(tables: Tables, record: Record, territories: Territories) -> _Read:
    table, names, hansard = "treaty_parties_undated_hague", "hague-names-2013", "hansard-1974"
    for row in tables[table]:
        instrument = INSTRUMENTS[row["instrument"]]
        if row["party_2013"] == "yes":
            yield table, Act(names, instrument, row["iso3"], UNDATED, not_after="2013-12-31")
        then = FORMER_NAMES.get(row["hansard_name"], row["iso3"])
        if row["signatory_per_hansard_1974"] == "yes":
            yield table, Act(hansard, instrument, then, "signature", not_after="1974-01-28")
        if row["ratified_by_1974_01_28"] == "yes":
            yield table, Act(hansard, instrument, then, "ratification", not_after="1974-01-28")


def _listed(tables: Tables, record: Record, territories: Territories) -> _Read:
    table = "treaty_party_names_ukto"
    for row in tables[table]:
        code = row["iso3"] or FORMER_NAMES.get(row["participant_source"], "")
        if not code or territories.is_territory(code):
            record.left_out[table, "a territory listed without kind or day of an act"] += 1
        else:
            yield (
                table,
                Act("uk-treaties-online", INSTRUMENTS[row["instrument"]], code, "listed", not_after="2022-12-31"),
            )


def _regional(tables: Tables, record: Record, territories: Territories) -> _Read:
    table, source = "regional_and_recent_participation_facts", "regional-pages"
    for row in tables[table]:
        instrument, action = INSTRUMENTS[row["instrument"]], row["action"]
        cited = record.cite(
            source,
            f"regional-pages-{instrument.key}-{row['iso3']}",
            thing("source", source),
            row["source"],
            f"Where an act of {territories.names[row['iso3']]} towards the {instrument.short} is reported",
        )
        bound = row["note"].partition("on or before ")[2][:10]
        note = "" if bound else _sentence(row["note"])
        if action.startswith("declaration"):
            note = f"Dated by the declaration made with the {action.rpartition(' ')[2]}. {note}".strip()
        yield (
            table,
            Act(
                source,
                instrument,
                row["iso3"],
                KINDS[action] if row["date"] else UNDATED,
                row["date"],
                not_after=bound,
                reservation=action.startswith("declaration"),
                note=note,
                cited=(cited,),
            ),
        )
