"""The contract on a server of your own, by hand.

``COMITY_TEST_STORE`` is the address of a query service of a server **whose content may be destroyed**; ``COMITY_TEST_KIND`` names it
(a key of `BACKENDS`, or not), ``COMITY_TEST_UNION`` says what its default graph is, ``COMITY_TEST_UPDATE`` where updates go.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from comity.store.remote import RemoteStore

from .backends import BACKENDS, expect_exception
from .contract import StoreContract

URL, KIND = os.environ.get("COMITY_TEST_STORE", ""), os.environ.get("COMITY_TEST_KIND", "")


def connected() -> RemoteStore:
    options = {"union": os.environ.get("COMITY_TEST_UNION", "server"), "update_url": os.environ.get("COMITY_TEST_UPDATE")}
    return RemoteStore(URL, batch=500, **options)  # type: ignore[arg-type]


if URL:

    class TestThere(StoreContract):
        @pytest.fixture
        def store(self, request: pytest.FixtureRequest) -> Iterator[RemoteStore]:
            if KIND:
                expect_exception(KIND, request)
            with connected() as store:
                store.clear()
                yield store


def test_the_kind_is_one_of_the_table() -> None:
    assert KIND in ("", *BACKENDS), f"COMITY_TEST_KIND is one of {', '.join(BACKENDS)}"
