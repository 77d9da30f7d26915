"""Makes the ASGI application: routes, middleware, the life of the workers."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from comity.server import pages, problems, things
from comity.server.guard import Guard
from comity.server.settings import Settings
from comity.server.workers import Workers

STATIC: Final = Path(__file__).with_name("static")


def create_app(settings: Settings | None = None) -> ASGIApp:
    """Return the application; its lifespan starts and ends the workers."""
    given = settings or Settings()

    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        workers = Workers(given)
        await workers.start()
        app.state.workers = workers
        try:
            yield
        finally:
            await workers.stop()

    app = Starlette(
        routes=routes(),
        exception_handlers={problems.Refused: _refused, HTTPException: _http},
        lifespan=lifespan,
    )
    app.state.settings = given
    # Outside of everything, so that what Starlette itself answers has the headers too.
    return Guard(app, given.limits)


def routes() -> list[BaseRoute]:
    """Return all routes, the more precise before the others."""
    return [*pages.routes(), *things.routes(), Mount("/static", StaticFiles(directory=STATIC), name="static")]


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, problems.Refused)
    return pages.problem(request, error)


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return pages.problem(request, problems.Refused(error.status_code, error.detail, headers=dict(error.headers or {})))
