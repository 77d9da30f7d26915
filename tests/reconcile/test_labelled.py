"""The labelled wordings: that there are enough of them, how well they are matched, and that the page says so."""

from __future__ import annotations

import importlib.util
from collections import Counter
from pathlib import Path
from types import ModuleType

import pytest

from comity.reconcile import Reconciler


@pytest.fixture(scope="module")
def script() -> ModuleType:
    folder = Path(__file__).resolve().parents[2] / "scripts"
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(folder)
        spec = importlib.util.spec_from_file_location("document_reconciliation", folder / "document_reconciliation.py")
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        patch.setitem(__import__("sys").modules, "document_reconciliation", module)
        spec.loader.exec_module(module)
        yield module


@pytest.fixture(scope="module")
def cases(script: ModuleType, reconciler: Reconciler) -> list:
    return script.measured(reconciler)


def test_the_set_is_large_and_labelled(script: ModuleType, reconciler: Reconciler) -> None:
    rows = script.read()
    assert len(rows) >= 400
    assert sum(row["expected"] == script.NOTHING for row in rows) >= 60
    assert {row["half"] for row in rows} == set(script.HALVES)
    assert [pair for pair, count in Counter((row["wording"], row["type"]) for row in rows).items() if count > 1] == []
    keys = {thing.key for thing in reconciler.index.things} | {script.NOTHING}
    assert [row for row in rows if row["expected"] not in keys] == []
    for half in script.HALVES:
        own = [row for row in rows if row["half"] == half]
        assert len(own) >= 100
        assert {row["origin"] for row in own} >= {"iso name", "un name", "other language", "misspelling", "code", "nothing of ours"}


def test_figures(script: ModuleType, cases: list) -> None:
    for half in script.HALVES:
        figures = script.Figures.of(case for case in cases if case.half == half)
        assert figures.precision >= 0.99, half
        assert figures.recall >= 0.90, half
        assert figures.top >= 0.95, half


def test_the_page_is_up_to_date(script: ModuleType, cases: list) -> None:
    complaint = "run: python scripts/document_reconciliation.py"
    assert script.TARGET.read_text(encoding="utf-8") == script.document(cases), complaint
