"""Says which statements of a view are exported: by graph, by whether they are inferred, by topic and by organization.

What is *about* a topic (with its narrower ones) or an organization (with its organs, agencies and parts) are the things that name it
in a statement of their own, and it itself. Of these, everything is exported; of what they mention, class and names; and what says who
states it (passages, citations, sources), so that each statement can be cited. Where both are given, a thing must be about both.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Final

from comity.errors import UnknownGraph, UnknownName, UsageError
from comity.terms import CY, INFERRED, RDF, RDFS, SKOS, graph_iri, graph_name, iri

if TYPE_CHECKING:
    import pyoxigraph as ox

    from comity.store import Store

INFERRED_CHOICES: Final = ("yes", "no", "only")

_NAMING: Final = (RDF.type, RDFS.label, SKOS.prefLabel)
#: What leads from an organization down to what belongs to it.
_BELONGS: Final = (CY.organOf, CY.agencyOf, CY.branchOf)
#: Classifications hold of nearly everything, and make nothing a matter of what they name.
_LOOSE: Final = (RDF.type, SKOS.broader, SKOS.narrower, SKOS.inScheme, SKOS.topConceptOf, SKOS.hasTopConcept, CY.level)
_SAYING_WHO: Final = (CY.statedIn, CY.inSection, CY.source)


def select(
    store: Store,
    *,
    inferred: str = "yes",
    graphs: Sequence[str] | None = None,
    topics: Sequence[str] = (),
    organizations: Sequence[str] = (),
) -> Iterator[ox.Quad]:
    """Return the quads of a store that are to be exported.

    `inferred` is ``yes``, ``no`` or ``only``; `graphs` are names such as ``paper/2.1.2``, or full IRIs; `topics` and `organizations` name
    things as a question's parameters do. Raises :class:`~comity.errors.UnknownGraph` for a graph that the store does not have, and
    :class:`~comity.errors.UsageError` for a topic or organization that it does not know.
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
    quads = (quad for graph in sorted(wanted) for quad in store.quads(graph))
    if not topics and not organizations:
        return quads
    return _about(store, list(quads), topics, organizations)


def _about(store: Store, quads: list[ox.Quad], topics: Sequence[str], organizations: Sequence[str]) -> Iterator[ox.Quad]:
    """Yield what is about the topics and the organizations."""
    from comity.questions.names import NameIndex

    names = NameIndex(store)
    core: set[object] | None = None
    for asked, class_iri, scheme, thing in (
        (topics, SKOS.Concept, iri("scheme", "topic"), "topic"),
        (organizations, CY.Organization, None, "organization"),
    ):
        if not asked:
            continue
        seeds = _below(quads, {_named(names, text, class_iri, scheme, thing) for text in asked}, topical=thing == "topic")
        loose = set(_LOOSE)
        about = {quad.subject for quad in quads if quad.object in seeds and quad.predicate.value not in loose} | seeds
        core = about if core is None else core & about
    assert core is not None
    mentioned = {quad.object for quad in quads if quad.subject in core}
    # A passage leads to its section, a citation to its source.
    stating = {quad.object for quad in quads if quad.subject in core and quad.predicate.value in _SAYING_WHO}
    for _ in range(2):
        stating |= {quad.object for quad in quads if quad.subject in stating and quad.predicate.value in _SAYING_WHO}
    whole = core | stating
    mentioned |= {quad.object for quad in quads if quad.subject in stating}
    return (quad for quad in quads if quad.subject in whole or (quad.subject in mentioned and quad.predicate.value in _NAMING))


def _named(names: object, text: str, class_iri: str, scheme: str | None, thing: str) -> ox.NamedNode:
    import pyoxigraph as ox

    from comity.questions.names import NameIndex, NotResolved

    assert isinstance(names, NameIndex)
    try:
        return ox.NamedNode(names.resolve(text, class_iri, scheme))
    except NotResolved as error:
        meant = " | ".join(str(candidate) for candidate in error.candidates)
        which = f"names more than one {thing}" if error.ambiguous else f"names no {thing} of this view"
        raise UsageError(f"'{text}' {which}", f"did you mean {meant}?" if meant else f"`comity ask {thing}s` lists them") from None


def _below(quads: Iterable[ox.Quad], seeds: set[ox.NamedNode], *, topical: bool) -> set[object]:
    """The seeds, and the narrower topics or the organs below them."""
    upward = (SKOS.broader,) if topical else _BELONGS
    edges = [(quad.subject, quad.object) for quad in quads if quad.predicate.value in upward]
    found: set[object] = set(seeds)
    while more := {below for below, above in edges if above in found and below not in found}:
        found |= more
    return found
