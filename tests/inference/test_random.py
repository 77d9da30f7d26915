"""Random ontologies and graphs: the engine, owlrl and the rules run inside a store all infer the same.

Where owlrl is known to be wrong (see :mod:`comity.inference.owlrl_engine`), the axioms here are made so that it does not
matter: lists of which it ignores the last member end in a member that plays no part, and keys repeat their property.
"""

from __future__ import annotations

from typing import Any

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from comity.inference import close, close_in_store
from comity.inference.explain import check_proofs, explain_all
from comity.store.embedded import EmbeddedStore
from comity.terms import OWL, RDF, RDFS, XSD
from soak import amount

EX = "https://example.org/"
INFERRED = "https://w3id.org/comity/graph/inferred"
EXAMPLES_WITH_OWLRL = amount(250, 1000)
EXAMPLES_IN_STORE = amount(100, 300)

Node = ox.NamedNode | ox.BlankNode
CLASSES = [ox.NamedNode(f"{EX}C{number}") for number in range(4)]
PROPERTIES = [ox.NamedNode(f"{EX}p{number}") for number in range(4)]
DATA = [ox.NamedNode(f"{EX}d{number}") for number in range(2)]
THINGS = [ox.NamedNode(f"{EX}a{number}") for number in range(5)]
LITERALS = [ox.Literal("1", datatype=ox.NamedNode(XSD.integer)), ox.Literal("one"), ox.Literal("uno", language="es")]
NOBODY = ox.NamedNode(f"{EX}nobody")
ONE, ZERO = (ox.Literal(str(n), datatype=ox.NamedNode(XSD.nonNegativeInteger)) for n in (1, 0))

classes = st.sampled_from(CLASSES)
properties = st.sampled_from(PROPERTIES)
data = st.sampled_from(DATA)
things = st.sampled_from(THINGS)
literals = st.sampled_from(LITERALS)


class Writer:
    """Collects the triples of one example; blank nodes are numbered, so the same example has the same triples."""

    def __init__(self) -> None:
        self.triples: list[ox.Triple] = []
        self.count = 0

    def add(self, s: Any, p: str | ox.NamedNode, o: Any) -> None:
        self.triples.append(ox.Triple(s, ox.NamedNode(p) if isinstance(p, str) else p, o))

    def blank(self) -> ox.BlankNode:
        self.count += 1
        return ox.BlankNode(f"b{self.count}")

    def list(self, items: list[Any]) -> Node:
        head: Node = ox.NamedNode(RDF.nil)
        for item in reversed(items):
            cell = self.blank()
            self.add(cell, RDF.first, item)
            self.add(cell, RDF.rest, head)
            head = cell
        return head

    def restriction(self, prop: Any, **values: Any) -> Node:
        node = self.blank()
        self.add(node, RDF.type, ox.NamedNode(OWL.Restriction))
        self.add(node, OWL.onProperty, prop)
        for name, value in values.items():
            self.add(node, OWL[name], value)
        return node

    def of(self, predicate: str, items: list[Any]) -> Node:
        node = self.blank()
        self.add(node, RDF.type, ox.NamedNode(OWL.Class))
        self.add(node, predicate, self.list(items))
        return node


@st.composite
def subclass_side(draw: st.DrawFn, w: Writer, depth: int = 2) -> Any:
    """An expression that OWL 2 RL allows on the subclass side."""
    kind = draw(st.sampled_from(["class", "some", "some-thing", "value", "data-value", "and", "or", "one-of"]))
    if depth == 0 or kind == "class":
        return draw(classes)
    if kind == "some":
        return w.restriction(draw(properties), someValuesFrom=draw(subclass_side(w, depth - 1)))
    if kind == "some-thing":
        return w.restriction(draw(properties), someValuesFrom=ox.NamedNode(OWL.Thing))
    if kind == "value":
        return w.restriction(draw(properties), hasValue=draw(things))
    if kind == "data-value":
        return w.restriction(draw(data), hasValue=draw(literals))
    if kind == "one-of":
        return w.of(OWL.oneOf, draw(st.lists(things, min_size=1, max_size=2, unique=True)))
    parts = [draw(subclass_side(w, depth - 1)) for _ in range(2)]
    return w.of(OWL.intersectionOf if kind == "and" else OWL.unionOf, parts)


@st.composite
def superclass_side(draw: st.DrawFn, w: Writer, depth: int = 2) -> Any:
    """An expression that OWL 2 RL allows on the superclass side."""
    kind = draw(st.sampled_from(["class", "class", "all", "value", "data-value", "and", "not", "max", "max-qualified"]))
    if depth == 0 or kind == "class":
        return draw(classes)
    if kind == "all":
        return w.restriction(draw(properties), allValuesFrom=draw(superclass_side(w, depth - 1)))
    if kind == "value":
        return w.restriction(draw(properties), hasValue=draw(things))
    if kind == "data-value":
        return w.restriction(draw(data), hasValue=draw(literals))
    if kind == "not":
        node = w.blank()
        w.add(node, RDF.type, ox.NamedNode(OWL.Class))
        w.add(node, OWL.complementOf, draw(classes))
        return node
    if kind == "max":
        return w.restriction(draw(properties), maxCardinality=draw(st.sampled_from([ZERO, ONE])))
    if kind == "max-qualified":
        number = draw(st.sampled_from([ZERO, ONE]))
        on = draw(st.sampled_from([*CLASSES, ox.NamedNode(OWL.Thing)]))
        return w.restriction(draw(properties), maxQualifiedCardinality=number, onClass=on)
    return w.of(OWL.intersectionOf, [draw(superclass_side(w, depth - 1)) for _ in range(2)])


CHARACTERISTICS = ["Symmetric", "Transitive", "Functional", "InverseFunctional", "Asymmetric", "Irreflexive"]


@st.composite
def axiom(draw: st.DrawFn, w: Writer) -> None:
    kind = draw(
        st.sampled_from(
            [
                *(["subclass", "subclass-expression", "subclass-expression", "equivalent", "definition", "disjoint", "all-disjoint"]),
                *(["subproperty", "subdata", "domain", "range", "data-domain", "inverse", "chain", "characteristic", "characteristic"]),
                *(["equivalent-property", "disjoint-property", "all-disjoint-property", "key", "all-different", "negative"]),
                *(["inverse-expression", "class-assertion"]),
            ]
        )
    )
    if kind == "subclass":
        w.add(draw(classes), RDFS.subClassOf, draw(classes))
    elif kind == "subclass-expression":
        w.add(draw(subclass_side(w)), RDFS.subClassOf, draw(superclass_side(w)))
    elif kind == "equivalent":
        w.add(draw(classes), OWL.equivalentClass, draw(classes))
    elif kind == "definition":
        value = w.restriction(draw(properties), hasValue=draw(things))
        w.add(draw(classes), OWL.equivalentClass, w.of(OWL.intersectionOf, [draw(classes), value]))
    elif kind == "disjoint":
        w.add(draw(classes), OWL.disjointWith, draw(classes))
    elif kind in ("all-disjoint", "all-disjoint-property"):
        pool = classes if kind == "all-disjoint" else properties
        members = draw(st.lists(pool, min_size=2, max_size=3, unique=True))
        node = w.blank()
        name = OWL.AllDisjointClasses if kind == "all-disjoint" else OWL.AllDisjointProperties
        w.add(node, RDF.type, ox.NamedNode(name))
        w.add(node, OWL.members, w.list([*members, NOBODY]))
    elif kind == "subproperty":
        w.add(draw(properties), RDFS.subPropertyOf, draw(properties))
    elif kind == "subdata":
        w.add(DATA[0], RDFS.subPropertyOf, DATA[1])
    elif kind in ("domain", "range"):
        w.add(draw(properties), RDFS[kind], draw(superclass_side(w, 1)))
    elif kind == "data-domain":
        w.add(draw(data), RDFS.domain, draw(classes))
    elif kind == "inverse":
        w.add(draw(properties), OWL.inverseOf, draw(properties))
    elif kind == "inverse-expression":
        node = w.blank()
        w.add(node, OWL.inverseOf, draw(properties))
        w.add(draw(properties), RDFS.subPropertyOf, node)
    elif kind == "chain":
        w.add(draw(properties), OWL.propertyChainAxiom, w.list(draw(st.lists(properties, min_size=2, max_size=3))))
    elif kind == "characteristic":
        name = draw(st.sampled_from(CHARACTERISTICS))
        w.add(draw(properties), RDF.type, ox.NamedNode(OWL[f"{name}Property"]))
    elif kind == "equivalent-property":
        w.add(draw(properties), OWL.equivalentProperty, draw(properties))
    elif kind == "disjoint-property":
        w.add(draw(properties), OWL.propertyDisjointWith, draw(properties))
    elif kind == "key":
        key = draw(st.sampled_from([*PROPERTIES, *DATA]))
        w.add(draw(classes), OWL.hasKey, w.list([key, key]))
    elif kind == "all-different":
        node = w.blank()
        w.add(node, RDF.type, ox.NamedNode(OWL.AllDifferent))
        name = draw(st.sampled_from([OWL.members, OWL.distinctMembers]))
        w.add(node, name, w.list([*draw(st.lists(things, min_size=2, max_size=3, unique=True)), NOBODY]))
    elif kind == "negative":
        node = w.blank()
        w.add(node, RDF.type, ox.NamedNode(OWL.NegativePropertyAssertion))
        w.add(node, OWL.sourceIndividual, draw(things))
        w.add(node, OWL.assertionProperty, draw(properties))
        w.add(node, OWL.targetIndividual, draw(things))
    else:
        w.add(draw(things), RDF.type, draw(superclass_side(w)))


@st.composite
def worlds(draw: st.DrawFn) -> list[ox.Triple]:
    """An ontology with some facts."""
    w = Writer()
    for term in CLASSES:
        w.add(term, RDF.type, ox.NamedNode(OWL.Class))
    for term in PROPERTIES:
        w.add(term, RDF.type, ox.NamedNode(OWL.ObjectProperty))
    for term in DATA:
        w.add(term, RDF.type, ox.NamedNode(OWL.DatatypeProperty))
    for _ in range(draw(st.integers(1, 6))):
        draw(axiom(w))
    for _ in range(draw(st.integers(2, 9))):
        kind = draw(st.sampled_from(["type", "type", "object", "object", "object", "data", "same", "different"]))
        subject = draw(things)
        if kind == "type":
            w.add(subject, RDF.type, draw(classes))
        elif kind == "object":
            w.add(subject, draw(properties), draw(things))
        elif kind == "data":
            w.add(subject, draw(data), draw(literals))
        elif draw(st.booleans()):  # equality is rarer than facts
            w.add(subject, OWL.sameAs if kind == "same" else OWL.differentFrom, draw(things))
    return list(dict.fromkeys(w.triples))


def spo(triples: Any) -> set[Any]:
    return {(t.subject, t.predicate, t.object) for t in triples}


counted = {"owlrl": 0, "store": 0, "inferred": 0, "inconsistent": 0}
quiet = settings(deadline=None, database=None, suppress_health_check=list(HealthCheck))


@seed(20260101)
@settings(quiet, max_examples=EXAMPLES_WITH_OWLRL)
@given(worlds())
def test_same_as_owlrl(world: list[ox.Triple]) -> None:
    ours = close(world, world)
    reference = close(world, world, engine="owlrl")
    assert spo(ours) == spo(reference)
    assert ours.is_consistent == reference.is_consistent, (ours.inconsistencies, reference.inconsistencies)
    proofs = list(explain_all(ours))
    check_proofs(proofs, world, ours.rules)
    assert spo(proof.triple for proof in proofs) == spo(ours)
    counted["owlrl"] += 1
    counted["inferred"] += len(ours) > 0
    counted["inconsistent"] += not ours.is_consistent


@seed(20260102)
@settings(quiet, max_examples=EXAMPLES_IN_STORE)
@given(worlds())
def test_same_in_store(world: list[ox.Triple]) -> None:
    with EmbeddedStore() as store:
        store.load([ox.Quad(*triple, ox.NamedNode(f"{EX}g{number % 2}")) for number, triple in enumerate(world)])
        found = close_in_store(store, world)
        ours = close(world, world)
        assert spo(store.quads(INFERRED)) == spo(ours)
        assert {i.rule.name for i in found.inconsistencies} == {i.rule.name for i in ours.inconsistencies}
    counted["store"] += 1


def test_the_examples_were_many_and_not_empty() -> None:
    """Runs after the two above: random worlds in which nothing follows would prove nothing."""
    if not counted["owlrl"] or not counted["store"]:
        pytest.skip("counts the examples of the two tests above: run them too")
    assert counted["owlrl"] >= EXAMPLES_WITH_OWLRL
    assert counted["store"] >= EXAMPLES_IN_STORE
    assert counted["inferred"] > counted["owlrl"] / 3  # the first examples are the smallest
    assert counted["inconsistent"] > counted["owlrl"] / 50
