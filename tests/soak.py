"""How much a test does: a little in `make test`, all of it in `make soak` (the environment variable ``COMITY_SOAK`` is 1)."""

from __future__ import annotations

import os
from typing import Final, TypeVar

T = TypeVar("T")

FULL: Final = os.environ.get("COMITY_SOAK") == "1"


def amount(few: T, many: T) -> T:
    """Return how many examples, rounds or seconds are asked for: `few`, or `many` where all of them are wanted."""
    return many if FULL else few
