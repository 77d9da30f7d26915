"""What a worker can no longer do: limits that the kernel keeps, whatever the query or the engine tries."""

from __future__ import annotations

import contextlib
import resource
import signal
import sys

from comity.memory import address_space

_ADDRESS_SPACE = sys.platform == "linux"


def limit_memory(more: int) -> None:
    """Let this process take at most `more` bytes beyond what it has, where the system can keep to that; no core dumps."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if _ADDRESS_SPACE:
        _lower(resource.RLIMIT_AS, address_space() + more)


class Growth:
    """How much memory the process has taken since this was made, where the system says; it stays readable behind closed doors."""

    def __init__(self) -> None:
        self._statm = open("/proc/self/statm", "rb", buffering=0) if _ADDRESS_SPACE else None  # noqa: SIM115 - for as long as the process
        self._before = self._now()

    def __call__(self) -> int:
        """Return the growth in bytes; 0 where the system does not say."""
        return self._now() - self._before

    def _now(self) -> int:
        if self._statm is None:
            return 0
        self._statm.seek(0)
        return int(self._statm.read().split()[0]) * resource.getpagesize()


def close_the_door() -> None:
    """Let this process open no file and no socket any more. What is open stays open."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))


def limit_time(seconds: float) -> None:
    """Let the kernel end this process after so many seconds of wall-clock time; 0 takes that back."""
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, seconds)


def _lower(which: int, value: int) -> None:
    hard = resource.getrlimit(which)[1]
    if hard != resource.RLIM_INFINITY:
        value = min(value, hard)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(which, (value, value))
