"""The command line ``comity``.

Data go to standard output, everything else to standard error. Exit status: 0 done or conforms, 1 findings, 2 usage,
3 unreadable input or unwritable output, 4 time limit, 70 a fault of Comity. Whatever is heavy is imported by the
command that needs it, so that ``comity --help`` answers at once.
"""

from __future__ import annotations

import contextlib
import os
import sys
import textwrap
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NoReturn

import click

from comity import __version__
from comity.errors import ComityError, InputError, StoreError, UnknownFormat, UsageError
from comity.options import Command, QuestionGroup, data_options, day_option, one_line, question_option, server_options, store_options

if TYPE_CHECKING:
    from comity.api import Comity
    from comity.inference.explain import Asserted, Proof
    from comity.questions import Question
    from comity.store.transfer import Arrival
    from comity.table import Table
    from comity.validation import Report

#: Format name -> file suffix that stands for it.
TABLE_FORMATS: Final = {
    "table": ".txt",
    "csv": ".csv",
    "tsv": ".tsv",
    "json": ".json",
    "sparql-json": ".srj",
    "markdown": ".md",
    "html": ".html",
    "xlsx": ".xlsx",
}
GRAPH_FORMATS: Final = {"ttl": ".ttl", "nt": ".nt"}
#: Forms of a report on top of these.
REPORT_FORMATS: Final = {"sarif": ".sarif", "junit": ".xml"}
_FORMATS: Final = (*TABLE_FORMATS, *GRAPH_FORMATS)


# -- options that many commands share --------------------------------------------------------------------------------


def _output_options(command: Command) -> Command:
    for option in (
        click.option("--iris", is_flag=True, default=None, help="Show IRI columns in tables too."),
        click.option("-o", "--output", metavar="PATH", help="Write to a file; its suffix gives the format."),
        click.option(
            "-f",
            "--format",
            "format_",
            metavar="FORMAT",
            help=f"{', '.join(_FORMATS)}. Default: a table, CSV in a pipe.",
        ),
    ):
        command = option(command)
    return command


def _setting(name: str) -> Any:
    """Return an option given to this command, or else to the ones above it: ``comity --view paper stats``."""
    context: click.Context | None = click.get_current_context()
    while context is not None:
        value = context.params.get(name)
        if value is not None:
            return value
        context = context.parent
    return None


def _open(day: str | None = None) -> Comity:
    if _setting("store") is not None:
        edition = _there()
        return edition if day is None else edition.on(day)
    if day is not None and _setting("no_infer"):
        raise UsageError("what holds on a day is inferred", "leave out --on or --no-infer")
    edition = _kept(**_selection(), infer=not _setting("no_infer"))
    return edition if day is None else edition.on(day)


def _there() -> Comity:
    """Open what the server of ``--store`` holds."""
    from comity import api

    for name in ("view", "no_infer", "verified_only", "known_at"):
        if _setting(name):
            option = name.replace("_", "-")
            raise UsageError(f"--{option} does not go with --store", "what the server holds was settled when it was loaded; leave it out")
    edition = api.connect(_setting("store"), **_server())
    click.get_current_context().call_on_close(edition.close)
    return edition


def _server() -> dict[str, Any]:
    return {
        "update_url": _setting("update_url"),
        "graph_store_url": _setting("graph_store"),
        "union": _setting("union") or "server",
    }


def _selection() -> dict[str, Any]:
    """What the options say of the view, in the words of :func:`comity.open`."""
    return {
        "view": _setting("view") or "curated",
        "verified_only": bool(_setting("verified_only")),
        "known_at": _setting("known_at"),
    }


def _kept(*, view: str, infer: bool, verified_only: bool, known_at: str | None) -> Comity:
    """Open the view from the store that earlier calls have kept, or keep it now; where that can't be, in memory."""
    from comity import api, dataset
    from comity.store.edition import Selection, kept_folder

    options: dict[str, Any] = {"view": view, "infer": infer, "verified_only": verified_only, "known_at": known_at}
    folder = None
    if known_at is None:  # for each day of knowledge a store of its own would be too many
        folder = kept_folder(Selection(dataset.known_view(view), verified_only, inferred_by="compiled" if infer else None))
    if folder is not None:
        # Another call may be using the folder, or it can't be written: neither is a reason not to answer.
        with contextlib.suppress(StoreError):
            return api.open(**options, path=folder)
    return api.open(**options)


# -- output ----------------------------------------------------------------------------------------------------------


def _format() -> str:
    """Return the output format: the flag, else the suffix of the output file, else by where the output goes."""
    asked = _setting("format_")
    aliases = {"md": "markdown", "txt": "table", "text": "table", "srj": "sparql-json", "turtle": "ttl"}
    if asked is not None:
        name: str = aliases.get(asked.lower(), asked.lower())
        if name not in _FORMATS:
            raise UnknownFormat(asked, _FORMATS)
        return name
    output = _setting("output")
    if output is not None and output != "-":
        suffix = Path(output).suffix.lower()
        for name, its_suffix in {**TABLE_FORMATS, **GRAPH_FORMATS}.items():
            if suffix == its_suffix:
                return name
        suffixes = ", ".join([*TABLE_FORMATS.values(), *GRAPH_FORMATS.values()])
        raise UnknownFormat(suffix or output, _FORMATS, remedy=f"use a suffix of {suffixes}, or --format")
    return "table" if sys.stdout.isatty() else "csv"


def _show(table: Table) -> None:
    """Write `table` in the format and to the place that the options say."""
    _write(_render(table, _format()))


def _render(table: Table, name: str) -> str | bytes:
    match name:
        case "table":
            return _text(table)
        case "csv":
            return table.to_csv()
        case "tsv":
            return table.to_tsv()
        case "json":
            return table.to_json()
        case "sparql-json":
            return table.to_sparql_json()
        case "markdown":
            return table.to_markdown()
        case "html":
            return table._repr_html_() + "\n"
        case "xlsx":
            if _setting("output") in (None, "-"):
                raise UsageError("xlsx is a file, not text", "name one with -o, as in -o answer.xlsx")
            return table.xlsx(iris=bool(_setting("iris")))
    if table.kind != "construct":
        raise UsageError(f"{name} holds a graph, and this answer is a table", f"use {', '.join(TABLE_FORMATS)}")
    return _graph_text(table, name)


def _text(table: Table) -> str:
    return table.to_text(None if sys.stdout.isatty() else 100, iris=bool(_setting("iris")))


def _graph_text(table: Table, name: str) -> str:
    import pyoxigraph as ox

    from comity import turtle

    triples = {ox.Triple(*row) for row in table.terms()}
    return turtle.serialize(triples) if name == "ttl" else "".join(sorted(f"{triple} .\n" for triple in triples))


def _write(content: str | bytes) -> None:
    output = _setting("output")
    if isinstance(content, str) and output in (None, "-"):
        sys.stdout.write(content)
        return
    from comity.files import write_whole

    write_whole(output, content.encode() if isinstance(content, str) else content)


# -- the commands ----------------------------------------------------------------------------------------------------


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, message="%(version)s")
@_output_options
@data_options
def cli(**_options: Any) -> None:
    """Comity: international counter-terrorism cooperation law as linked data.

    Start with `comity questions`, then for example `comity ask obligations --instrument "resolution 1373"`.
    """


@cli.command()
@click.argument("words", nargs=-1)
@_output_options
def questions(words: tuple[str, ...], **_options: Any) -> None:
    """List the questions that can be asked.

    With WORDS or section numbers, only those that have them all.
    """
    from comity.questions import listing

    _show(listing(" ".join(words)))


class _Questions(QuestionGroup):
    def command_for(self, question: Question) -> click.Command:
        return _question_command(question)


@cli.group(cls=_Questions, subcommand_metavar="QUESTION [PARAMETERS]...")
@_output_options
@data_options
@store_options
def ask(**_options: Any) -> None:
    """Ask a question. `comity ask QUESTION --help` shows its parameters."""


def _question_command(question: Question) -> click.Command:
    names = [parameter.name for parameter in question.parameters]

    def run(why: bool, sources: bool, **options: Any) -> None:
        given = {name: options[name] for name in names if options[name] is not None}
        edition = _open()
        table = edition.ask(question.name, sources=sources, **given)
        if why:
            _show_reasons(table, edition.why(table))
        else:
            _show(table)

    command = _output_options(data_options(store_options(run)))
    command = click.option("--why", is_flag=True, help="Prove each row: the statements behind it, and who makes them.")(command)
    command = click.option("--sources", is_flag=True, help="Say of each row whether it is stated or inferred, and where.")(command)
    for parameter in reversed(question.parameters):
        command = question_option(parameter)(command)
    columns = "\n".join(
        f"  {column.name}: {column.meaning}{f' ({column.unit})' if column.unit else ''}" for column in question.columns
    )
    text = f"{question.title}.\n\n{question.question}\n\n\b\nColumns:\n{columns}"
    return click.command(question.name, help=text, short_help=question.title)(command)


def _show_reasons(table: Table, reasons: Iterable[list[Proof | Asserted]]) -> None:
    """Write the table and, for each of its rows, why it is there: as text, or in the JSON document as ``why``."""
    # Proofs are for reading, in a pipe as well.
    name = "table" if _setting("format_") is None and _setting("output") is None else _format()
    if name == "json":
        import json

        document = json.loads(table.to_json())
        document["why"] = [[reason.to_dict() for reason in row] for row in reasons]
        _write(json.dumps(document, ensure_ascii=False, indent=1) + "\n")
        return
    if name != "table":
        raise UsageError(f"{name} has no place for proofs", "use --format table or --format json")
    parts = [_text(table)]
    for number, row in enumerate(reasons, 1):
        proofs = "\n".join(reason.text() for reason in row) or "nothing that can be pointed to: the row sums up a sub-query"
        parts.append(f"\nRow {number}\n" + textwrap.indent(proofs, "  ") + "\n")
    _write("".join(parts))


@cli.command()
@click.argument("text", metavar="TEXT|@FILE|-")
@click.option("--timeout", type=click.FloatRange(min=0, min_open=True), metavar="SECONDS", help="Stop after this time.")
@day_option
@_output_options
@data_options
@store_options
def query(text: str, timeout: float | None, day: str | None, **_options: Any) -> None:
    """Run a SPARQL query.

    Give its text, a file (@FILE), or standard input (-). Comity's prefixes need no declaration.
    """
    _show(_open(day).query(_query_text(text), timeout=timeout))


def _query_text(text: str) -> str:
    if text == "-":
        return sys.stdin.read()
    if not text.startswith("@"):
        return text
    try:
        return Path(text[1:]).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        what = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise InputError(f"cannot be read ({what})", "give the path of a file with a query", file=text[1:]) from None


@cli.command()
@_output_options
@data_options
@store_options
def stats(**_options: Any) -> None:
    """Count the triples of each graph."""
    _show(_open().stats())


@cli.command()
@click.option("--to", "url", metavar="URL", required=True, help="The server's SPARQL query service.")
@click.option("--replace/--merge", "replace", default=True, help="Make each graph exactly ours (the default), or add to it.")
@click.option(
    "--inferred", type=click.Choice(["yes", "no", "only"]), default="yes", help="With, without, or only what follows."
)
@_output_options
@data_options
@server_options
def load(url: str, replace: bool, inferred: str, **_options: Any) -> None:
    """Load a view into a triplestore, graph by graph.

    What is there already is left alone, so that a second run goes on where one was broken off. Afterwards each graph's number of triples
    and hash are compared. Exit status 1 means that a graph did not arrive.
    """
    from comity.store.remote import RemoteStore
    from comity.terms import graph_name

    def tell(graph: str, done: int, all_: int) -> None:
        if sys.stderr.isatty():
            print(f"\r\x1b[K{graph_name(graph) or graph}: {done} of {all_}", end="", file=sys.stderr, flush=True)

    with RemoteStore(url, **_server()) as store, _open() as edition:
        arrivals = edition.load(store, mode="replace" if replace else "merge", inferred=inferred, progress=tell)
    if sys.stderr.isatty():
        print("\r\x1b[K", end="", file=sys.stderr)
    _show(_arrivals(arrivals))
    if any(arrival.state == "failed" for arrival in arrivals):
        click.get_current_context().exit(1)


def _arrivals(arrivals: Sequence[Arrival]) -> Table:
    from comity.table import Column, Iri, Table
    from comity.terms import graph_name

    return Table(
        [
            Column("graph", "iri", "the named graph"),
            Column("graphLabel", "string", "its name"),
            Column("state", "string", "same (it was there), loaded, or failed"),
            Column("triples", "integer", "how many were to be there", "triples"),
            Column("found", "integer", "how many are there", "triples"),
            Column("hash", "string", "of what was to be there: the first 16 digits of the SHA-256 of its sorted canonical lines"),
            Column("note", "string", "what went wrong"),
        ],
        [
            (Iri(a.graph), graph_name(a.graph) or a.graph, a.state, a.triples, a.found, a.hash[:16], a.note or None)
            for a in arrivals
        ],
    )


@cli.command(context_settings={"ignore_unknown_options": True, "help_option_names": []})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
@click.pass_context
def errata(context: click.Context, arguments: tuple[str, ...]) -> None:
    """Show where the paper is wrong.

    What is put instead, on what evidence, and whether it was applied: the question `errata`.
    """
    from comity.questions import load_question

    command = _question_command(load_question("errata"))
    with command.make_context("errata", list(arguments), parent=context.parent) as its_context:
        command.invoke(its_context)


@cli.command()
@click.option("--engine", metavar="ENGINE", help="compiled (the default) or owlrl (the reference, slow).")
@day_option
@_output_options
@data_options
@store_options
def infer(engine: str | None, day: str | None, **_options: Any) -> None:
    """Work out what follows from the ontology, and count it.

    `comity export --inferred only` writes it. With --store, the rules run in the server and their results stay there.
    """
    from comity import api
    from comity.table import Column, Table
    from comity.terms import INFERRED

    if _setting("store") is not None:
        if day is not None:
            raise UsageError("what holds on a day is not put into a server", "leave out --on, or --store")
        edition = _there()
    else:
        edition = api.open(**_selection(), infer=False, engine=engine or "compiled")
    # What a server had inferred before is not stated.
    stated = edition.store.count() - edition.store.count(INFERRED)
    inferred = edition.infer(engine) if day is None else edition.on(day).store.count(INFERRED)
    _show(
        Table(
            [
                Column("view", "string", "the view of the edition"),
                Column("engine", "string", "who worked it out"),
                Column("stated", "integer", "statements in the view's graphs", "triples"),
                Column("inferred", "integer", "statements that follow and are not stated", "triples"),
            ],
            [(edition.view, engine or edition.engine, stated, inferred)],
        )
    )


@cli.command()
@click.argument("name", required=False)
@_output_options
def rules(name: str | None, **_options: Any) -> None:
    """List the rules of inference. With NAME, show that one as SPARQL."""
    from comity import resources
    from comity.errors import UnknownName
    from comity.inference import rule_set
    from comity.table import Column, Table

    folder = resources.ontology()
    found = rule_set(folder / "comity.ttl", folder / "rules" if (folder / "rules").is_dir() else None)
    if name is not None:
        for rule in found:
            if rule.name == name:
                _write(rule.sparql())
                return
        raise UnknownName(name, [rule.name for rule in found], remedy="see `comity rules`")
    _show(
        Table(
            [
                Column("name", "string", "name of the rule"),
                Column("kind", "string", "what a match means: a conclusion, or a contradiction"),
                Column("axiom", "string", "the axiom or the legal rule that it states"),
                Column("basis", "string", "rules of OWL 2 RL that it instantiates, or its legal source"),
            ],
            [
                (
                    rule.name,
                    "contradiction" if rule.is_constraint else "conclusion",
                    rule.axiom,
                    rule.basis or " ".join(rule.sources),
                )
                for rule in found
            ],
        )
    )


@cli.command()
@click.argument("subject")
@click.argument("predicate")
@click.argument("object_", metavar="OBJECT")
@day_option
@_output_options
@data_options
def explain(subject: str, predicate: str, object_: str, day: str | None, **_options: Any) -> None:
    """Prove a statement from what is stated.

    Shows rule and premises, down to what is stated and where.
    Terms are IRIs or short forms such as instrument:unscr-1373; OBJECT may also be a literal: plain text, or as in
    Turtle, with quotes, language or datatype.
    """
    from comity.inference.explain import Proof, text_of_triple

    if predicate == "a":
        predicate = "rdf:type"
    proof = _open(day).explain(subject, predicate, _literal(object_) or object_)
    if _setting("format_") == "json" or (_setting("output") or "").endswith(".json"):
        import json

        _write(json.dumps(proof.to_dict(), ensure_ascii=False, indent=1) + "\n")
    elif isinstance(proof, Proof):
        _write(proof.text() + "\n")
    else:
        from comity.terms import graph_name

        triple = text_of_triple(proof.triple)
        graphs = ", ".join(graph_name(graph) or graph for graph in proof.graphs)
        _write("\n".join([f"{triple}  — stated in {graphs}", *(f"   {passage}" for passage in proof.passages)]) + "\n")


def _literal(text: str) -> Any:
    """Return the literal that `text` writes in Turtle's syntax, or ``None`` when it does not start like one."""
    if not text.startswith(('"', "'")):
        return None
    from comity.questions.binding import BindingError, find_slots
    from comity.terms import with_prefixes

    query, _ = with_prefixes(f"SELECT * {{ VALUES (?object) {{ ({text}) }} }}")
    try:
        [slot] = find_slots(query, ["object"])
    except BindingError:
        raise UsageError(f"{text} is no literal", "write it as in Turtle, or as plain text without quotes") from None
    return slot.term


@cli.command()
@click.argument("files", nargs=-1, type=click.Path(), metavar="[FILE]...")
@click.option(
    "--fail-on",
    type=click.Choice(["violation", "warning", "info"]),
    default="info",
    help="The slightest finding that makes the exit status 1; default: any.",
)
@click.option("--engine", metavar="ENGINE", help="compiled (the default here), sparql (asks the store; with --store the default) or pyshacl (the reference, slow).")
@_output_options
@data_options
@store_options
def validate(files: tuple[str, ...], fail_on: str, engine: str | None, **_options: Any) -> None:
    """Check the view against the shapes.

    With FILEs, check these as if they were part of it. Exit status 1 means findings. Reports also come as ttl
    (sh:ValidationReport), sarif and junit.
    """
    report = _open().validate(*files, engine=engine)
    match _report_format():
        case "table":
            _write(report.to_text())
        case "json":
            _write(report.to_json())
        case "ttl":
            _write(report.to_turtle())
        case "sarif":
            _write(report.to_sarif())
        case "junit":
            _write(report.to_junit(fail_on))
        case name:
            _write(_render(_findings(report), name))
    if report.at_least(fail_on):
        click.get_current_context().exit(1)


def _report_format() -> str:
    """Return the format of a report: text where nothing is said; reports have forms of their own besides those of tables."""
    asked, output = _setting("format_"), _setting("output")
    formats = [*(name for name in _FORMATS if name != "nt"), *REPORT_FORMATS]
    if asked is not None:
        if asked.lower() in REPORT_FORMATS:
            return str(asked.lower())
        try:
            name = _format()
        except UnknownFormat:
            raise UnknownFormat(asked, formats) from None
        if name == "nt":
            raise UnknownFormat(asked, formats)
        return name
    if output in (None, "-"):
        return "table"
    suffix = Path(output).suffix.lower()
    return next((name for name, its_suffix in REPORT_FORMATS.items() if suffix == its_suffix), None) or _format()


@cli.command()
@click.argument("names", nargs=-1, metavar="[CHECK]...")
@click.option("--write", "written", type=click.Path(), metavar="DIR", help="Write quality.md and quality.ttl there.")
@click.option("--against", type=click.Path(), metavar="DIR", help="Fail when the pages there say something else.")
@click.option("-f", "--format", "format_", type=click.Choice(["text", "json"]), default="text", help="Default: text.")
def check(names: tuple[str, ...], written: str | None, against: str | None, format_: str) -> None:
    """Run the quality gate over the edition.

    Shapes, hygiene, terms, questions, inference, profiles, reasoners: all of it, or the CHECKs named. Exit status 1 means that one failed;
    one that cannot run here is skipped, and says why.
    """
    from comity.quality import page, run_checks

    gate = run_checks(names)
    sys.stdout.write(gate.to_text() if format_ == "text" else gate.to_json())
    status = 0 if gate.passed else 1
    if written is not None:
        page.write(gate, Path(written))
    if against is not None and gate.passed:
        if gate.skipped:
            print(f"the pages in {against} are not compared: a check was skipped", file=sys.stderr)
        elif stale := page.stale(gate, Path(against)):
            print(f"{', '.join(stale)} in {against} say something else; run: {page.COMMAND}", file=sys.stderr)
            status = 1
    click.get_current_context().exit(status)


def _findings(report: Report) -> Table:
    from comity.table import Column, Iri, Table

    def iri(text: str | None) -> Iri | str | None:
        return Iri(text) if text and "://" in text else text

    return Table(
        [
            Column("severity", "string", "Violation, Warning or Info"),
            Column("focus", "iri", "the node that is wrong"),
            Column("focusLabel", "string", "its name"),
            Column("path", "string", "the property that is wrong"),
            Column("value", "string", "the value that is wrong"),
            Column("message", "string", "what is wrong and how to mend it"),
            Column("shape", "iri", "the rule that says so"),
            Column("file", "string", "where the node is described"),
            Column("line", "integer", "the line, from 1"),
        ],
        [
            (f.severity, iri(f.focus), f.focus_label, f.path, f.value, f.message, iri(f.shape), f.file, f.line)
            for f in report.results
        ],
    )


@cli.command()
@click.argument("name", metavar="[FORMAT]", required=False)
@click.option("-f", "--format", "format_", metavar="FORMAT", help="The same as the argument.")
@click.option("-o", "--output", metavar="PATH", required=True, help="Where to write; its suffix can give the format.")
@click.option(
    "--inferred",
    type=click.Choice(["yes", "no", "only"]),
    default="yes",
    help="With, without, or only what follows.",
)
@click.option("--graph", "graphs", multiple=True, metavar="GRAPH", help="Only this graph, as paper/2.1.2; repeatable.")
@data_options
def export(
    name: str | None, format_: str | None, output: str, inferred: str, graphs: tuple[str, ...], **_options: Any
) -> None:
    """Write a view of the edition to a file.

    FORMAT is nq, trig, nt, ttl, json-ld or rdf-xml. The same input gives the same bytes.
    """
    if name is not None and format_ is not None and name != format_:
        raise UsageError(f"two formats, {name} and {format_}", "give one")
    chosen = name or format_ or Path(output).suffix.removeprefix(".")
    if not chosen:
        raise UsageError("no format", "name one, as in `comity export nq -o comity.nq`")
    for path in _open().export(chosen, output, inferred=inferred, graphs=graphs or None):
        print(path, file=sys.stderr)


@cli.command()
@click.argument("files", nargs=-1, type=click.Path(), metavar="[FILE]...")
@click.option("--check", is_flag=True, help="Change nothing; exit status 1 when a file is not in its one form.")
def fmt(files: tuple[str, ...], check: bool) -> None:
    """Put Turtle files into their one form.

    Sorted, with the project's prefixes; without FILEs, all files of the edition.
    """
    from comity import turtle

    status = turtle.main([*(["--check"] if check else []), *files])
    click.get_current_context().exit(status)


@cli.command()
@data_options
def mcp(**_options: Any) -> None:
    """Serve assistants over the Model Context Protocol.

    On standard input and output, until the input ends; five tools that only read. Needs the extra `mcp`. Register it
    with your client, which then starts it:

    \b
    {"mcpServers": {"comity": {"command": "comity", "args": ["mcp"]}}}
    """
    from comity import api, dataset
    from comity.mcp.server import serve

    chosen = {**_selection(), "infer": not _setting("no_infer")}
    # Read here, not by the first call: what is wrong with the command is to be said when it starts.
    dataset.known_view(chosen["view"])
    if chosen["known_at"] is not None:
        chosen["known_at"] = api._day(chosen["known_at"])
    # In memory: the kept store would be locked for every other call as long as the server runs, and copying it takes longer
    # than to read and reason.
    serve(lambda: api.open(**chosen))


# -- running ---------------------------------------------------------------------------------------------------------


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and end the process with the right exit status."""
    sys.exit(run(arguments))


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the command line with `arguments` (default: the process's own) and return the exit status."""
    _use_utf8()
    try:
        status = cli.main(
            args=None if arguments is None else list(arguments), prog_name="comity", standalone_mode=False
        )
        sys.stdout.flush()
        return status if isinstance(status, int) else 0
    except ComityError as error:
        if os.environ.get("COMITY_DEBUG") == "1":
            _traceback()
        return _complain(str(error), error.exit_code)
    except click.exceptions.Exit as error:
        return error.exit_code
    except click.exceptions.NoArgsIsHelpError as error:
        print(error.ctx.get_help() if error.ctx else error.format_message(), file=sys.stderr)
        return 2
    except click.ClickException as error:
        return _complain(one_line(error), 2)
    except (KeyboardInterrupt, click.Abort):
        return 130
    except BrokenPipeError:
        # The reader has had enough (`| head`). Python would complain again when it flushes at exit: give it a sink.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 0
    except OSError as error:
        if error.filename is None and error.errno is not None:
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            return _complain(f"standard output cannot be written ({error.strerror}); make room or write elsewhere", 3)
        return _internal(error)
    except Exception as error:  # noqa: BLE001 - the last line of defence: nobody should meet a traceback
        return _internal(error)


def _internal(error: BaseException) -> int:
    if os.environ.get("COMITY_DEBUG") == "1":
        _traceback()
    what = " ".join(f"{type(error).__name__}: {error}".split())
    return _complain(f"internal error ({what}); please report it, with the output of COMITY_DEBUG=1", 70)


def _traceback() -> None:
    import traceback

    traceback.print_exc()


def _complain(message: str, status: int) -> int:
    # Nobody may be listening there either.
    with contextlib.suppress(OSError):
        print(f"comity: {message}", file=sys.stderr)
    return status


def _use_utf8() -> None:
    """Write UTF-8 whatever the locale says: every format here is defined in it, and labels come in all scripts."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure") and (stream.encoding or "").lower() not in ("utf-8", "utf8"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


if __name__ == "__main__":
    main()
