"""What a judgement carries, and what is said when an engine cannot run."""

from __future__ import annotations

import importlib.util
import subprocess
from pathlib import Path

import pyoxigraph as ox
import pytest

from comity.errors import ComityError, MissingExtra, TimeLimitError, UnknownEngine, UnknownName, UsageError
from comity.reasoners import ENGINES, available, check_consistency, check_each, check_profile, java
from comity.terms import XSD

PREFIXES = """@prefix : <https://w3id.org/comity/id/x/> .
@prefix cy: <https://w3id.org/comity/ontology#> .
@prefix g: <https://w3id.org/comity/graph/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
AXIOMS = """
g:ontology {
    cy:A a owl:Class ; rdfs:subClassOf cy:B . cy:B a owl:Class ; owl:disjointWith cy:C . cy:C a owl:Class .
    cy:both a owl:Class ; rdfs:subClassOf cy:A , cy:C . cy:one a owl:ObjectProperty , owl:FunctionalProperty .
    cy:on a owl:DatatypeProperty ; rdfs:range xsd:date .
}
"""


def quads(text: str) -> list[ox.Quad]:
    return list(ox.parse(PREFIXES + AXIOMS + text, format=ox.RdfFormat.TRIG))


@pytest.mark.usefixtures("java")
def test_a_class_without_members() -> None:
    judged = check_each({"it": quads("")}, ("hermit", "pellet"), classes=True)
    for judgement in judged.values():
        assert judgement.verdict == "consistent"
        assert judgement.unsatisfiable == ("https://w3id.org/comity/ontology#both",)
        assert judgement.reason == "cy:both can have no member"
        assert not judgement.sound


@pytest.mark.usefixtures("java")
def test_two_names_of_one_thing() -> None:
    judged = check_each({"it": quads("g:data { :x cy:one :y , :z . }")}, ENGINES, same=True)
    assert len(judged) == len(ENGINES)
    for judgement in judged.values():
        assert judgement.verdict == "consistent"
        assert judgement.same == (("https://w3id.org/comity/id/x/y", "https://w3id.org/comity/id/x/z"),)


@pytest.mark.usefixtures("java")
@pytest.mark.parametrize("engine", ["comity", "pellet"])
def test_where_a_contradiction_is_stated(engine: str) -> None:
    given = quads("g:one { :x a cy:A . } g:two { :x a cy:C ; cy:one :y . } g:three { :z a cy:A . :x cy:one :y . }")
    judgement = check_consistency(given, engine)
    assert judgement.verdict == "contradiction"
    assert judgement.reason
    assert any("Disjoint" in axiom for axiom in judgement.axioms)
    stating = {graph.rpartition("/")[2] for graph in judgement.sources}
    assert {"one", "two"} <= stating <= {"one", "two", "ontology"}


@pytest.mark.usefixtures("java")
def test_hermit_is_given_no_dates() -> None:
    given = quads('g:data { :x cy:on "2001-09-28"^^xsd:date . :y cy:on "2001"^^xsd:gYear . }')
    judged = check_each({"it": given}, ("hermit", "pellet"))
    assert judged["it", "hermit"].verdict == "consistent"
    assert judged["it", "hermit"].left_out == {XSD.date: 2, XSD.gYear: 1}
    assert judged["it", "pellet"].verdict == "contradiction"
    assert not judged["it", "pellet"].left_out


@pytest.mark.usefixtures("java")
def test_java_is_stopped_in_time() -> None:
    with pytest.raises(TimeLimitError, match="did not end within 0.2 s"):
        check_consistency(quads(""), "hermit", timeout=0.2)


@pytest.mark.usefixtures("java")
def test_what_cannot_be_written_as_xml() -> None:
    triple = ox.Triple(ox.NamedNode("https://example.org/x"), ox.NamedNode("https://example.org/1"), ox.NamedNode("https://example.org/y"))
    judgement = check_consistency([triple], "pellet")
    assert judgement.verdict == "refused"
    assert judgement.reason.startswith("no RDF/XML:")
    assert len(judgement.reason) < 200


def test_unknown_names() -> None:
    with pytest.raises(UnknownEngine, match="did you mean 'pellet'"):
        check_consistency([], "pelet")
    with pytest.raises(UnknownName, match="EL"):
        check_profile([], "EL")
    with pytest.raises(UsageError, match="does not look for classes"):
        check_consistency([], "owlrl", classes=True)


def test_without_owlready2(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(MissingExtra, match=r"pip install 'comity\[reasoners\]'"):
        check_consistency([], "pellet")
    assert available()["comity"] == available()["owlrl"] == ""
    assert "comity[reasoners]" in available()["hermit"]


@pytest.mark.parametrize("modules", [None, "java.base@17.0.1", "jdk.compiler@9.0.1"])
def test_without_java(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, modules: str | None) -> None:
    """No Java, a runtime without the compiler, and a Java that is too old."""
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    if modules is not None:
        (tmp_path / "bin").mkdir()
        program = tmp_path / "bin" / "java"
        program.write_text(f"#!/bin/sh\necho {modules}\n")
        program.chmod(0o755)
    with pytest.raises(UsageError, match="JDK") as error:
        check_consistency([], "hermit")
    assert "\n" not in str(error.value)
    assert available()["pellet"] == str(error.value)


@pytest.mark.usefixtures("java")
def test_java_that_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*arguments: object, **options: object) -> subprocess.CompletedProcess[str]:
        return subprocess.CompletedProcess([], 1, "", 'Exception in thread "main" java.lang.OutOfMemoryError: Java heap space\n  at x')

    monkeypatch.setattr(java.subprocess, "run", fail)
    with pytest.raises(ComityError, match="Java heap space"):
        check_consistency([], "hermit")
