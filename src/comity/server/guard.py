"""What stands before every route: limits on requests, and the headers that every answer carries. Plain ASGI.

The security headers follow what browsers need to be told: scripts, styles and pictures come from this server alone
(Content-Security-Policy ``'self'``), no type is guessed, no address is told to others.
"""

from __future__ import annotations

import logging
import time
from typing import Final
from urllib.parse import quote

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from comity.server.problems import MEDIA_TYPE, Refused
from comity.server.settings import Limits

log = logging.getLogger("comity.server.access")

CONTENT_SECURITY_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS: Final = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "cross-origin",
}


class Guard:
    """Refuses requests that are too long, adds the headers, and writes a line for each request: never its query string."""

    def __init__(self, app: ASGIApp, limits: Limits) -> None:
        self.app = app
        self.limits = limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = time.perf_counter()
        status: int | None = None

        async def guarded(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        try:
            refusal = self._refusal(scope)
            if refusal is not None:
                await _refuse(refusal, guarded)
                return
            await self.app(scope, self._counted(receive), guarded)
        except Exception:  # the last line of defence: nobody should meet a traceback, and the log should have it
            log.exception("a fault of Comity")
            if status is None:
                await _refuse(Refused(500, "Comity failed to answer this", "please report it, with what you asked"), guarded)
        finally:
            log.info("%s %s %s %.0f ms", scope["method"], _logged(scope), status or "none", 1000 * (time.perf_counter() - started))

    def _refusal(self, scope: Scope) -> Refused | None:
        length = len(scope.get("raw_path") or scope["path"].encode()) + len(scope.get("query_string", b""))
        if length > self.limits.url:
            return Refused(414, f"the address has {length} bytes, more than {self.limits.url}", "send the query by POST")
        for name, value in scope["headers"]:
            if name == b"content-length" and not (value.isdigit() and int(value) <= self.limits.body):
                return _too_large(self.limits.body)
        return None

    def _counted(self, receive: Receive) -> Receive:
        had = 0

        async def counted() -> Message:
            nonlocal had
            message = await receive()
            had += len(message.get("body", b""))
            if had > self.limits.body:
                raise _too_large(self.limits.body)
            return message

        return counted


def _logged(scope: Scope) -> str:
    """The path as it was sent, with what is not printable still encoded: one request is one line, and no terminal obeys it."""
    return quote(scope.get("raw_path") or scope["path"].encode(), safe="/%:@!$&'()*+,;=~")[:500]


def _too_large(limit: int) -> Refused:
    return Refused(413, f"the body of the request has more than {limit} bytes", "send less")


async def _refuse(refusal: Refused, send: Send) -> None:
    body = refusal.as_json()
    headers = [(b"content-type", MEDIA_TYPE.encode()), (b"content-length", str(len(body)).encode()), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": refusal.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
