"""Every hygiene rule finds nothing in a small clean edition, and finds the fault that its case plants there, on two engines."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib

from comity import resources
from comity.bridge import from_rdflib, to_rdflib
from comity.header import read_header
from comity.hygiene import HygieneRule, load_hygiene, run
from comity.store.embedded import EmbeddedStore

HERE = Path(__file__).resolve().parent
RULES = {rule.name: rule for rule in load_hygiene()}
CASES = {file.stem: file for file in sorted((HERE / "cases").iterdir())}

Row = tuple[str | None, ...]


@cache
def clean() -> tuple[ox.Quad, ...]:
    return tuple(ox.parse(path=str(HERE / "world.trig"), format=ox.RdfFormat.TRIG))


def faulty(case: Path) -> ox.Store:
    """Return the clean edition with the fault of a case: an addition (.trig) or a change (.ru)."""
    store = ox.Store()
    store.extend(clean())
    text = case.read_text(encoding="utf-8")
    if case.suffix == ".ru":
        store.update(text)
    else:
        store.load(text.encode(), format=ox.RdfFormat.TRIG)
    return store


@cache
def in_rdflib() -> rdflib.Dataset:
    """Return the clean edition in rdflib, loaded once: each test puts back what it changes."""
    dataset = rdflib.Dataset(default_union=True)
    change(dataset, clean(), ())
    return dataset


def change(dataset: rdflib.Dataset, added: Iterable[ox.Quad], removed: Iterable[ox.Quad]) -> None:
    for subject, predicate, term, graph in to_rdflib(removed).quads():
        dataset.graph(graph).remove((subject, predicate, term))
    for subject, predicate, term, graph in to_rdflib(added).quads():
        dataset.graph(graph).add((subject, predicate, term))


def rows(rule: HygieneRule, store: ox.Store) -> set[Row]:
    return {_row(found) for found in store.query(rule.sparql, use_default_graph_as_union=True)}


def _row(terms: object) -> Row:
    # Blank nodes have other names in each engine.
    return tuple("_:" if isinstance(term, ox.BlankNode) else None if term is None else str(term) for term in terms)  # type: ignore[attr-defined]


def test_each_rule_has_a_case() -> None:
    assert set(RULES) == set(CASES)
    assert len(CASES) == len(list((HERE / "cases").iterdir()))
    assert len(RULES) >= 120


def test_no_rule_finds_anything_in_the_clean_edition() -> None:
    store = ox.Store()
    store.extend(clean())
    found = {name: rows(rule, store) for name, rule in RULES.items()}
    assert {name: result for name, result in found.items() if result} == {}
    assert len(found) == len(RULES)


@pytest.mark.parametrize("name", CASES)
def test_the_fault_is_found(name: str) -> None:
    expected = read_header(CASES[name].read_text(encoding="utf-8")).fields["focus"]
    assert expected
    store = faulty(CASES[name])
    found = rows(RULES[name], store)
    assert {focus.strip("<>") for focus, _, _ in found if focus} == set(expected)
    with_rdflib = in_rdflib()
    added, removed = set(store) - set(clean()), set(clean()) - set(store)
    assert added or removed
    try:
        change(with_rdflib, added, removed)
        answer = with_rdflib.query(RULES[name].sparql)
        assert {_row(None if term is None else from_rdflib(term) for term in row) for row in answer} == found  # type: ignore[union-attr]
    finally:
        change(with_rdflib, removed, added)


@pytest.mark.parametrize("name", RULES)
def test_a_rule_is_written_as_the_others_are(name: str) -> None:
    rule = RULES[name]
    assert not re.search(r"[.;]$|^[A-Z]", rule.title), rule.title
    assert not re.search(r"[.]$|^[A-Z]", rule.remedy), rule.remedy
    known = r"(OOPS P\d\d|ROBOT \w+|FIBO testHygiene_\S+|gist( \w+)?|SEMIC [A-Z]+-R\d+|FOOPS [A-Z]+[\d.]+|qSKOS [A-Za-z -]+|own)"
    assert all(re.fullmatch(known, origin) for origin in rule.origin), rule.origin
    assert len(set(rule.origin)) == len(rule.origin)


def test_no_two_rules_are_one() -> None:
    bodies: dict[str, str] = {}
    for name, rule in RULES.items():
        body = " ".join(line for line in rule.sparql.splitlines() if not line.startswith("#"))
        assert bodies.setdefault(body, name) == name
    assert len({rule.title for rule in RULES.values()}) == len(RULES)


def test_a_rule_is_no_shape() -> None:
    """Their IRIs are apart, so that a report says which of the two found something."""
    shapes = "".join(file.read_text(encoding="utf-8") for file in resources.shapes().glob("*.ttl"))
    assert shapes
    assert not [rule.iri for rule in RULES.values() if f"shape:{rule.name} " in shapes]


def test_run_gives_rule_and_remedy() -> None:
    store = EmbeddedStore()
    store.load(faulty(CASES["part-cycle"]))
    [first, second] = run(RULES["part-cycle"], store)
    assert (first.severity, first.path, first.shape) == ("Violation", "cy:partOf", "https://w3id.org/comity/hygiene/part-cycle")
    assert first.message == "a thing is a part of itself, by however many steps; cut the circle"
    assert {str(first.focus), str(second.focus)} == {f"<https://w3id.org/comity/id/section/{key}>" for key in ("3", "3.7")}
