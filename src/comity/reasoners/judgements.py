"""What the engines say: judgements of consistency, and violations of a profile."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Verdict = Literal["consistent", "contradiction", "refused"]
"""``refused``: the engine cannot read some statement or axiom, and so says nothing."""

Profile = Literal["DL", "RL"]


@dataclass(frozen=True, slots=True)
class Judgement:
    """What an engine says of some statements.

    `reason` says why it refused, or names the first contradiction. `unsatisfiable` are the IRIs of classes that can have no
    member, `same` the pairs of IRIs that are found to name one thing; both only where they were asked for. `axioms` are
    statements that contradict each other, in functional-style syntax, as far as the engine names them, and `sources` the named
    graphs that speak of what is in them. `left_out` counts, by datatype, the statements that the engine was not given.
    """

    engine: str
    verdict: Verdict
    reason: str = ""
    unsatisfiable: tuple[str, ...] = ()
    same: tuple[tuple[str, str], ...] = ()
    axioms: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    left_out: Mapping[str, int] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def sound(self) -> bool:
        """Whether the statements are consistent and each class can have members."""
        return self.verdict == "consistent" and not self.unsatisfiable


@dataclass(frozen=True, slots=True)
class Violation:
    """A place where an ontology leaves a profile; `rule` is the OWL API's name for what is broken, `axiom` where."""

    profile: Profile
    rule: str
    axiom: str

    def __str__(self) -> str:
        return f"not in OWL 2 {self.profile}: {self.rule}: {self.axiom}"
