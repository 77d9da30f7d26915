"""FOOPS! and F-UJI: each of their checks has a disposition, and what a query shows can also fail."""

from __future__ import annotations

from pathlib import Path

import pytest

from comity.quality import Workbench
from comity.quality.fair import DISPOSITIONS, Principle, principles, unmet


def test_each_check_of_both_tools_has_a_disposition(checkout: Path) -> None:
    every = principles()
    assert [sum(each.tool == tool for each in every) for tool in ("foops", "f-uji")] == [24, 17]
    assert len({each.name for each in every}) == 41
    assert {each.disposition for each in every} == set(DISPOSITIONS)
    for each in every:
        if each.test:
            file, _, name = each.test.partition("::")
            assert f"def {name}(" in (checkout / file).read_text(encoding="utf-8"), each.name


def test_without_ontology_and_data_the_queries_say_no() -> None:
    """A query that cannot fail shows nothing. Of those that say "no description has a fault", one with a fault is in test_checks."""
    quads = Workbench().quads
    asked = [each for each in principles() if each.ask]
    assert len(asked) > 25
    assert unmet(asked, quads) == []
    ontology = [quad for quad in quads if str(quad.subject) == "<https://w3id.org/comity/ontology>"]
    bare = [quad for quad in quads if quad not in set(ontology)]
    kept = [quad for quad in ontology if quad.predicate.value.endswith(("license", "versionInfo"))]
    failing = {each.name for each in unmet(asked, [*bare, *kept])}
    # With the header gone, all that asks for it fails; what remains asks of the terms, or of the descriptions.
    assert {each.name for each in asked if "owl:Ontology" in each.ask and "OM4.1" not in each.name} <= failing


def test_an_incomplete_disposition_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    from comity.errors import DataError
    from comity.quality import fair

    monkeypatch.setattr(fair.tomllib, "loads", lambda text: {"foops": {"X1": {"title": "x", "disposition": "checked"}}})
    with pytest.raises(DataError, match="X1 has no known disposition, or nothing that shows it; complete it"):
        fair.principles()
    assert Principle("foops", "X1", "x", "checked").ask == ""
