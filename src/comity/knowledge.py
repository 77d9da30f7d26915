"""What was known by a day: the second of the two clocks, beside the legal time of :meth:`comity.Comity.on`.

A source of the record says up to which day it holds (``cy:statusAsOf``), and a work when it was published
(``dcterms:issued``). What rests on a source of a later day was not yet known from these sources:

* a graph whose primary source is later is left out, unless it dates nothing: names and codes of countries are no news;
* in the graphs that combine sources, so is each thing that rests on a later one; a disagreement between two sources is gone
  with either of them, and what it had set aside is back;
* what is then described by nothing but additions (a day of effect computed for an act that is gone) goes as well;
* the unverified record names no source, and so no day: it is never known;
* the paper, with its corrections, is known from the day of its publication.

Texts of treaties have no such day; what rests on them alone stays. So do names: of an entity, the edition always knows what it is.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final

from comity.terms import CY, DCAT, DCTERMS, PROV, RDF, XSD, graph_iri, graph_name

if TYPE_CHECKING:
    import pyoxigraph as ox

_UNVERIFIED: Final = graph_iri("record/unverified")


def known_at(quads: Sequence[ox.Quad], day: datetime.date) -> list[ox.Quad]:
    """Return those of the quads that their sources had recorded by `day` (Gregorian calendar, no time zone)."""
    limit = day.isoformat()
    parts = {quad.graph_name: (graph_name(getattr(quad.graph_name, "value", "")) or "").partition("/")[0] for quad in quads}
    later = {quad.subject for quad in quads if quad.predicate.value == CY.statusAsOf and _text(quad.object) > limit}
    gone: set[object] = {graph for graph in parts if getattr(graph, "value", "") == _UNVERIFIED}
    of_later = {quad.graph_name for quad in quads if quad.predicate.value == PROV.hadPrimarySource and quad.object in later}
    dating = of_later & _dating(quads)
    names_only = of_later - dating
    gone |= dating
    if _publication(quads) > limit:
        gone |= {graph for graph, part in parts.items() if part in ("paper", "corrections")}
    resting = _resting_on(quads, later)
    left = [
        quad
        for quad in quads
        if quad.graph_name not in gone
        and not (
            parts[quad.graph_name] == "record"
            and quad.graph_name not in names_only
            and (quad.subject, quad.graph_name) in resting
        )
    ]
    lost = _typed(quads) - _typed(left)
    return [quad for quad in left if quad.subject not in lost]


def _text(term: object) -> str:
    return str(getattr(term, "value", ""))


def _typed(quads: Iterable[ox.Quad], name: str | None = None) -> set[object]:
    """What has a class, or this one."""
    return {quad.subject for quad in quads if quad.predicate.value == RDF.type and name in (None, _text(quad.object))}


def _dating(quads: Sequence[ox.Quad]) -> set[object]:
    """The graphs that give a day of anything but a source."""
    datasets = _typed(quads, DCAT.Dataset)
    return {
        quad.graph_name
        for quad in quads
        if _text(getattr(quad.object, "datatype", None)) == XSD.date and quad.subject not in datasets
    }


def _publication(quads: Sequence[ox.Quad]) -> str:
    """The day on which the work was published whose sections the paper's graphs are; after all days if none is stated."""
    sections = _typed(quads, CY.Section)
    works = {quad.object for quad in quads if quad.predicate.value == CY.partOf and quad.subject in sections} - sections
    return min(
        (_text(quad.object) for quad in quads if quad.predicate.value == DCTERMS.issued and quad.subject in works),
        default="9999-12-31",
    )


def _resting_on(quads: Sequence[ox.Quad], later: set[ox.NamedNode | ox.BlankNode | ox.Triple]) -> set[tuple[object, object]]:
    """The things, each with the graph, that are stated in a later source or are an account of a later day."""
    # A citation is a place in its source.
    places = later | {quad.subject for quad in quads if quad.predicate.value == CY.source and quad.object in later}
    # The description of a source stays where its graph does: it is what says up to which day the source holds.
    accounts = later - _typed(quads, DCAT.Dataset)
    return {
        (quad.subject, quad.graph_name)
        for quad in quads
        if quad.subject in accounts or (quad.predicate.value == CY.statedIn and quad.object in places)
    }
