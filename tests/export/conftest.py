"""The release of the whole edition, made once for all processes that run tests, and a part of it, small enough to be made twice."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

import comity
from comity.export.content import Content
from comity.export.release import CHECKSUMS, write_release

PART = ["--organization", "SCO"]


@pytest.fixture(scope="session")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the release of the curated view; the first process that wants it makes it."""
    base = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        base = base.parent
    folder, lock = base / "release", base / "release.lock"
    try:
        lock.open("x").close()
    except FileExistsError:
        until = time.monotonic() + 600
        while not (folder / CHECKSUMS).exists():
            if lock.with_suffix(".failed").exists() or time.monotonic() > until:
                pytest.fail("another process has not made the release")
            time.sleep(0.2)
        return folder
    try:
        with comity.open() as edition:
            write_release(Content(edition), folder)
    except BaseException:
        lock.with_suffix(".failed").touch()
        raise
    return folder


@pytest.fixture(scope="session")
def export_part() -> Callable[..., None]:
    """Export what is about one organization to a folder, in a process with a hash seed."""

    def run(folder: Path, seed: int) -> None:
        command = [sys.executable, "-m", "comity", "export", "release", "-o", str(folder), *PART]
        done = subprocess.run(command, env={**os.environ, "PYTHONHASHSEED": str(seed)}, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr

    return run


@pytest.fixture(scope="session")
def part(tmp_path_factory: pytest.TempPathFactory, export_part: Callable[..., None]) -> Path:
    """The release of what is about one organization."""
    folder = tmp_path_factory.mktemp("part")
    export_part(folder, 1)
    return folder
