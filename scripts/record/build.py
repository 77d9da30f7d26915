"""Builds the whole public record from its tables."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox

from comity.terms import RDFS
from record import coverage, memberships, participation, resolutions, sanctions, states, unverified
from record.tables import Tables
from record.writer import Record


def known_names(data: Path) -> dict[str, str]:
    """The English name of each thing in data/entities, by IRI."""
    label = ox.NamedNode(RDFS.label)
    return {
        quad.subject.value: quad.object.value
        for path in sorted((data / "entities").glob("*.ttl"))
        for quad in ox.parse(path=str(path), format=ox.RdfFormat.TURTLE)
        if quad.predicate == label and quad.object.language == "en"
    }


def build(folder: Path, names: dict[str, str]) -> Record:
    """Build the record from the tables in ``folder``. ``names``: the English names that data/entities gives, by IRI."""
    tables, record = Tables(folder), Record(names)
    territories = states.Territories(tables)
    states.build(tables, record, territories)
    acts = participation.build(tables, record, territories)
    spells = memberships.build(tables, record, territories)
    resolutions.build(tables, record)
    sanctions.build(tables, record)
    coverage.build(tables, record, acts)
    unverified.build(tables, record, territories, spells)
    return record
