"""States, territories and regions: ISO 3166-1 codes, M49 regions, names in the six languages of the United Nations."""

from __future__ import annotations

import re

import pyoxigraph as ox

from comity.terms import RDFS, SKOS
from record.tables import Row, Tables
from record.writer import Record, day, text, thing

SOURCE = "m49"
TABLE = "countries_iso_m49_wikidata"
LANGUAGES = ("fr", "es", "ar", "ru", "zh")
#: Actors on whose statehood Comity does not pronounce: code in the tables -> key and name.
ENTITIES = {"ESH": ("sahrawi-republic", "Sahrawi Arab Democratic Republic")}
#: A code that the tables use and that is left out, with the reason.
LEFT_OUT = {"TWN": "the attribution of acts for China before the change of representation is disputed"}
#: Organizations that take part in treaties: code in the tables -> key and name.
ORGANIZATIONS = {"EUE": ("euratom", "European Atomic Energy Community")}
#: States that no longer exist: key -> name. ISO 3166-3 codes, but for VNMS and YEMN, which have none there.
FORMER = {
    "SUHH": "Union of Soviet Socialist Republics",
    "CSHH": "Czechoslovakia",
    "YUCS": "Yugoslavia",
    "CSXX": "Serbia and Montenegro",
    "DDDE": "German Democratic Republic",
    "YDYE": "Democratic Yemen",
    "YEMN": "Yemen Arab Republic",
    "VNMS": "Republic of Viet-Nam",
}


class Territories:
    """Which codes are those of States and which of territories of one."""

    def __init__(self, tables: Tables) -> None:
        self.parent: dict[str, str] = {}
        self.names: dict[str, str] = dict(FORMER)
        by_alpha2 = {row["iso_alpha2"]: row["iso_alpha3"] for row in tables[TABLE]}
        for row in tables[TABLE]:
            self.names[row["iso_alpha3"]] = name_of(row)
            of = re.fullmatch(r".* (?:of|with) ([A-Z]{2})", row["is_independent"])
            if of and not row["unterm_short_en"]:
                self.parent[row["iso_alpha3"]] = by_alpha2[of[1]]
        for code, (_, name) in {**ENTITIES, **ORGANIZATIONS}.items():
            self.names[code] = name

    def actor(self, code: str) -> ox.NamedNode:
        """The actor with this code: a State, an organization, or an entity of its own."""
        if code in ENTITIES:
            return thing("entity", ENTITIES[code][0])
        if code in ORGANIZATIONS:
            return thing("organization", ORGANIZATIONS[code][0])
        return thing("state", code)

    def is_territory(self, code: str) -> bool:
        """Whether the code is that of a territory of a State."""
        return code in self.parent

    def introduce(self, record: Record, graph: str, code: str) -> ox.NamedNode:
        """The actor with this code, with its class and name where no other graph gives them."""
        actor = self.actor(code)
        if code in FORMER:
            record.say(graph, actor, a="State", label=self.names[code])
        elif code in ENTITIES:
            record.say(graph, actor, a="Actor", label=self.names[code])
        elif code in ORGANIZATIONS:
            record.say(graph, actor, a="IntergovernmentalOrganization", label=self.names[code])
        return actor


def name_of(row: Row) -> str:
    """The short English name: UNTERM's without its marks of article and status, else the common one."""
    return clean(row["unterm_short_en"]) or row["cldr_name"]


def clean(name: str) -> str:
    """Drop the article and the asterisks that UNTERM appends to a short name.

    >>> clean("Cook Islands (the) **")
    'Cook Islands'
    """
    return re.sub(r"\s*(\((the|l'|l’|le|la|les|el|los|las)\)|\*+)", "", name, flags=re.IGNORECASE).strip()


def build(tables: Tables, record: Record, territories: Territories) -> None:
    """State codes, regions and names."""
    source = record.source(SOURCE)
    for row in tables[TABLE]:
        code = row["iso_alpha3"]
        if territories.is_territory(code):
            _territory(record, territories, row, source)
        elif code in LEFT_OUT:
            record.left_out[TABLE, LEFT_OUT[code]] += 1
        elif row["is_independent"] != "Yes" and not row["unterm_short_en"]:
            record.left_out[TABLE, "neither a State nor a territory of one"] += 1
        else:
            _state(record, row, source)
    _regions(tables, record, source)


def _region(row: Row) -> ox.NamedNode | None:
    number = row["m49_subregion_code"]
    return thing("place", f"m49-{number.zfill(3)}") if number else None


def _territory(record: Record, territories: Territories, row: Row, source: ox.NamedNode) -> None:
    code = row["iso_alpha3"]
    place = record.say(
        SOURCE,
        thing("place", code),
        a="Place",
        label=name_of(row),
        m49=row["m49"].zfill(3),
        territoryOf=thing("state", territories.parent[code]),
        locatedIn=_region(row),
        statedIn=source,
    )
    record.add(SOURCE, place, SKOS.notation, ox.Literal(code))


def _state(record: Record, row: Row, source: ox.NamedNode) -> None:
    state = thing("state", row["iso_alpha3"])
    label = record.names.get(state.value, name_of(row))
    record.say(
        SOURCE,
        state,
        a="State",
        label=label,
        isoAlpha2=row["iso_alpha2"],
        isoAlpha3=row["iso_alpha3"],
        isoNumeric=row["iso_numeric"].zfill(3),
        locatedIn=_region(row),
        formalName=text(clean(row["unterm_formal_en"])),
        statedIn=source,
    )
    for name in {name_of(row), row["cldr_name"]} - {label}:
        record.name(SOURCE, state, name)
    for language in LANGUAGES:
        # A name in another language is the label in that language: nothing else in the edition gives one.
        record.add(SOURCE, state, RDFS.label, text(clean(row[f"unterm_short_{language}"]), language))


def _regions(tables: Tables, record: Record, source: ox.NamedNode) -> None:
    for row in tables[TABLE]:
        region = ""
        for level in ("region", "subregion"):
            number = row[f"m49_{level}_code"].zfill(3)
            if row[f"m49_{level}"]:
                record.say(
                    SOURCE,
                    thing("place", f"m49-{number}"),
                    a="Place",
                    label=f"{row[f'm49_{level}']} (M49 {level})",
                    m49=number,
                    locatedIn=thing("place", f"m49-{region}") if region else None,
                    statedIn=source,
                )
            region = number


#: Former States: first and last day, and who continued or followed them, from general knowledge.
PERIODS = {
    "SUHH": ("1922-12-30", "1991-12-26", ("RUS",), "continued by the Russian Federation"),
    "CSHH": ("1918-10-28", "1992-12-31", ("CZE", "SVK"), "dissolved into the Czech Republic and Slovakia"),
    "YUCS": ("1918-12-01", "1992-04-26", ("BIH", "HRV", "MKD", "SVN", "CSXX"), "dissolved between 1991 and 1992"),
    "CSXX": (
        "1992-04-27",
        "2006-06-02",
        ("SRB", "MNE"),
        "Federal Republic of Yugoslavia until 2003; continued by Serbia",
    ),
    "DDDE": ("1949-10-07", "1990-10-02", ("DEU",), "acceded to the Federal Republic of Germany"),
    "YDYE": ("1967-11-30", "1990-05-21", ("YEM",), "merged into the Republic of Yemen"),
    "YEMN": ("1962-09-27", "1990-05-21", ("YEM",), "merged into the Republic of Yemen"),
    "VNMS": ("1955-10-26", "1975-04-30", ("VNM",), "unified in 1976"),
}


def build_former(record: Record, territories: Territories, graph: str, source: ox.NamedNode) -> None:
    """State the periods of former States and who followed them, as unverified."""
    for code, (first, last, heirs, note) in PERIODS.items():
        state = territories.introduce(record, graph, code)
        record.say(
            graph,
            state,
            startDate=day(first),
            endDate=day(last),
            note=text(f"{note[0].upper()}{note[1:]}. Confidence: medium, of the days."),
            statedIn=source,
        )
        for heir in heirs:
            record.say(graph, thing("state", heir), predecessor=state)
