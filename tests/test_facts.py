"""Every fact of the paper that is listed in ``tests/facts/<section>.json`` can be pointed to in the graph, with its passage.

A case is a paraphrase of the fact, an ASK query over the graph of its section, and the passage that states it.
An identifier such as F554 is that of the paper's list of facts; one such as 3.7/01 is a further fact of that section.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import pytest

import comity
from comity.store import Store
from comity.terms import CY, GRAPH, ID, PREFIXES

HERE = Path(__file__).parent
FILES = sorted((HERE / "facts").glob("*.json"))
FACTS = [fact for path in FILES for fact in json.loads(path.read_text(encoding="utf-8"))]
DECLARED = "".join(f"PREFIX {prefix}: <{iri}>\n" for prefix, iri in PREFIXES.items())


@cache
def paper() -> Store:
    """The paper as printed, without inference."""
    return comity.open(view="paper", infer=False).store


def test_there_are_facts() -> None:
    assert FILES
    assert len(FACTS) >= 1
    identifiers = [fact["id"] for fact in FACTS]
    assert len(identifiers) == len(set(identifiers)), "a fact is listed twice"


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: f"{fact['id']}-{fact['section']}")
def test_the_fact_is_in_the_graph(fact: dict[str, str]) -> None:
    assert paper().query(DECLARED + fact["ask"]).boolean, fact["fact"]


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: f"{fact['id']}-{fact['section']}")
def test_the_fact_has_its_passage(fact: dict[str, str]) -> None:
    passage, graph = ID + fact["passage"], GRAPH + "paper/" + fact["section"]
    assert paper().query(
        f"ASK {{ GRAPH <{graph}> {{ <{passage}> <{CY.fragment}> ?words . ?fact <{CY.statedIn}> <{passage}> }} }}"
    ).boolean, f"{fact['id']}: nothing is stated in {passage}"
    assert fact["passage"].split("/")[-1] in fact["ask"], f"{fact['id']}: the query does not ask for the passage"
