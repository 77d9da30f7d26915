"""Writes files whole or not at all."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from comity.errors import OutputError
from comity.resources import display


@contextlib.contextmanager
def replacing(path: str | os.PathLike[str]) -> Iterator[IO[bytes]]:
    """Give a stream to write to; when the block ends well, what was written takes the place of `path`, in one step.

    Missing folders are made. When the block fails, or this process is killed, the file that was there stays as it was. Raises
    :class:`~comity.errors.OutputError` when the place cannot be written to.

    >>> import pathlib, tempfile
    >>> target = pathlib.Path(tempfile.mkdtemp()) / "a.txt"
    >>> with replacing(target) as stream:
    ...     _ = stream.write(b"whole")
    >>> target.read_bytes()
    b'whole'
    """
    target = Path(path)
    temporary = ""
    try:
        if target.is_dir():
            raise IsADirectoryError(21, "this is a folder")
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".part", dir=target.parent)
        with os.fdopen(handle, "wb") as stream:
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


def write_whole(path: str | os.PathLike[str], content: bytes) -> None:
    """Write `content` as in :func:`replacing`."""
    with replacing(path) as stream:
        stream.write(content)
