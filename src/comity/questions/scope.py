"""Binds the questions to the ontology and the paper: every term is asked for, every claim to a section is borne out.

A competency question is only worth its name while the terms that it was meant for are in it, and a term is only worth its
place while a question needs it: the model stays small.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from comity.hierarchy import upwards
from comity.questions.model import Question
from comity.terms import CY, OWL, RDF, RDFS, graph_iri
from comity.tokens import prefixes_of, tokenize

if TYPE_CHECKING:
    import pyoxigraph as ox

_DATED: Final = "holds only in a view as of a day, which `comity query --on` and `explain --on` ask"
_PLACES: Final = "asked for by what it says: naming the class would only slow the questions down"

NOT_ASKED: Final[Mapping[str, str]] = MappingProxyType(
    {
        **{
            CY[name]: _DATED
            for name in ("Snapshot", "inForce", "lapsed", "reservedAgainst")
        },
        **{CY[name]: _PLACES for name in ("Evidence", "Passage", "Citation")},
    }
)
"""The terms that no question need name, each with the reason."""

_EVERYWHERE: Final = frozenset(
    CY[name] for name in ("statedIn", "inSection", "fragment", "Passage", "Evidence", "note", "order", "supportsProperty")
)
"""What every section's graph uses: to name one of these is to say nothing of the section."""


def terms_of(question: Question) -> frozenset[str]:
    """Return the IRIs of the terms of the ontology that the question names, in its query or as the class of a parameter."""
    return frozenset(name for name in _named(question) if name.startswith(str(CY)) and name != str(CY))


def _named(question: Question) -> set[str]:
    """The IRIs in the query, of any vocabulary, and the classes of its parameters."""
    tokens = tokenize(question.sparql)
    prefixes = prefixes_of(tokens)
    named = {parameter.class_iri for parameter in question.parameters if parameter.class_iri is not None}
    for token in tokens:
        if token.kind == "iri":
            named.add(token.text[1:-1])
        elif token.kind == "name":
            prefix, _, local = token.text.partition(":")
            named.add(prefixes.get(prefix, "") + local)
    return named


def asks_of_everything(question: Question) -> bool:
    """Whether a triple pattern of the query has a variable for its predicate or its class, so that it matches all terms."""
    tokens = tokenize(question.sparql)
    return any(
        second.kind == "variable"
        and (
            first.is_mark(";")
            or (first.kind == "word" and first.text == "a")
            or (first.kind == "variable" and any(before.is_mark(mark) for mark in "{."))
        )
        for before, first, second in zip(tokens, tokens[1:], tokens[2:], strict=False)
    )


def unasked_terms(questions: Iterable[Question], ontology: Iterable[ox.Quad]) -> tuple[str, ...]:
    """Return the classes and properties of the ontology that no question names, in order of IRI.

    A class is also asked for by the name of a class above it: what has the one has the other.
    """
    named: set[str] = set().union(*(terms_of(question) for question in questions))
    declared, above = _declared(ontology)

    def reached(name: str) -> bool:
        return name in named or any(reached(wider) for wider in above.get(name, ()))

    classes = {name for name, kind in declared.items() if kind == OWL.Class}
    left = {name for name in classes if not reached(name)} | (declared.keys() - classes - named)
    return tuple(sorted(left - NOT_ASKED.keys()))


def unfounded_claims(questions: Iterable[Question], quads: Sequence[ox.Quad]) -> tuple[tuple[Question, str], ...]:
    """Return the questions with the sections that they claim to draw on and use no term of.

    `quads` hold a view. A section uses the predicates of its graph and the classes of what it speaks of, and with a term what
    is above it and its inverse. A question that asks of everything uses a term of every section.
    """
    _, above = _declared(quads)
    for quad in quads:
        if quad.predicate.value == OWL.inverseOf and quad.subject.value.startswith(str(CY)):  # type: ignore[union-attr]
            one, other = quad.subject.value, quad.object.value  # type: ignore[union-attr]
            above.setdefault(one, set()).add(other)
            above.setdefault(other, set()).add(one)
    classes: dict[object, set[str]] = {}
    for quad in quads:
        if quad.predicate.value == RDF.type:
            classes.setdefault(quad.subject, set()).add(quad.object.value)  # type: ignore[union-attr]
    used: dict[str, set[str]] = {}
    start = graph_iri("paper/x").removesuffix("x")
    for quad in quads:
        graph = getattr(quad.graph_name, "value", "")
        if graph.startswith(start):
            terms = used.setdefault(graph.removeprefix(start), set())
            terms.add(quad.predicate.value)
            terms |= classes.get(quad.subject, set()) | classes.get(quad.object, set())

    known = {section: upwards(terms, above) - _EVERYWHERE for section, terms in used.items()}
    return tuple(
        (question, section)
        for question in questions
        for section in question.sections
        if section not in known or not (asks_of_everything(question) or _named(question) & known[section])
    )


def _declared(quads: Iterable[ox.Quad]) -> tuple[dict[str, str], dict[str, set[str]]]:
    """Our classes and properties, each with its kind, and what stands directly above each of them."""
    kinds = (OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty)
    declared: dict[str, str] = {}
    above: dict[str, set[str]] = {}
    for quad in quads:
        subject, value = getattr(quad.subject, "value", ""), getattr(quad.object, "value", "")
        if not subject.startswith(str(CY)):
            continue
        if quad.predicate.value == RDF.type and value in kinds:
            declared[subject] = value
        elif quad.predicate.value in (RDFS.subClassOf, RDFS.subPropertyOf) and value.startswith(str(CY)):
            above.setdefault(subject, set()).add(value)
    return declared, above
