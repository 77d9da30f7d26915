"""The error tree: one line each, the right exit status, and able to travel between processes."""

from __future__ import annotations

import inspect
import pickle
import re

import pytest

from comity import errors

CLASSES = [
    kind
    for _, kind in inspect.getmembers(errors, inspect.isclass)
    if issubclass(kind, errors.ComityError) and kind.__module__ == errors.__name__
]

EXIT_CODES = {
    "AnswerError": 70,
    "ComityError": 70,
    "DataError": 3,
    "InconsistencyError": 1,
    "InputError": 3,
    "MissingExtra": 2,
    "OutputError": 3,
    "ParameterError": 2,
    "QueryError": 2,
    "QuestionError": 3,
    "ResourceError": 3,
    "StoreError": 3,
    "StoreDamaged": 3,
    "StoreInUse": 3,
    "TimeLimitError": 4,
    "TurtleError": 3,
    "UnknownEngine": 2,
    "UnknownFormat": 2,
    "UnknownGraph": 2,
    "UnknownName": 2,
    "UnknownQuestion": 2,
    "UnknownTerm": 2,
    "UnknownView": 2,
    "UsageError": 2,
}


def example(kind: type[errors.ComityError]) -> errors.ComityError:
    if issubclass(kind, errors.UnknownName):
        return kind("curatd", ["curated", "paper"])
    if kind is errors.MissingExtra:
        return kind(extra="pandas", purpose="Table.to_pandas")
    if kind is errors.InconsistencyError:
        return kind(["a cat is a dog"])
    if kind is errors.TimeLimitError:
        return kind(2.5)
    if kind is errors.ParameterError:
        return kind("no date", "write 2001-09-28", question="q", parameter="on", value="x", candidates=["a"])
    if kind is errors.QueryError:
        return kind("unexpected '}'", "mend it", query="SELECT", line=1, column=7)
    return kind("wrong", "mend it", file="a.ttl", line=3, column=7)


def test_every_error_has_its_exit_status() -> None:
    assert {kind.__name__: kind.exit_code for kind in CLASSES} == EXIT_CODES


def test_the_tree_in_the_docstring_is_the_tree() -> None:
    drawn: dict[str, tuple[str | None, int | None]] = {}
    above: list[tuple[int, str]] = []
    for line in (errors.__doc__ or "").splitlines():
        found = re.match(r"^ +[ │├└─]*([A-Z]\w+)(?: +(\d+)?(?: .*)?)?$", line)
        if found:
            depth = found.start(1)
            while above and above[-1][0] >= depth:
                above.pop()
            drawn[found[1]] = (above[-1][1] if above else None, int(found[2]) if found[2] else None)
            above.append((depth, found[1]))
    real = {kind.__name__: kind.__bases__[0].__name__ for kind in CLASSES if kind is not errors.ComityError}
    assert {name: parent for name, (parent, _) in drawn.items() if parent} == real
    for name, (_, code) in drawn.items():
        assert code in (None, EXIT_CODES[name])


@pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: kind.__name__)
def test_an_error_is_one_line_and_survives_pickling(kind: type[errors.ComityError]) -> None:
    error = example(kind)
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is kind
    assert str(again) == str(error)
    assert "\n" not in str(error)
    assert {**vars(again)} == {**vars(error)}


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ({}, "what; how"),
        ({"file": "a.ttl"}, "a.ttl: what; how"),
        ({"file": "a.ttl", "line": 3}, "a.ttl:3: what; how"),
        ({"file": "a.ttl", "line": 3, "column": 7}, "a.ttl:3:7: what; how"),
        ({"line": 3, "column": 7}, "3:7: what; how"),
    ],
)
def test_the_text_says_where_what_and_how(given: dict[str, object], text: str) -> None:
    assert str(errors.ComityError("what", "how", **given)) == text  # type: ignore[arg-type]


def test_a_parser_s_line_breaks_do_not_get_through() -> None:
    assert str(errors.ComityError("two\nlines", " and\ttabs")) == "two lines; and tabs"


def test_an_unknown_name_suggests_the_nearest() -> None:
    error = errors.UnknownView("curatd", ["record", "paper", "curated"])
    assert str(error) == "unknown view 'curatd'; did you mean 'curated'?"
    assert error.nearest == "curated"
    assert error.known == ("curated", "paper", "record")
    assert str(errors.UnknownView("x", ["b", "a"])) == "unknown view 'x'; use one of: a, b"
