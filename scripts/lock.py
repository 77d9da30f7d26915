"""Write requirements/: every package that tests and builds need, pinned, with the hashes of all files of its release, and its day.

    python scripts/lock.py      # `make lock`: the newest within the ranges of pyproject.toml

uv resolves for Python 3.11 and newer on every system at once, so one lock serves all of them (with markers where they differ). The lock
holds no address: pip asks whatever index it is set up for, and takes what has one of the hashes. The dates are those at which the index
received the files, from the same answers that uv resolves with (PEP 700); tests/test_supply.py compares them with the day of the lock.
"""

from __future__ import annotations

import datetime
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import Any, Final

from comity.files import write_whole

ROOT: Final = Path(__file__).resolve().parent.parent
FOLDER: Final = ROOT / "requirements"
RELEASES: Final = FOLDER / "releases.tsv"
LOCKS: Final = {
    "build": ["--group", "build"],
    "test": ["pyproject.toml", "--extra", "dev"],
    "soak": ["pyproject.toml", "--extra", "fuzz"],
}
"""The locks by name, and what of pyproject.toml each covers. A later one takes the versions of those before it."""
PINNED: Final = re.compile(r"(?:[a-z0-9-]+==\S+(?: ; [^\\]+)? \\|    --hash=sha256:[0-9a-f]{64}(?: \\)?)\n")
"""A line of a lock: nothing else may stand there, an address least of all."""


def locked_on() -> datetime.date:
    """Return the day of the lock."""
    head = RELEASES.read_text(encoding="utf-8").partition("\n")[0]
    return datetime.date.fromisoformat(head.removeprefix("# Locked on ").partition(".")[0])


def uv(*arguments: str) -> str:
    """Return what uv prints. Raises ``SystemExit`` with what it says when it fails."""
    command = shutil.which("uv", path=str(Path(sys.executable).parent)) or shutil.which("uv")
    if command is None:
        raise SystemExit("uv is missing; install it with: pip install uv")
    options = ["--universal", "--python-version", "3.11", "--no-header", "--no-annotate", "--no-config", "--quiet"]
    done = subprocess.run([command, "pip", "compile", *options, *arguments], cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(done.stderr.strip())
    return done.stdout


def main() -> int:
    texts: dict[str, str] = {}
    with tempfile.TemporaryDirectory(prefix="comity-lock-") as folder:
        written: list[str] = []
        for name, what in LOCKS.items():
            constraints = [part for path in written for part in ("--constraints", path)]
            texts[name] = uv(*what, *constraints, "--generate-hashes")
            for line in texts[name].splitlines(keepends=True):
                if not PINNED.fullmatch(line):
                    raise SystemExit(f"uv wrote what is no pin: {line.strip()}")
            written.append(str(Path(folder, f"{name}.txt")))
            write_whole(written[-1], texts[name].encode())
        # The form that has the dates has addresses too, and stays in this folder.
        dated = Path(folder, "pylock.toml")
        uv(*written, "--no-deps", "--format", "pylock.toml", "--output-file", str(dated))
        packages: list[dict[str, Any]] = tomllib.loads(dated.read_text(encoding="utf-8"))["packages"]
    rows = sorted((package["name"], package["version"], released(package).isoformat()) for package in packages)
    today = datetime.datetime.now(datetime.UTC).date()
    head = f"# Locked on {today.isoformat()}. Written by scripts/lock.py; do not edit.\npackage\tversion\treleased\n"
    for name, text in texts.items():
        write_whole(FOLDER / f"{name}.txt", text.encode())
    write_whole(RELEASES, (head + "".join("\t".join(row) + "\n" for row in rows)).encode())
    print(f"{len(rows)} releases locked, the oldest of {min(row[2] for row in rows)}")
    return 0


def released(package: dict[str, Any]) -> datetime.date:
    """Return the day on which the index received the last file of the release."""
    files = [*package.get("wheels", ()), *([package["sdist"]] if "sdist" in package else ())]
    moments: list[datetime.datetime] = [file["upload-time"] for file in files]
    return max(moments).date()


if __name__ == "__main__":
    sys.exit(main())
