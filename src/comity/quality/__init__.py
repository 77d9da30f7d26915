"""The quality gate: every check of the edition as a whole, and one page with what each of them measured.

::

    gate = run_checks()
    gate.passed
    print(gate.to_text())

The checks are listed in :mod:`comity.quality.checks`. A check that cannot run here (no Java for the reasoners) is skipped, says why,
and is counted. What the gate measured goes to ``docs/quality.md`` and, in the W3C Data Quality Vocabulary, to
``docs/quality.ttl``; both are written by ``comity check --write docs`` and held against the gate by ``comity check --against docs``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from comity.errors import UnknownName
from comity.quality.bench import Workbench
from comity.quality.checks import CHECKS, Check
from comity.quality.outcome import Gate, Measure, Outcome

__all__ = ["CHECKS", "Check", "Gate", "Measure", "Outcome", "Workbench", "run_checks"]


def run_checks(names: Iterable[str] = (), bench: Workbench | None = None) -> Gate:
    """Run the checks of these names (default: all) and return what they found, in the order in which they are listed.

    `bench` holds what is checked, by default the curated view of the edition. Raises :class:`~comity.errors.UnknownName`, and
    whatever keeps a check from running other than a missing extra or a missing Java.
    """
    known = {check.name: check for check in CHECKS}
    wanted: Sequence[str] = tuple(names) or tuple(known)
    for name in wanted:
        if name not in known:
            raise UnknownName(name, known)
    place = bench or Workbench()
    return Gate(tuple(check.run(place) for check in CHECKS if check.name in wanted), complete=set(wanted) == known.keys())
