"""How much memory this process has, and may still take, where the system says so."""

from __future__ import annotations

import sys
from typing import Final

from comity.errors import StoreError

ON_DISK: Final = 800 << 20
"""The address space that a store on disk takes beyond the process's own, in bytes. To be filled with the edition it takes 720 MB."""


def address_space() -> int:
    """Return the bytes of address space that this process has (Linux only)."""
    import resource

    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[0]) * resource.getpagesize()


def check_room_for_a_store() -> None:
    """Raise :class:`~comity.errors.StoreError` where a limit leaves too little for a store on disk: its engine would end the process."""
    if sys.platform != "linux":
        return
    import resource

    limit = resource.getrlimit(resource.RLIMIT_AS)[0]
    if limit != resource.RLIM_INFINITY and (left := limit - address_space()) < ON_DISK:
        what = f"a store on disk takes {ON_DISK >> 20} MB of memory, and the limit leaves {max(0, left) >> 20} MB"
        raise StoreError(what, "raise it (ulimit -v), or work in memory, without a path")
