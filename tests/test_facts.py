"""Every fact of the paper that is listed in ``tests/facts/<section>.json`` can be pointed to in the graph, with its passage.

A case is a paraphrase of the fact, an ASK query over the graph of its section, and the passage that states it. Facts
numbered ``F…`` are those of the list that the edition was begun with; ``R…`` were added when a section was read again.
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path

import pytest

import comity
from comity.store import Store
from comity.terms import CY, GRAPH, ID, with_prefixes

HERE = Path(__file__).parent
FILES = sorted((HERE / "facts").glob("*.json"))
FACTS = [fact for path in FILES for fact in json.loads(path.read_text(encoding="utf-8"))]


@cache
def paper() -> Store:
    """The paper as printed, without inference."""
    return comity.open(view="paper", infer=False).store


def test_there_are_facts() -> None:
    identifiers = [fact["id"] for fact in FACTS]
    assert sum(identifier.startswith("F") for identifier in identifiers) == 355
    assert all(re.fullmatch(r"F\d{3}|R[0-9a-z.]+-\d{2}", identifier) for identifier in identifiers)
    assert len(identifiers) == len(set(identifiers)), "a fact is listed twice"


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: f"{fact['id']}-{fact['section']}")
def test_the_fact_is_in_the_graph(fact: dict[str, str]) -> None:
    assert paper().query(with_prefixes(fact["ask"])[0]).boolean, fact["fact"]


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: f"{fact['id']}-{fact['section']}")
def test_the_fact_has_its_passage(fact: dict[str, str]) -> None:
    passage, graph = ID + fact["passage"], GRAPH + "paper/" + fact["section"]
    assert paper().query(
        f"ASK {{ GRAPH <{graph}> {{ <{passage}> <{CY.fragment}> ?words . ?fact <{CY.statedIn}> <{passage}> }} }}"
    ).boolean, f"{fact['id']}: nothing is stated in {passage}"
    assert fact["passage"].split("/")[-1] in fact["ask"], f"{fact['id']}: the query does not ask for the passage"
