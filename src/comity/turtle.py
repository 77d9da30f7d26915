"""Writes Turtle in one form, so that the same graph is always the same bytes; checks and formats the edition's files.

``python -m comity.turtle`` puts every Turtle file of ``ontology/`` and ``data/`` into that form, ``--check`` only tells which are
not in it; files can be named instead.

The form: the prefixes that are used, by name; the ontology's header, then things by IRI, then what has no name; for each thing
its types, its labels, then the other properties by IRI; one value a line. A text of several lines stands between three quotes.
Blank nodes are written where they are used; one that is used more than once gets its canonical name of RDFC-1.0. Comments are
not part of a graph and are not kept.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from comity import dataset, resources
from comity.errors import ComityError, DataError
from comity.files import write_whole
from comity.terms import OWL, RDF, RDFS, SKOS, XSD, split_local

if TYPE_CHECKING:
    import pyoxigraph as ox

_FIRST_PROPERTIES: Final = {name: rank for rank, name in enumerate((RDF.type, RDFS.label, SKOS.prefLabel, SKOS.altLabel))}
_BARE: Final = {
    XSD.integer: re.compile(r"[+-]?[0-9]+"),
    XSD.decimal: re.compile(r"[+-]?[0-9]*\.[0-9]+"),
    XSD.boolean: re.compile(r"true|false"),
}
_ESCAPES: Final = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}
_ESCAPED: Final = re.compile(r'[\\"\x00-\x1f\x7f]')
# Between three quotes, a quote is escaped only where three would stand together.
_ESCAPED_LONG: Final = re.compile(r'\\|"(?=""|\Z)|[\x00-\x09\x0b-\x1f\x7f]')


def serialize(triples: Iterable[ox.Triple | ox.Quad]) -> str:
    """Return the triples as Turtle in the one form; the graphs of quads are left out.

    Raises :class:`~comity.errors.DataError` for a triple about a triple.
    """
    import pyoxigraph as ox

    graph = {ox.Triple(triple.subject, triple.predicate, triple.object) for triple in triples}
    if any(isinstance(term, ox.Triple) for triple in graph for term in (triple.subject, triple.object)):
        raise DataError("a triple about a triple has no form in Turtle", "name the statement and describe it by that name")
    return _Writer(graph).text()


class _Writer:
    def __init__(self, graph: set[ox.Triple]) -> None:
        import pyoxigraph as ox

        uses = Counter(triple.object for triple in graph if isinstance(triple.object, ox.BlankNode))
        shared = {node for node, count in uses.items() if count > 1 and isinstance(node, ox.BlankNode)}
        # A blank node that nothing outside its own circle leads to would never be written.
        shared |= _unreachable(graph, shared, uses)
        names: dict[ox.BlankNode, str] = {}
        if shared:
            graph, names = _canonical(graph, shared)
        self._names = names
        self._about: dict[Any, dict[ox.NamedNode, list[Any]]] = {}
        for triple in graph:
            self._about.setdefault(triple.subject, {}).setdefault(triple.predicate, []).append(triple.object)
        self._uses = Counter(triple.object for triple in graph if isinstance(triple.object, ox.BlankNode))
        self._prefixes: dict[str, str] = {}
        self._written: dict[Any, str] = {}

    def text(self) -> str:
        """Return the whole document."""
        import pyoxigraph as ox

        self._write_nested()
        blocks: list[tuple[tuple[int, str], str]] = []
        for subject, properties in self._about.items():
            if isinstance(subject, ox.NamedNode):
                header = ox.NamedNode(OWL.Ontology) in properties.get(ox.NamedNode(RDF.type), ())
                rank = (0 if header else 1, subject.value)
                blocks.append((rank, self._block(self._term(subject), properties)))
            elif subject in self._names:
                blocks.append(((2, self._names[subject]), self._block(self._names[subject], properties)))
            elif not self._uses[subject]:
                block = self._block("[]", properties)
                blocks.append(((3, block), block))
        blocks.sort()
        head = "".join(f"@prefix {prefix}: <{namespace}> .\n" for prefix, namespace in sorted(self._prefixes.items()))
        return head + "".join(f"\n{block}" for _, block in blocks)

    def _write_nested(self) -> None:
        """Write the blank nodes from the inside out, so that no depth of nesting exhausts Python's stack."""
        import pyoxigraph as ox

        # Cells within lists are no starting points: the list is written from its head.
        stack: list[tuple[Any, bool]] = [
            (node, False)
            for node in self._about
            if not isinstance(node, ox.BlankNode) or node in self._names or not self._uses[node]
        ]
        begun: set[Any] = set()
        while stack:
            node, inside_done = stack.pop()
            if inside_done:
                self._term(node)
            elif node not in begun:
                begun.add(node)
                items = self._list(node)
                inside = items if items is not None else [o for values in self._about.get(node, {}).values() for o in values]
                if isinstance(node, ox.BlankNode) and node not in self._names and self._uses[node]:
                    stack.append((node, True))
                stack.extend((term, False) for term in inside if isinstance(term, ox.BlankNode))

    def _block(self, subject: str, properties: dict[ox.NamedNode, list[Any]]) -> str:
        lines = " ;\n    ".join(
            f"{verb} {(' ,' + chr(10) + ' ' * 8).join(objects)}" for verb, objects in self._properties(properties)
        )
        return f"{subject} {lines} .\n"

    def _properties(self, properties: dict[ox.NamedNode, list[Any]]) -> list[tuple[str, list[str]]]:
        ordered = sorted(properties.items(), key=lambda item: (_FIRST_PROPERTIES.get(item[0].value, 9), item[0].value))
        return [
            ("a" if predicate.value == RDF.type else self._term(predicate), self._objects(objects))
            for predicate, objects in ordered
        ]

    def _objects(self, objects: list[Any]) -> list[str]:
        import pyoxigraph as ox

        def order(term: Any) -> tuple[int, str, str, str]:
            if isinstance(term, ox.NamedNode):
                return 0, term.value, "", ""
            if isinstance(term, ox.Literal):
                return 1, term.value, term.language or "", term.datatype.value
            return 2, self._term(term), "", ""

        return [self._term(term) for term in sorted(objects, key=order)]

    def _term(self, term: Any) -> str:
        text = self._written.get(term)
        if text is None:
            text = self._written[term] = self._write(term)
        return text

    def _write(self, term: Any) -> str:
        import pyoxigraph as ox

        if isinstance(term, ox.NamedNode):
            return self._iri(term.value)
        if isinstance(term, ox.Literal):
            return self._literal(term)
        if term in self._names:
            return self._names[term]
        items = self._list(term)
        if items is not None:
            return f"( {' '.join(self._term(item) for item in items)} )"
        properties = self._properties(self._about.get(term, {}))
        inner = " ; ".join(f"{verb} {' , '.join(objects)}" for verb, objects in properties)
        return f"[ {inner} ]" if inner else "[]"

    def _iri(self, full: str) -> str:
        if full == RDF.nil:
            return "()"
        parts = split_local(full)
        if parts is None:
            return f"<{full}>"
        prefix, namespace, local = parts
        self._prefixes[prefix] = namespace
        return f"{prefix}:{local}"

    def _literal(self, literal: ox.Literal) -> str:
        datatype = literal.datatype.value
        if datatype in _BARE and _BARE[datatype].fullmatch(literal.value):
            return literal.value
        quote, escaped = ('"""', _ESCAPED_LONG) if "\n" in literal.value else ('"', _ESCAPED)
        text = quote + escaped.sub(lambda match: _ESCAPES.get(match[0]) or f"\\u{ord(match[0]):04X}", literal.value) + quote
        if literal.language is not None:
            return f"{text}@{literal.language}"
        return text if datatype == XSD.string else f"{text}^^{self._iri(datatype)}"

    def _list(self, head: Any) -> list[Any] | None:
        """Return the members of the list that starts here, or ``None`` when this is no proper list."""
        import pyoxigraph as ox

        first, rest, nil = ox.NamedNode(RDF.first), ox.NamedNode(RDF.rest), ox.NamedNode(RDF.nil)
        items: list[Any] = []
        node = head
        while node != nil:
            cell = self._about.get(node, {})
            if node in self._names or set(cell) != {first, rest} or len(cell[first]) != 1 or len(cell[rest]) != 1:
                return None
            items.append(cell[first][0])
            node = cell[rest][0]
        return items


def _unreachable(
    graph: set[ox.Triple], shared: set[ox.BlankNode], uses: Counter[ox.BlankNode]
) -> set[ox.BlankNode]:
    import pyoxigraph as ox

    below: dict[Any, list[ox.BlankNode]] = {}
    for triple in graph:
        if isinstance(triple.object, ox.BlankNode):
            below.setdefault(triple.subject, []).append(triple.object)
    subjects = {triple.subject for triple in graph}
    reached: set[Any] = {node for node in subjects if not isinstance(node, ox.BlankNode) or node in shared or not uses[node]}
    front = list(reached)
    while front:
        for node in below.get(front.pop(), ()):
            if node not in reached:
                reached.add(node)
                front.append(node)
    return {node for node in subjects if isinstance(node, ox.BlankNode)} - reached


def _canonical(
    graph: set[ox.Triple], shared: set[ox.BlankNode]
) -> tuple[set[ox.Triple], dict[ox.BlankNode, str]]:
    """Return the graph with canonical blank nodes, and the names of those that need one."""
    import pyoxigraph as ox

    # A mark on the shared ones tells which they are once all have been renamed. It is part of no graph.
    mark = ox.NamedNode("urn:comity:shared")
    marked = ox.Dataset(ox.Quad(triple.subject, triple.predicate, triple.object) for triple in graph)
    for node in shared:
        marked.add(ox.Quad(node, mark, mark))
    marked.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    names = {quad.subject: f"_:{quad.subject.value}" for quad in marked if quad.predicate == mark and not _is_iri(quad.subject)}
    return {quad.triple for quad in marked if quad.predicate != mark}, names


def _is_iri(term: object) -> bool:
    import pyoxigraph as ox

    return isinstance(term, ox.NamedNode)


def format_file(path: Path, *, check: bool = False) -> bool:
    """Put a Turtle file into the one form, or with `check` only look; return whether it was in it already.

    Raises :class:`~comity.errors.TurtleError` for a syntax error, and writes nothing then.
    """
    quads = dataset.read_file(path)
    text = serialize(quads).encode()
    try:
        before = path.read_bytes()
    except OSError as error:
        raise dataset.unreadable(error, path) from None
    if text == before:
        return True
    if not check:
        dropped = len(re.findall(rb"^[ \t]*#", before, re.MULTILINE))
        if dropped:
            print(f"{resources.display(path)}: {dropped} lines of comments dropped; say it in triples", file=sys.stderr)
        write_whole(path, text)
    return False


def main(arguments: Sequence[str] | None = None) -> int:
    """Format or check; return 0, or 1 when `--check` finds files in another form, or 3 when a file cannot be read."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    check = "--check" in given
    paths = [Path(name) for name in given if name != "--check"]
    try:
        if not paths:
            paths = sorted((*resources.ontology().glob("*.ttl"), *resources.data().rglob("*.ttl")))
    except ComityError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    status = 0
    for path in paths:
        try:
            if format_file(path, check=check):
                continue
        except ComityError as error:
            print(error, file=sys.stderr)
            status = max(status, error.exit_code)
            continue
        if check:
            print(f"{resources.display(path)}: not in the one form of Turtle; run: make format", file=sys.stderr)
            status = max(status, 1)
        else:
            print(f"{resources.display(path)}: formatted", file=sys.stderr)
    print(f"{len(paths)} Turtle files {'checked' if check else 'in form'}")
    return status if paths else 1


if __name__ == "__main__":
    sys.exit(main())
