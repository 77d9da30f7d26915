"""The things of the edition that can be linked."""

from __future__ import annotations

from comity import dataset
from comity.terms import CY, ID, RDF, RDFS


class Things:
    """Names, classes and codes of the things of the edition."""

    def __init__(self) -> None:
        self.label: dict[str, str] = {}
        self.type: dict[str, str] = {}
        self.by_code: dict[str, str] = {}
        for quad in dataset.read("curated"):
            subject, value = quad.subject.value, quad.object.value
            if not subject.startswith(ID):
                continue
            if quad.predicate.value == RDFS.label and getattr(quad.object, "language", None) == "en":
                self.label.setdefault(subject, value)
            elif quad.predicate.value == RDF.type and value.startswith(str(CY)):
                self.type.setdefault(subject, value)
            elif quad.predicate.value == CY.isoAlpha2:
                self.by_code[value] = subject
