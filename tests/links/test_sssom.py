"""Mapping sets are SSSOM as the standard has it, come back as they were written, and are refused with the line that is wrong."""

from __future__ import annotations

import csv
import datetime
import json
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from comity.errors import DataError, InputError, UsageError
from comity.links import NO_TERM_FOUND, Mapping, MappingSet, item_iri, mapping_sets, read, serialize, triples
from comity.terms import ID, SKOS

SETS = mapping_sets()
SCHEMA = Path(__file__).parent / "schema" / "sssom_schema.schema.json"
MULTIPLE = ("author_label", "subject_match_field", "object_match_field")
"""Those of our columns that the standard lets have several values."""

HEAD = """\
#curie_map:
#  semapv: https://w3id.org/semapv/vocab/
#  skos: http://www.w3.org/2004/02/skos/core#
#  sssom: https://w3id.org/sssom/
#  state: https://w3id.org/comity/id/state/
#  w3id: https://w3id.org/
#  wd: http://www.wikidata.org/entity/
#  page: https://www.wikidata.org/wiki/
#mapping_set_id: https://example.org/set
#license: https://creativecommons.org/licenses/by/4.0/
#subject_source: w3id:comity
#object_source: wd:Q2013
"""
COLUMN_ROW = "subject_id\tpredicate_id\tobject_id\tmapping_justification\tconfidence\tmapping_date\n"
ROW = "state:PAK\tskos:exactMatch\twd:Q843\tsemapv:LexicalMatching\t0.9\t2026-01-02\n"
LINE = HEAD.count("\n") + 2


@pytest.mark.parametrize("name", SETS)
def test_a_set_comes_back_to_the_byte(name: str) -> None:
    assert serialize(read(SETS[name])) == SETS[name].read_text(encoding="utf-8")


def test_there_are_sets() -> None:
    assert "links/wikidata" in SETS


def as_json(path: Path) -> dict[str, Any]:
    """The file as the standard's JSON, read without our own reader."""
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    head = yaml.load("".join(line[1:] for line in lines if line.startswith("#")), Loader=yaml.BaseLoader)
    rows = []
    for cells in csv.DictReader((line for line in lines if not line.startswith("#")), delimiter="\t"):
        row: dict[str, Any] = {column: cell for column, cell in cells.items() if cell}
        row.update({column: row[column].split("|") for column in MULTIPLE if column in row})
        if "confidence" in row:
            row["confidence"] = float(row["confidence"])
        rows.append(row)
    return {**head, "mappings": rows}


@pytest.fixture(scope="module")
def standard() -> Any:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    schema = {"$defs": schema["$defs"], "$schema": schema["$schema"], "$ref": "#/$defs/MappingSet"}
    return jsonschema.Draft201909Validator(schema)


@pytest.mark.parametrize("name", SETS)
def test_a_set_is_valid_by_the_schema_of_the_standard(name: str, standard: Any) -> None:
    assert [error.message for error in standard.iter_errors(as_json(SETS[name]))] == []


@pytest.mark.parametrize(
    "change",
    [
        {"mapping_justification": "semapv:Guess"},
        {"confidence": 2},
        {"predicate_modifier": "Maybe"},
        {"colour": "red"},
        {"author_label": "one"},
    ],
)
def test_the_schema_of_the_standard_refuses(change: dict[str, Any], standard: Any) -> None:
    document = as_json(SETS["links/wikidata"])
    document["mappings"] = [{**document["mappings"][0], **change}]
    assert list(standard.iter_errors(document))


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        (ROW, 1, "has no head"),
        (HEAD, LINE - 1, "has no table"),
        (HEAD.replace("#license", "#licence") + COLUMN_ROW + ROW, 1, "the head has no license"),
        (HEAD.replace("#subject_source: w3id", "#subject_source: other") + COLUMN_ROW, 1, "'other:comity' has no prefix"),
        (HEAD + "#a: [\n" + COLUMN_ROW, LINE, "the head is no YAML"),
        ("\ufeff" + HEAD + COLUMN_ROW + ROW, 1, "byte order mark"),
        (HEAD + COLUMN_ROW.replace("confidence", "colour") + ROW, LINE - 1, "unknown column 'colour'"),
        (HEAD + COLUMN_ROW.replace("confidence", "object_id") + ROW, LINE - 1, "two columns 'object_id'"),
        (HEAD + COLUMN_ROW.replace("object_id", "object_label") + ROW, LINE - 1, "no column 'object_id'"),
        (HEAD + COLUMN_ROW + ROW + ROW.replace("\t0.9", ""), LINE + 1, "5 fields for 6 columns"),
        (HEAD + COLUMN_ROW + ROW + ROW, LINE + 1, f"says again what line {LINE} says"),
        (HEAD + COLUMN_ROW + ROW.replace("wd:Q843", ""), LINE, "has no object_id"),
        (HEAD + COLUMN_ROW + ROW.replace("wd:Q843", "dbr:Pakistan"), LINE, "'dbr:Pakistan' has no prefix"),
        (HEAD + COLUMN_ROW + ROW.replace("wd:Q843", "wd:P31"), LINE, "is no item of Wikidata"),
        (HEAD + COLUMN_ROW + ROW.replace("exactMatch", "broader"), LINE, "may not link things"),
        (HEAD + COLUMN_ROW + ROW.replace("LexicalMatching", "Guess"), LINE, "is no justification"),
        (HEAD + COLUMN_ROW + ROW.replace("0.9", "1.5"), LINE, "'1.5' is no confidence"),
        (HEAD + COLUMN_ROW + ROW.replace("0.9", "NaN"), LINE, "'NaN' is no confidence"),
        (HEAD + COLUMN_ROW + ROW.replace("0.9", "high"), LINE, "'high' is no confidence"),
        (HEAD + COLUMN_ROW + ROW.replace("01-02", "02-30"), LINE, "is no day"),
        (HEAD + COLUMN_ROW + ROW.replace("2026-01-02", "20260102"), LINE, "is no day"),
        (HEAD + COLUMN_ROW + ROW.replace("state:PAK", '"state:PAK'), LINE, "is no table"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(text: str, line: int, what: str, tmp_path: Path) -> None:
    path = tmp_path / "a.sssom.tsv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=what) as caught:
        read(path)
    assert caught.value.line == line
    assert f"a.sssom.tsv:{line}: " in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        read(tmp_path / "none.sssom.tsv")
    path = tmp_path / "a.sssom.tsv"
    path.write_bytes(HEAD.encode() + b"\xff")
    with pytest.raises(DataError, match=rf"a.sssom.tsv:{LINE - 1}: is not UTF-8"):
        read(path)


@pytest.mark.parametrize("form", ["wd:Q843", "page:Q843", "page:Special:EntityData/Q843.ttl", "page:q843"])
def test_every_form_of_an_item_is_read_as_one(form: str, tmp_path: Path) -> None:
    path = tmp_path / "a.sssom.tsv"
    path.write_text(HEAD + COLUMN_ROW + ROW.replace("wd:Q843", form), encoding="utf-8")
    assert read(path).exact == {f"{ID}state/PAK": "http://www.wikidata.org/entity/Q843"}


OTHER_FORMS = [
    "https://www.wikidata.org/entity/Q843",
    "http://www.wikidata.org/wiki/Q843",
    "https://www.wikidata.org/wiki/Special:EntityData/Q843",
    "http://wikidata.org/entity/Q843",
    "http://www.wikidata.org/entity/P31",
    "http://www.wikidata.org/entity/q843",
]


@pytest.mark.parametrize("iri", OTHER_FORMS)
def test_no_other_form_is_written(iri: str) -> None:
    mapping = Mapping(
        subject_id=f"{ID}state/PAK", predicate_id=SKOS.exactMatch, object_id=iri, mapping_justification="semapv:LexicalMatching"
    )
    with pytest.raises(DataError, match="is not the IRI of an item"):
        triples([mapping])
    with pytest.raises(DataError, match="is not the IRI of an item"):
        serialize(MappingSet(read(SETS["links/wikidata"]).metadata, (mapping,)))


@pytest.mark.parametrize(
    "text",
    ["Q843", "q843", " wd:Q843", "http://www.wikidata.org/entity/Q843", "https://m.wikidata.org/wiki/Q843#P31", *OTHER_FORMS[:4]],
)
def test_an_item_has_one_form(text: str) -> None:
    assert item_iri(text) == "http://www.wikidata.org/entity/Q843"


@pytest.mark.parametrize("text", ["", "843", "Q", "Q0843", "P31", "Pakistan", "http://www.wikidata.org/entity/P31", "https://example.org/Q843"])
def test_what_is_no_item_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="is no item of Wikidata"):
        item_iri(text)


def test_texts_survive(tmp_path: Path) -> None:
    awkward = ('NA', 'Côte d’Ivoire', '中国', 'a "quoted" name', "a\ttab", "two\nlines", " blanks ", "#hash", "NULL")
    mappings = tuple(
        Mapping(
            subject_id=f"{ID}state/NAM",
            subject_label=text,
            predicate_id=SKOS.closeMatch,
            object_id=f"http://www.wikidata.org/entity/Q{number}",
            mapping_justification="https://w3id.org/semapv/vocab/LexicalMatching",
            confidence=Decimal("0.50"),
            mapping_date=datetime.date(2026, 1, 2),
            comment=text,
        )
        for number, text in enumerate(awkward, 1)
    )
    path = tmp_path / "a.sssom.tsv"
    path.write_text(serialize(MappingSet(read(SETS["links/wikidata"]).metadata, mappings)), encoding="utf-8", newline="")
    assert read(path).mappings == mappings


def test_rdf_has_the_matches_only() -> None:
    mappings = read(SETS["links/wikidata"]).mappings
    kinds = {(each.object_id == NO_TERM_FOUND, bool(each.predicate_modifier)) for each in mappings}
    assert kinds == {(False, False), (True, False), (False, True)}
    found = triples(mappings)
    exact = sum(each.exact for each in mappings)
    assert len(found) == sum(each.holds for each in mappings) + exact
    assert sum(triple.predicate.value == "https://schema.org/sameAs" for triple in found) == exact
    assert not any(NO_TERM_FOUND in str(triple) for triple in found)


def test_the_page_about_links_counts_them(checkout: Path) -> None:
    page = (checkout / "docs" / "links.md").read_text(encoding="utf-8")
    told = {cells[1].strip(" `"): cells[3] for line in page.splitlines() if (cells := line.split("|"))[0] == "" and "`" in line}
    assert {f"links/{name}" for name in told} == set(SETS)
    for name, text in told.items():
        mappings = read(SETS[f"links/{name}"]).mappings
        if name in ("wikidata", "ror"):
            holding = [each for each in mappings if each.holds]
            denied = sum(bool(each.predicate_modifier) for each in mappings)
            counted = [sum(each.exact for each in holding), denied]
            if name == "wikidata":
                absent = sum(each.object_id == NO_TERM_FOUND for each in mappings)
                counted[1:1] = [sum(not each.exact for each in holding), absent]
        else:
            counted = [len({each.subject_id for each in mappings})]
        assert [int(number) for number in re.findall(r"[0-9]+", text)] == counted, name
