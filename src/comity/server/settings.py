"""What is served, where, and within which limits."""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from comity.terms import BASE

KIB: Final = 1024
MIB: Final = 1024 * KIB


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one request may take.

    `seconds` of wall-clock time for a query or a page; `rows` of an answer (of a graph: triples), and `answer` in bytes; `memory` in
    bytes that a worker may take beyond what it had; `body` and `url` of a request in bytes; `workers` at work at once for queries, and
    as many for pages and questions; `waiting` in seconds for one of them to become free.
    """

    seconds: float = 30.0
    rows: int = 100_000
    answer: int = 32 * MIB
    memory: int = 1024 * MIB
    body: int = MIB
    url: int = 16 * KIB
    workers: int = field(default_factory=lambda: max(4, 2 * (os.cpu_count() or 1)))
    waiting: float = 10.0


@dataclass(frozen=True, slots=True)
class Selected:
    """What the workers open: a view of the edition, RDF files, or what a SPARQL server holds.

    `files` are pairs of a path and the name of the graph that it fills, ``None`` for a file that names its graphs.
    """

    view: str = "curated"
    infer: bool = True
    verified_only: bool = False
    known_at: str | None = None
    store: str | None = None
    union: str = "server"
    files: tuple[tuple[str, str | None], ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return the fields in plain JSON, for the process that opens it."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Settings:
    """What the server is told when it starts.

    `base_url` is the address that others reach it by, without a slash at its end, for what must name itself in full (service description,
    VoID, OpenAPI); without it, the address of the request is taken. `published` is where our IRIs begin.
    """

    selected: Selected = field(default_factory=Selected)
    limits: Limits = field(default_factory=Limits)
    base_url: str | None = None
    published: str = BASE
