"""What validation found: findings, and the report that holds them."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict, dataclass
from typing import Final, Literal

from comity.errors import UnknownName
from comity.terms import shorten

Severity = Literal["Violation", "Warning", "Info"]
SEVERITIES: Final[tuple[Severity, ...]] = ("Violation", "Warning", "Info")
"""From the gravest to the slightest."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong.

    `focus` is the node that is wrong, an IRI or ``_:…``, and `focus_label` its name; `path` is the property (or property path,
    in SPARQL's notation) and `value` the value that are wrong, where there are such; `message` says how to mend it; `shape` is the
    IRI of the rule. `file` and `line` (from 1) say where the node is described, as far as that is known;
    `component` is SHACL's name for the kind of constraint, such as ``MinCountConstraintComponent``.
    """

    severity: Severity
    focus: str
    focus_label: str | None
    path: str | None
    value: str | None
    message: str
    shape: str
    file: str | None
    line: int | None
    component: str | None = None

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.file, self.line) if part is not None)
        name = f"{self.focus_label} ({shorten(self.focus)})" if self.focus_label else shorten(self.focus)
        about = f" {self.path}" if self.path else ""
        value = f" (found {shorten(self.value)})" if self.value is not None else ""
        text = f"{self.severity.lower()}: {name}{about}{value}: {self.message} [{shorten(self.shape)}]"
        return " ".join((f"{place}: {text}" if place else text).split())


@dataclass(frozen=True, slots=True)
class Report:
    """What validation found. `conforms` is true exactly when nothing was found, as SHACL defines it.

    `results` are in order: gravest first, then by file, line and node. `nodes` is the number of nodes that were looked at.
    """

    conforms: bool
    results: tuple[Finding, ...]
    nodes: int

    def __len__(self) -> int:
        return len(self.results)

    def at_least(self, severity: str) -> tuple[Finding, ...]:
        """Return the findings that are as grave as `severity` (Violation, Warning or Info), or graver."""
        for position, known in enumerate(SEVERITIES):
            if known.lower() == severity.lower():
                return tuple(finding for finding in self.results if finding.severity in SEVERITIES[: position + 1])
        raise UnknownName(severity, SEVERITIES)

    def counts(self) -> dict[Severity, int]:
        """Return the number of findings of each severity."""
        found = Counter(finding.severity for finding in self.results)
        return {severity: found[severity] for severity in SEVERITIES}

    def to_text(self) -> str:
        """Return one line for each finding, and one that sums up."""
        lines = [str(finding) for finding in self.results]
        if self.conforms:
            lines.append(f"conforms: {_number(self.nodes, 'node')} looked at, nothing found")
        else:
            parts = [_number(count, severity.lower()) for severity, count in self.counts().items() if count]
            lines.append(f"does not conform: {_number(self.nodes, 'node')} looked at, {', '.join(parts)}")
        return "\n".join(lines) + "\n"

    def to_json(self) -> str:
        """Return the report as JSON: ``conforms``, ``nodes`` and ``results``, each with the fields of :class:`Finding`."""
        content = {
            "conforms": self.conforms,
            "nodes": self.nodes,
            "results": [asdict(finding) for finding in self.results],
        }
        return json.dumps(content, ensure_ascii=False, indent=2) + "\n"

    def to_turtle(self) -> str:
        """Return the report as SHACL writes it, a ``sh:ValidationReport`` in Turtle."""
        from comity.validation.formats import to_turtle

        return to_turtle(self)

    def to_sarif(self) -> str:
        """Return the report in SARIF 2.1.0, which code scanning reads."""
        from comity.validation.formats import to_sarif

        return to_sarif(self)

    def to_junit(self, fail_on: str = "info") -> str:
        """Return the report as JUnit's XML; a finding as grave as `fail_on` or graver is a failed test.

        Raises :class:`~comity.errors.UnknownName` for an unknown severity.
        """
        from comity.validation.formats import to_junit

        return to_junit(self, fail_on)


def _number(count: int, noun: str) -> str:
    plural = {"info": "infos"}.get(noun, noun + "s")
    return f"{count:,} {noun if count == 1 else plural}"
