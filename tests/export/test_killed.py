"""Kill -9 at any moment leaves the old file or the new one, in every kind of format."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

TIMES = 400 if os.environ.get("COMITY_SOAK") == "1" else 60


@pytest.mark.skipif(not hasattr(os, "fork") or not hasattr(signal, "SIGKILL"), reason="this system has no fork or no SIGKILL")
def test_what_a_killed_export_leaves_is_whole(tmp_path: Path) -> None:
    script = Path(__file__).parent / "killed.py"
    done = subprocess.run([sys.executable, str(script), str(tmp_path), str(TIMES)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.startswith(f"{TIMES} kills")
