"""Three views, and corrections that change what they should and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest

from comity import dataset
from comity.errors import DataError, UnknownView
from comity.terms import graph_iri, graph_name
from comity.validation import validate

Make = Callable[[dict[str, str]], Path]

BASE = {
    "ontology/comity.ttl": "cy:State a owl:Class .",
    "data/concepts/level.ttl": "cy:level rdfs:label 'level'@en .",
    "data/entities/state.ttl": "state:PAK a cy:State .",
    "data/paper/1.ttl": 'act:a cy:date "2001-09-29"^^xsd:date ; rdfs:label "Adoption"@en .',
    "data/paper/2.ttl": 'act:a cy:date "2001-09-29"^^xsd:date . act:b cy:date "1999-10-15"^^xsd:date .',
    "data/record/untc.ttl": 'act:a cy:date "2001-09-29"^^xsd:date ; cy:agent state:PAK .',
    "data/record/unverified/x.ttl": "state:PAK cy:level 1 .",
}
CORRECTION = (
    "correction:a a cy:Correction ; cy:correctedSubject act:a ; cy:correctedProperty cy:date ; "
    'cy:statedValue "2001-09-29"^^xsd:date ; cy:correctedValue "2001-09-28"^^xsd:date ; '
    "cy:correctionStatus correction-status:applied ."
)


def dates(quads: list[ox.Quad]) -> set[tuple[str | None, str, str]]:
    return {
        (graph_name(quad.graph_name.value), quad.subject.value.rsplit("/", 1)[-1], quad.object.value)
        for quad in quads
        if quad.predicate.value.endswith("#date")
    }


def graphs(quads: list[ox.Quad]) -> set[str | None]:
    return {graph_name(quad.graph_name.value) for quad in quads}


COMMON = {"ontology", "concepts/level", "entities/state"}


@pytest.mark.parametrize(
    ("view", "expected"),
    [
        ("paper", COMMON | {"paper/1", "paper/2"}),
        ("record", COMMON | {"record/untc", "record/unverified"}),
        ("curated", COMMON | {"paper/1", "paper/2", "record/untc", "record/unverified", "corrections"}),
    ],
)
def test_each_view_has_its_graphs(view: str, expected: set[str], small_edition: Make) -> None:
    small_edition({**BASE, "data/corrections.ttl": CORRECTION})
    assert graphs(dataset.read(view)) == expected
    assert graphs(dataset.read(view, verified_only=True)) == expected - {"record/unverified"}


def test_an_applied_correction_changes_the_paper_in_the_curated_view_only(small_edition: Make) -> None:
    small_edition({**BASE, "data/corrections.ttl": CORRECTION})
    assert dates(dataset.read("curated")) == {
        ("corrections", "a", "2001-09-28"),
        ("paper/2", "b", "1999-10-15"),
        ("record/untc", "a", "2001-09-29"),
    }
    assert dates(dataset.read("paper")) == {
        ("paper/1", "a", "2001-09-29"),
        ("paper/2", "a", "2001-09-29"),
        ("paper/2", "b", "1999-10-15"),
    }
    assert dates(dataset.read("record")) == {("record/untc", "a", "2001-09-29")}


@pytest.mark.parametrize("status", ["disputed", "label-only", "outside"])
def test_another_status_changes_nothing(status: str, small_edition: Make) -> None:
    small_edition({**BASE, "data/corrections.ttl": CORRECTION.replace("correction-status:applied", f"correction-status:{status}")})
    assert dates(dataset.read("curated")) == dates(dataset.read("paper")) | dates(dataset.read("record"))


def test_a_correction_may_only_add(small_edition: Make) -> None:
    text = CORRECTION.replace('cy:statedValue "2001-09-29"^^xsd:date ; ', "")
    small_edition({**BASE, "data/corrections.ttl": text})
    assert dates(dataset.read("curated")) - dates(dataset.read("paper")) - dates(dataset.read("record")) == {
        ("corrections", "a", "2001-09-28")
    }
    assert dates(dataset.read("paper")) <= dates(dataset.read("curated"))


def test_a_correction_may_only_withdraw(small_edition: Make) -> None:
    text = CORRECTION.replace('cy:correctedValue "2001-09-28"^^xsd:date ; ', "")
    small_edition({**BASE, "data/corrections.ttl": text})
    assert dates(dataset.read("curated")) == {("paper/2", "b", "1999-10-15"), ("record/untc", "a", "2001-09-29")}


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("2001-09-29", "2001-09-27", r"corrections.ttl:12: correction:a corrects a statement that no paper graph makes: act:a cy:date"),
        ("cy:correctedSubject act:a ; ", "", r"corrections.ttl:12: correction:a has no cy:correctedSubject; add it"),
        ("cy:correctedProperty cy:date ; ", "", r"correction:a has no cy:correctedProperty; add it"),
        ("cy:correctionStatus correction-status:applied", "rdfs:label 'x'", r"correction:a has no cy:correctionStatus"),
        ("cy:correctedProperty cy:date", "cy:correctedProperty 'date'", r"does not name its subject and property by IRI"),
        ("2001-09-28", "2001-09-29", r"correction:a is applied but changes nothing"),
        ('cy:correctedValue "2001-09-28"^^xsd:date', "cy:correctedValue 1 , 2", r"correction:a has 2 values of cy:correctedValue"),
        (" .", " . " + CORRECTION.replace("correction:a", "correction:b"), r"correction:b corrects what correction:a corrects"),
    ],
)
def test_a_correction_that_cannot_be_applied_is_named(old: str, new: str, message: str, small_edition: Make) -> None:
    text = CORRECTION[::-1].replace(old[::-1], new[::-1], 1)[::-1] if old == " ." else CORRECTION.replace(old, new, 1)
    assert text != CORRECTION
    small_edition({**BASE, "data/corrections.ttl": text})
    with pytest.raises(DataError, match=message):
        dataset.read("curated")
    assert dataset.read("paper")
    assert dataset.read("record")


def test_a_statement_of_the_record_is_not_the_paper_s_to_correct(small_edition: Make) -> None:
    files = {**BASE, "data/paper/1.ttl": "", "data/paper/2.ttl": "", "data/corrections.ttl": CORRECTION}
    small_edition(files)
    with pytest.raises(DataError, match="no paper graph makes"):
        dataset.read("curated")


def test_an_unknown_view_is_refused() -> None:
    with pytest.raises(UnknownView, match="unknown view 'curatd'; did you mean 'curated'?"):
        dataset.read("curatd")


def test_the_edition_s_own_corrections_are_applied() -> None:
    file = next((source.path for source in dataset.sources() if source.graph == "corrections"), None)
    if file is None:
        pytest.skip("the edition has no data/corrections.ttl yet")
    corrections = dataset.read_corrections(dataset.read_file(file), file)
    assert corrections
    paper = {quad.triple for quad in dataset.read("paper")}
    curated = {
        quad.triple
        for quad in dataset.read("curated")
        if (graph_name(quad.graph_name.value) or "").startswith(("paper/", "corrections"))
    }
    home = ox.NamedNode(graph_iri("corrections"))
    in_corrections = {quad.triple for quad in dataset.read("curated") if quad.graph_name == home}
    for correction in corrections:
        for value, before, after in ((correction.stated, True, False), (correction.corrected, None, True)):
            if value is None:
                continue
            triple = ox.Triple(correction.subject, correction.property, value)
            if correction.applied:
                assert before in (None, triple in paper), correction.iri
                assert (triple in curated) is after, correction.iri
            else:
                assert triple not in in_corrections, correction.iri


def test_the_record_has_no_entity_that_only_the_paper_describes(small_edition: Make) -> None:
    small_edition({**BASE, "data/entities/state.ttl": "state:PAK a cy:State . state:IND a cy:State ."})
    in_record = {quad.subject.value[-3:] for quad in dataset.read("record") if "entities" in quad.graph_name.value}
    assert in_record == {"PAK"}
    in_paper = {quad.subject.value[-3:] for quad in dataset.read("paper") if "entities" in quad.graph_name.value}
    assert in_paper == {"PAK", "IND"}


@pytest.mark.parametrize("view", sorted({*dataset.VIEWS} - {"curated"}))
def test_what_a_view_leaves_out_breaks_no_shape(view: str) -> None:
    """The curated view is checked by the quality gate."""
    report = validate(dataset.read(view))
    assert report.nodes > 1_000
    assert report.conforms, report.to_text()
