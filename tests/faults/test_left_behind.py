"""What a killed process leaves beside a file or a store is removed by the next one; what a living one has there is not."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from comity.files import write_whole
from comity.store.embedded import EmbeddedStore

HOLDER = """
import sys
from comity.files import replacing
with replacing(sys.argv[1]) as stream:
    stream.write(b"begun")
    stream.flush()
    print("ready", flush=True)
    sys.stdin.readline()
"""


def holder(target: Path) -> subprocess.Popen[str]:
    """A process that is in the middle of writing the file."""
    process = subprocess.Popen([sys.executable, "-c", HOLDER, str(target)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


@pytest.mark.skipif(sys.platform == "win32", reason="files are not locked there")
def test_only_what_a_dead_process_left_is_removed(tmp_path: Path) -> None:
    target = tmp_path / "a.txt"
    dead, living = holder(target), holder(target)
    dead.kill()
    dead.communicate()
    other = tmp_path / ".b.txt.xyz.part"
    other.write_bytes(b"of another file")
    assert len(list(tmp_path.glob(".a.txt.*.part"))) == 2

    write_whole(target, b"whole")
    assert target.read_bytes() == b"whole"
    assert len(list(tmp_path.glob(".a.txt.*.part"))) == 1
    assert other.exists()

    living.communicate("\n")
    assert living.returncode == 0
    assert target.read_bytes() == b"begun"
    assert sorted(os.listdir(tmp_path)) == [other.name, "a.txt"]


def test_only_snapshots_of_the_store_itself_are_removed(tmp_path: Path) -> None:
    """Whoever opens a store has it alone, so its snapshots are nobody's."""
    names = [".comity-snapshot-data.1234abcd", ".comity-snapshot-data.old.1234abcd", ".comity-snapshot-data-2.1234abcd", "data.1234abcd"]
    for name in names:
        (tmp_path / name / "store").mkdir(parents=True)
    with EmbeddedStore(tmp_path / "data") as store:
        assert sorted(os.listdir(tmp_path)) == sorted(["data", *names[1:]])
        store.update("INSERT DATA { <x:s> <x:p> 1 }")
        assert store.query("ASK { ?s ?p ?o }", timeout=30).boolean
        (snapshot,) = set(os.listdir(tmp_path)) - {"data", *names}
        assert snapshot.startswith(".comity-snapshot-data.")
        assert "." not in snapshot.removeprefix(".comity-snapshot-data."), "or it would not be known as one of this store"
