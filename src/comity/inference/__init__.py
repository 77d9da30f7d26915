"""Inference: the ontology compiled to rules, run to a fixpoint, and explained.

::

    closure = close(quads, "ontology/comity.ttl", rules="ontology/rules")
    closure.triples            # what follows and is not stated
    closure.inconsistencies    # contradictions, each with its proof
    closure.explain(triple)    # why

Two executors run one rule set: :func:`close` in this process, :func:`close_in_store` by SPARQL Update inside a store.
``engine="owlrl"`` is the reference that both are tested against.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeAlias

from comity.engines import ENGINES, known_engine
from comity.inference.closure import Closure, close_in_process
from comity.inference.compile import MalformedOntology, RuleSet, UnsupportedAxiom, compile_ontology
from comity.inference.model import Rule
from comity.inference.rules import UnsupportedRule, load_rules, parse_rule
from comity.terms import INFERRED, LINKS

if TYPE_CHECKING:
    from pyoxigraph import Quad, Triple

    from comity.inference.in_store import StoreClosure, close_in_store
    from comity.inference.owlrl_engine import ReferenceClosure

__all__ = [
    "ENGINES",
    "Closure",
    "MalformedOntology",
    "ReferenceClosure",
    "Rule",
    "RuleSet",
    "StoreClosure",
    "UnsupportedAxiom",
    "UnsupportedRule",
    "close",
    "close_in_store",
    "compile_ontology",
    "load_rules",
    "parse_rule",
    "rule_set",
]

Statements: TypeAlias = "Iterable[Triple | Quad] | HasQuads"
Ontology: TypeAlias = "str | Path | Iterable[Triple | Quad] | RuleSet"
Rules: TypeAlias = "str | Path | Iterable[Rule] | None"


class HasQuads(Protocol):
    """A store that lists its quads, as those of :mod:`comity.store` do."""

    def quads(self, graph: str | None = None) -> Iterable[Quad]: ...

    def graphs(self) -> tuple[str, ...]: ...


def rule_set(ontology: Ontology, rules: Rules = None) -> RuleSet:
    """Compile the ontology and add further rules: a folder of ``.rq`` files, one file, or rules already read."""
    compiled = compile_ontology(ontology)
    if rules is None:
        return compiled
    return compiled.with_rules(load_rules(rules) if isinstance(rules, str | Path) else rules)


def close(
    source: Statements,
    ontology: Ontology,
    *,
    engine: Literal["compiled", "owlrl"] | str = "compiled",
    rules: Rules = None,
) -> Closure | ReferenceClosure:
    """Draw the consequences of a dataset.

    `source` is an iterable of triples or quads, or a store; a store's graph ``inferred`` is left out, so that closing
    twice is closing once, and so are its graphs ``links/…``, so that nothing follows from what things are elsewhere.
    `ontology` is a Turtle file, its triples, or a compiled :class:`RuleSet`; `rules` are added to it. The engine
    ``compiled`` is the default; ``owlrl`` is the reference (slow, no proofs, no further rules).
    Raises :class:`UnknownEngine`, and the errors of :func:`rule_set`.
    """
    known_engine(engine)
    statements = _stated(source)
    if engine == "owlrl":
        from comity.inference.owlrl_engine import close_with_owlrl

        return close_with_owlrl(statements, ontology, rules)
    return close_in_process(statements, rule_set(ontology, rules))


def _stated(source: Any) -> Iterable[Any]:
    """What a store states: its quads but for those of the graphs ``inferred`` and ``links/…``; an iterable is taken as it is."""
    if not hasattr(source, "quads"):
        return source  # type: ignore[no-any-return]
    left_out = {graph for graph in source.graphs() if graph == INFERRED or graph.startswith(LINKS)}
    if not left_out:
        return source.quads()  # type: ignore[no-any-return]
    return (quad for quad in source.quads() if getattr(quad.graph_name, "value", "") not in left_out)


def __getattr__(name: str) -> Any:
    # Lazy: only remote stores need the one, only tests and `--engine owlrl` the other (which loads rdflib).
    if name in ("close_in_store", "StoreClosure"):
        from comity.inference import in_store

        return getattr(in_store, name)
    if name == "ReferenceClosure":
        from comity.inference.owlrl_engine import ReferenceClosure

        return ReferenceClosure
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
