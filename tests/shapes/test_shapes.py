"""The shapes as a whole: every class has one, and every constraint says how grave a breach is and how to mend it."""

from __future__ import annotations

from pathlib import Path

from rdflib import OWL, RDF, RDFS, BNode, Graph, Namespace, URIRef

ROOT = Path(__file__).parent.parent.parent
SH = Namespace("http://www.w3.org/ns/shacl#")
CY = "https://w3id.org/comity/ontology#"

SHAPES = Graph()
for path in sorted((ROOT / "shapes").glob("*.ttl")):
    SHAPES.parse(path)
ONTOLOGY = Graph().parse(ROOT / "ontology" / "comity.ttl")
#: Properties of a shape that constrain nothing by themselves.
DESCRIBING = {
    RDF.type, RDFS.label, RDFS.comment, SH.path, SH.message, SH.severity, SH.property, SH.ignoredProperties, SH.targetClass,
    SH.targetNode, SH.targetSubjectsOf, SH.targetObjectsOf, SH.name, SH.description, SH.flags,
}  # fmt: skip


def constraining() -> list[URIRef]:
    shapes = {s for kind in (SH.NodeShape, SH.PropertyShape) for s in SHAPES.subjects(RDF.type, kind)}
    return sorted(s for s in shapes if isinstance(s, URIRef) and set(SHAPES.predicates(s)) - DESCRIBING)


def test_every_constraint_has_a_severity_and_a_message() -> None:
    shapes = constraining()
    assert shapes
    missing = []
    for shape in shapes:
        if SHAPES.value(shape, SH.severity) is None:
            missing.append((shape, "severity"))
        speakers = list(SHAPES.objects(shape, SH.sparql)) if set(SHAPES.predicates(shape)) - DESCRIBING == {SH.sparql} else [shape]
        missing.extend((speaker, "message") for speaker in speakers if SHAPES.value(speaker, SH.message) is None)
    assert not missing


def test_every_class_has_a_shape() -> None:
    """A class is covered by a shape of its own or of a class above it; one that others define by values needs none."""
    classes = {c for c in ONTOLOGY.subjects(RDF.type, OWL.Class) if isinstance(c, URIRef) and c.startswith(CY)}
    assert classes
    targeted = set(SHAPES.objects(None, SH.targetClass))
    bare = []
    for name in sorted(classes):
        above = {c for c in ONTOLOGY.transitive_objects(name, RDFS.subClassOf) if not isinstance(c, BNode)}
        if not above & targeted:
            bare.append(name.removeprefix(CY))
    assert bare == []
