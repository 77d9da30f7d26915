"""On the whole edition, with faults planted in it, the engines make the same report; test_cases.py compares them on every case.

The third engine makes it in a server, in tests/store/test_validate.py.
"""

from __future__ import annotations

import pytest

from comity import dataset
from comity.quality.mutation import make_mutants, mutated
from comity.validation.checking import shape_files
from comity.validation.engines import ENGINES, load
from soak import FULL


@pytest.mark.skipif(not FULL, reason="left to make soak: pyshacl takes a minute; test_cases.py compares the engines on every constraint")
def test_the_engines_agree_on_the_edition_with_faults() -> None:
    quads = dataset.read()
    mutants = list(make_mutants(quads, seed=2))
    faulty = mutated(quads, mutants)
    reference, compiled = (load(name, shape_files(None)).run(faulty) for name in ENGINES[:2])
    assert len(reference) > len(mutants) / 2
    assert compiled == reference
