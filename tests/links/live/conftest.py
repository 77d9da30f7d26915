"""What is asked of Wikidata is asked of a mock of it, on loopback."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

import comity
from comity import dataset
from comity.links.gate import Classes, Kinds, fitting_classes, kinds_of
from comity.links.service import QueryService
from comity.store.body import Limits

from .wikidata_service import Service, extract, serving

LIMITS = Limits(connect=5, read=10, total=60, attempts=3, patience=60, size=1 << 24)


@pytest.fixture(scope="session")
def edition_quads() -> list[ox.Quad]:
    return dataset.read("curated")


@pytest.fixture(scope="session")
def edition_kinds(edition_quads: list[ox.Quad]) -> Kinds:
    return kinds_of(edition_quads)


@pytest.fixture(scope="session")
def edition() -> Iterator[comity.Comity]:
    """The edition, with what follows from it; nobody changes it."""
    with comity.open() as opened:
        yield opened


@pytest.fixture(scope="session")
def admitted() -> Classes:
    return fitting_classes()


@pytest.fixture
def wikidata(edition_kinds: Kinds, admitted: Classes) -> Iterator[Callable[..., Service]]:
    """Start the mock of Wikidata, which plays the faults named, then answers; it is gone with the test."""
    with ExitStack() as stack:
        yield lambda *faults, **settings: stack.enter_context(
            serving(settings.pop("store") if "store" in settings else extract(edition_kinds, admitted), *faults, **settings)
        )


@pytest.fixture
def client(tmp_path: Path) -> Iterator[Callable[..., QueryService]]:
    """Make a client of a mock, with a folder of its own for what is kept. Nobody waits; `pauses`, if given, takes the pauses."""
    with ExitStack() as stack:

        def make(service: Service | str, pauses: list[float] | None = None, **settings: Any) -> QueryService:
            endpoint = service if isinstance(service, str) else service.endpoint
            settings = {"cache": tmp_path / "answers", "limits": LIMITS, "contact": "tests@example.org", **settings}
            sleep = ([] if pauses is None else pauses).append
            return stack.enter_context(QueryService(endpoint, sleep=sleep, **settings))

        yield make
