"""Makes the ASGI application: routes, middleware, the life of the workers."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from comity.server import catalogue, description, pages, problems, rest, sparql, things
from comity.server.cache import Cache
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
        reading = asyncio.create_task(asyncio.to_thread(catalogue.known))
        try:
            yield
        finally:
            await workers.stop()
            await reading

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
        exception_handlers={problems.Refused: _refused, HTTPException: _http},
        lifespan=lifespan,
    )
    # A redirect to another slash would name the host that the request named.
    app.router.redirect_slashes = False
    app.state.settings = given
    app.state.cache = Cache()
    # Outside of everything, so that what Starlette itself answers has the headers too.
    return Guard(app, given.limits)


def routes() -> list[BaseRoute]:
    """Return all routes, the more precise before the others."""
    return [
        *pages.routes(),
        *rest.routes(),
        *sparql.routes(),
        *description.routes(),
        *things.routes(),
        Mount("/static", StaticFiles(directory=STATIC), name="static"),
    ]


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, problems.Refused)
    return pages.problem(request, error)


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
