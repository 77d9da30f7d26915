"""How far the terms of the ontology are documented: what each must have, counted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from comity.terms import CY, DCTERMS, OWL, RDF, RDFS, SKOS, shorten

if TYPE_CHECKING:
    import pyoxigraph as ox

LANGUAGES: Final = ("en", "fr", "es", "zh", "ru", "ar")
"""The languages of the labels: those of the United Nations."""

REQUIRED: Final = {
    "label": RDFS.label,
    "definition": SKOS.definition,
    "example": SKOS.example,
    "source": DCTERMS.source,
    "isDefinedBy": RDFS.isDefinedBy,
}
"""What each term must have, by the name under which it is counted."""

_KINDS: Final = (OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty)


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many of `terms` have what is called `name`, and which have not."""

    name: str
    terms: int
    without: tuple[str, ...]

    @property
    def percent(self) -> float:
        """From 0 to 100, rounded down to one decimal, so that 100 means all."""
        return int(1000 * (self.terms - len(self.without)) / self.terms) / 10 if self.terms else 0.0


def coverage(ontology: Iterable[ox.Quad]) -> tuple[Coverage, ...]:
    """Count, over our classes and properties, what each must have, and the labels in each language."""
    terms: set[str] = set()
    has: dict[str, set[str]] = {}
    required = {predicate: name for name, predicate in REQUIRED.items()}
    for quad in ontology:
        subject = getattr(quad.subject, "value", "")
        if not subject.startswith(str(CY)):
            continue
        if quad.predicate.value == RDF.type and getattr(quad.object, "value", "") in _KINDS:
            terms.add(subject)
        if quad.predicate.value in required:
            has.setdefault(required[quad.predicate.value], set()).add(subject)
        if quad.predicate.value == RDFS.label:
            language = getattr(quad.object, "language", None)
            has.setdefault(f"label in {language}", set()).add(subject)
    names = (*REQUIRED, *(f"label in {language}" for language in LANGUAGES))
    return tuple(
        Coverage(name, len(terms), tuple(sorted(shorten(term) for term in terms - has.get(name, set())))) for name in names
    )
