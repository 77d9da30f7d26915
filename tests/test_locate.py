"""Lines for messages: where a Turtle file speaks about a thing."""

from __future__ import annotations

from pathlib import Path

import pytest

from comity.locate import line_of
from comity.terms import CY, RDF, RDFS

TEXT = """@prefix cy: <https://w3id.org/comity/ontology#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
PREFIX state: <https://w3id.org/comity/id/state/>

state:AFG rdfs:seeAlso state:PAK .

state:PAK a cy:State ;
    rdfs:label "Pakistan"@en ;
    cy:order 1 .
<https://w3id.org/comity/id/state/PAK-1> a cy:State .
state:IND a cy:State . state:CHN a cy:State .
"""
STATE = "https://w3id.org/comity/id/state/"


@pytest.mark.parametrize(
    ("subject", "predicate", "line"),
    [
        ("PAK", None, 7),
        ("PAK", RDFS.label, 8),
        ("PAK", CY.order, 9),
        ("PAK", RDF.type, 7),
        ("PAK", CY.party, 7),  # not stated: the subject's line
        ("PAK-1", None, 10),
        ("PA", None, None),
        ("CHN", None, 11),
        ("AFG", RDFS.seeAlso, 5),
        ("XXX", None, None),
    ],
)
def test_the_line_is_found(subject: str, predicate: str | None, line: int | None, tmp_path: Path) -> None:
    path = tmp_path / "a.ttl"
    path.write_text(TEXT, encoding="utf-8")
    assert line_of(path, STATE + subject, predicate) == line


def test_a_changed_file_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "a.ttl"
    path.write_text(f"<{STATE}PAK> a <{CY.State}> .")
    assert line_of(path, f"{STATE}PAK") == 1
    path.write_text(f"\n\n<{STATE}PAK> a <{CY.State}> .")
    assert line_of(path, f"{STATE}PAK") == 3


def test_what_cannot_be_read_has_no_line(tmp_path: Path) -> None:
    (tmp_path / "a.ttl").write_bytes(b"\xff\xfe")
    assert line_of(tmp_path / "a.ttl", "http://a") is None
    assert line_of(tmp_path / "none.ttl", "http://a") is None
