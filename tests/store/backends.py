"""The stores that the suite runs on, what does not hold on each of them and why, and what a run tells of them.

What tests `enter` goes, with ``pytest --stores FILE``, into a report of the run, of which ``scripts/document_stores.py`` makes the table
in ``docs/stores.md``.
"""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Final

import pytest

from . import jena

CONTRACT: Final = "contract"
QUESTIONS: Final = "questions"
CLOSURE: Final = "closure"
PROPERTY: Final = "store"
"""The name under which pytest carries entries from the process of a test to the one that reports."""


@dataclass(frozen=True, slots=True)
class Backend:
    """A store of the table: its `title` and `union` there, who tells its `version`, and what does not hold on it.

    `exceptions` are tests of the contract that fail there, and why; `spared` are those that cannot even be tried.
    """

    title: str
    union: str
    version: Callable[[], str]
    exceptions: dict[str, str] = field(default_factory=dict)
    spared: dict[str, str] = field(default_factory=dict)


def _of(package: str) -> Callable[[], str]:
    return lambda: f"{package} {version(package)}"


def _virtuoso() -> str:
    said = subprocess.run(["virtuoso-t", "-?"], capture_output=True, text=True, check=False)
    words = (said.stdout + said.stderr).split()
    return f"Virtuoso {words[words.index('Version') + 1]}" if "Version" in words else "Virtuoso"


_UNNAMED: Final = "updates without a graph go to the server's unnamed graph"
_BAG: Final = "Oxigraph's own union counts a triple once for each of its graphs"
_WITH: Final = "Oxigraph takes no update with WITH while its union is on"

BACKENDS: Final = {
    "memory": Backend("embedded, in memory", "–", _of("pyoxigraph")),
    "disk": Backend("embedded, on disk", "–", _of("pyoxigraph")),
    "oxigraph-kept": Backend("Oxigraph server", "kept", _of("oxigraph")),
    "oxigraph-union": Backend(
        "Oxigraph server, `--union-default-graph`",
        "server",
        _of("oxigraph"),
        {
            "test_without_graph_a_query_sees_the_union_as_a_set": _BAG,
            "test_the_union_follows_every_change": _BAG,
            "test_without_a_graph_an_update_works_on_the_default_graph_s_name": _UNNAMED,
            "test_update_inserts_and_deletes_in_named_graphs": _WITH,
            "test_an_update_may_declare_prefixes": _WITH,
        },
    ),
    "rdflib-endpoint": Backend(
        "rdflib-endpoint",
        "server",
        _of("rdflib-endpoint"),
        {
            "test_construct_and_describe_give_triples": "it labels the answer to DESCRIBE as a table of results",
            "test_an_update_may_declare_prefixes": "rdflib fails at an update without a graph",
            "test_without_a_graph_an_update_works_on_the_default_graph_s_name": "rdflib fails at an update without a graph",
            "test_text_comes_back_as_it_was": "it decodes a request's percent signs twice, so that %41 becomes A",
        },
        {
            "test_a_query_that_takes_too_long_is_stopped": "one thread and no limit of time: until the query ends, nobody is answered",
        },
    ),
    "jena": Backend(
        "Jena's query engine (ARQ) in memory",
        "kept",
        lambda: f"Jena {jena.version()}",
        {
            "test_without_a_graph_an_update_works_on_the_default_graph_s_name": "an update without a graph leaves another content; "
            "why is not known",
        },
    ),
    "virtuoso": Backend(
        "Virtuoso",
        "kept",
        _virtuoso,
        {"test_an_update_may_declare_prefixes": "it refuses BASE after PREFIX"},
        {
            "test_a_query_that_takes_too_long_is_stopped": "such a query is given up here, but goes on in the server and holds it up",
            "test_readers_see_whole_states_while_a_writer_writes": "a request of several operations is no transaction there",
        },
    ),
}


def enter(record_property: Callable[[str, object], None], backend: str, column: str, text: str) -> None:
    """Note for the table what this test, if it passes, shows of the backend: in its own column of it."""
    record_property(PROPERTY, [backend, column, text])


def expect_exception(backend: str, request: pytest.FixtureRequest) -> None:
    """Expect a test of the contract to fail that does not hold on the backend: should it pass one day, that is a failure."""
    entry, name = BACKENDS[backend], request.node.originalname
    if name in entry.spared:
        pytest.skip(entry.spared[name])
    if reason := entry.exceptions.get(name):
        request.node.add_marker(pytest.mark.xfail(reason=reason, strict=True))
