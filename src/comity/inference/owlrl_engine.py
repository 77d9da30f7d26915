"""The reference: owlrl, an independent implementation of the OWL 2 RL rules over rdflib.

It is slow (minutes for 100,000 triples) and gives no proofs. Its result is cut down to what the compiled rules speak
of (see :mod:`comity.inference.compile`), so that the two closures can be compared triple by triple. Contradictions
are texts.

Where owlrl departs from the specification (OWL 2 Web Ontology Language Profiles, second edition, section 4.3):

* ``eq-diff2`` and ``eq-diff3`` (table 4): the last member of an ``owl:AllDifferent`` is ignored;
* ``prp-key`` (table 5): the last property of an ``owl:hasKey`` is ignored, so that a key of one property makes all
  members with any value of it the same, and of several values of a property in a longer key only some are compared;
* ``prp-adp`` (table 5): the last member of an ``owl:AllDisjointProperties`` is ignored;
* two different literals as values of a functional data property become ``owl:sameAs``, and the contradiction that
  ``dt-diff`` (table 8) with ``eq-diff1`` makes of it is not reported.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pyoxigraph import BlankNode, NamedNode, RdfFormat, Triple, parse

from comity.errors import UsageError
from comity.inference.compile import RuleSet, compile_ontology

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class ReferenceClosure:
    """What owlrl infers, in the terms of the ontology; `inconsistencies` are owlrl's own messages."""

    triples: list[Triple]
    inconsistencies: tuple[str, ...]
    rules: RuleSet
    rules_used: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.triples)

    def __iter__(self) -> Iterator[Triple]:
        return iter(self.triples)

    @property
    def is_consistent(self) -> bool:
        return not self.inconsistencies


def close_with_owlrl(statements: Iterable[Any], ontology: Any, rules: Any = None) -> ReferenceClosure:
    """Close the statements with owlrl; `ontology` is a Turtle file or its triples."""
    if rules is not None:
        raise UsageError("owlrl runs the rules of OWL 2 RL only", "leave the further rules out, or use the engine 'compiled'")
    if isinstance(ontology, RuleSet):
        raise UsageError("owlrl needs the ontology itself, not compiled rules", "give the Turtle file or its triples")
    axioms: list[Any] = list(_read(ontology) if _is_path(ontology) else ontology)
    compiled = compile_ontology(axioms)
    stated = list(statements)
    graph = to_rdflib((*stated, *axioms))
    messages = expand(graph)
    known = {(s.subject, s.predicate, s.object) for s in (*stated, *axioms)}
    found = [
        triple
        for triple in _from_rdflib(graph)
        if compiled.covers(triple) and (triple.subject, triple.predicate, triple.object) not in known
    ]
    return ReferenceClosure(found, messages, compiled)


def _is_path(ontology: Any) -> bool:
    from pathlib import Path

    return isinstance(ontology, str | Path)


def _read(path: str | Path) -> Iterable[Any]:
    return parse(path=str(path), format=RdfFormat.TURTLE)


def expand(graph: Any) -> tuple[str, ...]:
    """Run owlrl on an rdflib graph, in place, and return its messages of inconsistency."""
    from owlrl.OWLRL import OWLRL_Semantics

    closure = OWLRL_Semantics(graph, False, False, False)
    closure.closure()
    return tuple(closure.error_messages)


def to_rdflib(statements: Iterable[Any]) -> Any:
    """The statements as one rdflib graph, literals as they are written."""
    import rdflib

    terms: dict[Any, Any] = {}

    def convert(term: Any) -> Any:
        known = terms.get(term)
        if known is None:
            if isinstance(term, NamedNode):
                known = rdflib.URIRef(term.value)
            elif isinstance(term, BlankNode):
                known = rdflib.BNode(term.value)
            elif term.language is not None:
                known = rdflib.Literal(term.value, lang=term.language)
            else:
                datatype = rdflib.URIRef(term.datatype.value)
                known = rdflib.Literal(term.value, datatype=datatype, normalize=False)
            terms[term] = known
        return known

    graph = rdflib.Graph()
    for statement in statements:
        graph.add((convert(statement.subject), convert(statement.predicate), convert(statement.object)))
    return graph


def _from_rdflib(graph: Any) -> Iterator[Triple]:
    import rdflib

    from comity.bridge import from_rdflib

    for s, p, o in graph:
        # rdflib admits literals as subjects; RDF does not.
        if not isinstance(s, rdflib.Literal) and isinstance(p, rdflib.URIRef):
            yield Triple(from_rdflib(s), from_rdflib(p), from_rdflib(o))  # type: ignore[arg-type]
