"""Finds what no shape can see: terms that the ontology does not have, and things of which nothing says what they are."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from comity.terms import CY, RDF, graph_iri, graph_name, shorten
from comity.validation.places import Descriptions, plain
from comity.validation.report import Finding

if TYPE_CHECKING:
    import pyoxigraph as ox

KNOWN_TERMS: Final = "https://w3id.org/comity/shape/known-terms"
"""Stands for the shape in a finding that a term of our namespace does not exist."""
HAS_TYPE: Final = "https://w3id.org/comity/shape/has-type"
"""Stands for the shape in a finding that nothing says what a thing is, so that no shape can apply to it."""


def _name(term: object) -> str | None:
    import pyoxigraph as ox

    return term.value if isinstance(term, ox.NamedNode) else None


def terms_of(quads: Iterable[ox.Quad]) -> frozenset[str]:
    """Return the terms that the ontology at hand describes; those that Comity was built with, when there is none."""
    import pyoxigraph as ox

    graph = ox.NamedNode(graph_iri("ontology"))
    described = {_name(quad.subject) for quad in quads if quad.graph_name == graph}
    return frozenset(name for name in described if name) or frozenset(CY)


def unknown_terms(quads: Iterable[ox.Quad], known: frozenset[str], described: Descriptions) -> list[Finding]:
    """Find terms in our namespace that the ontology does not have: they would match nothing, silently."""
    import difflib

    import pyoxigraph as ox

    findings = []
    for quad in quads:
        for term, value in ((quad.predicate, None), (quad.object, _name(quad.object))):
            if not isinstance(term, ox.NamedNode) or not term.value.startswith(str(CY)) or term.value in known:
                continue
            near = difflib.get_close_matches(shorten(term.value), [shorten(name) for name in sorted(known)], n=1)
            hint = f"did you mean {near[0]}?" if near else "use a term of the ontology"
            file, line = described.place(quad.subject, quad.predicate.value, quad.object)
            findings.append(
                Finding(
                    "Violation",
                    _name(quad.subject) or str(quad.subject),
                    described.label(quad.subject),
                    shorten(quad.predicate.value),
                    value,
                    f"the ontology has no such term; {hint}",
                    KNOWN_TERMS,
                    file,
                    line,
                )
            )
    return findings


def untyped(
    subjects: Iterable[ox.NamedNode | ox.BlankNode], quads: Iterable[ox.Quad], described: Descriptions
) -> list[Finding]:
    """Find things of which nothing says what they are: no shape would ever apply to them."""
    typed = {quad.subject for quad in quads if quad.predicate.value == RDF.type}
    findings = []
    for node in subjects:
        # A graph's name is described where its statements stand, and the store knows what it is.
        if node not in typed and graph_name(plain(node)) is None:
            file, line = described.place(node, None, None)
            findings.append(
                Finding(
                    "Warning",
                    plain(node),
                    described.label(node),
                    shorten(RDF.type),
                    None,
                    "say what it is, with a class of the ontology; no shape applies to it otherwise",
                    HAS_TYPE,
                    file,
                    line,
                )
            )
    return findings
