"""Feeds the targets of tests/fuzz/targets.py with inputs that coverage guides (atheris, extra ``fuzz``), and counts them.

    python scripts/fuzz.py [--target NAME …] [--runs N] [--seed N]

Each target runs in a process of its own; one that is sent SIGUSR1 ends there, and its inputs are counted as far as it came. Another
seed makes other inputs. What makes one fail is left in out/fuzz/<target>/; mend it at its root, and keep the input in
tests/fuzz/found/<target>/.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

CHECKOUT: Final = Path(__file__).resolve().parent.parent
OUT: Final = CHECKOUT / "out" / "fuzz"
RUNS: Final = 500_000
"""Inputs for each target when nobody says: ten million in all for the targets that there are."""

sys.path.insert(0, str(CHECKOUT / "tests" / "fuzz"))


def one(target: str, arguments: list[str]) -> None:
    """Fuzz one target in this process, which ends in it."""
    import atheris

    with atheris.instrument_imports(include=["comity"]):
        import targets

    def test(data: bytes) -> None:
        targets.run(target, data)

    atheris.Setup([sys.argv[0], *arguments], test)
    atheris.Fuzz()


def fuzz(target: str, runs: int, seed: int) -> tuple[int, str]:
    """Return how many inputs were tried, and the last line of what went wrong, if anything did."""
    from mutation import seeds
    from targets import FOUND

    OUT.joinpath(target).mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="comity-fuzz-") as corpus:
        found = [path.read_bytes() for path in sorted(FOUND.joinpath(target).glob("*"))]
        for number, data in enumerate([*seeds(target), *found]):
            Path(corpus, str(number)).write_bytes(data)
        ended = subprocess.run(
            [
                *(sys.executable, __file__, "--one", target, corpus, f"-runs={runs}", "-timeout=20", "-rss_limit_mb=2048"),
                *("-max_len=4096", f"-seed={seed}", "-print_final_stats=1", f"-artifact_prefix={OUT / target}/"),
            ],
            stderr=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            env={**os.environ, "PYTHONHASHSEED": "0"},
            text=True,
            errors="replace",
        )
    said = ended.stderr
    tried = re.search(r"stat::number_of_executed_units:\s*(\d+)", said)
    failure = re.search(r"^(?:.*Error\b.*|==\d+== *ERROR.*)$", said, re.MULTILINE) if ended.returncode else None
    wrong = (failure[0] if failure else f"ended with status {ended.returncode}") if ended.returncode else ""
    return int(tried[1]) if tried else 0, wrong


def main() -> int:
    if sys.argv[1:2] == ["--one"]:
        one(sys.argv[2], sys.argv[3:])
    from targets import TARGETS

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--target", action="append", choices=list(TARGETS), help="only these")
    parser.add_argument("--runs", type=int, default=RUNS, metavar="N", help=f"inputs for each target (default: {RUNS})")
    parser.add_argument("--seed", type=int, default=20260201, metavar="N", help="what the changes are drawn from (default: %(default)s)")
    given = parser.parse_args()
    total, failed = 0, 0
    for target in given.target or TARGETS:
        tried, wrong = fuzz(target, given.runs, given.seed)
        total += tried
        failed += bool(wrong)
        print(f"{target}: {tried} inputs, {wrong or 'nothing found'}", flush=True)
    print(f"{total} inputs in all, {failed} targets failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
