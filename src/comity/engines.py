"""Who can infer. Apart from :mod:`comity.inference`, whose modules nobody needs to know that a name is right."""

from __future__ import annotations

from typing import Final

from comity.errors import UnknownEngine

ENGINES: Final = ("compiled", "owlrl")
"""Our own engine, and the reference."""


def known_engine(name: str) -> str:
    """Return `name` when there is such an engine; raises :class:`~comity.errors.UnknownEngine` otherwise."""
    if name not in ENGINES:
        raise UnknownEngine(str(name), ENGINES)
    return name
