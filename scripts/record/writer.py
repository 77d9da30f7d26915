"""Collects what each source states, and writes it as Turtle in the one form: one graph a source."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox

from comity import turtle
from comity.terms import CY, DCTERMS, PROV, RDF, RDFS, SKOS, VOCABULARY_PREFIXES, XSD, graph_iri, iri

HERE = Path(__file__).parent
#: Descriptions of the sources. Their order is the order in which they are preferred where they disagree.
SOURCES: dict[str, dict[str, str]] = tomllib.loads((HERE / "sources.toml").read_text(encoding="utf-8"))
RANK = {key: rank for rank, key in enumerate(SOURCES)}

Term = ox.NamedNode | ox.Literal
Value = Term | str | int | bool | None | list["Term"]


def thing(kind: str, key: str) -> ox.NamedNode:
    """The IRI of a thing; an unknown kind or a bad key is an error."""
    return ox.NamedNode(iri(kind, key))


def key_of(node: ox.NamedNode) -> str:
    """The last segment of a thing's IRI."""
    return node.value.rsplit("/", 1)[1]


def text(value: str, language: str = "en") -> ox.Literal | None:
    """A text in a language; none for an empty one."""
    return ox.Literal(value, language=language) if value else None


def day(value: str) -> ox.Literal | None:
    """A calendar day; none for an empty one."""
    return ox.Literal(value, datatype=ox.NamedNode(XSD.date)) if value else None


def as_term(value: Term | str | int | bool) -> Term:
    """The RDF term for a value: a string, an integer and a truth value get their XML Schema types."""
    if isinstance(value, ox.NamedNode | ox.Literal):
        return value
    return ox.Literal(value)


class Record:
    """The statements of all sources; ``say`` adds to one of them.

    A graph goes by the key of its source, or by ``source/file`` where a source has several files. ``left_out`` counts
    the rows that were not stated, by table and reason. ``names`` are the English names that data/entities gives to
    things, by IRI: another name is never stated as a second label.
    """

    def __init__(self, names: dict[str, str] | None = None) -> None:
        self.names = dict(names or {})
        self.graphs: dict[str, set[ox.Triple]] = {}
        self.left_out: Counter[tuple[str, str]] = Counter()

    def say(self, graph: str, subject: ox.NamedNode, /, *, a: str = "", label: str = "", **values: Value) -> ox.NamedNode:
        """State class ``a``, English label and values (by name of property) of ``subject``; return it."""
        if a:
            self.add(graph, subject, RDF.type, ox.NamedNode(CY[a]))
        if label and self.names.get(subject.value, label) == label:
            self.add(graph, subject, RDFS.label, text(label))
        for name, given in values.items():
            for value in given if isinstance(given, list) else [given]:
                if value is not None and value != "":
                    self.add(graph, subject, CY[name], as_term(value))
        return subject

    def introduce(self, graph: str, subject: ox.NamedNode, a: str, label: str) -> ox.NamedNode:
        """Give a thing class and name, where data/entities does not; return it."""
        return self.say(graph, subject, a="" if subject.value in self.names else a, label=label)

    def act(
        self, graph: str, key: str, kind: str, instrument: ox.NamedNode, label: str, /, **values: Value
    ) -> ox.NamedNode:
        """State an act on an instrument; return it. ``kind`` is a key of the scheme act-kind."""
        kind_node = thing("act-kind", kind)
        return self.say(graph, thing("act", key), a="InstrumentAct", label=label, kind=kind_node, instrument=instrument, **values)

    def belongs(
        self, graph: str, key: str, member: ox.NamedNode, organization: ox.NamedNode, label: str, /, *, role: str = "member",
        **values: Value,
    ) -> ox.NamedNode:  # fmt: skip
        """State a membership; return it. ``role`` is a key of the scheme membership-role."""
        return self.say(
            graph,
            thing("membership", key),
            a="Membership",
            label=label,
            member=member,
            organization=organization,
            role=thing("membership-role", role),
            **values,
        )

    def cite(self, graph: str, key: str, source: ox.NamedNode, locator: str, label: str) -> ox.NamedNode:
        """State a place in a source or document; return it."""
        return self.say(graph, thing("citation", key), a="Citation", label=label, source=source, locator=locator)

    def add(self, graph: str, subject: ox.NamedNode, prop: str, value: Term | None) -> None:
        """State one triple; nothing is stated where the value is none."""
        if value is not None:
            self.graphs.setdefault(graph, set()).add(ox.Triple(subject, ox.NamedNode(prop), value))

    def name(self, graph: str, subject: ox.NamedNode, value: str, language: str = "en") -> None:
        """State another name of a thing."""
        self.add(graph, subject, SKOS.altLabel, text(value, language))

    def source(self, key: str, *, as_of: str = "") -> ox.NamedNode:
        """Describe the source ``key`` in its own graph; return it. ``as_of`` serves where no such day is described."""
        about = SOURCES[key]
        node = thing("source", key)
        self.say(key, node, a="Source", label=about["title"], statusAsOf=day(about.get("as_of", as_of)))
        for name, prop in (("title", DCTERMS.title), ("covers", DCTERMS.description), ("lacks", CY.note)):
            self.add(key, node, prop, text(about[name]))
        for name, prop in (("publisher", DCTERMS.publisher), ("licence", DCTERMS.license), ("origin", DCTERMS.source)):
            self.add(key, node, prop, ox.Literal(about[name]))
        self.add(key, node, DCTERMS.issued, day(about.get("issued", "")))
        # For catalogues: the source is a dataset, and the named graph was made from it.
        self.add(key, node, RDF.type, ox.NamedNode(VOCABULARY_PREFIXES["dcat"] + "Dataset"))
        self.add(key, ox.NamedNode(graph_iri(f"record/{key}")), PROV.hadPrimarySource, node)
        return node

    def files(self) -> Iterator[tuple[str, str]]:
        """Yield, for each file, its path below ``data/record`` and its text."""
        for graph, triples in sorted(self.graphs.items()):
            source, _, file = graph.partition("/")
            yield f"{source}/{file or source}.ttl", turtle.serialize(triples)
