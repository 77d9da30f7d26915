"""The core of the Reconciliation Service: every answer is valid by the specification's JSON Schemas, and says what it should."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator
from referencing import Registry
from referencing.jsonschema import DRAFT7

import comity
from comity.errors import UnknownName, UsageError
from comity.reconcile.service import BATCH, SUGGESTIONS, ReconciliationService

SCHEMAS = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in Path(__file__).with_name("schemas").glob("*.json")}
REGISTRY = Registry().with_resources((schema["$id"], DRAFT7.create_resource(schema)) for schema in SCHEMAS.values())
BASE = "http://127.0.0.1:8000/reconcile"


@pytest.fixture(scope="module")
def service(opened: comity.Comity) -> ReconciliationService:
    return ReconciliationService(opened.reconciler(), opened.store)


def valid(answer: Any, schema: str) -> Any:
    """Return the answer as it comes out of JSON, after checking it."""
    read = json.loads(json.dumps(answer))
    errors = [error.message for error in Draft7Validator(SCHEMAS[schema], registry=REGISTRY).iter_errors(read)]
    assert errors == []
    return read


def one(service: ReconciliationService, query: dict[str, Any]) -> list[dict[str, Any]]:
    valid({"q0": query}, "reconciliation-query-batch")
    return valid(service.queries({"q0": query}), "reconciliation-result-batch")["q0"]["result"]


def test_the_schemas_are_there_and_refuse() -> None:
    assert len(SCHEMAS) == 10
    for schema in ("manifest", "reconciliation-result-batch", "suggest-entities-response", "data-extension-response"):
        wrong = {"q0": {}} if schema == "reconciliation-result-batch" else {}
        assert list(Draft7Validator(SCHEMAS[schema], registry=REGISTRY).iter_errors(wrong)), schema


def test_the_manifest(service: ReconciliationService) -> None:
    manifest = valid(service.manifest(BASE + "/"), "manifest")
    assert manifest["versions"] == ["0.2"]
    assert manifest["identifierSpace"] == "https://w3id.org/comity/id/"
    assert {one["id"] for one in manifest["defaultTypes"]} >= {"State", "Organization", "Instrument", "ThreatGroup"}
    assert manifest["preview"]["url"] == f"{BASE}/preview?id={{{{id}}}}"
    assert manifest["suggest"]["entity"]["service_url"] + manifest["suggest"]["entity"]["service_path"] == f"{BASE}/suggest/entity"


# Query, the best candidate (none: no candidate at all), and whether it is a match.
QUERIES: dict[str, tuple[dict[str, Any], str | None, bool]] = {
    "name": ({"query": "Pakistan"}, "state/PAK", True),
    "type": ({"query": "AU", "type": "State"}, "state/AUS", True),
    "type-by-iri": ({"query": "AU", "type": "https://w3id.org/comity/ontology#Organization"}, "organization/au", True),
    "types": ({"query": "Europol", "type": ["Organization", "Body"], "type_strict": "any"}, "body/europol", True),
    "all-types": ({"query": "UNSCR 1373", "type": ["Resolution", "GlobalInstrument"], "type_strict": "all"}, "instrument/unscr-1373", True),
    "not-all-types": ({"query": "UNSCR 1373", "type": ["Resolution", "State"], "type_strict": "all"}, None, False),
    "other-type": ({"query": "Pakistan", "type": "ThreatGroup"}, None, False),
    "homonym": ({"query": "Montreal Convention", "type": "Treaty"}, "instrument/montreal-1971", False),
    "year": ({"query": "Montreal Convention", "properties": [{"pid": "year", "v": 1971}]}, "instrument/montreal-1971", True),
    "other-year": ({"query": "Montreal Convention", "properties": [{"pid": "year", "v": [1999]}]}, "instrument/montreal-1971", False),
    "code": ({"query": "Congo", "properties": [{"pid": "isoAlpha3", "v": "COD"}]}, "state/COD", True),
    "code-alone": ({"properties": [{"pid": "isoAlpha3", "v": "FRA"}]}, "state/FRA", True),
    "reconciled-value": ({"query": "Congo", "properties": [{"pid": "wikidata", "v": {"id": "Q974"}}]}, "state/COD", True),
    "what-is-no-evidence": ({"query": "Pakistan", "properties": [{"pid": "capital", "v": "Islamabad"}]}, "state/PAK", True),
    "own-identifier": ({"query": "state/PAK"}, "state/PAK", True),
    "item": ({"query": "Q843"}, "state/PAK", True),
    "unknown": ({"query": "Wakanda"}, None, False),
}


@pytest.mark.parametrize("case", QUERIES)
def test_queries(service: ReconciliationService, case: str) -> None:
    query, best, match = QUERIES[case]
    result = one(service, query)
    assert (result[0]["id"] if result else None) == best
    assert [candidate["match"] for candidate in result[:1]] == ([match] if best else [])
    assert not any(candidate["match"] for candidate in result[1:])
    assert all(candidate["type"] and candidate["description"] for candidate in result)


def test_every_key_comes_back(service: ReconciliationService) -> None:
    batch = {f"q{number}": {"query": name} for number, name in enumerate(["Niger", "", "x"]) if name}
    assert service.queries(batch).keys() == batch.keys()
    assert service.queries({}) == {}


def test_the_limit_is_kept(service: ReconciliationService) -> None:
    assert len(one(service, {"query": "Convention against terrorism", "limit": 2})) == 2


@pytest.mark.parametrize(
    ("batch", "message"),
    [
        ([], "no batch of queries"),
        ({"q0": "Pakistan"}, "no batch of queries"),
        ({"q0": {}}, "query 'q0' asks for nothing"),
        ({"q0": {"query": 7}}, "'query' that is none"),
        ({"q0": {"query": "a", "limit": 0}}, "'limit' that is none"),
        ({"q0": {"query": "a", "type": [1]}}, "'type' that is none"),
        ({"q0": {"query": "a", "type_strict": "very"}}, "'type_strict' that is none"),
        ({"q0": {"query": "a", "properties": [{"p": "x"}]}}, "'properties' that is none"),
        ({"q0": {"query": "a", "type": "Stat"}}, "unknown type 'Stat'"),
        ({f"q{number}": {"query": "a"} for number in range(BATCH + 1)}, "queries are too many"),
    ],
)
def test_an_error_is_never_an_empty_result(service: ReconciliationService, batch: Any, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        service.queries(batch)


def test_suggestions(service: ReconciliationService) -> None:
    things = valid(service.suggest_entities("pak"), "suggest-entities-response")["result"]
    assert things[0]["id"] == "state/PAK"
    assert valid(service.suggest_entities("Пакис"), "suggest-entities-response")["result"][0]["id"] == "state/PAK"
    assert valid(service.suggest_entities("Afganisthan"), "suggest-entities-response")["result"][0]["id"] == "state/AFG"
    assert valid(service.suggest_entities(""), "suggest-entities-response")["result"] == []
    first, second = (service.suggest_entities("s", cursor)["result"] for cursor in (0, SUGGESTIONS))
    assert len(first) == SUGGESTIONS
    assert not {item["id"] for item in first} & {item["id"] for item in second}
    types = valid(service.suggest_types("resol"), "suggest-types-response")["result"]
    assert "SecurityCouncilResolution" in {item["id"] for item in types}
    properties = valid(service.suggest_properties("iso"), "suggest-properties-response")["result"]
    assert {item["id"] for item in properties} >= {"isoAlpha2", "isoAlpha3"}


def test_previews(service: ReconciliationService) -> None:
    page = service.preview("organization/swift")
    assert page.startswith("<!DOCTYPE html>")
    assert "SWIFT (financial messaging cooperative)" in page
    assert "Q843" in service.preview("state/PAK")
    assert "Lord&#x27;s Resistance Army" in service.preview("group/lord-s-resistance-army")
    for kind, identifier in (("entity", "state/PAK"), ("type", "State"), ("property", "isoAlpha3")):
        flyout = service.flyout(kind, identifier)
        assert flyout["id"] == identifier
        assert flyout["html"].startswith("<p>")
    with pytest.raises(UnknownName, match="did you mean 'state/PAK'"):
        service.preview("state/PAKI")
    with pytest.raises(UnknownName):
        service.flyout("property", "nosuch")


def test_extension(service: ReconciliationService) -> None:
    query = {
        "ids": ["state/PAK", "instrument/unscr-1373", "state/nowhere"],
        "properties": [{"id": "wikidata"}, {"id": "isoAlpha3"}, {"id": "level"}, {"id": "year"}],
    }
    valid(query, "data-extension-query")
    answer = valid(service.extend(query), "data-extension-response")
    assert [item["id"] for item in answer["meta"]] == ["wikidata", "isoAlpha3", "level", "year"]
    assert answer["rows"]["state/PAK"] == {"wikidata": [{"str": "Q843"}], "isoAlpha3": [{"str": "PAK"}], "level": [], "year": []}
    assert [value["id"] for value in answer["rows"]["instrument/unscr-1373"]["level"]] == ["level/global"]
    assert set(map(str, answer["rows"]["state/nowhere"].values())) == {"[]"}
    with pytest.raises(UnknownName, match="isoAlpha3"):
        service.extend({"ids": [], "properties": [{"id": "isoAlpha"}]})
    with pytest.raises(UsageError, match="asks for no values"):
        service.extend({"ids": "state/PAK"})


def test_every_property_that_is_proposed_can_be_asked_for(service: ReconciliationService) -> None:
    for type_, thing in (("Instrument", "instrument/financing-1999"), ("State", "state/PAK"), ("Incident", "incident/bali-bombings-2002")):
        proposed = valid(service.propose_properties(type_), "data-extension-property-proposal")["properties"]
        assert len(proposed) > 3
        answer = valid(service.extend({"ids": [thing], "properties": [{"id": item["id"]} for item in proposed]}), "data-extension-response")
        assert answer["rows"][thing].keys() == {item["id"] for item in proposed}
    assert len(service.propose_properties("State", 2)["properties"]) == 2
