"""JSON-LD with a context of prefixes only: compact to read, and plain enough for tools that know JSON but no RDF.

The context declares the prefixes that occur. Types stand under ``@type``; every other property is a list of values in order; a
plain string is a JSON string, any other literal an object with ``@value`` and ``@language`` or ``@type``, its text untouched.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from comity.terms import RDF, XSD, split_local

if TYPE_CHECKING:
    import pyoxigraph as ox


def dumps(quads: Iterable[ox.Quad], prefixes: Mapping[str, str]) -> bytes:
    """Return the quads, which come sorted, as one JSON-LD document; one node a line."""
    graphs: dict[str, dict[str, dict[str, Any]]] = {}
    for quad in quads:
        node = graphs.setdefault(_id(quad.graph_name), {}).setdefault(_id(quad.subject), {})
        value = _value(quad.object)
        if quad.predicate.value == RDF.type and isinstance(value, dict) and "@id" in value:
            node.setdefault("@type", []).append(value["@id"])
        else:
            node.setdefault(_short(quad.predicate.value), []).append(value)
    blocks = []
    for name, nodes in graphs.items():
        lines = ",\n".join(_line({"@id": subject, **properties}) for subject, properties in nodes.items())
        blocks.append(lines if not name else f'{{"@id": {_line(name)}, "@graph": [\n{lines}\n]}}')
    context = _line(dict(sorted(prefixes.items())))
    graph = ",\n".join(blocks)
    return f'{{"@context": {context},\n"@graph": [\n{graph}\n]}}\n'.encode()


def _line(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _short(full: str) -> str:
    parts = split_local(full)
    return full if parts is None else f"{parts[0]}:{parts[2]}"


def _id(term: Any) -> str:
    import pyoxigraph as ox

    if isinstance(term, ox.NamedNode):
        return _short(term.value)
    return "" if isinstance(term, ox.DefaultGraph) else str(term)


def _value(term: Any) -> Any:
    import pyoxigraph as ox

    if not isinstance(term, ox.Literal):
        return {"@id": _id(term)}
    if term.language is not None:
        return {"@value": term.value, "@language": term.language}
    if term.datatype.value == XSD.string:
        return term.value
    return {"@value": term.value, "@type": _short(term.datatype.value)}
