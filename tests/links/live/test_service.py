"""The client of a public query service: polite, and never in doubt whether an empty answer is an answer."""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest

from comity.errors import ComityError, StoreError, UsageError
from comity.links.service import QueryService, values
from comity.links.wikidata import ENTITY, with_prefixes

from .wikidata_service import FAULTS, REFUSALS, Service

QUERY = with_prefixes("SELECT ?label WHERE { wd:Q843 rdfs:label ?label }")
Serve = Callable[..., Service]
Client = Callable[..., QueryService]

#: What the service does; what is said of it; how often it is asked (of three times at most).
FAILURES: dict[str, tuple[str, int]] = {
    "429": ("failed with status 429 (Rate limit exceeded)", 3),
    "429 for an hour": ("left alone for 3600 s", 1),
    "500": ("failed with status 500", 1),
    "504 in HTML": ("failed with status 504 (Gateway Time-out)", 3),
    "truncated 200": ("broke off before its end", 3),
    "truncated 200 of the right length": ("cannot be read", 1),
    "200 with a trace behind the rows": ("cannot be read", 1),
    "200 in plain text": ("answered with text/plain", 1),
    "no answer": ("broke off before its end", 3),
}


def labels(client: QueryService) -> list[str]:
    return [row["label"].value for row in client.select(QUERY).rows]  # type: ignore[union-attr]


@pytest.fixture
def store() -> ox.Store:
    made = ox.Store()
    made.add(ox.Quad(ox.NamedNode(f"{ENTITY}Q843"), ox.NamedNode("http://www.w3.org/2000/01/rdf-schema#label"), ox.Literal("Pakistan")))
    return made


def test_every_fault_of_the_mock_is_tried() -> None:
    assert set(FAILURES) == set(FAULTS)


@pytest.mark.parametrize("fault", FAILURES)
def test_a_failure_is_an_error_and_no_answer(fault: str, wikidata: Serve, client: Client, store: ox.Store) -> None:
    said, times = FAILURES[fault]
    service = wikidata(*[fault] * 3, store=store)
    with pytest.raises(ComityError) as caught:
        client(service).select(QUERY)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)
    assert caught.value.exit_code == 3
    assert len(service.queries) == times


@pytest.mark.parametrize("fault", [fault for fault, (_, times) in FAILURES.items() if times > 1])
def test_what_passes_is_asked_again(fault: str, wikidata: Serve, client: Client, store: ox.Store) -> None:
    pauses: list[float] = []
    service = wikidata(fault, store=store)
    assert labels(client(service, pauses)) == ["Pakistan"]
    assert len(pauses) == 1
    if fault == "429":
        assert pauses == [7]  # what Retry-After says


@pytest.mark.parametrize("fault", FAILURES)
def test_a_failure_is_not_kept(fault: str, wikidata: Serve, client: Client, store: ox.Store) -> None:
    service = wikidata(*[fault] * FAILURES[fault][1], store=store)
    with pytest.raises(ComityError):
        client(service).select(QUERY)
    assert labels(client(service)) == ["Pakistan"]


def test_the_service_is_left_alone_when_it_says_so(wikidata: Serve, client: Client, store: ox.Store) -> None:
    service = wikidata("429 for an hour", store=store)
    asking = client(service)
    first, second = asking.batches(["a", "b"], 1, lambda some: f"SELECT ?{some[0]} {{}}")
    assert first.answer is None
    assert second.answer is None
    assert "not asked, since an earlier request failed" in str(second.error)
    assert len(service.queries) == 1


def test_it_is_left_alone_after_two_failures_in_a_row(wikidata: Serve, client: Client, store: ox.Store) -> None:
    service = wikidata("500", store=store)
    batches = list(client(service).batches(list("abc"), 1, lambda some: f"SELECT ?{some[0]} {{}}"))
    assert [batch.answer is not None for batch in batches] == [False, True, True]
    service.faults += [FAULTS["500"]] * 5
    before = len(service.queries)
    batches = list(client(service).batches(list("defg"), 1, lambda some: f"SELECT ?{some[0]} {{}}"))
    assert [batch.answer for batch in batches] == [None] * 4
    assert len(service.queries) - before == 2


def test_one_request_at_a_time(wikidata: Serve, client: Client, store: ox.Store) -> None:
    service = wikidata(store=store)
    assert len(list(client(service).batches(list("abcdefgh"), 2, lambda some: f"SELECT ?{some[0]} {{}}"))) == 4
    assert len(service.queries) == 4
    assert service.most_at_once == 1


def test_it_says_who_asks(wikidata: Serve, client: Client, store: ox.Store, monkeypatch: pytest.MonkeyPatch) -> None:
    service = wikidata(store=store)
    monkeypatch.setenv("COMITY_CONTACT", "library@example.org")
    for contact in ("me@example.org", None):
        client(service, contact=contact, max_age=datetime.timedelta(0)).select(QUERY)
    one, two = service.agents
    assert one.startswith("comity/")
    assert "https://w3id.org/comity/; me@example.org)" in one
    assert "https://w3id.org/comity/; library@example.org)" in two


@pytest.mark.parametrize("contact", ["a\nX-Header: 1", "mé@example.org"])
def test_a_contact_that_is_none(contact: str, client: Client) -> None:
    with pytest.raises(UsageError, match="cannot stand in a request"):
        client("http://127.0.0.1:9", contact=contact)


@pytest.mark.parametrize("refusal", REFUSALS)
def test_who_names_no_contact_is_refused_and_sees_it(
    refusal: str, wikidata: Serve, client: Client, store: ox.Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("comity.store.http._agent", lambda contact: "python")
    service = wikidata(store=store, refusal=REFUSALS[refusal])
    with pytest.raises(StoreError):
        client(service).select(QUERY)


def test_our_own_credentials_stay_with_us(wikidata: Serve, client: Client, store: ox.Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMITY_STORE_TOKEN", "secret")
    service = wikidata(store=store)
    client(service).select(QUERY)
    assert "authorization" not in service.headers[0]


def test_an_answer_is_kept_with_its_day(wikidata: Serve, client: Client, store: ox.Store, tmp_path: Path) -> None:
    service = wikidata(store=store)
    first = client(service).select(QUERY)
    assert client(service).select(QUERY) == first
    assert len(service.queries) == 1
    [file] = (tmp_path / "answers").iterdir()
    told = json.loads(file.read_text(encoding="utf-8"))
    assert told["query"] == QUERY
    assert told["endpoint"] == service.endpoint
    assert datetime.datetime.fromisoformat(told["asked"]) == first.asked
    assert json.loads(told["answer"])["results"]["bindings"]
    # Older than allowed, it is asked again; another service is another answer.
    told["asked"] = (first.asked - datetime.timedelta(days=31)).isoformat()
    file.write_text(json.dumps(told), encoding="utf-8")
    assert client(service).select(QUERY).asked >= first.asked
    assert len(service.queries) == 2
    other = wikidata(store=ox.Store())
    assert labels(client(other)) == []


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"asked": "yesterday"}', b"\xff"])
def test_what_is_kept_and_damaged_is_asked_again(content: bytes, wikidata: Serve, client: Client, store: ox.Store, tmp_path: Path) -> None:
    service = wikidata(store=store)
    client(service).select(QUERY)
    [file] = (tmp_path / "answers").iterdir()
    file.write_bytes(content)
    assert labels(client(service)) == ["Pakistan"]
    assert len(service.queries) == 2


def test_where_nothing_can_be_kept_the_answer_is_good(wikidata: Serve, client: Client, store: ox.Store, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder", encoding="utf-8")
    assert labels(client(wikidata(store=store), cache=tmp_path / "file" / "answers")) == ["Pakistan"]


def test_offline_only_what_is_kept_is_known(wikidata: Serve, client: Client, store: ox.Store) -> None:
    service = wikidata(store=store)
    asked = client(service, max_age=datetime.timedelta(0)).select(QUERY)
    offline = client(service, offline=True, max_age=datetime.timedelta(0))
    assert offline.select(QUERY) == asked
    with pytest.raises(StoreError, match="no answer to this query is kept"):
        offline.select(QUERY + " LIMIT 1")
    assert len(service.queries) == 1


def test_offline_without_a_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMITY_CACHE", "off")
    with pytest.raises(UsageError, match="no answers are kept"):
        QueryService("http://127.0.0.1:9", offline=True)


def test_a_query_that_is_not_recorded_is_a_failure(wikidata: Serve, client: Client, store: ox.Store) -> None:
    recording = {QUERY: b'{"head":{"vars":["label"]},"results":{"bindings":[{"label":{"type":"literal","value":"recorded"}}]}}'}
    service = wikidata(store=store, recorded=recording)
    assert labels(client(service)) == ["recorded"]
    with pytest.raises(StoreError, match=r"501 \(this query is not in the recording\)"):
        client(service).select(QUERY + " LIMIT 1")
    assert service.unknown == [QUERY + " LIMIT 1"]


def test_a_query_that_the_service_does_not_take(wikidata: Serve, client: Client, store: ox.Store) -> None:
    with pytest.raises(StoreError, match="does not take the query: MalformedQueryException"):
        client(wikidata(store=store)).select("SELECT WHERE")


def test_the_address_is_a_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COMITY_WIKIDATA", raising=False)
    assert QueryService().endpoint == "https://query.wikidata.org/sparql"
    monkeypatch.setenv("COMITY_WIKIDATA", "http://127.0.0.1:7001/sparql")
    assert QueryService().endpoint == "http://127.0.0.1:7001/sparql"
    assert QueryService("http://127.0.0.1:7002/sparql").endpoint == "http://127.0.0.1:7002/sparql"
    for address in ("ftp://example.org", "query.wikidata.org", "http://user:word@example.org/sparql"):
        with pytest.raises(UsageError):
            QueryService(address)


@pytest.mark.parametrize("item", ["x> } DROP ALL { <", "a b", 'q"'])
def test_nothing_is_pasted_into_a_query(item: str) -> None:
    with pytest.raises(ValueError, match="."):
        values("item", [item])


def test_prefixes_are_declared_once() -> None:
    text = with_prefixes("SELECT ?s { ?s wdt:P31 wd:Q1 ; ps:P1 <http://wd:1/> }")
    assert [line.split()[1] for line in text.splitlines() if line.startswith("PREFIX")] == ["ps:", "wd:", "wdt:"]
