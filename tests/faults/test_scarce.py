"""A full disk, a read-only one, a file in the folder's place, little memory: one line, the right exit status, nothing lost."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from soak import FULL

SCRIPT = Path(__file__).with_name("scarce.py")


def namespace() -> list[str]:
    """What runs a command where it may mount a disk of its own; nothing where that cannot be."""
    unshare = shutil.which("unshare")
    for options in (["-m"], ["-rm"]):
        if unshare and not subprocess.run([unshare, *options, "mount", "-t", "tmpfs", "tmpfs", "/mnt"], capture_output=True).returncode:
            return [unshare, *options]
    return []


@pytest.mark.skipif(sys.platform != "linux", reason="limits and disks are Linux's here")
def test_what_is_scarce_is_said_and_nothing_is_lost(tmp_path: Path) -> None:
    apart = namespace()
    command = [*apart, sys.executable, str(SCRIPT), *(["--mount"] if apart else []), str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True)
    print(done.stdout)
    assert done.returncode == 0, done.stdout + done.stderr
    cases = tomllib.loads(SCRIPT.with_suffix(".toml").read_text(encoding="utf-8"))["case"]
    count = len([case for case in cases if FULL or not case.get("soak")])
    assert count
    assert f"{count} cases, 0 faults" in done.stdout
    disk = ("a full disk: ", "a read-only disk: ") if apart else ("a limit on the size of a file: ",)
    for situation in (*disk, "a file in the place of the folder: ", "a limit on memory: "):
        assert situation in done.stdout
    if not apart:
        told = "root is stopped by no right" if os.getuid() == 0 else "by rights instead"
        print(f"no disk can be mounted here: it was played by a limit on the size of a file, and a read-only one {told}")
