"""What stands above something, step by step: classes above classes, properties above properties."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping


def upwards(names: Iterable[str], above: Mapping[str, Collection[str]]) -> set[str]:
    """Return `names` and all that is above them; `above` says what stands directly above each, and may run in circles."""
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += above.get(name, ())
    return found
