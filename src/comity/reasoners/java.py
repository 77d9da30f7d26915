"""Runs ``Judge.java``: finds Java and the jars of owlready2, hands the tasks over, reads the findings, and stops it in time.

Java's launcher compiles the one source file as it starts it (JEP 330), so there is nothing to build and no binary to ship; it
needs a JDK (11 or newer) for that, a mere runtime does not do.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import tempfile
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from comity.errors import ComityError, MissingExtra, OutputError, TimeLimitError, UsageError
from comity.terms import OWL, RDF

if TYPE_CHECKING:
    import pyoxigraph as ox

_SOURCE: Final = Path(__file__).with_name("Judge.java")
_PURPOSE: Final = "reasoning with HermiT or Pellet"
_WITHOUT_JAVA: Final = "install a JDK (on Debian: apt-get install default-jdk-headless), or set JAVA_HOME to one"
# One processor does for what is mostly one thread, and the quick compiler for what is over in seconds: measured, both halve
# the processor time.
_OPTIONS: Final = ("-Xmx2g", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
_FIRST_JAVA: Final = 11

Name = TypeVar("Name", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Task(Generic[Name]):
    """Something to ask: an engine (or profile) of ``Judge.java``, the wishes beyond a verdict, and the statements."""

    name: Name
    engine: str
    wishes: Sequence[str]
    statements: Sequence[ox.Triple]


class Findings:
    """What ``Judge.java`` found in one task: texts by kind."""

    def __init__(self) -> None:
        self._texts: dict[str, list[str]] = {}

    def add(self, kind: str, text: str) -> None:
        self._texts.setdefault(kind, []).append(text)

    def has(self, *kinds: str) -> bool:
        return any(kind in self._texts for kind in kinds)

    def all(self, *kinds: str) -> tuple[str, ...]:
        return tuple(text for kind in kinds for text in self._texts.get(kind, ()))

    def one(self, kind: str) -> str:
        """The first text of the kind, or an empty one."""
        return next(iter(self._texts.get(kind, ())), "")


def run(tasks: Sequence[Task[Name]], timeout: float) -> dict[Name, Findings]:
    """Do the tasks in one Java process, one after the other.

    Raises :class:`~comity.errors.MissingExtra` without owlready2, :class:`~comity.errors.UsageError` without a JDK,
    :class:`~comity.errors.TimeLimitError` when they are not done after `timeout` seconds (Java is killed then), and
    :class:`~comity.errors.ComityError` when Java fails.
    """
    command = [find_java(), *_OPTIONS, "-cp", _class_path(), str(_SOURCE)]
    with tempfile.TemporaryDirectory(prefix="comity-") as folder:
        files: dict[int, Path] = {}
        lines = []
        for number, task in enumerate(tasks):
            # The same statements are often given to several engines.
            file = files.get(id(task.statements))
            if file is None:
                file = files[id(task.statements)] = Path(folder) / f"{number}.rdf"
                _write(task.statements, file)
            lines.append("\t".join((str(number), task.engine, ",".join(task.wishes) or "-", str(file))))
        output = _output(command, "\n".join(lines), timeout)
    found = {task.name: Findings() for task in tasks}
    for line in output.splitlines():
        number_text, kind, text = line.split("\t", 2)
        found[tasks[int(number_text)].name].add(kind, text)
    for task in tasks:
        if not found[task.name].has("consistent", "contradiction", "refused", "checked"):
            raise ComityError(f"{task.engine} ended without a verdict", "report this, with what was asked")
    return found


def _write(statements: Iterable[ox.Triple], file: Path) -> None:
    # RDF/XML is what the OWL API of the jars reads most exactly; its Turtle is from before the recommendation.
    import pyoxigraph as ox

    try:
        with file.open("wb") as target:
            ox.serialize(sorted(statements, key=_is_no_declaration), target, format=ox.RdfFormat.RDF_XML)
    except OSError as error:
        raise OutputError(f"cannot be written: {error.strerror or error}", "make room for temporary files", file=file) from None


def _is_no_declaration(triple: ox.Triple) -> bool:
    # The OWL API guesses at a property as it reads, and keeps to the guess when the declaration comes later.
    return triple.predicate.value != RDF.type or not getattr(triple.object, "value", "").startswith(str(OWL))


def _output(command: Sequence[str], tasks: str, timeout: float) -> str:
    try:
        # subprocess kills the process when time is up, and Java starts no others.
        done = subprocess.run(command, input=tasks, capture_output=True, encoding="utf-8", timeout=timeout, check=False)
    except subprocess.TimeoutExpired:
        raise TimeLimitError(timeout, f"the reasoners did not end within {timeout:g} s and were stopped", "allow more time") from None
    except OSError as error:
        raise UsageError(f"Java cannot be started: {error.strerror or error}", _WITHOUT_JAVA) from None
    if done.returncode:
        # A stack trace starts with what happened.
        reason = next((line for line in done.stderr.splitlines() if "error" in line.lower() or "exception" in line.lower()), "")
        raise ComityError(f"Java ended with {done.returncode}: {reason or 'no reason given'}", "report this, with what was asked")
    return done.stdout


def why_not_java() -> str:
    """Return why HermiT, Pellet and the profile checkers cannot run here, in one line, or an empty text when they can."""
    try:
        _class_path()
        find_java()
    except UsageError as error:
        return str(error)
    return ""


def _class_path() -> str:
    # The jars lie beside the modules of owlready2. It is not imported: that would open a database.
    spec = importlib.util.find_spec("owlready2")
    if spec is None or spec.origin is None:
        raise MissingExtra("reasoners", _PURPOSE)
    folder = Path(spec.origin).parent
    hermit, pellet = folder / "hermit" / "HermiT.jar", folder / "pellet"
    if not hermit.is_file() or not any(pellet.glob("pellet-*.jar")):
        raise UsageError("owlready2 has come without HermiT or Pellet", "install it anew: pip install --force-reinstall owlready2")
    return os.pathsep.join((str(hermit), str(pellet / "*")))


def find_java(purpose: str = _PURPOSE) -> str:
    """Return the program that runs Java, with its compiler; raises :class:`~comity.errors.UsageError` where there is none."""
    home = os.environ.get("JAVA_HOME")
    found = shutil.which("java", path=str(Path(home) / "bin")) if home else shutil.which("java")
    if found is None:
        where = f" in JAVA_HOME={home}" if home else ""
        raise UsageError(f"{purpose} needs Java, and there is none{where}", _WITHOUT_JAVA)
    _check_compiler(found, purpose)
    return found


@cache
def _modules(java: str) -> frozenset[str]:
    try:
        done = subprocess.run([java, "--list-modules"], capture_output=True, encoding="utf-8", timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return frozenset()
    return frozenset(line.strip() for line in done.stdout.splitlines())


def _check_compiler(java: str, purpose: str) -> None:
    names: Mapping[str, str] = {name: version for name, _, version in (module.partition("@") for module in _modules(java))}
    version = names.get("jdk.compiler", "")
    if not version:
        raise UsageError(f"{purpose} needs Java with its compiler, and {java} has none", _WITHOUT_JAVA)
    if version.split(".")[0].isdigit() and int(version.split(".")[0]) < _FIRST_JAVA:
        raise UsageError(f"{purpose} needs Java {_FIRST_JAVA} or newer, and {java} is Java {version}", _WITHOUT_JAVA)
