"""A remote store keeps the contract on rdflib-endpoint: rdflib behind HTTP, with updates allowed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from comity.store.remote import RemoteStore

from .backends import expect_exception
from .contract import StoreContract
from .servers import rdflib_endpoint


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with rdflib_endpoint(tmp_path_factory.mktemp("rdflib")) as url:
        yield url


class TestThere(StoreContract):
    backend = "rdflib-endpoint"

    @pytest.fixture
    def store(self, server: str, request: pytest.FixtureRequest) -> Iterator[RemoteStore]:
        expect_exception(self.backend, request)
        with RemoteStore(server) as store:
            store.clear()
            yield store
