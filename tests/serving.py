"""``comity serve`` over the edition: one for all the processes of a test run, since reading the edition is what costs.

Whoever comes first starts it, whoever goes last ends it; who uses it stands in a file that only one process at a time may look at.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

_SECONDS: Final = 90
_ROOT: Final = Path(__file__).parents[1]
_own: Final[list[subprocess.Popen[bytes]]] = []
"""The servers that this process has started, of which another may still make use when it ends."""


@contextlib.contextmanager
def shared_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Give the address of the run's server, without a slash at its end: on a free port of the loopback."""
    base = tmp_path_factory.getbasetemp()
    # The processes of pytest-xdist have folders of their own in one of the run.
    folder = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    with _state(folder) as state:
        if not state:
            state |= _started(folder)
        state["users"].append(os.getpid())
        address: str = state["address"]
    try:
        yield address
    finally:
        with _state(folder) as state:
            # A process that was killed has not said that it goes.
            state["users"] = [pid for pid in state["users"] if pid != os.getpid() and _lives(pid)]
            if not state["users"]:
                _end(state["pid"])
                state.clear()


@contextlib.contextmanager
def _state(folder: Path) -> Iterator[dict[str, Any]]:
    """What the processes share, for this one alone until the block ends."""
    with (folder / "served.json").open("a+", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        state: dict[str, Any] = json.loads(file.read() or "{}")
        try:
            yield state
        finally:
            file.seek(0)
            file.truncate()
            file.write(json.dumps(state))


def _started(folder: Path) -> dict[str, Any]:
    log = folder / "served.log"
    environment = {**os.environ, "PYTHONPATH": str(_ROOT / "src")}
    with log.open("wb") as said:
        process = subprocess.Popen([sys.executable, "-m", "comity", "serve", "--port", "0"], stderr=said, env=environment)
    _own.append(process)
    for _ in range(_SECONDS * 10):
        found = re.search(r"http://[\d.:]+", log.read_text(encoding="utf-8"))
        if found:
            return {"pid": process.pid, "address": found[0], "users": []}
        assert process.poll() is None, log.read_text(encoding="utf-8")
        time.sleep(0.1)
    process.kill()
    raise AssertionError("the server did not say where it listens")


def _end(pid: int) -> None:
    for process in _own:
        if process.pid == pid:
            process.terminate()
            process.wait(10)
            return
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGTERM)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
