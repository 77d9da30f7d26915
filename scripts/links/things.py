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
        self.by_symbol: dict[str, str] = {}
        symbols: dict[str, set[str]] = {}
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
            elif quad.predicate.value == CY.symbol:
                symbols.setdefault(value, set()).add(subject)
        # A treaty may bear the symbol of the resolution that it is annexed to.
        for symbol, subjects in symbols.items():
            alone = [subject for subject in subjects if len(subjects) == 1 or self.type.get(subject) == CY.Resolution]
            if len(alone) == 1:
                self.by_symbol[symbol] = alone[0]
