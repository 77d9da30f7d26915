"""Competency questions: what a reader of the paper asks, against exact answers.

``open.json`` holds the forty questions that were given with their answers, ``further.json`` more of the same kind. A case
makes one call, or several where the question asks for several things or its answer changes with the view::

    {"id": "CQ45", "question": "Which States belong to both SAARC and the SCO?",
     "calls": [{"ask": "overlap", "params": {"first": "organization/saarc", …}, "view": "paper",
                "columns": ["member"], "rows": [["https://…/state/IND"], …]}]}

The whole answer counts, on the columns named: no row may be missing and none may be over. Rows that are alike on these
columns count once. With ``"ordered": true`` their order counts too.
"""

from __future__ import annotations

import json
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

import pytest

import comity
from comity.table import Cell, plain

HERE = Path(__file__).parent
CASES = {name: json.loads((HERE / f"{name}.json").read_text(encoding="utf-8"), parse_float=Decimal) for name in ("open", "further")}


@lru_cache
def edition(view: str) -> comity.Comity:
    return comity.open(view=view)


CALLS = [
    pytest.param(call, id=f"{case['id']}-{number}-{call['ask']}-{call['view']}")
    for cases in CASES.values()
    for case in cases
    for number, call in enumerate(case["calls"], 1)
]


def value(cell: Cell) -> object:
    return cell if cell is None or isinstance(cell, (bool, int, Decimal)) else plain(cell)


def test_every_open_question_has_a_case():
    assert [case["id"] for case in CASES["open"]] == [f"CQ{number:02}" for number in range(1, 80, 2)]
    ids = [case["id"] for cases in CASES.values() for case in cases]
    assert len(set(ids)) == len(ids) >= 70
    for cases in CASES.values():
        for case in cases:
            assert case["calls"], f"{case['id']} asks nothing"
            for call in case["calls"]:
                assert call["rows"], f"{case['id']} expects nothing"


@pytest.mark.parametrize("call", CALLS)
def test_answer(call):
    table = edition(call["view"]).ask(call["ask"], **call["params"])
    found = list(dict.fromkeys(tuple(value(row[name]) for name in call["columns"]) for row in table))
    expected = [tuple(row) for row in call["rows"]]
    if call.get("ordered"):
        assert found == expected
    else:
        assert set(found) == set(expected)
