"""The selected statements, looked at thing by thing: what tables, networks and descriptions are made of.

Graphs are a union here, as for a query; each thing remembers in which graphs it is spoken of. Nodes without an IRI (they are parts of the
ontology's axioms) are left out.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING, Any

from comity.terms import ID, RDF, RDFS, SKOS, graph_name, shorten, split_iri

if TYPE_CHECKING:
    import pyoxigraph as ox

    Term = ox.NamedNode | ox.Literal


class Things:
    """The statements about each IRI: ``about[iri][property]`` is a sorted list of terms."""

    def __init__(self, quads: Iterable[ox.Quad]) -> None:
        import pyoxigraph as ox

        collected: dict[str, dict[str, set[Any]]] = {}
        graphs: dict[str, set[str]] = {}
        for quad in quads:
            subject, value = quad.subject, quad.object
            if isinstance(subject, ox.NamedNode) and isinstance(value, ox.NamedNode | ox.Literal):
                collected.setdefault(subject.value, {}).setdefault(quad.predicate.value, set()).add(value)
                graph = getattr(quad.graph_name, "value", "")
                graphs.setdefault(subject.value, set()).add(graph_name(graph) or graph)
        self.about: dict[str, dict[str, list[Term]]] = {
            subject: {name: sorted(values, key=str) for name, values in sorted(properties.items())}
            for subject, properties in sorted(collected.items())
        }
        self.graphs: dict[str, list[str]] = {subject: sorted(names) for subject, names in graphs.items()}
        self._labels: dict[str, str] = {}

    @cached_property
    def ours(self) -> list[str]:
        """The things of the edition that have a class, by IRI."""
        return [thing for thing, properties in self.about.items() if thing.startswith(ID) and RDF.type in properties]

    @cached_property
    def members(self) -> dict[str, list[str]]:
        """Class -> its things of ours, by IRI; every class that is stated or inferred."""
        members: dict[str, list[str]] = {}
        for thing in self.ours:
            for kind in self.classes(thing):
                members.setdefault(kind, []).append(thing)
        return dict(sorted(members.items()))

    def classes(self, thing: str) -> list[str]:
        """The classes of a thing, by IRI."""
        return [term.value for term in self.about.get(thing, {}).get(RDF.type, ())]

    def own_class(self, thing: str) -> str | None:
        """The one class that says most: of those with no other of its classes below them, the first by IRI."""
        classes = self.classes(thing)
        above = {parent for kind in classes for parent in self._above(kind) if parent != kind}
        return next((kind for kind in classes if kind not in above and shorten(kind).startswith("cy:")), classes[0] if classes else None)

    def _above(self, kind: str) -> set[str]:
        found: set[str] = set()
        front = [kind]
        while front:
            for parent in self.about.get(front.pop(), {}).get(RDFS.subClassOf, ()):
                if parent.value not in found:
                    found.add(parent.value)
                    front.append(parent.value)
        return found

    def label(self, iri: str, *, fallback: bool = True) -> str:
        """The English name of an IRI; without one, any other name, and without that (with `fallback`) its short form."""
        found = self._labels.get(iri)
        if found is None:
            found = self._labels[iri] = self._name(iri)
        if found or not fallback:
            return found
        return iri[len(ID) :] if split_iri(iri) else shorten(iri)

    def _name(self, iri: str) -> str:
        found: list[tuple[int, str]] = []
        properties = self.about.get(iri, {})
        for rank, name in enumerate((RDFS.label, SKOS.prefLabel)):
            for term in properties.get(name, ()):
                language = getattr(term, "language", None)
                found.append((10 * (language not in ("en", None)) + rank, term.value))
        return min(found)[1] if found else ""

    def text(self, iri: str, *names: str) -> str:
        """The first English text that an IRI has for one of these properties; empty without one."""
        for name in names:
            for term in self.about.get(iri, {}).get(name, ()):
                if getattr(term, "language", "") in ("en", None):
                    return term.value
        return ""
