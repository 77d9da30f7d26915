"""Jobs in forks of a process that has Comity imported: each costs milliseconds, and may be killed, or kept short of something.

Oxigraph's store on disk has threads, which a fork does not get: a process that forks must have opened none itself.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
import tempfile
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import IO, Any


@dataclass(frozen=True)
class Ended:
    """How a job ended: its exit status (a signal's number below zero), what it returned, what it wrote to standard output and error."""

    status: int
    value: Any
    out: str
    err: str


class Fork:
    """A job in a process of its own. It returns what JSON can hold; when it raises, its exit status is 99."""

    def __init__(self, job: Callable[[], Any]) -> None:
        self._value, self._out, self._err = (tempfile.TemporaryFile() for _ in range(3))  # noqa: SIM115 - until the job has ended
        sys.stdout.flush()
        sys.stderr.flush()
        self.pid = os.fork()
        if self.pid == 0:
            self._run(job)

    def _run(self, job: Callable[[], Any]) -> None:
        status = 99
        try:
            os.dup2(self._out.fileno(), 1)
            os.dup2(self._err.fileno(), 2)
            value = job()
            self._value.write(json.dumps(value).encode())
            self._value.flush()
            status = 0
        except SystemExit as error:
            status = error.code if isinstance(error.code, int) else 1
        except BaseException:  # noqa: BLE001 - the parent tells it
            traceback.print_exc()
        finally:
            with contextlib.suppress(OSError):
                sys.stdout.flush()
                sys.stderr.flush()
            os._exit(status)

    def kill(self) -> Ended:
        """Kill it, as nothing can be caught or cleaned up, and wait for its end."""
        os.kill(self.pid, signal.SIGKILL)
        return self.wait()

    def wait(self) -> Ended:
        status = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        said = _read(self._value)
        return Ended(status, json.loads(said) if said and status == 0 else None, _read(self._out), _read(self._err))


def _read(file: IO[bytes]) -> str:
    with file:
        file.seek(0)
        return file.read().decode(errors="replace")


def done(job: Callable[[], Any]) -> Any:
    """Do the job in a fork to its end and return its value; a failure ends this process, too."""
    ended = Fork(job).wait()
    if ended.status:
        sys.exit(f"a job that nobody disturbed ended with status {ended.status}\n{ended.out}{ended.err}")
    return ended.value
