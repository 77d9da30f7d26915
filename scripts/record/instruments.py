"""The treaties of the participation tables: their keys, short names and clauses."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pyoxigraph as ox

from record.writer import thing


@dataclass(frozen=True)
class Instrument:
    """One treaty.

    ``lag`` is the number of days from deposit to effect for later joiners, by ``lag_clause``; ``threshold`` the
    number of deposits that bring it into force, by ``threshold_clause``; both 0 where the record does not use them.
    ``class_name`` is the class of a treaty that data/entities does not name.
    """

    key: str
    short: str
    class_name: str = ""
    lag: int = 0
    lag_clause: str = ""
    threshold: int = 0
    threshold_clause: str = ""
    incomplete_deposits: bool = False

    @property
    def node(self) -> ox.NamedNode:
        return thing("instrument", self.key)

    def effect_of(self, deposited: str) -> str:
        """The day of effect of a deposit made after entry into force."""
        return plus(deposited, self.lag)


def plus(day: str, days: int) -> str:
    """The day that lies ``days`` after ``day``."""
    return (date.fromisoformat(day) + timedelta(days=days)).isoformat()


def load() -> dict[str, Instrument]:
    """The treaties by the id that the tables use."""
    described = tomllib.loads((Path(__file__).parent / "instruments.toml").read_text(encoding="utf-8"))
    return {name: Instrument(class_name=about.pop("class", ""), **about) for name, about in described.items()}


INSTRUMENTS = load()
BY_KEY = {instrument.key: instrument for instrument in INSTRUMENTS.values()}
