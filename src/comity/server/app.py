"""Makes the ASGI application: routes, middleware, the life of the workers."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount
from starlette.staticfiles import StaticFiles

from comity.errors import ComityError, StoreError
from comity.server import catalogue, description, drawing, pages, problems, reconciling, rest, sparql, things
from comity.server.cache import REMOTE_SECONDS, Cache
from comity.server.guard import Guard
from comity.server.settings import Settings
from comity.server.workers import Workers

STATIC: Final = Path(__file__).with_name("static")


def create_app(settings: Settings | None = None) -> Served:
    """Return the application; its lifespan starts and ends the workers."""
    given = settings or Settings()

    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        workers = Workers(given)
        await workers.start()
        app.state.workers = workers
        # Nobody waits for it, not even at the end.
        threading.Thread(target=_read_ahead, daemon=True).start()
        opening = asyncio.create_task(served.watch(workers))
        try:
            yield
        finally:
            opening.cancel()
            await workers.stop()
            await asyncio.gather(opening, return_exceptions=True)

    app = Starlette(
        routes=routes(),
        middleware=[
            # Everything is public and only read, so any page may read it; credentials are never asked for.
            Middleware(
                CORSMiddleware,
                allow_origins=["*"],
                allow_methods=["GET", "HEAD", "POST", "OPTIONS"],
                allow_headers=["Accept", "Content-Type", "If-None-Match"],
                expose_headers=["ETag", "Link", "Retry-After", sparql.CUT],
            )
        ],
        exception_handlers={
            problems.Refused: _refused, HTTPException: _http, StoreError: _not_there, ClientDisconnect: _gone, Exception: _fault,
        },
        lifespan=lifespan,
    )
    # A redirect to another slash would name the host that the request named.
    app.router.redirect_slashes = False
    app.state.settings = given
    app.state.cache = Cache(seconds=REMOTE_SECONDS if given.selected.store else None)
    app.state.drawing = asyncio.Semaphore(drawing.AT_ONCE)
    # Outside of everything, so that what Starlette itself answers has the headers too.
    served = Served(app, given.limits)
    return served


class Served(Guard):
    """The application as it is run. `failure` is why the edition could not be opened; `on_failure` is called then."""

    app: Starlette
    failure: StoreError | None = None

    @staticmethod
    def on_failure() -> None:
        """Do nothing; who runs the application may put something else here."""

    async def watch(self, workers: Workers) -> None:
        """Wait for the edition, and keep the reason when it cannot be opened."""
        try:
            await workers.ready()
        except StoreError as error:
            self.failure = error
            self.on_failure()

    @property
    def workers(self) -> Workers:
        """The workers, once the application has been started."""
        workers: Workers = self.app.state.workers
        return workers

    async def stop(self) -> None:
        """End the workers, if there are any, and with them what is being worked on."""
        if hasattr(self.app.state, "workers"):
            await self.workers.stop()


def routes() -> list[BaseRoute]:
    """Return all routes, the more precise before the others."""
    return [
        *pages.routes(),
        *drawing.routes(),
        *rest.routes(),
        *sparql.routes(),
        *description.routes(),
        *reconciling.routes(),
        *things.routes(),
        Mount("/static", StaticFiles(directory=STATIC), name="static"),
    ]


def _read_ahead() -> None:
    with contextlib.suppress(ComityError):  # whoever asks for a question will be told
        catalogue.known()


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, problems.Refused)
    return pages.problem(request, error)


async def _not_there(request: Request, error: Exception) -> Response:
    assert isinstance(error, StoreError)
    return pages.problem(request, problems.Refused(503, error.what, error.remedy))


async def _gone(request: Request, error: Exception) -> Response:
    # Whoever asked went before the body was whole: no fault of ours for the log, and nobody who reads this.
    return pages.problem(request, problems.Refused(400, "the body of the request is not whole"))


async def _fault(request: Request, error: Exception) -> Response:
    # The traceback goes to the log: Starlette raises the error again for the guard.
    return pages.problem(request, problems.Refused(500, "Comity failed to answer this", "please report it, with what you asked"))


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    headers = dict(error.headers or {})
    if error.status_code == 405:
        allowed = sorted({*headers["Allow"].split(", "), "OPTIONS"})
        headers["Allow"] = ", ".join(allowed)
        if request.method == "OPTIONS":
            return Response(status_code=204, headers=headers)
        detail, remedy = f"{request.method} is not for {request.url.path}", f"use {', '.join(allowed)}"
        return pages.problem(request, problems.Refused(405, detail, remedy, headers=headers))
    if error.status_code == 404:
        return pages.problem(request, problems.Refused(404, f"there is nothing at {request.url.path}", "begin at /"))
    return pages.problem(request, problems.Refused(error.status_code, error.detail, headers=headers))
