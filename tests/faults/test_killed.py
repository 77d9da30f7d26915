"""Kill -9 at any moment leaves the old state or the new one, never one between, and nothing that the next attempt stumbles over."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from soak import amount

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

from acts import ACTS  # noqa: E402

#: How often each is killed. An export is cheap and has twelve formats; the command line fills its store as `comity.open` does.
FEW = {"exporting": 18, "loading": 6, "keeping": 3}
TIMES = {name: amount(FEW.get(name, 4), 400 if name == "exporting" else 200) for name in ACTS}
SEED = os.environ.get("COMITY_SEED", "1")


@pytest.mark.skipif(not hasattr(os, "fork") or not hasattr(signal, "SIGKILL"), reason="this system has no fork or no SIGKILL")
@pytest.mark.parametrize("act", ACTS)
def test_what_a_kill_leaves_is_whole(act: str, tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, HERE / "killed.py", act, tmp_path, str(TIMES[act]), SEED], capture_output=True, text=True)
    print(done.stdout)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f": {TIMES[act]} kills (seed {SEED})" in done.stdout
