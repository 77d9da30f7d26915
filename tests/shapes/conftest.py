"""What the tests of the shapes share."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from rdflib.plugins.sparql import prepareQuery, processor
from rdflib.plugins.sparql.sparql import Query


@pytest.fixture(autouse=True, scope="session")
def queries_are_read_once() -> Iterator[None]:
    """rdflib reads the text of a query anew for each graph, which is four fifths of pyshacl's time on a small one."""
    plain = processor.SPARQLProcessor.query
    read: dict[tuple[Any, ...], Query] = {}

    def query(self: Any, text: Any, bindings: Any = None, namespaces: Any = None, base: Any = None, debug: bool = False) -> Any:
        if isinstance(text, str):
            key = (text, tuple(sorted((namespaces or {}).items())), base)
            if key not in read:
                read[key] = prepareQuery(text, initNs=namespaces or {}, base=base)
            text = read[key]
        return plain(self, text, bindings, namespaces, base, debug)

    processor.SPARQLProcessor.query = query
    yield
    processor.SPARQLProcessor.query = plain
