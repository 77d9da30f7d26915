"""How long answers are kept."""

from __future__ import annotations

import asyncio

from comity.server.cache import Answer, Cache


def asked(cache: Cache, key: str, made: list[str], size: int = 1) -> bytes:
    async def make() -> Answer:
        made.append(key)
        return Answer(f"{len(made)}".encode().ljust(size), "text/plain")

    return asyncio.run(_get(cache, key, make))  # type: ignore[arg-type]


async def _get(cache: Cache, key: str, make: object) -> bytes:
    return (await cache.get(key, make)).body  # type: ignore[arg-type]


def test_an_answer_is_made_once() -> None:
    cache, made = Cache(), []  # type: tuple[Cache, list[str]]
    assert asked(cache, "a", made) == asked(cache, "a", made) == b"1"
    assert made == ["a"]


def test_what_comes_from_elsewhere_is_asked_for_again() -> None:
    now = 0.0
    cache, made = Cache(seconds=60, clock=lambda: now), []  # type: tuple[Cache, list[str]]
    assert asked(cache, "a", made) == b"1"
    now = 59
    assert asked(cache, "a", made) == b"1"
    now = 61
    assert asked(cache, "a", made) == b"2"
    now = 120
    assert asked(cache, "a", made) == b"2"


def test_the_least_recently_used_go() -> None:
    cache, made = Cache(limit=400), []  # type: tuple[Cache, list[str]]
    for key in "abcda":
        asked(cache, key, made, 100)
    assert made == ["a", "b", "c", "d"]
    asked(cache, "e", made, 100)  # b is the oldest
    for key in "cdae":
        asked(cache, key, made, 100)
    assert made == ["a", "b", "c", "d", "e"]
    asked(cache, "b", made, 100)
    assert made[-1] == "b"
    # What would drive out all others is not kept.
    asked(cache, "f", made, 101)
    asked(cache, "f", made, 101)
    assert made[-2:] == ["f", "f"]
