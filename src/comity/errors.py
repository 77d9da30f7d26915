"""The error tree. Every error says in one line what is wrong, where, and how to mend it.

::

    ComityError                 70  a fault of Comity itself, where nothing below fits
    ├── AnswerError             70  an answer is not what its question declares
    ├── InconsistencyError       1  the data contradict the ontology
    ├── UsageError               2  the caller asked for something that does not exist or does not fit
    │   ├── UnknownName             a name that is not in a closed list; suggests the nearest
    │   │   ├── UnknownQuestion
    │   │   ├── UnknownView
    │   │   ├── UnknownFormat
    │   │   ├── UnknownEngine
    │   │   ├── UnknownGraph
    │   │   └── UnknownTerm         also an AttributeError
    │   ├── ParameterError          a question's parameter is missing, unknown or ill-typed
    │   ├── QueryError              SPARQL that does not parse or may not be run
    │   └── MissingExtra            an optional dependency is not installed
    ├── InputError               3  something to be read cannot be read
    │   ├── TurtleError             a syntax error in an RDF file, with line and column
    │   ├── DataError               well-formed data that break a rule of the edition
    │   ├── QuestionError           a question file whose header or query is not in order
    │   └── ResourceError           ontology, data, shapes or queries cannot be found
    ├── OutputError              3  a file cannot be written
    ├── StoreError               3  a store cannot be opened or does not answer
    │   ├── StoreInUse              another process holds it
    │   └── StoreDamaged            what is on disk is not whole
    └── TimeLimitError           4  a query ran longer than it was given

The number is :attr:`ComityError.exit_code`, the exit status of the command line. The text of an error is
``file:line:col: what; how to mend``, without the parts that are unknown.
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterable, Sequence
from typing import Any, ClassVar, Final

LONGEST: Final = 4000
"""How many characters a message has at most."""


class ComityError(Exception):
    """The root of the tree.

    `what` is the fault, `remedy` how to mend it; `file`, `line` and `column` (both from 1) say where it is, when known.
    """

    exit_code: ClassVar[int] = 70

    def __init__(
        self,
        what: str,
        remedy: str = "",
        *,
        file: str | os.PathLike[str] | None = None,
        line: int | None = None,
        column: int | None = None,
    ) -> None:
        super().__init__(what, remedy)
        self.what = what
        self.remedy = remedy
        self.file = None if file is None else os.fspath(file)
        self.line = line
        self.column = column

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.file, self.line, self.column) if part is not None)
        message = "; ".join(part for part in (self.what, self.remedy) if part)
        return one_line(f"{place}: {message}" if place else message)

    def __reduce__(self) -> tuple[Any, ...]:
        # Errors travel back from worker processes; subclasses have constructors of their own.
        return _rebuild, (type(self), self.args, self.__dict__)


def one_line(text: str) -> str:
    """Return `text` as a message may be shown: in one line, whatever a parser put into it, with what is not seen made visible.

    What steers a terminal, turns the direction of writing or is no character at all is written by its number; what is very long is cut.
    """
    text = " ".join(text[: 2 * LONGEST].split())
    text = text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
    return text if text.isprintable() else "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in text)


def _rebuild(kind: type[ComityError], args: tuple[Any, ...], fields: dict[str, Any]) -> ComityError:
    error = kind.__new__(kind)
    error.args = args
    error.__dict__.update(fields)
    return error


class InconsistencyError(ComityError):
    """The data contradict the ontology; `inconsistencies` holds each contradiction as the inference engine reports it."""

    exit_code = 1

    def __init__(self, inconsistencies: Sequence[object], what: str = "", remedy: str = "") -> None:
        count = len(inconsistencies)
        noun = "contradiction" if count == 1 else "contradictions"
        first = f": {inconsistencies[0]}" if inconsistencies else ""
        super().__init__(
            what or f"the data contradict the ontology ({count} {noun}){first}",
            remedy or "correct the statements named, or the axiom that they break",
        )
        self.inconsistencies = tuple(inconsistencies)


class AnswerError(ComityError):
    """A question's answer holds something else than its header declares; `file` is the question's file."""


class UsageError(ComityError):
    """The caller asked for something that does not exist or does not fit."""

    exit_code = 2


class UnknownName(UsageError):
    """A name that is not in a closed list.

    `name` is what was asked for, `known` what there is, `candidates` the most similar of these, `nearest` the first of them.
    """

    thing: ClassVar[str] = "name"
    listing: ClassVar[str] = ""

    def __init__(self, name: str, known: Iterable[str] = (), *, remedy: str = "") -> None:
        self.known = tuple(sorted(known))
        self.name = name
        self.candidates = tuple(difflib.get_close_matches(name, self.known, n=3, cutoff=0.5))
        self.nearest = self.candidates[0] if self.candidates else None
        if not remedy:
            if self.nearest:
                remedy = f"did you mean '{self.nearest}'?"
            elif self.known and len(self.known) <= 12:
                remedy = f"use one of: {', '.join(self.known)}"
        if self.listing:
            remedy = f"{remedy} {self.listing}".strip()
        super().__init__(f"unknown {self.thing} '{name}'", remedy)


class UnknownQuestion(UnknownName):
    """No canned question has this name."""

    thing = "question"
    listing = "(`comity questions` lists them all)"


class UnknownView(UnknownName):
    """The views are ``paper``, ``record`` and ``curated``."""

    thing = "view"


class UnknownFormat(UnknownName):
    """No writer or reader has this format name."""

    thing = "format"


class UnknownEngine(UnknownName):
    """No inference or validation engine has this name."""

    thing = "engine"


class UnknownGraph(UnknownName):
    """The dataset has no named graph of this name."""

    thing = "graph"


class UnknownTerm(UnknownName, AttributeError):  # type: ignore[misc]  # `name` means the same in both
    """A closed namespace has no such term; a misspelt term fails instead of matching nothing."""

    thing = "term"


class ParameterError(UsageError):
    """A question's parameter is missing, unknown or ill-typed; `question`, `parameter` and `value` say which.

    `expected` says in words what a value must be, `example` is one, and `candidates` are things that may have been meant.
    """

    def __init__(
        self,
        what: str,
        remedy: str = "",
        *,
        question: str | None = None,
        parameter: str | None = None,
        value: object = None,
        expected: str = "",
        example: str = "",
        candidates: Sequence[str] = (),
    ) -> None:
        super().__init__(what, remedy)
        self.question = question
        self.parameter = parameter
        self.value = value
        self.expected = expected
        self.example = example
        self.candidates = tuple(candidates)


class QueryError(UsageError):
    """SPARQL that does not parse or may not be run; `line` and `column` count from 1 within `query`."""

    def __init__(
        self,
        what: str,
        remedy: str = "",
        *,
        query: str | None = None,
        file: str | os.PathLike[str] | None = None,
        line: int | None = None,
        column: int | None = None,
    ) -> None:
        super().__init__(what, remedy, file=file, line=line, column=column)
        self.query = query


class MissingExtra(UsageError):
    """An optional dependency is not installed; `extra` is its name, `purpose` what it is needed for."""

    def __init__(self, extra: str, purpose: str) -> None:
        super().__init__(f"{purpose} needs the extra '{extra}'", f"install it with: pip install 'comity[{extra}]'")
        self.extra = extra
        self.purpose = purpose


class InputError(ComityError):
    """Something to be read cannot be read."""

    exit_code = 3


class TurtleError(InputError):
    """A syntax error in an RDF file; `file`, `line` and `column` say where."""


class DataError(InputError):
    """Well-formed data that break a rule of the edition, such as a correction of something that was never printed."""


class QuestionError(InputError):
    """The file of a canned question is not in order; `file` and `line` say where."""


class ResourceError(InputError):
    """The ontology, the data, the shapes or the queries cannot be found."""


class OutputError(ComityError):
    """A file cannot be written; `file` is its path. The file that was there before, if any, is untouched."""

    exit_code = 3


class StoreError(ComityError):
    """A store cannot be opened, is held by another process, or does not answer.

    `retry_after` is for how many seconds a server asks to be left alone, where it does.
    """

    exit_code = 3

    def __init__(
        self,
        what: str,
        remedy: str = "",
        *,
        file: str | os.PathLike[str] | None = None,
        line: int | None = None,
        column: int | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(what, remedy, file=file, line=line, column=column)
        self.retry_after = retry_after


class StoreInUse(StoreError):
    """A store on disk is held by another process."""


class StoreDamaged(StoreError):
    """What lies in the folder of a store on disk cannot be read as one."""


class TimeLimitError(ComityError):
    """A query ran longer than the `seconds` it was given, and was stopped."""

    exit_code = 4

    def __init__(self, seconds: float, what: str = "", remedy: str = "") -> None:
        super().__init__(
            what or f"the query did not end within {seconds:g} s and was stopped",
            remedy or "allow more time, or bind more of the query's variables",
        )
        self.seconds = seconds
