"""The command line, on the small edition of the tests of questions."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pyoxigraph as ox
import pytest

from comity import cli

EDITION = Path(__file__).parent / "questions" / "edition"
PARTIES = [
    ["instrument", "instrumentLabel", "signed", "share", "inForce", "count"],
    [
        "https://w3id.org/comity/id/instrument/bombings-1997",
        "International Convention for the Suppression of Terrorist Bombings",
        *("1997-12-15", "", "", ""),
    ],
    [
        "https://w3id.org/comity/id/instrument/financing-1999",
        "International Convention for the Suppression of the Financing of Terrorism",
        *("1999-12-09", "0.5", "true", "188"),
    ],
]


@pytest.fixture
def comity(monkeypatch, capsys):
    """Run the command line in this process; return exit status, standard output and standard error."""
    monkeypatch.setenv("COMITY_ROOT", str(EDITION))
    monkeypatch.delenv("COMITY_DEBUG", raising=False)

    def call(*arguments: str) -> tuple[int, str, str]:
        status = cli.run(arguments)
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return call


def process(*arguments: str, **options):
    """Start the command line in a process of its own."""
    environment = {**os.environ, "COMITY_ROOT": str(EDITION), **options.pop("env", {})}
    return subprocess.Popen(
        [sys.executable, "-m", "comity", *arguments],
        env=environment,
        stderr=subprocess.PIPE,
        **{"stdout": subprocess.PIPE, **options},
    )


def rows(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline="")))


# -- asking ------------------------------------------------------------------------------------------------------------


def test_ask_prints_csv_in_a_pipe(comity):
    status, out, err = comity("ask", "parties", "--state", "巴基斯坦")
    assert (status, err) == (0, "")
    assert rows(out) == PARTIES


def test_ask_prints_a_table_on_a_terminal(comity, monkeypatch):
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "120")
    status, out, _ = comity("ask", "parties", "--state", "PAK", "--on", "1998-01-01")
    assert status == 0
    assert out.splitlines()[0] == "Parties of instruments"
    assert "(1 row)" in out
    assert "https://" not in out


@pytest.mark.parametrize("place", ["before", "between", "after"])
def test_shared_options_may_stand_anywhere(comity, place):
    option = ["--format", "json"]
    words = {
        "before": [*option, "ask", "parties"],
        "between": ["ask", *option, "parties"],
        "after": ["ask", "parties", *option],
    }[place]
    status, out, _ = comity(*words, "--state", "PAK", "--known-members", "100", "--form", "counted")
    assert status == 0
    assert [row["count"] for row in json.loads(out)["rows"]] == [188]


def test_ask_help_tells_what_the_question_is_and_takes(comity):
    status, out, _ = comity("ask", "parties", "--help")
    assert status == 0
    for words in (
        "Which instruments, signed by a date",
        "--known-members INTEGER",
        "--state STATE",
        "Required.",
        "signed: When",
    ):
        assert words in out


def test_questions_are_listed_and_searched(comity):
    status, out, _ = comity("questions")
    assert status == 0
    assert [row[0] for row in rows(out)] == ["name", "echo", "misdeclared", "parties", "topics"]
    assert [row[0] for row in rows(comity("questions", "state", "4.3")[1])] == ["name", "parties"]
    assert [row[0] for row in rows(comity("questions", "nothing-like-it")[1])] == ["name"]


@pytest.mark.parametrize(
    ("name", "start"),
    [
        ("table", "A topic\n\ntopic"),
        ("csv", "topic,topicLabel\r\n"),
        ("tsv", "?topic\t?topicLabel\n"),
        ("json", '{"columns"'),
        ("sparql-json", '{"head"'),
        ("markdown", "| topic |"),
        ("html", "<table>"),
    ],
)
def test_every_format_by_flag_and_by_suffix(comity, tmp_path, name, start):
    status, out, _ = comity("ask", "topics", "--format", name)
    assert status == 0
    assert out.startswith(start)
    path = tmp_path / f"out{cli.output.TABLE_FORMATS[name]}"
    path.write_text("what was there before")
    assert comity("ask", "topics", "-o", str(path)) == (0, "", "")
    assert path.read_bytes().decode() == out
    assert [entry.name for entry in tmp_path.iterdir()] == [path.name]


def test_a_workbook_by_flag_and_by_suffix(comity, tmp_path):
    openpyxl = pytest.importorskip("openpyxl", reason="the extra xlsx is not installed")
    by_suffix, by_flag = tmp_path / "a.xlsx", tmp_path / "b.bin"
    assert comity("ask", "parties", "--state", "PAK", "-o", str(by_suffix)) == (0, "", "")
    assert comity("ask", "parties", "--state", "PAK", "-f", "xlsx", "-o", str(by_flag)) == (0, "", "")
    assert by_flag.read_bytes() == by_suffix.read_bytes()
    book = openpyxl.load_workbook(by_suffix)
    assert [place.value for place in book["Answer"]["A"]] == ["instrument", *(row[1] for row in PARTIES[1:])]
    assert ("Parameter state", "state:PAK") in [(a.value, b.value) for a, b, *_ in book["About"].iter_rows()]
    assert comity("ask", "parties", "--state", "PAK", "-o", str(by_suffix), "--iris") == (0, "", "")
    assert [place.value for place in openpyxl.load_workbook(by_suffix)["Answer"][1]][:3] == PARTIES[0][:3]


def test_sources_stand_beside_the_rows(comity):
    status, out, _ = comity("ask", "parties", "--state", "PAK", "--sources", "--format", "csv")
    header, *rows = csv.reader(io.StringIO(out, newline=""))
    assert status == 0
    assert header == [*PARTIES[0], "basis", "statedIn"]
    assert [row[:-2] for row in rows] == PARTIES[1:]
    assert [row[-2:] for row in rows] == [["stated", "entities/things"]] * 2


def test_a_question_with_reasons_is_asked_once(comity, monkeypatch):
    from comity import questions

    asked = []
    real = questions.ask
    monkeypatch.setattr(questions, "ask", lambda *args, **kwargs: asked.append(args) or real(*args, **kwargs))
    assert "Row 2" in comity("ask", "parties", "--state", "PAK", "--why", "--sources")[1]
    assert len(asked) == 1


def test_iris_can_be_shown(comity):
    assert "topic:financing" in comity("ask", "topics", "--format", "table", "--iris")[1]


# -- other commands ----------------------------------------------------------------------------------------------------


def test_query_of_every_form(comity, tmp_path, monkeypatch):
    text = "SELECT ?label { state:PAK rdfs:label ?label }"
    assert comity("query", text) == (0, "label\r\nPakistan\r\n", "")
    (tmp_path / "query.rq").write_text(text)
    assert comity("query", f"@{tmp_path / 'query.rq'}")[1] == "label\r\nPakistan\r\n"
    monkeypatch.setattr(sys, "stdin", io.StringIO(text))
    assert comity("query", "-")[1] == "label\r\nPakistan\r\n"
    assert json.loads(comity("query", "ASK { state:PAK a cy:State }", "-f", "sparql-json")[1])["boolean"] is True


@pytest.mark.parametrize(("name", "form"), [("ttl", ox.RdfFormat.TURTLE), ("nt", ox.RdfFormat.N_TRIPLES)])
def test_query_for_a_graph_gives_a_graph(comity, name, form):
    status, out, _ = comity("query", "CONSTRUCT { ?s a ?o } WHERE { ?s a ?o }", "--format", name)
    assert status == 0
    asserted = len(list(ox.parse(out, format=form)))
    assert asserted > 15
    without = comity("--no-infer", "query", "CONSTRUCT { ?s a ?o } WHERE { ?s a ?o }", "--format", name)[1]
    assert 0 < len(list(ox.parse(without, format=form))) < asserted


def test_stats_and_infer_agree(comity):
    graphs = {row[1]: row[2] for row in rows(comity("stats")[1])}
    [_, [view, engine, stated, inferred]] = rows(comity("infer")[1])
    assert (view, engine) == ("curated", "compiled")
    assert int(stated) == int(graphs["entities/things"]) + int(graphs["ontology"])
    assert inferred == graphs["inferred"]
    assert "inferred" not in {row[1] for row in rows(comity("stats", "--no-infer")[1])}


def test_rules_are_listed_and_shown(comity):
    names = [row[0] for row in rows(comity("rules")[1])]
    assert "Agreement-subClassOf-Treaty" in names
    status, out, _ = comity("rules", "Agreement-subClassOf-Treaty")
    assert status == 0
    assert ox.Store().query(out) is not None


def test_explain(comity):
    status, out, _ = comity("explain", "instrument:china-pakistan", "a", "cy:Treaty")
    assert status == 0
    assert "by Agreement-subClassOf-Treaty" in out
    assert "stated in entities/things" in out
    proof = json.loads(comity("explain", "instrument:china-pakistan", "a", "cy:Treaty", "-f", "json")[1])
    assert proof["rule"]["name"] == "Agreement-subClassOf-Treaty"
    assert "stated in entities/things" in comity("explain", "instrument:china-pakistan", "a", "cy:Agreement")[1]


def test_validate_says_what_and_where_and_exits_1(comity, tmp_path):
    status, out, err = comity("validate")
    assert (status, err) == (1, "")
    assert "state:XNO" in out
    assert "a State needs a label" in out
    status, out, _ = comity("validate", "--format", "csv")
    assert status == 1
    assert "https://w3id.org/comity/id/state/XNO" in [row[1] for row in rows(out)]
    assert json.loads(comity("validate", "-f", "json")[1])["conforms"] is False
    good = tmp_path / "good.ttl"
    good.write_text("<https://w3id.org/comity/id/state/PAK> a <https://w3id.org/comity/ontology#State> .")
    status, out, _ = comity("validate", str(good))
    assert (status, out.split(":")[0]) == (0, "conforms")
    broken = tmp_path / "broken.ttl"
    broken.write_text("<a> <b> .\n")
    status, out, err = comity("validate", str(broken))
    assert (status, out, err.count("\n")) == (3, "", 1)
    assert "broken.ttl:1:" in err


def test_reports_come_in_the_forms_of_other_tools(comity, tmp_path):
    assert "sh:ValidationReport" in comity("validate", "-f", "ttl")[1]
    assert json.loads(comity("validate", "-f", "sarif")[1])["version"] == "2.1.0"
    assert "<testsuites" in comity("validate", "-f", "junit")[1]
    for name, start in (("a.sarif", "{"), ("a.xml", "<?xml"), ("a.ttl", "@prefix"), ("a.json", "{")):
        assert comity("validate", "-o", str(tmp_path / name))[:2] == (1, "")
        assert (tmp_path / name).read_text().startswith(start)
    for arguments in (["-f", "sariff"], ["-f", "nt"], ["--engine", "quick"]):
        status, out, err = comity("validate", *arguments)
        assert (status, out, err.count("\n")) == (2, "", 1)
    assert comity("validate", "--engine", "compiled") == comity("validate", "--engine", "pyshacl")


def test_fmt_checks_and_mends(comity, tmp_path):
    path = tmp_path / "a.ttl"
    path.write_text("<https://w3id.org/comity/id/state/PAK> a <https://w3id.org/comity/ontology#State> .")
    assert comity("fmt", "--check", str(path))[0] == 1
    assert comity("fmt", str(path))[0] == 0
    assert comity("fmt", "--check", str(path))[0] == 0
    assert "state:PAK a cy:State" in path.read_text()
    path.write_text("<a> <b> .\n")
    assert comity("fmt", str(path))[0] == 3


@pytest.mark.parametrize("arguments", [["export", "nq"], ["export", "--format", "nq"], ["export"]])
def test_export(comity, tmp_path, arguments):
    path = tmp_path / "all.nq"
    assert comity(*arguments, "-o", str(path))[:2] == (0, "")
    whole = set(ox.parse(path=path))
    assert comity(*arguments, "-o", str(path), "--inferred", "no")[0] == 0
    stated = set(ox.parse(path=path))
    assert comity(*arguments, "-o", str(path), "--inferred", "only")[0] == 0
    inferred = set(ox.parse(path=path))
    assert whole == stated | inferred
    assert stated
    assert inferred
    assert comity(*arguments, "-o", str(path), "--graph", "ontology")[0] == 0
    assert {quad.graph_name.value for quad in ox.parse(path=path)} == {"https://w3id.org/comity/graph/ontology"}


# -- bad input: one line, the right status, no partial file ------------------------------------------------------------

BAD = {
    "unknown-command": (2, ["nosuch"], "No such command"),
    "unknown-option": (2, ["stats", "--nosuch"], "No such option"),
    "unknown-question": (2, ["ask", "partys"], "did you mean 'parties'?"),
    "no-parameter": (2, ["ask", "parties"], "needs a value for state"),
    "unknown-parameter": (2, ["ask", "parties", "--stat", "x"], "--state"),
    "ambiguous": (2, ["ask", "parties", "--state", "united"], "United Kingdom (state/GBR)"),
    "ill-typed-date": (2, ["ask", "parties", "--state", "PAK", "--on", "2001-13-01"], "(example: 2005-01-01)"),
    "ill-typed-number": (2, ["ask", "parties", "--state", "PAK", "--known-members", "x"], "give a whole number"),
    "unknown-choice": (2, ["ask", "parties", "--state", "PAK", "--form", "x"], "give one of any, counted"),
    "unknown-view": (2, ["stats", "--view", "papr"], "did you mean 'paper'?"),
    "unknown-engine": (2, ["infer", "--engine", "x"], "engine"),
    "bad-day": (2, ["infer", "--on", "2010-13-01"], "'2010-13-01' is no day; write it like 2010-01-01"),
    "bad-day-of-query": (2, ["query", "--on", "soon", "ASK {}"], "'soon' is no day"),
    "bad-day-of-proof": (2, ["explain", "--on", "", "state:PAK", "a", "cy:State"], "'' is no day"),
    "day-without-inference": (2, ["query", "--no-infer", "--on", "2010-01-01", "ASK {}"], "leave out --on or --no-infer"),
    "day-of-the-reference": (2, ["infer", "--engine", "owlrl", "--on", "2010-01-01"], "knows no legal rules"),
    "day-of-stats": (2, ["stats", "--on", "2010-01-01"], "No such option"),
    "unknown-format": (2, ["stats", "--format", "xml"], "unknown format 'xml'"),
    "unknown-suffix": (2, ["stats", "-o", "x.xyz"], ".csv"),
    "workbook-on-the-screen": (2, ["ask", "topics", "--format", "xlsx"], "name one with -o"),
    "workbook-to-standard-output": (2, ["stats", "--format", "xlsx", "-o", "-"], "name one with -o"),
    "workbook-of-proofs": (2, ["ask", "topics", "--why", "-o", "x.xlsx"], "no place for proofs"),
    "graph-format": (2, ["stats", "--format", "ttl"], "holds a graph"),
    "unknown-rule": (2, ["rules", "x"], "comity rules"),
    "bad-query": (2, ["query", "SELECT *\n{"], "2:"),
    "empty-query": (2, ["query", ""], "query"),
    "bad-literal": (2, ["explain", "state:PAK", "rdfs:label", '"x'], "as in Turtle"),
    "two-formats": (2, ["export", "nq", "--format", "ttl", "-o", "x.nq"], "two formats"),
    "no-format": (2, ["export", "-o", "x"], "no format"),
    "export-into-one-file": (2, ["export", "nq", "nt", "-o", "x.nq"], "2 formats do not go into the one file x.nq"),
    "export-topic": (2, ["export", "nq", "-o", "x.nq", "--topic", "nothing of the kind"], "names no topic"),
    "export-format": (2, ["export", "xyz", "-o", "x"], "xyz"),
    "export-graph": (2, ["export", "nq", "-o", "x", "--graph", "ontolog"], "ontolog"),
    "bad-term": (2, ["explain", "PAK", "a", "cy:State"], "instrument:unscr-1373"),
    "missing-query-file": (3, ["query", "@no/such.rq"], "no/such.rq: cannot be read"),
    "impossible-path": (3, ["stats", "-o", "/dev/null/x.csv"], "cannot be written"),
    "wrong-answer": (70, ["ask", "misdeclared"], "declared integer"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input(comity, case, tmp_path, monkeypatch):
    expected, arguments, words = BAD[case]
    monkeypatch.chdir(tmp_path)
    status, out, err = comity(*arguments)
    assert (status, out) == (expected, "")
    assert err.startswith("comity: ")
    assert err.count("\n") == 1
    assert words in err
    assert list(tmp_path.iterdir()) == []


def test_a_failure_leaves_the_old_file(comity, tmp_path):
    path = tmp_path / "x.csv"
    path.write_text("old")
    assert comity("ask", "parties", "-o", str(path))[0] == 2
    assert path.read_text() == "old"


def test_a_folder_is_no_output_file(comity, tmp_path):
    path = tmp_path / "x.csv"
    path.mkdir()
    status, _, err = comity("stats", "-o", str(path))
    assert status == 3
    assert "cannot be written" in err
    assert list(tmp_path.iterdir()) == [path]


def test_no_command_shows_help_on_standard_error(comity):
    status, out, err = comity()
    assert (status, out) == (2, "")
    assert "Usage: comity" in err


def test_our_own_fault_is_one_line_and_a_traceback_only_on_demand(comity, monkeypatch):
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("two\nlines")

    monkeypatch.setattr(cli.query, "open_edition", broken)
    status, out, err = comity("stats")
    assert (status, out) == (70, "")
    assert err == (
        "comity: internal error (RuntimeError: two lines); please report it, with the output of COMITY_DEBUG=1\n"
    )
    monkeypatch.setenv("COMITY_DEBUG", "1")
    assert "Traceback" in comity("stats")[2]


def test_interrupt_ends_quietly(comity, monkeypatch):
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli.query, "open_edition", interrupted)
    status, out, err = comity("stats")
    assert (status, out, err.strip()) == (130, "", "")


# -- as a process ------------------------------------------------------------------------------------------------------


def test_help_imports_nothing_heavy():
    code = (
        "import sys; from comity import cli; status = cli.run(['--help']);"
        "heavy = {'rdflib', 'pyshacl', 'owlrl', 'numpy', 'pyoxigraph', 'pandas', 'polars', 'SPARQLWrapper'};"
        "print(sorted(heavy & set(sys.modules)), file=sys.stderr); sys.exit(status)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "[]\n")
    assert "Usage: comity" in done.stdout


def test_a_reader_that_leaves_early_is_no_error():
    with process("query", "SELECT * { ?s ?p ?o . ?a ?b ?c }") as running:
        running.stdout.readline()
        running.stdout.close()
        assert running.stderr.read() == b""
        assert running.wait(60) == 0


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
def test_a_full_disk_is_an_output_error():
    with Path("/dev/full").open("wb") as full, process("stats", stdout=full) as running:
        err = running.stderr.read()
        assert running.wait(60) == 3
    assert err.startswith(b"comity: standard output cannot be written")
    assert err.count(b"\n") == 1


def test_output_is_utf8_in_any_locale():
    with process("query", 'SELECT ("巴" AS ?x) {}', env={"LC_ALL": "C", "PYTHONIOENCODING": "ascii"}) as running:
        out, err = running.communicate(timeout=60)
    assert (running.returncode, out.decode(), err) == (0, "x\r\n巴\r\n", b"")


def test_time_limit():
    query = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n1 ?o }"
    with process("query", query, "--timeout", "0.3") as running:
        out, err = running.communicate(timeout=60)
    assert (running.returncode, out) == (4, b"")
    assert err.startswith(b"comity: the query did not end within 0.3 s")


def test_control_c():
    query = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n1 ?o }"
    # Whoever starts the tests in the background of a shell has them ignore the key, and what they start too.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        started = process("query", query, "--timeout", "60", start_new_session=True)
    finally:
        signal.signal(signal.SIGINT, before)
    with started as running:
        time.sleep(2)
        os.killpg(running.pid, signal.SIGINT)
        out, err = running.communicate(timeout=60)
    assert (running.returncode, out, err.strip()) == (130, b"", b"")
