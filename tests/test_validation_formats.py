"""Reports in the forms that other tools read say the same as the report."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET

import pytest
from rdflib import Graph, Literal, Namespace, URIRef
from rdflib.namespace import RDF

from comity.errors import UnknownName
from comity.validation import Finding, Report

SH = Namespace("http://www.w3.org/ns/shacl#")
SHAPE = "https://w3id.org/comity/shape/"
CY = "https://w3id.org/comity/ontology#"
STATE = "https://w3id.org/comity/id/state/"

FINDINGS = (
    Finding("Violation", "https://w3id.org/comity/id/instrument/x", "Treaty <X> & \"Co\"", "cy:party", STATE + "PKA", "name a State",
            SHAPE + "Instrument-party", "data/a b.ttl", 3, "ClassConstraintComponent"),
    Finding("Warning", "_:f0b1", None, None, None, "say what it is", SHAPE + "has-type", None, None),
    Finding("Info", STATE + "PAK", "Pakistan", "^cy:party/rdfs:label", "bell\x07", "odd", SHAPE + "Instrument-party", "b.ttl", None,
            "PatternConstraintComponent"),
)  # fmt: skip
REPORT = Report(False, FINDINGS, 9)
SOUND = Report(True, (), 9)


def test_turtle_is_a_validation_report() -> None:
    graph = Graph().parse(data=REPORT.to_turtle(), format="turtle")
    [head] = graph.subjects(RDF.type, SH.ValidationReport)
    assert graph.value(head, SH.conforms) == Literal(False)
    results = list(graph.objects(head, SH.result))
    assert len(results) == len(FINDINGS)
    for required in (SH.focusNode, SH.resultSeverity, SH.sourceConstraintComponent):
        assert all(len(list(graph.objects(result, required))) == 1 for result in results)
    [party] = graph.subjects(SH.resultPath, URIRef(CY + "party"))
    assert graph.value(party, SH.value) == URIRef(STATE + "PKA")
    assert graph.value(party, SH.sourceConstraintComponent) == SH.ClassConstraintComponent
    assert REPORT.to_turtle() == REPORT.to_turtle()
    sound = Graph().parse(data=SOUND.to_turtle(), format="turtle")
    assert list(sound.objects(None, SH.conforms)) == [Literal(True)]


def test_sarif_has_what_its_schema_requires() -> None:
    """SARIF 2.1.0, the required members of each object (sections 3.13 to 3.28), and the ranges of the others."""
    log = json.loads(REPORT.to_sarif())
    assert log["version"] == "2.1.0"
    assert "sarif-schema-2.1.0" in log["$schema"]
    [run] = log["runs"]
    driver = run["tool"]["driver"]
    assert driver["name"] == "comity"
    rules = [rule["id"] for rule in driver["rules"]]
    assert len(set(rules)) == len(rules)
    assert [result["level"] for result in run["results"]] == ["error", "warning", "note"]
    for result in run["results"]:
        assert result["message"]["text"]
        assert rules[result["ruleIndex"]] == result["ruleId"]
    places = [result["locations"][0].get("physicalLocation") for result in run["results"]]
    assert places == [
        {"artifactLocation": {"uri": "data/a%20b.ttl"}, "region": {"startLine": 3}},
        None,
        {"artifactLocation": {"uri": "b.ttl"}},
    ]
    assert json.loads(SOUND.to_sarif())["runs"][0]["results"] == []


@pytest.mark.parametrize(("fail_on", "failures"), [("violation", 1), ("warning", 2), ("info", 3)])
def test_junit_fails_what_is_grave_enough(fail_on: str, failures: int) -> None:
    root = ET.fromstring(REPORT.to_junit(fail_on).encode())
    assert root.tag == "testsuites"
    [suite] = root
    cases = list(suite)
    assert (suite.get("tests"), suite.get("failures")) == ("3", str(failures))
    assert sum(case.find("failure") is not None for case in cases) == failures
    assert {case.tag for case in cases} == {"testcase"}
    assert cases[0].get("file") == "data/a b.ttl"
    assert "Treaty <X> & \"Co\"" in (cases[0].get("name") or "")


def test_junit_of_sound_data_is_a_passed_test() -> None:
    [suite] = ET.fromstring(SOUND.to_junit().encode())
    assert (suite.get("tests"), suite.get("failures"), [child.tag for case in suite for child in case]) == ("1", "0", [])
    with pytest.raises(UnknownName, match="fatal"):
        SOUND.to_junit("fatal")
