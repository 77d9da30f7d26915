"""The bindings of a rule's variables as columns: a list of numbers a variable, one row a binding."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import compress
from typing import TypeAlias

from comity.inference.facts import LITERAL, MASK
from comity.inference.model import Var

Column: TypeAlias = list[int]
Mask: TypeAlias = list[bool]
Bindings: TypeAlias = dict[Var, Column]


def pairs(s: Iterable[int], o: Iterable[int]) -> Column:
    """The pairs of subjects and objects."""
    return [a << 32 | b for a, b in zip(s, o, strict=True)]


def split(keys: Iterable[int]) -> tuple[Column, Column]:
    """The subjects and the objects of pairs."""
    keys = list(keys)
    return [key >> 32 for key in keys], [key & MASK for key in keys]


def equal(left: Iterable[int], right: Iterable[int]) -> Mask:
    """In which rows the two are the same."""
    return [a == b for a, b in zip(left, right, strict=True)]


def resources(column: Iterable[int]) -> Mask:
    """Which numbers are no literals."""
    return [not number & LITERAL for number in column]


def judge(column: Iterable[int], test: Callable[[int], bool]) -> Mask:
    """What the test says of each number; it is asked once about each."""
    answers: dict[int, bool] = {}
    return [answers[number] if number in answers else answers.setdefault(number, test(number)) for number in column]


def compare(left: Column, right: Column, test: Callable[[int, int], bool], same: bool | None) -> Mask:
    """What the test says of each row, asked once about each pair.

    Unless `same` is ``None``, equal numbers count as `same`, and different ones as the opposite where they are not both
    literals: only of two literals can the test say more.
    """

    def ask(key: int) -> bool:
        a, b = key >> 32, key & MASK
        if same is not None and a == b:
            return same
        return test(a, b) if same is None or a & b & LITERAL else not same

    return judge(pairs(left, right), ask)


def outside(rows: Iterable[int], count: int) -> Mask:
    """Which of the rows 0 … `count` - 1 do not occur in `rows`."""
    keep = [True] * count
    for row in rows:
        keep[row] = False
    return keep


def select(bindings: Bindings, mask: Mask) -> tuple[Bindings, int]:
    """The bindings of the rows marked, and how many they are."""
    count = sum(mask)
    if count == len(mask):
        return bindings, count
    return {name: list(compress(values, mask)) for name, values in bindings.items()}, count


def product(bindings: Bindings, count: int, more: Bindings, size: int) -> Bindings:
    """Each of the `count` rows of the one with each of the `size` rows of the other."""
    joined = {name: [number for number in values for _ in range(size)] for name, values in bindings.items()}
    return joined | {name: values * count for name, values in more.items()}


def follow(bindings: Bindings, near: Var, far: Var, ends: Mapping[int, Sequence[int]]) -> tuple[Bindings, int]:
    """Each row with each of the ends of its `near`, as `far`; and how many rows these are."""
    rows: Column = []
    found: Column = []
    find = ends.get
    for row, number in enumerate(bindings[near]):
        here = find(number)
        if here is None:
            continue
        if len(here) == 1:
            rows.append(row)
            found.append(here[0])
        else:
            rows += [row] * len(here)
            found += here
    joined = {name: [values[row] for row in rows] for name, values in bindings.items()}
    joined[far] = found
    return joined, len(found)
