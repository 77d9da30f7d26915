"""RDF exports: the same statements give the same bytes, on any machine; a file is written whole or not at all.

N-Quads, TriG and JSON-LD keep the named graphs, and with them who says what. N-Triples, Turtle and RDF/XML have no graphs: they hold
the union, each triple once; in RDF 1.2, each with the graphs that state it. Blank nodes get their canonical names of RDFC-1.0, and
everything is sorted. The formats of one statement a line (``nq``, ``nt``) are written in constant memory, however much there is; the
others are made in memory.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from comity.errors import UnknownFormat
from comity.export import jsonld, reified
from comity.export.selection import INFERRED_CHOICES, select
from comity.export.sorting import sorted_lines
from comity.files import replacing
from comity.terms import split_local

if TYPE_CHECKING:
    import pyoxigraph as ox

__all__ = ["FORMATS", "INFERRED_CHOICES", "Format", "canonical", "dumps", "export", "find_format", "select"]


@dataclass(frozen=True, slots=True)
class Format:
    """An RDF format: its `name`, the `suffix` of its files, whether it keeps named `graphs`, and other names it goes by.

    `title` is what people call it, `media_type` what it is called on the web.
    """

    name: str
    suffix: str
    graphs: bool
    title: str
    media_type: str
    aliases: tuple[str, ...] = ()


FORMATS: Final = (
    Format("nq", ".nq", True, "N-Quads", "application/n-quads", ("n-quads", "nquads")),
    Format("trig", ".trig", True, "TriG", "application/trig"),
    Format("jsonld", ".jsonld", True, "JSON-LD", "application/ld+json", ("json-ld",)),
    Format("nt", ".nt", False, "N-Triples", "application/n-triples", ("n-triples", "ntriples")),
    Format("ttl", ".ttl", False, "Turtle", "text/turtle", ("turtle",)),
    Format("rdf", ".rdf", False, "RDF/XML", "application/rdf+xml", ("rdf/xml", "rdfxml", "rdf-xml", "xml", "owl")),
)
REIFIED: Final = Format(
    "rdf12",
    ".rdf12.nt",
    False,
    "N-Triples of RDF 1.2, each triple with the graphs that state it",
    "application/n-triples",
    ("rdf-1.2", "reified"),
)


def find_format(name: str) -> Format:
    """Return the format of this name, alias or suffix; raises :class:`~comity.errors.UnknownFormat`."""
    wanted = name.lower().removeprefix(".")
    for known in (*FORMATS, REIFIED):
        if wanted in (known.name, *known.aliases):
            return known
    raise UnknownFormat(name, [known.name for known in (*FORMATS, REIFIED)])


def export(quads: Iterable[ox.Quad], format: str, path: str | os.PathLike[str]) -> Path:  # noqa: A002 - as in the API
    """Write the quads to a file and return its path.

    Raises :class:`~comity.errors.UnknownFormat`, and :class:`~comity.errors.OutputError` when the place cannot be written to.
    """
    chosen = find_format(format)
    target = Path(path)
    with replacing(target) as stream:
        for block in _blocks(quads, chosen, target.parent):
            stream.write(block)
    return target


def dumps(quads: Iterable[ox.Quad], format: str) -> bytes:  # noqa: A002 - as in the API
    """Return the quads in a format; raises :class:`~comity.errors.UnknownFormat`."""
    return b"".join(_blocks(quads, find_format(format), None))


def _blocks(quads: Iterable[ox.Quad], chosen: Format, folder: Path | None) -> Iterator[bytes]:
    """Yield the content of the file; what does not fit into memory is put aside in `folder`."""
    import pyoxigraph as ox

    if chosen.name == "nq":
        yield from sorted_lines(quads, ox.RdfFormat.N_QUADS, folder)
    elif chosen.name == "nt":
        yield from sorted_lines((quad.triple for quad in quads), ox.RdfFormat.N_TRIPLES, folder)
    elif chosen is REIFIED:
        # The reifiers' names are made of the blank nodes' names, so these come first.
        yield from sorted_lines(reified.triples(canonical(quads)), ox.RdfFormat.N_TRIPLES, folder)
    else:
        yield _document(list(set(canonical(quads, union=not chosen.graphs))), chosen)


def _document(named: list[ox.Quad], chosen: Format) -> bytes:
    """Return a format that is made in memory."""
    import pyoxigraph as ox

    if chosen.graphs:
        named.sort(key=_order)
        if chosen.name == "jsonld":
            from comity.export.context import published

            return jsonld.dumps(named, published())
        return _complete(ox.serialize(named, format=ox.RdfFormat.TRIG, prefixes=_prefixes(named)))
    triples = list({quad.triple for quad in named})
    if chosen.name == "ttl":
        from comity.turtle import serialize

        return serialize(triples).encode()
    triples.sort(key=_order)
    return _complete(ox.serialize(triples, format=ox.RdfFormat.RDF_XML, prefixes=_prefixes(triples)))


def canonical(quads: Iterable[ox.Quad], *, union: bool = False) -> Iterator[ox.Quad]:
    """Yield the quads with the canonical names of RDFC-1.0 for their blank nodes; only those that have any are kept in memory.

    With `union`, the names are those of the one graph that the triples make, and the quads with blank nodes lose their graph's name.
    """
    import pyoxigraph as ox

    blank = ox.Dataset()
    for quad in quads:
        # The names depend only on the statements that mention blank nodes.
        if isinstance(quad.subject, ox.BlankNode) or isinstance(quad.object, ox.BlankNode):
            blank.add(ox.Quad(quad.subject, quad.predicate, quad.object) if union else quad)
        else:
            yield quad
    if len(blank):  # the truth value of pyoxigraph's Dataset is always false
        blank.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
        yield from blank


def _complete(content: bytes | None) -> bytes:
    assert content is not None  # given no output, pyoxigraph returns bytes
    return content if content.endswith(b"\n") else content + b"\n"


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
