"""What a worker can be asked to do: functions, registered by name, from plain JSON to a :class:`~comity.server.frames.Frame`.

A task runs in a worker, which has the edition; what it returns crosses to the process that answers HTTP. Register one with
:func:`task` in a module that :data:`MODULES` names:

    @task("search")
    def search(edition: Comity, words: str, limit: int = 20) -> Frame: ...
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, TypeVar

from comity.server.frames import Frame

if TYPE_CHECKING:
    from comity.api import Comity

Task = Callable[..., Frame]
_T = TypeVar("_T", bound=Task)

MODULES: Final = (
    "comity.server.answering",
    "comity.server.asking",
    "comity.server.counting",
    "comity.server.describing",
    "comity.server.drawing",
    "comity.server.explaining",
    "comity.server.matching",
    "comity.server.searching",
    "comity.server.stating",
)
"""The modules that register tasks. The nursery imports them, so that its workers have them."""

_tasks: dict[str, Task] = {}


def task(name: str) -> Callable[[_T], _T]:
    """Register a function under this name."""

    def register(function: _T) -> _T:
        _tasks[name] = function
        return function

    return register


def load() -> None:
    """Import what registers tasks."""
    for module in MODULES:
        importlib.import_module(module)


def run(name: str, edition: Comity, arguments: dict[str, Any]) -> Frame:
    """Run a task. Raises ``KeyError`` for one that nobody registered, and what the task raises."""
    return _tasks[name](edition, **arguments)
