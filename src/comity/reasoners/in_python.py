"""The engines that run in this process: our own rules, and owlrl."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from comity.reasoners.given import name, without_annotations
from comity.reasoners.judgements import Judgement
from comity.terms import OWL

if TYPE_CHECKING:
    from comity.inference.explain import Inconsistency


def by_comity(statements: list[Any], same: bool) -> Judgement:
    """The judgement of the rules that the axioms among the statements compile to; `same` asks for equal names."""
    from comity.inference import MalformedOntology, UnsupportedAxiom, compile_ontology
    from comity.inference.closure import close_in_process

    try:
        closure = close_in_process(statements, compile_ontology(statements))
    except (UnsupportedAxiom, MalformedOntology) as error:
        return Judgement("comity", "refused", str(error))
    pairs: set[tuple[str, str]] = set()
    if same:
        for triple in closure:
            if triple.predicate.value == OWL.sameAs:
                first, second = sorted((name(triple.subject), name(triple.object)))
                pairs.add((first, second))
    equal = tuple(sorted(pairs))
    if closure.is_consistent:
        return Judgement("comity", "consistent", same=equal)
    found = closure.inconsistencies
    axioms = tuple(dict.fromkeys(each.rule.axiom for each in found))
    return Judgement("comity", "contradiction", str(found[0]), same=equal, axioms=axioms, sources=_stating(found, statements))


def _stating(found: Iterable[Inconsistency], statements: Iterable[Any]) -> tuple[str, ...]:
    """The graphs that state what the contradictions rest on."""
    import pyoxigraph as ox

    from comity.inference.explain import Proof

    asserted = {
        node.triple
        for each in found
        for premise in each.premises
        for node in (premise.nodes() if isinstance(premise, Proof) else (premise,))
    }
    return tuple(
        sorted(
            {
                quad.graph_name.value
                for quad in statements
                if isinstance(quad, ox.Quad) and isinstance(quad.graph_name, ox.NamedNode) and quad.triple in asserted
            }
        )
    )


def by_owlrl(statements: list[Any], same: bool) -> Judgement:
    """The judgement of owlrl; `same` asks for equal names."""
    import rdflib

    from comity.inference.owlrl_engine import expand, to_rdflib

    # owlrl takes seconds for each thousand triples: it is spared those without a meaning in OWL.
    graph = to_rdflib(without_annotations(statements))
    messages = expand(graph)
    pairs: set[tuple[str, str]] = set()
    if same:
        for s, o in graph.subject_objects(rdflib.OWL.sameAs):
            if s != o and isinstance(s, rdflib.URIRef) and isinstance(o, rdflib.URIRef):
                pairs.add((str(min(s, o)), str(max(s, o))))
    if messages:
        return Judgement("owlrl", "contradiction", " ".join(messages[0].split()), same=tuple(sorted(pairs)))
    return Judgement("owlrl", "consistent", same=tuple(sorted(pairs)))
