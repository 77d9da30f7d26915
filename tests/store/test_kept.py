"""The store that the command line keeps between calls: the same answers, and never a reason for none."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from comity import api, cli, dataset
from comity.errors import StoreError
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


@pytest.mark.parametrize(
    ("files", "size"), [("MANIFEST*", 0), ("MANIFEST*", 100), ("MANIFEST*", None), ("*.sst", 100), ("*.sst", None), ("CURRENT", 0)]
)
def test_damage_is_no_reason_either(cache: Path, capsys: pytest.CaptureFixture[str], files: str, size: int | None) -> None:
    """Files cut to so many bytes, or gone. From a cut list of files Oxigraph makes an empty store, without a word."""
    first = ask(capsys)
    damaged = list(cache.glob(f"*/store/{files}"))
    assert damaged
    for file in damaged:
        if size is None:
            file.unlink()
        else:
            file.write_bytes(file.read_bytes()[:size])
    (seal,) = cache.glob("*/edition.json")
    made = seal.stat().st_mtime_ns
    assert ask(capsys) == first
    assert seal.stat().st_mtime_ns > made, "the damaged store is made anew"


def test_a_folder_that_cannot_be_filled_costs_nothing(
    cache: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The view that was read is the one that answers; it is not read again."""
    read, times = dataset.read, []
    monkeypatch.setattr(dataset, "read", lambda *given, **options: times.append(1) or read(*given, **options))

    def full(*_: object) -> None:
        raise StoreError("no space left", "make room")

    monkeypatch.setattr(EmbeddedStore, "become", full)
    first = ask(capsys)
    assert len(times) == 1
    monkeypatch.setattr(EmbeddedStore, "become", EmbeddedStore.become)
    assert list(cache.glob("*/edition.json")) == []
    with pytest.raises(StoreError, match="no space left"):
        api.open(path=cache / "asked for")
    monkeypatch.undo()
    assert first.splitlines()[0] == "n"


def test_the_seal_names_the_place(cache: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """A new content is made ready beside the old one, and one of them is there afterwards."""
    ask(capsys)
    (seal,) = cache.glob("*/edition.json")
    places = [json.loads(seal.read_text(encoding="utf-8"))["place"]]
    for _ in range(2):
        seal.write_text(seal.read_text(encoding="utf-8").replace('"edition": "', '"edition": "another '), encoding="utf-8")
        ask(capsys)
        places.append(json.loads(seal.read_text(encoding="utf-8"))["place"])
        assert sorted(path.name for path in seal.parent.iterdir()) == ["edition.json", places[-1]]
    assert places == ["store", "store-2", "store"]


def test_nothing_is_kept_where_that_is_switched_off(
    cache: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COMITY_CACHE", "off")
    ask(capsys)
    assert kept_folder(Selection("curated")) is None
    assert not cache.exists()
