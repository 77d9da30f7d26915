"""Runs the server until it is told to stop."""

from __future__ import annotations

import logging
import socket
import sys
from importlib.util import find_spec
from typing import Final

from comity.errors import MissingExtra, UsageError
from comity.server.settings import Settings

_BACKLOG: Final = 2048


def run(settings: Settings, host: str, port: int) -> None:
    """Listen and answer until Ctrl-C or SIGTERM.

    Raises :class:`~comity.errors.MissingExtra`, :class:`~comity.errors.UsageError` for an address that cannot be had, and
    :class:`~comity.errors.StoreError` for what cannot be opened.
    """
    if any(find_spec(name) is None for name in ("starlette", "uvicorn", "jinja2")):
        raise MissingExtra("server", "serving over HTTP")
    own = _listen(host, port)
    address = f"[{host}]" if ":" in host else host
    print(f"Comity is served at http://{address}:{own.getsockname()[1]}/ (Ctrl-C ends it)", file=sys.stderr, flush=True)
    # Whoever asks from here on is answered; to bring in what answers takes half a second.
    import uvicorn

    from comity.server.app import create_app

    logging.basicConfig(level=logging.INFO, format="%(message)s")
    app = create_app(settings)

    class Server(uvicorn.Server):
        """Ends the workers before it waits for answers, so that these come at once."""

        def end(self) -> None:
            self.should_exit = True

        async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
            await app.stop()
            await super().shutdown(sockets)

    config = uvicorn.Config(
        app,
        lifespan="on",
        access_log=False,  # comity.server.guard writes its own, without query strings
        log_level="warning",
        server_header=False,
        timeout_graceful_shutdown=1,
    )
    server = Server(config)
    app.on_failure = server.end  # type: ignore[method-assign]
    server.run(sockets=[own])
    if app.failure is not None:
        raise app.failure


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    own = socket.socket(family, socket.SOCK_STREAM)
    own.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        own.bind((host, port))
        own.listen(_BACKLOG)  # from here on nobody is turned away, though the first has to wait a moment
    except (OSError, OverflowError) as error:
        own.close()
        reason = getattr(error, "strerror", None) or str(error)
        raise UsageError(f"{host}:{port} cannot be listened at: {reason}", "choose another --host or --port") from None
    return own
