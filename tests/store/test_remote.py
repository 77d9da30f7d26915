"""A remote store keeps the contract, on a real server: Oxigraph's, over HTTP."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from comity.store.remote import RemoteStore

from .backends import expect_exception
from .contract import StoreContract
from .servers import oxigraph


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

    backend = "oxigraph-kept"

    @pytest.fixture
    def store(self, plain: str) -> Iterator[RemoteStore]:
        with RemoteStore(f"{plain}/query", union="kept") as store:
            store.clear()
            yield store


class TestServer(StoreContract):
    """The default graph is the server's own union."""

    backend = "oxigraph-union"

    @pytest.fixture
    def store(self, union: str, request: pytest.FixtureRequest) -> Iterator[RemoteStore]:
        expect_exception(self.backend, request)
        with RemoteStore(f"{union}/query") as store:
            store.clear()
            yield store
