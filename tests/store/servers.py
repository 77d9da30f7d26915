"""Servers for tests: on loopback, on a free port, in a temporary folder, and gone with their fixture."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pyoxigraph as ox

from comity.store.remote import RemoteStore

from .jena import ENDPOINT
from .jena import command as jena_command


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@contextmanager
def oxigraph(folder: Path, *options: str, files: Sequence[Path] = (), seconds: int = 2) -> Iterator[str]:
    """Start an Oxigraph server, over these files, and give its address, without a path.

    Queries end after `seconds`, so that none outlives its test.
    """
    address = f"127.0.0.1:{free_port()}"
    folder.mkdir(parents=True, exist_ok=True)
    for file in files:
        load = [_program("oxigraph"), "load", "--location", str(folder / "db"), "--file", str(file)]
        subprocess.run(load, check=True, capture_output=True)
    command = [_program("oxigraph"), "serve", "--location", str(folder / "db"), "--bind", address, "--timeout-s", str(seconds)]
    with _running([*command, *options], f"http://{address}/query?query=ASK%7B%7D", folder):
        yield f"http://{address}"


def start_oxigraph(folder: Path) -> tuple[subprocess.Popen[bytes], str]:
    """Start an Oxigraph server for a caller that ends it, and give it with its address; in the same folder it has what it had."""
    address = f"127.0.0.1:{free_port()}"
    process = _started([_program("oxigraph"), "serve", "--location", str(folder / "db"), "--bind", address], folder)
    try:
        _await(f"http://{address}/query?query=ASK%7B%7D", process, folder / "log")
    except BaseException:
        process.kill()
        raise
    return process, f"http://{address}"


@contextmanager
def rdflib_endpoint(folder: Path, *files: Path) -> Iterator[str]:
    """Start rdflib-endpoint over these files, with updates allowed, and give the address of its one service."""
    port = free_port()
    command = [_program("rdflib-endpoint"), "serve", "--host", "127.0.0.1", "--port", str(port), "--enable-update"]
    with _running([*command, *map(str, files)], f"http://127.0.0.1:{port}/?query=ASK%7B%7D", folder):
        yield f"http://127.0.0.1:{port}/"


@contextmanager
def jena(folder: Path, *files: Path, seconds: int = 2) -> Iterator[str]:
    """Start Jena's engine over these files of N-Quads and give its address. Queries end after `seconds`."""
    port = free_port()
    folder.mkdir(parents=True, exist_ok=True)
    command = jena_command(folder, ENDPOINT, str(port), str(seconds), *files)
    with _running(command, f"http://127.0.0.1:{port}/sparql?query=ASK%7B%7D", folder):
        yield f"http://127.0.0.1:{port}/sparql"


def _program(name: str) -> str:
    """Where a program of the Python packages in the extra dev is."""
    program = shutil.which(name, path=str(Path(sys.executable).parent)) or shutil.which(name)
    assert program, f"the package {name}, of the extra dev, is not installed"
    return program


@contextmanager
def _running(command: list[str], url: str, folder: Path) -> Iterator[None]:
    """Run a server until the end of the block, which begins when the server answers at `url`."""
    process = _started(command, folder)
    try:
        _await(url, process, folder / "log")
        yield
    finally:
        process.kill()
        process.wait()


def _started(command: list[str], folder: Path) -> subprocess.Popen[bytes]:
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "log").open("wb") as log:
        return subprocess.Popen(command, stdout=log, stderr=log)


VIRTUOSO = "virtuoso-t"
"""The program of Debian's package virtuoso-opensource-7, which scripts/virtuoso.sh installs."""
NO_VIRTUOSO = "no Virtuoso (on Debian: apt-get install --no-install-recommends virtuoso-opensource-7)"
VIRTUOSO_PASSWORD = "dba"
"""That of the user dba, who may do everything, also change what is there by SPARQL without a password."""
# With one thread for a query, some of our questions never end, and then nobody is answered any more.
_VIRTUOSO_INI = """
[Database]
DatabaseFile = {folder}/virtuoso.db
ErrorLogFile = {folder}/virtuoso.log
LockFile = {folder}/virtuoso.lck
TransactionFile = {folder}/virtuoso.trx
xa_persistent_file = {folder}/virtuoso.pxa
[TempDatabase]
DatabaseFile = {folder}/temporary.db
TransactionFile = {folder}/temporary.trx
[Parameters]
ServerPort = 127.0.0.1:{sql}
DisableUnixSocket = 1
CaseMode = 2
DirsAllowed = {folder}
NumberOfBuffers = 20000
MaxDirtyBuffers = 15000
MaxQueryMem = 1G
CheckpointInterval = 60
ThreadsPerQuery = 2
AsyncQueueMaxThreads = 4
[HTTPServer]
ServerPort = 127.0.0.1:{http}
ServerRoot = {folder}
ServerThreads = 10
[SPARQL]
ResultSetMaxRows = {rows}
MaxQueryCostEstimationTime = {cost}
MaxQueryExecutionTime = {seconds}
"""


@contextmanager
def virtuoso(folder: Path, *, rows: int = 100_000, cost: int = 100_000, seconds: int = 60, updates: bool = True) -> Iterator[str]:
    """Start a Virtuoso server and give its address, without a path.

    It cuts answers at so many `rows`, refuses queries that it thinks will cost more seconds than `cost`, and stops them after `seconds`.
    With `updates`, anybody may change what is there.
    """
    http, sql = free_port(), free_port()
    folder.mkdir(parents=True, exist_ok=True)
    ini = folder / "virtuoso.ini"
    ini.write_text(_VIRTUOSO_INI.format(folder=folder, http=http, sql=sql, rows=rows, cost=cost, seconds=seconds), encoding="utf-8")
    command = [VIRTUOSO, "+foreground", "+configfile", str(ini)]
    with (folder / "log").open("wb") as log:
        # The first start makes the database, sets the password, and ends.
        first = [*command, "+pwdold", "dba", "+pwddba", VIRTUOSO_PASSWORD]
        subprocess.run(first, cwd=folder, stdout=log, stderr=log, check=True, timeout=120)
        process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log)
    try:
        _await(f"http://127.0.0.1:{http}/sparql?query=ASK%7B%7D", process, folder / "log")
        if updates:
            virtuoso_sql(sql, 'GRANT SPARQL_UPDATE TO "SPARQL";')
        yield f"http://127.0.0.1:{http}"
    finally:
        process.kill()
        process.wait()


def virtuoso_store(url: str) -> RemoteStore:
    """The store on such a server, its union kept."""
    return RemoteStore(f"{url}/sparql", union="kept", graph_store_url=f"{url}/sparql-graph-crud")


def fill(store: RemoteStore, quads: Iterable[ox.Quad]) -> None:
    """Make each named graph hold what these quads say of it, and bring the union up to date once."""
    graphs: dict[str, list[ox.Triple]] = {}
    for quad in quads:
        if isinstance(quad.graph_name, ox.NamedNode):
            graphs.setdefault(quad.graph_name.value, []).append(quad.triple)
    with store.held():
        for graph, triples in graphs.items():
            store.fill(graph, triples)


def virtuoso_sql(port: int, statement: str) -> None:
    """Run a statement of SQL as dba."""
    command = ["isql-vt", f"127.0.0.1:{port}", "dba", VIRTUOSO_PASSWORD, "ERRORS=STDOUT", f"exec={statement}"]
    said = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout
    assert "Error" not in said, said


def _await(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(3000):
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except urllib.error.HTTPError:
            return  # it answers
        except OSError:
            assert process.poll() is None, log.read_text(errors="replace")
            time.sleep(0.1)
    raise AssertionError("the server does not answer: " + log.read_text(errors="replace"))
