"""Sorting beyond memory gives what sorting in memory gives: the same lines, each once."""

from __future__ import annotations

import random

import pyoxigraph as ox
import pytest

from comity.export import sorting
from comity.export.rdf import dumps


def quads(count: int, seed: int) -> list[ox.Quad]:
    rng = random.Random(seed)

    def name(limit: int) -> ox.NamedNode:
        return ox.NamedNode(f"https://w3id.org/comity/id/thing/{rng.randrange(limit)}")

    return [
        ox.Quad(name(count), name(5), ox.Literal(f"a text\n{rng.random()}", language="en") if rng.random() < 0.5 else name(9), name(3))
        for _ in range(count)
    ]


@pytest.mark.parametrize("run", [1, 2, 7, 100, 999, 1000, 1001, 5000])
@pytest.mark.parametrize("few", [1, 3, 200])
def test_any_length_of_runs_gives_the_same_lines(run: int, few: int, monkeypatch: pytest.MonkeyPatch) -> None:
    some = quads(1000, seed=run)
    some += some[: len(some) // 3]  # the same statement may come from two graphs' files
    expected = sorted({f"{quad} .\n".encode() for quad in some})
    monkeypatch.setattr(sorting, "RUN", run)
    monkeypatch.setattr(sorting, "_FEW", few)
    monkeypatch.setattr(sorting, "_BLOCK", 300)
    blocks = list(sorting.sorted_lines(some, ox.RdfFormat.N_QUADS))
    assert b"".join(blocks).splitlines(keepends=True) == expected
    assert all(blocks)


def test_nothing_is_an_empty_file() -> None:
    assert b"".join(sorting.sorted_lines([], ox.RdfFormat.N_QUADS)) == b""
    for name in ("nq", "nt", "rdf12"):
        assert dumps([], name) == b""


def test_blank_nodes_get_canonical_names_in_runs_too(monkeypatch: pytest.MonkeyPatch) -> None:
    knows = ox.NamedNode("https://w3id.org/comity/id/thing/knows")
    graph = ox.NamedNode("https://w3id.org/comity/graph/ontology")
    some = [*quads(50, seed=3), *(ox.Quad(ox.BlankNode(f"b{n}"), knows, ox.Literal(str(n)), graph) for n in range(20))]
    renamed = [ox.Quad(ox.BlankNode(f"z{n}"), knows, ox.Literal(str(n)), graph) for n in range(20)]
    whole = dumps(some, "nq")
    monkeypatch.setattr(sorting, "RUN", 9)
    assert dumps(some[:50] + renamed[::-1], "nq") == whole
