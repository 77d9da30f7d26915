"""The SPARQL 1.1 Protocol: the W3C's cases, and our own for what these leave out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pyoxigraph as ox
import pytest
from starlette.testclient import TestClient

from comity.server import pages

CASES = json.loads(Path(__file__).with_name("w3c_protocol.json").read_text(encoding="utf-8"))["cases"]
OWN = json.loads(Path(__file__).with_name("protocol.json").read_text(encoding="utf-8"))["cases"]
RESULTS = "application/sparql-results+json"


def test_count() -> None:
    names = [case["name"] for case in CASES]
    assert len(set(names)) == 34
    assert sum(name.startswith(("query_", "bad_query_", "bad_multiple_queries")) for name in names) == 20
    assert len(OWN) > 50


def encoded(fields: list[list[str]]) -> str:
    return urlencode([(name, value) for name, value in fields])


def send(client: TestClient, asked: dict[str, Any]) -> Any:
    """Send one request of a case, exactly as it says."""
    target = "/sparql" + (f"?{encoded(asked['fields'])}" if "fields" in asked else "")
    body = encoded(asked["form"]) if "form" in asked else asked.get("body", "")
    headers = {"Accept": asked.get("accept", "*/*")}
    if "type" in asked:
        headers["Content-Type"] = asked["type"]
    content = bytes.fromhex(asked["bytes"]) if "bytes" in asked else body.encode(asked.get("encoding", "UTF-8"))
    return client.request(asked["method"], target, headers=headers, content=content)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_w3c(case: dict[str, Any], few: TestClient) -> None:
    if case["name"].startswith("update_"):
        # Nothing can be changed here: what is to change something is refused, and has changed nothing.
        assert send(few, case["requests"][0]).status_code == 403
        counted = few.get("/sparql", params={"query": "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"}, headers={"Accept": "text/csv"})
        assert counted.text == "n\r\n204\r\n"
        return
    for asked in case["requests"]:
        response = send(few, asked)
        assert f"{response.status_code // 100}xx" == asked["status"], response.text
        match asked.get("format"):
            case "boolean":
                assert response.headers["content-type"] == RESULTS
                assert response.json()["boolean"] is asked.get("boolean", True)
            case "tabular":
                assert response.json()["results"]["bindings"]
            case "RDF":
                assert response.headers["content-type"] == "text/turtle; charset=utf-8"
                list(ox.parse(response.content, format=ox.RdfFormat.TURTLE))


@pytest.mark.parametrize("case", OWN, ids=lambda case: case["name"])
def test_own(case: dict[str, Any], few: TestClient) -> None:
    response = send(few, case)
    assert response.status_code == case["status"], response.text
    for name, value in case.get("headers", {}).items():
        assert response.headers[name] == value
    if "text" in case:
        assert response.text == case["text"]
    for name, value in case.get("problem", {}).items():
        assert response.json()[name] == value
    if case["status"] >= 400:
        assert response.headers["content-type"] == "application/problem+json"
        problem = response.json()
        assert problem["status"] == case["status"]
        assert problem["detail"]
        assert "\n" not in problem["detail"]


SELECT = "SELECT ?o { <x:s1> <x:p> ?o }"


def test_an_answer_is_not_sent_twice(few: TestClient) -> None:
    first = few.get("/sparql", params={"query": SELECT})
    tag = first.headers["etag"]
    for header in (tag, f'"other", W/{tag}', "*"):
        again = few.get("/sparql", params={"query": SELECT}, headers={"If-None-Match": header})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    other = few.get("/sparql", params={"query": SELECT}, headers={"If-None-Match": tag, "Accept": "text/csv"})
    assert other.status_code == 200
    assert other.headers["etag"] != tag


def test_chance_is_not_kept(few: TestClient) -> None:
    answers = {few.get("/sparql", params={"query": "SELECT (STRUUID() AS ?u) {}"}).text for _ in range(3)}
    assert len(answers) == 3


def test_head_has_the_headers_alone(few: TestClient) -> None:
    whole = few.get("/sparql", params={"query": SELECT})
    head = few.head("/sparql", params={"query": SELECT})
    assert head.status_code == 200
    assert head.headers["content-length"] == whole.headers["content-length"]
    assert head.headers["etag"] == whole.headers["etag"]


def test_other_pages_may_ask(few: TestClient) -> None:
    answer = few.get("/sparql", params={"query": SELECT}, headers={"Origin": "https://elsewhere.example"})
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "Comity-Rows-Cut" in answer.headers["access-control-expose-headers"]
    preflight = few.options(
        "/sparql",
        headers={
            "Origin": "https://elsewhere.example",
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "content-type",
        },
    )
    assert preflight.status_code == 200
    assert "POST" in preflight.headers["access-control-allow-methods"]


def test_a_browser_is_shown_pages(few: TestClient) -> None:
    browser = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
    for query in (None, SELECT, "ASK {}", "CONSTRUCT WHERE { ?s ?p ?o }", "SELECT *"):
        answer = few.get("/sparql", params={"query": query} if query else {}, headers=browser)
        assert answer.headers["content-type"].startswith("text/html"), query
        assert answer.status_code == (400 if query == "SELECT *" else 200)


def test_without_what_comes_from_npm_there_is_a_plain_field(few: TestClient, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(pages, "VENDOR", tmp_path)
    page = few.get("/sparql", headers={"Accept": "text/html"}).text
    assert "/vendor/" not in page
    assert '<textarea id="query"' in page
    (tmp_path / "yasgui.min.js").touch()
    assert "/vendor/yasgui.min.js" in few.get("/sparql", headers={"Accept": "text/html"}).text
