"""Where the things of a network stand: what belongs to one whole stands in rings around it, wholes in rows, a band for each level.

Plain arithmetic on sorted input, so that a network is drawn the same everywhere; a simulation of forces would depend on the machine.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

WIDTH: Final = 1080.0
_SPACING: Final = 15.0
"""From one small node to the next in a ring."""
_FIRST_RING: Final = 26.0
_RING: Final = 17.0
_LABEL: Final = 46.0
"""Room for the name below a whole."""
_LEAST: Final = 74.0
"""Half the width that a name needs."""
_BAND: Final = 34.0
"""Room for the heading of a band."""


@dataclass(frozen=True, slots=True)
class Place:
    """The middle of a node."""

    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Band:
    """One level's part of the picture: its heading, and where it begins."""

    heading: str
    top: float


def place(clusters: Mapping[str, Mapping[str, Sequence[str]]]) -> tuple[dict[str, Place], list[Band], float]:
    """Return where everything stands, the bands, and the height of the whole.

    `clusters` maps each band's heading to its wholes, and each of these to what belongs to it; all in the order to be drawn in.
    """
    places: dict[str, Place] = {}
    bands: list[Band] = []
    top = 0.0
    for heading, wholes in clusters.items():
        bands.append(Band(heading, top))
        top += _BAND
        for row in _rows(wholes):
            height = 2 * max(radius(len(wholes[whole])) for whole in row)
            # What a row leaves free is shared out between its clusters.
            free = (WIDTH - sum(2 * _half(len(wholes[whole])) for whole in row)) / len(row)
            left = 0.0
            for whole in row:
                half = _half(len(wholes[whole])) + free / 2
                places[whole] = Place(round(left + half, 1), round(top + height / 2, 1))
                places |= _around(places[whole], wholes[whole])
                left += 2 * half
            top += height + _LABEL
    return places, bands, round(top, 1)


def _rows(wholes: Mapping[str, Sequence[str]]) -> Iterable[list[str]]:
    row: list[str] = []
    taken = 0.0
    for whole, parts in wholes.items():
        width = 2 * _half(len(parts))
        if row and taken + width > WIDTH:
            yield row
            row, taken = [], 0.0
        row.append(whole)
        taken += width
    if row:
        yield row


def _rings(number: int) -> list[int]:
    """How many stand in each ring, from the inmost."""
    rings: list[int] = []
    while number > 0:
        room = int(2 * math.pi * (_FIRST_RING + _RING * len(rings)) // _SPACING)
        rings.append(min(number, room))
        number -= room
    return rings


def radius(number: int) -> float:
    """Return how far a cluster of so many parts reaches from its middle."""
    return _FIRST_RING + _RING * max(len(_rings(number)) - 1, 0) + 8


def _half(number: int) -> float:
    return max(radius(number) + 6, _LEAST)


def _around(middle: Place, parts: Sequence[str]) -> dict[str, Place]:
    places: dict[str, Place] = {}
    first = 0
    for ring, number in enumerate(_rings(len(parts))):
        radius = _FIRST_RING + _RING * ring
        for index, part in enumerate(parts[first : first + number]):
            angle = 2 * math.pi * index / number - math.pi / 2
            places[part] = Place(round(middle.x + radius * math.cos(angle), 1), round(middle.y + radius * math.sin(angle), 1))
        first += number
    return places
