"""Connections on which no step outlasts its call.

The HTTP library bounds the wait for the next bytes only. A server that sends its header byte by byte, or takes a request so, could keep a
call waiting for days: each step here also ends with the time of the whole call.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import httpcore2
import httpx2

if TYPE_CHECKING:
    from comity.store.body import Deadline


class Until(float):
    """The seconds that one step may take; it ends with its `deadline` at the latest."""

    deadline: Deadline

    def __new__(cls, seconds: float, deadline: Deadline) -> Until:
        made = super().__new__(cls, seconds)
        made.deadline = deadline
        return made


class Transport(httpx2.BaseTransport):
    """What an HTTP client sends and receives over. Its errors are those of httpx2, and the deadline's own."""

    def __init__(self, trust: ssl.SSLContext) -> None:
        self._pool = httpcore2.ConnectionPool(ssl_context=trust, max_connections=100, network_backend=_Backend())

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send the request; the body of the answer is still to be read."""
        with _as_httpx2():
            response = self._pool.handle_request(
                httpcore2.Request(
                    request.method,
                    httpcore2.URL(
                        scheme=request.url.raw_scheme, host=request.url.raw_host, port=request.url.port, target=request.url.raw_path
                    ),
                    headers=request.headers.raw,
                    content=request.stream,
                    extensions=request.extensions,
                )
            )
        return httpx2.Response(response.status, headers=response.headers, stream=_Stream(response.stream), extensions=response.extensions)

    def close(self) -> None:
        self._pool.close()


class _Stream(httpx2.SyncByteStream):
    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def __iter__(self) -> Iterator[bytes]:
        with _as_httpx2():
            yield from self._stream

    def close(self) -> None:
        self._stream.close()


@contextmanager
def _as_httpx2() -> Iterator[None]:
    """Raise the lower library's errors as the upper one's, which has them all under the same names."""
    try:
        yield
    except Exception as error:
        if type(error).__module__.partition(".")[0] == "httpcore2":
            raise getattr(httpx2, type(error).__name__, httpx2.TransportError)(str(error)) from error
        raise


class _Backend(httpcore2.NetworkBackend):
    def __init__(self) -> None:
        self._system = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        return _Connection(self._system.connect_tcp(host, port, timeout, local_address, socket_options))


class _Connection(httpcore2.NetworkStream):
    def __init__(self, stream: httpcore2.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        socket = self._stream.get_extra_info("socket")
        rest = memoryview(buffer)
        while rest:  # not the library's own loop: that would wait anew for each byte that is taken
            try:
                socket.settimeout(_left(timeout))
                rest = rest[socket.send(rest) :]
            except TimeoutError as error:
                raise httpcore2.WriteTimeout(str(error)) from error
            except OSError as error:
                raise httpcore2.WriteError(str(error)) from error

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        return _Connection(self._stream.start_tls(ssl_context, server_hostname, timeout))

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _left(timeout: float | None) -> float | None:
    """The seconds that a step may take now. Raises the deadline's error when the call's time is over."""
    return min(timeout, timeout.deadline.remaining()) if isinstance(timeout, Until) else timeout
