"""The commands that ask Wikidata, from end to end against the mock: what they print, and how they end."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

import comity
from comity import cli, dataset, resources
from comity.links import mapping_sets, read
from comity.links.gate import Classes, Kinds

from .wikidata_service import ENTITY, FAULTS, Service, change, extract

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(
    edition_quads: list[ox.Quad],
    edition: comity.Comity,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Run:
    """Run a command. Answers are kept; the edition is read and opened once for all, which saves half a minute."""
    monkeypatch.setenv("COMITY_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr("comity.store.edition.kept_folder", lambda _: None)
    monkeypatch.setattr("comity.api.open", lambda **_: contextlib.nullcontext(edition))
    original = dataset.read

    def read_once(view: str, *more: Any, **options: Any) -> list[ox.Quad]:
        return original(view, *more, **options) if more or options else edition_quads

    monkeypatch.setattr(dataset, "read", read_once)

    def made(service: Service | None, *arguments: object) -> tuple[int, str, str]:
        if service is not None:
            monkeypatch.setenv("COMITY_WIKIDATA", service.endpoint)
        status = cli.run([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        assert "Traceback" not in err
        return status, out, err

    return made


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_check_without_findings(wikidata: Callable[..., Service], run: Run) -> None:
    service = wikidata()
    status, out, err = run(service, "link", "check", "--contact", "me@example.org")
    assert (status, rows(out), err) == (0, [], "")
    assert "me@example.org" in service.agents[0]
    status, out, _ = run(service, "link", "check", "--all", "-f", "json")
    assert status == 0
    assert len(json.loads(out)["rows"]) > 330


def test_check_with_findings(wikidata: Callable[..., Service], run: Run, edition_kinds: Kinds, admitted: Classes, tmp_path: Path) -> None:
    store = extract(edition_kinds, admitted)
    change(store, "Q843", deleted="yes")
    change(store, "Q8475", class_="police academy")
    service = wikidata(store=store)
    status, out, err = run(service, "link", "check")
    assert (status, err) == (1, "")
    assert {(row["item"].removeprefix(ENTITY), row["state"]) for row in rows(out)} == {("Q843", "deleted"), ("Q8475", "other class")}
    status, out, _ = run(service, "link", "check", "-o", tmp_path / "found.csv")
    assert (status, out) == (1, "")
    assert "deleted" in (tmp_path / "found.csv").read_text(encoding="utf-8")


def test_check_that_fails_is_not_check_that_finds(wikidata: Callable[..., Service], run: Run) -> None:
    service = wikidata()
    service.faults += [FAULTS["200 in plain text"]] * 10
    status, out, err = run(service, "link", "check")
    assert status == 3
    assert {row["state"] for row in rows(out)} == {"failed"}
    assert "not answered: the store answered with text/plain" in err
    assert err.count("\n") == 1


def test_resolve_prints_a_diff_and_writes_nothing(wikidata: Callable[..., Service], run: Run) -> None:
    service = wikidata()
    master = mapping_sets()["links/wikidata"]
    before = master.read_bytes()
    status, out, err = run(service, "link", "resolve")
    assert status == 1
    assert out.startswith("--- a/data/links/wikidata.sssom.tsv\n+++ b/data/links/wikidata.sssom.tsv\n@@")
    assert "+instrument:unscr-1373\t" in out
    assert "several: wd:Q99910000002 wd:Q99910000003" in err
    assert master.read_bytes() == before
    status, out, _ = run(service, "link", "resolve", "--table")
    assert status == 1
    assert {row["outcome"] for row in rows(out)} == {"proposed", "none", "several", "other class", "refused"}


def test_resolve_without_anything_to_propose(wikidata: Callable[..., Service], run: Run) -> None:
    assert run(wikidata(store=ox.Store()), "link", "resolve") == (0, "", "")


def test_resolve_that_fails(wikidata: Callable[..., Service], run: Run) -> None:
    service = wikidata()
    service.faults += [FAULTS["500"]] * 10
    status, out, err = run(service, "link", "resolve")
    assert (status, out) == (3, "")
    assert "not answered" in err


def test_resolve_writes_when_told(wikidata: Callable[..., Service], run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for part in resources.PARTS:
        shutil.copytree(resources.root() / part, tmp_path / part)
    monkeypatch.setenv("COMITY_ROOT", str(tmp_path))
    status, _, err = run(wikidata(), "link", "resolve", "--write")
    assert status == 1
    assert "update_links.py" in err
    written = read(tmp_path / "data" / "links" / "wikidata.sssom.tsv")
    assert written.exact["https://w3id.org/comity/id/instrument/unscr-1373"] == f"{ENTITY}Q99910000001"


def test_enrich_shows_and_keeps_apart(wikidata: Callable[..., Service], run: Run, tmp_path: Path) -> None:
    service = wikidata()
    status, out, err = run(service, "enrich", "-o", tmp_path / "wikidata.trig")
    assert status == 0
    assert {row["verdict"] for row in rows(out)} == {"agrees", "adds", "contradicts", "not comparable"}
    assert "statements: " in err
    quads = list(ox.parse(path=tmp_path / "wikidata.trig"))
    assert {quad.graph_name.value for quad in quads} == {"https://w3id.org/comity/graph/enrichment/wikidata"}
    first = (tmp_path / "wikidata.trig").read_bytes()
    # From what is kept: the same bytes, and nobody is asked.
    asked = len(service.queries)
    assert run(service, "enrich", "--offline", "-o", tmp_path / "wikidata.trig")[0] == 0
    assert (tmp_path / "wikidata.trig").read_bytes() == first
    assert len(service.queries) == asked
    status, out, _ = run(service, "enrich", "--property", "P571", "--verdict", "contradicts")
    assert status == 0
    assert [(row["thingLabel"], row["theirs"], row["ours"]) for row in rows(out)] == [
        ("Association of Southeast Asian Nations", "1968", "1967-08-08")
    ]


def test_enrich_that_fails_in_part(wikidata: Callable[..., Service], run: Run, tmp_path: Path) -> None:
    service = wikidata("500")
    status, out, err = run(service, "enrich", "-o", tmp_path / "wikidata.ttl")
    assert status == 3
    assert rows(out)
    assert "not answered: 50 things" in err
    assert (tmp_path / "wikidata.ttl").is_file()


def test_drafts_for_wikidata(wikidata: Callable[..., Service], run: Run, tmp_path: Path) -> None:
    status, out, err = run(wikidata(), "export", "quickstatements", "-o", tmp_path / "drafts.txt")
    assert (status, out) == (0, "")
    assert "200 of " in err
    lines = (tmp_path / "drafts.txt").read_text(encoding="utf-8").splitlines()
    assert len(lines) == 200
    assert {line.split("\t")[1] for line in lines} == {"P463"}


def test_federated_queries(run: Run) -> None:
    status, out, _ = run(None, "link", "query")
    assert status == 0
    assert "members" in {row["name"] for row in rows(out)}
    status, out, _ = run(None, "link", "query", "members", "--thing", "organization:asean", "--endpoint", "http://localhost:7001/sparql")
    assert status == 0
    assert "SERVICE <http://localhost:7001/sparql> {\n    VALUES (?item) { (<http://www.wikidata.org/entity/Q7768>) }" in out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("link", "check", "--endpoint", "wikidata"), "is no address"),
        (("link", "check", "--contact", "é"), "the contact cannot stand in a request"),
        (("link", "check", "--max-age", "-1"), "--max-age"),
        (("link", "check", "-f", "docx"), "unknown format 'docx'"),
        (("link", "query", "member"), "did you mean 'members'?"),
        (("link", "query", "members", "--thing", "state:XXX"), "state:XXX has no item"),
        (("enrich", "--property", "P31"), "unknown name 'P31'"),
        (("enrich", "--verdict", "agree"), "did you mean 'agrees'?"),
        (("enrich", "-o", "wikidata.docx"), "unknown format"),
        (("enrich", "--no-infer"), "leave out --no-infer"),
        (("link",), "Commands:"),
    ],
)
def test_what_is_wrong_with_a_command_is_said_before_anything_is_asked(
    arguments: tuple[str, ...], said: str, wikidata: Callable[..., Service], run: Run
) -> None:
    service = wikidata(store=ox.Store())
    status, out, err = run(service, *arguments)
    assert (status, out) == (2, "")
    assert said in err
    assert service.queries == []


def test_offline_what_is_not_kept_is_not_known(run: Run, wikidata: Callable[..., Service]) -> None:
    service = wikidata()
    status, out, err = run(service, "link", "check", "--offline")
    assert status == 3
    assert {row["state"] for row in rows(out)} == {"failed"}
    assert "no answer to this query is kept" in err
    assert service.queries == []
