"""Planted contradictions, and controls without one: each engine says of each case what the case expects of it.

A case is a Turtle file. Its header names the kinds of axiom it turns on, whether the edition's ontology belongs to it, and what
is true of it by the Direct Semantics of OWL 2 (`expected`). Where an engine says something else, a table of its name gives
its `verdict` and why. A case in ``profiles/`` names what the OWL API finds in it that OWL 2 DL and OWL 2 RL do not have.
"""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

from comity.inference import UnsupportedAxiom, compile_ontology
from comity.reasoners import ENGINES, PROFILES, check_each, check_profiles

HERE = Path(__file__).parent
CASES = sorted((HERE / "cases").glob("*.ttl"))
IN_PROFILE = sorted((HERE / "profiles").glob("*.ttl"))
REFUSED = sorted((HERE.parent / "inference" / "refused").glob("*.ttl"))
ONTOLOGY = HERE.parent.parent / "ontology" / "comity.ttl"
VERDICTS = {"consistent", "contradiction", "refused"}


@cache
def header(path: Path) -> dict[str, Any]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return tomllib.loads("\n".join(line[2:] for line in lines if line.startswith("#+")))


def statements(path: Path) -> list[ox.Triple]:
    own = [quad.triple for quad in ox.parse(path=str(path), format=ox.RdfFormat.TURTLE)]
    assert own, f"{path.name} says nothing"
    if not header(path).get("ontology"):
        return own
    return own + [quad.triple for quad in ox.parse(path=str(ONTOLOGY), format=ox.RdfFormat.TURTLE)]


def expected(path: Path, engine: str) -> str:
    return str(header(path).get(engine, {}).get("verdict", header(path)["expected"]))


def test_there_are_cases() -> None:
    truths = [header(path)["expected"] for path in CASES]
    assert truths.count("contradiction") >= 45
    assert truths.count("consistent") >= 14
    ours = [path for path in CASES if header(path).get("ontology") and header(path)["expected"] == "contradiction"]
    assert len(ours) >= 20
    assert len(IN_PROFILE) >= 18
    assert len({axiom for path in CASES for axiom in header(path)["axioms"]}) >= 30


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_the_header_is_in_order(path: Path) -> None:
    fields = header(path)
    assert fields.keys() - set(ENGINES) <= {"title", "axioms", "ontology", "expected"}
    assert fields["title"]
    assert fields["axioms"]
    assert fields["expected"] in VERDICTS - {"refused"}
    for engine in fields.keys() & set(ENGINES):
        assert fields[engine].keys() == {"verdict", "why"}
        assert fields[engine]["verdict"] in VERDICTS - {fields["expected"]}
        assert fields[engine]["why"]


# Each engine takes all cases at once: Java is then started once, and an engine's table is seen as a whole.
def check(engine: str) -> None:
    judged = check_each({path.stem: statements(path) for path in CASES}, (engine,))
    assert len(judged) == len(CASES)
    said = {name: judgement.verdict for (name, _), judgement in judged.items()}
    assert said == {path.stem: expected(path, engine) for path in CASES}
    assert all(judgement.reason for judgement in judged.values() if judgement.verdict == "refused")


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("engine", ["comity", "owlrl"])
def test_an_engine_of_owl_2_rl(engine: str) -> None:
    check(engine)


@pytest.mark.usefixtures("java")
@pytest.mark.parametrize("engine", ["hermit", "pellet"])
def test_an_engine_of_owl_2_dl(engine: str) -> None:
    check(engine)


def test_nobody_sees_a_contradiction_where_there_is_none() -> None:
    controls = [path for path in CASES if header(path)["expected"] == "consistent"]
    assert not [(path.stem, engine) for path in controls for engine in ENGINES if expected(path, engine) == "contradiction"]


# No contradiction is missed by all: the engines are kept for what each sees.
@pytest.mark.parametrize("path", [path for path in CASES if header(path)["expected"] == "contradiction"], ids=lambda path: path.stem)
def test_somebody_sees_each_contradiction(path: Path) -> None:
    assert "contradiction" in {expected(path, engine) for engine in ENGINES}


@pytest.mark.usefixtures("java")
def test_profiles() -> None:
    found = check_profiles({path.stem: statements(path) for path in IN_PROFILE})
    rules = {key: sorted({violation.rule for violation in violations}) for key, violations in found.items()}
    assert rules == {(path.stem, name): sorted(header(path)[name.lower()]) for path in IN_PROFILE for name in PROFILES}


# What the OWL API (3.4.3) lets pass though OWL 2 Profiles, section 4.2.5, does not have it.
LET_PASS = {
    "reflexive": "ReflexiveObjectProperty is excluded by name",
    "top-property": "no excluded axiom, but one without a rule in section 4.3",
}


@pytest.mark.usefixtures("java")
def test_the_owl_api_refuses_what_the_compiler_refuses() -> None:
    """The two judges of OWL 2 RL agree, but for what is known of the OWL API; if it were right after all, the list must say so."""
    found = check_profiles({path.stem: statements(path) for path in REFUSED}, ("RL",))
    undeclared = ("UseOfUndeclared", "OntologyIRI")
    accepted = {name for (name, _), violations in found.items() if all(each.rule.startswith(undeclared) for each in violations)}
    assert accepted == LET_PASS.keys()


# The two rules of the OWL API about where an expression may stand, and the one about excluded axioms; the others are about OWL 2 DL.
OF_THE_GRAMMAR = {"UseOfNonSubClassExpression", "UseOfNonSuperClassExpression", "UseOfIllegalAxiom"}
OUTSIDE = [path for path in IN_PROFILE if OF_THE_GRAMMAR & set(header(path)["rl"])]


@pytest.mark.parametrize("path", OUTSIDE, ids=lambda path: path.stem)
def test_the_compiler_refuses_what_the_owl_api_refuses(path: Path) -> None:
    with pytest.raises(UnsupportedAxiom):
        compile_ontology(statements(path))
