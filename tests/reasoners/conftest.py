"""Skips, aloud and with the reason, what needs Java where there is none."""

from __future__ import annotations

import pytest

from comity.reasoners.java import why_not_java


@pytest.fixture(scope="session")
def java() -> None:
    reason = why_not_java()
    if reason:
        pytest.skip(reason)
