"""The evaluation tests of the W3C's SPARQL suites through Comity's `query()`, beside pyoxigraph's own answers.

Cases are in ``w3c/<suite>.json`` (scripts/w3c_queries.py). ``w3c/known.json`` names those that fail, with the reason: in `oxigraph`
where the engine differs from the W3C, in `ours` where only Comity does. A case that passes although it is named there fails the test,
so the rates that are printed at the end of the run are the true ones.
"""

from __future__ import annotations

import json
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

from comity.api import Comity
from comity.errors import ComityError
from comity.store.embedded import EmbeddedStore
from comity.table import cell_of, plain

HERE = Path(__file__).parent / "w3c"
BASE = "https://example.org/w3c/"
SUITES = sorted(path for path in HERE.glob("*.json") if path.name != "known.json")
KNOWN: dict[str, dict[str, str]] = json.loads((HERE / "known.json").read_text(encoding="utf-8"))
CASES = {f"{path.stem}/{case['name']}": (path, case) for path in SUITES for case in json.loads(path.read_text(encoding="utf-8"))["cases"]}


def test_there_are_cases() -> None:
    assert len(CASES) == 518
    assert {name for known in KNOWN.values() for name in known} <= CASES.keys()
    assert KNOWN.keys() == {"oxigraph", "ours"}
    assert not KNOWN["oxigraph"].keys() & KNOWN["ours"].keys(), "what the engine gets wrong is not ours alone"


@cache
def data(path: Path) -> dict[str, list[str]]:
    found: dict[str, list[str]] = json.loads(path.read_text(encoding="utf-8"))["data"]
    return found


def quads(path: Path, case: dict[str, Any], unnamed: ox.NamedNode | ox.DefaultGraph) -> list[ox.Quad]:
    def of(names: list[str], graph: Any) -> list[ox.Quad]:
        return [
            ox.Quad(*quad.triple, graph if graph is not None else ox.NamedNode(f"{base}{name}"))
            for name in names
            for quad in ox.parse("\n".join(data(path)[name]), format=ox.RdfFormat.N_TRIPLES, rename_blank_nodes=True)
        ]

    base = f"{BASE}{path.stem.partition('-')[2]}/"
    return of(case.get("default", []), unnamed) + of(case.get("named", []), None)


def text(case: dict[str, Any]) -> str:
    return f"BASE <{case['base']}> {case['query']}" if "base" in case else str(case["query"])


def canonical(term: Any) -> Any:
    """The term as Oxigraph's store keeps it, numbers and times by their values: both sides are compared so."""
    if not isinstance(term, ox.Literal) or term.language:
        return term
    return _stored(term.value, term.datatype.value)


@cache
def _stored(value: str, datatype: str) -> ox.Literal:
    node = ox.NamedNode("https://example.org/x")
    store = ox.Store()
    store.add(ox.Quad(node, node, ox.Literal(value, datatype=ox.NamedNode(datatype))))
    found = next(iter(store)).object
    assert isinstance(found, ox.Literal)
    return found


def pattern(names: list[str], rows: list[list[Any]]) -> Any:
    """Something that two answers share when they are the same bag of rows but for the names of blank nodes."""
    counted = Counter(tuple((n, canonical(term)) for n, term in sorted(zip(names, row, strict=True)) if term is not None) for row in rows)
    blank = [row for row in counted if any(isinstance(term, ox.BlankNode) for _, term in row)]
    graph = ox.Dataset()
    for row in blank:
        node = ox.BlankNode()
        graph.add(ox.Quad(node, ox.NamedNode(BASE + "times"), ox.Literal(counted[row])))
        for name, term in row:
            graph.add(ox.Quad(node, ox.NamedNode(BASE + "of/" + name), term))
    graph.canonicalize(ox.CanonicalizationAlgorithm.UNSTABLE)
    return sorted(names), {row: times for row, times in counted.items() if row not in blank}, set(graph)


def graph_pattern(triples: list[Any]) -> Any:
    graph = ox.Dataset(ox.Quad(t.subject, t.predicate, canonical(t.object)) for t in triples)
    graph.canonicalize(ox.CanonicalizationAlgorithm.UNSTABLE)
    return set(graph)


def term_of(shown: str | None) -> Any:
    if shown is None:
        return None
    return next(iter(ox.parse(f"<a:a> <a:a> {shown} .", format=ox.RdfFormat.N_TRIPLES))).object


def check(case: dict[str, Any], names: list[str], rows: list[list[Any]], triples: list[Any], boolean: bool | None) -> None:
    if "ask" in case:
        assert boolean is case["ask"]
    elif "triples" in case:
        wanted = [quad.triple for quad in ox.parse("\n".join(case["triples"]), format=ox.RdfFormat.N_TRIPLES)]
        assert graph_pattern(triples) == graph_pattern(wanted)
    elif case.get("plain"):
        assert sorted(names) == sorted(case["vars"])  # SELECT * has no order of its own
        order = [names.index(name) for name in case["vars"]]

        def bag(shown: list[list[str]]) -> list[list[str]]:
            # Blank nodes by the order in which they come.
            labels: dict[str, str] = {}
            return [
                [labels.setdefault(cell, f"_:{len(labels)}") if cell.startswith("_:") else cell for cell in row] for row in sorted(shown)
            ]

        shown = [[plain(cell_of(canonical(row[place]))) for place in order] for row in rows]
        assert bag(shown) == bag(case["rows"])
    elif case.get("lax"):  # of data without blank nodes
        found = pattern(names, rows)[1]
        expected = pattern(case["vars"], [[term_of(shown) for shown in row] for row in case["rows"]])[1]
        assert found.keys() == expected.keys()
        assert all(found[row] <= expected[row] for row in found)
    else:
        expected_rows = [[term_of(shown) for shown in row] for row in case["rows"]]
        assert pattern(names, rows) == pattern(case["vars"], expected_rows)
        if case.get("ordered"):
            order = [names.index(name) for name in case["vars"]]
            if not any(isinstance(term, ox.BlankNode) for row in rows for term in row):
                assert [[canonical(row[place]) for place in order] for row in rows] == [list(map(canonical, row)) for row in expected_rows]


def oxigraph(path: Path, case: dict[str, Any]) -> None:
    store = ox.Store()
    store.extend(quads(path, case, ox.DefaultGraph()))
    found = store.query(text(case))
    if isinstance(found, ox.QuerySolutions):
        check(case, [v.value for v in found.variables], [list(row) for row in found], [], None)
    elif isinstance(found, ox.QueryTriples):
        check(case, [], [], list(found), None)
    else:
        check(case, [], [], [], bool(found))


def ours(path: Path, case: dict[str, Any]) -> None:
    with EmbeddedStore() as store:
        store.load(quads(path, case, ox.NamedNode(BASE + "default")))
        table = Comity(store).query(text(case))
    names = [column.name for column in table.columns]
    match table.kind:
        case "ask":
            check(case, [], [], [], bool(table.rows[0][0]))
        case "construct":
            check(case, [], [], [ox.Triple(*row) for row in table.terms()], None)
        case _:
            check(case, names, [list(row) for row in table.terms()], [], None)


def passes(run: Any, path: Path, case: dict[str, Any]) -> bool:
    try:
        run(path, case)
    except (AssertionError, ComityError, SyntaxError, ValueError, RuntimeError, OSError):
        return False
    return True


@pytest.mark.parametrize("suite", SUITES, ids=lambda path: path.stem)
def test_both_pass_what_they_are_said_to_pass(suite: Path, record_property: Any, w3c_rates: Counter[str]) -> None:
    wrong = []
    for name, (path, case) in CASES.items():
        if path != suite:
            continue
        found = {"oxigraph": passes(oxigraph, path, case), "ours": passes(ours, path, case)}
        w3c_rates.update({"cases": 1, **found})
        expected = {
            "oxigraph": name not in KNOWN["oxigraph"],
            "ours": name not in KNOWN["oxigraph"] and name not in KNOWN["ours"],
        }
        if found != expected:
            wrong.append(f"{name}: passes are {found}, w3c/known.json says {expected}")
    record_property("w3c", dict(w3c_rates))
    assert not wrong, "\n".join(wrong)
