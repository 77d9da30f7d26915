"""``comity serve`` as it is run: what it says, how it ends, and that nothing is left when it has ended."""

from __future__ import annotations

import contextlib
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from comity import cli

HEAVY = "SELECT (COUNT(*) AS ?n) { %s }" % " . ".join(f"?s{n} ?p{n} ?o{n}" for n in range(20))  # noqa: UP031 - braces


@contextlib.contextmanager
def served(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "comity", "serve", "--port", "0", *arguments], stderr=subprocess.PIPE, text=True
    )
    try:
        assert process.stderr is not None
        said = process.stderr.readline()
        address = re.search(r"http://\S+", said)
        assert address, said
        yield process, address[0]
    finally:
        process.kill()
        process.communicate()


def children(pid: int) -> list[int]:
    """The process's children and theirs."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            fields = entry.read_text().rpartition(")")[2].split()
            if int(fields[1]) == pid:
                child = int(entry.parent.name)
                found += [child, *children(child)]
    return found


def gone(pids: list[int]) -> bool:
    return not any(Path(f"/proc/{pid}").exists() for pid in pids)


def heavy(address: str) -> threading.Thread:
    def ask() -> None:
        with contextlib.suppress(OSError):
            urllib.request.urlopen(f"{address}sparql?{urllib.parse.urlencode({'query': HEAVY})}")

    thread = threading.Thread(target=ask)
    thread.start()
    return thread


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="processes are found by /proc, which this system has not")
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_nothing_is_left(how: signal.Signals, small_edition: Callable[..., Path]) -> None:
    small_edition({"data/record/states.ttl": 'state:PAK a cy:State ; rdfs:label "Pakistan"@en .\nstate:FRA a cy:State .'})
    with served() as (process, address):
        # Before the edition is there: the first page does not need it.
        with urllib.request.urlopen(address) as answer:
            assert answer.status == 200
        if how == signal.SIGINT:
            asking = heavy(address)
            while len(children(process.pid)) < 2:
                time.sleep(0.02)
        else:
            asking = None
            with urllib.request.urlopen(f"{address}doc/state/PAK.ttl") as answer:
                assert b"Pakistan" in answer.read()
        started = children(process.pid)
        assert started
        process.send_signal(how)
        process.wait(2)
        # After a kill -9 the rest ends when it notices; what it is at may take a moment.
        end = time.monotonic() + (2 if how == signal.SIGINT else 20)
        while not gone(started) and time.monotonic() < end:
            time.sleep(0.02)
        assert gone(started)
        if asking is not None:
            asking.join()
        if how == signal.SIGINT:
            assert process.returncode == 130


def run_apart(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "comity", "serve", *arguments], capture_output=True, text=True, timeout=60)


def test_an_address_that_is_taken() -> None:
    with socket.create_server(("127.0.0.1", 0)) as own:
        done = run_apart("--port", str(own.getsockname()[1]))
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert "cannot be listened at" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--view", "nix"), "unknown view 'nix'"),
        (("--known-at", "yesterday"), "'yesterday' is no day"),
        (("--port", "70000"), "70000"),
        (("--host", "no such host"), "cannot be listened at"),
        (("--base-url", "comity.example"), "no address"),
    ],
)
def test_what_cannot_be_served(arguments: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["serve", *arguments]) == 2
    told = capsys.readouterr().err
    assert len(told.splitlines()) == 1
    assert said in told


def test_without_the_extra(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("comity.server.run.find_spec", lambda name: None if name == "uvicorn" else object())
    assert cli.run(["serve"]) != 0
    assert "pip install 'comity[server]'" in capsys.readouterr().err


def test_an_edition_that_cannot_be_read(tmp_path: Path) -> None:
    """The server ends, and says why."""
    code = (
        "from comity.cli import run; from comity.server import settings as s; from comity.server.run import run as serve\n"
        "from comity.errors import ComityError; import sys\n"
        f"chosen = s.Selected(files=(({str(tmp_path / 'missing.ttl')!r}, 'x:g'),))\n"
        "try: serve(s.Settings(selected=chosen), '127.0.0.1', 0)\n"
        "except ComityError as error: print('ended:', error); sys.exit(error.exit_code)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.returncode == 3, done.stderr
    assert "ended:" in done.stdout
    assert "no such file" in done.stdout
