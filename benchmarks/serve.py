"""How quickly ``comity serve`` starts, answers and ends, and whether its memory stays flat; requests are sent by wrk.

    python benchmarks/serve.py
    python benchmarks/serve.py --seconds 600          # memory over ten minutes

wrk is in Debian (``apt-get install wrk``). Server and clients share the machine. The parts:

``start``     a process, until it listens, until the first page is there, and until the first answer that needs the edition
``cached``    the questions' REST routes at 50 clients, once each was asked before
``mixed``     the same, while strangers run heavy queries that are ended after the time limit: these routes and small queries over
              SPARQL that were not asked before
``short``     one short query over SPARQL at 50 clients, no two requests the same; beside it, the servers of the packages oxigraph and
              rdflib-endpoint, which run it in the process that listens, with no limits, over the same data
``batch``     1,000 names in one request to the Reconciliation Service
``memory``    what all processes of the server hold (proportional set size), before, and after each tenth of ``mixed``
``stop``      Ctrl-C while heavy queries run, until no process is left

Of the loads, requests a second and the 99th percentile of the latency are shown. An error is an answer other than 200, or none. The exit
status is 1 when ours makes one.
"""

from __future__ import annotations

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
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from measuring import EDITION, ROOT, Row, closed, data_folder, finish, from_tests, given, parser, versions

CLIENTS = 50
HEAVY = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
SHORT = "SELECT ?l { <https://w3id.org/comity/id/state/PAK> <http://www.w3.org/2000/01/rdf-schema#label> ?l } # FRESH"
TASKS = (
    *("listening", "first page", "first answer", "cached requests", "cached p99", "mixed requests", "mixed p99"),
    *("short requests", "short p99", "batch", "stop"),
)
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


def measure(seconds: float, questions: int) -> dict[str, Any]:
    """Start the server, put it through everything, and stop it."""
    from comity.questions import list_questions

    report: dict[str, Any] = {}
    process, address, report["start"] = started({**os.environ, "COMITY_CACHE": "off"})
    try:
        asked = [question for question in list_questions() if question.snapshot is None][:questions]
        paths = []
        for question in asked:
            values = urlencode({parameter.name: parameter.example for parameter in question.parameters}, quote_via=quote)
            paths.append(f"/q/{question.name}.json?{values}")
            get(address.rstrip("/") + paths[-1])
        report["batch"] = batch(address)
        report["cached"] = load(address, paths, seconds, "cached")
        short = f"/sparql?query={quote(SHORT)}"
        report["short"] = {**load(address, [short], seconds, "short"), "answer": answer(f"{address}sparql")}
        mix = [*paths, *[short] * (len(paths) // 4)]
        held = [memory(process.pid)]
        with heavy(address, 2):
            parts = []
            for part in range(10):
                parts.append(load(address, mix, seconds / 10, f"mixed{part}"))
                held.append(memory(process.pid))
            report["mixed"] = {
                "requests": sum(it["requests"] for it in parts),
                "errors": sum(it["errors"] for it in parts),
                "requests_per_second": sum(it["requests"] for it in parts) / sum(it["seconds"] for it in parts),
                "p99_ms": max(it["p99_ms"] for it in parts),
            }
            report["memory_mb"] = held
            running = processes(process.pid)
            start = time.perf_counter()
            process.send_signal(signal.SIGINT)
            process.wait()
            while any(Path(f"/proc/{pid}").exists() for pid in running):
                time.sleep(0.005)
            report["stop"] = {"processes": len(running), "seconds": time.perf_counter() - start}
    finally:
        process.kill()
    return report


def beside(way: str, file: Path, seconds: float) -> dict[str, Any]:
    """The short queries, asked of another server over the same data."""
    from_tests()
    from store import servers

    with tempfile.TemporaryDirectory() as name:
        if way == "oxigraph":
            server, path = servers.oxigraph(Path(name), "--union-default-graph", files=[file], seconds=60), "/query"
        else:
            server, path = servers.rdflib_endpoint(Path(name), file), "/"
        with server as url:
            address = url.rstrip("/")
            return {"answer": answer(address + path), **load(address, [f"{path}?query={quote(SHORT)}"], seconds, "short")}


def answer(address: str) -> list[str]:
    """What the short query gives: the values, sorted, each once (Oxigraph's own union counts a triple once for each graph)."""
    request = urllib.request.Request(f"{address}?query={quote(SHORT)}", headers={"Accept": "application/sparql-results+json"})
    with urllib.request.urlopen(request, timeout=120) as found:
        return sorted({binding["l"]["value"] for binding in json.load(found)["results"]["bindings"]})


def table(report: dict[str, Any], others: dict[str, dict[str, Any] | str]) -> Iterator[Row]:
    for part, seconds in report["start"].items():
        yield Row(part.replace("_", " "), "comity", EDITION, value=seconds)
    for part in ("cached", "mixed", "short"):
        it = report[part]
        errors = "no error" if not it["errors"] else f"NOT EQUAL: {it['errors']} errors"
        if part == "short" and not it["errors"]:
            errors = "reference, no errors"
        yield Row(f"{part} requests", "comity", EDITION, value=it["requests_per_second"], result=errors)
        yield Row(f"{part} p99", "comity", EDITION, value=it["p99_ms"])
    for way, found in others.items():
        for task, key in (("short requests", "requests_per_second"), ("short p99", "p99_ms")):
            if isinstance(found, str):
                yield Row(task, way, EDITION, left_out=found)
            else:
                same = "equal" if found["answer"] == report["short"]["answer"] else "differs"
                result = f"{same}, {found['errors'] or 'no'} errors"
                yield Row(task, way, EDITION, value=found[key], result=result if key != "p99_ms" else "")
    held = report["memory_mb"]
    yield Row("memory", "before", EDITION, value=held[0])
    yield Row("memory", "first tenth", EDITION, value=held[1])
    yield Row("memory", "last tenth", EDITION, value=held[-1])
    yield Row("batch", "comity", EDITION, value=report["batch"]["seconds"], result=f"{report['batch']['names']:,} names")
    yield Row("stop", "comity", EDITION, value=report["stop"]["seconds"], result=f"{report['stop']['processes']} processes")


def main(arguments: Sequence[str] | None = None) -> int:
    made = parser(__doc__, repeats=1)
    made.add_argument("--seconds", type=float, default=20, help="how long each load lasts (default: 20)")
    made.add_argument("--questions", type=int, default=40, help="how many questions are asked (default: 40)")
    options = given(made, arguments)
    if options.tiny:
        options.seconds, options.questions = 1, 4
    if shutil.which("wrk") is None:
        reason = "wrk is not installed; apt-get install wrk"
        return finish([Row(task, "comity", EDITION, left_out=reason) for task in TASKS], options)
    report = measure(options.seconds, options.questions)
    others: dict[str, dict[str, Any] | str] = {}
    with data_folder(options) as folder:
        for way, package in (("oxigraph", "oxigraph"), ("rdflib", "rdflib-endpoint")):
            if versions([package])[package] == "not installed":
                others[way] = "not installed; pip install 'comity[bench]'"
            else:
                others[way] = beside(way, closed(folder), options.seconds)
    return finish(list(table(report, others)), options, ("comity", "oxigraph", "rdflib-endpoint"))


if __name__ == "__main__":
    sys.exit(main())
