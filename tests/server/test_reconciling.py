"""The Reconciliation Service over HTTP: answers are valid by the specification's JSON Schemas, by GET and by POST."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import httpx2
import pytest
from jsonschema import Draft7Validator
from referencing import Registry
from referencing.jsonschema import DRAFT7

BESIDE = Path(__file__).parent.parent / "reconcile"
SCHEMAS = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in (BESIDE / "schemas").glob("*.json")}
REGISTRY = Registry().with_resources((schema["$id"], DRAFT7.create_resource(schema)) for schema in SCHEMAS.values())
EXTENSION = {"ids": ["state/PAK", "state/FRA"], "properties": [{"id": "isoAlpha3"}, {"id": "wikidata"}]}


def valid(answer: Any, schema: str) -> Any:
    assert answer.status_code == 200, answer.text
    assert [error.message for error in Draft7Validator(SCHEMAS[schema], registry=REGISTRY).iter_errors(answer.json())] == []
    return answer.json()


def test_the_manifest(client: httpx2.Client) -> None:
    manifest = valid(client.get("/reconcile"), "manifest")
    assert manifest["versions"] == ["0.2"]
    assert manifest["preview"]["url"].startswith("http://comity.test/reconcile/preview")


def test_queries(client: httpx2.Client) -> None:
    batch = json.dumps({"a": {"query": "Pakistan", "type": "State"}, "b": {"query": "nothing of that kind", "type": "State"}})
    by_post = valid(client.post("/reconcile", data={"queries": batch}), "reconciliation-result-batch")
    by_get = valid(client.get("/reconcile", params={"queries": batch}), "reconciliation-result-batch")
    assert by_post == by_get
    assert by_post["a"]["result"][0]["id"] == "state/PAK"
    assert by_post["a"]["result"][0]["match"] is True
    assert not any(candidate["match"] for candidate in by_post["b"]["result"])


def test_a_batch_of_a_thousand(client: httpx2.Client) -> None:
    """As many as the manifest says, in one request that is within the limits on bodies; one more is refused."""
    assert valid(client.get("/reconcile"), "manifest")["batchSize"] == 1000
    with (BESIDE / "labelled.csv").open(encoding="utf-8", newline="") as file:
        names = [row["wording"] for row in csv.DictReader(file)]
    assert len(names) > 400
    batch = {f"q{number}": {"query": names[number % len(names)]} for number in range(1000)}
    answer = valid(client.post("/reconcile", data={"queries": json.dumps(batch)}), "reconciliation-result-batch")
    assert answer.keys() == batch.keys()
    assert sum(bool(found["result"]) for found in answer.values()) > 700
    refused = client.post("/reconcile", data={"queries": json.dumps({**batch, "more": {"query": "x"}})})
    assert refused.status_code == 413


@pytest.mark.parametrize(
    ("path", "schema"),
    [
        ("/reconcile/suggest/entity?prefix=Paki", "suggest-entities-response"),
        ("/reconcile/suggest/entity?prefix=&cursor=3", "suggest-entities-response"),
        ("/reconcile/suggest/type?prefix=St", "suggest-types-response"),
        ("/reconcile/suggest/property?prefix=co", "suggest-properties-response"),
        ("/reconcile/extend/propose?type=State&limit=3", "data-extension-property-proposal"),
    ],
)
def test_suggestions_and_proposals(client: httpx2.Client, path: str, schema: str) -> None:
    valid(client.get(path), schema)


def test_extension(client: httpx2.Client) -> None:
    for answer in (
        client.post("/reconcile", data={"extend": json.dumps(EXTENSION)}),
        client.get("/reconcile", params={"extend": json.dumps(EXTENSION)}),
    ):
        assert valid(answer, "data-extension-response")["rows"]["state/PAK"]["isoAlpha3"] == [{"str": "PAK"}]


def test_previews_may_be_framed(client: httpx2.Client) -> None:
    preview = client.get("/reconcile/preview", params={"id": "state/PAK"})
    assert "Pakistan" in preview.text
    assert "frame-ancestors *" in preview.headers["content-security-policy"]
    flyout = client.get("/reconcile/flyout/entity", params={"id": "state/PAK"}).json()
    assert flyout["id"] == "state/PAK"


def test_other_pages_may_ask(client: httpx2.Client) -> None:
    answer = client.get("/reconcile", headers={"Origin": "http://127.0.0.1:3333"})
    assert answer.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize(
    ("method", "path", "form", "status"),
    [
        ("POST", "/reconcile", {}, 400),
        ("POST", "/reconcile", {"queries": "{"}, 400),
        ("POST", "/reconcile", {"queries": "[" * 100_000}, 400),
        ("POST", "/reconcile", {"queries": "[]"}, 400),
        ("POST", "/reconcile", {"queries": '{"q": {"query": "x", "type": "Nix"}}'}, 400),
        ("POST", "/reconcile", {"extend": '{"ids": ["state/PAK"]}'}, 400),
        ("POST", "/reconcile", {"extend": '{"ids": ["state/PAK"], "properties": [{"id": "nix"}]}'}, 400),
        ("GET", "/reconcile/suggest/nix?prefix=a", None, 404),
        ("GET", "/reconcile/suggest/entity?prefix=a&cursor=-1", None, 400),
        ("GET", "/reconcile/preview", None, 400),
        ("GET", "/reconcile/preview?id=state/NIX", None, 404),
        ("GET", "/reconcile/flyout/nix?id=a", None, 404),
        ("GET", "/reconcile/extend/propose", None, 400),
        ("GET", "/reconcile/extend/propose?type=Nix", None, 400),
        ("DELETE", "/reconcile", None, 405),
    ],
)
def test_mistakes_are_told(client: httpx2.Client, method: str, path: str, form: dict[str, str] | None, status: int) -> None:
    answer = client.request(method, path, **({} if form is None else {"data": form}))  # type: ignore[arg-type]
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"]
