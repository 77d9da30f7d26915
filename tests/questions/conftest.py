from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import comity
from comity.questions import NameIndex
from stores import ENGINES, turtle_quads

EDITION = Path(__file__).parent / "edition"


@pytest.fixture(scope="session", params=sorted(ENGINES))
def store(request):
    things = EDITION / "data" / "entities" / "things.ttl"
    return ENGINES[request.param](turtle_quads(EDITION / "ontology" / "comity.ttl", things))


@pytest.fixture(scope="session")
def edition() -> comity.Comity:
    """The whole edition, for tests that only ask it."""
    return comity.open()


@pytest.fixture(scope="session")
def index(store):
    return NameIndex(store)
