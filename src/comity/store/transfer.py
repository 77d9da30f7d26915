"""Brings named graphs into a remote store, and says of each whether it arrived: as many triples, and the same ones.

Two graphs are compared by their number of triples and by a hash over the sorted lines of their canonical N-Triples, in which blank
nodes have the labels of RDF Dataset Canonicalization (RDFC-1.0). A whole decimal counts as the integer that it is (XML Schema 1.1,
part 2, section 3.4.13): Virtuoso makes one of it. A new content is made ready in a staging graph, compared there, and
only then moved into the old one's place; a store that cannot move graphs keeps the old one, and the report says so.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Literal

from comity.errors import QueryError, StoreError, UsageError
from comity.store.portions import is_anonymous, staging_graph
from comity.store.remote import RemoteStore
from comity.terms import XSD

if TYPE_CHECKING:
    import pyoxigraph as ox

State = Literal["same", "loaded", "failed"]
MODES: Final = ("replace", "merge")

_WHOLE: Final = re.compile(r"[+-]?[0-9]{1,1000}(?:\.0*)?")
_GIVE_UP = 3
"""So many graphs in a row that find no answer mean that the store is gone."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """What became of one graph: ``same`` (it was there already), ``loaded`` (it is there now) or ``failed``.

    `triples` is how many it was to hold, `found` how many the store holds (``None``: not known), `hash` the SHA-256 of what was to
    arrive, `note` what went wrong.
    """

    graph: str
    state: State
    triples: int
    found: int | None
    hash: str
    note: str = ""


def fingerprint(triples: Iterable[ox.Triple]) -> str:
    """Return the SHA-256, in hexadecimal, of a graph; graphs that differ only in the labels of blank nodes have the same."""
    return _hash(_lines(triples))


def transfer(
    store: RemoteStore,
    graphs: Mapping[str, Collection[ox.Triple]],
    *,
    mode: str = "replace",
    progress: Callable[[str, int, int], None] = lambda graph, done, all_: None,
) -> list[Arrival]:
    """Bring each graph into the store, and return what became of it, sorted by graph.

    With ``replace`` the store's graph is then exactly this one; with ``merge`` it has what it had, too. A graph that is already as it
    should be is left alone, so a second run goes on where the first was broken off. `progress` hears the graph, and how many of its
    triples have gone. Raises :class:`~comity.errors.StoreError` when the store cannot be reached at the beginning; later failures are
    in what is returned.
    """
    if mode not in MODES:
        raise UsageError(f"'{mode}' is no way to load", f"use one of: {', '.join(MODES)}")
    # A store that is not there is an error here, not a hundred failures. What a killed run left behind goes.
    left = set(store.graphs()) & {staging_graph(graph) for graph in graphs}
    arrivals: list[Arrival] = []
    try:
        with store.held():
            for staging in sorted(left):
                store.update(f"DROP SILENT GRAPH <{staging}>")
            _bring_each(store, graphs, mode, progress, arrivals)
    except StoreError as error:
        if not arrivals:
            raise
        # The graphs are there, but queries still see the union as it was.
        note = f"queries do not see it yet: the union of the graphs could not be made anew ({error.what}); run this again"
        arrivals = [arrival if arrival.state == "failed" else replace(arrival, state="failed", note=note) for arrival in arrivals]
    return arrivals


def _bring_each(
    store: RemoteStore,
    graphs: Mapping[str, Collection[ox.Triple]],
    mode: str,
    progress: Callable[[str, int, int], None],
    arrivals: list[Arrival],
) -> None:
    unanswered = 0
    for graph in sorted(graphs):
        wanted = set(graphs[graph])
        try:
            if unanswered >= _GIVE_UP:
                raise StoreError("not tried: the store failed three times in a row")
            arrivals.append(_bring(store, graph, wanted, mode, progress))
            unanswered = 0
        except (StoreError, QueryError) as error:
            unanswered += isinstance(error, StoreError)
            arrivals.append(Arrival(graph, "failed", len(wanted), None, fingerprint(wanted), str(error)))


def _bring(store: RemoteStore, graph: str, own: set[ox.Triple], mode: str, progress: Callable[[str, int, int], None]) -> Arrival:
    lines = _lines(own)
    there = _content(store, graph, lines, always=mode == "merge")
    if there == lines:
        return Arrival(graph, "same", len(lines), len(lines), _hash(lines))
    if mode == "merge" and there:
        return _merged(store, graph, own, lines, there, progress)
    staging = staging_graph(graph)
    store.fill(staging, list(own), lambda done: progress(graph, done, len(own)))
    if note := _difference(lines, _content(store, staging, lines)):
        store.update(f"DROP SILENT GRAPH <{staging}>")
        return Arrival(graph, "failed", len(lines), store.count(graph), _hash(lines), f"{note}; the old graph is in place")
    return _moved(store, staging, graph, lines)


def _moved(store: RemoteStore, staging: str, graph: str, lines: frozenset[str]) -> Arrival:
    """Put the staging graph in the place of the graph, and look whether it got there."""
    reason = ""
    try:
        store.move(staging, graph)
    except QueryError as error:
        reason = f"this store cannot put one graph in another's place ({error.what}); the old graph is in place"
    except StoreError as error:
        reason = error.what
    arrival = _compared(store, graph, lines)
    if arrival.state == "failed" and reason:
        store.update(f"DROP SILENT GRAPH <{staging}>")
        return replace(arrival, note=reason)
    return arrival


def _merged(
    store: RemoteStore,
    graph: str,
    own: set[ox.Triple],
    lines: frozenset[str],
    there: frozenset[str],
    progress: Callable[[str, int, int], None],
) -> Arrival:
    import pyoxigraph as ox

    if any(map(is_anonymous, own)):
        note = "it has blank nodes, which cannot be matched with those in the store; use --replace"
        return Arrival(graph, "failed", len(lines), len(there), _hash(lines), note)
    missing = [triple for triple in own if not _lines([triple]) <= there]
    if not missing:
        return Arrival(graph, "same", len(lines), len(there), _hash(lines))
    name = ox.NamedNode(graph)
    for start in range(0, len(missing), store.batch):
        part = missing[start : start + store.batch]
        store.load(ox.Quad(triple.subject, triple.predicate, triple.object, name) for triple in part)
        progress(graph, start + len(part), len(missing))
    return _compared(store, graph, lines, with_others=True)


def _compared(store: RemoteStore, graph: str, lines: frozenset[str], *, with_others: bool = False) -> Arrival:
    there = _content(store, graph, lines, always=with_others)
    note = _difference(lines, there & lines if with_others and there is not None else there)
    found = store.count(graph) if there is None else len(there)
    return Arrival(graph, "failed" if note else "loaded", len(lines), found, _hash(lines), note)


def _content(store: RemoteStore, graph: str, lines: frozenset[str], *, always: bool = False) -> frozenset[str] | None:
    """The canonical lines of a graph in the store; ``None`` when its number of triples is another than of `lines`, unless `always`."""
    if not always and store.count(graph) != len(lines):
        return None
    return _lines(quad.triple for quad in store.quads(graph))


def _difference(wanted: frozenset[str], there: frozenset[str] | None) -> str:
    """What is wrong with the content found, in words; nothing when it is right."""
    if there is None:
        return "the store holds another number of triples than were sent"
    if _hash(there) == _hash(wanted):
        return ""
    missing, other = sorted(wanted - there), sorted(there - wanted)
    example = next(iter(missing or other))
    return f"{len(missing)} triples did not arrive and {len(other)} others are there, such as: {example[:200]}"


def _lines(triples: Iterable[ox.Triple]) -> frozenset[str]:
    """The canonical N-Triples of a graph, with whole decimals as the integers that they are."""
    import pyoxigraph as ox

    lines = set()
    anonymous = []
    for triple in triples:
        if isinstance(triple.object, ox.Literal):
            triple = ox.Triple(triple.subject, triple.predicate, _number(triple.object))
        if is_anonymous(triple):
            anonymous.append(ox.Quad(triple.subject, triple.predicate, triple.object))
        else:
            lines.add(f"{triple} .")
    if anonymous:
        # Triples without blank nodes play no part in their labels.
        dataset = ox.Dataset(anonymous)
        dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
        lines.update(f"{quad.triple} ." for quad in dataset)
    return frozenset(lines)


def _number(literal: ox.Literal) -> ox.Literal:
    import pyoxigraph as ox

    if literal.datatype.value == XSD.decimal and _WHOLE.fullmatch(literal.value):
        return ox.Literal(str(int(literal.value.partition(".")[0])), datatype=ox.NamedNode(XSD.integer))
    return literal


def _hash(lines: Iterable[str]) -> str:
    digest = hashlib.sha256()
    for line in sorted(lines):
        digest.update(line.encode() + b"\n")
    return digest.hexdigest()
