"""The questions reach every class and property of the ontology and every section of the paper."""

from __future__ import annotations

import re
from pathlib import Path

import pyoxigraph as ox

from comity import resources
from comity.questions import list_questions
from comity.terms import CY, OWL, RDF, RDFS

ONTOLOGY = list(ox.parse(path=str(resources.ontology() / "comity.ttl"), format=ox.RdfFormat.TURTLE))
TEXTS = {question.name: question.path.read_text(encoding="utf-8") for question in list_questions()}
NAMED = {f"{CY}{name}" for text in TEXTS.values() for name in re.findall(r"\bcy:(\w+)", text)}

# What holds only in a view as of a day: no view that the questions are asked of has it.
DATED = {CY[name] for name in ("Snapshot", "on", "memberOf", "partyTo", "inForce", "boundBy", "lapsed", "reservedAgainst")}


def declared(kind: str) -> set[str]:
    return {
        triple.subject.value
        for triple in ONTOLOGY
        if triple.predicate.value == RDF.type and triple.object == ox.NamedNode(kind) and triple.subject.value.startswith(str(CY))
    }


def test_every_property_is_asked_for() -> None:
    properties = declared(OWL.ObjectProperty) | declared(OWL.DatatypeProperty)
    assert len(properties) > 90
    assert sorted(properties - NAMED - DATED) == []


def test_every_class_is_asked_for() -> None:
    """By its own name, or by that of a class above it."""
    above: dict[str, set[str]] = {}
    for triple in ONTOLOGY:
        if triple.predicate.value == RDFS.subClassOf and isinstance(triple.object, ox.NamedNode):
            above.setdefault(triple.subject.value, set()).add(triple.object.value)

    def reached(name: str) -> bool:
        return name in NAMED or any(reached(wider) for wider in above.get(name, ()))

    # Passages and citations are asked for by what they say: naming their classes would only slow the questions down.
    classes = declared(OWL.Class) - DATED - {CY.Evidence, CY.Passage, CY.Citation}
    assert len(classes) > 60
    assert sorted(name for name in classes if not reached(name)) == []


def test_every_section_is_covered(checkout: Path) -> None:
    sections = {path.stem for path in (checkout / "data" / "paper").glob("*.ttl")}
    covered = {section for question in list_questions() for section in question.sections}
    assert len(sections) >= 47
    assert sorted(sections - covered) == []
    assert sorted(covered - sections) == []
