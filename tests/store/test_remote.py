"""A remote store keeps the contract, on a real server: Oxigraph's, over HTTP."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from comity.store.remote import RemoteStore

from .contract import StoreContract
from .servers import oxigraph

EXCEPTIONS = {
    "test_without_graph_a_query_sees_the_union_as_a_set": "Oxigraph's own union counts a triple once for each of its graphs",
    "test_the_union_follows_every_change": "the same",
    "test_without_a_graph_an_update_works_on_the_default_graph_s_name": "updates without a graph go to the server's unnamed graph",
    "test_update_inserts_and_deletes_in_named_graphs": "Oxigraph takes no update with WITH while its union is on",
    "test_an_update_may_declare_prefixes": "the same",
}
"""What does not hold where the union is the server's own, and why."""


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with oxigraph(tmp_path_factory.mktemp("plain")) as url:
        yield url


@pytest.fixture(scope="module")
def union(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with oxigraph(tmp_path_factory.mktemp("union"), "--union-default-graph") as url:
        yield url


class TestKept(StoreContract):
    """The default graph is kept as the union: nothing of the contract is left out."""

    @pytest.fixture
    def store(self, plain: str) -> Iterator[RemoteStore]:
        with RemoteStore(f"{plain}/query", union="kept") as store:
            store.clear()
            yield store


class TestServer(StoreContract):
    """The default graph is the server's own union."""

    @pytest.fixture
    def store(self, union: str, request: pytest.FixtureRequest) -> Iterator[RemoteStore]:
        if reason := EXCEPTIONS.get(request.node.originalname):
            pytest.skip(reason)
        with RemoteStore(f"{union}/query") as store:
            store.clear()
            yield store


def test_every_exception_is_a_test_of_the_contract() -> None:
    assert EXCEPTIONS
    assert [name for name in EXCEPTIONS if not hasattr(StoreContract, name)] == []
