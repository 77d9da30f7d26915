"""What a check says, and what all of them together say."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Final

Number = int | float

_SHOWN: Final = 20
"""How many findings of a check are shown in a text; all are counted, and all are in the JSON."""


@dataclass(frozen=True, slots=True)
class Measure:
    """One number: `name` (lower case, with hyphens) is its key, `meaning` what it counts, `value` the number."""

    name: str
    meaning: str
    value: Number


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one check measured and found.

    `findings` are lines, each saying what is wrong, where, and how to mend it; `notes` lines that are no faults, such as what
    survived a mutation within the limit. `skipped` says why the check could not run, or is empty.
    """

    name: str
    title: str
    measures: tuple[Measure, ...] = ()
    findings: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    skipped: str = ""

    @property
    def verdict(self) -> str:
        """``passed``, ``failed`` or ``skipped``."""
        return "skipped" if self.skipped else "failed" if self.findings else "passed"


@dataclass(frozen=True, slots=True)
class Gate:
    """The outcomes of the checks that were asked for; `complete` tells whether these were all there are."""

    outcomes: tuple[Outcome, ...]
    complete: bool = True

    @property
    def passed(self) -> bool:
        """Whether no check failed; a skipped one did not."""
        return all(outcome.verdict != "failed" for outcome in self.outcomes)

    @property
    def skipped(self) -> tuple[Outcome, ...]:
        """The checks that could not run here."""
        return tuple(outcome for outcome in self.outcomes if outcome.skipped)

    def to_text(self) -> str:
        """Return the page for a terminal: for each check its verdict, its numbers and what it found; then a line that sums up."""
        lines = []
        for outcome in self.outcomes:
            numbers = ", ".join(f"{measure.value:,} {measure.meaning}" for measure in outcome.measures)
            lines.append(f"{outcome.verdict:7}  {outcome.name}: {outcome.title}{f' ({numbers})' if numbers else ''}")
            if outcome.skipped:
                lines.append(f"           {outcome.skipped}")
            lines += [f"         - {finding}" for finding in outcome.findings[:_SHOWN]]
            if len(outcome.findings) > _SHOWN:
                lines.append(f"         … and {len(outcome.findings) - _SHOWN:,} more (--format json has all)")
        lines.append(self.summary())
        return "\n".join(lines) + "\n"

    def summary(self) -> str:
        """Return how many checks there were and how they ended, in one line."""
        verdicts = [outcome.verdict for outcome in self.outcomes]
        parts = [f"{verdicts.count(verdict)} {verdict}" for verdict in ("passed", "failed", "skipped") if verdict in verdicts]
        return f"{len(verdicts)} checks: {', '.join(parts)}"

    def to_json(self) -> str:
        """Return the page as JSON: ``passed``, and ``checks`` with the fields of :class:`Outcome`."""
        checks = [
            {
                "name": outcome.name,
                "title": outcome.title,
                "verdict": outcome.verdict,
                "measures": {measure.name: measure.value for measure in outcome.measures},
                "findings": list(outcome.findings),
                "notes": list(outcome.notes),
                "skipped": outcome.skipped,
            }
            for outcome in self.outcomes
        ]
        return json.dumps({"passed": self.passed, "checks": checks}, ensure_ascii=False, indent=2) + "\n"
