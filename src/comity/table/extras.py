"""Libraries that come with extras only."""

from __future__ import annotations

import importlib
from typing import Any

from comity.errors import MissingExtra


def needed(module: str, extra: str, purpose: str) -> Any:
    """Import `module`, which the extra `extra` brings. Raises :class:`~comity.errors.MissingExtra`."""
    try:
        return importlib.import_module(module)
    except ImportError:
        raise MissingExtra(extra=extra, purpose=purpose) from None
