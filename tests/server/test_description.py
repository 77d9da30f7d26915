"""What the server says of itself: the W3C's three cases for service descriptions, and that the numbers are right."""

from __future__ import annotations

import json
import re
from pathlib import Path

import httpx2
import pyoxigraph as ox
import pytest
from starlette.testclient import TestClient

from comity.server.description import SD, VOID
from comity.terms import RDF

WHOLE = ox.NamedNode("http://comity.test/.well-known/void#dataset")
ENDPOINT = ox.NamedNode("http://comity.test/sparql")
#: Of each property of the vocabulary that is used: the classes of its subjects and of its values (``""``: a node of any class).
SCHEMA = json.loads(Path(__file__).with_name("service_description.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def description(few: TestClient) -> ox.Store:
    store = ox.Store()
    store.load(few.get("/sparql").content, format=ox.RdfFormat.TURTLE)
    return store


def test_returns_rdf(few: TestClient) -> None:
    for accept, form in (("text/turtle", ox.RdfFormat.TURTLE), ("application/rdf+xml", ox.RdfFormat.RDF_XML), ("*/*", ox.RdfFormat.TURTLE)):
        answer = few.get("/sparql", headers={"Accept": accept})
        assert answer.status_code == 200
        assert list(ox.parse(answer.content, format=form))
    assert few.get("/sparql", headers={"Accept": "image/png"}).status_code == 406


def test_has_endpoint_triple(description: ox.Store) -> None:
    assert [quad.object for quad in description.quads_for_pattern(None, ox.NamedNode(SD.endpoint), None)] == [ENDPOINT]


def test_conforms_to_schema(description: ox.Store) -> None:
    types: dict[object, set[str]] = {}
    for quad in description.quads_for_pattern(None, ox.NamedNode(RDF.type), None):
        types.setdefault(quad.subject, set()).add(quad.object.value.removeprefix(str(SD)))
    used = [quad for quad in description if quad.predicate.value.startswith(str(SD))]
    assert len({quad.predicate for quad in used}) > 7
    for quad in used:
        subject, value = SCHEMA["properties"][quad.predicate.value.removeprefix(str(SD))]
        assert types[quad.subject] & set(subject), quad
        if value:
            # The vocabulary's own instances are typed there.
            known = types.get(quad.object, set()) | {SCHEMA["instances"].get(quad.object.value.removeprefix(str(SD)), "")}
            assert known & set(value), quad
    for classes in types.values():
        assert all(name in SCHEMA["classes"] for name in classes if not name.startswith("http"))


def test_the_graphs_are_those_that_are_here(description: ox.Store, few: TestClient) -> None:
    asked = few.get("/sparql", params={"query": "SELECT DISTINCT ?g { GRAPH ?g {} }"}, headers={"Accept": "text/csv"})
    here = set(asked.text.split()[1:])
    assert {quad.object.value for quad in description.quads_for_pattern(None, ox.NamedNode(SD.name), None)} == here
    assert len(here) == 6


def test_void_counts_what_is_there(few: TestClient, client: httpx2.Client) -> None:
    for server in (few, client):
        store = ox.Store()
        store.load(server.get("/.well-known/void").content, format=ox.RdfFormat.TURTLE)
        for name, query in {
            "triples": "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }",
            "properties": "SELECT (COUNT(DISTINCT ?p) AS ?n) { ?s ?p ?o }",
            "classes": "SELECT (COUNT(DISTINCT ?c) AS ?n) { ?s a ?c }",
            "distinctSubjects": "SELECT (COUNT(*) AS ?n) { SELECT DISTINCT ?s { ?s ?p ?o } }",
        }.items():
            counted = server.get("/sparql", params={"query": query}, headers={"Accept": "text/csv"}).text.split()[1]
            (said,) = (quad.object.value for quad in store.quads_for_pattern(WHOLE, ox.NamedNode(VOID[name]), None))
            assert said == counted, name
        assert [quad.object for quad in store.quads_for_pattern(None, ox.NamedNode(VOID.sparqlEndpoint), None)] == [ENDPOINT]


@pytest.mark.parametrize(
    ("part", "of", "number", "query"),
    [
        ("classPartition", "class", "entities", "SELECT ?of (COUNT(DISTINCT ?s) AS ?n) { ?s a ?of FILTER(ISIRI(?of)) } GROUP BY ?of"),
        ("propertyPartition", "property", "triples", "SELECT ?of (COUNT(*) AS ?n) { ?s ?of ?o } GROUP BY ?of"),
    ],
)
def test_void_counts_each_class_and_property(few: TestClient, client: httpx2.Client, part: str, of: str, number: str, query: str) -> None:
    """Under names of its own in the document where it is said: in VoID itself and in the service description."""
    for server in (few, client):
        counted = server.get("/sparql", params={"query": query}, headers={"Accept": "application/json"}).json()["results"]["bindings"]
        assert counted
        for document, dataset in (("/.well-known/void", "/.well-known/void#dataset"), ("/sparql", "/sparql#default")):
            store = ox.Store()
            store.load(server.get(document).content, format=ox.RdfFormat.TURTLE)
            whole = f"<http://comity.test{dataset}>"
            said = store.query(f"SELECT ?part ?of ?n {{ {whole} <{VOID}{part}> ?part . ?part <{VOID}{of}> ?of ; <{VOID}{number}> ?n }}")
            found = {(row[1].value, row[2].value): row[0].value for row in said}  # type: ignore[union-attr]
            assert set(found) == {(row["of"]["value"], row["n"]["value"]) for row in counted}
            assert len(set(found.values())) == len(counted)
            assert all(name.startswith(f"http://comity.test{document}#") for name in found.values())


def test_it_names_itself_by_the_address_that_it_was_asked_at(few: TestClient) -> None:
    for host, named in (("data.example:8443", "data.example:8443"), ("evil.example/<x>", "comity.test"), ("a b", "comity.test")):
        text = few.get("/sparql", headers={"Host": host}).text
        assert f"http://{named}" in text.replace(":80/", "/")
        assert "evil" not in text


def test_the_list_of_graphs_describes_the_dataset_to_search_engines(client: httpx2.Client, few: TestClient) -> None:
    """In the page, where they look for it, as RDF that says what it is, whose, how to have it, and how much there is."""
    page = client.get("/graph", headers={"Accept": "text/html"}).text
    [described] = re.findall('<script type="application/ld[+]json">(.*?)</script>', page)
    store = ox.Store()
    store.load(described.encode(), format=ox.RdfFormat.JSON_LD)
    asked = "ASK { ?d a s:Dataset ; s:name ?n ; s:license ?l ; s:creator ?c ; s:distribution/s:contentUrl ?u }"
    assert bool(store.query(asked, prefixes={"s": "https://schema.org/"}))
    counted = {quad.object.value for quad in store.quads_for_pattern(None, ox.NamedNode("https://schema.org/value"), None)}
    states = client.get("/sparql", params={"query": "SELECT (COUNT(DISTINCT ?s) AS ?n) { ?s a cy:State FILTER(isIRI(?s)) }"}).json()
    assert states["results"]["bindings"][0]["n"]["value"] in counted
    assert "ld+json" not in few.get("/graph", headers={"Accept": "text/html"}).text, "files of somebody's own are not the edition"
