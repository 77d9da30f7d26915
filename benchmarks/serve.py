"""How quickly ``comity serve`` starts, answers and ends, and whether its memory stays flat; requests are sent by wrk.

    python benchmarks/serve.py --json out/serve.json
    python benchmarks/serve.py --seconds 600          # memory over ten minutes

wrk is in Debian (``apt-get install wrk``). Server and clients share the machine. The parts:

``start``     a process, until the first page is there, and until the first answer that needs the edition
``cached``    the questions' REST routes at 50 clients, once each was asked before: requests a second, percentiles of the latency, errors
``mixed``     the same, while strangers run heavy queries that are ended after the time limit: these routes and small queries over
              SPARQL that were not asked before
``batch``     1,000 names in one request to the Reconciliation Service
``memory``    what all processes of the server hold (proportional set size), before, and after each tenth of ``mixed``
``stop``      Ctrl-C while heavy queries run, until no process is left

An error is an answer other than 200, or none. The exit status is 1 when there is one.
"""

from __future__ import annotations

import argparse
import contextlib
import csv
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from comity.questions import list_questions

ROOT = Path(__file__).resolve().parent.parent
CLIENTS = 50
HEAVY = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
#: wrk sends the requests of a file in turn; each of its threads begins elsewhere. It prints what it counted as JSON.
LUA = """
local paths, threads = {{}}, 0
for line in io.lines("{paths}") do paths[#paths + 1] = line end
local at, fresh = 0, 0
function setup(thread) threads = threads + 1; thread:set("id", threads) end
function init() at = id * 7919 end
function request()
  at = at + 1
  local path = paths[at % #paths + 1]
  if path:find("FRESH", 1, true) then
    fresh = fresh + 1
    path = path:gsub("FRESH", id .. "." .. fresh .. ".{run}")
  end
  return wrk.format("GET", path)
end
function done(summary, latency)
  local e = summary.errors
  io.write(string.format(
    'RESULT {{"requests": %d, "seconds": %.2f, "p50_ms": %.2f, "p90_ms": %.2f, "p99_ms": %.2f, "max_ms": %.2f, "errors": %d}}\\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(90) / 1e3, latency:percentile(99) / 1e3,
    latency.max / 1e3, e.connect + e.read + e.write + e.status + e.timeout))
end
"""


def processes(pid: int) -> list[int]:
    """The process and all below it."""
    found = [pid]
    with contextlib.suppress(OSError):
        for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
            found += processes(int(child))
    return found


def memory(pid: int) -> float:
    """What the processes hold in MB: what several share is counted once."""
    total = 0
    for one in processes(pid):
        with contextlib.suppress(OSError):
            rollup = Path(f"/proc/{one}/smaps_rollup").read_text()
            total += int(re.search(r"^Pss:\s+([0-9]+)", rollup, re.MULTILINE)[1])  # type: ignore[index]
    return total / 1000


def get(address: str) -> bytes:
    with urllib.request.urlopen(address, timeout=120) as answer:
        return bytes(answer.read())


def load(address: str, paths: list[str], seconds: float, run: str) -> dict[str, Any]:
    """Have wrk send the paths in turn for so many seconds."""
    with tempfile.TemporaryDirectory() as folder:
        listed, script = Path(folder) / "paths", Path(folder) / "mix.lua"
        listed.write_text("\n".join(paths) + "\n", encoding="utf-8")
        script.write_text(LUA.format(paths=listed, run=run), encoding="utf-8")
        command = ["wrk", "-t2", f"-c{CLIENTS}", f"-d{max(1, round(seconds))}s", "--timeout", "60s", "-s", str(script), address]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    result: dict[str, Any] = json.loads(re.search(r"^RESULT (.*)$", done.stdout, re.MULTILINE)[1])  # type: ignore[index]
    return {"clients": CLIENTS, "requests_per_second": round(result["requests"] / result["seconds"], 1), **result}


@contextlib.contextmanager
def heavy(address: str, count: int) -> Iterator[None]:
    """Keep so many heavy queries running: each is asked again when it was ended."""
    over = threading.Event()

    def ask(number: int) -> None:
        asked = 0
        while not over.is_set():
            asked += 1
            query = f"{HEAVY} # {number}.{asked}.{time.time()}"
            with contextlib.suppress(OSError):
                get(f"{address}sparql?{urlencode({'query': query})}")

    threads = [threading.Thread(target=ask, args=(number,), daemon=True) for number in range(count)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        over.set()


def started(environment: dict[str, str]) -> tuple[subprocess.Popen[str], str, dict[str, float]]:
    """Start the server; return it, its address, and when what was there."""
    start = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "comity", "serve", "--port", "0"], stderr=subprocess.PIPE, text=True, env=environment
    )
    assert process.stderr is not None
    said = process.stderr.readline()
    address = re.search(r"http://\S+", said)
    if address is None:
        raise SystemExit(f"the server did not start: {said}")
    # Its log has to go somewhere.
    threading.Thread(target=process.stderr.read, daemon=True).start()
    times = {"listening": time.perf_counter() - start}
    get(address[0])
    times["first_page"] = time.perf_counter() - start
    get(f"{address[0]}doc/state/PAK.ttl")
    times["first_answer"] = time.perf_counter() - start
    return process, address[0], times


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=20, help="how long the load lasts (default: 20)")
    parser.add_argument("--questions", type=int, default=40, help="how many questions are asked (default: 40)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there")
    options = parser.parse_args()
    if shutil.which("wrk") is None:
        print("wrk is not installed: apt-get install wrk", file=sys.stderr)
        return 2
    report: dict[str, Any] = {"seconds": options.seconds}
    process, address, report["start"] = started({**os.environ, "COMITY_CACHE": "off"})
    try:
        asked = [question for question in list_questions() if question.snapshot is None][: options.questions]
        paths = []
        for question in asked:
            given = urlencode({parameter.name: parameter.example for parameter in question.parameters}, quote_via=quote)
            paths.append(f"/q/{question.name}.json?{given}")
            get(address.rstrip("/") + paths[-1])
        report["batch"] = batch(address)
        report["cached"] = load(address, paths, options.seconds, "cached")
        small = quote("SELECT ?l { state:PAK rdfs:label ?l } # FRESH")
        mix = [*paths, *[f"/sparql?query={small}"] * (len(paths) // 4)]
        held = [memory(process.pid)]
        with heavy(address, 2):
            parts = []
            for part in range(10):
                parts.append(load(address, mix, options.seconds / 10, f"mixed{part}"))
                held.append(memory(process.pid))
            report["mixed"] = {
                "requests": sum(it["requests"] for it in parts),
                "errors": sum(it["errors"] for it in parts),
                "requests_per_second": round(sum(it["requests"] for it in parts) / sum(it["seconds"] for it in parts), 1),
                "p50_ms": max(it["p50_ms"] for it in parts),
                "p99_ms": max(it["p99_ms"] for it in parts),
                "heavy": 2,
            }
            report["memory_mb"] = [round(it, 1) for it in held]
            running = processes(process.pid)
            start = time.perf_counter()
            process.send_signal(signal.SIGINT)
            process.wait()
            while any(Path(f"/proc/{pid}").exists() for pid in running):
                time.sleep(0.005)
            report["stop"] = {"processes": len(running), "seconds": time.perf_counter() - start}
    finally:
        process.kill()
    show(report)
    if options.json:
        options.json.parent.mkdir(parents=True, exist_ok=True)
        options.json.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    return 1 if report["cached"]["errors"] or report["mixed"]["errors"] else 0


def batch(address: str) -> dict[str, Any]:
    with (ROOT / "tests" / "reconcile" / "labelled.csv").open(encoding="utf-8", newline="") as file:
        names = [row["wording"] for row in csv.DictReader(file)]
    queries = {f"q{number}": {"query": names[number % len(names)]} for number in range(1000)}
    body = urlencode({"queries": json.dumps(queries)}).encode()
    get(f"{address}reconcile")
    start = time.perf_counter()
    with urllib.request.urlopen(f"{address}reconcile", data=body, timeout=120) as answer:
        found = json.load(answer)
    return {"names": len(found), "seconds": time.perf_counter() - start}


def show(report: dict[str, Any]) -> None:
    start, stop = report["start"], report["stop"]
    print("start    " + ", ".join(f"{name.replace('_', ' ')} {seconds:.2f} s" for name, seconds in start.items()))
    for part in ("cached", "mixed"):
        it = report[part]
        print(
            f"{part:8} {it['requests']} requests, {it['errors']} errors, {it['requests_per_second']} a second, "
            f"median {it['p50_ms']:.1f} ms, p99 {it['p99_ms']:.1f} ms"
        )
    print(f"memory   {report['memory_mb'][0]:.0f} MB before, then {', '.join(f'{it:.0f}' for it in report['memory_mb'][1:])}")
    print(f"batch    {report['batch']['names']} names in {report['batch']['seconds']:.2f} s")
    print(f"stop     {stop['processes']} processes in {stop['seconds']:.2f} s")


if __name__ == "__main__":
    sys.exit(main())
