"""What a question is: its words, its parameters, its columns, its query."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal, get_args

from comity.questions.binding import Slot
from comity.table import Column

ParameterType = Literal["iri", "date", "integer", "string", "choice"]
PARAMETER_TYPES: Final[tuple[ParameterType, ...]] = get_args(ParameterType)
Level = Literal["basic", "intermediate", "advanced"]
LEVELS: Final[tuple[Level, ...]] = get_args(Level)
#: The column types that a header may declare; a SELECT may yield others, an answer to a question may not.
ANSWER_TYPES: Final = ("iri", "string", "date", "integer", "decimal", "boolean")


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a question.

    `class_iri` (type ``iri``) is the class whose instances are accepted (``None``: anything that has a name); when `open`,
    other things are accepted too, and the class only decides whom a name shared by several means;
    `scheme_iri` the concept scheme they must be in, if any; `choices` belong to type ``choice``. A parameter with
    neither `default` nor `optional` is required. `example` is a value as a person would type it.
    """

    name: str
    type: ParameterType
    help: str = ""
    example: str = ""
    default: str | None = None
    optional: bool = False
    class_iri: str | None = None
    class_name: str | None = None
    scheme_iri: str | None = None
    open: bool = False
    choices: tuple[str, ...] = ()

    @property
    def required(self) -> bool:
        """Whether the question cannot be asked without this parameter."""
        return self.default is None and not self.optional

    @property
    def thing(self) -> str:
        """What a value of type ``iri`` names, in words: ``bilateral relation`` for ``cy:BilateralRelation``."""
        if self.scheme_iri is not None:
            return self.scheme_iri.rsplit("/", 1)[-1].replace("-", " ")
        return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", self.class_name or "thing").lower()

    @property
    def expected(self) -> str:
        """What a value must be, in words for an error message or a help page."""
        match self.type:
            case "iri":
                article = "an" if self.thing[:1] in "aeiou" else "a"
                other = " or other thing" if self.open else ""
                return f"the name, code, key, Wikidata id or IRI of {article} {self.thing}{other}"
            case "date":
                return "a date, YYYY-MM-DD"
            case "integer":
                return "a whole number"
            case "choice":
                return "one of " + ", ".join(self.choices)
            case _:
                return "a text"


@dataclass(frozen=True, slots=True)
class Question:
    """A canned question: one file ``queries/<name>.rq``.

    `sparql` is the whole text of the file, so that it runs in any SPARQL 1.1 tool; `slots` are the places in it where
    the parameters' terms stand. `order_variables` are the plain variables by which the rows are sorted.
    `sections` are the sections of the paper that the question draws on. `snapshot` names the parameter with the day as of
    which the view is asked (see :meth:`comity.Comity.on`), when the question rests on the legal rules.
    """

    name: str
    title: str
    question: str
    parameters: tuple[Parameter, ...]
    columns: tuple[Column, ...]
    sections: tuple[str, ...]
    level: Level
    tags: tuple[str, ...]
    sparql: str = field(repr=False)
    path: Path
    slots: tuple[Slot, ...] = field(default=(), repr=False)
    order_variables: tuple[str, ...] = ()
    snapshot: str | None = None

    def parameter(self, name: str) -> Parameter | None:
        """Return the parameter called `name`, or ``None``."""
        return next((parameter for parameter in self.parameters if parameter.name == name), None)
