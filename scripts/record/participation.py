"""States the acts of participation in treaties: one node an act, met by all sources that agree on it.

A node is named after treaty, participant, family of the act and day. Sources that agree share it, each in its own
graph; sources that differ make different nodes and a Disagreement. What was deposited is dated by its deposit; the
day of effect is the source's own, or follows from the treaty's clause and is marked so. An act without a day has the
day after which it does not lie, and the precision "vague".
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable

import pyoxigraph as ox

from record.acts import CONSENT, UNDATED, Act, gather
from record.effects import Force, entry_into_force
from record.instruments import BY_KEY, INSTRUMENTS, Instrument
from record.states import Territories
from record.tables import Tables
from record.writer import RANK, Record, day, key_of, text, thing

CLAUSES = "treaty-clauses"
DISAGREEMENTS = "disagreements"
STATED, COMPUTED = thing("effect-basis", "stated"), thing("effect-basis", "computed")
VAGUE = thing("precision", "vague")
#: Words for the label of an act.
WORDS = {
    "signature": "Signature of the {} by {}",
    CONSENT: "Consent of {1} to be bound by the {0}",
    UNDATED: "{1}, party to the {0}",
    "listed": "{1}, listed with an act towards the {0}",
    "domestic-approval": "Domestic approval of the {} by {}",
    "territorial-application": "Application of the {} by {}",
}


def build(tables: Tables, record: Record, territories: Territories) -> list[Act]:
    """State all acts, the clauses, and where sources differ; return the acts."""
    acts = gather(tables, record, territories)
    forces = entry_into_force(acts)
    _instruments(tables, record, acts)
    record.source(CLAUSES)
    _clauses(record, forces)
    _regional_force(tables, record)
    for group in _groups(acts).values():
        _state_group(record, territories, group, forces)
    record.source(DISAGREEMENTS)
    return acts


def _instruments(tables: Tables, record: Record, acts: list[Act]) -> None:
    """Class and name of the treaties that data/entities does not name, in the graph of the first source that has
    them."""
    named = {row["instrument"]: row["title"] for row in tables["coverage"]}
    for name, instrument in INSTRUMENTS.items():
        if instrument.class_name:
            source = min((a.source for a in acts if a.instrument is instrument), key=RANK.__getitem__)
            node = record.introduce(source, instrument.node, instrument.class_name, named[name])
            record.say(source, node, statedIn=thing("source", source))
            record.name(source, instrument.node, instrument.short)


def _clauses(record: Record, forces: dict[Instrument, Force]) -> None:
    for instrument in BY_KEY.values():
        if instrument.lag:
            cited = _citation(record, instrument, "lag", instrument.lag_clause)
            record.say(CLAUSES, instrument.node, effectLagDays=instrument.lag, statedIn=cited)
        force = forces.get(instrument, Force())
        if force.day:
            evidence = [thing("source", source) for source in force.sources]
            if instrument.threshold_clause:
                evidence.append(_citation(record, instrument, "force", instrument.threshold_clause))
            _entry(record, CLAUSES, instrument, force.day, evidence, force.note)


def _regional_force(tables: Tables, record: Record) -> None:
    """Entry into force of the regional treaties whose pages state its day."""
    source, found = "regional-pages", defaultdict(list)
    for row in tables["regional_and_recent_participation_facts"]:
        instrument, note = INSTRUMENTS[row["instrument"]], row["note"]
        stated = re.search(r"entry into force (\d{4}-\d\d-\d\d)|(\d{4}-\d\d-\d\d) \(entry into force", note)
        if stated:
            found[instrument, stated[1] or stated[2]].append(thing("citation", f"{source}-{instrument.key}-{row['iso3']}"))
    for (instrument, when), cited in found.items():
        _entry(record, source, instrument, when, [thing("source", source), *cited])


def _entry(
    record: Record, graph: str, instrument: Instrument, when: str, evidence: list[ox.NamedNode], note: str = ""
) -> None:
    record.act(
        graph,
        f"{instrument.key}-entry-into-force",
        "entry-into-force",
        instrument.node,
        f"Entry into force of the {instrument.short}",
        date=day(when),
        note=text(note),
        statedIn=evidence,
    )


def _citation(record: Record, instrument: Instrument, suffix: str, article: str) -> ox.NamedNode:
    return record.cite(CLAUSES, f"{instrument.key}-{suffix}", instrument.node, article, f"{instrument.short}, {article}")


def _groups(acts: Iterable[Act]) -> dict[tuple[str, str, str, str], list[Act]]:
    groups: dict[tuple[str, str, str, str], list[Act]] = defaultdict(list)
    for act in acts:
        groups[act.instrument.key, act.participant, act.family, act.territory].append(act)
    return dict(sorted(groups.items()))


def _state_group(record: Record, territories: Territories, group: list[Act], forces: dict[Instrument, Force]) -> None:
    """State the acts of one family of one participant towards one treaty, one node a day, and their disagreements."""
    found = {key: _state_node(record, territories, key, acts, forces) for key, acts in _by_day(group).items()}
    dated = {key: node for key, node in found.items() if key[0].isdigit()}
    undated = {key: node for key, node in found.items() if not key[0].isdigit()}
    if group[0].family not in (CONSENT, "signature") or len(found) < 2:
        return
    if not dated or undated:
        raise SystemExit(f"{group[0].instrument.key} {group[0].participant}: {sorted(found)} is a difference without a rule")
    best = min(dated, key=lambda key: min((RANK[act.source], key) for act in group if act.deposited == key))
    name, act = territories.names[group[0].participant], group[0]
    what = "Signature" if act.family == "signature" else "Consent"
    record.say(
        DISAGREEMENTS,
        thing("disagreement", f"{act.instrument.key}-{act.participant}-{act.family}"),
        a="Disagreement",
        label=f"{what} of {name}, {act.instrument.short}: {' or '.join(sorted(dated, key=lambda key: (key != best, key)))}",
        about=[act.instrument.node, territories.actor(act.participant)],
        preferred=dated[best],
        setAside=[node for key, node in dated.items() if key != best],
        note=text("The sources are preferred in their stated order: the depositary's list, official gazettes, copies."),
        statedIn=[thing("source", source) for source in sorted({a.source for a in group if a.deposited in dated})],
    )


def _by_day(group: list[Act]) -> dict[str, list[Act]]:
    """Gather what is one act: by the day of deposit; a bare day of effect and a bare bound go to the deposit they
    fit."""
    by_day: dict[str, list[Act]] = defaultdict(list)
    for act in group:
        if act.deposited:
            by_day[act.deposited].append(act)
    dated = sorted(by_day)
    for act in group:
        if not act.deposited and act.effective:
            fitting = [d for d in dated if act.instrument.effect_of(d) == act.effective]
            if not fitting and len(dated) == 1:
                fitting = dated
            by_day[fitting[0] if fitting else f"effective-{act.effective}"].append(act)
    for act in sorted((a for a in group if not a.deposited and not a.effective), key=lambda a: a.not_after):
        fitting = [key for key in by_day if key.removeprefix("effective-").removeprefix("by-") <= act.not_after]
        by_day[max(fitting) if fitting else f"by-{act.not_after}"].append(act)
    return dict(sorted(by_day.items()))


def _kind(acts: list[Act]) -> str:
    """The kind of an act that several sources give: a definite one before a general one."""
    definite = sorted({a.kind for a in acts} - {CONSENT, UNDATED})
    if len(definite) > 1:
        best = min(acts, key=lambda a: RANK[a.source] if a.kind in definite else len(RANK))
        return best.kind
    if definite:
        return definite[0]
    return CONSENT if any(a.kind == CONSENT for a in acts) else UNDATED


def _state_node(record: Record, territories: Territories, key: str, acts: list[Act], forces: dict[Instrument, Force]) -> ox.NamedNode:
    """State one act, in the graph of each source that gives it."""
    first, kind = acts[0], _kind(acts)
    instrument, territory = first.instrument, first.territory
    actor = territories.actor(first.participant)
    name = territories.names[first.participant]
    suffix = f"{territory}-{key}" if territory else key
    node = thing("participation", f"{instrument.key}-{key_of(actor)}-{first.family}-{suffix}")
    label = WORDS.get(kind, f"{kind.capitalize()} of {{1}} to the {{0}}").format(instrument.short, name)
    if kind == "ratification":
        label = f"Ratification of the {instrument.short} by {name}"
    if territory:
        label += f" to {territories.names[territory]}"
    force = forces.get(instrument, Force())
    dated = key[0].isdigit()
    for act in acts:
        territories.introduce(record, act.source, act.participant)
        stated, doubt = _stated_effect(act, key, kind, force)
        notes = [act.note, doubt]
        if act.not_after and dated:
            notes.append(f"The source names it without a day, by {act.not_after}.")
        elif act.kind == UNDATED and kind != UNDATED:
            notes.append(f"The source names a party, by {act.not_after}.")
        elif act.kind not in (kind, CONSENT, UNDATED):
            notes.append(f"The source calls it {act.kind}.")
        record.say(
            act.source,
            node,
            a="ParticipationAct",
            label=label,
            # A source that tells less than another leaves the kind to it.
            kind=thing("participation-kind", kind) if act.kind == kind else None,
            instrument=instrument.node,
            participant=actor,
            date=day(act.deposited),
            latest=day(key.removeprefix("by-")) if key.startswith("by-") else None,
            precision=VAGUE if key.startswith("by-") else None,
            effectDate=day(stated),
            effectBasis=STATED if stated else None,
            reservationFlagged=True if act.reservation else None,
            place=thing("place", territory) if territory else None,
            note=[note for note in (text(n) for n in notes) if note is not None],
            statedIn=[thing("source", act.source), *act.cited],
        )
    if first.family == CONSENT and dated and kind != "succession" and not any(_stated_effect(a, key, kind, force)[0] for a in acts):
        _compute_effect(record, node, instrument, key, force)
    return node


def _stated_effect(act: Act, key: str, kind: str, force: Force) -> tuple[str, str]:
    """The day of effect that a source states, and a doubt about it.

    An effect before the deposit is kept out, but for a succession and a territory, which take over from before.
    """
    instrument, deposit = act.instrument, key if key[0].isdigit() else ""
    if not act.effective or not deposit or kind == "succession" or act.territory:
        return act.effective, ""
    if act.effective < deposit:
        return "", f"The source has it take effect on {act.effective}, before its deposit: kept out as a misprint."
    if instrument.lag and act.effective not in (instrument.effect_of(deposit), force.day):
        return (
            act.effective,
            f"The day of effect is not the one by the treaty's clause, {instrument.effect_of(deposit)}: one of the days may be misprinted.",
        )
    return act.effective, ""


def _compute_effect(record: Record, node: ox.NamedNode, instrument: Instrument, deposited: str, force: Force) -> None:
    if not instrument.lag:
        return
    effect = instrument.effect_of(deposited)
    if force.day:
        effect = max(effect, force.day)
    elif not force.floor or deposited < force.floor:
        return
    cited = thing("citation", f"{instrument.key}-lag")
    record.say(CLAUSES, node, effectDate=day(effect), effectBasis=COMPUTED, statedIn=cited)
