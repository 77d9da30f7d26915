"""Writes files whole or not at all."""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final

from comity.errors import OutputError
from comity.resources import display

_CAN_LOCK: Final = sys.platform != "win32"


@contextlib.contextmanager
def replacing(path: str | os.PathLike[str]) -> Iterator[IO[bytes]]:
    """Give a stream to write to; when the block ends well, what was written takes the place of `path`, in one step.

    Missing folders are made. When the block fails, or this process is killed, the file that was there stays as it was; what a killed
    process leaves beside it, the next one to write it removes. Raises :class:`~comity.errors.OutputError` when the place cannot be
    written to.

    >>> import pathlib, tempfile
    >>> target = pathlib.Path(tempfile.mkdtemp()) / "a.txt"
    >>> with replacing(target) as stream:
    ...     _ = stream.write(b"whole")
    >>> target.read_bytes()
    b'whole'
    """
    target = Path(path)
    temporary = ""
    lock = -1
    try:
        if target.is_dir():
            raise IsADirectoryError(21, "this is a folder")
        target.parent.mkdir(parents=True, exist_ok=True)
        _sweep(target)
        handle, temporary = _beside(target)
        with os.fdopen(handle, "wb") as stream:
            if _CAN_LOCK:
                lock = os.dup(handle)  # the lock ends with the last descriptor, and the file is to be ours until it has its name
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        # mkstemp makes files private; give this one the mode that the old file has, or that any new one would get.
        mask = os.umask(0)
        os.umask(mask)
        os.chmod(temporary, target.stat().st_mode & 0o777 if target.exists() else 0o666 & ~mask)
        os.replace(temporary, target)
    except BaseException as error:
        if temporary:
            with contextlib.suppress(OSError):
                os.unlink(temporary)
        if isinstance(error, OSError):
            raise OutputError(
                f"cannot be written: {error.strerror or error}",
                "name a file in a folder that exists and may be written",
                file=display(target),
            ) from None
        raise
    finally:
        if lock >= 0:
            os.close(lock)


def write_whole(path: str | os.PathLike[str], content: bytes) -> None:
    """Write `content` as in :func:`replacing`."""
    with replacing(path) as stream:
        stream.write(content)


def _beside(target: Path) -> tuple[int, str]:
    """Make a file beside the target; where there are locks, one that is locked as long as this process has it open."""
    while True:
        handle, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".part", dir=target.parent)
        try:
            # Between its making and its locking another process may have taken it for a dead one's.
            if _locked(handle) and os.fstat(handle).st_nlink:
                return handle, name
        except OSError:  # a file system without locks: nobody can sweep there either
            return handle, name
        os.close(handle)


def _sweep(target: Path) -> None:
    """Remove what killed processes have left of the target: files that nobody holds any more."""
    with contextlib.suppress(OSError), os.scandir(target.parent) as entries:
        left = [entry.path for entry in entries if entry.name.startswith(f".{target.name}.") and entry.name.endswith(".part")]
        for name in left if _CAN_LOCK else ():
            with contextlib.suppress(OSError):
                handle = os.open(name, os.O_RDWR | os.O_NOFOLLOW)
                try:
                    if _locked(handle):
                        os.unlink(name)
                finally:
                    os.close(handle)


def _locked(handle: int) -> bool:
    """Lock an open file, unless somebody else has; say whether it is locked now. Raises ``OSError`` where there are no locks."""
    if sys.platform == "win32":
        raise OSError
    import fcntl

    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
