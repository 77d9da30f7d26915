"""On the whole edition, with faults planted in it, both engines make the same report; test_cases.py compares them on every case."""

from __future__ import annotations

import pyoxigraph as ox

from comity import dataset
from comity.validation.checking import shape_files
from comity.validation.engines import ENGINES, load
from comity.validation.mutation import make_mutants


def test_the_engines_agree_on_the_edition_with_faults() -> None:
    triples = {quad.triple for quad in dataset.read()}
    taken: dict[str, object] = {}
    for mutant in make_mutants(triples, seed=2):
        if mutant.subject not in taken:
            taken[mutant.subject] = mutant
            triples = (triples - mutant.removed) | mutant.added
    quads = [ox.Quad(triple.subject, triple.predicate, triple.object) for triple in triples]
    reference, fast = (load(name, shape_files(None)).run(quads) for name in ENGINES)
    assert len(reference) > len(taken) / 2
    assert fast == reference
