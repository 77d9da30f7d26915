"""The closure of a dataset under a rule set, computed in this process.

The rules run to their fixpoint semi-naively: in each round, a rule is joined only with what the round before added.
Rounds are strict (what a round finds is used from the next one on), so in a run without layers the round in which a triple
appears is the height of its lowest proof, which is what :mod:`comity.inference.explain` relies on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from pyoxigraph import Triple

from comity.inference.columns import Column
from comity.inference.compile import RuleSet
from comity.inference.facts import FactBase, Relation
from comity.inference.joins import Atom, Clause, clauses_of, relations_of
from comity.inference.model import SAME_AS, Rule
from comity.inference.rules import strata

if TYPE_CHECKING:
    from comity.inference.explain import Asserted, Inconsistency, Proof

MAX_WITNESSES = 100
"""How many contradictions of one rule are reported one by one."""


class Closure:
    """What follows from a dataset.

    Iterating gives the inferred triples, none of them asserted; their terms are made only when asked for. `rules` is
    the rule set, `rules_used` the names of the rules that found something.
    """

    def __init__(self, facts: FactBase, rules: RuleSet, clauses: list[Clause], used: tuple[str, ...], rounds: int) -> None:
        self.facts = facts
        self.rules = rules
        self.rules_used = used
        self.rounds = rounds
        self.clauses = clauses
        self._triples: list[Triple] | None = None
        self._inconsistencies: tuple[Inconsistency, ...] | None = None
        self._broken: list[tuple[Clause, Any, int]] = []
        self._layered = False
        self._by_height: tuple[FactBase, list[Clause]] | None = None

    def __len__(self) -> int:
        return sum(len(keys) for relation in self.facts.relations() for _, keys in relation.rounds)

    def __iter__(self) -> Iterator[Triple]:
        for relation in self.facts.relations():
            for _, keys in relation.rounds:
                yield from self.facts.triples(relation, keys)

    @property
    def triples(self) -> list[Triple]:
        """The inferred triples."""
        if self._triples is None:
            self._triples = list(self)
        return self._triples

    @property
    def inconsistencies(self) -> tuple[Inconsistency, ...]:
        """The contradictions in the data, each with its proof; at most :data:`MAX_WITNESSES` of one kind."""
        if self._inconsistencies is None:
            from comity.inference.explain import inconsistencies_of

            self._inconsistencies = inconsistencies_of(self)
        return self._inconsistencies

    def by_height(self) -> tuple[FactBase, list[Clause]]:
        """The same facts, each found in the round that is the height of its lowest proof, and the clauses over them.

        Rules that deny something run in layers, and the later a layer, the later its rounds. To find the heights then, the
        rules run once more, all in one layer: what they deny they look up in the first run, which is complete.
        """
        if self._by_height is None:
            if not self._layered:
                self._by_height = self.facts, self.clauses
            else:
                run = _Run(self.facts.stated(), self.rules, denied=self.facts)
                run.close()
                self._by_height = run.facts, run.clauses
        return self._by_height

    @property
    def is_consistent(self) -> bool:
        """Whether no contradiction was found (cheaper than making their proofs)."""
        return not self._broken

    def explain(self, triple: Triple) -> Proof | Asserted:
        """The proof of an inferred triple; see :func:`comity.inference.explain.explain`."""
        from comity.inference.explain import explain

        return explain(self, triple)


def close_in_process(statements: Iterable[Any], rules: RuleSet) -> Closure:
    """Close the statements (triples or quads) under the rules."""
    classes, properties = relations_of(rules)
    facts = FactBase(classes, properties)
    facts.read(statements)
    facts.index()
    run = _Run(facts, rules)
    run.close()
    closure = Closure(facts, rules, run.clauses, tuple(run.used), run.round)
    closure._broken = run.contradictions()
    closure._layered = run.layered
    return closure


class _Run:
    def __init__(self, facts: FactBase, rules: RuleSet, denied: FactBase | None = None) -> None:
        self.facts = facts
        self.denied = denied
        self.layers = strata(rules) if denied is None else [frozenset(rule.name for rule in rules)]
        self.round = 0
        self.layered = False
        """Whether a layer above the first found anything: only then is a round more than a height."""
        self.used: dict[str, None] = {}
        # Rules about owl:sameAs come in hundreds (one for each property) and mostly in vain: they wait for the first
        # one.
        self.waiting = [rule for rule in rules if _about_same(rule)]
        self.clauses = clauses_of((rule for rule in rules if not _about_same(rule)), facts, denied)

    def close(self) -> None:
        for place, layer in enumerate(self.layers):
            users: dict[Relation, list[Clause]] = {}
            # At first everything is new: one join of each clause, from wherever it is cheapest, finds all.
            fresh = self.clauses
            changed: dict[Relation, None] = {}
            while True:
                fresh = [*fresh, *self._awakened()]
                fresh = [clause for clause in fresh if clause.heads and clause.rule.name in layer]
                work = self._due(changed, users)
                work += [(clause, None) for clause in fresh]
                for clause in fresh:
                    for relation in {atom.relation: None for atom in clause.atoms}:
                        users.setdefault(relation, []).append(clause)
                if not work:
                    break
                changed = self._step(work, above=place > 0)
                fresh = []

    def _awakened(self) -> list[Clause]:
        """The clauses about owl:sameAs, once, when there is one."""
        same = self.facts.properties.get(SAME_AS)
        if not self.waiting or same is None or not len(same):
            return []
        clauses = clauses_of(self.waiting, self.facts, self.denied)
        self.clauses = [*self.clauses, *clauses]
        self.waiting = []
        return clauses

    @staticmethod
    def _due(changed: dict[Relation, None], users: dict[Relation, list[Clause]]) -> list[tuple[Clause, Atom | None]]:
        """What to join after a round that changed these: clauses, each with the atom that must take something new."""
        work: list[tuple[Clause, Atom | None]] = []
        for clause in {clause: None for relation in changed for clause in users.get(relation, ())}:
            starts = [atom for atom in clause.atoms if atom.relation in changed]
            # A relation that is new as a whole makes the clause as good as new.
            if any(len(atom.relation.delta) == len(atom.relation) for atom in starts):
                work.append((clause, None))
            else:
                work += [(clause, atom) for atom in starts]
        return work

    def _step(self, work: Iterable[tuple[Clause, Atom | None]], above: bool) -> dict[Relation, None]:
        self.round += 1
        results: dict[Relation, list[Column]] = {}
        for clause, start in work:
            if any(not len(atom.relation) for atom in clause.atoms):
                continue
            bindings, count = clause.solutions(start)
            if not count:
                continue
            for head in clause.heads:
                keys = clause.consequences(head, bindings, count)
                new = head.relation.fresh(keys)
                if len(new):
                    self.used[clause.rule.name] = None
                    results.setdefault(head.relation, []).append(new)
        self.layered |= above and bool(results)
        for relation, parts in results.items():
            relation.add(list(set().union(*parts)), self.round)
        return dict.fromkeys(results)

    def contradictions(self) -> list[tuple[Clause, Any, int]]:
        """The constraints that are broken, with the bindings that break them."""
        broken = []
        for clause in self.clauses:
            if clause.rule.is_constraint and all(len(atom.relation) for atom in clause.atoms):
                bindings, count = clause.solutions()
                if count:
                    broken.append((clause, bindings, count))
        return broken


def _about_same(rule: Rule) -> bool:
    return all(any(pattern.p == SAME_AS for pattern in body.patterns) for body in rule.bodies)
