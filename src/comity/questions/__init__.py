"""Canned questions: one ``.rq`` file each, from its header to its answer.

    question = load_question("obligations")
    table = ask(store, question, {"instrument": "resolution 1373"})

The file is the only source of a question. `header` reads it, `names` and `parameters` understand what is typed,
`binding` puts typed terms into the query, and the answer comes back as the columns that the header declares.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from comity import resources
from comity.errors import AnswerError, UnknownQuestion
from comity.names import fold
from comity.questions.binding import bind
from comity.questions.header import parse_question, read_question
from comity.questions.model import Parameter, Question
from comity.questions.names import NameIndex
from comity.questions.parameters import bind_parameters
from comity.store.contract import Store
from comity.table import Cell, Column, Iri, Origin, Table, Text, cell_of, plain
from comity.terms import shorten

__all__ = [
    "NameIndex",
    "Parameter",
    "Question",
    "ask",
    "bound_query",
    "list_questions",
    "listing",
    "load_question",
    "parse_question",
    "read_question",
    "search_questions",
]


def list_questions(resources_root: Path | None = None) -> tuple[Question, ...]:
    """Return every question, by name; from ``resources_root/queries`` when given, else those that Comity carries.

    Raises :class:`~comity.errors.QuestionError` for the first file that is not in order.
    """
    return tuple(
        _cached(path, path.stat().st_mtime_ns) for path in sorted(resources.queries(resources_root).glob("*.rq"))
    )


def load_question(name: str, resources_root: Path | None = None) -> Question:
    """Return the question called `name`. Raises :class:`~comity.errors.UnknownQuestion`, naming the nearest ones."""
    paths = {path.stem: path for path in resources.queries(resources_root).glob("*.rq")}
    if name not in paths:
        raise UnknownQuestion(name, paths)
    return _cached(paths[name], paths[name].stat().st_mtime_ns)


@lru_cache(maxsize=512)
def _cached(path: Path, modified: int) -> Question:
    """Read a file once for each state of it (`modified` is part of the cache's key and of nothing else)."""
    return read_question(path)


def search_questions(words: str, resources_root: Path | None = None) -> tuple[Question, ...]:
    """Return the questions that have all of `words`, best first: in name or title, then in tags, then anywhere.

    A word also finds the words it begins; a section number finds that section and those below it.
    """
    wanted = words.split()
    ranked = []
    for question in list_questions(resources_root):
        scores = [_score(question, word) for word in wanted]
        if all(scores):
            ranked.append((-sum(scores), question.name, question))
    return tuple(question for _, _, question in sorted(ranked, key=lambda entry: entry[:2]))


def listing(words: str = "") -> Table:
    """Return the questions that have all of `words` (see `search_questions`) as a table."""
    return Table(
        [
            Column("name", "string", "name for `comity ask`"),
            Column("title", "string", "what it is about"),
            Column("level", "string", "basic, intermediate or advanced"),
            Column("parameters", "string", "its parameters; those in brackets may be left out"),
            Column("sections", "string", "sections of the paper that it draws on"),
        ],
        [
            (
                question.name,
                question.title,
                question.level,
                " ".join(p.name if p.required else f"[{p.name}]" for p in question.parameters),
                " ".join(question.sections),
            )
            for question in search_questions(words)
        ],
    )


def _score(question: Question, word: str) -> int:
    if any(section == word or section.startswith(word + ".") for section in question.sections):
        return 3
    fields = (
        (4, [question.name, question.title]),
        (3, question.tags),
        (2, [question.question, question.level]),
        (
            1,
            [part for p in question.parameters for part in (p.name, p.help, p.class_name or "")]
            + [part for c in question.columns for part in (c.name, c.meaning)],
        ),
    )
    needles = fold(word).split()
    for weight, texts in fields:
        own = [piece for text in texts for piece in fold(text).split()]
        if needles and all(any(piece.startswith(needle) for piece in own) for needle in needles):
            return weight
    return 0


def bound_query(question: Question, params: Mapping[str, object], index: NameIndex) -> str:
    """Return the SPARQL text that answers `question` for `params`: the file's text with other terms in VALUES."""
    return bind(question.sparql, question.slots, bind_parameters(question, params, index))


def ask(
    store: Store,
    question: Question,
    params: Mapping[str, object] | None = None,
    *,
    index: NameIndex | None = None,
    timeout: float | None = None,
) -> Table:
    """Ask `question` of `store` and return its answer, typed as the question's columns declare.

    `index` holds the names of things in the store; pass one to ask several questions of the same store. `timeout` is in
    seconds. Raises :class:`~comity.errors.ParameterError` for bad parameters, and :class:`~comity.errors.AnswerError`
    when a cell is not what its column declares: that is a fault of the question or the data, not of the caller.
    """
    given = bind_parameters(question, params or {}, index or NameIndex(store))
    sparql = bind(question.sparql, question.slots, given)
    solutions = store.query(sparql, timeout=timeout)
    terms = [tuple(row) for row in solutions.rows]
    rows = [
        tuple(_cell(question, column, term) for column, term in zip(question.columns, row, strict=True))
        for row in terms
    ]
    origin = Origin(sparql, question.name, question.question, _parameters_in_words(question, given))
    return Table(question.columns, rows, title=question.title, terms=terms, origin=origin)


def _parameters_in_words(question: Question, given: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """Return what the parameters were, in the header's order; one that was left out is what the file holds, or nothing."""
    terms = {**{slot.name: slot.term for slot in question.slots}, **given}
    named = [(parameter.name, terms.get(parameter.name)) for parameter in question.parameters]
    return tuple((name, shorten(plain(cell_of(term)))) for name, term in named if term is not None)


def _cell(question: Question, column: Column, term: Any) -> Cell:
    """Return the cell for `term`, which must be of the column's type; an integer is also a decimal."""
    from decimal import Decimal

    cell = cell_of(term)
    if cell is None:
        return None
    match column.type:
        case "iri":
            fits = isinstance(cell, Iri)
        case "string":
            fits = isinstance(cell, str) and not isinstance(cell, Iri) and getattr(cell, "datatype", None) is None
        case "integer":
            fits = isinstance(cell, int) and not isinstance(cell, bool)
        case "decimal":
            if isinstance(cell, int) and not isinstance(cell, bool):
                return Decimal(cell)
            fits = isinstance(cell, Decimal)
        case "boolean":
            if cell in (0, 1) and isinstance(cell, int):
                return bool(cell)  # Virtuoso says 1 for what a query finds to be true
            fits = isinstance(cell, bool)
        case _:
            import datetime as dt

            fits = isinstance(cell, dt.date) and not isinstance(cell, dt.datetime)
    if not fits:
        raise AnswerError(
            f"column {column.name} is declared {column.type}, but the answer holds {term}",
            file=resources.display(question.path),
            remedy="mend the query, its header, or the data",
        )
    return str(cell) if isinstance(cell, Text) else cell
