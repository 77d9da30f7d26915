"""When acts take effect: what the sources say, and what follows from the treaties' own clauses.

A treaty enters into force for its first parties on one day, whatever the days of their deposits. So a stated day of
effect that lies later than the clause on later joiners would put it is the day of entry into force; where the record
has a complete list of deposits, the clause on the number of deposits gives it. A deposit then takes effect on the
later of entry into force and the day by the clause. Where the entry into force is unknown, deposits from the day on
which the treaty was surely in force are computed, and no others.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from record.acts import Act
from record.instruments import Instrument, plus

#: Sources with a complete list of deposits, by treaty where it matters.
COMPLETE = {"nuclear-terrorism-2005": "unoda-nuclear-terrorism"}
DEFAULT_COMPLETE = "untc-chapter18"


@dataclass(frozen=True)
class Force:
    """What is known of a treaty's entry into force.

    ``day`` is that of entry into force, or empty. ``floor`` is a deposit from which on the clause on later joiners
    surely holds. ``sources`` and ``note`` say how the day follows.
    """

    day: str = ""
    floor: str = ""
    sources: tuple[str, ...] = ()
    note: str = ""


def entry_into_force(acts: Iterable[Act]) -> dict[Instrument, Force]:
    """What the acts tell of the entry into force of each treaty."""
    by_instrument: dict[Instrument, list[Act]] = defaultdict(list)
    for act in acts:
        if act.family == "consent":
            by_instrument[act.instrument].append(act)
    return {instrument: _force(instrument, found) for instrument, found in by_instrument.items()}


def _force(instrument: Instrument, acts: list[Act]) -> Force:
    if instrument.threshold:
        return _by_number(instrument, acts)
    first = _by_first_parties(instrument, acts)
    if first.day:
        return first
    by_clause = [a for a in acts if instrument.lag and a.deposited and a.effective == instrument.effect_of(a.deposited)]
    return Force(floor=min((a.deposited for a in by_clause), default=""))


def _by_number(instrument: Instrument, acts: list[Act]) -> Force:
    source = COMPLETE.get(instrument.key, DEFAULT_COMPLETE)
    # A succession dates from the deposit of another State, and does not count as one more.
    deposits = sorted(a.deposited for a in acts if a.source == source and a.deposited and a.kind != "succession")
    last = deposits[instrument.threshold - 1]
    if instrument.incomplete_deposits:
        return Force(floor=plus(last, 1))
    note = f"Computed: {instrument.lag} days after deposit number {instrument.threshold}, made on {last}."
    return Force(day=instrument.effect_of(last), floor=last, sources=(source,), note=note)


def _by_first_parties(instrument: Instrument, acts: list[Act]) -> Force:
    """The day of effect that several parties share though their deposits differ, or one that lies later than the
    clause says.

    The deposit may stand in one source and the effect in another: they meet in the participant.
    """
    effects: dict[str, set[str]] = defaultdict(set)
    deposits: dict[str, set[str]] = defaultdict(set)
    sources: dict[str, set[str]] = defaultdict(set)
    for act in acts:
        if act.kind == "succession":
            continue
        if act.deposited:
            deposits[act.participant].add(act.deposited)
        if act.effective:
            effects[act.participant].add(act.effective)
            sources[act.effective].add(act.source)
    shared: Counter[str] = Counter()
    for participant, days in effects.items():
        if len(days) == 1 and len(deposits[participant]) == 1:
            (effect,), (deposit,) = days, deposits[participant]
            if effect > deposit and (not instrument.lag or effect > instrument.effect_of(deposit)):
                shared[effect] += 1
    if not shared:
        return Force()
    first = min(shared)
    earliest = min(day for days in effects.values() for day in days)
    if earliest < first:
        return Force()
    if not instrument.lag and shared[first] < 2:
        # Without a clause at hand only several deposits with one effect tell.
        return Force()
    count = shared[first]
    who = "one first party" if count == 1 else f"{count} first parties"
    note = f"The earliest day of effect, stated for {who} with deposits longer before it than those of later parties."
    return Force(day=first, sources=tuple(sorted(sources[first])), note=note)
