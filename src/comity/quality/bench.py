"""What the checks look at, made once for all of them and only when one needs it."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING

from comity import dataset, resources
from comity.terms import graph_iri

if TYPE_CHECKING:
    import pyoxigraph as ox

    from comity.inference import Closure
    from comity.questions import Question
    from comity.store.embedded import EmbeddedStore


class Workbench:
    """The asserted statements of a view (default: curated), and what follows from them."""

    def __init__(self, quads: Iterable[ox.Quad] | None = None, questions: Iterable[Question] | None = None) -> None:
        self._given = None if quads is None else tuple(quads)
        self._questions = None if questions is None else tuple(questions)

    @cached_property
    def quads(self) -> tuple[ox.Quad, ...]:
        """The asserted quads, ontology included."""
        return tuple(dataset.read()) if self._given is None else self._given

    @cached_property
    def ontology(self) -> tuple[ox.Quad, ...]:
        """The quads of the ontology's graph."""
        name = graph_iri("ontology")
        return tuple(quad for quad in self.quads if getattr(quad.graph_name, "value", "") == name)

    @cached_property
    def questions(self) -> tuple[Question, ...]:
        """The questions of the edition."""
        from comity.questions import list_questions

        return list_questions() if self._questions is None else self._questions

    @cached_property
    def store(self) -> EmbeddedStore:
        """A store with the asserted quads."""
        from comity.store.embedded import EmbeddedStore

        store = EmbeddedStore()
        store.load(self.quads)
        return store

    @cached_property
    def closure(self) -> Closure:
        """What follows by the ontology's rules and the legal ones."""
        from comity.inference import rule_set
        from comity.inference.closure import close_in_process

        rules = resources.ontology() / "rules"
        return close_in_process(self.quads, rule_set(self.ontology, rules if rules.is_dir() else None))
