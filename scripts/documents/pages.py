"""A page for each question, and an index by level and by tag. No answers: they change with the data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import pyoxigraph as ox

from comity.questions import Question
from comity.questions.model import LEVELS
from comity.terms import RDFS, split_iri
from documents import wording

#: From the folder of the pages to the top of the repository.
_TOP = "../.."


def index(questions: Sequence[Question], source: str) -> str:
    """Return the page that lists all questions."""
    tags = sorted({tag for question in questions for tag in question.tags})
    lines = [
        "# Questions",
        "",
        f"<!-- Written by {source}; do not edit. -->",
        "",
        f"{len(questions)} questions can be asked by name: `comity ask NAME` on the command line, `edition.ask(\"NAME\")` in Python,",
        "`/q/NAME.json` on a server. Each is one file of SPARQL in [queries](../../queries), from which these pages, the",
        "[catalogue in Turtle](../../queries/catalogue.ttl) and the [OpenAPI document](../openapi.json) are written.",
        "",
        f"By level: {', '.join(f'[{level}](#{level})' for level in LEVELS)}.",
        f"By tag: {', '.join(f'[{tag}](#{tag})' for tag in tags)}.",
        "",
        "## By level",
    ]
    for level in LEVELS:
        lines += ["", f"### {level}", "", "| name | about | question |", "|---|---|---|"]
        lines += [
            _row(f"[{question.name}]({question.name}.md)", _cell(question.title), _cell(question.question))
            for question in questions
            if question.level == level
        ]
    lines += ["", "## By tag"]
    for tag in tags:
        lines += ["", f"### {tag}", ""]
        lines += [f"- [{question.title}]({question.name}.md)" for question in questions if tag in question.tags]
    return "\n".join(lines) + "\n"


def page(question: Question, sections: Mapping[str, str], source: str) -> str:
    """Return the page of one question; `sections` holds the titles of the paper's sections."""
    note = wording.dated(question)
    file = f"{_TOP}/queries/{question.name}.rq"
    tags = ", ".join(f"[{tag}](README.md#{tag})" for tag in question.tags)
    lines = [
        f"# {question.title}",
        "",
        f"<!-- Written by {source}; do not edit. -->",
        "",
        question.question,
        *(["", note] if note else []),
        "",
        f"Name: `{question.name}`. Level: [{question.level}](README.md#{question.level}). Tags: {tags or 'none'}.",
        "[All questions](README.md).",
        "",
        "## Parameters",
        "",
        *(_parameters(question) if question.parameters else ("None.",)),
        "",
        "## Columns",
        "",
        "| name | type | meaning | unit |",
        "|---|---|---|---|",
        *(_row(column.name, column.type, _cell(column.meaning), _cell(column.unit or "")) for column in question.columns),
        "",
        "## Sections of the paper",
        "",
        *([f"- [{sections[name]}]({_TOP}/data/paper/{name}.ttl)" for name in question.sections] or ["None."]),
        "",
        "## How to ask it",
        "",
        *(["The last line of each kind shows every parameter; leave out what you do not need.", ""] if _optional(question) else []),
        "```console",
        *(f"$ {wording.command(question, given)}" for given in _calls(question)),
        "```",
        "",
        "```python",
        "import comity",
        "",
        "edition = comity.open()",
        *(wording.python(question, given) for given in _calls(question)),
        "```",
        "",
        "```http",
        *(f"GET {wording.path(question, 'json', given)}" for given in _calls(question)),
        "```",
        "",
        "## SPARQL",
        "",
        f"From [{question.name}.rq]({file}).",
        "",
        "```sparql",
        wording.query_text(question),
        "```",
    ]
    return "\n".join(lines) + "\n"


def _optional(question: Question) -> bool:
    return any(not parameter.required for parameter in question.parameters)


def _calls(question: Question) -> Iterator[dict[str, str]]:
    """The shortest call, and one with every parameter."""
    shortest, longest = wording.required(question), wording.examples(question)
    yield shortest
    if longest != shortest:
        yield longest


def _parameters(question: Question) -> Iterator[str]:
    yield "| name | type | default | example | help |"
    yield "|---|---|---|---|---|"
    for parameter in question.parameters:
        default = "required" if parameter.required else f"`{parameter.default}`" if parameter.default is not None else "none"
        yield _row(
            parameter.name, parameter.type, _cell(default), _cell(f"`{parameter.example}`"), _cell(wording.explanation(parameter))
        )


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def titles(quads: Iterable[ox.Quad]) -> dict[str, str]:
    """Return the title of every section that `quads` describe, by its number or name."""
    found = {}
    for quad in quads:
        parts = split_iri(quad.subject.value)
        if parts is not None and parts[0] == "section" and quad.predicate.value == RDFS.label:
            found[parts[1]] = quad.object.value
    return found
