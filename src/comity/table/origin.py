"""Where an answer comes from: the question, what it was given, and the view that it was asked of."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

EDITION: Final = "Comity: a linked-data edition of international counter-terrorism cooperation law"
PUBLISHER: Final = "The Comity contributors"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an answer comes from.

    `query` is the SPARQL that was run. `question`, `asks` and `parameters` are the name of a canned question, its words, and
    what it was given, defaults included; all empty for a query of one's own. `view`, `verified_only`, `known_at` and `on` are
    those of :func:`comity.open` and :meth:`comity.Comity.on`.
    """

    query: str
    question: str = ""
    asks: str = ""
    parameters: tuple[tuple[str, str], ...] = ()
    view: str = ""
    verified_only: bool = False
    known_at: dt.date | None = None
    on: dt.date | None = None

    def described_view(self) -> str:
        """Return the view in words: ``curated, as of 2010-01-01``."""
        parts = [
            self.view,
            "verified only" if self.verified_only else "",
            f"as known at {self.known_at.isoformat()}" if self.known_at else "",
            f"as of {self.on.isoformat()}" if self.on else "",
        ]
        return ", ".join(filter(None, parts))

    def citation(self) -> str:
        """Return how to cite the answer, in one line. It has no day of access, so that the same answer is cited alike."""
        from comity import __version__

        given = ", ".join(f"{name} = {value}" for name, value in self.parameters)
        asked = f"question “{self.question}”{f' ({given})' if given else ''}" if self.question else "own query"
        view = f", view {self.described_view()}" if self.view else ""
        return f"{PUBLISHER}. {EDITION}, version {__version__}; {asked}{view}."
