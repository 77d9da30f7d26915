"""Builds the mapping sets that follow from a code or symbol: countries and acts of the EU, documents of the United Nations.

None of the addresses was looked up. Where the identifier itself comes from a table that was written without a document at hand, the match
is a close one, as for any other single source. Bodies in the EU's table of corporate bodies, UNBIS descriptors and numbers of the UN
Treaty Collection are in no table that we have, so there are no sets of these.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from comity.errors import DataError
from comity.links import Mapping, MappingSet
from comity.links.sssom import STANDARD_PREFIXES
from comity.terms import CY, ID, RDFS, SKOS
from links.geonames import NEAR
from links.things import Things
from record.tables import Row, Tables

COUNTRIES: Final = "countries_iso_m49_wikidata"
RESOLUTIONS: Final = "unsc_resolutions_ct"
ASSEMBLY: Final = "unverified/ga_documents"
ACTS: Final = "unverified/eu_documents"
_AUTHOR: Final = "The Comity contributors"
_DAY: Final = datetime.date(2026, 11, 25)
_BY_CODE: Final = "https://w3id.org/semapv/vocab/BackgroundKnowledgeBasedMatching"
#: Ranks, like those of the other sets: a code of a sourced table and a form of address that is in public use; one source only.
_BY_FORM, _ONE_SOURCE = Decimal("0.8"), Decimal("0.7")
_UNVERIFIED: Final = "The identifier is from a table written without a document at hand."
_CELEX: Final = re.compile(r"[0-9]{5}[A-Z]{1,2}[0-9]{4}")


def _metadata(name: str, title: str, description: str, source: str, version: str) -> dict[str, Any]:
    return {
        "mapping_set_id": f"https://w3id.org/comity/graph/links/{name}",
        "mapping_set_title": title,
        "mapping_set_description": f"{description} None was looked up live. The confidence is a rank.",
        "license": "https://creativecommons.org/licenses/by/4.0/",
        "creator_label": [_AUTHOR],
        "subject_source": "https://w3id.org/comity",
        "object_source": source,
        "object_source_version": version,
    }


def _row(things: Things, thing: str, **slots: Any) -> Mapping:
    return Mapping(
        subject_id=thing,
        subject_label=things.label[thing],
        subject_category=things.type[thing],
        mapping_justification=_BY_CODE,
        author_label=_AUTHOR,
        mapping_date=_DAY,
        **slots,
    )


def eu_countries(folder: Path) -> MappingSet:
    """Build the mapping set of the EU's table of countries, whose keys are the codes of ISO 3166-1 alpha-3."""
    things = Things()
    codes = {f"{ID}state/{row['iso_alpha3']}": row["iso_alpha3"] for row in Tables(folder)[COUNTRIES]}
    rows = (
        _row(
            things,
            state,
            predicate_id=SKOS.closeMatch if codes[state] in NEAR else SKOS.exactMatch,
            object_id=STANDARD_PREFIXES["eu-country"] + codes[state],
            confidence=_BY_FORM,
            subject_match_field=CY.isoAlpha3,
        )
        for state in sorted(things.by_code.values())
    )
    description = "States in the authority table of countries of the Publications Office of the EU, by their ISO 3166-1 codes."
    source = STANDARD_PREFIXES["eu-country"].rstrip("/")
    return MappingSet(_metadata("eu-countries", "Comity to EU countries", description, source, "the form of its IRIs"), tuple(rows))


def eu_acts(folder: Path) -> MappingSet:
    """Build the mapping set of acts of the EU: their numbers in CELEX, and their ELI where the table gives one."""
    things = Things()
    description = (
        "Acts of the EU by their numbers in CELEX, and by the European Legislation Identifier where it is known. Numbers with a part in "
        "brackets are left out: how such an IRI is written is not known here. "
        "The numbers are from a table written without a document at hand, so all are close matches."
    )
    source = STANDARD_PREFIXES["celex"].rstrip("/")
    metadata = _metadata("eu-acts", "Comity to acts of the EU", description, source, "unverified table")
    return MappingSet(metadata, tuple(_acts(things, Tables(folder)[ACTS])))


def _acts(things: Things, table: Iterable[Row]) -> Iterator[Mapping]:
    for row in table:
        celex, eli = row["celex"], row["eli"]
        thing = things.by_symbol.get(f"CELEX {celex}")
        if not _CELEX.fullmatch(celex):
            continue
        if thing is None:
            raise DataError(f"no thing has the symbol 'CELEX {celex}'", "build the record first", file=f"{ACTS}.csv")
        slots: dict[str, Any] = {"predicate_id": SKOS.closeMatch, "confidence": _ONE_SOURCE, "comment": _UNVERIFIED}
        yield _row(things, thing, object_id=STANDARD_PREFIXES["celex"] + celex, subject_match_field=CY.symbol, **slots)
        if eli:
            yield _row(things, thing, object_id=eli, **slots)


def un_documents(folder: Path) -> MappingSet:
    """Build the set of addresses of resolutions in the document system of the United Nations: pages about them, so no matches."""
    things, tables = Things(), Tables(folder)
    description = (
        "Where the texts of resolutions are in the document system of the United Nations, by their symbols: an address, and no name of the "
        "resolution, so rdfs:seeAlso."
    )
    title, source = "Comity to documents of the United Nations", STANDARD_PREFIXES["un-document"] + "en"
    metadata = _metadata("un-documents", title, description, source, "the form of its addresses")
    sources = ((RESOLUTIONS, _BY_FORM, ""), (ASSEMBLY, _ONE_SOURCE, _UNVERIFIED))
    rows = []
    for name, confidence, comment in sources:
        for row in tables[name]:
            thing = things.by_symbol.get(row["symbol"])
            if thing is None:
                raise DataError(f"no thing has the symbol '{row['symbol']}'", "build the record first", file=f"{name}.csv")
            rows.append(
                _row(
                    things,
                    thing,
                    predicate_id=RDFS.seeAlso,
                    object_id=f"{source}/" + row["symbol"].replace(" ", ""),
                    confidence=confidence,
                    subject_match_field=CY.symbol,
                    comment=comment,
                )
            )
    return MappingSet(metadata, tuple(rows))
