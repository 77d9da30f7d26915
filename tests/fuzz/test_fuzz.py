"""No bytes make a parser crash, hang or raise anything but an error of Comity's: every target of targets.py on changed seeds.

What a fuzzer once found is a file in ``found/<target>/``, and stays mended.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, seed, settings

sys.path.insert(0, str(Path(__file__).parent))

from mutation import inputs, seeds
from targets import FOUND, TARGETS, run

from soak import amount

EXAMPLES = amount(80, 20_000)
FIXTURES = sorted(path for path in FOUND.rglob("*") if path.is_file())
#: How many inputs each target took.
taken: Counter[str] = Counter()


@pytest.mark.parametrize("target", TARGETS)
def test_only_errors_of_ours(target: str) -> None:
    @seed(20260201)
    @settings(max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(inputs(target))
    def check(data: bytes) -> None:
        taken[target] += run(target, data)

    check()
    assert taken[target], "nothing was taken: the seeds prove nothing"


@pytest.mark.parametrize("target", TARGETS)
def test_seeds_are_taken(target: str) -> None:
    assert any(run(target, data) for data in seeds(target))


def test_every_fixture_is_of_a_target() -> None:
    assert FIXTURES, "the fixtures are gone"
    assert {path.parent.name for path in FIXTURES} <= TARGETS.keys()


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_what_was_found_stays_mended(path: Path) -> None:
    run(path.parent.name, path.read_bytes())
