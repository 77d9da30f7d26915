"""A remote store keeps the contract on Jena's engine (ARQ)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from comity.store.remote import RemoteStore

from .backends import expect_exception
from .contract import StoreContract
from .jena import why_not
from .servers import jena


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    if reason := why_not():
        pytest.skip(reason)
    with jena(tmp_path_factory.mktemp("jena")) as url:
        yield url


class TestThere(StoreContract):
    backend = "jena"

    @pytest.fixture
    def store(self, server: str, request: pytest.FixtureRequest) -> Iterator[RemoteStore]:
        expect_exception(self.backend, request)
        with RemoteStore(server, union="kept") as store:
            store.clear()
            yield store
