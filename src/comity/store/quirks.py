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
    Quirk("Virtuoso", "it has no default graph, and counts a triple once for each graph", "store.virtuoso:UNION"),
    Quirk("Virtuoso", "it has graphs of its own, which no request removes", "store.virtuoso:SYSTEM_GRAPHS"),
    Quirk("Virtuoso", "it says yes to DROP ALL and does nothing", "store.remote:RemoteStore.clear"),
    Quirk("Virtuoso", "a graph that is named is not found beside a default graph that is", "store.virtuoso:adapted"),
    Quirk("Virtuoso", "text with a language is put in order by its first letters", "store.virtuoso:adapted"),
    Quirk("Virtuoso", "<= and >= lose rows, or are true of what is unbound", "store.virtuoso:with_split_comparisons"),
    Quirk("Virtuoso", "it says which of two kinds of values is less", "validation.engines.translation:_in_order"),
    Quirk("Virtuoso", "BOUND may be true of what is unbound", "store.virtuoso:adapted"),
    Quirk("Virtuoso", "its own order of joins changes with what it has seen, and some lose rows", "store.virtuoso:PLAN"),
    Quirk("Virtuoso", "some queries are answered wrongly in any form: they are refused", "store.virtuoso:adapted"),
    Quirk("Virtuoso", "booleans come back as 1 and 0", "store.virtuoso:settled"),
    Quirk("Virtuoso", "blank nodes come back with a label that is none", "store.virtuoso:ODD_LABEL"),
    Quirk("Virtuoso", "nobody may change anything until that is granted", "store.virtuoso:forbids"),
    Quirk("Virtuoso", "an update may not be longer than a limit of its compiler", "store.virtuoso:BATCH"),
    Quirk("Virtuoso", "blank nodes are taken in templates only", "store.portions:insertion"),
    Quirk("Virtuoso", "a whole decimal becomes an integer", "store.transfer:fingerprint"),
    Quirk("Virtuoso", "rows beyond a limit are left out, and only a field of the answer's head says so", "store.protocol:check_whole"),
    Quirk("Virtuoso", "triples beyond a limit are left out without a word", "store.virtuoso:solutions_of"),
    Quirk("any", "triples that break off between two lines look whole", "store.protocol:triples"),
    Quirk("any", "a graph is read while it changes, or cut by a limit of rows", "store.remote:RemoteStore.quads"),
    Quirk("any", "an aggregate over nothing may be a row without a graph", "store.remote:RemoteStore.count"),
    Quirk("any", "language tags come back in another case: pyoxigraph writes them in small letters as it reads", "store.protocol:read"),
)

UNMENDED: Final = {
    "Virtuoso": {
        "MIN and MAX of text with a language": "they compare its first letters only; use MIN(STR(?x))",
        "a value computed to true or false": 'it comes as "1" or "0" of xsd:integer; in the table of a question it becomes a boolean',
        "a comparison with an unbound variable, as a value": "false, where it is an error by the recommendation",
        "EXISTS || EXISTS as a value": "an error; write EXISTS { { … } UNION { … } }",
        "several EXISTS as values, one of them tested in a filter": "they may be taken one for another; put that one into the filter",
        "OPTIONAL around UNION, and comparisons with what it binds": "rows may be lost or not left out; do without, or compare inside",
        "DESCRIBE": "it may be cut at the server's limit of rows without a word",
        "an order over IRIs and text in one column": "by their text alone",
        "whole decimals": "they come back as integers",
    },
}
"""What a server answers otherwise than the standard says, where nothing in the query tells: what is asked, and what to do about it."""
