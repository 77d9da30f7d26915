"""JSON-LD with the edition's context: compact to read, and plain enough for tools that know JSON but no RDF.

The document holds the part of the context (:mod:`comity.export.context`) that it uses, so that it is read without the network. A thing
is an object on a line of its own; one value stands as it is, several are a list, in order. A literal that the context does not
describe is an object with ``@value`` and ``@language`` or ``@type``, its text untouched.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from comity.terms import GRAPH, ID, RDF, VOCABULARY_PREFIXES, XSD, is_key

if TYPE_CHECKING:
    import pyoxigraph as ox

Node = dict[str, Any]


def dumps(quads: Iterable[ox.Quad], context: Mapping[str, Any]) -> bytes:
    """Return the quads, which come sorted, as one JSON-LD document; one node a line."""
    writer = _Writer(context)
    graphs: dict[str, dict[str, Node]] = {}
    for quad in quads:
        node = graphs.setdefault(writer.id(quad.graph_name), {}).setdefault(writer.id(quad.subject), {})
        writer.add(node, quad.predicate.value, quad.object)
    blocks = []
    for name, nodes in graphs.items():
        lines = ",\n".join(_line({"@id": subject, **_single(properties)}) for subject, properties in nodes.items())
        blocks.append(lines if not name else f'{{"@id": {_line(name)}, "@graph": [\n{lines}\n]}}')
    used = _line({name: context[name] for name in context if name in writer.used})
    graph = ",\n".join(blocks)
    return f'{{"@context": {used},\n"@graph": [\n{graph}\n]}}\n'.encode()


class _Writer:
    def __init__(self, context: Mapping[str, Any]) -> None:
        self.used: set[str] = set()
        #: Property or class -> its short names, each with what it says of the values.
        self._names: dict[str, list[tuple[str, str]]] = {}
        self._short: dict[str, str] = {}
        self._prefixes = {**VOCABULARY_PREFIXES, "graph": GRAPH, "id": ID}
        for name, value in context.items():
            if isinstance(value, dict):
                says = "@language" if "@container" in value else self._full(value["@type"])
                self._names.setdefault(self._full(value["@id"]), []).append((name, says))
            elif value.startswith("cy:"):
                self._names.setdefault(self._full(value), []).append((name, ""))

    def _full(self, name: str) -> str:
        prefix, _, local = name.partition(":")
        return name if name.startswith("@") else self._prefixes[prefix] + local

    def add(self, node: Node, predicate: str, term: Any) -> None:
        """Add a statement to its subject's object."""
        import pyoxigraph as ox

        if predicate == RDF.type and isinstance(term, ox.NamedNode):
            node.setdefault("@type", []).append(self._name(term.value, "") or self.id(term))
            return
        if isinstance(term, ox.Literal):
            if term.language is not None and (name := self._name(predicate, "@language")):
                node.setdefault(name, {}).setdefault(term.language, []).append(term.value)
            elif term.language is None and (name := self._name(predicate, term.datatype.value)):
                node.setdefault(name, []).append(term.value)
            else:
                node.setdefault(self._name(predicate, "") or self._iri(predicate), []).append(self._literal(term))
        elif name := self._name(predicate, "@id"):
            node.setdefault(name, []).append(self.id(term))
        else:
            node.setdefault(self._name(predicate, "") or self._iri(predicate), []).append({"@id": self.id(term)})

    def id(self, term: Any) -> str:
        """Return how a node is named; nothing for the default graph."""
        import pyoxigraph as ox

        if isinstance(term, ox.NamedNode):
            return self._iri(term.value)
        return "" if isinstance(term, ox.DefaultGraph) else str(term)

    def _literal(self, literal: Any) -> Any:
        if literal.language is not None:
            return {"@value": literal.value, "@language": literal.language}
        if literal.datatype.value == XSD.string:
            return literal.value
        return {"@value": literal.value, "@type": self._iri(literal.datatype.value)}

    def _name(self, full: str, says: str) -> str | None:
        """The short name of a property or class that says this of its values."""
        for name, said in self._names.get(full, ()):
            if said == says:
                self.used.add(name)
                self.used.add("cy")
                self._iri(full)
                if says and not says.startswith("@"):
                    self._iri(says)
                return name
        return None

    def _iri(self, full: str) -> str:
        short = self._short.get(full)
        if short is None:
            short = full
            for prefix, namespace in self._prefixes.items():
                local = full[len(namespace) :] if full.startswith(namespace) else ""
                if local and (is_key(local) or (prefix in ("id", "graph") and all(map(is_key, local.split("/"))))):
                    short = f"{prefix}:{local}"
                    self.used.add(prefix)
                    break
            self._short[full] = short
        return short


def _single(properties: Node) -> Node:
    """The object with lists of one value replaced by the value; types stay a list, which is what programs expect."""
    single: Node = {}
    for name, value in properties.items():
        if isinstance(value, dict):  # values by language
            single[name] = _single(value)
        else:
            single[name] = value[0] if len(value) == 1 and name != "@type" else value
    return single


def _line(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
