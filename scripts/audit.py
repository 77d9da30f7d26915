"""Look for known vulnerabilities in what requirements/ pins: pip-audit, asking the OSV service.

    python scripts/audit.py [--url URL]

Exits with 1 for a vulnerability that requirements/audit.toml does not name, for a name there that is none any more, and when a package was
not looked up. Where the service cannot be reached, it says so and exits with 0: a check that could not be made has not failed. The
environment variable COMITY_OSV names another service of the same protocol.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import tomllib
import urllib.request
from pathlib import Path
from typing import Any, Final

from dependencies import ROOT, pins

SERVICE: Final = "https://api.osv.dev/v1/query"
FOLDER: Final = ROOT / "requirements"
_PATIENCE: Final = 10


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", default=os.environ.get("COMITY_OSV") or SERVICE, help="the service's address (default: %(default)s)")
    parser.add_argument("--requirements", type=Path, default=FOLDER, metavar="FOLDER", help="where the locks and audit.toml are")
    given = parser.parse_args(arguments)
    why = unreachable(given.url)
    if why:
        print(f"skipped: no look for known vulnerabilities, since {given.url} cannot be asked ({why})")
        return 0
    accepted: dict[str, str] = tomllib.loads((given.requirements / "audit.toml").read_text(encoding="utf-8"))["accepted"]
    locks = sorted(given.requirements.glob("*.txt"))
    return judged(audited(locks, given.url), {pin.name for lock in locks for pin in pins(lock) if _here(pin)}, accepted)


def unreachable(url: str) -> str:
    """Return why the service cannot be asked; empty when it can: it answers a question about a release that never was."""
    question = json.dumps({"package": {"name": "comity-was-never-there", "ecosystem": "PyPI"}, "version": "0"}).encode()
    request = urllib.request.Request(url, question, {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=_PATIENCE) as answer:
            json.loads(answer.read())
    except (OSError, ValueError) as error:
        return str(error) or type(error).__name__
    return ""


def audited(locks: list[Path], url: str) -> list[dict[str, Any]]:
    """Return what pip-audit says of each pinned package. Raises ``SystemExit`` with its complaint when it fails."""
    with tempfile.TemporaryDirectory(prefix="comity-audit-") as kept:
        command = [sys.executable, "-m", "pip_audit", "--vulnerability-service", "osv", "--osv-url", url, "--format", "json"]
        command += ["--disable-pip", "--require-hashes", "--progress-spinner", "off", "--cache-dir", kept]
        done = subprocess.run([*command, *(part for lock in locks for part in ("-r", str(lock)))], capture_output=True, text=True)
    # It exits with 1 for a vulnerability, and for whatever went wrong.
    try:
        found: list[dict[str, Any]] = json.loads(done.stdout)["dependencies"]
    except ValueError:
        said = done.stderr.strip().splitlines() or ["it said nothing"]
        raise SystemExit(f"pip-audit failed: {said[-1]}") from None
    return found


def judged(found: list[dict[str, Any]], wanted: set[str], accepted: dict[str, str]) -> int:
    """Print what was found and return the exit status."""
    missed = sorted(wanted - {one["name"] for one in found if "vulns" in one})
    known: set[str] = set()
    bad = 0
    for one in found:
        for vulnerability in one.get("vulns", ()):
            names = {vulnerability["id"], *vulnerability["aliases"]}
            if names & accepted.keys():
                known |= names
                continue
            fixed = ", ".join(vulnerability["fix_versions"]) or "nothing yet"
            print(f"{one['name']} {one['version']}: {' '.join(sorted(names))} (mended in {fixed})", file=sys.stderr)
            bad += 1
    if bad:
        print("run: make lock; or say in requirements/audit.toml why it does no harm here", file=sys.stderr)
    for name in sorted(accepted.keys() - known):
        print(f"{name} is found no more; take it out of requirements/audit.toml", file=sys.stderr)
        bad += 1
    if missed:
        print(f"not looked up: {', '.join(missed)}", file=sys.stderr)
        bad += 1
    if not bad:
        print(f"{len(wanted)} packages looked up, nothing known against them but {len(known & accepted.keys())} accepted")
    return 1 if bad else 0


def _here(pin: Any) -> bool:
    return pin.marker is None or bool(pin.marker.evaluate())


if __name__ == "__main__":
    sys.exit(main())
