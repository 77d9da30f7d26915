"""Write docs/stores.md: the table of what passes on which store, from a run of the suite, between the words of its template.

    python -m pytest tests/store --stores out/stores.json
    python scripts/document_stores.py out/stores.json            # take over what the run shows, and write the page
    python scripts/document_stores.py --check out/stores.json    # exit with 1 if the page says other things than the run
    python scripts/document_stores.py [--check]                  # the page alone, from what earlier runs have shown

``scripts/documents/stores.json`` keeps what was shown of each store, with its version; a run changes what it says of the stores that ran.
The version is that of the store when it last showed something else: a new one with the same outcome leaves the page as it is.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from comity.store.quirks import QUIRKS, UNMENDED
from generated import settle

ROOT = Path(__file__).resolve().parent.parent
TEMPLATE = ROOT / "scripts" / "documents" / "stores.md"
KEPT = ROOT / "scripts" / "documents" / "stores.json"
TARGET = ROOT / "docs" / "stores.md"
sys.path.insert(0, str(ROOT / "tests"))

from store.backends import BACKENDS, CLOSURE, CONTRACT, QUESTIONS  # noqa: E402 - the path comes first

Outcome = dict[str, Any]


def outcome_of(entries: Mapping[str, list[dict[str, str]]]) -> Outcome:
    """What a run shows of a store: the cases of the contract that pass, fail and are left out (with the reason), and the other columns."""
    contract = entries.get(CONTRACT, [])
    counts = Counter(entry["outcome"] for entry in contract)
    reasons = {entry["text"].partition("[")[0]: entry["reason"] for entry in contract if entry["outcome"] == "left out"}
    found: Outcome = {
        "passed": counts["passed"],
        "failed": counts["failed"],
        "left out": counts["left out"],
        "reasons": dict(sorted(reasons.items())),
    }
    for column in (QUESTIONS, CLOSURE):
        passed = [entry["text"] for entry in entries.get(column, []) if entry["outcome"] == "passed"]
        if passed:
            found[column] = passed[-1]
    return found


def taken_over(kept: Mapping[str, Outcome], run: Mapping[str, Mapping[str, list[dict[str, str]]]]) -> dict[str, Outcome]:
    """What is kept, with what the run shows of the stores that ran; a store whose server was not there has not run."""
    if unknown := sorted(set(run) - set(BACKENDS)):
        raise SystemExit(f"the run tells of stores that tests/store/backends.py does not name: {', '.join(unknown)}")
    result = {name: dict(outcome) for name, outcome in kept.items()}
    for name, entries in run.items():
        shown = outcome_of(entries)
        if not shown["passed"] and not shown["failed"]:
            continue
        before = {key: value for key, value in result.get(name, {}).items() if key != "version"}
        # What `make test` leaves to `make soak` is as it was then.
        shown = {**{column: before[column] for column in (QUESTIONS, CLOSURE) if column in before}, **shown}
        if shown != before:
            result[name] = {"version": BACKENDS[name].version(), **shown}
    return result


def table(outcomes: Mapping[str, Outcome]) -> Iterator[str]:
    yield "| store | tried with | union | contract: passed | left out | failed | questions | closure |"
    yield "|---|---|---|---:|---:|---:|---|---|"
    for name, backend in BACKENDS.items():
        if outcome := outcomes.get(name):
            union = f"`{backend.union}`" if backend.union.isalpha() else backend.union
            counts = " | ".join(str(outcome[key]) for key in ("passed", "left out", "failed"))
            cells = (outcome.get(QUESTIONS, "–"), outcome.get(CLOSURE, "–"))
            yield f"| {backend.title} | {outcome['version']} | {union} | {counts} | {' | '.join(cells)} |"


def exceptions(outcomes: Mapping[str, Outcome]) -> Iterator[str]:
    for name, backend in BACKENDS.items():
        reasons: dict[str, list[str]] = {}
        for test, reason in outcomes.get(name, {}).get("reasons", {}).items():
            reasons.setdefault(reason, []).append(test.removeprefix("test_").replace("_", " "))
        for reason, tests in sorted(reasons.items()):
            yield f"- {backend.title}: {reason} ({'; '.join(tests)})."


def quirks() -> Iterator[str]:
    yield "| server | what it does | worked around in |"
    yield "|---|---|---|"
    for quirk in QUIRKS:
        module, _, name = quirk.where.partition(":")
        yield f"| {quirk.server} | {quirk.what} | `{name}` in `{module.replace('.', '/')}.py` |"


def unmended() -> Iterator[str]:
    yield "| server | asked for | what comes, and what to do |"
    yield "|---|---|---|"
    for server, found in UNMENDED.items():
        for what, answer in found.items():
            yield f"| {server} | {what.replace('|', chr(92) + '|')} | {answer.replace('|', chr(92) + '|')} |"


def document(outcomes: Mapping[str, Outcome]) -> str:
    """Return the page."""
    text = TEMPLATE.read_text(encoding="utf-8")
    for place, lines in (("table", table(outcomes)), ("exceptions", exceptions(outcomes)), ("quirks", quirks()), ("unmended", unmended())):
        mark = f"<!-- {place} -->"
        if text.count(mark) != 1:
            raise SystemExit(f"{TEMPLATE.relative_to(ROOT)}: it has to say {mark} once")
        text = text.replace(mark, "\n".join(lines))
    return text


def main() -> int:
    kept = json.loads(KEPT.read_text(encoding="utf-8")) if KEPT.is_file() else {}
    files = [Path(argument) for argument in sys.argv[1:] if argument != "--check"]
    outcomes = kept
    for file in files:
        if not file.is_file():
            raise SystemExit(f"{file}: no such file; make it with: python -m pytest tests/store --stores {file}")
        outcomes = taken_over(outcomes, json.loads(file.read_text(encoding="utf-8")))
    again = f"python {Path(__file__).resolve().relative_to(ROOT)} {' '.join(map(str, files))}".rstrip()
    kept_text = json.dumps(outcomes, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    status = settle(KEPT, kept_text, f"{KEPT.relative_to(ROOT)}: not what the run shows; run: {again}")
    return status | settle(TARGET, document(outcomes), f"{TARGET.relative_to(ROOT)}: not what the run shows; run: {again}")


if __name__ == "__main__":
    sys.exit(main())
