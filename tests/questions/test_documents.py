"""What is written of the questions says what their files say: pages, catalogue in Turtle, OpenAPI document."""

from __future__ import annotations

import importlib.util
import json
import re
import shlex
import shutil
import sys
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from urllib.parse import parse_qsl, urlsplit

import jsonschema
import pyoxigraph as ox
import pytest
import rdflib
from openapi_spec_validator import OpenAPIV31SpecValidator

import comity
from comity import cli, resources, turtle
from comity.questions import Question, list_questions
from comity.questions.model import ANSWER_TYPES
from comity.terms import iri
from comity.tokens import prefixes_of, tokenize

QUESTIONS = {question.name: question for question in list_questions()}
PAGES = resources.root() / "docs" / "questions"
CATALOGUE = resources.queries() / "catalogue.ttl"
DECLARED = """PREFIX sh: <http://www.w3.org/ns/shacl#> PREFIX owl: <http://www.w3.org/2002/07/owl#>
SELECT ?question ?select ?prefix ?namespace WHERE {
  ?question a sh:SPARQLSelectExecutable ; sh:select ?select ; sh:prefixes/owl:imports*/sh:declare ?declaration .
  ?declaration sh:prefix ?prefix ; sh:namespace ?namespace
}"""


@lru_cache
def executables() -> dict[str, str]:
    """Every question's IRI with its query, put together from the catalogue alone, as SHACL says."""
    store = ox.Store()
    store.load(path=str(CATALOGUE), format=ox.RdfFormat.TURTLE)
    found: dict[str, tuple[str, list[str]]] = {}
    for row in store.query(DECLARED):
        _, prologue = found.setdefault(row["question"].value, (row["select"].value, []))
        prologue.append(f"PREFIX {row['prefix'].value}: <{row['namespace'].value}>")
    return {name: "\n".join([*sorted(prologue), select]) for name, (select, prologue) in found.items()}


@lru_cache
def described() -> dict:
    return json.loads(resources.openapi().read_text(encoding="utf-8"))


@lru_cache
def paper() -> comity.Comity:
    return comity.open("paper")


# -- the script ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def run(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    monkeypatch.syspath_prepend(checkout / "scripts")
    spec = importlib.util.spec_from_file_location("document_questions", checkout / "scripts" / "document_questions.py")
    assert spec is not None
    assert spec.loader is not None
    module: ModuleType = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)

    def main(*options: str, root: Path = checkout) -> int:
        monkeypatch.setattr(module, "ROOT", root)
        monkeypatch.setattr(sys, "argv", ["document_questions.py", *options])
        return module.main()

    return main


def test_all_is_up_to_date(run: Callable[..., int]) -> None:
    assert run("--check") == 0


@pytest.fixture
def small(checkout: Path, tmp_path: Path) -> Path:
    """An edition of three questions."""
    for name in ("ontology/comity.ttl", "data/entities/section.ttl", *(f"queries/{n}.rq" for n in ("bound", "classes", "find"))):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(checkout / name, tmp_path / name)
    return tmp_path


def edit(path: Path) -> None:
    path.write_text(path.read_text(encoding="utf-8").replace("nuclear", "chemical"), encoding="utf-8")


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (lambda root: edit(root / "docs/questions/find.md"), {"docs/questions/find.md"}),
        (lambda root: edit(root / "queries/catalogue.ttl"), {"queries/catalogue.ttl"}),
        (lambda root: edit(root / "docs/openapi.json"), {"docs/openapi.json"}),
        (lambda root: edit(root / "queries/find.rq"), {"docs/questions/find.md", "queries/catalogue.ttl", "docs/openapi.json"}),
        (lambda root: (root / "docs/questions/classes.md").unlink(), {"docs/questions/classes.md"}),
        (lambda root: (root / "docs/questions/gone.md").write_text("# Gone\n"), {"docs/questions/gone.md"}),
    ],
    ids=["page", "catalogue", "openapi", "question", "no page", "page of no question"],
)
def test_an_edit_is_noticed_and_undone(
    run: Callable[..., int], small: Path, capsys: pytest.CaptureFixture[str], change: Callable[[Path], None], named: set[str]
) -> None:
    assert run(root=small) == 0
    assert run("--check", root=small) == 0
    change(small)
    assert run("--check", root=small) == 1
    complaints = capsys.readouterr().err.splitlines()
    assert {line.partition(": ")[0] for line in complaints} == named
    assert all("run: python scripts/document_questions.py" in line for line in complaints)
    assert run(root=small) == 0
    assert run("--check", root=small) == 0


def test_a_prefix_of_two_meanings_is_refused(run: Callable[..., int], small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = small / "queries/find.rq"
    path.write_text(path.read_text(encoding="utf-8").replace("PREFIX rdfs:", "PREFIX cy: <http://x/>\nPREFIX rdfs:"), encoding="utf-8")
    assert run(root=small) == 3
    assert capsys.readouterr().err.startswith("queries/find.rq: cy: is <http://x/> here and <https://w3id.org/comity/ontology#> in ")
    assert not (small / "docs").exists()


# -- pages ---------------------------------------------------------------------------------------------------------------


def test_every_question_has_its_page_its_entry_and_its_paths() -> None:
    assert len(QUESTIONS) > 100
    assert {path.stem for path in PAGES.glob("*.md")} == {*QUESTIONS, "README"}
    assert set(executables()) == {iri("question", name) for name in QUESTIONS}
    paths = {f"/q/{name}.{form}" for name in QUESTIONS for form in ("json", "csv")}
    assert set(described()["paths"]) == paths | {"/sparql", "/questions"}


def anchors(text: str) -> set[str]:
    prose = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    headings = re.findall(r"^#+ (.*)$", prose, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_links_lead_somewhere() -> None:
    texts = {path.resolve(): path.read_text(encoding="utf-8") for path in PAGES.glob("*.md")}
    places = {path: anchors(text) for path, text in texts.items()}
    links, wrong = 0, []
    for path, text in texts.items():
        for link in re.findall(r"\]\(([^)\s]+)\)", text.partition("## SPARQL")[0]):
            name, _, anchor = link.partition("#")
            target = (path.parent / name).resolve() if name else path
            links += 1
            if not target.exists() or (anchor and anchor not in places.get(target, ())):
                wrong.append(f"{path.name}: {link}")
    assert links > 5 * len(QUESTIONS)
    assert wrong == []


@pytest.fixture(scope="module")
def calls() -> dict[str, list[tuple[str, list[dict[str, object]]]]]:
    """For every question, the calls on its page, by the kind of block: the name asked and the values given."""
    found: dict[str, list[tuple[str, list[dict[str, object]]]]] = {}
    for name in QUESTIONS:
        blocks = dict(re.findall(r"^```(\w+)\n(.*?)^```", (PAGES / f"{name}.md").read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL))
        console = [shlex.split(line.removeprefix("$ comity ask ")) for line in blocks["console"].splitlines()]
        shell = [(words[0], cli.ask.ask.get_command(None, words[0]).make_context(words[0], words[1:]).params) for words in console]
        collected: list[tuple[str, dict[str, object]]] = []
        exec(blocks["python"].replace("comity.open()", "edition"), {"edition": _Recorder(collected)})
        urls = [urlsplit(line.removeprefix("GET ")) for line in blocks["http"].splitlines()]
        rest = [(url.path, dict(parse_qsl(url.query, strict_parsing=bool(url.query)))) for url in urls]
        found[name] = [shell, collected, rest]
    return found


class _Recorder:
    """Stands for an edition, and keeps what it is asked."""

    def __init__(self, collected: list[tuple[str, dict[str, object]]]) -> None:
        self.collected = collected

    def ask(self, name: str, /, **params: object) -> None:
        self.collected.append((name, params))


def test_the_calls_on_a_page_are_those_of_the_question(calls) -> None:
    counted = 0
    for name, question in QUESTIONS.items():
        every = {parameter.name: parameter.example for parameter in question.parameters}
        needed = {parameter.name: parameter.example for parameter in question.parameters if parameter.required}
        expected = [needed] if needed == every else [needed, every]
        shell, python, rest = calls[name]
        given = [(asked, {key: value for key, value in params.items() if key in every and value is not None}) for asked, params in shell]
        assert given == [(name, values) for values in expected]
        assert [(asked, {key: str(value) for key, value in params.items()}) for asked, params in python] == given
        assert rest == [(f"/q/{name}.json", values) for values in expected]
        counted += len(expected)
    assert counted > len(QUESTIONS)


# -- the catalogue -------------------------------------------------------------------------------------------------------


def test_the_catalogue_is_in_form_and_another_parser_reads_it() -> None:
    assert turtle.format_file(CATALOGUE, check=True)
    graph = rdflib.Graph().parse(CATALOGUE)
    assert len(graph) == sum(1 for _ in ox.parse(path=str(CATALOGUE)))
    assert not any(isinstance(term, rdflib.BNode) for triple in graph for term in triple)
    rows = graph.query(
        "PREFIX sh: <http://www.w3.org/ns/shacl#> SELECT ?question (COUNT(?path) AS ?parameters) WHERE "
        "{ ?question a sh:SPARQLExecutable OPTIONAL { ?question sh:parameter/sh:path ?path } } GROUP BY ?question"
    )
    assert {str(row.question): int(row.parameters) for row in rows} == {
        iri("question", question.name): len(question.parameters) for question in QUESTIONS.values()
    }


def test_the_catalogue_can_be_asked_what_it_holds() -> None:
    store = ox.Store()
    store.load(path=str(CATALOGUE), format=ox.RdfFormat.TURTLE)
    dated = store.query(
        "SELECT ?question WHERE { ?question <http://www.w3.org/2004/02/skos/core#note> ?note FILTER(CONTAINS(?note, 'as of a day')) }"
    )
    snapshots = {iri("question", question.name) for question in QUESTIONS.values() if question.snapshot}
    assert snapshots
    assert {row["question"].value for row in dated} == snapshots
    defaults = store.query(
        "PREFIX sh: <http://www.w3.org/ns/shacl#> SELECT ?p ?value WHERE { ?p a sh:Parameter ; sh:defaultValue ?value }"
    )
    expected = {
        iri("parameter", f"{question.name}.{parameter.name}"): slot.term
        for question in QUESTIONS.values()
        for parameter in question.parameters
        for slot in question.slots
        if slot.name == parameter.name and parameter.default is not None
    }
    assert {row["p"].value: row["value"] for row in defaults} == expected


def words(sparql: str) -> list[str]:
    """The query as the parser sees it, after its prologue, with every name in full."""
    tokens = tokenize(sparql)
    prefixes = prefixes_of(tokens)
    start = next(n for n, token in enumerate(tokens) if token.is_word("SELECT"))
    full = []
    for token in tokens[start:]:
        prefix, _, local = token.text.partition(":")
        full.append(f"<{prefixes[prefix]}{local}>" if token.kind == "name" else token.text)
    return full


@pytest.mark.parametrize("name", sorted(QUESTIONS))
def test_a_query_of_the_catalogue_is_that_of_the_file(name: str) -> None:
    assert words(executables()[iri("question", name)]) == words(QUESTIONS[name].sparql)


def test_a_query_of_the_catalogue_gives_the_rows_of_the_file() -> None:
    """Over what the paper says, where every query is quick; those that need the record, over all."""
    silent = [question for question in QUESTIONS.values() if rows_of(paper(), question) == 0]
    assert len(silent) < len(QUESTIONS) / 2
    whole = comity.open()
    # These go through all members of all organizations; that their text is the same must do.
    slow = {"gaps", "gaps-by-region"}
    left = [question for question in silent if question.name not in slow and rows_of(whole, question) == 0]
    assert left == [question for question in QUESTIONS.values() if question.snapshot], "no rows, though no day is needed"


def rows_of(edition: comity.Comity, question: Question) -> int:
    """The number of rows of the file's query, which must be those of the catalogue's."""
    told = edition.store.query(executables()[iri("question", question.name)])
    asked = edition.store.query(question.sparql)
    assert told.variables == asked.variables
    rows = [tuple(row) for row in asked.rows]
    assert [tuple(row) for row in told.rows] == rows, question.name
    return len(rows)


# -- OpenAPI -------------------------------------------------------------------------------------------------------------


def test_the_document_is_openapi() -> None:
    assert list(OpenAPIV31SpecValidator(described()).iter_errors()) == []


def test_the_document_says_what_a_question_takes_and_gives() -> None:
    types = {"iri": "string", "date": "string", "integer": "integer", "decimal": "number", "boolean": "boolean", "string": "string"}
    formats = {"iri": "uri", "date": "date"}
    components = described()["components"]
    for question in QUESTIONS.values():
        for form in ("json", "csv"):
            operation = described()["paths"][f"/q/{question.name}.{form}"]["get"]
            assert set(operation["responses"]) == {"200", "400", "404", "503"}
            assert operation.get("x-comity-snapshot") == question.snapshot
            assert ("as of a day" in operation["description"]) == (question.snapshot is not None)
            found = [components["parameters"][entry["$ref"].rpartition("/")[2]] for entry in operation.get("parameters", [])]
            assert [(entry["name"], entry["required"]) for entry in found] == [(p.name, p.required) for p in question.parameters]
            for entry, parameter in zip(found, question.parameters, strict=True):
                schema = entry["schema"]
                assert schema["type"] == ("integer" if parameter.type == "integer" else "string")
                assert schema.get("format") == ("date" if parameter.type == "date" else None)
                assert schema.get("enum", []) == list(parameter.choices)
                assert str(schema.get("default", "")) == (parameter.default or "")
                assert str(entry["example"]) == parameter.example
        cells = components["schemas"][question.name]["properties"]
        assert [(name, cell["type"], cell.get("format")) for name, cell in cells.items()] == [
            (column.name, [types[column.type], "null"], formats.get(column.type)) for column in question.columns
        ]


def test_answers_are_as_the_document_says() -> None:
    asked = ("classes", "deadliest", "figures", "instruments", "mechanisms", "named-only", "sections")
    types = {column.type for name in asked for column in QUESTIONS[name].columns}
    assert types == set(ANSWER_TYPES)
    for name in asked:
        table = paper().ask(name, **{p.name: p.example for p in QUESTIONS[name].parameters if p.required})
        assert len(table) > 0
        media = described()["paths"][f"/q/{name}.json"]["get"]["responses"]["200"]["content"]["application/json"]
        schema = {**media["schema"], "components": described()["components"]}
        jsonschema.validate(json.loads(table.to_json()), schema, jsonschema.Draft202012Validator, format_checker=jsonschema.FormatChecker())
