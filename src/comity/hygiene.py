"""Checks how well ontology, concepts, data and metadata are kept: names, texts, IRIs, links, days, and who says so.

What a single thing must have is for the shapes to say; hygiene looks at how things stand to each other. A rule is one file
``shapes/hygiene/<name>.rq``: a SPARQL 1.1 SELECT over all graphs together that yields what is wrong as ``?focus ?path ?value``, where
path and value may be unbound. Its header says in TOML, behind ``#+``: ``name``, ``title`` (what is wrong), ``remedy`` (how to mend it),
``origin`` (the checks of other projects that it takes up) and ``scope``. How grave each rule is stands in ``profile.toml`` beside
them, and what is meant to be as it is in ``exceptions.toml``.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

from comity import limits, resources
from comity.errors import InputError, QueryError, ResourceError
from comity.header import HeaderFault, read_header
from comity.store.contract import Store
from comity.terms import shorten
from comity.validation.engines import Result
from comity.validation.places import Descriptions
from comity.validation.report import SEVERITIES, Finding, Severity

if TYPE_CHECKING:
    import pyoxigraph as ox

NAMESPACE: Final = "https://w3id.org/comity/hygiene/"
"""What the IRI of a rule, :attr:`Finding.shape`, begins with; its name follows."""
SCOPES: Final = ("ontology", "concepts", "data", "metadata")
STALE: Final = f"{NAMESPACE}stale-exception"
"""Stands for the rule in a finding that an exception excepts nothing."""

_COLUMNS: Final = ("focus", "path", "value")
_TEXTS: Final = ("name", "title", "remedy", "scope")
_FIELDS: Final = ("name", "title", "remedy", "origin", "scope")


@dataclass(frozen=True, slots=True)
class HygieneRule:
    """One rule.

    `title` says what is wrong, `remedy` how to mend it, `origin` which checks of other projects it takes up, `scope` what it looks
    at (one of :data:`SCOPES`), `sparql` is the query, `file` where it is kept.
    """

    name: str
    title: str
    remedy: str
    origin: tuple[str, ...]
    scope: str
    severity: Severity
    sparql: str
    file: Path

    @property
    def iri(self) -> str:
        """The rule's IRI."""
        return NAMESPACE + self.name


@dataclass(frozen=True, slots=True)
class HygieneException:
    """What `rule` finds and is meant to be so: the finding's `focus` (and `value`, if given), why, and the `line` of the entry."""

    rule: str
    focus: str
    value: str | None
    reason: str
    line: int

    def covers(self, finding: Finding) -> bool:
        """Whether the finding is excepted."""
        same = finding.shape == NAMESPACE + self.rule and finding.focus == self.focus
        return same and (self.value is None or finding.value == self.value)


def load_hygiene(folder: str | os.PathLike[str] | None = None) -> tuple[HygieneRule, ...]:
    """Return the rules in `folder` (default: the edition's ``shapes/hygiene``), by name.

    Raises :class:`~comity.errors.ResourceError` where there are none, :class:`~comity.errors.InputError` for a rule that is not in
    order, has no severity, or of which there is only the severity.
    """
    place = _folder(folder)
    files = sorted(place.glob("*.rq"))
    if not files:
        raise ResourceError(f"no hygiene rules in {resources.display(place)}", "restore the .rq files")
    severities = _profile(place / "profile.toml")
    rules = tuple(_rule(file, severities) for file in files)
    for name in sorted(set(severities) - {rule.name for rule in rules}):
        raise InputError(f"a severity for '{name}', which is no rule", "remove the line", file=resources.display(place / "profile.toml"))
    return rules


def load_exceptions(folder: str | os.PathLike[str] | None = None) -> tuple[HygieneException, ...]:
    """Return the exceptions in ``exceptions.toml`` of `folder`; none when there is no such file.

    Raises :class:`~comity.errors.InputError` for an entry that is not in order.
    """
    file = _folder(folder) / "exceptions.toml"
    if not file.is_file():
        return ()
    text = file.read_text(encoding="utf-8")
    starts = [number for number, line in enumerate(text.splitlines(), 1) if line.strip() == "[[exception]]"]
    found = []
    for line, entry in zip(starts, _toml(file).get("exception", []), strict=True):
        unknown = sorted(set(entry) - {"rule", "focus", "value", "reason"})
        texts = all(isinstance(value, str) and value.strip() for value in entry.values())
        if unknown or not texts or not {"rule", "focus", "reason"} <= set(entry):
            raise InputError(
                "an exception that is not in order",
                "give rule, focus and reason, and perhaps value",
                file=resources.display(file),
                line=line,
            )
        found.append(HygieneException(entry["rule"], entry["focus"], entry.get("value"), entry["reason"], line))
    return tuple(found)


def hygiene(store: Store, *, folder: str | os.PathLike[str] | None = None) -> tuple[Finding, ...]:
    """Run all rules over what a store holds, and return what they find beyond the exceptions, gravest first.

    The rules and exceptions are made for the asserted statements of the curated view. An exception that excepts nothing is a finding
    too. Raises what :func:`load_hygiene` and :func:`load_exceptions` raise.
    """
    rules, exceptions = load_hygiene(folder), load_exceptions(folder)
    raw = [result for rule in rules for result in run(rule, store)]
    descriptions = Descriptions(list(store.quads()) if raw else [], {})
    findings = [descriptions.finding(result) for result in raw]
    kept = [finding for finding in findings if not any(exception.covers(finding) for exception in exceptions)]
    kept += _stale(exceptions, findings, _folder(folder) / "exceptions.toml")
    return tuple(sorted(kept, key=lambda f: (SEVERITIES.index(f.severity), f.shape, f.focus, f.path or "", f.value or "")))


def run(rule: HygieneRule, store: Store) -> list[Result]:
    """Return what one rule finds in a store, exceptions included."""
    results = []
    for row in store.query(rule.sparql).rows:
        focus, path, value = cast("tuple[ox.NamedNode | ox.BlankNode, ox.NamedNode | None, Any]", tuple(row))
        results.append(
            Result(
                severity=rule.severity,
                focus=focus,
                path=None if path is None else shorten(path.value),
                property=None if path is None else path.value,
                value=value,
                message=f"{rule.title}; {rule.remedy}",
                shape=rule.iri,
            )
        )
    return results


def _stale(exceptions: Sequence[HygieneException], findings: Sequence[Finding], file: Path) -> list[Finding]:
    return [
        Finding(
            severity="Violation",
            focus=exception.focus,
            focus_label=None,
            path=None,
            value=exception.value,
            message=f"the exception from '{exception.rule}' excepts nothing; remove it",
            shape=STALE,
            file=resources.display(file),
            line=exception.line,
        )
        for exception in exceptions
        if not any(exception.covers(finding) for finding in findings)
    ]


def _folder(folder: str | os.PathLike[str] | None) -> Path:
    return resources.shapes() / "hygiene" if folder is None else Path(folder)


def _toml(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InputError(f"cannot be read as TOML ({error})", "mend it", file=resources.display(file)) from None


def _profile(file: Path) -> dict[str, Severity]:
    severities = _toml(file)
    for name, severity in severities.items():
        if severity not in SEVERITIES:
            raise InputError(f"'{name}' has the severity {severity!r}", f"use {', '.join(SEVERITIES)}", file=resources.display(file))
    return severities


def _rule(file: Path, severities: dict[str, Severity]) -> HygieneRule:
    shown = resources.display(file)
    try:
        text = file.read_text(encoding="utf-8")
        limits.check_query(text)
        header = read_header(text)
    except QueryError as error:
        raise InputError(error.what, error.remedy, file=shown, line=error.line, column=error.column) from None
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"the rule cannot be read ({error})", "make it a readable UTF-8 file", file=shown) from None
    except HeaderFault as error:
        raise InputError(f"the header is not TOML: {error.what}", "mend that line", file=shown, line=error.line) from None
    fields = header.fields
    origin = fields.get("origin")
    wrong = [key for key in _TEXTS if not isinstance(fields.get(key), str) or not fields[key].strip()]
    if not isinstance(origin, list) or not origin or not all(isinstance(item, str) and item.strip() for item in origin):
        wrong.append("origin")
    if wrong:
        raise InputError(f"the header has no '{wrong[0]}'", f"add a line: #+ {wrong[0]} = …", file=shown, line=header.line_of(wrong[0]))
    for key in fields:
        if key not in _FIELDS:
            raise InputError(f"the header has an unknown field '{key}'", f"use {', '.join(_FIELDS)}", file=shown, line=header.line_of(key))
    if fields["scope"] not in SCOPES:
        raise InputError(f"unknown scope '{fields['scope']}'", f"use {', '.join(SCOPES)}", file=shown, line=header.line_of("scope"))
    if fields["name"] != file.stem:
        raise InputError(f"the rule is called '{fields['name']}'", "name rule and file alike", file=shown, line=header.line_of("name"))
    if file.stem not in severities:
        raise InputError("the rule has no severity", "add it to profile.toml", file=shown)
    _check_query(text, shown)
    return HygieneRule(
        name=fields["name"],
        title=fields["title"],
        remedy=fields["remedy"],
        origin=tuple(fields["origin"]),
        scope=fields["scope"],
        severity=severities[file.stem],
        sparql=text,
        file=file,
    )


def _check_query(text: str, shown: str) -> None:
    """A rule's query must parse, project the three columns, and end in an order over all of them."""
    import pyoxigraph as ox

    try:
        answer = ox.Store().query(text)
    except SyntaxError as error:
        raise InputError(f"not a SPARQL 1.1 query: {error}", "mend the query there", file=shown) from None
    names = tuple(variable.value for variable in answer.variables) if isinstance(answer, ox.QuerySolutions) else ()
    if names != _COLUMNS or not re.search(r"ORDER BY \?focus \?path \?value\s*$", text):
        raise InputError(
            "the query does not yield ?focus ?path ?value in their order",
            "write SELECT DISTINCT ?focus ?path ?value WHERE { … } ORDER BY ?focus ?path ?value",
            file=shown,
        )
