"""What servers do that the standards, or the contract of a store, do not say, and where Comity works around it.

``docs/stores.md`` lists it. What is not worked around are the exceptions of the suite (``tests/store``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Quirk:
    """`server` does `what`; `where` is the place of the workaround, as ``module:name`` below ``comity``."""

    server: str
    what: str
    where: str


QUIRKS: Final = (
    Quirk("Oxigraph", "its own union of the graphs counts a triple once for each graph", "store.embedded:MERGE"),
    Quirk("Oxigraph", "a declaration is taken only before the first operation of an update", "store.syntax:prologue_of"),
    Quirk("Oxigraph", "a query that runs in this process cannot be stopped", "store.timed:fork"),
    Quirk("Virtuoso", "it has graphs of its own, which no request removes", "store.remote:SYSTEM_GRAPHS"),
    Quirk("Virtuoso", "it says yes to DROP ALL and does nothing", "store.remote:RemoteStore.clear"),
    Quirk("Virtuoso", "an update may not be longer than a limit of its compiler", "store.remote:RemoteStore.fill"),
    Quirk("Virtuoso", "blank nodes are taken in templates only", "store.portions:insertion"),
    Quirk("Virtuoso", "a whole decimal becomes an integer", "store.transfer:fingerprint"),
    Quirk("Virtuoso", "rows beyond a limit are left out, and only a field of the answer's head says so", "store.protocol:check_whole"),
    Quirk("any", "triples that break off between two lines look whole", "store.protocol:triples"),
    Quirk("any", "a graph is read while it changes, or cut by a limit of rows", "store.remote:RemoteStore.quads"),
    Quirk("any", "an aggregate over nothing may be a row without a graph", "store.remote:RemoteStore.count"),
    Quirk("any", "language tags come back in another case: pyoxigraph writes them in small letters as it reads", "store.protocol:read"),
)
