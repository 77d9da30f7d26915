"""RDF exports: the same statements give the same bytes, on any machine; a file is written whole or not at all.

N-Quads, TriG and JSON-LD keep the named graphs, and with them who says what. N-Triples, Turtle and RDF/XML have no graphs: they hold
the union, each triple once. Blank nodes get their canonical names of RDFC-1.0, and everything is sorted.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from comity.errors import UnknownFormat, UnknownGraph, UnknownName
from comity.export import jsonld
from comity.files import write_whole
from comity.terms import INFERRED, graph_iri, graph_name, split_local

if TYPE_CHECKING:
    import pyoxigraph as ox

    from comity.store import Store

INFERRED_CHOICES: Final = ("yes", "no", "only")


@dataclass(frozen=True, slots=True)
class Format:
    """An RDF format: its `name`, the `suffix` of its files, whether it keeps named `graphs`, and other names it goes by."""

    name: str
    suffix: str
    graphs: bool
    aliases: tuple[str, ...] = ()


FORMATS: Final = (
    Format("nq", ".nq", True, ("n-quads", "nquads")),
    Format("trig", ".trig", True),
    Format("jsonld", ".jsonld", True, ("json-ld",)),
    Format("nt", ".nt", False, ("n-triples", "ntriples")),
    Format("ttl", ".ttl", False, ("turtle",)),
    Format("rdf", ".rdf", False, ("rdf/xml", "rdfxml", "xml", "owl")),
)


def find_format(name: str) -> Format:
    """Return the format of this name, alias or suffix; raises :class:`~comity.errors.UnknownFormat`."""
    wanted = name.lower().removeprefix(".")
    for known in FORMATS:
        if wanted in (known.name, *known.aliases):
            return known
    raise UnknownFormat(name, [known.name for known in FORMATS])


def select(store: Store, *, inferred: str = "yes", graphs: Sequence[str] | None = None) -> Iterator[ox.Quad]:
    """Return the quads of a store that are to be exported.

    `inferred` is ``yes``, ``no`` or ``only``; `graphs` are names such as ``paper/2.1.2``, or full IRIs. Raises
    :class:`~comity.errors.UnknownGraph` for a graph that the store does not have.
    """
    if inferred not in INFERRED_CHOICES:
        raise UnknownName(inferred, INFERRED_CHOICES)
    existing = store.graphs()
    wanted = set(existing)
    if graphs is not None:
        wanted = set()
        for name in graphs:
            full = name if name in existing else graph_iri(name)
            if full not in existing:
                raise UnknownGraph(name, [graph_name(graph) or graph for graph in existing])
            wanted.add(full)
    if inferred == "only":
        wanted &= {INFERRED}
    elif inferred == "no":
        wanted.discard(INFERRED)
    return (quad for graph in sorted(wanted) for quad in store.quads(graph))


def export(quads: Iterable[ox.Quad], format: str, path: str | os.PathLike[str]) -> Path:  # noqa: A002 - as in the API
    """Write the quads to a file and return its path.

    Raises :class:`~comity.errors.UnknownFormat`, and :class:`~comity.errors.OutputError` when the place cannot be written to.
    """
    content = dumps(quads, format)
    write_whole(path, content)
    return Path(path)


def dumps(quads: Iterable[ox.Quad], format: str) -> bytes:  # noqa: A002 - as in the API
    """Return the quads in a format; raises :class:`~comity.errors.UnknownFormat`."""
    import pyoxigraph as ox

    chosen = find_format(format)
    named = canonical(quads)
    if chosen.name == "nq":
        return _sorted_lines(ox.serialize(named, format=ox.RdfFormat.N_QUADS))
    if chosen.graphs:
        named.sort(key=_order)
        if chosen.name == "jsonld":
            return jsonld.dumps(named, _prefixes(named))
        return _complete(ox.serialize(named, format=ox.RdfFormat.TRIG, prefixes=_prefixes(named)))
    triples = list({quad.triple for quad in named})
    if chosen.name == "nt":
        return _sorted_lines(ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES))
    if chosen.name == "ttl":
        from comity.turtle import serialize

        return serialize(triples).encode()
    triples.sort(key=_order)
    return _complete(ox.serialize(triples, format=ox.RdfFormat.RDF_XML, prefixes=_prefixes(triples)))


def canonical(quads: Iterable[ox.Quad]) -> list[ox.Quad]:
    """Return the quads, each once, with the canonical names of RDFC-1.0 for their blank nodes."""
    import pyoxigraph as ox

    plain: set[ox.Quad] = set()
    blank = ox.Dataset()
    for quad in quads:
        # The names depend only on the statements that mention blank nodes.
        if isinstance(quad.subject, ox.BlankNode) or isinstance(quad.object, ox.BlankNode):
            blank.add(quad)
        else:
            plain.add(quad)
    if len(blank):  # the truth value of pyoxigraph's Dataset is always false
        blank.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return [*plain, *blank]


def _complete(content: bytes | None) -> bytes:
    assert content is not None  # given no output, pyoxigraph returns bytes
    return content if content.endswith(b"\n") else content + b"\n"


def _sorted_lines(content: bytes | None) -> bytes:
    return b"".join(sorted(_complete(content).splitlines(keepends=True))) if content else b""


def _order(statement: Any) -> tuple[str, str, str, str]:
    graph = str(getattr(statement, "graph_name", ""))
    return graph, str(statement.subject), str(statement.predicate), str(statement.object)


def _prefixes(statements: Iterable[Any]) -> dict[str, str]:
    """Return the prefixes that the statements use."""
    import pyoxigraph as ox

    terms = {term for s in statements for term in (s.subject, s.predicate, s.object)}
    terms |= {term.datatype for term in terms if isinstance(term, ox.Literal)}
    found = (split_local(term.value) for term in terms if isinstance(term, ox.NamedNode))
    return dict(sorted((parts[0], parts[1]) for parts in found if parts is not None))
