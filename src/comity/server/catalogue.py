"""The questions, read once: what is served does not change while it is served."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from threading import Lock
from typing import Final

from comity import resources
from comity.errors import UnknownQuestion
from comity.questions import Question, list_questions
from comity.server import problems

_lock: Final = Lock()


def known() -> Mapping[str, Question]:
    """Return all questions by name. The first call takes half a second; the server makes it in a thread when it starts."""
    with _lock:  # who comes meanwhile waits, and does not read them again
        return _read()


@lru_cache(maxsize=1)
def count() -> int:
    """Return how many questions there are, without reading them: the first page says so at once."""
    return sum(1 for _ in resources.queries().glob("*.rq"))


@lru_cache(maxsize=1)
def _read() -> Mapping[str, Question]:
    return {question.name: question for question in list_questions()}


def named(name: str) -> Question:
    """Return the question of this name; raises :class:`~comity.server.problems.Refused`, 404, naming the nearest ones."""
    try:
        return known()[name]
    except KeyError:
        raise problems.refused(problems.of_error(UnknownQuestion(name, known()))) from None
