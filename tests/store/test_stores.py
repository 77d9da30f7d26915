"""The contract on a server of your own: by hand, for `make test` starts none but Oxigraph's.

``COMITY_TEST_STORE`` is the address of a query service of a server **whose content may be destroyed**; ``COMITY_TEST_KIND`` names it
(see `QUIRKS`), ``COMITY_TEST_UNION`` says what its default graph is, ``COMITY_TEST_UPDATE`` where updates go.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from comity.store.remote import RemoteStore

from .contract import StoreContract

URL, KIND = os.environ.get("COMITY_TEST_STORE", ""), os.environ.get("COMITY_TEST_KIND", "")
BAG = "a union of graphs counts a triple once for each of them"
QUIRKS: dict[str, dict[str, str]] = {
    "virtuoso": {
        "test_without_graph_a_query_sees_the_union_as_a_set": BAG,
        "test_the_union_follows_every_change": BAG,
        "test_a_query_that_takes_too_long_is_stopped": "such a query is refused at once, by its estimated cost",
        "test_an_update_may_declare_prefixes": "an update without a graph is refused, and so is BASE after PREFIX",
        "test_without_a_graph_an_update_works_on_the_default_graph_s_name": "an update without a graph is refused",
        "test_readers_see_whole_states_while_a_writer_writes": "not decided: sixty changes beside two readers take over a minute",
    },
}
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
