"""Links to things elsewhere: mapping sets in SSSOM, each row with its justification, and the RDF made of them."""

from __future__ import annotations

from comity.links.gate import Classes, faults
from comity.links.sssom import NO_TERM_FOUND, Mapping, MappingSet, mapping_sets, read, serialize, triples
from comity.links.wikidata import item_iri

__all__ = ["NO_TERM_FOUND", "Classes", "Mapping", "MappingSet", "faults", "item_iri", "mapping_sets", "read", "serialize", "triples"]
