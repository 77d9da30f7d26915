"""The edition and its reconciler, once for all tests of the folder."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import comity
from comity.reconcile import Reconciler

pytest.importorskip("rapidfuzz", reason="the extra reconcile is not installed")


@pytest.fixture(scope="session")
def opened() -> Iterator[comity.Comity]:
    with comity.open() as edition:
        yield edition


@pytest.fixture(scope="session")
def reconciler(opened: comity.Comity) -> Reconciler:
    return opened.reconciler()
