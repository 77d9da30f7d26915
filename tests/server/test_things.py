"""Things, the ontology and the graphs at their IRIs, in every form."""

from __future__ import annotations

import json
from urllib.parse import urlsplit

import httpx2
import pyoxigraph as ox
import pytest

from comity.terms import BASE, CY, RDFS

STATE = f"{BASE}id/state/PAK"
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
FORMS = [
    ("text/html", "html", "text/html; charset=utf-8"),
    ("text/turtle", "ttl", "text/turtle; charset=utf-8"),
    ("application/ld+json", "jsonld", "application/ld+json"),
    ("application/n-triples", "nt", "application/n-triples; charset=utf-8"),
    ("application/rdf+xml", "rdf", "application/rdf+xml; charset=utf-8"),
]
DOCUMENTS = [
    "/doc/state/PAK",
    "/doc/instrument/unscr-1373",
    "/doc/norm/saarc-1987-1",
    "/ontology",
    "/ontology/0.1.0",
    "/graph/paper/3.1.2",
]
PARSED = {"ttl": ox.RdfFormat.TURTLE, "nt": ox.RdfFormat.N_TRIPLES, "rdf": ox.RdfFormat.RDF_XML, "jsonld": ox.RdfFormat.JSON_LD}


def triples(content: bytes, suffix: str) -> set[ox.Triple]:
    return {quad.triple for quad in ox.parse(content, format=PARSED[suffix])}


def test_a_thing_points_to_what_is_said_about_it(client: httpx2.Client) -> None:
    for accept in (BROWSER, "text/turtle", "*/*"):
        answer = client.get("/id/state/PAK", headers={"Accept": accept})
        assert answer.status_code == 303
        assert answer.headers["location"] == "/doc/state/PAK"


@pytest.mark.parametrize(("accept", "suffix", "content_type"), FORMS)
@pytest.mark.parametrize("path", DOCUMENTS)
def test_every_form(client: httpx2.Client, path: str, accept: str, suffix: str, content_type: str) -> None:
    asked = client.get(path, headers={"Accept": accept})
    named = client.get(f"{path}.{suffix}", headers={"Accept": "image/png"})
    for answer in (asked, named):
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"] == content_type
        assert "Accept" in answer.headers["vary"]
        assert f'<{path}.ttl>; rel="alternate"; type="text/turtle"' in answer.headers["link"]
        again = client.get(path, headers={"Accept": accept, "If-None-Match": answer.headers["etag"]})
        assert again.status_code == 304
    assert asked.content == named.content


@pytest.mark.parametrize("path", DOCUMENTS)
def test_every_form_says_the_same(client: httpx2.Client, path: str) -> None:
    graphs = {suffix: triples(client.get(f"{path}.{suffix}").content, suffix) for suffix in PARSED}
    # The ontology has nodes without names, which a parser names anew.
    assert len({len(graph) for graph in graphs.values()}) == 1
    if path != "/ontology" and path != "/ontology/0.1.0":
        assert all(graph == graphs["nt"] for graph in graphs.values())
    assert len(graphs["nt"]) > 5


def test_it_says_what_is_known(client: httpx2.Client) -> None:
    label = ox.Triple(ox.NamedNode(STATE), ox.NamedNode(RDFS.label), ox.Literal("Pakistan", language="en"))
    assert label in triples(client.get("/doc/state/PAK.ttl").content, "ttl")
    # And what points to it.
    assert any(triple.object == ox.NamedNode(STATE) for triple in triples(client.get("/doc/state/PAK.nt").content, "nt"))
    page = client.get("/doc/state/PAK.html").text
    assert "Pakistan" in page
    assert "باكستان" in page


def test_a_page_says_it_in_words(client: httpx2.Client) -> None:
    """Dates and sources are there, and what others say of it; what says the same day again is not."""
    page = client.get("/doc/membership/un-AFG-1946-11-09.html").text
    assert "start date" in page
    assert "earliest start" not in page
    assert 'described in <a href="/graph/record/un-membership">' in page
    page = client.get("/doc/instrument/financing-1999.html").text
    assert "2002-04-10" in page
    assert "about it" in page
    assert "it is the instrument" in page
    # Nobody but Comity speaks of this one: its file stands for the source.
    page = client.get("/doc/strength/requires.html").text
    assert "Who says so" in page
    assert '<a href="/graph/concepts/' in page


def test_hash_iris_lead_to_the_ontology(client: httpx2.Client) -> None:
    assert CY.Instrument == f"{BASE}ontology#Instrument"
    assert 'id="Instrument"' in client.get("/ontology", headers={"Accept": BROWSER}).text


def test_every_kind_of_address_of_ours_leads_somewhere(client: httpx2.Client) -> None:
    """The IRIs of a thing, a term and a graph, with this server in the place of w3id.org."""
    for iri in (STATE, f"{BASE}ontology#Instrument", f"{BASE}graph/inferred", f"{BASE}graph/record/m49"):
        path = urlsplit(iri).path.removeprefix("/comity")
        answer = client.get(path, headers={"Accept": "text/turtle"}, follow_redirects=True)
        assert answer.status_code == 200


MISSING = [
    "/id/state/",
    "/id/nix/PAK",
    "/id/state/..",
    "/doc/state/NIX",
    "/doc/state/NIX.ttl",
    "/doc/nix/PAK",
    "/doc/state/PAK.png",
    "/doc/state/%00",
    "/doc/state/a%2Fb",
    "/ontology/0.0.1",
    "/ontology.png",
    "/graph/nix",
    "/graph/paper/%3E%20%3Cx:y",
    "/nothing",
]


@pytest.mark.parametrize("path", MISSING)
def test_what_is_not_there(client: httpx2.Client, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem = json.loads(answer.content)
    assert problem["detail"]
    assert problem["remedy"]
    page = client.get(path, headers={"Accept": BROWSER})
    assert page.status_code == 404
    assert page.headers["content-type"].startswith("text/html")


def test_a_form_that_nobody_has(client: httpx2.Client) -> None:
    assert client.get("/doc/state/PAK", headers={"Accept": "image/png"}).status_code == 406


def test_graphs_are_listed(client: httpx2.Client) -> None:
    assert "/graph/paper/3.1.2" in client.get("/graph").text
