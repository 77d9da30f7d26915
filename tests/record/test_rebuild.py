"""The record is what its tables give: built anew it is the same to the byte, and what is left out is known."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

#: Rows that are kept out, by table: docs/sources.md says why.
LEFT_OUT = {
    "countries_iso_m49_wikidata": 3,
    "org_membership_cow_years": 32 + 18 + 1 + 4,
    "org_membership_icao_imo_oas": 3,
    "treaty_participation_cppnm": 1,
    "treaty_parties_undated_hague": 2,
    "treaty_party_names_ukto": 8,
    "un_sanctions_entities_ct": 87,
    "unverified/instruments": 16,
    "unverified/org_memberships": 2,
    "unverified/organisations": 6,
}


@pytest.fixture(scope="module")
def built(record_tables: Path, checkout: Path) -> Any:
    from record.build import build, known_names

    return build(record_tables, known_names(checkout / "data"))


def test_built_anew_it_is_the_same(built: Any, checkout: Path) -> None:
    from build_record import differences

    assert differences(checkout / "data" / "record", dict(built.files())) == []


def test_what_is_left_out_is_known(built: Any) -> None:
    counts: dict[str, int] = {}
    for (table, _), count in built.left_out.items():
        counts[table] = counts.get(table, 0) + count
    assert counts == LEFT_OUT


def test_a_change_is_noticed(built: Any, checkout: Path) -> None:
    from build_record import differences

    files = dict(built.files())
    name = "un-membership/un-membership.ttl"
    files[name] = files[name].replace("2011-07-14", "2011-07-15")
    files["new/new.ttl"] = ""
    files.pop("m49/m49.ttl")
    found = "\n".join(differences(checkout / "data" / "record", files))
    assert f"{name}: differs" in found
    assert "new/new.ttl: missing" in found
    assert "m49/m49.ttl: not built" in found
