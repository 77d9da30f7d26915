"""Plants faults in the data and sees whether shapes and hygiene rules catch them.

What a fault is comes from the data and the ontology, not from the shapes, so that a shape that is missing shows as a survivor:

============== ====================================================================================================
operator       what it does to one thing
============== ====================================================================================================
drop           takes away all values of a property that every thing of its class has
wrong-type     puts a text in the place of a link, or a thing of a kind that the property never has there; a word in that of a
               date or a number
dangling       turns a link to one of our things into a link to nothing
swapped-dates  exchanges the first and the last day
same-key       gives it the key of another thing of its class: a code without blanks, where all have different ones
same-label     gives it the English name of another thing of its class, where all have different ones
============== ====================================================================================================

Hundreds of mutants are tried in one run: no two of them touch the same thing or neighbours, and a mutant counts as caught
when a finding is about what it touched.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import pyoxigraph as ox

from comity.terms import CY, ID, RDF, RDFS, XSD, shorten

if TYPE_CHECKING:
    from comity.validation import Finding

OPERATORS: Final = ("drop", "wrong-type", "dangling", "swapped-dates", "same-key", "same-label")
EACH: Final = 2
"""How many things are tried for each operator, class and property."""
LEAST: Final = 12
"""A class with fewer things says too little of what its things have."""

_PAIRS: Final = ((CY.startDate, CY.endDate), (CY.earliest, CY.latest), (CY.startEarliest, CY.startLatest), (CY.date, CY.effectDate))


@dataclass(frozen=True, slots=True)
class Mutant:
    """One fault: `operator`, the class and the property concerned, the thing `subject`, and what goes and comes."""

    operator: str
    kind: str
    property: str
    subject: ox.NamedNode
    removed: tuple[ox.Quad, ...]
    added: tuple[ox.Quad, ...]
    others: frozenset[str] = frozenset()
    """Other things that a finding about this fault may be about: whose key or name it took."""

    def __str__(self) -> str:
        return f"{self.operator} {shorten(self.property)} of a {shorten(self.kind)}, {shorten(self.subject.value)}"


@dataclass(frozen=True, slots=True)
class Trial:
    """What became of the mutants."""

    mutants: tuple[Mutant, ...]
    survivors: tuple[Mutant, ...]

    @property
    def percent(self) -> float:
        """The share that was caught, from 0 to 100, rounded down to one decimal."""
        return int(1000 * (len(self.mutants) - len(self.survivors)) / len(self.mutants)) / 10 if self.mutants else 0.0

    def by_operator(self) -> dict[str, tuple[int, int]]:
        """For each operator, how many mutants there were and how many were caught."""
        tried = Counter(mutant.operator for mutant in self.mutants)
        left = Counter(mutant.operator for mutant in self.survivors)
        return {operator: (tried[operator], tried[operator] - left[operator]) for operator in OPERATORS}


def try_mutants(quads: Sequence[ox.Quad], *, seed: int = 1) -> Trial:
    """Plant faults in the quads of a view, look for them, and say which were not found."""
    mutants = tuple(make_mutants(quads, seed=seed))
    found = findings_of(mutated(quads, mutants))
    about = {finding.focus for finding in found} | {finding.value for finding in found if finding.value is not None}
    survivors = tuple(m for m in mutants if not ({m.subject.value} | m.others) & about)
    return Trial(mutants, survivors)


def mutated(quads: Sequence[ox.Quad], mutants: Iterable[Mutant]) -> list[ox.Quad]:
    """Return the quads with the faults in them."""
    mutants = list(mutants)
    gone = {quad for mutant in mutants for quad in mutant.removed}
    return [*(quad for quad in quads if quad not in gone), *(quad for mutant in mutants for quad in mutant.added)]


def findings_of(quads: Sequence[ox.Quad]) -> list[Finding]:
    """Return what shapes and hygiene rules find."""
    from comity.hygiene import hygiene
    from comity.store.embedded import EmbeddedStore
    from comity.validation import validate

    store = EmbeddedStore()
    store.load(quads)
    return [*validate(quads).results, *(finding for finding in hygiene(store) if finding.severity != "Info")]


# -- making mutants ------------------------------------------------------------------------------------------------


@dataclass
class _Things:
    """The data by thing: its classes, its statements, its neighbours."""

    classes: dict[ox.NamedNode, set[str]] = field(default_factory=lambda: defaultdict(set))
    about: dict[ox.NamedNode, dict[str, list[ox.Quad]]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(list)))
    near: dict[ox.NamedNode, set[ox.NamedNode]] = field(default_factory=lambda: defaultdict(set))
    members: dict[str, list[ox.NamedNode]] = field(default_factory=lambda: defaultdict(list))
    values: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """The classes that the values of each property have."""


def _things(quads: Iterable[ox.Quad]) -> _Things:
    things = _Things()
    for quad in quads:
        s, o = quad.subject, quad.object
        if not isinstance(s, ox.NamedNode) or not s.value.startswith(ID):
            continue
        things.about[s][quad.predicate.value].append(quad)
        if isinstance(o, ox.NamedNode):
            if quad.predicate.value == RDF.type:
                things.classes[s].add(o.value)
            elif o.value.startswith(ID):
                things.near[s].add(o)
                things.near[o].add(s)
    for thing, classes in things.classes.items():
        for name in classes:
            things.members[name].append(thing)
    for statements in things.about.values():
        for name, stated in statements.items():
            for quad in stated:
                things.values[name] |= things.classes.get(quad.object, set())  # type: ignore[arg-type]
    for members in things.members.values():
        members.sort(key=lambda thing: thing.value)
    return things


def make_mutants(quads: Sequence[ox.Quad], *, seed: int = 1) -> Iterator[Mutant]:
    """Yield mutants of every operator, for every class and property they can be made of; the same seed gives the same."""
    things = _things(quads)
    rng = random.Random(seed)
    touched: set[ox.NamedNode] = set()

    def free(thing: ox.NamedNode) -> bool:
        return thing not in touched and not things.near[thing] & touched

    for kind in sorted(things.members):
        members = things.members[kind]
        if len(members) < LEAST:
            continue
        properties = sorted({name for thing in members for name in things.about[thing]} - {RDF.type})
        for operator in OPERATORS:
            for prop in properties:
                having = [thing for thing in members if prop in things.about[thing]]
                made = 0
                for thing in rng.sample(having, len(having)):
                    if made == EACH:
                        break
                    if not free(thing):
                        continue
                    mutant = _mutant(operator, kind, prop, thing, having, members, things, rng)
                    if mutant is None:
                        if operator != "swapped-dates":
                            break
                        continue
                    made += 1
                    touched.add(thing)
                    touched |= {ox.NamedNode(other) for other in mutant.others}
                    yield mutant


def _mutant(
    operator: str,
    kind: str,
    prop: str,
    thing: ox.NamedNode,
    having: Sequence[ox.NamedNode],
    members: Sequence[ox.NamedNode],
    things: _Things,
    rng: random.Random,
) -> Mutant | None:
    """The fault of this operator in a thing's values of a property, or ``None`` where there can be none."""
    stated = things.about[thing][prop]
    value = stated[0].object
    same = [quad for quad in stated if quad.object == value]

    def instead(new: Any, others: Iterable[str] = ()) -> Mutant:
        added = tuple(ox.Quad(quad.subject, quad.predicate, new, quad.graph_name) for quad in same)
        return Mutant(operator, kind, prop, thing, tuple(same), added, frozenset(others))

    match operator:
        case "drop":
            if len(having) < len(members):
                return None
            return Mutant(operator, kind, prop, thing, tuple(stated), ())
        case "wrong-type":
            if isinstance(value, ox.NamedNode):
                if not value.value.startswith(ID):
                    return None
                other = _of_other_kind(prop, things, rng) if rng.random() < 0.5 else None
                return instead(other or ox.Literal("a text"))
            if isinstance(value, ox.Literal) and value.datatype.value in (XSD.date, XSD.integer, XSD.decimal, XSD.boolean, XSD.gYear):
                return instead(ox.Literal("a word"))
            return None
        case "dangling":
            return instead(ox.NamedNode(value.value + "-gone")) if isinstance(value, ox.NamedNode) and value.value.startswith(ID) else None
        case "swapped-dates":
            return _swapped(kind, prop, thing, things)
        case "same-key":
            if prop == RDFS.label or not _are_keys(prop, having, things):
                return None
            other = rng.choice([each for each in having if each != thing])
            return instead(things.about[other][prop][0].object, [other.value])
        case _:
            if prop != RDFS.label or not _are_keys(prop, having, things):
                return None
            other = rng.choice([each for each in having if each != thing])
            name = next((quad.object for quad in things.about[other][prop] if getattr(quad.object, "language", "") == "en"), None)
            mine = [quad for quad in stated if getattr(quad.object, "language", "") == "en"]
            if name is None or not mine:
                return None
            added = tuple(ox.Quad(quad.subject, quad.predicate, name, quad.graph_name) for quad in mine)
            return Mutant(operator, kind, prop, thing, tuple(mine), added, frozenset([other.value]))


def _of_other_kind(prop: str, things: _Things, rng: random.Random) -> ox.NamedNode | None:
    """A thing of a class that no value of the property has anywhere; ``None`` if there is none."""
    classes = things.values[prop]
    others = [kind for kind in sorted(things.members) if kind not in classes]
    for kind in rng.sample(others, len(others)):
        for thing in things.members[kind]:
            if not things.classes[thing] & classes:
                return thing
    return None


def _swapped(kind: str, prop: str, thing: ox.NamedNode, things: _Things) -> Mutant | None:
    for first, last in _PAIRS:
        if prop != first or last not in things.about[thing]:
            continue
        starts, ends = things.about[thing][first], things.about[thing][last]
        start, end = starts[0].object, ends[0].object
        if not isinstance(start, ox.Literal) or not isinstance(end, ox.Literal) or not start.value < end.value:
            return None
        added = [ox.Quad(quad.subject, quad.predicate, end, quad.graph_name) for quad in starts]
        added += [ox.Quad(quad.subject, quad.predicate, start, quad.graph_name) for quad in ends]
        return Mutant("swapped-dates", kind, prop, thing, (*starts, *ends), tuple(added))
    return None


def _are_keys(prop: str, having: Sequence[ox.NamedNode], things: _Things) -> bool:
    """Whether the property tells the things apart: no two have the same, and its values are codes or (labels) English names."""
    seen: set[str] = set()
    for thing in having:
        for value in {quad.object for quad in things.about[thing][prop]}:
            if not isinstance(value, ox.Literal) or value.datatype.value in (XSD.date, XSD.integer, XSD.decimal, XSD.boolean):
                return False
            if prop == RDFS.label and value.language != "en":
                continue
            if value.value in seen or (prop != RDFS.label and " " in value.value):
                return False
            seen.add(value.value)
    return len(having) >= LEAST and bool(seen)
