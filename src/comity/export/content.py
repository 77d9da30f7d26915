"""What is exported: a view, or the part of it that was chosen, and what the writers make of it once for all formats."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from comity.export.metadata.about import About, about
from comity.export.selection import select
from comity.export.tables.model import Sheet, answer_sheet, answers, class_sheets
from comity.export.things import Things

if TYPE_CHECKING:
    import pyoxigraph as ox

    from comity.api import Comity
    from comity.table import Table

Progress = Callable[[str, int, int], None]
"""Called while a format is written: its name, how many statements are done, and how many there are."""

_STEP = 10_000


def silent(name: str, done: int, total: int) -> None:
    """Say nothing."""


class Content:
    """The part of a view that `inferred`, `graphs`, `topics` and `organizations` choose (:func:`comity.export.selection.select`)."""

    def __init__(
        self,
        edition: Comity,
        *,
        inferred: str = "yes",
        graphs: Sequence[str] | None = None,
        topics: Sequence[str] = (),
        organizations: Sequence[str] = (),
        progress: Progress = silent,
    ) -> None:
        self._view = edition
        self._inferred, self._graphs, self._topics, self._organizations = inferred, graphs, topics, organizations
        self._progress = progress
        self._all = inferred == "yes" and graphs is None and not topics and not organizations
        # What is asked for and does not exist is told before anything is written.
        first = select(edition.store, inferred=inferred, graphs=graphs, topics=topics, organizations=organizations)
        self._chosen = list(first) if topics or organizations else None

    def quads(self, name: str = "") -> Iterator[ox.Quad]:
        """Iterate over the statements; progress is told for the format `name`."""
        if self._chosen is not None:
            quads: Iterator[ox.Quad] = iter(self._chosen)
        else:
            quads = select(self._view.store, inferred=self._inferred, graphs=self._graphs)
        total = self.total
        for number, quad in enumerate(quads):
            if number % _STEP == 0:
                self._progress(name, number, total)
            yield quad
        self._progress(name, total, total)

    @cached_property
    def total(self) -> int:
        """How many statements there are."""
        if self._chosen is not None:
            return len(self._chosen)
        if self._all:
            return self._view.store.count()
        return sum(1 for _ in select(self._view.store, inferred=self._inferred, graphs=self._graphs))

    @cached_property
    def edition(self) -> Comity:
        """The chosen part as a view of its own, which can be asked."""
        if self._all:
            return self._view
        from comity.api import Comity
        from comity.store.embedded import EmbeddedStore

        store = EmbeddedStore()
        store.load(self.quads())
        view = self._view
        return Comity(store, view.view, engine=view.engine, verified_only=view.verified_only, known_at=view.known_at)

    @cached_property
    def things(self) -> Things:
        """The statements by thing."""
        return Things(self.quads())

    @cached_property
    def about(self) -> About:
        """What there is to say of the edition."""
        return about(self.things)

    @cached_property
    def classes(self) -> list[Sheet]:
        """The tables of the classes."""
        return class_sheets(self.things)

    @cached_property
    def answers(self) -> list[tuple[str, Table]]:
        """The answers of the flagship questions that have rows, by name."""
        return list(answers(self.edition))

    @cached_property
    def sheets(self) -> list[Sheet]:
        """The tables of the classes, then those of the answers."""
        return [*self.classes, *(answer_sheet(name, table) for name, table in self.answers)]
