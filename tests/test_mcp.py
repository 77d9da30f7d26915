"""``comity mcp``: the SDK's own client talks over standard input and output to the real process."""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from anyio.from_thread import start_blocking_portal
from mcp import Client
from mcp.client.stdio import StdioServerParameters, stdio_client
from mcp_types import CallToolResult, ListToolsResult

import comity
from comity import cli
from comity.errors import ComityError, UsageError
from comity.mcp.answer import CHARACTERS, Answer, cut
from comity.mcp.tools import SCHEMAS, Tools
from comity.table import Table

TEXTS = json.loads((Path(__file__).parent / "questions" / "injection.json").read_text(encoding="utf-8"))
UNTRUSTED = json.loads((Path(__file__).parent / "questions" / "untrusted.json").read_text(encoding="utf-8"))
#: Question and parameters; among them a snapshot, a name in words, and an answer of no rows.
ASKED: list[tuple[str, dict[str, Any]]] = [
    ("bound", {"state": "Pakistan", "topic": "financing", "on": "2005-01-01"}),
    ("obligations", {"instrument": "resolution 1373"}),
    ("instruments", {"level": "regional", "from_year": 2001}),
    ("gaps", {"instrument": "financing-1999", "organization": "ASEAN", "on": "2005-01-01"}),
    ("members", {"organization": "ASEAN"}),
    ("find", {"word": "no such word"}),
    ("errata", {}),
]
ROWS = 1000
SLOW = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o . ?a ?b ?c . ?d ?e ?f }"
COUNT = "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g ORDER BY ?g"

Call = Callable[..., CallToolResult]


@pytest.fixture(scope="module")
def tools() -> Iterator[Tools]:
    """The tools in this process."""
    made = Tools(comity.open)
    yield made
    made.close()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Call, ListToolsResult, Path]]:
    """The server in its process: a way to call it, what tools it lists, and its log."""
    log = tmp_path_factory.mktemp("log") / "stderr.txt"
    given = {name: os.environ[name] for name in ("PYTHONPATH", "COMITY_ROOT") if name in os.environ}
    command = StdioServerParameters(command=sys.executable, args=["-m", "comity", "mcp"], env=given)
    with log.open("w", encoding="utf-8") as errors, start_blocking_portal() as portal:
        client = Client(stdio_client(command, errlog=errors))
        with portal.wrap_async_context_manager(client):

            def call(tool: str, **arguments: Any) -> CallToolResult:
                return portal.call(client.call_tool, tool, arguments)

            yield call, portal.call(client.list_tools), log


@pytest.fixture
def call(served: tuple[Call, ListToolsResult, Path]) -> Call:
    return served[0]


def text_of(result: CallToolResult) -> str:
    [content] = result.content
    return str(content.text)  # type: ignore[union-attr]


# -- what is offered ---------------------------------------------------------------------------------------------------


def test_five_tools_that_only_read(served: tuple[Call, ListToolsResult, Path]) -> None:
    listed = served[1].tools
    assert [tool.name for tool in listed] == ["list_questions", "ask", "find_entity", "describe_entity", "run_sparql"]
    assert all(tool.annotations and tool.annotations.read_only_hint for tool in listed)
    assert all(tool.description for tool in listed)


def test_the_list_of_tools_is_short(served: tuple[Call, ListToolsResult, Path]) -> None:
    # No tokenizer works without a download of its vocabulary. English and JSON have about four characters to a token.
    written = served[1].model_dump_json(by_alias=True, exclude_none=True)
    assert len(written) / 3.5 < 2000


# -- the answers -------------------------------------------------------------------------------------------------------


def test_list_questions(call: Call, tools: Tools) -> None:
    result = call("list_questions")
    assert text_of(result).startswith("COMPLETE\n")
    names = [row["name"] for row in result.structured_content["rows"]]
    assert sorted(names) == sorted(question.name for question in tools.edition.questions())
    found = call("list_questions", words="which members not joined zzz").structured_content
    assert found["rows"][0]["name"] in ("gaps", "gaps-by-region")
    assert "some of them" in found["notes"][0]
    assert call("list_questions", words="zzzz").is_error


@pytest.mark.parametrize(("question", "parameters"), ASKED, ids=[name for name, _ in ASKED])
def test_ask_gives_the_rows_of_the_library(call: Call, tools: Tools, question: str, parameters: dict[str, Any]) -> None:
    table = tools.edition.ask(question, **parameters)
    shown = min(len(table), 20)
    result = call("ask", question=question, parameters=parameters, limit=20)
    data = result.structured_content
    assert data["rows"] == json.loads(table.to_json())["rows"][:shown]
    assert data["total"] == len(table)
    if shown == len(table):
        assert data["status"] == "COMPLETE"
    else:
        assert data["status"].startswith(f"TRUNCATED (20 of {len(table)} rows; raise limit")
    text = text_of(result)
    assert text.splitlines()[0] == data["status"]
    assert all(str(row[0]).rsplit("/", 1)[-1] in text for row in table[:shown])
    assert len(data["rowSources"]) == shown
    assert all(numbers for numbers in data["rowSources"]), "a row without a source"
    numbers = {number for row in data["rowSources"] for number in row}
    assert numbers == set(range(1, len(data["sources"]) + 1))


def test_the_sources_are_those_of_the_proof(call: Call, tools: Tools) -> None:
    data = call("describe_entity", id="unscr-1373", limit=ROWS).structured_content
    checked = 0
    for row, numbers in zip(data["rows"], data["rowSources"], strict=True):
        if row["direction"] != "of it" or row["rule"] or "://" not in str(row["value"]):
            continue
        stated = tools.edition.explain("instrument:unscr-1373", row["property"], row["value"]).to_dict()
        expected = [passage["iri"] for passage in stated["passages"]] or stated["graphs"]
        given = [data["sources"][number - 1] for number in numbers]
        assert [source.get("passage", source.get("graph")) for source in given] == expected[: len(given)]
        checked += 1
    assert checked > 5


def test_describe_entity(call: Call) -> None:
    whole = call("describe_entity", id="Counter-Terrorism Committee", limit=ROWS).structured_content
    assert whole["status"] == "COMPLETE"
    assert {row["direction"] for row in whole["rows"]} == {"of it", "to it"}
    assert any(row["rule"] for row in whole["rows"]), "nothing inferred"
    [established] = [row for row in whole["rows"] if row["propertyLabel"] == "established by"]
    assert (established["value"], established["valueLabel"]) == ("https://w3id.org/comity/id/organization/un", "United Nations")
    assert all(whole["rowSources"])
    part = call("describe_entity", id="body:ctc", limit=3)
    assert text_of(part).startswith(f"TRUNCATED (3 of {whole['total']} rows; raise limit")
    assert part.structured_content["rows"] == whole["rows"][:3]
    term = call("describe_entity", id="cy:memberOf", limit=ROWS)
    assert "member of" in text_of(term)


def test_find_entity(call: Call) -> None:
    found = call("find_entity", name="巴基斯坦", kind="state").structured_content
    assert [(row["thing"], row["thingLabel"]) for row in found["rows"]] == [("https://w3id.org/comity/id/state/PAK", "Pakistan")]
    assert found["status"] == "COMPLETE"
    many = call("find_entity", name="financing", limit=2).structured_content
    assert many["status"].startswith("TRUNCATED (2 of ")
    assert many["rows"][0]["key"] == "topic/financing"
    only = call("find_entity", name="financing", kind="instrument", limit=ROWS).structured_content
    assert {row["kind"] for row in only["rows"]} == {"instrument"}
    assert only["total"] < many["total"]


def test_run_sparql(call: Call, tools: Tools) -> None:
    query = "SELECT ?norm ?n { { SELECT ?norm (COUNT(*) AS ?n) { ?norm a cy:Norm ; ?p ?o } GROUP BY ?norm } } ORDER BY ?norm"
    table = tools.edition.query(query)
    result = call("run_sparql", query=query, limit=3)
    data = result.structured_content
    assert data["rows"] == json.loads(table.to_json())["rows"][:3]
    assert data["status"] == f"TRUNCATED (3 of {len(table)} rows; raise limit, at most 1000, or use LIMIT and OFFSET after ORDER BY)"
    assert set(data["labels"]) == {row["norm"] for row in data["rows"]}
    assert text_of(call("run_sparql", query="ASK { ?s a cy:Norm }")).startswith("COMPLETE\n")
    everything = call("run_sparql", query="SELECT ?s { ?s ?p ?o }", limit=1).structured_content
    assert everything["status"].startswith("TRUNCATED (1 of more than 10000 rows")


# -- limits and refusals -----------------------------------------------------------------------------------------------


def test_a_slow_query_ends_and_the_next_is_answered(call: Call) -> None:
    started = time.monotonic()
    result = call("run_sparql", query=SLOW, timeout=0.5)
    assert result.is_error
    assert "0.5 s" in text_of(result)
    assert time.monotonic() - started < 20
    assert not call("run_sparql", query="ASK {}").is_error


@pytest.mark.parametrize(
    ("tool", "arguments", "said"),
    [
        ("run_sparql", {"query": "DELETE WHERE { ?s ?p ?o }"}, "DELETE is an update"),
        ("run_sparql", {"query": "SELECT * { SERVICE <http://127.0.0.1/> { ?s ?p ?o } }"}, "leave out SERVICE"),
        ("run_sparql", {"query": "SELECT * FROM <a:b> { ?s ?p ?o }"}, "leave out FROM"),
        ("run_sparql", {"query": "SELECT * { ?s ?p }"}, "1:19: the query ends too early"),
        ("run_sparql", {"query": "SELECT * {\n ?s nope:x ?o }"}, "2:"),
        ("run_sparql", {"query": "ASK {}", "limit": 0}, "limit: 0 is less than the minimum of 1"),
        ("run_sparql", {"query": "ASK {}", "timeout": 1e9}, "timeout: "),
        ("run_sparql", {}, "'query' is a required property"),
        ("ask", {"question": "gapz"}, "did you mean gaps? list_questions lists them"),
        ("ask", {"question": "gaps", "parameters": {"instrumnt": "x"}}, "did you mean instrument?"),
        ("ask", {"question": "gaps", "parameters": {"sources": 1}}, "no question has a parameter sources"),
        ("ask", {"question": "gaps", "parameters": {"organization": "ASEEN"}}, "(organization/asean)"),
        ("ask", {"question": "bound", "parameters": {"on": "yesterday"}}, "YYYY-MM-DD"),
        ("ask", {"question": "bound", "parameters": "PAK"}, "is not of type 'object'"),
        ("find_entity", {"name": "Pakistn"}, "did you mean Pakistan (state/PAK)"),
        ("find_entity", {"name": "China", "kind": "sttae"}, "did you mean state?"),
        ("describe_entity", {"id": "united"}, "names more than one thing; did you mean"),
        ("describe_entity", {"id": "https://w3id.org/comity/id/state/XXX"}, "names no thing"),
        ("find_entity", {"name": "x" * 100_000}, "is too long"),
        ("list_questions", {"word": "x"}, "the arguments are words"),
        ("drop_everything", {}, "unknown name 'drop_everything'"),
    ],
)  # fmt: skip
def test_errors_are_one_line(call: Call, tool: str, arguments: dict[str, Any], said: str) -> None:
    result = call(tool, **arguments)
    assert result.is_error
    assert said in text_of(result)
    assert "\n" not in text_of(result)
    assert "internal error" not in text_of(result)


def test_nothing_changes_whatever_is_said(tools: Tools) -> None:
    before = tools.run_sparql(COUNT, limit=ROWS).text()
    assert len(TEXTS) >= 100
    # Some to each tool: to look for what has nearly such a name takes time.
    calls = [("run_sparql", {"query": text}) for text in TEXTS[::3]]
    calls += [("list_questions", {"words": text}) for text in TEXTS[::12]]
    calls += [("describe_entity", {"id": text}) for text in TEXTS[:: len(TEXTS) // 3]]
    for tool, arguments in calls:
        with contextlib.suppress(ComityError):
            assert tools.call(tool, arguments).status
    for query in UNTRUSTED["refused"]:
        with pytest.raises(UsageError):
            tools.run_sparql(query)
    assert tools.run_sparql(COUNT, limit=ROWS).text() == before


def test_hostile_strings_over_the_wire(call: Call) -> None:
    before = text_of(call("run_sparql", query=COUNT, limit=ROWS))
    for text in TEXTS[:: len(TEXTS) // 8]:
        assert text_of(call("ask", question="find", parameters={"word": text}))
        assert text_of(call("find_entity", name=text, kind="body"))
    assert text_of(call("run_sparql", query=COUNT, limit=ROWS)) == before


def test_long_answers_are_cut_and_say_so() -> None:
    table, shortened = cut(Table(["text"], [("x" * 5_000,)] * 40), ROWS)
    assert len(table) == CHARACTERS // 5_000
    assert not shortened
    answer = Answer(table, 40, "ask for less")
    assert answer.text().startswith(f"TRUNCATED ({len(table)} of 40 rows; ask for less)\n")
    table, shortened = cut(Table(["text"], [("x" * 200_000,)]), ROWS)
    assert shortened
    assert "200000 characters in all" in str(table[0][0])


def test_the_schemas_name_the_arguments(tools: Tools) -> None:
    import inspect

    for name, (_, schema) in SCHEMAS.items():
        taken = inspect.signature(getattr(tools, name)).parameters
        assert list(schema["properties"]) == list(taken)
        assert schema.get("required", []) == [p.name for p in taken.values() if p.default is p.empty]
        for argument, described in schema["properties"].items():
            if "default" in described:
                assert taken[argument].default == described["default"]


# -- the process -------------------------------------------------------------------------------------------------------


def test_the_log_has_no_fault(served: tuple[Call, ListToolsResult, Path]) -> None:
    call, _, log = served
    assert not call("list_questions", words="gaps").is_error
    assert log.read_text(encoding="utf-8") == ""


def test_it_ends_when_its_input_does() -> None:
    slow = "SELECT (COUNT(*) AS ?n) { " + " ".join(f"?s{n} ?p{n} ?o{n} ." for n in range(6)) + " }"
    hello = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "test", "version": "0"}}
    messages = [
        {"id": 1, "method": "initialize", "params": hello},
        {"method": "notifications/initialized"},
        {"id": 2, "method": "tools/call", "params": {"name": "run_sparql", "arguments": {"query": slow, "timeout": 60}}},
    ]
    with subprocess.Popen(
        [sys.executable, "-m", "comity", "mcp"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        # The small edition is there at once, so that the query is at work when the input ends.
        env={**os.environ, "COMITY_ROOT": str(Path(__file__).parent / "questions" / "edition")},
    ) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        try:
            for message in messages:
                server.stdin.write(json.dumps({"jsonrpc": "2.0", **message}).encode() + b"\n")
            server.stdin.flush()
            first = json.loads(server.stdout.readline())
            time.sleep(1)
            # This closes its input while the query is at work, and waits until no process holds its output any more.
            out, errors = server.communicate(timeout=20)
        finally:
            server.kill()
    assert first["result"]["serverInfo"]["name"] == "comity"
    assert first["result"]["instructions"]
    assert (server.returncode, errors) == (0, b"")
    assert all(json.loads(line)["jsonrpc"] == "2.0" for line in out.splitlines())


def test_help_says_how_to_register_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["mcp", "--help"]) == 0
    line = next(line for line in capsys.readouterr().out.splitlines() if "mcpServers" in line)
    assert json.loads(line)["mcpServers"]["comity"] == {"command": "comity", "args": ["mcp"]}


def test_without_the_extra(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    for name in [name for name in sys.modules if name == "mcp" or name.startswith("mcp.")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "mcp", None)
    assert cli.run(["mcp"]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err == "comity: comity mcp needs the extra 'mcp'; install it with: pip install 'comity[mcp]'\n"


def test_a_wrong_view_is_said_at_the_start(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["--view", "papre", "mcp"]) == 2
    assert "did you mean 'paper'?" in capsys.readouterr().err


def test_the_sdk_is_no_dependency_of_the_rest() -> None:
    assert importlib.util.find_spec("mcp") is not None
    program = "import sys, comity.cli, comity.mcp; print([m for m in sys.modules if m.split('.')[0] in ('mcp', 'mcp_types')])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
    assert comity.__version__
