"""The page of stores says what a run of the suite shows; `make test` compares it with its own run."""

from __future__ import annotations

import importlib
from typing import Any

import pytest

from comity.store.quirks import QUIRKS

from .backends import BACKENDS, CLOSURE, CONTRACT, QUESTIONS
from .contract import StoreContract


def test_every_exception_is_a_test_of_the_contract() -> None:
    named = [name for backend in BACKENDS.values() for name in (*backend.exceptions, *backend.spared)]
    assert named
    assert [name for name in named if not hasattr(StoreContract, name)] == []


@pytest.mark.parametrize("quirk", QUIRKS, ids=lambda quirk: f"{quirk.where}-{QUIRKS.index(quirk)}")
def test_every_workaround_is_where_it_is_said_to_be(quirk: Any) -> None:
    module, _, path = quirk.where.partition(":")
    found = importlib.import_module(f"comity.{module}")
    for name in path.split("."):
        found = getattr(found, name)


@pytest.fixture
def script(checkout, monkeypatch):  # type: ignore[no-untyped-def]
    monkeypatch.syspath_prepend(str(checkout / "scripts"))
    monkeypatch.setattr("sys.argv", ["document_stores.py"])
    return importlib.import_module("document_stores")


def entry(text: str, outcome: str = "passed", **more: str) -> dict[str, str]:
    return {"text": text, "outcome": outcome, **more}


RUN = {
    CONTRACT: [entry("test_a[1]"), entry("test_a[2]"), entry("test_b", "left out", reason="so it is"), entry("test_c", "failed")],
    QUESTIONS: [entry("9 of 9")],
    CLOSURE: [entry("the same", "failed")],
}


def test_a_run_is_told_as_it_was(script) -> None:  # type: ignore[no-untyped-def]
    shown = script.outcome_of(RUN)
    assert shown == {"passed": 2, "failed": 1, "left out": 1, "reasons": {"test_b": "so it is"}, QUESTIONS: "9 of 9"}
    assert script.outcome_of({})["passed"] == 0


def test_stores_that_did_not_run_keep_their_place(script) -> None:  # type: ignore[no-untyped-def]
    kept = script.taken_over({}, {"memory": RUN, "jena": {CONTRACT: [entry("test_a", "left out", reason="no Jena")]}})
    assert list(kept) == ["memory"]
    assert kept["memory"]["version"].startswith("pyoxigraph ")
    kept["virtuoso"], kept["memory"]["version"] = {"version": "Virtuoso 7", "passed": 1, "failed": 0, "left out": 0, "reasons": {}}, "old"
    assert script.taken_over(kept, {"memory": RUN}) == kept
    again = script.taken_over(kept, {"memory": {CONTRACT: RUN[CONTRACT][:2]}})
    assert (again["virtuoso"], again["memory"]["failed"]) == (kept["virtuoso"], 0)
    assert again["memory"]["version"] != "old"
    with pytest.raises(SystemExit, match="does not name: nobody"):
        script.taken_over({}, {"nobody": RUN})


def test_the_page_shows_failures_and_reasons(script) -> None:  # type: ignore[no-untyped-def]
    page = script.document(script.taken_over({}, {"memory": RUN}))
    row = next(line for line in page.splitlines() if line.startswith(f"| {BACKENDS['memory'].title} |"))
    assert row.endswith("| 2 | 1 | 1 | 9 of 9 | – |")
    assert "so it is (b)." in page
