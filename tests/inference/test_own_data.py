"""On the edition itself, owlrl and we come to the same closure.

The paper's view is compared here, without annotations, which mean nothing to a reasoner and cost owlrl half of its minute. The curated
view as it is, which takes it several minutes, is compared by ``benchmarks/inference.py --slow``.
"""

from __future__ import annotations

from typing import Any

import pyoxigraph as ox
import pytest

from comity import dataset
from comity.inference import close
from comity.terms import OWL, RDFS, graph_iri
from soak import FULL


@pytest.mark.skipif(not FULL, reason="owlrl takes over a minute for it: left to make soak; test_random.py compares the two on made worlds")
def test_same_as_owlrl() -> None:
    read = dataset.read("paper")
    declared = [quad.subject for quad in read if quad.object == ox.NamedNode(OWL.AnnotationProperty)]
    annotations = {RDFS.label, RDFS.comment, RDFS.isDefinedBy} | {str(name)[1:-1] for name in declared}
    quads = [quad for quad in read if quad.predicate.value not in annotations]
    assert len(quads) > 15_000
    ontology = [quad for quad in quads if quad.graph_name == ox.NamedNode(graph_iri("ontology"))]

    def spo(closure: Any) -> set[tuple[Any, Any, Any]]:
        return {(t.subject, t.predicate, t.object) for t in closure}

    ours, reference = close(quads, ontology), close(quads, ontology, engine="owlrl")
    assert ours.is_consistent
    assert reference.is_consistent
    assert len(ours) > 4_000
    assert spo(ours) == spo(reference)
