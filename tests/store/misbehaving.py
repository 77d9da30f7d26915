"""A server that answers as it is told, byte by byte, and keeps what it was asked."""

from __future__ import annotations

import contextlib
import gzip
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

JSON = "application/sparql-results+json"
GOOD = b'{"head":{"vars":["x"]},"results":{"bindings":[{"x":{"type":"literal","value":"1"}}]}}'
TRIPLES = b'<https://example.org/s> <https://example.org/p> "o" .\n' * 50


@dataclass
class Request:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Server:
    """`script` holds what to write for each request in turn; the last one is kept for all that follow."""

    url: str
    script: list[Callable[[socket.socket, Request], None]]
    requests: list[Request] = field(default_factory=list)


def answer(status: str = "200 OK", body: bytes = GOOD, kind: str = JSON, *fields: str, length: int | None = None) -> bytes:
    head = [f"HTTP/1.1 {status}", f"Content-Length: {len(body) if length is None else length}", "Connection: close"]
    if kind:
        head.append(f"Content-Type: {kind}")
    return "\r\n".join([*head, *fields, "", ""]).encode() + body


def chunked(*chunks: bytes, kind: str = JSON, end: bool = True, fields: tuple[str, ...] = ()) -> bytes:
    head = ["HTTP/1.1 200 OK", f"Content-Type: {kind}", "Transfer-Encoding: chunked", "Connection: close", *fields, "", ""]
    body = b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks)
    return "\r\n".join(head).encode() + body + (b"0\r\n\r\n" if end else b"")


def zipped(body: bytes, cut: int = 0) -> bytes:
    whole = gzip.compress(body)
    return whole[: len(whole) - cut]


def says(content: bytes) -> Callable[[socket.socket, Request], None]:
    return lambda connection, _: connection.sendall(content)


def endless(head: bytes, piece: bytes, pause: float = 0.0) -> Callable[[socket.socket, Request], None]:
    def write(connection: socket.socket, _: Request) -> None:
        connection.sendall(head)
        while True:
            connection.sendall(piece)
            time.sleep(pause)

    return write


def redirects(*paths: str) -> Callable[[socket.socket, Request], None]:
    """Lead from each path to the next one, and from the last one, or an unknown one, to the first."""
    following = dict(zip(paths, (*paths[1:], paths[0]), strict=True))

    def write(connection: socket.socket, request: Request) -> None:
        connection.sendall(answer("302 Found", b"", "", f"Location: {following.get(request.path, paths[0])}"))

    return write


def slowly(connection: socket.socket) -> Request:
    """Read a request byte by byte, so that it is never all there."""
    while connection.recv(1):
        time.sleep(0.02)
    raise ValueError("no request")


@contextmanager
def serving(
    *script: Callable[[socket.socket, Request], None],
    context: ssl.SSLContext | None = None,
    read: Callable[[socket.socket], Request] | None = None,
) -> Iterator[Server]:
    read = read or whole
    listener = socket.create_server(("127.0.0.1", 0))
    scheme = "https" if context else "http"
    server = Server(f"{scheme}://127.0.0.1:{listener.getsockname()[1]}", list(script))
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)  # so that what is not read stays with the client
    open_connections: list[socket.socket] = []
    closing = threading.Event()

    def one(connection: socket.socket) -> None:
        with contextlib.suppress(OSError, ValueError):
            if context:
                connection = context.wrap_socket(connection, server_side=True)
            with connection:
                request = read(connection)
                server.requests.append(request)
                act = server.script.pop(0) if len(server.script) > 1 else server.script[0]
                act(connection, request)

    def accept() -> None:
        while not closing.is_set():
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            open_connections.append(connection)
            threading.Thread(target=one, args=(connection,), daemon=True).start()

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        closing.set()
        with contextlib.suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        for connection in open_connections:
            connection.close()
        thread.join(timeout=5)


def whole(connection: socket.socket) -> Request:
    """Read a request to its end."""
    data = b""
    while b"\r\n\r\n" not in data:
        piece = connection.recv(65536)
        if not piece:
            raise ValueError("no request")
        data += piece
    head, _, body = data.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    while len(body) < int(headers.get("content-length", 0)):
        body += connection.recv(65536)
    method, path, _ = first.split(" ")
    return Request(method, path, headers, body)
