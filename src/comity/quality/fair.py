"""How findable, accessible, interoperable and reusable the edition is: the checks of FOOPS! and F-UJI that files can show.

``shapes/hygiene/fair.toml`` has a disposition for each of them, and the query of each that is asked here.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from comity import resources
from comity.errors import DataError
from comity.terms import with_prefixes

if TYPE_CHECKING:
    import pyoxigraph as ox

DISPOSITIONS: Final = ("checked", "checked elsewhere", "published")


@dataclass(frozen=True, slots=True)
class Principle:
    """One check of a `tool`: its `name`, `title`, `disposition`, the query `ask` (or nothing), the `test` or the `reason`."""

    tool: str
    name: str
    title: str
    disposition: str
    ask: str = ""
    test: str = ""
    reason: str = ""


def principles() -> tuple[Principle, ...]:
    """Return the checks of both tools, in the order of the file; raises :class:`~comity.errors.DataError` for an incomplete one."""
    file = resources.shapes() / "hygiene" / "fair.toml"
    stated: dict[str, dict[str, dict[str, Any]]] = tomllib.loads(file.read_text(encoding="utf-8"))
    found = tuple(Principle(tool, name, **fields) for tool, checks in stated.items() for name, fields in checks.items())
    for each in found:
        # What is not shown by a query has a test or a reason.
        shown = {"checked": each.ask, "checked elsewhere": each.test, "published": each.reason}
        if not shown.get(each.disposition):
            raise DataError(f"{each.name} has no known disposition, or nothing that shows it", "complete it", file=resources.display(file))
    return found


def unmet(asked: Iterable[Principle], quads: Iterable[ox.Quad]) -> list[Principle]:
    """Return those of the checks whose query says no of the edition with these quads."""
    store = _described(quads)
    return [each for each in asked if each.ask and not bool(store.query(with_prefixes(each.ask)[0]))]


def _described(quads: Iterable[ox.Quad]) -> ox.Store:
    """The ontology, the catalogue and the description for search engines, each in a graph."""
    import pyoxigraph as ox

    from comity.export.formats import planned
    from comity.export.metadata.about import about
    from comity.export.metadata.dcat import dcat_turtle
    from comity.export.metadata.schema_org import schema_org
    from comity.export.things import Things
    from comity.terms import graph_iri

    every = list(quads)
    things = Things(every)
    stated = about(things)
    files = planned()
    ontology = ox.NamedNode(graph_iri("ontology"))
    store = ox.Store()
    home = ox.NamedNode("urn:ontology")
    store.extend(ox.Quad(quad.subject, quad.predicate, quad.object, home) for quad in every if quad.graph_name == ontology)
    store.load(dcat_turtle(things, stated, files), format=ox.RdfFormat.TURTLE, to_graph=ox.NamedNode("urn:dcat"))
    store.load(schema_org(things, stated, files), format=ox.RdfFormat.JSON_LD, to_graph=ox.NamedNode("urn:schema-org"))
    return store
