"""The closure computed inside a store, by SPARQL Update: the second executor of the one rule set.

A dataset too big for this machine, or one that must not leave its cluster, is closed where it is: every rule is an
``INSERT … WHERE … FILTER NOT EXISTS`` into the graph ``inferred``, run until nothing is added. Slower than the engine
in this process, and the same result. All triples must be in named graphs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Protocol

from pyoxigraph import NamedNode, Triple

from comity.errors import StoreError
from comity.inference.compile import RuleSet
from comity.inference.explain import Asserted, Inconsistency
from comity.inference.model import RDF_TYPE, SAME_AS, Rule, Term, Var, update_request
from comity.inference.rules import strata
from comity.terms import INFERRED

if TYPE_CHECKING:
    from comity.store.contract import Solutions

MAX_PASSES: Final = 1000


class UpdatableStore(Protocol):
    """What this executor needs of a store; see :mod:`comity.store.contract`."""

    def query(self, sparql: str, *, timeout: float | None = None) -> Solutions: ...

    def update(self, sparql: str) -> None: ...

    def count(self, graph: str | None = None) -> int: ...


@dataclass(frozen=True, slots=True)
class StoreClosure:
    """What happened: the triples added to the graph, the contradictions found, the update requests made.

    The premises of a contradiction carry the named graphs that state them, but no proofs: close a copy in process for
    these.
    """

    added: int
    inconsistencies: tuple[Inconsistency, ...]
    updates: int

    def __len__(self) -> int:
        return self.added

    @property
    def is_consistent(self) -> bool:
        return not self.inconsistencies


def close_in_store(
    store: UpdatableStore,
    ontology: Any,
    *,
    rules: Any = None,
    graph: str = INFERRED,
    union: str | None = None,
    max_witnesses: int = 100,
) -> StoreClosure:
    """Close the store's named graphs under the ontology and further rules (as for :func:`comity.inference.close`).

    `graph` is emptied first; what follows is added to it. `union`, if given, is a graph that holds what the named graphs hold, but
    for `graph`: the rules then read that one, which is easier to plan than any number of graphs, and what follows is added there
    too. At most `max_witnesses` contradictions of one kind are reported.
    """
    from comity.inference import rule_set

    compiled: RuleSet = rule_set(ontology, rules)
    store.update(f"CLEAR SILENT GRAPH <{graph}>")
    run = _Run(store, NamedNode(graph), None if union is None else NamedNode(union))
    for layer in strata(compiled):
        layered = [rule for rule in compiled if rule.name in layer]
        equality = [rule for rule in layered if _about_same(rule)]
        # Equality makes every rule depend on every other; it is left out until two things are the same.
        run.close([rule for rule in layered if rule not in equality])
        if equality and run.ask(f"ASK {{ GRAPH ?g {{ ?x {SAME_AS} ?y }} }}"):
            run.close(layered)
    broken = tuple(inconsistency for rule in compiled if rule.is_constraint for inconsistency in run.contradictions(rule, max_witnesses))
    return StoreClosure(store.count(graph), broken, run.updates)


def _about_same(rule: Rule) -> bool:
    return any(pattern.p == SAME_AS for body in rule.bodies for pattern in body.patterns)


class _Run:
    def __init__(self, store: UpdatableStore, graph: NamedNode, union: NamedNode | None) -> None:
        self.store = store
        self.graph = graph
        self.union = union
        self.updates = 0

    def ask(self, query: str) -> bool:
        return bool(self.store.query(query).boolean)

    def close(self, rules: Sequence[Rule]) -> None:
        """Run the rules to their fixpoint: those that depend on each other together, after what they depend on."""
        for group, recursive in _groups(rules):
            # One request for the group: fewer round trips, and the store applies it wholly or not at all.
            request = update_request(group, self.graph, self.union)
            for _ in range(MAX_PASSES):
                before = self.store.count(self.graph.value) if recursive else 0
                self.store.update(request)
                self.updates += 1
                if not recursive or self.store.count(self.graph.value) == before:
                    break
            else:
                raise StoreError(f"the rules came to no end in {MAX_PASSES} passes", "report this together with the data")

    def contradictions(self, rule: Rule, limit: int) -> Iterable[Inconsistency]:
        seen: set[frozenset[str]] = set()
        for body, query in zip(rule.bodies, rule.witnesses(limit, graphs=self.union is None), strict=True):
            solutions = self.store.query(query)
            for row in solutions.rows:
                binding: dict[Var, Term] = {
                    Var(name): term
                    for name, term in zip(solutions.variables, row, strict=True)
                    if term is not None and not isinstance(term, Triple)
                }
                triples = [triple for pattern in body.patterns if (triple := pattern.bind(binding).triple()) is not None]
                mark = frozenset(map(str, triples))
                if mark not in seen and len(seen) < limit:
                    seen.add(mark)
                    yield Inconsistency(rule, tuple(Asserted(triple, self._graphs(triple)) for triple in triples))

    def _graphs(self, triple: Triple) -> tuple[str, ...]:
        found = self.store.query(f"SELECT DISTINCT ?g {{ GRAPH ?g {{ {triple} }} }} ORDER BY ?g")
        return tuple(str(getattr(row[0], "value", row[0])) for row in found.rows)


def _groups(rules: Sequence[Rule]) -> list[tuple[list[Rule], bool]]:
    """The rules in groups that depend on each other, in an order in which no group needs a later one.

    With each group, whether it must be repeated (it feeds itself).
    """
    concludes = {rule.name: {key for body in rule.bodies for key in _keys(rule.head, dict(body.values))} for rule in rules}
    needs = {
        rule.name: {key for body in rule.bodies for key in _keys((*body.patterns, *(p for g in body.absent for p in g)), dict(body.values))}
        for rule in rules
    }
    users: dict[tuple[str, Any], list[str]] = {}
    for rule in rules:
        for key in needs[rule.name]:
            users.setdefault(key, []).append(rule.name)
    after = {rule.name: sorted({user for key in concludes[rule.name] for user in users.get(key, ())}) for rule in rules}
    by_name = {rule.name: rule for rule in rules}
    groups = []
    for component in reversed(_components(after)):
        members = [by_name[name] for name in sorted(component)]
        recursive = len(members) > 1 or members[0].name in after[members[0].name]
        groups.append((members, recursive))
    return groups


def _keys(patterns: Iterable[Any], values: Mapping[Var, tuple[Term, ...]]) -> set[tuple[str, Any]]:
    keys: set[tuple[str, Any]] = set()
    for pattern in patterns:
        kind, slot = ("class", pattern.o) if pattern.p == RDF_TYPE else ("property", pattern.p)
        for term in values.get(slot, ()) if isinstance(slot, Var) else (slot,):
            keys.add((kind, term))
    return keys


def _components(after: Mapping[str, Sequence[str]]) -> list[list[str]]:
    """The strongly connected components of a graph, each after those that it leads to (Tarjan's algorithm)."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    on_stack: set[str] = set()
    stack: list[str] = []
    components: list[list[str]] = []
    for root in after:
        if root in index:
            continue
        work: list[tuple[str, int]] = [(root, 0)]
        while work:
            node, place = work.pop()
            if place == 0:
                index[node] = low[node] = len(index)
                stack.append(node)
                on_stack.add(node)
            for number in range(place, len(after[node])):
                successor = after[node][number]
                if successor not in index:
                    work += [(node, number + 1), (successor, 0)]
                    break
                if successor in on_stack:
                    low[node] = min(low[node], index[successor])
            else:
                if low[node] == index[node]:
                    component: list[str] = []
                    while not component or component[-1] != node:
                        component.append(stack.pop())
                    on_stack.difference_update(component)
                    components.append(component)
                if work:
                    parent = work[-1][0]
                    low[parent] = min(low[parent], low[node])
    return components
