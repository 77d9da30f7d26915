"""The mapping sets are what their tables give, and no candidate is forgotten. Needs the tables."""

from __future__ import annotations

import csv
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from comity.errors import DataError, ResourceError
from comity.links import mapping_sets, read, serialize
from comity.terms import ID, RDFS, split_iri


@pytest.fixture(scope="module")
def built(link_tables: Path) -> Any:
    from links.wikidata import build

    return build(link_tables)


@pytest.fixture(scope="module")
def candidates(link_tables: Path) -> list[dict[str, str]]:
    with (link_tables / "candidates.csv").open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


@pytest.fixture(scope="module")
def said(checkout: Path) -> dict[str, Any]:
    return tomllib.loads((checkout / "scripts" / "links" / "wikidata.toml").read_text(encoding="utf-8"))


def test_built_anew_it_is_the_same(built: Any) -> None:
    assert serialize(built) == mapping_sets()["links/wikidata"].read_text(encoding="utf-8")


def test_geonames_built_anew_is_the_same(record_tables: Path) -> None:
    from links.geonames import build

    assert serialize(build(record_tables)) == mapping_sets()["links/geonames"].read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["eu-acts", "eu-countries", "un-documents"])
def test_what_follows_from_identifiers_built_anew_is_the_same(name: str, record_tables: Path) -> None:
    from links import identified

    built = getattr(identified, name.replace("-", "_"))(record_tables)
    assert len(built.mappings) > 10
    assert serialize(built) == mapping_sets()[f"links/{name}"].read_text(encoding="utf-8")


def test_addresses_have_the_forms_that_their_keepers_use() -> None:
    forms = {
        "eu-acts": r"http://(publications\.europa\.eu/resource/celex/[0-9]{5}[A-Z]{1,2}[0-9]{4}|data\.europa\.eu/eli/[a-z_]+/[0-9]{4}/[0-9]+/oj)",
        "eu-countries": r"http://publications\.europa\.eu/resource/authority/country/[A-Z]{3}",
        "geonames": r"https://sws\.geonames\.org/[0-9]+/",
        "ror": r"https://ror\.org/0[0-9a-z]{8}",
        "un-documents": r"https://docs\.un\.org/en/[AS]/RES/[0-9]+(/[0-9]+|\([A-Z0-9]+\))",
        "wikidata": r"http://www\.wikidata\.org/entity/Q[1-9][0-9]*|https://w3id\.org/sssom/NoTermFound",
    }
    sets = {name.removeprefix("links/"): read(path) for name, path in mapping_sets().items()}
    assert set(sets) == set(forms)
    for name, form in forms.items():
        objects = [each.object_id for each in sets[name].mappings]
        assert objects
        assert [iri for iri in objects if not re.fullmatch(form, iri)] == []
    # NA is Namibia, and no missing value.
    assert f"{ID}state/NAM" in sets["eu-countries"].exact
    assert {each.predicate_id for each in sets["un-documents"].mappings} == {RDFS.seeAlso}


def test_the_table_of_countries_agrees(record_tables: Path) -> None:
    from links.geonames import TABLE
    from record.tables import Tables

    exact = read(mapping_sets()["links/wikidata"]).exact
    items = {f"{ID}state/{row['iso_alpha3']}": row["wikidata_qid"] for row in Tables(record_tables)[TABLE]}
    both = {state.rsplit("/", 1)[1]: (item, items[state]) for state, item in exact.items() if state in items}
    other = {code: theirs for code, (ours, theirs) in both.items() if not ours.endswith(f"/{theirs}") or not theirs}
    # The country within the realm, a code that was read as "not available", the territory.
    assert other == {"DNK": "Q35", "NAM": "", "VAT": "Q237"}
    assert len(both) > 190


def test_every_candidate_is_in_a_row_or_has_no_thing(candidates: list[dict[str, str]], said: dict[str, Any]) -> None:
    comments = " ".join(each.comment for each in read(mapping_sets()["links/wikidata"]).mappings)
    lost = [row["label"] for row in candidates if f"“{row['label']}”" not in comments and row["label"] not in said["absent"]]
    # Two entries of the table are about one instrument, and neither has an item.
    assert lost == ["Agreement on Criminal Justice Mutual Assistance, 15th SAARC Summit"]


def test_every_item_is_one_of_the_table(candidates: list[dict[str, str]], said: dict[str, Any]) -> None:
    given = {f"http://www.wikidata.org/entity/{row['qid']}" for row in candidates if row["qid"]}
    assert len(given) > 300
    assert {each.object_id for each in read(mapping_sets()["links/wikidata"]).mappings if each.holds} <= given


def test_every_actor_with_a_verified_item_is_linked(candidates: list[dict[str, str]], said: dict[str, Any]) -> None:
    exact = read(mapping_sets()["links/wikidata"]).exact
    items = {iri.rsplit("/", 1)[1]: subject for subject, iri in exact.items()}
    wanted = [
        row
        for row in candidates
        if row["confidence"] == "verified"
        and row["type"] in ("state", "state-or-territory", "organisation")
        and row["label"] not in said["absent"]
        and said["judged"].get(row["label"], {}).get("predicate", "exactMatch") == "exactMatch"
    ]
    assert len(wanted) > 220
    assert [row["label"] for row in wanted if row["qid"] not in items] == []
    assert {split_iri(subject)[0] for subject in exact if split_iri(subject)} >= {"state", "organization", "body", "agency"}  # type: ignore[index]


def test_what_is_wrong_with_the_tables_is_said(link_tables: Path, tmp_path: Path) -> None:
    from links.wikidata import TABLE, build

    with pytest.raises(ResourceError, match="no such table"):
        build(tmp_path)
    text = (link_tables / TABLE).read_text(encoding="utf-8")
    (tmp_path / TABLE).write_text(text + "Atlantis,place,Q1,x:y,Atlantis,verified\n", encoding="utf-8")
    with pytest.raises(DataError, match="nothing is said of 'Atlantis'"):
        build(tmp_path)
    (tmp_path / TABLE).write_text(text.replace("\nEuropol,", "\nEuropoll,"), encoding="utf-8")
    with pytest.raises(DataError, match="'Europol' is in no row"):
        build(tmp_path)
