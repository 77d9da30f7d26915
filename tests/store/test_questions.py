"""Every canned question gives the same rows on every server, and the rules the same closure.

A server holds the curated view. A question that has an expected table of this view (``tests/questions/expected``) is compared with
that; any other is asked with the parameters of a table of another view, and compared with the embedded store. rdflib is put to the
same questions in ``tests/questions``, and rdflib-endpoint is rdflib.
"""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

import comity
from comity.inference import close, close_in_store
from comity.questions import NameIndex, ask, load_question
from comity.store.remote import RemoteStore
from comity.table import Cell, Table, plain
from comity.terms import INFERRED
from soak import FULL

from .backends import CLOSURE, QUESTIONS, enter
from .jena import why_not
from .servers import NO_VIRTUOSO, VIRTUOSO, fill, jena, oxigraph, virtuoso, virtuoso_store

HERE = Path(__file__).parent
EXPECTED = HERE.parent / "questions" / "expected"
CASES = {path.stem: json.loads(path.read_text(encoding="utf-8"), parse_float=Decimal) for path in sorted(EXPECTED.glob("*.json"))}
SECONDS = 120
NOT_THERE = {"bound": "it is asked of a copy of the view as of a day, which is in memory wherever the view is"}
"""Questions that no server answers, and why."""
TOO_SLOW = {
    "virtuoso": dict.fromkeys(("common-actors", "only-in-first"), "several long paths, of which it loses rows: refused in one line"),
}
"""Questions that a server is not asked, and why."""
IN_SOAK = {"jena": "it takes a minute and a half: left to make soak, whose last outcome docs/stores.md keeps"}
"""Servers that are asked the questions by ``make soak`` only, and why."""
Started = Callable[[Path, Path], AbstractContextManager[RemoteStore]]


@contextmanager
def on_oxigraph(folder: Path, file: Path) -> Iterator[RemoteStore]:
    with oxigraph(folder, files=[file], seconds=SECONDS) as url, RemoteStore(f"{url}/query", union="kept") as store:
        yield store


@contextmanager
def on_jena(folder: Path, file: Path) -> Iterator[RemoteStore]:
    if reason := why_not():
        pytest.skip(reason)
    with jena(folder, file, seconds=SECONDS) as url, RemoteStore(url, union="kept") as store:
        yield store


@contextmanager
def on_virtuoso(folder: Path, file: Path) -> Iterator[RemoteStore]:
    if shutil.which(VIRTUOSO) is None:
        pytest.skip(NO_VIRTUOSO)
    with virtuoso(folder, seconds=SECONDS, cost=10_000_000) as url, virtuoso_store(url) as store:
        fill(store, ox.parse(path=file, format=ox.RdfFormat.N_QUADS))
        yield store


SERVERS: dict[str, Started] = {"oxigraph-kept": on_oxigraph, "jena": on_jena, "virtuoso": on_virtuoso}
"""Where the questions are asked; a server is started over a file that holds the named graphs and, as its default graph, their union."""


@pytest.fixture(scope="module")
def curated() -> Iterator[comity.Comity]:
    with comity.open() as edition:
        yield edition


def write(quads: list[ox.Quad], file: Path, *, union: bool) -> Path:
    triples = {quad.triple for quad in quads} if union else ()
    with file.open("wb") as out:
        ox.serialize([*quads, *(ox.Quad(t.subject, t.predicate, t.object) for t in triples)], out, format=ox.RdfFormat.N_QUADS)
    return file


def cases() -> dict[str, dict[str, Any]]:
    """A case for each question: one of the curated view if there is any, and of these the plainest."""
    found: dict[str, dict[str, Any]] = {}
    for name, case in sorted(CASES.items(), key=lambda entry: (is_curated(entry[1]) is False, entry[0].count("."), entry[0])):
        question = name.partition(".")[0]
        if question not in NOT_THERE:
            found.setdefault(question, case)
    return found


def is_curated(case: dict[str, Any]) -> bool:
    return bool(case.get("view", "curated") == "curated")


@pytest.mark.parametrize("backend", SERVERS)
def test_every_question_gives_the_same_rows(
    backend: str, curated: comity.Comity, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    if backend in IN_SOAK and not FULL:
        pytest.skip(IN_SOAK[backend])
    file = write(list(curated.store.quads()), tmp_path / "edition.nq", union=True)
    every = cases()
    asked = {question: case for question, case in every.items() if question not in TOO_SLOW.get(backend, {})}
    index, wrong = NameIndex(curated.store), {}
    with SERVERS[backend](tmp_path / backend, file) as store:
        for question, case in asked.items():
            wanted = case["rows"] if is_curated(case) else rows(curated.ask(question, **case["params"]))
            try:
                found = rows(ask(store, load_question(question), case["params"], index=index))
            except comity.ComityError as error:
                wrong[question] = str(error)
            else:
                if found != wanted:
                    wrong[question] = f"{len(found)} rows, not the {len(wanted)} expected, or others, or in another order"
    assert wrong == {}
    assert set(every) | set(NOT_THERE) == {question.name for question in curated.questions()}
    enter(record_property, backend, QUESTIONS, f"{len(asked)} of {len(every)}")


def rows(table: Table) -> list[list[object]]:
    return [[value(cell) for cell in row] for row in table]


def value(cell: Cell) -> object:
    return cell if cell is None or isinstance(cell, (bool, int, Decimal)) else plain(cell)


@pytest.mark.parametrize("backend", SERVERS)
def test_the_closure_is_the_same_set(
    backend: str, checkout: Path, tmp_path: Path, record_property: Callable[[str, object], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(checkout / "benchmarks"))
    sys.modules.pop("generate", None)
    from generate import quads  # type: ignore[import-not-found]

    made, ontology = list(quads(600)), checkout / "ontology" / "comity.ttl"
    expected = set(close(made, ontology).triples)
    assert len(expected) > 200
    file = write(made, tmp_path / "made.nq", union=True)
    with SERVERS[backend](tmp_path / backend, file) as store:
        with store.held():
            close_in_store(store, ontology)
        assert {quad.triple for quad in store.quads(INFERRED)} == expected
    enter(record_property, backend, CLOSURE, "the same")
