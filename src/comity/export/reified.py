"""RDF 1.2: each triple, and beside it a resource that reifies it and says which graphs state it.

::

    <…/state/CHN> rdfs:label "China"@en .
    <…/statement/3f…> rdf:reifies <<( <…/state/CHN> rdfs:label "China"@en )>> ; dcterms:source <…/graph/entities/state> .

So a store or a format without named graphs keeps who says what. The reifier's IRI is made of the triple: the same triple has the same
one in every release.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final

from comity.terms import BASE, DCTERMS

if TYPE_CHECKING:
    import pyoxigraph as ox

STATEMENT: Final = f"{BASE}statement/"
REIFIES: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#reifies"


def triples(quads: Iterable[ox.Quad]) -> Iterator[ox.Triple]:
    """Yield the triples of the quads, and what says of each in which graphs it stands."""
    import pyoxigraph as ox

    reifies, source = ox.NamedNode(REIFIES), ox.NamedNode(DCTERMS.source)
    for quad in quads:
        triple = quad.triple
        yield triple
        if isinstance(quad.graph_name, ox.NamedNode):
            name = reifier(triple)
            yield ox.Triple(name, reifies, triple)
            yield ox.Triple(name, source, quad.graph_name)


def reifier(triple: ox.Triple) -> ox.NamedNode:
    """Return what reifies the triple: an IRI with the first 128 bits of the SHA-256 of its line in N-Triples."""
    import pyoxigraph as ox

    return ox.NamedNode(STATEMENT + hashlib.sha256(f"{triple} .".encode()).hexdigest()[:32])
