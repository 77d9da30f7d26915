"""Reads a question file: the TOML header in its ``#+`` lines, and the SELECT that must agree with it.

A header, whole::

    #+ title = "Exercises of a relation"
    #+ question = "Which joint exercises did the two parties hold, and when?"
    #+ level = "basic"                      # basic, intermediate or advanced
    #+ tags = ["exercises"]
    #+ sections = ["4.3.2"]
    #+ snapshot = "on"                      # optional: the date parameter as of whose day the view is asked
    #+
    #+ [[parameters]]
    #+ name = "relation"
    #+ type = "iri"                         # iri, date, integer, string or choice
    #+ class = "cy:BilateralRelation"       # for iri; without it, anything with a name; `scheme = "topic"` narrows it
                                            # `open = true` takes other things too, after those of the class
    #+ default = "china-russia"             # or `optional = true`; with neither it is required
    #+ example = "China and Russia"
    #+ help = "The relation."
    #+
    #+ [[columns]]
    #+ name = "start"
    #+ type = "date"                        # iri, string, date, integer, decimal or boolean
    #+ meaning = "First day."
    #+ unit = "day"                         # optional

The query's ``VALUES (?relation) { (<…>) }`` holds the default, UNDEF for an optional parameter without one, and for a
required parameter a working example, so that the file also runs as it stands.
"""

from __future__ import annotations

import datetime as dt
import difflib
import keyword
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from comity.errors import QueryError, QuestionError
from comity.header import HeaderFault, read_header
from comity.limits import check_query
from comity.questions.binding import BindingError, Outline, Slot, find_slots, outline
from comity.questions.model import ANSWER_TYPES, LEVELS, PARAMETER_TYPES, Parameter, Question
from comity.resources import display
from comity.table import Column
from comity.terms import ID, PREFIXES, XSD
from comity.tokens import prefixes_of, tokenize

_NAME: Final = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_PARAMETER_NAME: Final = re.compile(r"[a-z][a-z0-9_]*")
#: Names that the command line and `Comity.ask` already use for their own options.
RESERVED: Final = frozenset(
    (
        *("format", "help", "infer", "iris", "known_at", "name", "no_infer", "output", "sources", "timeout"),
        *("verified_only", "view", "why"),
    )
)
_TOP_KEYS: Final = {
    "title": str,
    "question": str,
    "level": str,
    "tags": list,
    "sections": list,
    "snapshot": str,
    "parameters": list,
    "columns": list,
}
_PARAMETER_KEYS: Final = {
    "name": str,
    "type": str,
    "class": str,
    "scheme": str,
    "open": bool,
    "choices": list,
    "default": (str, int, dt.date),
    "optional": bool,
    "example": (str, int, dt.date),
    "help": str,
}
_COLUMN_KEYS: Final = {"name": str, "type": str, "meaning": str, "unit": str}


def read_question(path: Path) -> Question:
    """Read and check the question file at `path`.

    Raises :class:`~comity.errors.QuestionError` (file, line, what, how to mend) for anything wrong in it.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise QuestionError(
            f"cannot be read ({error})", file=display(path), remedy="make it a readable UTF-8 file"
        ) from None
    return parse_question(text, path)


def parse_question(text: str, path: Path) -> Question:
    """Return the question that the file text `text` makes; `path` gives its name and stands in error messages."""
    return _Reader(text, path).read()


class _Reader:
    """Reads one file; every complaint knows its line."""

    def __init__(self, text: str, path: Path) -> None:
        self.text = text
        self.path = path
        self.lines = text.splitlines()

    def fail(self, line: int, what: str, remedy: str) -> QuestionError:
        return QuestionError(what, file=display(self.path), line=line, remedy=remedy)

    def read(self) -> Question:
        name = self.path.stem
        if not _NAME.fullmatch(name):
            raise self.fail(1, f"the file name {self.path.name!r} is no question's name", "use lower-case-words.rq")
        try:
            check_query(self.text)
        except QueryError as error:
            raise self.fail(error.line or 1, error.what, error.remedy) from None
        header = self.header()
        self.check_keys(header, _TOP_KEYS, "header", 1)
        for key in ("title", "question", "level"):
            if not str(header.get(key, "")).strip():
                raise self.fail(1, f"the header has no {key}", f'add a line: #+ {key} = "…"')
        if header["level"] not in LEVELS:
            raise self.fail(self.line("level"), f"unknown level {header['level']!r}", f"use one of {', '.join(LEVELS)}")
        prefixes = {**PREFIXES, **prefixes_of(tokenize(self.text))}
        parameters = tuple(self.parameter(index, entry, prefixes) for index, entry in self.tables(header, "parameters"))
        columns = tuple(self.column(index, entry) for index, entry in self.tables(header, "columns"))
        self.check_unique([parameter.name for parameter in parameters], "parameters")
        self.check_unique([column.name for column in columns], "columns")
        try:
            shape = outline(self.text)
            slots = find_slots(self.text, [parameter.name for parameter in parameters])
        except BindingError as error:
            raise self.fail(error.line, error.what, error.remedy) from None
        self.check_syntax()
        self.check_columns(columns, shape)
        snapshot = header.get("snapshot")
        if snapshot is not None and not any(p.name == snapshot and p.type == "date" and not p.optional for p in parameters):
            raise self.fail(
                self.line("snapshot"), f"snapshot names {snapshot!r}", "name a parameter of type date that is not optional"
            )
        by_name = {slot.name: slot for slot in slots}
        for index, parameter in enumerate(parameters):
            self.check_slot(self.line("name", "parameters", index), parameter, by_name[parameter.name], prefixes)
        return Question(
            name=name,
            title=header["title"].strip(),
            question=header["question"].strip(),
            parameters=parameters,
            columns=columns,
            sections=self.strings(header, "sections"),
            level=header["level"],
            tags=self.strings(header, "tags"),
            sparql=self.text,
            path=self.path,
            slots=slots,
            order_variables=shape.order_variables,
            snapshot=snapshot,
        )

    # -- the header ------------------------------------------------------------------------------------------------

    def header(self) -> dict[str, Any]:
        """Return the TOML document of the ``#+`` lines at the top of the file."""
        top = next((number for number, line in enumerate(self.lines) if not line.startswith("#+")), len(self.lines))
        if not top:
            raise self.fail(1, "no header", 'start the file with lines such as: #+ title = "…"')
        for number, line in enumerate(self.lines[top:], top + 1):
            if line.startswith("#+"):
                raise self.fail(number, "a header line after the header", "keep all #+ lines together at the top")
        try:
            return read_header(self.text).fields
        except HeaderFault as error:
            raise self.fail(error.line, f"the header is not TOML: {error.what}", "mend that line") from None

    def line(self, key: str, table: str | None = None, index: int = 0) -> int:
        """Return the line of `key` at the header's top or in the `index`-th ``[[table]]``, else where that starts."""
        current, seen, start = None, -1, 1
        for number, line in enumerate(self.lines, 1):
            if not line.startswith("#+"):
                break
            content = line[2:].strip()
            if content.startswith("[["):
                current = content.strip("[] ")
                seen += current == table
                if current == table and seen == index:
                    start = number
            elif (
                current == table
                and (table is None or seen == index)
                and re.match(rf'"?{re.escape(key)}"?\s*=', content)
            ):
                return number
        return start

    def tables(self, header: Mapping[str, Any], key: str) -> list[tuple[int, dict[str, Any]]]:
        entries = header.get(key, [])
        if not all(isinstance(entry, dict) for entry in entries):
            raise self.fail(self.line(key), f"{key} is not a list of tables", f"write each under its own [[{key}]]")
        return list(enumerate(entries))

    def strings(self, header: Mapping[str, Any], key: str) -> tuple[str, ...]:
        values = header.get(key, [])
        if not all(isinstance(value, str) and value.strip() for value in values):
            raise self.fail(self.line(key), f"{key} is not a list of strings", f'write {key} = ["…", "…"]')
        return tuple(values)

    def check_keys(
        self, found: Mapping[str, Any], known: Mapping[str, Any], where: str, start: int, index: int = 0
    ) -> None:
        """Refuse an unknown key and a value of the wrong type in one table of the header."""
        table = None if where == "header" else where
        for key, value in found.items():
            line = self.line(key, table, index) if key in self.text else start
            if key not in known:
                near = difflib.get_close_matches(key, known, 1)
                hint = f"did you mean {near[0]}?" if near else f"known keys: {', '.join(known)}"
                raise self.fail(line, f"unknown key {key!r} in {where}", hint)
            kinds = known[key]
            wrong_bool = isinstance(value, bool) and kinds is not bool
            if wrong_bool or not isinstance(value, kinds) or isinstance(value, dt.datetime):
                kinds = kinds if isinstance(kinds, tuple) else (kinds,)
                wanted = " or ".join(
                    {str: "a string", list: "a list", bool: "true or false", int: "a number", dt.date: "a date"}[kind]
                    for kind in kinds
                )
                raise self.fail(line, f"{key} is a {type(value).__name__}", f"make it {wanted}")

    def check_unique(self, names: Sequence[str], table: str) -> None:
        for index, name in enumerate(names):
            if name in names[:index]:
                raise self.fail(
                    self.line("name", table, index), f"a second entry {name!r} in {table}", "rename one of the two"
                )

    # -- parameters and columns ------------------------------------------------------------------------------------

    def parameter(self, index: int, entry: dict[str, Any], prefixes: Mapping[str, str]) -> Parameter:
        here = self.line("name", "parameters", index)
        self.check_keys(entry, _PARAMETER_KEYS, "parameters", here, index)

        def at(key: str) -> int:
            return self.line(key, "parameters", index)

        name, kind = entry.get("name", ""), entry.get("type", "")
        if not _PARAMETER_NAME.fullmatch(name) or keyword.iskeyword(name) or name in RESERVED:
            raise self.fail(
                here,
                f"{name!r} cannot name a parameter",
                "use lower_case letters, not an option's name or a Python keyword",
            )
        if kind not in PARAMETER_TYPES:
            raise self.fail(
                at("type"), f"parameter {name}: unknown type {kind!r}", f"use one of {', '.join(PARAMETER_TYPES)}"
            )
        if "default" in entry and entry.get("optional"):
            raise self.fail(at("optional"), f"parameter {name} has a default and is optional", "keep one of the two")
        if "class" in entry and kind != "iri":
            raise self.fail(at("class"), f"parameter {name}: class goes with type iri only", "remove it")
        if "scheme" in entry and kind != "iri":
            raise self.fail(at("scheme"), f"parameter {name}: scheme goes with type iri only", "remove it")
        if entry.get("open") and "class" not in entry:
            raise self.fail(at("open"), f"parameter {name}: open needs a class", "remove it: without a class any thing is taken")
        choices = self.strings(entry, "choices")
        if (kind == "choice") != bool(choices):
            raise self.fail(
                at("choices"),
                f"parameter {name}: choices go with type choice, and with no other",
                'for type choice write choices = ["…", "…"]',
            )
        texts = {key: _as_text(entry[key]) for key in ("default", "example") if key in entry}
        parameter = Parameter(
            name=name,
            type=kind,
            help=entry.get("help", ""),
            example=texts.get("example", texts.get("default", "")),
            default=texts.get("default"),
            optional=entry.get("optional", False),
            class_iri=self.iri(at("class"), entry["class"], prefixes) if entry.get("class") else None,
            class_name=re.split("[:#/]", entry["class"])[-1] if entry.get("class") else None,
            scheme_iri=_scheme(entry["scheme"]) if "scheme" in entry else None,
            open=entry.get("open", False),
            choices=choices,
        )
        if not parameter.example:
            raise self.fail(here, f"parameter {name} has no example", "add one, as a person would type it")
        for key in texts:
            problem = _wrong_plain_value(parameter, texts[key])
            if problem:
                raise self.fail(
                    at(key), f"parameter {name}: its {key} {texts[key]!r} is not {parameter.expected}", "mend it"
                )
        return parameter

    def column(self, index: int, entry: dict[str, Any]) -> Column:
        here = self.line("name", "columns", index)
        self.check_keys(entry, _COLUMN_KEYS, "columns", here, index)
        for key in ("name", "type", "meaning"):
            if not entry.get(key, "").strip():
                raise self.fail(here, f"column {index + 1} has no {key}", f'add: #+ {key} = "…"')
        if entry["type"] not in ANSWER_TYPES:
            raise self.fail(
                self.line("type", "columns", index),
                f"column {entry['name']}: unknown type {entry['type']!r}",
                f"use one of {', '.join(ANSWER_TYPES)}",
            )
        return Column(entry["name"], entry["type"], entry["meaning"], entry.get("unit"))

    def iri(self, line: int, text: str, prefixes: Mapping[str, str]) -> str:
        if text.startswith(("http://", "https://")):
            return text
        prefix, colon, local = text.partition(":")
        if not colon or prefix not in prefixes:
            raise self.fail(
                line,
                f"{text!r} is no IRI and has no known prefix",
                "write a full IRI or a prefixed name such as cy:State",
            )
        return prefixes[prefix] + local

    # -- the query against the header ------------------------------------------------------------------------------

    def check_syntax(self) -> None:
        import pyoxigraph as ox

        try:
            ox.Store().query(self.text)
        except SyntaxError as error:
            place = re.match(r"error at (\d+):(\d+): (.*)", str(error), re.DOTALL)
            what = " ".join((place[3] if place else str(error)).split())
            what = what if len(what) <= 160 else what[:157] + "…"
            raise self.fail(
                int(place[1]) if place else 1, f"not a SPARQL 1.1 query: {what}", "mend the query there"
            ) from None

    def check_columns(self, columns: Sequence[Column], shape: Outline) -> None:
        names = tuple(column.name for column in columns)
        line = next((n for n, text in enumerate(self.lines, 1) if re.match(r"\s*SELECT\b", text, re.IGNORECASE)), 1)
        if names != shape.variables:
            raise self.fail(
                line,
                f"SELECT yields {' '.join('?' + name for name in shape.variables)}, the header declares "
                f"{' '.join('?' + name for name in names) or 'no columns'}",
                "make them the same, in the same order",
            )
        if not shape.ordered:
            raise self.fail(line, "the rows have no order", "end the query with an ORDER BY that leaves no ties")

    def check_slot(self, line: int, parameter: Parameter, slot: Slot, prefixes: Mapping[str, str]) -> None:
        """Check that VALUES holds what the header says: the default, UNDEF, or an example of the right type."""
        if parameter.optional:
            if slot.term is not None:
                raise self.fail(
                    line,
                    f"parameter {parameter.name} is optional, but VALUES holds {slot.term}",
                    "write UNDEF there, or give it a default",
                )
            return
        wanted = parameter.default if parameter.default is not None else "an example"
        agrees = slot.term is not None and _fits_type(parameter, slot.term)
        if agrees and parameter.default is not None:
            agrees = _same(parameter, parameter.default, slot.term.value, prefixes)
        if not agrees:
            written = "UNDEF" if slot.term is None else str(slot.term)
            raise self.fail(
                line,
                f"parameter {parameter.name}: VALUES holds {written}, the header says {wanted}",
                f"write it there as {_term_form(parameter)}",
            )


def _scheme(text: str) -> str:
    return text if text.startswith(("http://", "https://")) else f"{ID}scheme/{text}"


def _as_text(value: object) -> str:
    return value.isoformat() if isinstance(value, dt.date) else str(value)


def _wrong_plain_value(parameter: Parameter, text: str) -> bool:
    """Tell whether a default or example fails its type, as far as can be told without the data."""
    match parameter.type:
        case "date":
            return not is_date(text)
        case "integer":
            return not re.fullmatch(r"[+-]?[0-9]+", text)
        case "choice":
            return text not in parameter.choices
        case _:
            return not text.strip()


def is_date(text: str) -> bool:
    """Tell whether `text` is a calendar date written YYYY-MM-DD (proleptic Gregorian, years 1 to 9999)."""
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        return False
    try:
        dt.date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _fits_type(parameter: Parameter, term: Any) -> bool:
    import pyoxigraph as ox

    if parameter.type == "iri":
        return isinstance(term, ox.NamedNode)
    datatype = {"date": "date", "integer": "integer", "string": "string", "choice": "string"}[parameter.type]
    return isinstance(term, ox.Literal) and term.datatype.value == XSD[datatype] and not term.language


def _same(parameter: Parameter, default: str, value: str, prefixes: Mapping[str, str]) -> bool:
    if parameter.type == "integer":
        return int(default) == int(value)
    if parameter.type != "iri":
        return default == value
    prefix, _, local = default.partition(":")
    return value in (default, prefixes.get(prefix, "\0") + local) or value.endswith("/" + default)


def _term_form(parameter: Parameter) -> str:
    return {
        "iri": "<IRI>",
        "date": '"YYYY-MM-DD"^^xsd:date',
        "integer": "a bare number",
        "string": 'a "string"',
        "choice": 'one of its choices, as a "string"',
    }[parameter.type]
