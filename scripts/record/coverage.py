"""How much each source knows of the participation in each treaty, counted from what was stated."""

from __future__ import annotations

from collections import defaultdict

from comity.errors import DataError
from record.acts import CONSENT, Act
from record.instruments import INSTRUMENTS
from record.tables import Tables
from record.writer import SOURCES, Record, day, text, thing

GRAPH = "coverage"
#: Differences between the count here and the one in the table, with the reason.
EXPLAINED: dict[str, tuple[int, str]] = {
    "CPPNM-1980": (8, "seven successor States with a day of effect only, and Euratom, are counted here"),
    "BEIJING-PROT-2010": (2, "China and Finland are dated by other pages than the list that the table counts"),
    "SCO-2009": (-1, "a law that approves ratification is no consent towards the other parties"),
}
#: The sources with a complete list, by treaty.
COMPLETE = {
    "DIPLOMATS-1973": {"untc-chapter18"},
    "HOSTAGES-1979": {"untc-chapter18"},
    "BOMBINGS-1997": {"untc-chapter18"},
    "FINANCING-1999": {"untc-chapter18"},
    "NUCLEAR-TERRORISM-2005": {"untc-chapter18", "unoda-nuclear-terrorism"},
    "CPPNM-1980": {"manytreaties-cppnm"},
    "MEX-1991": {"fedlex-plastic-explosives"},
    "AIRPORTS-1988": {"fedlex-airports"},
    "BEIJING-PROT-2010": {"fedlex-beijing-protocol"},
}
NAMES_ONLY = {"hague-names-2013", "hansard-1974", "uk-treaties-online"}


def build(tables: Tables, record: Record, acts: list[Act]) -> dict[str, int]:
    """State the coverage; return the number of participants with a dated consent, by the table's id of the treaty.

    Raises DataError where that number is not the one in the table of coverage and the difference is not explained.
    """
    record.source(GRAPH)
    counts: dict[str, int] = {}
    for row in tables["coverage"]:
        name = row["instrument"]
        instrument = INSTRUMENTS[name]
        dated: dict[str, set[str]] = defaultdict(set)
        parties: dict[str, set[str]] = defaultdict(set)
        days: dict[str, str] = {}
        for act in acts:
            if act.instrument is instrument:
                parties[act.source].add(act.participant)
                days[act.source] = max(days.get(act.source, ""), act.deposited or act.effective or act.not_after)
                if act.family == CONSENT and (act.deposited or act.effective):
                    dated[act.source].add(act.participant)
        for source in parties:
            level = "complete" if source in COMPLETE.get(name, ()) else "names-only" if source in NAMES_ONLY else "partial"
            if level == "partial" and row["completeness"] == "scattered":
                level = "scattered"
            as_of = SOURCES[source].get("as_of") or days[source]
            record.say(
                GRAPH,
                thing("coverage", f"{instrument.key}-{source}"),
                a="Coverage",
                label=f"{instrument.short}, in: {SOURCES[source]['title']}",
                instrument=instrument.node,
                source=thing("source", source),
                completeness=thing("completeness", level),
                consentCount=len(dated[source]),
                statusAsOf=day(as_of),
                note=text(f"{len(parties[source])} participants with some act."),
                statedIn=thing("source", GRAPH),
            )
        counts[name] = len(set().union(*dated.values()))
        stated = int(row["states_with_consent_date"])
        allowed = EXPLAINED.get(name, (0, ""))[0]
        if counts[name] - stated != allowed:
            raise DataError(
                f"{name}: {counts[name]} participants with a dated consent, the table of coverage says {stated}",
                "find out why, and explain it in EXPLAINED in scripts/record/coverage.py",
            )
    return counts
