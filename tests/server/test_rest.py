"""The questions as REST: the same tables as everywhere, mistakes as problem+json, and what the OpenAPI document promises."""

from __future__ import annotations

import json
from typing import Any

import httpx2
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from starlette.testclient import TestClient

import comity
from comity import resources
from comity.questions import list_questions, load_question
from comity.server import catalogue
from comity.server.rest import FORMS
from comity.table import Table
from soak import FULL, amount

NAMES = [question.name for question in list_questions()]
SOME = ("status", "instruments", "levels")


def examples(name: str) -> dict[str, str]:
    """A value for each of the question's parameters."""
    return {parameter.name: parameter.example for parameter in load_question(name).parameters}


def test_the_same_as_in_python(client: httpx2.Client) -> None:
    with comity.open() as edition:
        for name in SOME:
            table = edition.ask(name, **examples(name))
            assert len(table) > 1
            for form, text in {
                "json": table.to_json(),
                "csv": table.to_csv(),
                "tsv": table.to_tsv(),
                "srj": table.to_sparql_json(),
                "md": table.to_markdown(),
                "rq": table.origin.query if table.origin else "",
            }.items():
                answer = client.get(f"/q/{name}.{form}", params=examples(name))
                assert answer.status_code == 200
                assert answer.headers["content-type"] == FORMS[form]
                assert answer.text == text
            assert Table.from_json(client.get(f"/q/{name}.json", params=examples(name)).text).rows == table.rows
            assert client.get(f"/q/{name}.xlsx", params=examples(name)).content[:2] == b"PK"


@pytest.mark.parametrize("name", NAMES)
def test_every_question_is_there(client: httpx2.Client, name: str) -> None:
    """And checks what it is given: no question has a parameter of this name."""
    answer = client.get(f"/q/{name}.json", params={"nix": "1"})
    assert answer.status_code == 400
    assert answer.json()["detail"] == f"question {name} has no parameter nix"


def test_an_answer_is_kept(few: TestClient) -> None:
    path, given = "/q/admissions.json", examples("admissions")
    assert len(given) > 1
    first = few.get(path, params=given)
    assert first.status_code == 200
    workers = few.app.workers  # type: ignore[attr-defined]
    calls = []
    call, workers.call = workers.call, lambda *given, **more: calls.append(given) or call(*given, **more)
    try:
        # In another order, it is the same question.
        again = few.get(path, params=dict(reversed(given.items())))
        kept = few.get(path, params=given, headers={"If-None-Match": first.headers["etag"]})
    finally:
        workers.call = call
    assert not calls
    assert again.content == first.content
    assert (kept.status_code, kept.content) == (304, b"")


MISTAKES: list[tuple[str, int, str | None, str]] = [
    ("/q/status.json?instrument=financing-1999&on=yesterday", 400, "on", "is no date"),
    ("/q/status.json?instrument=financing-1999&onn=2010-01-01", 400, "onn", "has no parameter onn"),
    ("/q/status.json?instrument=financing-1999&on=2010-01-01&on=2011-01-01", 400, "on", "given twice"),
    ("/q/status.json?instrument=nothing+of+the+kind&on=2010-01-01", 400, "instrument", "names no instrument"),
    ("/q/status.json?instrument=financing-1999&on=2010-01-01&sources=1", 400, "sources", "has no parameter sources"),
    ("/q/status.json?instrument=financing-1999&on=2010-01-01&self=1", 400, "self", "has no parameter self"),
    ("/q/statu.json", 404, None, "unknown question 'statu'"),
    ("/q/status", 404, None, "there is no answer"),
    ("/q/status.exe", 404, None, "there is no answer"),
    ("/q/.json", 404, None, "unknown question"),
    ("/q/..%2Fstatus.json", 404, None, ""),
    ("/questions?word=a", 400, "word", "there is no parameter word"),
    ("/questions?words=a&words=b", 400, "words", "given twice"),
]


@pytest.mark.parametrize(("path", "status", "parameter", "detail"), MISTAKES, ids=[mistake[0] for mistake in MISTAKES])
def test_mistakes_are_told(client: httpx2.Client, path: str, status: int, parameter: str | None, detail: str) -> None:
    answer = client.get(path)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem.get("parameter") == parameter
    assert detail in problem["detail"]
    assert problem["remedy"]


def test_questions_are_listed(client: httpx2.Client) -> None:
    assert catalogue.count() == len(NAMES)
    assert [question["name"] for question in client.get("/questions").json()] == NAMES
    found = client.get("/questions?words=treaty").json()
    assert 0 < len(found) < len(NAMES)
    assert client.get("/questions", headers={"Accept": "text/html"}).headers["content-type"].startswith("text/html")


# -- what the document promises ------------------------------------------------------------------------------------------

OPERATIONS = [
    *("questions", "sparql.get", "sparql.post"),
    *("levels.json", "levels.csv", "instruments.json", "status.csv", "days-between.json"),
]
"""All that is not a question, and questions with parameters of each type: the rest are made by the same code, and asked in `make soak`."""


def test_the_document_has_the_true_address(client: httpx2.Client) -> None:
    assert client.get("/openapi.json").json()["servers"] == [{"url": "http://comity.test"}]


def test_each_path_of_the_document_is_there(client: httpx2.Client) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    assert len(paths) == 2 * len(NAMES) + 2
    for path in paths:
        assert client.request("OPTIONS", path).headers["allow"], path


@pytest.fixture(scope="module")
def session() -> requests.Session:
    own = requests.Session()
    own.trust_env = False
    return own


@schemathesis.serializer("application/sparql-query")
def as_it_is(_: schemathesis.SerializationContext, value: Any) -> bytes:
    """A query is sent as its own text; what is no text, as JSON, so that the server may refuse it."""
    return value.encode("utf-8", "surrogatepass") if isinstance(value, str) else json.dumps(value).encode()


DOCUMENT = json.loads(resources.openapi().read_text(encoding="utf-8"))
SCHEMA = schemathesis.openapi.from_dict({**DOCUMENT, "servers": [{"url": "http://comity.test"}]})
#: That a name is a string is all that a schema can say; whether it names a thing, and whether a text is SPARQL, the answer says.
EXCLUDED = [schemathesis.checks.positive_data_acceptance]


@(SCHEMA if FULL else SCHEMA.include(operation_id=OPERATIONS)).parametrize()
@settings(
    max_examples=amount(2, 30),
    deadline=None,
    derandomize=not FULL,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_what_the_document_promises(case: schemathesis.Case, session: requests.Session, client: httpx2.Client) -> None:
    case.call_and_validate(base_url=str(client.base_url), session=session, excluded_checks=EXCLUDED, timeout=90)


def test_the_operations_are_those() -> None:
    known = {operation["operationId"] for path in DOCUMENT["paths"].values() for operation in path.values()}
    assert set(OPERATIONS) <= known
