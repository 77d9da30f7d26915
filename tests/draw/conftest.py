"""The edition that is drawn from."""

from __future__ import annotations

import pytest

import comity


@pytest.fixture(scope="session")
def edition() -> comity.Comity:
    return comity.open()
