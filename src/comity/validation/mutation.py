"""Breaks sound data on purpose, to see whether the shapes notice.

What is broken follows from the ontology's ranges and from what the instances of a class have in common, never from the shapes:
a constraint that is missing shows as a mutant that survives.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple

from comity.terms import CY, RDF, RDFS, shorten
from comity.validation import engines

if TYPE_CHECKING:
    import pyoxigraph as ox

#: A class tells what its instances have in common when there are this many of them.
_INSTANCES: Final = 8
#: This share of them makes a property look required.
_SHARE: Final = 0.98
_ORDERED: Final = (
    (CY.startDate, CY.endDate),
    (CY.earliest, CY.latest),
    (CY.startEarliest, CY.startLatest),
    (CY.endEarliest, CY.endLatest),
    (CY.startEarliest, CY.endLatest),
)
_NOWHERE: Final = "https://w3id.org/comity/id/nothing/no-such-thing"


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change of one thing: what is taken out and what is put in."""

    operator: str
    class_name: str
    property: str
    subject: str
    removed: frozenset[ox.Triple]
    added: frozenset[ox.Triple]

    def __str__(self) -> str:
        return f"{self.operator} of {self.property} at a {self.class_name}: {shorten(self.subject)}"


class Outcome(NamedTuple):
    """How many mutants the shapes caught, of how many, and those that they did not."""

    killed: int
    total: int
    survivors: tuple[Mutant, ...]


@dataclass
class _Data:
    """The data by class and by subject, and the ontology's ranges."""

    about: dict[ox.NamedNode, dict[str, list[ox.Triple]]] = field(default_factory=dict)
    instances: dict[str, list[ox.NamedNode]] = field(default_factory=dict)
    types: dict[ox.NamedNode, frozenset[str]] = field(default_factory=dict)
    ranges: dict[str, str] = field(default_factory=dict)


def mutation_score(quads: Iterable[ox.Quad], *, seed: int = 1, engine: str | None = None) -> Outcome:
    """Break the data in many ways, each by itself, and count what the shapes catch.

    There is one mutant for each operator, class and property. `quads` must conform. The same seed gives the same mutants.
    Raises what :func:`comity.validation.validate` raises for shapes and engine.
    """
    from comity.validation.checking import shape_files

    runner = engines.load(engine, shape_files(None))
    triples = {quad.triple for quad in quads}
    killed = 0
    survivors: list[Mutant] = []
    for batch in _batches(make_mutants(triples, seed)):
        found = _caught(runner, triples, batch)
        killed += len(found)
        survivors.extend(mutant for mutant in batch if mutant not in found)
    return Outcome(killed, killed + len(survivors), tuple(sorted(survivors, key=str)))


def _batches(mutants: Sequence[Mutant]) -> Iterator[list[Mutant]]:
    """Put mutants of different things together: each is caught, or not, at the thing that it changes."""
    left = list(mutants)
    while left:
        taken: dict[str, Mutant] = {}
        rest = []
        for mutant in left:
            if mutant.subject in taken:
                rest.append(mutant)
            else:
                taken[mutant.subject] = mutant
        yield list(taken.values())
        left = rest


def _caught(runner: engines.Engine, triples: set[ox.Triple], batch: Sequence[Mutant]) -> set[Mutant]:
    import pyoxigraph as ox

    removed = {triple for mutant in batch for triple in mutant.removed}
    changed = (triples - removed) | {triple for mutant in batch for triple in mutant.added}
    results = runner.run(ox.Quad(t.subject, t.predicate, t.object) for t in changed)
    # A rule that compares things looks at their class as a whole, and names the thing as its value.
    wrong = {str(result.value if result.component.startswith("SPARQL") else result.focus) for result in results}
    return {mutant for mutant in batch if f"<{mutant.subject}>" in wrong}


def make_mutants(triples: Iterable[ox.Triple], seed: int = 1) -> list[Mutant]:
    """Return one mutant for each operator, class and property for which the data allow one."""
    data = _read(triples)
    rng = random.Random(seed)
    mutants: list[Mutant] = []
    for class_name, things in sorted(data.instances.items()):
        counts = Counter(prop for thing in things for prop in data.about[thing] if prop != RDF.type)
        if len(things) >= _INSTANCES:
            for prop, count in sorted(counts.items()):
                if count >= _SHARE * len(things):
                    mutants.extend(_drop(data, class_name, prop, rng))
                    mutants.extend(_double(data, class_name, prop, rng))
        for prop in sorted(counts):
            mutants.extend(_retype(data, class_name, prop, rng))
        mutants.extend(_swaps(data, class_name, rng))
        mutants.extend(_clash(data, class_name, rng))
    return mutants


def _read(triples: Iterable[ox.Triple]) -> _Data:
    import pyoxigraph as ox

    data = _Data()
    above: dict[str, set[str]] = defaultdict(set)
    for triple in sorted(triples, key=str):
        if not isinstance(triple.subject, ox.NamedNode):
            continue
        if triple.subject.value.startswith(str(CY)):
            if isinstance(triple.object, ox.NamedNode):
                if triple.predicate.value == RDFS.subClassOf:
                    above[triple.subject.value].add(triple.object.value)
                if triple.predicate.value == RDFS.range:
                    data.ranges[triple.subject.value] = triple.object.value
            continue
        data.about.setdefault(triple.subject, {}).setdefault(triple.predicate.value, []).append(triple)
    for thing, properties in data.about.items():
        named = {t.object.value for t in properties.get(RDF.type, ()) if isinstance(t.object, ox.NamedNode)}
        ours = {name for name in named if name.startswith(str(CY))}
        for name in ours:
            data.instances.setdefault(name, []).append(thing)
        reached, todo = set(named), list(named)
        while todo:
            new = above.get(todo.pop(), set()) - reached
            reached |= new
            todo.extend(new)
        data.types[thing] = frozenset(reached)
    return data


def _mutant(
    operator: str, class_name: str, prop: str, thing: ox.NamedNode, removed: Iterable[ox.Triple], added: Iterable[ox.Triple]
) -> Mutant:
    return Mutant(operator, shorten(class_name), shorten(prop), thing.value, frozenset(removed), frozenset(added))


def _having(data: _Data, class_name: str, prop: str, rng: random.Random) -> ox.NamedNode:
    return rng.choice([thing for thing in data.instances[class_name] if prop in data.about[thing]])


def _drop(data: _Data, class_name: str, prop: str, rng: random.Random) -> Iterator[Mutant]:
    """Take away what nearly all instances have."""
    thing = _having(data, class_name, prop, rng)
    yield _mutant("drop", class_name, prop, thing, data.about[thing][prop], ())


def _double(data: _Data, class_name: str, prop: str, rng: random.Random) -> Iterator[Mutant]:
    """Give a second value, another's, where every instance has one; names in many languages have an operator of their own."""
    import pyoxigraph as ox

    things = [thing for thing in data.instances[class_name] if prop in data.about[thing]]
    if any(len(data.about[thing][prop]) != 1 for thing in things):
        return
    thing = rng.choice(things)
    [own] = data.about[thing][prop]
    if isinstance(own.object, ox.Literal) and own.object.language:
        return
    others = sorted({data.about[other][prop][0].object for other in things} - {own.object}, key=str)
    if others:
        yield _mutant("second value", class_name, prop, thing, (), [ox.Triple(thing, own.predicate, rng.choice(others))])


def _retype(data: _Data, class_name: str, prop: str, rng: random.Random) -> Iterator[Mutant]:
    """Put a value of a wrong kind, by the ontology's range; and a link that leads nowhere."""
    import pyoxigraph as ox

    wanted = data.ranges.get(prop)
    if wanted is None:
        return
    thing = _having(data, class_name, prop, rng)
    old = rng.choice(data.about[thing][prop])
    if isinstance(old.object, ox.Literal):
        wrong = ox.Literal(2001) if wanted != _integer() else ox.Literal("some")
        yield _mutant("wrong datatype", class_name, prop, thing, [old], [ox.Triple(thing, old.predicate, wrong)])
        return
    if not wanted.startswith(str(CY)):
        return
    yield _mutant(
        "dangling link", class_name, prop, thing, [old], [ox.Triple(thing, old.predicate, ox.NamedNode(_NOWHERE))]
    )
    strangers = [
        other for name in sorted(data.instances) for other in data.instances[name][:3] if wanted not in data.types[other]
    ]
    yield _mutant(
        "wrong class", class_name, prop, thing, [old], [ox.Triple(thing, old.predicate, rng.choice(strangers))]
    )


def _integer() -> str:
    return "http://www.w3.org/2001/XMLSchema#integer"


def _swaps(data: _Data, class_name: str, rng: random.Random) -> Iterator[Mutant]:
    """Exchange the beginning and the end of a time."""
    import pyoxigraph as ox

    for first, last in _ORDERED:
        pairs = [
            (thing, data.about[thing][first][0], data.about[thing][last][0])
            for thing in data.instances[class_name]
            if first in data.about[thing] and last in data.about[thing]
        ]
        pairs = [pair for pair in pairs if str(pair[1].object) != str(pair[2].object)]
        if pairs:
            thing, begin, end = rng.choice(pairs)
            swapped = [ox.Triple(thing, begin.predicate, end.object), ox.Triple(thing, end.predicate, begin.object)]
            yield _mutant("swap", class_name, first, thing, [begin, end], swapped)


def _clash(data: _Data, class_name: str, rng: random.Random) -> Iterator[Mutant]:
    """Give a second name in a language that there is one in."""
    import pyoxigraph as ox

    label = ox.NamedNode(RDFS.label)
    named = [
        (thing, triple.object)
        for thing in data.instances[class_name]
        for triple in data.about[thing].get(RDFS.label, ())
        if isinstance(triple.object, ox.Literal) and triple.object.language
    ]
    if named:
        thing, name = rng.choice(named)
        other = ox.Literal(f"not {name.value}", language=name.language)
        yield _mutant("label clash", class_name, RDFS.label, thing, (), [ox.Triple(thing, label, other)])
