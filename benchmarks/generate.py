"""Made-up data in the shape of the edition, of any size: States, organizations, instruments, provisions, norms, acts.

    python benchmarks/generate.py 100000 out.nq     # about 100,000 quads as N-Quads

The same size gives the same quads. Nothing in it is true of any State; it only has the proportions of the real data: a
few hundred actors, organs in trees, instruments adopted by organs, provisions in provisions, norms in provisions,
dated acts, passages as sources, and labels on everything. The shapes find nothing wrong with it.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator

from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, serialize

BASE = "https://w3id.org/comity/"
CY = f"{BASE}ontology#"
XSD_DATE = NamedNode("http://www.w3.org/2001/XMLSchema#date")
XSD_INTEGER = NamedNode("http://www.w3.org/2001/XMLSchema#integer")
TYPE = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
IN_SCHEME = NamedNode("http://www.w3.org/2004/02/skos/core#inScheme")
LABEL = NamedNode("http://www.w3.org/2000/01/rdf-schema#label")

TREATIES = ("Treaty", "Agreement", "Protocol")
RESOLUTIONS = ("Resolution", "Declaration", "ActionPlan", "Decision")
NORMS = ("Obligation", "Prohibition", "Permission", "Recommendation", "Measure")


def _cy(name: str) -> NamedNode:
    return NamedNode(CY + name)


def _thing(kind: str, key: object) -> NamedNode:
    return NamedNode(f"{BASE}id/{kind}/{key}")


def _number(value: int) -> Literal:
    return Literal(str(value), datatype=XSD_INTEGER)


def quads(size: int, seed: int = 1) -> Iterator[Quad]:
    """Yield about `size` quads, never fewer."""
    rng = random.Random(seed)
    count = 0
    source = _thing("source", "all")
    states = [_thing("state", f"s{number}") for number in range(min(200, 20 + size // 500))]
    bodies: list[NamedNode] = []
    roles = {
        kind: [_thing(kind, f"{kind}-{number}") for number in range(many)]
        for kind, many in (
            ("topic", 40),
            ("action", 60),
            ("strength", 12),
            ("bearer-role", 8),
            ("membership-role", 4),
            ("act-kind", 6),
        )
    }
    scoped = {**roles, "scope": [_thing("scope", name) for name in ("universal", "regional")]}
    scoped["un-status"] = [_thing("un-status", "specialized-agency")]

    def day() -> Literal:
        return Literal(f"{rng.randint(1945, 2025)}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}", datatype=XSD_DATE)

    def about(graph: NamedNode, thing: NamedNode, class_name: str | None, /, **values: object) -> Iterator[Quad]:
        if class_name is not None:
            yield Quad(thing, TYPE, _cy(class_name), graph)
        yield Quad(thing, LABEL, Literal(f"{class_name or 'thing'} {thing.value.rsplit('/', 1)[-1]}", language="en"), graph)
        for name, value in values.items():
            assert isinstance(value, NamedNode | Literal)
            yield Quad(thing, _cy(name), value, graph)

    def framework() -> Iterator[Quad]:
        graph = NamedNode(f"{BASE}graph/entities/actors")
        for kind, concepts in scoped.items():
            for concept in concepts:
                yield Quad(concept, IN_SCHEME, _thing("scheme", kind), graph)
        yield from about(graph, source, "Source")
        for name in ("title", "publisher", "license", "description"):
            yield Quad(source, NamedNode(f"http://purl.org/dc/terms/{name}"), Literal(f"{name} of the source"), graph)
        work = _thing("work", "w")
        yield from about(graph, work, "Work")
        for number in range(50):
            section = _thing("section", f"x{number}")
            values = {"designation": Literal(str(number + 1)), "order": _number(number + 1), "partOf": work}
            yield from about(graph, section, "Section", **values)
        for state in states:
            yield from about(graph, state, "State")
        for number in range(max(3, len(states) // 6)):
            organization = _thing("organization", f"o{number}")
            universal = rng.random() < 0.3
            scope = _thing("scope", "universal" if universal else "regional")
            yield from about(graph, organization, "IntergovernmentalOrganization", membershipScope=scope)
            if universal and rng.random() < 0.5:
                yield Quad(organization, _cy("unStatus"), _thing("un-status", "specialized-agency"), graph)
            tree = [organization]
            for organ in range(rng.randint(2, 8)):
                body = _thing("body", f"o{number}-b{organ}")
                yield from about(graph, body, "Body", organOf=rng.choice(tree))
                tree.append(body)
            bodies.extend(tree)
            for member in rng.sample(states, rng.randint(3, len(states) // 2)):
                membership = _thing("membership", f"{member.value.rsplit('/', 1)[-1]}-o{number}")
                role = rng.choice(roles["membership-role"])
                yield from about(
                    graph,
                    membership,
                    "Membership",
                    member=member,
                    organization=organization,
                    role=role,
                    startDate=day(),
                    statedIn=source,
                )

    def instrument(number: int) -> Iterator[Quad]:
        graph = NamedNode(f"{BASE}graph/record/source{number % 40}")
        passage = _thing("passage", f"p{number}")
        document = _thing("instrument", f"i{number}")
        if rng.random() < 0.35:
            yield from about(graph, document, rng.choice(TREATIES), statedIn=passage, date=day())
            if rng.random() < 0.7:
                yield Quad(document, _cy("framework"), rng.choice(bodies), graph)
            else:
                relation = _thing("relation", f"r{number}")
                yield from about(graph, relation, "BilateralRelation")
                for party in rng.sample(states, 2):
                    yield Quad(relation, _cy("party"), party, graph)
                yield Quad(document, _cy("framework"), relation, graph)
            for act in range(rng.randint(2, 12)):
                thing = _thing("act", f"i{number}-a{act}")
                yield from about(
                    graph,
                    thing,
                    "InstrumentAct",
                    instrument=document,
                    agent=rng.choice(states),
                    kind=rng.choice(roles["act-kind"]),
                    date=day(),
                    statedIn=passage,
                )
        else:
            yield from about(graph, document, rng.choice(RESOLUTIONS), statedIn=passage, adoptedBy=rng.choice(bodies), date=day())
            yield Quad(document, _cy("number"), _number(number + 1), graph)
        if number and rng.random() < 0.15:
            yield Quad(document, _cy("supersedes"), _thing("instrument", f"i{rng.randrange(number)}"), graph)
        section = _thing("section", f"x{number % 50}")
        words = Literal(f"words of passage {number}")
        yield from about(graph, passage, "Passage", inSection=section, fragment=words, wordOffset=_number(number))
        above: NamedNode | None = None
        for place in range(rng.randint(1, 5)):
            provision = _thing("provision", f"i{number}-{place}")
            values = {"designation": Literal(str(place + 1)), "statedIn": passage, "provisionOf": document}
            yield from about(graph, provision, "Provision", **values)
            if above is not None and rng.random() < 0.5:
                yield Quad(provision, _cy("partOf"), above, graph)
            above = provision
            for norm in range(rng.randint(0, 2)):
                yield from about(
                    graph,
                    _thing("norm", f"i{number}-{place}-{norm}"),
                    rng.choice(NORMS),
                    provision=provision,
                    strength=rng.choice(roles["strength"]),
                    bearerRole=rng.choice(roles["bearer-role"]),
                    action=rng.choice(roles["action"]),
                    topic=rng.choice(roles["topic"]),
                    object=Literal(f"object {norm}", language="en"),
                    order=_number(norm + 1),
                    statedIn=passage,
                )

    for quad in framework():
        count += 1
        yield quad
    number = 0
    while count < size:
        for quad in instrument(number):
            count += 1
            yield quad
        number += 1


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: python benchmarks/generate.py SIZE FILE.nq")
    serialize(quads(int(sys.argv[1])), output=sys.argv[2], format=RdfFormat.N_QUADS)
