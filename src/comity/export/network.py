"""The network of cooperation: who and what (nodes), and how they hang together (edges), for Gephi, Cytoscape and networkx.

Nodes are the actors, frameworks, instruments, mechanisms and what they do together; not the passages, concepts and acts that only say
something of these. An edge is a statement from one node to another, named after its property; of a property and a broader one that follows
from it, only the first. A membership and an act of participation are edges too, from the member to the organization and from the
participant to the instrument, with their days and roles.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from comity.export.things import Things
from comity.files import write_whole
from comity.table.extras import needed
from comity.terms import CY, OWL, RDFS, shorten, split_iri

KINDS: Final = (
    *("state", "organization", "body", "agency", "group", "entity", "programme", "relation"),
    *("instrument", "collection", "mechanism", "meeting", "exercise", "incident"),
)
"""The kinds of things that are nodes."""

@dataclass(frozen=True, slots=True)
class Node:
    """A node: `iri`, `label`, `kind` (as in its IRI), `type` (its class), and `level` of cooperation, or nothing."""

    iri: str
    label: str
    kind: str
    type: str
    level: str


@dataclass(frozen=True, slots=True)
class Edge:
    """An edge: from, to, `type` (a property's name, ``membership`` or the kind of an act), and the first and last day known, or nothing."""

    source: str
    target: str
    type: str
    label: str
    start: str = ""
    end: str = ""
    iri: str = ""


def nodes(things: Things) -> list[Node]:
    """Return the nodes, by IRI."""
    return [
        Node(
            iri=thing,
            label=things.label(thing),
            kind=(split_iri(thing) or ("", ""))[0],
            type=shorten(things.own_class(thing) or "").rpartition(":")[2],
            level=next((things.label(term.value) for term in things.about[thing].get(CY.level, ())), ""),
        )
        for thing in things.ours
        if (split_iri(thing) or ("",))[0] in KINDS
    ]


def edges(things: Things) -> list[Edge]:
    """Return the edges, each once, in order."""
    known = {node.iri for node in nodes(things)}
    return sorted({*_stated(things, known), *_memberships(things, known), *_acts(things, known)}, key=_order)


def _order(edge: Edge) -> tuple[str, ...]:
    return edge.source, edge.target, edge.type, edge.start, edge.end, edge.iri


def _stated(things: Things, known: set[str]) -> Iterator[Edge]:
    broader = {name: _broader(things, name) for name in CY}
    inverse = {term.value: name for name in CY for term in things.about.get(name, {}).get(OWL.inverseOf, ())}
    for thing in sorted(known):
        found: dict[str, set[str]] = {}
        for name, values in things.about[thing].items():
            if name in CY:
                for term in values:
                    if term.value in known and term.value != thing:
                        found.setdefault(term.value, set()).add(name)
        for target, names in found.items():
            follows = {above for name in names for above in broader[name]}
            for name in names - follows:
                # Of a property and its inverse, the one that the ontology states of the other.
                if name in inverse and inverse[name] not in follows:
                    continue
                yield Edge(thing, target, name.removeprefix(str(CY)), things.label(name))


def _broader(things: Things, name: str) -> set[str]:
    found: set[str] = set()
    front = [name]
    while front:
        for term in things.about.get(front.pop(), {}).get(RDFS.subPropertyOf, ()):
            if term.value not in found:
                found.add(term.value)
                front.append(term.value)
    return found - {name}


def _memberships(things: Things, known: set[str]) -> Iterator[Edge]:
    for thing in things.members.get(CY.Membership, ()):
        role = _one(things, thing, CY.role)
        yield from _between(
            things, known, thing, CY.member, CY.organization, "membership", things.label(role) if role else "membership",
            (CY.startEarliest, CY.startDate), (CY.endLatest, CY.endDate),
        )


def _acts(things: Things, known: set[str]) -> Iterator[Edge]:
    for thing in things.members.get(CY.ParticipationAct, ()):
        kind = _one(things, thing, CY.kind)
        name = (split_iri(kind) or ("", "participation"))[1]
        yield from _between(
            things, known, thing, CY.participant, CY.instrument, name, things.label(kind) if kind else name,
            (CY.earliest, CY.date), (CY.latest, CY.date),
        )


def _between(
    things: Things,
    known: set[str],
    thing: str,
    source: str,
    target: str,
    name: str,
    label: str,
    start: tuple[str, ...],
    end: tuple[str, ...],
) -> Iterator[Edge]:
    first = next((value for key in start if (value := _one(things, thing, key))), "")
    last = next((value for key in end if (value := _one(things, thing, key))), "")
    for one in things.about[thing].get(source, ()):
        for other in things.about[thing].get(target, ()):
            if one.value in known and other.value in known:
                yield Edge(one.value, other.value, name, label, first, last, thing)


def _one(things: Things, thing: str, name: str) -> str:
    return next((term.value for term in things.about[thing].get(name, ())), "")


# -- writing ---------------------------------------------------------------------------------------------------------


def graph(things: Things) -> Any:
    """Return the network as a ``networkx.MultiDiGraph``. Needs the extra ``network``."""
    nx = needed("networkx", "network", "a network")
    made = nx.MultiDiGraph()
    made.graph["name"] = "Comity"
    for node in nodes(things):
        made.add_node(node.iri, label=node.label, kind=node.kind, type=node.type, level=node.level)
    for number, edge in enumerate(edges(things)):
        made.add_edge(
            edge.source, edge.target, key=number, label=edge.label, type=edge.type, start=edge.start, end=edge.end, iri=edge.iri
        )
    return made


def write_graphml(things: Things, path: Path) -> list[Path]:
    """Write GraphML and return its path. Needs the extra ``network``."""
    nx = needed("networkx", "network", "GraphML")
    buffer = io.BytesIO()
    nx.write_graphml_xml(graph(things), buffer, named_key_ids=True, edge_id_from_attribute=None)
    write_whole(path, buffer.getvalue())
    return [path]


def write_gexf(things: Things, path: Path) -> list[Path]:
    """Write GEXF 1.2 and return its path. Needs the extra ``network``."""
    needed("networkx", "network", "GEXF")
    from networkx.readwrite.gexf import GEXFWriter

    made = graph(things)
    for _, _, attributes in made.edges(data=True):
        # GEXF has these words for itself, and would take the days for those of a dynamic graph.
        attributes["since"], attributes["until"] = attributes.pop("start"), attributes.pop("end")
        attributes["relation"] = attributes.pop("type")
    writer = GEXFWriter(encoding="utf-8", prettyprint=True, version="1.2draft")
    writer.add_graph(made)
    for meta in writer.xml.findall("meta"):
        meta.attrib.pop("lastmodifieddate", None)  # the day of writing would make two files of one network
        for creator in meta.findall("creator"):
            creator.text = "Comity"
    buffer = io.BytesIO()
    writer.write(buffer)
    write_whole(path, buffer.getvalue())
    return [path]


def write_cytoscape(things: Things, path: Path) -> list[Path]:
    """Write the JSON of Cytoscape and Cytoscape.js and return its path; it needs no extra."""
    elements = {
        "nodes": [
            # networkx wants a name and a value of each node, Cytoscape an id and a name.
            {"data": {"id": n.iri, "value": n.iri, "name": n.label, "label": n.label, "kind": n.kind, "type": n.type, "level": n.level}}
            for n in nodes(things)
        ],
        "edges": [
            {
                "data": {
                    "id": f"e{number}", "key": number, "source": e.source, "target": e.target, "interaction": e.type, "label": e.label,
                    "start": e.start, "end": e.end, "iri": e.iri,
                }
            }
            for number, e in enumerate(edges(things))
        ],
    }
    document = {
        "format_version": "1.0", "generated_by": "comity", "directed": True, "multigraph": True,
        "data": {"name": "Comity"}, "elements": elements,
    }
    write_whole(path, (json.dumps(document, ensure_ascii=False, indent=0) + "\n").encode())
    return [path]
