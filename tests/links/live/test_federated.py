"""The federated queries run on a user's engine, an Oxigraph server with the edition, which asks the mock of Wikidata."""

from __future__ import annotations

import sys
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest

from comity.errors import QuestionError, UnknownName, UsageError
from comity.links import MappingSet, federated, mapping_sets, read
from comity.links.gate import Classes, Kinds
from comity.links.service import ENDPOINT
from comity.terms import ID
from comity.tokens import tokenize

from .wikidata_service import ENTITY, Service, extract, serving

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))
from store.servers import oxigraph

QUERIES = federated.queries()

#: What each query answers from the extract and the edition: columns, and rows, of the thing that it asks about.
ANSWERS: dict[str, list[str]] = {
    "articles": [f"{ID}organization/sco en https://en.example.org/wiki/SCO", f"{ID}organization/sco tg https://tg.example.org/wiki/SCO"],
    "members": [
        f"{ID}state/PAK Pakistan 2017-06-09T00:00:00Z  {ENTITY}Q843 {ID}membership/sco-PAK ",
        f"{ID}state/PAK Pakistan 2017-06-09T00:00:00Z  {ENTITY}Q843 {ID}membership/sco-PAK-member-2017-06-09-unverified 2017-06-09",
    ],
    "names": [f"{ID}state/PAK Pakistan mul", f"{ID}state/PAK Pakistani (not a language that we have) sw"],
    "seat": [
        f"{ID}organization/sco Shanghai Cooperation Organization {ID}place/beijing Beijing {ENTITY}Q956 2001-06-15T00:00:00Z ",
    ],
}


@pytest.fixture(scope="module")
def both(
    edition_quads: list[ox.Quad], edition_kinds: Kinds, admitted: Classes, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Service, str]]:
    """The mock of Wikidata, and the query service of a server that holds the edition."""
    store = extract(edition_kinds, admitted)
    # The server names no contact; the real service says that it may refuse such.
    with serving(store, refusal=None) as wikidata, oxigraph(tmp_path_factory.mktemp("server"), "--union-default-graph") as server:
        content = ox.serialize(edition_quads, format=ox.RdfFormat.N_QUADS)
        headers = {"Content-Type": "application/n-quads"}
        with urllib.request.urlopen(urllib.request.Request(f"{server}/store", content, headers, method="POST"), timeout=60) as answer:
            assert answer.status == 204
        yield wikidata, f"{server}/query"


def ask(url: str, sparql: str) -> list[str]:
    request = urllib.request.Request(url, urllib.parse.urlencode({"query": sparql}).encode(), {"Accept": "application/sparql-results+json"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        content = answer.read()
    found = ox.parse_query_results(content, format=ox.QueryResultsFormat.JSON)
    assert isinstance(found, ox.QuerySolutions)
    return [" ".join(str(getattr(term, "value", "")) for term in row) for row in found]


def test_every_query_has_an_answer() -> None:
    assert len(QUERIES) >= 4
    assert set(QUERIES) == set(ANSWERS)
    assert federated.listing().column("name") == tuple(sorted(QUERIES))


@pytest.mark.parametrize("name", QUERIES)
def test_two_servers_answer_it(name: str, both: tuple[Service, str]) -> None:
    wikidata, server = both
    before = len(wikidata.queries)
    assert ask(server, QUERIES[name].text(endpoint=wikidata.endpoint)) == ANSWERS[name]
    # One small request, and the item in it.
    [asked] = wikidata.queries[before:]
    assert f"<{ENTITY}Q" in asked
    assert "VALUES" in asked


def test_it_can_be_asked_about_another_thing(both: tuple[Service, str], links: MappingSet) -> None:
    wikidata, server = both
    item = federated.item_of("organization:asean", links)
    assert ask(server, QUERIES["seat"].text(item, wikidata.endpoint)) == [
        f"{ID}organization/asean Association of Southeast Asian Nations {ID}place/jakarta Jakarta "
        f"{ENTITY}Q99910000050 1968-01-01T00:00:00Z "
    ]


@pytest.fixture(scope="module")
def links() -> MappingSet:
    return read(mapping_sets()["links/wikidata"])


@pytest.mark.parametrize("name", QUERIES)
def test_the_file_runs_as_it_is(name: str, links: MappingSet, checkout: Path) -> None:
    query = QUERIES[name]
    assert query.sparql == (checkout / "queries" / "federated" / f"{name}.rq").read_text(encoding="utf-8")
    # It asks about the thing that its header names.
    assert query.slot.term.value == federated.item_of(query.example, links)
    assert query.text(query.slot.term.value, ENDPOINT) == query.sparql.replace(
        query.sparql[query.slot.start : query.slot.end], str(query.slot.term)
    )


@pytest.mark.parametrize("name", QUERIES)
def test_all_that_is_asked_for_stands_within_service(name: str) -> None:
    tokens = tokenize(QUERIES[name].sparql)
    texts = [token.text.upper() for token in tokens]
    assert texts.index("SERVICE") < texts.index("VALUES")
    assert texts.count("SERVICE") == texts.count("VALUES") == 1


def test_the_endpoint_is_a_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    query = QUERIES["names"]
    monkeypatch.delenv("COMITY_WIKIDATA", raising=False)
    assert f"SERVICE <{ENDPOINT}>" in query.text()
    monkeypatch.setenv("COMITY_WIKIDATA", "http://localhost:7001/sparql")
    assert "SERVICE <http://localhost:7001/sparql>" in query.text()
    assert "SERVICE <http://localhost:7002/sparql>" in query.text(endpoint="http://localhost:7002/sparql")


@pytest.mark.parametrize("address", ["ftp://example.org", "http://example.org/a b", "http://example.org/> { } #", "localhost"])
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(UsageError):
        QUERIES["names"].text(endpoint=address)


def test_a_thing_has_an_item_or_is_refused(links: MappingSet) -> None:
    assert federated.item_of("state:PAK", links) == federated.item_of(f"{ID}state/PAK", links) == f"{ENTITY}Q843"
    assert federated.item_of("Q7768", links) == f"{ENTITY}Q7768"
    for thing, what in (("instrument:financing-1999", "has no item"), ("Pakistan", "neither an IRI nor a known short form")):
        with pytest.raises(UsageError, match=what):
            federated.item_of(thing, links)
    with pytest.raises(UnknownName, match="unknown name"):
        federated.find("nonsense")


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ('#+ title = "a\n', "Illegal|illegal|Unterminated|unterminated|expected|string"),
        ('#+ title = "a"\nSELECT * {}', "the header has no question"),
        ("HEADER\nSELECT * { ?s ?p ?o }", "asks no service"),
        ("HEADER\nSELECT * { SERVICE <https://example.org/> { VALUES (?item) { (<x:y>) } } }", "asks no service, or another one"),
        (f"HEADER\nSELECT * {{ SERVICE <{ENDPOINT}> {{ ?item ?p ?o }} }}", "no VALUES block"),
    ],
)
def test_a_file_that_is_not_in_order_is_told(text: str, what: str, tmp_path: Path) -> None:
    for folder in ("ontology", "queries/federated"):
        (tmp_path / folder).mkdir(parents=True)
    header = '#+ title = "a"\n#+ question = "b"\n#+ example = "state:PAK"'
    (tmp_path / "queries" / "federated" / "one.rq").write_text(text.replace("HEADER", header), encoding="utf-8")
    with pytest.raises(QuestionError, match=what):
        federated.queries(tmp_path)
