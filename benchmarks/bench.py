"""Run every benchmark, one process at a time, and keep what docs/benchmarks.md is made of: `make bench`.

    python benchmarks/bench.py                                # all of them, up to 10,000,000 quads: about an hour
    python benchmarks/bench.py --only export --sizes 10000    # one, smaller; what the others have shown is kept
    python benchmarks/bench.py --only export --sizes 10000000 --add    # another size beside what this one has shown before

Each benchmark is a script of its own beside this one, with peers measured in the same run. Without what has to be installed for a peer
(``pip install '.[bench]'``, scripts/jena.sh, wrk), the page says that it was left out.
"""

from __future__ import annotations

import argparse
import datetime
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from measuring import HERE, ROOT

PLAN: dict[str, list[str]] = {
    "startup": ["--slow"],
    "inference": ["--slow", "--sizes", "10000", "100000", "1000000", "10000000"],
    "validation": ["--slow", "--sizes", "0", "10000", "100000", "1000000", "10000000"],
    "questions": [],
    "stores": ["--sizes", "10000", "100000", "1000000", "10000000"],
    "export": ["--sizes", "10000", "100000", "1000000", "10000000"],
    "serve": [],
}
"""The benchmarks in their order, and the options with which the page is made."""
KEPT = ROOT / "docs" / "benchmarks.json"


def run(name: str, options: list[str], data: Path) -> dict[str, object]:
    """Run one benchmark and return what it has shown, with the command, the day and the time that it took."""
    report = data / f"{name}.json"
    command = [str(Path("benchmarks") / f"{name}.py"), *options]
    print(f"\n== {' '.join(command)}", flush=True)
    start = time.monotonic()
    full = [sys.executable, str(HERE / f"{name}.py"), *options, "--data", str(data), "--json", str(report)]
    status = subprocess.run(full, check=False).returncode
    if not report.is_file():
        raise SystemExit(f"{name} ended with status {status} and no report")
    found = json.loads(report.read_text(encoding="utf-8"))
    report.unlink()
    took, day = round(time.monotonic() - start), datetime.date.today().isoformat()
    return {"command": " ".join(["python", *command]), "date": day, "seconds": took, **found}


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", choices=list(PLAN), metavar="NAME", help=f"of {', '.join(PLAN)}")
    parser.add_argument("--sizes", nargs="+", metavar="N", help="other sizes, in benchmarks that have any")
    parser.add_argument("--repeats", metavar="N", help="measurements of what is small")
    parser.add_argument("--add", action="store_true", help="keep what the same benchmark has shown at other sizes")
    parser.add_argument("--plain", action="store_true", help="without what takes minutes (--slow)")
    parser.add_argument("--data", type=Path, metavar="FOLDER", help="where the made-up data is kept (default: gone afterwards)")
    parser.add_argument("--json", type=Path, default=KEPT, metavar="FILE", help="what is kept (default: docs/benchmarks.json)")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as temporary:
        data = options.data or Path(temporary)
        data.mkdir(parents=True, exist_ok=True)
        for name in options.only or PLAN:
            chosen = [option for option in PLAN[name] if not (options.plain and option == "--slow")]
            if options.sizes and "--sizes" in chosen:
                chosen = [*chosen[: chosen.index("--sizes") + 1], *options.sizes]
            if options.repeats:
                chosen = [*chosen, "--repeats", options.repeats]
            shown = run(name, chosen, data)
            kept = json.loads(options.json.read_text(encoding="utf-8")) if options.json.is_file() else {}
            kept[name] = [*(kept.get(name, []) if options.add else []), shown]
            # After each, so that a run that is broken off has not been for nothing.
            options.json.parent.mkdir(parents=True, exist_ok=True)
            options.json.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
