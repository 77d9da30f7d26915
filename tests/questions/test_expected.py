"""Every question of the edition against whole expected tables, on Oxigraph and on rdflib.

A case is a file ``expected/<question>.json`` or ``expected/<question>.<case>.json``::

    {"params": {"state": "PAK"}, "columns": ["norm", "normLabel"], "rows": [["https://…", "…"], …]}

optionally with ``"view"`` (default: curated), and with ``"slow_on_rdflib"``, the reason why rdflib is asked it by ``make soak`` only.
A new question gets its first case, and every case its new rows, by
``pytest tests/questions/test_expected.py --update-expected``; read the difference before you commit it.
"""

from __future__ import annotations

import json
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

import pytest

import comity
from comity.errors import ResourceError
from comity.questions import NameIndex, Question, ask, list_questions
from comity.questions.parameters import parameter_term
from comity.table import Cell, Table, plain
from soak import FULL
from stores import RdflibAnswers

EXPECTED = Path(__file__).parent / "expected"
try:
    QUESTIONS = {question.name: question for question in list_questions()}
except ResourceError:
    QUESTIONS = {}
CASES = sorted(EXPECTED.glob("*.json"))


@lru_cache
def edition(view: str) -> comity.Comity:
    return comity.open(view=view)


@lru_cache
def engine(name: str, view: str):
    opened = edition(view)
    store = opened.store if name == "oxigraph" else RdflibAnswers.of(opened.graph)
    return store, NameIndex(opened.store)


def as_asked(store, name: str, view: str, question: Question, params: dict):
    """The store to ask: of a question about a day, the view as of that day."""
    if question.snapshot is None:
        return store
    opened = edition(view)
    opened._names = opened._names or NameIndex(opened.store)
    dated = opened._as_asked(question, params)
    return dated.store if name == "oxigraph" else RdflibAnswers.of(dated.graph)


def value(cell: Cell) -> object:
    return cell if cell is None or isinstance(cell, (bool, int, Decimal)) else plain(cell)


def written(case: dict, table: Table) -> str:
    """Return the case as its file holds it: one row a line, so that a difference shows the row."""
    head = {key: case[key] for key in ("params", "view", "slow_on_rdflib") if key in case}
    lines = ",\n".join(
        "  " + json.dumps([value(cell) for cell in row], ensure_ascii=False, default=float) for row in table
    )
    columns = json.dumps([column.name for column in table.columns], ensure_ascii=False)
    fields = [f' "{key}": {json.dumps(entry, ensure_ascii=False, sort_keys=True)}' for key, entry in head.items()]
    return (
        "{\n"
        + ",\n".join([*fields, f' "columns": {columns}', f' "rows": [\n{lines}\n ]' if lines else ' "rows": []'])
        + "\n}\n"
    )


def question_of(path: Path) -> str:
    return path.name.split(".")[0]


def test_every_question_has_a_case_and_every_case_a_question(request):
    assert QUESTIONS, "the edition has no questions"
    with_case = {question_of(path) for path in CASES}
    missing = sorted(set(QUESTIONS) - with_case)
    if request.config.getoption("--update-expected", default=False):
        for name in missing:
            question = QUESTIONS[name]
            params = {parameter.name: parameter.example for parameter in question.parameters if parameter.required}
            store, index = engine("oxigraph", "curated")
            store = as_asked(store, "oxigraph", "curated", question, params)
            text = written({"params": params}, ask(store, question, params, index=index))
            (EXPECTED / f"{name}.json").write_text(text, encoding="utf-8")
        missing = []
    assert not missing, f"no expected table for {', '.join(missing)}: run with --update-expected"
    assert not with_case - set(QUESTIONS), "an expected table of a question that is not there"
    on_both = {question_of(path) for path in CASES if "slow_on_rdflib" not in json.loads(path.read_text(encoding="utf-8"))}
    assert len(set(QUESTIONS) - on_both) <= 4, "rdflib is spared too many questions: give one of them a form that it is quick at"


@pytest.mark.parametrize("name", sorted(QUESTIONS))
def test_examples_and_defaults_are_understood(name):
    """What the header and its help page tell people to type must work, and a default must be what VALUES holds."""
    question = QUESTIONS[name]
    _, index = engine("oxigraph", "curated")
    for parameter, slot in ((p, s) for p in question.parameters for s in question.slots if s.name == p.name):
        parameter_term(question, parameter, parameter.example, index)
        if parameter.default is not None:
            assert parameter_term(question, parameter, parameter.default, index) == slot.term


@pytest.mark.parametrize("engine_name", ["oxigraph", "rdflib"])
@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_whole_table(path, engine_name, request):
    case = json.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    question = QUESTIONS[question_of(path)]
    if engine_name == "rdflib" and "slow_on_rdflib" in case and not FULL:
        pytest.skip(f"{path.stem}: {case['slow_on_rdflib']}; left to make soak")
    store, index = engine(engine_name, case.get("view", "curated"))
    store = as_asked(store, engine_name, case.get("view", "curated"), question, case["params"])
    table = ask(store, question, case["params"], index=index)
    if request.config.getoption("--update-expected", default=False) and engine_name == "oxigraph":
        path.write_text(written(case, table), encoding="utf-8")
        return
    assert [column.name for column in table.columns] == case["columns"]
    assert [[value(cell) for cell in row] for row in table] == case["rows"]
    check_total_order(question, table)


def check_total_order(question: Question, table: Table) -> None:
    """Two rows that ORDER BY cannot tell apart may come in either order; then the answer is not one table."""
    names = [column.name for column in table.columns]
    if set(question.order_variables) <= set(names):
        keys = [tuple(row[name] for name in question.order_variables) for row in table]
        assert len(set(keys)) == len(keys), f"{question.path.name}: ORDER BY leaves ties"
