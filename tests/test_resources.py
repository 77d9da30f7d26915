"""The edition is found where it is, and its absence is said in one line."""

from __future__ import annotations

from pathlib import Path

import pytest

from comity import resources
from comity.errors import ResourceError


def test_the_checkout_is_found(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COMITY_ROOT", raising=False)
    assert resources.root() == checkout
    for part in resources.PARTS:
        assert getattr(resources, part)() == checkout / part
    assert resources.openapi() == checkout / "docs" / "openapi.json"


def test_a_root_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("one", "two"):
        (tmp_path / name / "ontology").mkdir(parents=True)
    monkeypatch.setenv("COMITY_ROOT", str(tmp_path / "one"))
    assert resources.root() == tmp_path / "one"
    assert resources.root(tmp_path / "two") == tmp_path / "two"


def test_a_wrong_root_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMITY_ROOT", str(tmp_path))
    with pytest.raises(ResourceError, match=r"COMITY_ROOT='.*' has no folder ontology/; name a folder"):
        resources.root()


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "ontology").mkdir()
    with pytest.raises(ResourceError, match=r"no folder .*shapes"):
        resources.shapes(tmp_path)
    with pytest.raises(ResourceError, match=r"no file .*openapi\.json; write it"):
        resources.openapi(tmp_path)


def test_paths_are_shown_from_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert resources.display(tmp_path / "a" / "b.ttl") == "a/b.ttl"
    assert resources.display(Path("/elsewhere/c.ttl")) == "/elsewhere/c.ttl"
