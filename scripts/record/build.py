"""Builds the whole public record from its tables."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox

from comity.terms import RDFS
from record import coverage, memberships, participation, resolutions, sanctions, states
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
    """Build the record from the tables in ``folder``. ``names``: what data/entities names, which is not named again."""
    tables, record = Tables(folder), Record()
    territories = states.Territories(tables)
    titles = dict(names)
    states.build(tables, record, territories, set(names))
    acts = participation.build(tables, record, territories, titles)
    memberships.build(tables, record, territories, set(names))
    resolutions.build(tables, record, set(names))
    sanctions.build(tables, record, names)
    coverage.build(tables, record, acts)
    return record
