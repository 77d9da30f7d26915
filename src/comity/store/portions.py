"""What is sent to a server to put triples into named graphs: portions of them, each as an update."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from comity.errors import UsageError
from comity.terms import GRAPH

if TYPE_CHECKING:
    import pyoxigraph as ox

_STAGING: Final = f"{GRAPH}staging/"


def staging_graph(graph: str) -> str:
    """Return the IRI of the graph in which a new content for `graph` is made ready."""
    return f"{_STAGING}{hashlib.sha256(graph.encode()).hexdigest()[:16]}"


def is_staging(graph: str) -> bool:
    """Whether this is a graph in which a new content for another is made ready."""
    return graph.startswith(_STAGING)


def graph_term(graph: str) -> str:
    """Return a graph's IRI as SPARQL writes it; raises :class:`~comity.errors.UsageError` for what is none."""
    import pyoxigraph as ox

    try:
        return str(ox.NamedNode(graph))
    except ValueError as error:
        raise UsageError(f"'{graph}' is no IRI of a graph ({error})", "write it in full") from None


def batches(graphs: Mapping[str, Sequence[ox.Triple]], size: int) -> Iterator[dict[str, list[ox.Triple]]]:
    """Return the triples in portions. Those with blank nodes stay together: in another request the same label is another node."""
    batch: dict[str, list[ox.Triple]] = {}
    count = 0
    for together in (True, False):
        for graph, triples in graphs.items():
            for triple in triples:
                if is_anonymous(triple) is not together:
                    continue
                batch.setdefault(graph, []).append(triple)
                count += 1
                if count >= size and not together:
                    yield batch
                    batch, count = {}, 0
    if batch:
        yield batch


def insertion(batch: Mapping[str, Sequence[ox.Triple]]) -> str:
    """Return the update that adds the triples. N-Triples are a part of SPARQL's syntax for data."""
    parts = (f"GRAPH {graph_term(graph)} {{\n{''.join(f'{triple} .{chr(10)}' for triple in triples)}}}" for graph, triples in batch.items())
    content = "{ " + "\n".join(parts) + " }"
    # Virtuoso takes blank nodes in a template only. There they mean the same: one new node for each label, as the pattern matches once.
    anonymous = any(is_anonymous(triple) for triples in batch.values() for triple in triples)
    return f"INSERT {content} WHERE {{}}" if anonymous else f"INSERT DATA {content}"


def is_anonymous(triple: ox.Triple) -> bool:
    """Whether the triple has a blank node."""
    import pyoxigraph as ox

    return isinstance(triple.subject, ox.BlankNode) or not isinstance(triple.object, ox.NamedNode | ox.Literal)
