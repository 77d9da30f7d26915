"""Chromium, which each process of the run starts once."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

CHROMIUM = shutil.which("chromium")
SECONDS = 90


# Not longer than these tests: while it runs, so does an event loop, and other tests have loops of their own.
@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    """Chromium of the system, without a window."""
    if CHROMIUM is None:
        pytest.skip("no Chromium; scripts/chromium.sh installs it on Debian")
    playwright = pytest.importorskip("playwright.sync_api", reason="no Playwright; it comes with the extra dev")
    with playwright.sync_playwright() as driver:
        # As root, in a container, Chromium has no sandbox; it sees our own pages only.
        started = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-dev-shm-usage"])
        yield started
        started.close()


class Visit:
    """A page, with what it asked of others, what its scripts complained of, and what was refused to it."""

    def __init__(self, page: object, address: str) -> None:
        self.page = page
        self.address = address
        self.outside: list[str] = []
        self.complaints: list[str] = []
        page.on("request", self._requested)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.set_default_timeout(SECONDS * 1000)

    def _requested(self, request: object) -> None:
        if not request.url.startswith((self.address, "data:", "blob:")):
            self.outside.append(request.url)

    def open(self, path: str) -> object:
        """Go there and wait until all that the page names is loaded."""
        self.page.goto(self.address + path)
        return self.page


@pytest.fixture
def visit(browser: object, address: str) -> Iterator[Callable[..., Visit]]:
    """Make a page with these settings of Playwright; when the test ends, no page may have asked anything of another host."""
    made: list[Visit] = []
    with ExitStack() as stack:

        def new(**settings: object) -> Visit:
            context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **settings})
            stack.callback(context.close)
            made.append(Visit(context.new_page(), address))
            return made[-1]

        yield new
        for each in made:
            assert each.outside == []
            assert each.complaints == []
