"""From files to quads: one file is one source unit, and names the graph that its statements go into.

=======================================  ====================================
file                                     graph (after ``…/comity/graph/``)
=======================================  ====================================
``ontology/comity.ttl``                  ``ontology``
``ontology/alignments.ttl``              ``alignments`` (only on request)
``data/concepts/<scheme>.ttl``           ``concepts/<scheme>``
``data/entities/<kind>.ttl``             ``entities/<kind>``
``data/paper/<section>.ttl``             ``paper/<section>``
``data/record/<source>.ttl``             ``record/<source>``
``data/record/<source>/<file>.ttl``      ``record/<source>``
``data/links/<name>.ttl``                ``links/<name>``
``data/corrections.ttl``                 ``corrections``
=======================================  ====================================

Three views are made of them. ``paper`` is what the paper prints: ontology, concepts, entities and ``paper/…``. ``record`` is
what the public record says, without the paper; of the entities it has those that the record speaks of. ``curated`` is both,
with links, and with the corrections applied: where a correction has the status *applied*, the printed triple is gone from
every ``paper/…`` graph, and the corrected one stands in ``corrections``; and where sources of the record disagree, what a
disagreement sets aside is left out. Nothing is lost: the other views and the correction itself still have it.
"""

from __future__ import annotations

import datetime
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, get_args

from comity import knowledge, limits, resources
from comity.errors import DataError, InputError, TurtleError, UnknownFormat, UnknownView
from comity.terms import CY, RDF, graph_iri, graph_name, iri, shorten

if TYPE_CHECKING:
    import pyoxigraph as ox

View = Literal["curated", "paper", "record"]
VIEWS: Final[tuple[View, ...]] = get_args(View)

UNVERIFIED: Final = "record/unverified"
_CORRECTIONS: Final = "corrections"
_COMMON: Final = ("ontology", "concepts", "entities")
_PARTS: Final[dict[View, tuple[str, ...]]] = {
    "paper": (*_COMMON, "paper"),
    "record": (*_COMMON, "record"),
    "curated": (*_COMMON, "paper", "record", "links", _CORRECTIONS),
}

SUFFIXES: Final = (".ttl", ".nt", ".nq", ".trig", ".n3", ".rdf", ".owl", ".xml", ".jsonld", ".json")
"""The suffixes of files that can be read."""


@dataclass(frozen=True, slots=True)
class Source:
    """One file of the edition, and the name of the graph (such as ``paper/2.1.2``) that it fills."""

    path: Path
    graph: str

    @property
    def part(self) -> str:
        """The first segment of the graph's name: ontology, concepts, entities, paper, record, links, corrections …"""
        return self.graph.partition("/")[0]


@dataclass(frozen=True, slots=True)
class Correction:
    """One value of the paper against another. `stated` or `corrected` may be missing: an addition or a withdrawal.

    `applied` tells whether the correction has the status *applied*; any other status changes nothing.
    """

    iri: str
    subject: ox.NamedNode
    property: ox.NamedNode
    stated: ox.NamedNode | ox.Literal | None
    corrected: ox.NamedNode | ox.Literal | None
    applied: bool


def sources(root: str | os.PathLike[str] | None = None, *, alignments: bool = False) -> tuple[Source, ...]:
    """Return all files of the edition with their graphs, sorted by graph and path.

    Raises :class:`~comity.errors.DataError` for a Turtle file in a place that names no graph.
    """
    ontology = resources.ontology(root)
    found = [Source(ontology / "comity.ttl", "ontology")]
    if alignments:
        found.append(Source(ontology / "alignments.ttl", "alignments"))
    data = resources.data(root)
    found.extend(Source(path, _graph_of(path, data)) for path in data.rglob("*.ttl"))
    return tuple(sorted(found, key=lambda source: (source.graph, source.path)))


def _graph_of(path: Path, data: Path) -> str:
    folders = path.relative_to(data).parts[:-1]
    match folders:
        case ():
            name = path.stem if path.stem == _CORRECTIONS else None
        case ("concepts" | "entities" | "paper" | "record" | "links" as part,):
            name = f"{part}/{path.stem}"
        case ("record", source):
            name = f"record/{source}"
        case _:
            name = None
    if name is None:
        raise DataError(
            "this place names no graph",
            "move the file to data/concepts, entities, paper, record/<source> or links",
            file=resources.display(path),
        )
    graph_iri(name)
    return name


def read(
    view: str = "curated",
    *,
    verified_only: bool = False,
    known_at: datetime.date | None = None,
    alignments: bool = False,
    root: str | os.PathLike[str] | None = None,
) -> list[ox.Quad]:
    """Return the quads of a view, each in the named graph of its file.

    `verified_only` leaves out ``record/unverified``; `known_at` what no source had recorded by that day (see
    :mod:`comity.knowledge`); `alignments` adds ``ontology/alignments.ttl``. Raises
    :class:`~comity.errors.UnknownView`, :class:`~comity.errors.TurtleError` with the place of a syntax error, and
    :class:`~comity.errors.DataError` for a correction that cannot be applied.
    """
    name = known_view(view)
    wanted = (*_PARTS[name], "alignments")
    quads: list[ox.Quad] = []
    correcting: Path | None = None
    for source in sources(root, alignments=alignments):
        if source.part not in wanted or (verified_only and source.graph == UNVERIFIED):
            continue
        if source.graph == _CORRECTIONS:
            correcting = source.path
        quads.extend(read_file(source.path, graph_iri(source.graph)))
    if known_at is not None:
        quads = knowledge.known_at(quads, known_at)
        if graph_iri(_CORRECTIONS) not in {graph.value for graph in _graphs(quads)}:
            correcting = None  # nothing that they correct is left
    if name == "record":
        quads = _spoken_of(quads)
    if name == "curated":
        quads = _without_what_is_set_aside(quads)
    return quads if correcting is None else apply_corrections(quads, correcting)


def _spoken_of(quads: list[ox.Quad]) -> list[ox.Quad]:
    """Leave out the entities that no ``record/…`` graph mentions: what only the paper describes has no facts without it."""
    import pyoxigraph as ox

    parts = {graph: (graph_name(graph.value) or "").partition("/")[0] for graph in _graphs(quads)}
    mentioned: set[object] = set()
    for quad in quads:
        if isinstance(quad.graph_name, ox.NamedNode) and parts[quad.graph_name] == "record":
            mentioned.add(quad.subject)
            mentioned.add(quad.object)
    return [
        quad
        for quad in quads
        if not isinstance(quad.graph_name, ox.NamedNode)
        or parts[quad.graph_name] != "entities"
        or quad.subject in mentioned
    ]


def _without_what_is_set_aside(quads: list[ox.Quad]) -> list[ox.Quad]:
    """Leave out what yields where sources disagree; the disagreement itself, which names it, stays."""
    import pyoxigraph as ox

    set_aside = ox.NamedNode(CY.setAside)
    yielding = {quad.object for quad in quads if quad.predicate == set_aside}
    return [quad for quad in quads if quad.subject not in yielding] if yielding else quads


def _graphs(quads: Iterable[ox.Quad]) -> set[ox.NamedNode]:
    import pyoxigraph as ox

    return {quad.graph_name for quad in quads if isinstance(quad.graph_name, ox.NamedNode)}


def known_view(view: str) -> View:
    """Return `view` when there is such a view; raises :class:`~comity.errors.UnknownView` otherwise."""
    for known in VIEWS:
        if view == known:
            return known
    raise UnknownView(view, VIEWS)


def read_file(
    path: str | os.PathLike[str], graph: str | None = None, *, base: str | None = None
) -> list[ox.Quad]:
    """Return the statements of an RDF file, all of them in `graph` when that is given.

    The format follows the suffix. Blank nodes get fresh identifiers, so that files do not share them by accident. Raises
    :class:`~comity.errors.TurtleError` with line and column for a syntax error, :class:`~comity.errors.InputError` for a file
    that cannot be read, :class:`~comity.errors.UnknownFormat` for an unknown suffix.
    """
    import pyoxigraph as ox

    file = Path(path)
    try:
        suspect = limits.check_file(file)
        parsed = ox.parse(path=str(file), format=format_of(file), base_iri=base, rename_blank_nodes=True)
        if graph is None:
            quads = list(parsed)
        else:
            name = ox.NamedNode(graph)
            quads = [ox.Quad(quad.subject, quad.predicate, quad.object, name) for quad in parsed]
        if suspect:
            limits.check_iris(quads, file)
        return quads
    except MemoryError:
        raise InputError("holds a text or a name of more than 16 MB", "leave it out", file=resources.display(file)) from None
    except SyntaxError as error:
        raise syntax_error(error, resources.display(file)) from None
    except OSError as error:
        raise unreadable(error, file) from None


def format_of(path: Path) -> ox.RdfFormat:
    """Return the RDF format that the file's suffix names; raises :class:`~comity.errors.UnknownFormat`."""
    import pyoxigraph as ox

    suffix = path.suffix.lower()
    found = ox.RdfFormat.from_extension(suffix.lstrip(".")) if suffix in SUFFIXES else None
    if suffix == ".owl":
        found = ox.RdfFormat.RDF_XML
    if found is None:
        raise UnknownFormat(suffix or path.name, remedy=f"{resources.display(path)} must end in one of {', '.join(SUFFIXES)}")
    return found


def syntax_error(error: SyntaxError, file: str) -> TurtleError:
    """Return Comity's error for one of the parser's, which gives the place in its fields and, again, in its text."""
    what = error.msg
    if what.startswith("Parser error"):
        what = what.partition(": ")[2]
    return TurtleError(
        what, "correct the syntax at this place", file=file, line=error.lineno or None, column=error.offset or None
    )


def unreadable(error: OSError, file: Path) -> InputError:
    """Return Comity's error for a file that the system does not let us read."""
    reason = {FileNotFoundError: "no such file", IsADirectoryError: "this is a folder", PermissionError: "no permission"}
    what = reason.get(type(error), error.strerror or str(error))
    return InputError(f"cannot be read: {what}", "name a readable file", file=resources.display(file))


def read_corrections(quads: Iterable[ox.Quad], file: Path) -> tuple[Correction, ...]:
    """Return the corrections that `quads` describe, sorted by IRI.

    `file` is where they come from, for messages. Raises :class:`~comity.errors.DataError` for one that lacks subject,
    property or status (unless it names no value and is not applied), or has two of them, or has more than one stated or corrected value.
    """
    import pyoxigraph as ox

    described: dict[str, dict[str, list[ox.NamedNode | ox.Literal]]] = {}
    named: set[str] = set()
    for quad in quads:
        if isinstance(quad.subject, ox.NamedNode) and isinstance(quad.object, ox.NamedNode | ox.Literal):
            described.setdefault(quad.subject.value, {}).setdefault(quad.predicate.value, []).append(quad.object)
            if quad.predicate.value == RDF.type and quad.object == ox.NamedNode(CY.Correction):
                named.add(quad.subject.value)

    applied_status = ox.NamedNode(iri("correction-status", "applied"))
    corrections = []
    for name in sorted(named):
        values = described[name]
        if CY.correctedSubject not in values and _one(values, name, CY.correctionStatus, file) != applied_status:
            continue  # an erratum that names no value: its names are mended, or it is no matter for the graph
        subject = _one(values, name, CY.correctedSubject, file)
        prop = _one(values, name, CY.correctedProperty, file)
        status = _one(values, name, CY.correctionStatus, file)
        if not isinstance(subject, ox.NamedNode) or not isinstance(prop, ox.NamedNode):
            raise _bad(name, "does not name its subject and property by IRI", "name both by IRI", file)
        stated = _at_most_one(values, name, CY.statedValue, file)
        corrected = _at_most_one(values, name, CY.correctedValue, file)
        applied = status == applied_status
        if applied and stated == corrected:
            raise _bad(name, "is applied but changes nothing", "give it a stated and a different corrected value", file)
        corrections.append(Correction(name, subject, prop, stated, corrected, applied))
    return tuple(corrections)


def _one(
    values: dict[str, list[ox.NamedNode | ox.Literal]], name: str, prop: str, file: Path
) -> ox.NamedNode | ox.Literal:
    value = _at_most_one(values, name, prop, file)
    if value is None:
        raise _bad(name, f"has no {shorten(prop)}", "add it", file)
    return value


def _at_most_one(
    values: dict[str, list[ox.NamedNode | ox.Literal]], name: str, prop: str, file: Path
) -> ox.NamedNode | ox.Literal | None:
    found = values.get(prop, [])
    if len(found) > 1:
        raise _bad(name, f"has {len(found)} values of {shorten(prop)}", "make one correction for each", file)
    return found[0] if found else None


def _bad(name: str, what: str, remedy: str, file: Path) -> DataError:
    from comity.locate import line_of

    return DataError(f"{shorten(name)} {what}", remedy, file=resources.display(file), line=line_of(file, name))


def apply_corrections(quads: Sequence[ox.Quad], file: Path) -> list[ox.Quad]:
    """Return `quads` with the applied corrections among them carried out; `file` is where these come from.

    The stated triple leaves every ``paper/…`` graph, the corrected one enters ``corrections``. Raises
    :class:`~comity.errors.DataError` when no ``paper/…`` graph states what a correction corrects.
    """
    import pyoxigraph as ox

    target = ox.NamedNode(graph_iri(_CORRECTIONS))
    corrections = [
        correction
        for correction in read_corrections((quad for quad in quads if quad.graph_name == target), file)
        if correction.applied
    ]
    withdrawn: dict[ox.Triple, str] = {}
    for correction in corrections:
        if correction.stated is None:
            continue
        triple = ox.Triple(correction.subject, correction.property, correction.stated)
        if triple in withdrawn:
            raise _bad(correction.iri, f"corrects what {shorten(withdrawn[triple])} corrects", "keep one of them", file)
        withdrawn[triple] = correction.iri

    # Most subjects are never corrected: asking for the subject first spares making a triple of each quad.
    subjects = {triple.subject for triple in withdrawn}
    kept: list[ox.Quad] = []
    missing = dict(withdrawn)
    for quad in quads:
        if quad.subject in subjects and _is_paper(quad.graph_name) and quad.triple in withdrawn:
            missing.pop(quad.triple, None)
        else:
            kept.append(quad)
    for triple, name in missing.items():
        raise _bad(
            name,
            "corrects a statement that no paper graph makes: "
            f"{_written(triple.subject)} {_written(triple.predicate)} {_written(triple.object)}",
            "state it as printed in data/paper, or mend the correction",
            file,
        )
    kept.extend(
        ox.Quad(correction.subject, correction.property, correction.corrected, target)
        for correction in corrections
        if correction.corrected is not None
    )
    return kept


def _is_paper(graph: object) -> bool:
    import pyoxigraph as ox

    return isinstance(graph, ox.NamedNode) and (graph_name(graph.value) or "").startswith("paper/")


def _written(term: object) -> str:
    import pyoxigraph as ox

    return shorten(term.value) if isinstance(term, ox.NamedNode) else str(term)
