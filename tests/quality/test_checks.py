"""Each check of the gate passes on a small clean edition and fails on the fault that is planted for it; all of them are counted."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pyoxigraph as ox
import pytest

from comity import reasoners
from comity.cli import run
from comity.errors import DataError, UnknownName, UsageError
from comity.quality import CHECKS, Gate, Measure, Outcome, Workbench, page, run_checks
from comity.quality.documentation import LANGUAGES, REQUIRED, coverage
from comity.questions import list_questions
from comity.terms import CY, DCTERMS, OWL, RDF, RDFS, graph_iri

ROOT = Path(__file__).parents[2]
ONTOLOGY = graph_iri("ontology")
Quads = list[ox.Quad]


def node(name: str) -> ox.NamedNode:
    return ox.NamedNode(name)


def stated(s: str, p: str, o: str, graph: str = graph_iri("entities/state")) -> ox.Quad:
    return ox.Quad(node(s), node(p), node(o), node(graph))


def ontology() -> Quads:
    return list(Workbench().ontology)


def world() -> Quads:
    """The clean edition of the hygiene rules, with our own ontology's axioms instead of its few."""
    return list(ox.parse(path=str(ROOT / "tests" / "hygiene" / "world.trig"), format=ox.RdfFormat.TRIG))


def contradiction(quads: Quads) -> Workbench:
    """A State that is also a treaty."""
    thing = "https://w3id.org/comity/id/state/XXX"
    return Workbench([*quads, stated(thing, RDF.type, CY.State), stated(thing, RDF.type, CY.Treaty)])


def without_labels(language: str) -> Workbench:
    return Workbench(
        quad
        for quad in ontology()
        if not (quad.subject == node(CY.State) and quad.predicate.value == RDFS.label and quad.object.language == language)  # type: ignore[union-attr]
    )


#: For each check: a bench on which it passes, and one with a fault. That hygiene, mutation and the reasoners pass on the whole edition
#: is left to `comity check`, which `make test` runs as well.
PLANTED: dict[str, tuple[Callable[[], Workbench] | None, Callable[[], Workbench]]] = {
    "content": (lambda: Workbench(ontology() + world()), lambda: Workbench(ontology())),
    "shapes": (
        lambda: Workbench(ontology()),
        lambda: Workbench([*ontology(), stated("https://w3id.org/comity/id/agency/x", RDF.type, CY.Agency)]),
    ),
    "hygiene": (None, lambda: Workbench([*Workbench().quads, stated(f"{CY}nameless", RDF.type, OWL.Class, ONTOLOGY)])),
    "mutation": (None, Workbench),
    "terms": (lambda: Workbench(ontology()), lambda: without_labels("zh")),
    "questions": (
        lambda: Workbench(),
        lambda: Workbench(questions=[replace(q, sections=("9.9",)) if q.name == "errata" else q for q in list_questions()]),
    ),
    "inference": (lambda: Workbench(ontology()), lambda: contradiction(ontology())),
    "fair": (
        lambda: Workbench(),
        lambda: Workbench(quad for quad in Workbench().quads if quad.predicate.value != DCTERMS.bibliographicCitation),
    ),
    "profiles": (
        None,
        lambda: Workbench([*ontology(), stated(CY.State, RDFS.subClassOf, f"{CY}Undeclared", ONTOLOGY)]),
    ),
    "hermit": (None, lambda: contradiction(ontology())),
    "pellet": (None, lambda: contradiction(ontology())),
}
IN_JAVA = ("profiles", "hermit", "pellet")


def test_every_check_has_a_planted_fault() -> None:
    names = [check.name for check in CHECKS]
    assert len(names) == len(set(names)) >= 9
    assert sorted(names) == sorted(PLANTED)


@pytest.mark.parametrize("name", sorted(PLANTED))
def test_a_check_passes_and_fails(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if name in IN_JAVA and (reason := reasoners.available()["pellet"]):
        pytest.skip(reason)
    clean, faulty = PLANTED[name]
    if clean is not None:
        [passed] = run_checks([name], clean()).outcomes
        assert passed.verdict == "passed", passed.findings
        assert passed.measures
    if name == "mutation":  # its fault is that nothing looks
        monkeypatch.setattr("comity.quality.mutation.findings_of", lambda quads: [])
    [failed] = run_checks([name], faulty()).outcomes
    assert failed.verdict == "failed"
    assert all(finding.strip() and "\n" not in finding for finding in failed.findings)


def test_what_cannot_run_is_skipped_and_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_java(*_: object, **__: object) -> None:
        raise UsageError("there is no Java", "install one")

    monkeypatch.setattr("comity.reasoners.check_profiles", no_java)
    gate = run_checks(["profiles"], Workbench(ontology()))
    assert gate.passed
    assert [outcome.skipped for outcome in gate.skipped] == ["there is no Java; install one"]
    assert "skipped  profiles" in gate.to_text()
    assert "there is no Java" in gate.to_text()
    assert gate.summary() == "1 checks: 1 skipped"


def test_coverage_counts_what_is_missing() -> None:
    quads = ontology()
    whole = coverage(quads)
    assert [each.name for each in whole] == [*REQUIRED, *(f"label in {language}" for language in LANGUAGES)]
    assert all(each.percent == 100.0 for each in whole)
    for name, predicate in REQUIRED.items():
        less = [quad for quad in quads if not (quad.subject == node(CY.State) and quad.predicate.value == predicate)]
        found = {each.name: each for each in coverage(less)}
        assert found[name].without == ("cy:State",)
        assert found[name].percent < 100


GOOD = Outcome("content", "What there is", (Measure("things", "things", 12), Measure("share", "% of it", 99.5)))
BAD = Outcome("shapes", "They fit", (), tuple(f"fault {number}" for number in range(25)))


def test_the_page_and_its_measurements(tmp_path: Path) -> None:
    gate = Gate((GOOD,))
    page.write(gate, tmp_path)
    assert page.stale(gate, tmp_path) == []
    assert "| `content` | What there is | 12 | things |" in (tmp_path / "quality.md").read_text(encoding="utf-8")
    triples = list(ox.parse(path=str(tmp_path / "quality.ttl"), format=ox.RdfFormat.TURTLE))
    values = {quad.object.value for quad in triples if quad.predicate.value == page.DQV + "value"}  # type: ignore[union-attr]
    assert values == {"12", "99.5"}
    assert not any(isinstance(quad.subject, ox.BlankNode) for quad in triples)
    other = Gate((replace(GOOD, measures=(Measure("things", "things", 13),)),))
    assert page.stale(other, tmp_path) == ["quality.md", "quality.ttl"]
    (tmp_path / "quality.md").unlink()
    assert page.stale(gate, tmp_path) == ["quality.md"]


def test_the_page_counts_the_planted_faults(tmp_path: Path) -> None:
    cases = page.planted(ROOT / "tests")
    assert len(cases) == 5
    assert min(cases.values()) >= 7
    assert page.planted(tmp_path) == {}
    text = page.pages(Gate((GOOD,)), cases)["quality.md"]
    assert all(f"- {number:,} {meaning}" in text for meaning, number in cases.items())


def test_no_page_of_a_gate_that_failed_or_is_not_whole(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="a check failed"):
        page.write(Gate((BAD,)), tmp_path)
    with pytest.raises(UsageError, match="the checks that were not asked for did not run"):
        page.write(Gate((GOOD,), complete=False), tmp_path)
    with pytest.raises(UsageError, match="shapes did not run"):
        page.write(Gate((replace(BAD, findings=(), skipped="no engine"),)), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_text_shows_the_first_findings_and_json_all() -> None:
    gate = Gate((GOOD, BAD))
    assert not gate.passed
    text = gate.to_text()
    assert "fault 19" in text
    assert "fault 20" not in text
    assert "… and 5 more" in text
    data = json.loads(gate.to_json())
    assert data["passed"] is False
    assert len(data["checks"][1]["findings"]) == 25
    assert data["checks"][0]["measures"] == {"things": 12, "share": 99.5}


def test_the_command(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert run(["check", "terms", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["passed"] is True
    assert run(["check", "spelling"]) == 2
    assert "unknown" in capsys.readouterr().err
    assert run(["check", "terms", "--write", str(tmp_path)]) == 2
    assert "did not run" in capsys.readouterr().err
    assert run(["check", "terms", "--against", str(tmp_path)]) == 2


def test_an_unknown_check_is_named() -> None:
    with pytest.raises(UnknownName, match="did you mean"):
        run_checks(["shape"])
