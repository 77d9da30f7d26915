"""The shapes catch nearly all of the faults that are planted in the edition, one by one; the survivors are listed by name."""

from __future__ import annotations

from collections import Counter

from comity import dataset
from comity.validation.mutation import make_mutants, mutation_score

CAUGHT = 0.95
MUTANTS = 300


def test_planted_faults_are_caught() -> None:
    outcome = mutation_score(dataset.read(), engine="fast")
    assert outcome.total >= MUTANTS
    survivors = "\n".join(map(str, outcome.survivors))
    print(f"{outcome.killed} of {outcome.total} caught; these survive:\n{survivors}")
    assert outcome.killed >= CAUGHT * outcome.total, survivors


def test_the_mutants_are_the_same_each_time_and_of_many_kinds() -> None:
    triples = {quad.triple for quad in dataset.read()}
    mutants = make_mutants(triples)
    assert mutants == make_mutants(triples)
    operators = Counter(mutant.operator for mutant in mutants)
    assert set(operators) == {"drop", "second value", "wrong datatype", "dangling link", "wrong class", "swap", "label clash"}
    # Each changes something, and what it takes out is there.
    for mutant in mutants:
        assert mutant.removed <= triples
        assert mutant.removed != mutant.added
        assert mutant.removed or not mutant.added <= triples
