"""Builds the mapping set of Wikidata: the table of candidates, and which thing of the edition each of them is about."""

from __future__ import annotations

import csv
import datetime
import re
import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from comity.errors import DataError, ResourceError
from comity.links.resolve import TOOL
from comity.links.sssom import NO_TERM_FOUND, NOT, Mapping, MappingSet, mapping_sets, read
from comity.links.wikidata import item_iri
from comity.terms import CY, ID, RDFS, SKOS
from links.things import Things

HERE: Final = Path(__file__).parent
TABLE: Final = "candidates.csv"
_SEMAPV: Final = "https://w3id.org/semapv/vocab/"
_BY_LABEL: Final = _SEMAPV + "LexicalMatching"
_BY_CODE: Final = _SEMAPV + "BackgroundKnowledgeBasedMatching"
_BY_HAND: Final = _SEMAPV + "ManualMappingCuration"
_ISO_OF_ITEM: Final = "http://www.wikidata.org/prop/direct/P297"
_AUTHOR: Final = "The Comity contributors"
_TOOL: Final = "scripts/build_links.py"
#: Ranks, not rates that were measured: by an ISO code in three tables, by name and class in two sources, by one source.
_BY_ISO: Final = Decimal("0.99")
_CONFIDENCE: Final = {"verified": Decimal("0.95"), "likely": Decimal("0.7")}
METADATA: Final = {
    "mapping_set_id": "https://w3id.org/comity/graph/links/wikidata",
    "mapping_set_title": "Comity to Wikidata",
    "mapping_set_description": (
        "What the things of Comity are in Wikidata, and for which no item was found. The items come from stored copies of tables and "
        "of extracts of Wikidata; none was looked up live. The confidence is a rank: 0.99 three tables agree on an ISO code, 0.95 two "
        "sources agree on name and item, or one extract of Wikidata gives name and class, 0.7 one source only."
    ),
    "license": "https://creativecommons.org/licenses/by/4.0/",
    "creator_label": [_AUTHOR],
    "subject_source": "https://w3id.org/comity",
    "object_source": "http://www.wikidata.org/entity/Q2013",
    "object_source_version": "stored copies of 2020 to 2026",
}


def build(folder: Path) -> MappingSet:
    """Build the mapping set from the table in `folder`.

    Rows that were found live (by ``comity link resolve``) are in no table: they are taken over from the set as it is, and stand for
    a candidate without an item. Raises :class:`~comity.errors.ResourceError` without the table, and
    :class:`~comity.errors.DataError` for a candidate of which ``wikidata.toml`` says nothing, or that it names and the table has not.
    """
    table = folder / TABLE
    if not table.is_file():
        raise ResourceError(f"{table}: no such table", "give the folder of the tables with --tables, or in COMITY_LINKS")
    with table.open(encoding="utf-8", newline="") as handle:
        candidates = list(csv.DictReader(handle))
    said = tomllib.loads((HERE / "wikidata.toml").read_text(encoding="utf-8"))
    rows = _Build(said).mappings(candidates)
    live = [each for each in read(mapping_sets()["links/wikidata"]).mappings if each.mapping_tool == TOOL]
    found = {(each.subject_id, each.predicate_id) for each in live}
    kept = (each for each in rows if each.object_id != NO_TERM_FOUND or (each.subject_id, each.predicate_id) not in found)
    return MappingSet(METADATA, (*kept, *live))


class _Build:
    def __init__(self, said: dict[str, Any]) -> None:
        self.said = said
        self.things = Things()
        self.day = datetime.date.fromisoformat(said["date"])

    def mappings(self, candidates: list[dict[str, str]]) -> list[Mapping]:
        """The rows: of each candidate that is about a thing of ours, and of each item that is known to be wrong."""
        named = {*self.said["same"], *self.said["judged"], *self.said["absent"]}
        for label in sorted(named - {row["label"] for row in candidates}):
            raise DataError(f"'{label}' is in no row of {TABLE}", "delete the entry", file="wikidata.toml")
        found: dict[tuple[str, str, str], Mapping] = {}
        for row in candidates:
            if row["label"] in self.said["absent"]:
                continue
            mapping = self._mapping(row)
            key = (mapping.subject_id, mapping.predicate_id, mapping.object_id)
            # Two candidates without an item may be about one thing.
            if key not in found:
                found[key] = mapping
            elif mapping.object_id != NO_TERM_FOUND:
                raise DataError(f"'{row['label']}' says what another candidate says", "delete one", file="wikidata.toml")
        return [*found.values(), *map(self._denial, self.said["wrong"])]

    def _mapping(self, row: dict[str, str]) -> Mapping:
        label, excerpt, confidence = row["label"], row["evidence_excerpt"], row["confidence"]
        judged = self.said["judged"].get(label)
        iso = re.match(r"ISO ([A-Z]{2}): ", excerpt)
        predicate = SKOS.closeMatch if confidence == "likely" else SKOS.exactMatch
        reason = ""
        if judged:
            subject, predicate = ID + judged["thing"], SKOS[judged["predicate"]]
            reason = judged["reason"][0].upper() + judged["reason"][1:] + ". "
        elif label in self.said["same"]:
            subject = ID + self.said["same"][label]
        elif iso:
            subject = self.things.by_code[iso[1]]
        else:
            raise DataError(f"nothing is said of '{label}'", "say which thing it is, or that there is none", file="wikidata.toml")
        if not row["qid"]:
            return self._row(
                subject,
                predicate_id=predicate,
                object_id=NO_TERM_FOUND,
                mapping_justification=_BY_LABEL,
                comment=f"Searched as “{label}”: {excerpt}.",
            )
        name, classes = self._item(label, excerpt)
        by_code = iso is not None and not judged
        return self._row(
            subject,
            predicate_id=predicate,
            object_id=item_iri(row["qid"]),
            object_label=name,
            object_category=classes,
            mapping_justification=_BY_HAND if judged else _BY_CODE if by_code else _BY_LABEL,
            subject_match_field="" if judged else CY.isoAlpha2 if by_code else RDFS.label,
            object_match_field="" if judged else _ISO_OF_ITEM if by_code else RDFS.label,
            confidence=_BY_ISO if by_code and confidence == "verified" else _CONFIDENCE[confidence],
            comment=f"{reason}Found as “{label}” in {_sources(row['evidence'])}.",
        )

    def _denial(self, item: str) -> Mapping:
        wrong = self.said["wrong"][item]
        return self._row(
            ID + wrong["thing"],
            predicate_id=SKOS.exactMatch,
            predicate_modifier=NOT,
            object_id=item_iri(item),
            object_label=wrong.get("label", ""),
            object_category=wrong.get("class", ""),
            mapping_justification=_BY_HAND,
            comment=wrong["reason"][0].upper() + wrong["reason"][1:] + ".",
        )

    def _row(self, subject: str, **slots: Any) -> Mapping:
        if subject not in self.things.type:
            raise DataError(f"{subject} is no thing of the edition", "correct its key", file="wikidata.toml")
        return Mapping(
            subject_id=subject,
            subject_label=self.things.label[subject],
            subject_category=self.things.type[subject],
            author_label=_AUTHOR,
            mapping_tool=_TOOL,
            mapping_date=self.day,
            **slots,
        )

    def _item(self, label: str, excerpt: str) -> tuple[str, str]:
        """The item's label and classes, read from the excerpt: remarks, then the label, then the classes."""
        told, _, classes = excerpt.partition(" ; P31: ")
        name = re.sub(r"^ISO [A-Z]{2}: ", "", told.split(" ; ")[-1].split(" | ")[0])
        read = self.said["read"].get(label, {})
        return read.get("label", name), read.get("class", classes)


def _sources(evidence: str) -> str:
    """The sources of a candidate, without the number that a search engine gave one."""
    return re.sub(r"find_string id \d+ \((.*?)\)", r"\1", evidence)

