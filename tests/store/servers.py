"""Servers for tests: on loopback, on a free port, in a temporary folder, and gone with their fixture."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@contextmanager
def oxigraph(folder: Path, *options: str, content: Path | None = None, seconds: int = 2) -> Iterator[str]:
    """Start an Oxigraph server and give its address, without a path. Queries end after some `seconds`, so that none outlives its test.

    `content` is a file of quads that it holds from the beginning.
    """
    program = shutil.which("oxigraph", path=str(Path(sys.executable).parent)) or shutil.which("oxigraph")
    assert program, "the package oxigraph, of the extra dev, is not installed"
    address = f"127.0.0.1:{free_port()}"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "log").open("wb") as log:
        if content is not None:
            load = [program, "load", "--location", str(folder / "db"), "--file", str(content)]
            subprocess.run(load, stdout=log, stderr=log, check=True)
        command = [program, "serve", "--location", str(folder / "db"), "--bind", address, "--timeout-s", str(seconds), *options]
        process = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        _await(f"http://{address}/query?query=ASK%7B%7D", process, folder / "log")
        yield f"http://{address}"
    finally:
        process.kill()
        process.wait()


def _await(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(300):
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except urllib.error.HTTPError:
            return  # it answers
        except OSError:
            assert process.poll() is None, log.read_text(errors="replace")
            time.sleep(0.1)
    raise AssertionError("the server does not answer: " + log.read_text(errors="replace"))
