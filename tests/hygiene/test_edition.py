"""The edition itself: no violation and no warning beyond the exceptions; and the list of pitfalls is complete."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from comity import dataset, resources
from comity.hygiene import hygiene, load_exceptions, load_hygiene
from comity.store.embedded import EmbeddedStore

CHECKOUT = Path(__file__).resolve().parents[2]
RULES = {rule.name: rule for rule in load_hygiene()}
PITFALLS: dict[str, dict[str, Any]] = tomllib.loads((resources.shapes() / "hygiene" / "oops.toml").read_text(encoding="utf-8"))


def test_the_edition_is_clean() -> None:
    store = EmbeddedStore()
    store.load(dataset.read("curated"))
    findings = hygiene(store)
    assert [str(finding) for finding in findings if finding.severity != "Info"] == []
    for finding in findings:
        assert finding.message
        assert finding.file, finding


def test_exceptions_name_rules_and_give_reasons() -> None:
    exceptions = load_exceptions()
    assert exceptions
    for exception in exceptions:
        assert exception.rule in RULES
        assert len(exception.reason.split()) > 3


def test_all_pitfalls_have_a_disposition() -> None:
    assert list(PITFALLS) == [f"P{number:02}" for number in range(1, 42)]


@pytest.mark.parametrize("name", PITFALLS)
def test_a_disposition_holds(name: str) -> None:
    pitfall = PITFALLS[name]
    assert pitfall["title"]
    match pitfall["disposition"]:
        case "checked":
            assert pitfall["rules"]
            assert set(pitfall["rules"]) <= set(RULES)
        case "checked elsewhere":
            assert (CHECKOUT / pitfall["by"]).is_file()
            assert pitfall["reason"]
        case "does not apply" | "against our design":
            assert pitfall["reason"]
        case other:
            pytest.fail(f"unknown disposition {other!r}")
    claiming = {rule.name for rule in RULES.values() if f"OOPS {name}" in rule.origin}
    assert claiming <= set(pitfall.get("rules", ())), "a rule says that it checks the pitfall, and the list does not"
