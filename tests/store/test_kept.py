"""The store that the command line keeps between calls: the same answers, and never a reason for none."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from comity import cli
from comity.store.edition import Selection, kept_folder
from comity.store.embedded import EmbeddedStore

EDITION = Path(__file__).parents[1] / "questions" / "edition"
COUNT = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("COMITY_ROOT", str(EDITION))
    monkeypatch.setenv("COMITY_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def ask(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert cli.run(arguments or ("query", COUNT)) == 0
    return capsys.readouterr().out


def test_the_second_call_takes_over_what_the_first_kept(cache: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first = ask(capsys)
    (seal,) = cache.glob("*/edition.json")
    made = seal.stat().st_mtime_ns
    assert ask(capsys) == first
    assert seal.stat().st_mtime_ns == made
    ask(capsys, "--view", "paper", "stats")
    assert len(list(cache.glob("*/edition.json"))) == 2


def test_a_changed_edition_is_read_anew(
    cache: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = tmp_path / "edition"
    shutil.copytree(EDITION, copy)
    monkeypatch.setenv("COMITY_ROOT", str(copy))
    before = ask(capsys)
    changed = next((copy / "data").rglob("*.ttl"))
    changed.write_text(changed.read_text(encoding="utf-8") + "\n<https://example.org/s> <https://example.org/p> 1 .\n", encoding="utf-8")
    assert ask(capsys) != before


def test_a_folder_in_use_is_no_reason_not_to_answer(cache: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first = ask(capsys)
    folder = kept_folder(Selection("curated", inferred_by="compiled"))
    assert folder is not None
    with EmbeddedStore(folder / "store"):
        assert ask(capsys) == first


def test_a_folder_that_cannot_be_made_is_no_reason_either(cache: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first = ask(capsys)
    shutil.rmtree(cache)
    cache.write_text("a file where the folder should be", encoding="utf-8")
    assert ask(capsys) == first
    assert cache.is_file()


def test_damage_is_no_reason_either(cache: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first = ask(capsys)
    for file in cache.glob("*/store/MANIFEST*"):
        file.write_bytes(b"not a manifest")
    (seal,) = cache.glob("*/edition.json")
    made = seal.stat().st_mtime_ns
    assert ask(capsys) == first
    assert seal.stat().st_mtime_ns > made, "the damaged store is made anew"


def test_nothing_is_kept_where_that_is_switched_off(
    cache: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COMITY_CACHE", "off")
    ask(capsys)
    assert kept_folder(Selection("curated")) is None
    assert not cache.exists()
