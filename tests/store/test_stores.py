"""The contract on a server of your own, by hand.

``COMITY_TEST_STORE`` is the address of a query service of a server **whose content may be destroyed**; ``COMITY_TEST_KIND`` names it
(see `QUIRKS`), ``COMITY_TEST_UNION`` says what its default graph is, ``COMITY_TEST_UPDATE`` where updates go.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from comity.store.remote import RemoteStore

from .contract import StoreContract
from .test_virtuoso import QUIRKS as VIRTUOSO

URL, KIND = os.environ.get("COMITY_TEST_STORE", ""), os.environ.get("COMITY_TEST_KIND", "")
QUIRKS: dict[str, dict[str, str]] = {"virtuoso": VIRTUOSO}
"""Kind of server: test of the contract that does not hold there: why."""



def connected() -> RemoteStore:
    options = {"union": os.environ.get("COMITY_TEST_UNION", "server"), "update_url": os.environ.get("COMITY_TEST_UPDATE")}
    return RemoteStore(URL, batch=500, **options)  # type: ignore[arg-type]


if URL:

    class TestThere(StoreContract):
        @pytest.fixture
        def store(self, request: pytest.FixtureRequest) -> Iterator[RemoteStore]:
            if reason := QUIRKS.get(KIND, {}).get(request.node.originalname):
                pytest.skip(reason)
            with connected() as store:
                store.clear()
                yield store


def test_every_quirk_is_of_the_contract() -> None:
    assert KIND in ("", *QUIRKS), f"COMITY_TEST_KIND is one of {', '.join(QUIRKS)}"
    assert [name for quirks in QUIRKS.values() for name in quirks if not hasattr(StoreContract, name)] == []
