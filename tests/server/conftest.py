"""The server in this process (its workers are processes of their own) over a few small graphs, and the run's server over the edition."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import httpx2
import pytest
from starlette.testclient import TestClient

from comity.server.app import create_app
from comity.server.settings import Limits, Selected, Settings

DATA = "http://kasei.us/2009/09/sparql/data/"
TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://xmlns.com/foaf/0.1/Document>"


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Settings]:
    """Make settings, with these limits, that serve four graphs of one triple each, and the same two hundred triples in two more."""
    folder = tmp_path_factory.mktemp("few")
    files = []
    for number in range(4):
        name = f"{DATA}data{number}.rdf"
        file = folder / f"data{number}.nt"
        file.write_text(f"<{name}> {TYPE} .\n", encoding="utf-8")
        files.append((str(file), name))
    many = folder / "many.nt"
    many.write_text("".join(f'<x:s{number}> <x:p> "{number}" .\n' for number in range(200)), encoding="utf-8")
    files += [(str(many), "x:many"), (str(many), "x:again")]
    return lambda **limits: Settings(selected=Selected(files=tuple(files)), limits=Limits(**limits))


@pytest.fixture(scope="session")
def serve() -> Callable[[Settings], TestClient]:
    """Make a client of a server with these settings; use it in a ``with`` statement."""
    return lambda settings: TestClient(create_app(settings), base_url="http://comity.test", follow_redirects=False)


@pytest.fixture(scope="session")
def few(small: Callable[..., Settings], serve: Callable[[Settings], TestClient]) -> Iterator[TestClient]:
    """A client of the server over the small graphs."""
    with serve(small()) as client:
        yield client


@pytest.fixture(scope="session")
def client(address: str) -> Iterator[httpx2.Client]:
    """A client of the run's server over the edition, which knows it as comity.test."""
    with httpx2.Client(base_url=address, headers={"Host": "comity.test"}, timeout=90, trust_env=False) as client:
        yield client
