"""Builds the mapping set of GeoNames: its numbers for States, in a table of ISO codes."""

from __future__ import annotations

import datetime
from decimal import Decimal
from pathlib import Path
from typing import Final

from comity.links import Mapping, MappingSet
from comity.terms import CY, ID, SKOS
from links.things import Things
from record.tables import Tables

TABLE: Final = "countries_iso_m49_wikidata"
_AUTHOR: Final = "The Comity contributors"
#: One table, by the code of ISO 3166-1.
_CONFIDENCE: Final = Decimal("0.9")
_DAY: Final = datetime.date(2026, 11, 25)
#: The code stands for more or for less than the party to treaties, and the table does not say which of the two it numbers.
NEAR: Final = ("DNK", "NLD", "VAT")
METADATA: Final = {
    "mapping_set_id": "https://w3id.org/comity/graph/links/geonames",
    "mapping_set_title": "Comity to GeoNames",
    "mapping_set_description": (
        "The numbers of States in GeoNames, by their ISO 3166-1 codes, as in datasets/country-codes. None was looked up live. "
        "The confidence is a rank: one table, by a code."
    ),
    "license": "https://creativecommons.org/licenses/by/4.0/",
    "creator_label": [_AUTHOR],
    "subject_source": "https://w3id.org/comity",
    "object_source": "https://www.geonames.org/ontology",
    "object_source_version": "datasets/country-codes caa72d1, 2026-05-15",
}


def build(folder: Path) -> MappingSet:
    """Build the mapping set from the table in `folder`; raises :class:`~comity.errors.ResourceError` without it."""
    things = Things()
    numbers = {f"{ID}state/{row['iso_alpha3']}": row["geonames_id"] for row in Tables(folder)[TABLE]}
    return MappingSet(
        METADATA,
        tuple(
            Mapping(
                subject_id=state,
                subject_label=things.label[state],
                subject_category=things.type[state],
                predicate_id=SKOS.closeMatch if state.rsplit("/", 1)[1] in NEAR else SKOS.exactMatch,
                object_id=f"https://sws.geonames.org/{numbers[state]}/",
                mapping_justification="https://w3id.org/semapv/vocab/BackgroundKnowledgeBasedMatching",
                confidence=_CONFIDENCE,
                subject_match_field=CY.isoAlpha3,
                author_label=_AUTHOR,
                mapping_date=_DAY,
            )
            for state in sorted(things.by_code.values())
        ),
    )
