"""How the server and a worker talk: a head in JSON, a body of bytes, their lengths before them.

Nothing is pickled: a worker runs strangers' queries, and what it sends is read by the process that it must not get into.
"""

from __future__ import annotations

import json
import struct
from asyncio import StreamReader
from dataclasses import dataclass, field
from typing import Any, BinaryIO, Final

_LENGTHS: Final = struct.Struct("!II")


@dataclass(frozen=True, slots=True)
class Frame:
    """One message: a `head` in plain JSON, and a `body`."""

    head: dict[str, Any] = field(default_factory=dict)
    body: bytes = b""

    def packed(self) -> bytes:
        """Return the bytes to send."""
        head = json.dumps(self.head, ensure_ascii=False).encode("utf-8", "surrogatepass")
        return _LENGTHS.pack(len(head), len(self.body)) + head + self.body


def read(stream: BinaryIO) -> Frame | None:
    """Return the next message of a blocking stream, or ``None`` when the other side has gone."""
    lengths = stream.read(_LENGTHS.size)
    if len(lengths) < _LENGTHS.size:
        return None
    head, body = _LENGTHS.unpack(lengths)
    return Frame(json.loads(stream.read(head)), stream.read(body))


async def receive(stream: StreamReader) -> Frame:
    """Return the next message; raises ``EOFError`` when the other side has gone."""
    head, body = _LENGTHS.unpack(await stream.readexactly(_LENGTHS.size))
    return Frame(json.loads(await stream.readexactly(head)), await stream.readexactly(body))
