"""On the edition itself, owlrl and we come to the same closure.

The paper's view is compared here; owlrl takes a minute for it. The curated view, which takes it several, is compared by
``benchmarks/inference.py --slow``.
"""

from __future__ import annotations

from typing import Any

import pyoxigraph as ox

from comity import dataset
from comity.inference import close
from comity.terms import graph_iri


def test_same_as_owlrl() -> None:
    quads = dataset.read("paper")
    ontology = [quad for quad in quads if quad.graph_name == ox.NamedNode(graph_iri("ontology"))]

    def spo(closure: Any) -> set[tuple[Any, Any, Any]]:
        return {(t.subject, t.predicate, t.object) for t in closure}

    ours, reference = close(quads, ontology), close(quads, ontology, engine="owlrl")
    assert ours.is_consistent
    assert reference.is_consistent
    assert len(ours) > 4_000
    assert spo(ours) == spo(reference)
