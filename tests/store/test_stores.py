"""The contract, and every question, on a server of your own: by hand, for `make test` starts none but Oxigraph's.

``COMITY_TEST_STORE`` is the address of a query service of a server **whose content may be destroyed**; ``COMITY_TEST_KIND`` names it
(see `QUIRKS`), ``COMITY_TEST_UNION`` says what its default graph is, ``COMITY_TEST_UPDATE`` where updates go.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

import comity
from comity.questions import list_questions
from comity.store.remote import RemoteStore

from .contract import StoreContract

URL, KIND = os.environ.get("COMITY_TEST_STORE", ""), os.environ.get("COMITY_TEST_KIND", "")
NOT_EVERYWHERE = "updates without a graph go to the server's own place for them, and no request can rename it"

QUIRKS: dict[str, dict[str, str]] = {"virtuoso": {}}
"""Kind of server: test of the contract that does not hold there: why."""

pytestmark = pytest.mark.skipif(not URL, reason="COMITY_TEST_STORE names no server")


def connected() -> RemoteStore:
    options = {"union": os.environ.get("COMITY_TEST_UNION", "server"), "update_url": os.environ.get("COMITY_TEST_UPDATE")}
    return RemoteStore(URL, batch=500, **options)  # type: ignore[arg-type]


class TestThere(StoreContract):
    @pytest.fixture
    def store(self, request: pytest.FixtureRequest) -> Iterator[RemoteStore]:
        if reason := QUIRKS.get(KIND, {}).get(request.node.originalname):
            pytest.skip(reason)
        with connected() as store:
            store.clear()
            yield store
