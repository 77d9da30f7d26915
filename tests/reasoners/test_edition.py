"""The whole edition is consistent by engines that are not ours, and keeps to the profiles that its contract names."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest

from comity.dataset import VIEWS, read, read_file
from comity.reasoners import Judgement, check_consistency, check_each, check_profiles
from comity.terms import CY, ID, XSD
from soak import FULL

ONTOLOGY = Path(__file__).parent.parent.parent / "ontology" / "comity.ttl"
# Whatever is neither in the OWL 2 datatype map nor used in the edition would be left out unseen.
LEFT_OUT = {XSD.date, XSD.gYear}


whole = pytest.mark.skipif(not FULL, reason="left to make soak: `comity check` asks the same of the curated view, in tests/quality")


def ours(judgement: Judgement) -> list[tuple[str, str]]:
    return [pair for pair in judgement.same if all(name.startswith(ID) for name in pair)]


@whole
@pytest.mark.usefixtures("java")
def test_pellet() -> None:
    judgement = check_consistency(read(), "pellet", classes=True, same=True, timeout=200)
    assert judgement.sound, judgement
    assert not judgement.left_out
    assert not ours(judgement)


@whole
@pytest.mark.usefixtures("java")
def test_hermit() -> None:
    judged = check_each({view: read(view) for view in VIEWS}, ("hermit",), same=True, timeout=200)
    assert len(judged) == len(VIEWS)
    for judgement in judged.values():
        assert judgement.sound, judgement
        assert judgement.left_out.keys() <= LEFT_OUT
        assert not ours(judgement)


@whole
@pytest.mark.usefixtures("java")
def test_hermit_on_the_classes() -> None:
    judgement = check_consistency(read_file(ONTOLOGY), "hermit", classes=True)
    assert judgement.sound, judgement


@pytest.mark.parametrize("view", VIEWS)
def test_our_own_rules(view: str) -> None:
    judgement = check_consistency(read(view), "comity", same=True)
    assert judgement.sound, judgement
    assert not ours(judgement)


@pytest.mark.usefixtures("java")
def test_profiles() -> None:
    """Ontology and data are in OWL 2 DL and OWL 2 RL, but for the dates among the values (docs/decisions/0010-reasoners.md)."""
    quads = read()
    dated = [quad for quad in quads if isinstance(quad.object, ox.Literal) and quad.object.datatype.value in LEFT_OUT]
    a_date = next(quad for quad in dated if quad.predicate.value == CY.date)
    undated = [quad for quad in quads if not (isinstance(quad.object, ox.Literal) and quad.object.datatype.value in LEFT_OUT)]
    found = check_profiles({"ontology": read_file(ONTOLOGY), "edition": undated, "a date": [*read_file(ONTOLOGY), a_date]})
    assert not found["ontology", "DL"] + found["ontology", "RL"]
    assert not found["edition", "DL"] + found["edition", "RL"]
    # The dates are left out for a reason.
    assert {violation.rule for violation in found["a date", "DL"]} == {"DatatypeOutsideTheMap"}
    assert {violation.rule for violation in found["a date", "RL"]} == {"UseOfIllegalDataRange"}
