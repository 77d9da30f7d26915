"""Runs each case of scarce.toml while something is scarce, and looks at what it says and leaves: scarce.py [--mount] FOLDER.

FOLDER is empty. With `--mount`, a small file system is mounted there; the caller gives a process that may do that, in a namespace where
nobody else sees it. Without it, a limit on the size of a file plays the full disk, and the rights on folders the read-only one (not for
root, whom they do not stop): both are weaker tests.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import tomllib
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

sys.path.insert(0, str(Path(__file__).parents[1]))

import networkx  # noqa: F401 - as below
import openpyxl  # noqa: F401 - as below
import pyarrow.parquet  # noqa: F401 - so that no fork has to
import pyoxigraph as ox
from editions import SOME, make
from forking import Ended, Fork, done

import comity
from comity import cli
from comity.quality.outcome import Gate, Measure, Outcome
from comity.store.embedded import EmbeddedStore
from comity.terms import GRAPH
from soak import FULL

MIB: Final = 1 << 20
SIZE: Final = 64 * MIB
CASES: Final = Path(__file__).with_suffix(".toml")


@dataclass(frozen=True)
class Case:
    """A case of the file, by its fields."""

    name: str
    does: list[str] | str
    says: str = "cannot be written"
    answers: bool = False
    cache: str = ""
    brings: str = ""
    costly: bool = False
    soak: bool = False


def cases() -> list[Case]:
    return [Case(**given) for given in tomllib.loads(CASES.read_text(encoding="utf-8"))["case"]]


# -- what is no command line ------------------------------------------------------------------------------------------


def check(there: Path) -> int:
    """`comity check --write`, with the gate's outcome ready-made: to work it out takes a minute."""
    value = len(list(Path(os.environ["COMITY_ROOT"], "data").rglob("*.ttl")))
    gate = Gate((Outcome("made", "A check", (Measure("number", "files", value),)),))
    comity.quality.run_checks = lambda names: gate
    return cli.run(["check", "--write", str(there / "docs")])


def open_there(there: Path) -> int:
    """`comity.open(path=…)`, and the error as the command line would tell it."""
    return told(lambda: comity.open(path=there / "store").close())


def replace(there: Path) -> int:
    """A graph of two megabytes takes the place of another."""
    name = ox.NamedNode(f"{GRAPH}record/made")
    value = str(len(list(Path(os.environ["COMITY_ROOT"], "data").rglob("*.ttl")))) * 1000
    triples = [ox.Triple(ox.NamedNode(f"https://example.org/{i}"), name, ox.Literal(value)) for i in range(2000)]

    def run() -> None:
        with EmbeddedStore(there / "loaded") as store:
            store.replace_graph(name.value, triples)

    return told(run)


def told(run: Callable[[], Any]) -> int:
    try:
        run()
    except comity.ComityError as error:
        print(f"comity: {error}", file=sys.stderr)
        return error.exit_code
    except MemoryError:
        print("comity: memory ran out", file=sys.stderr)
        return 4
    return 0


FUNCTIONS: Final[dict[str, Callable[[Path], int]]] = {"check": check, "open": open_there, "replace": replace}


# -- situations -------------------------------------------------------------------------------------------------------


class Situation:
    """What is scarce, from :meth:`begin` to :meth:`end`. `variants` are tried one after the other, each from the old state.

    `costly`: whether cases are tried that take long; `again`: whether the work must get done when there is enough again.
    """

    name = ""
    variants: tuple[int, ...] = (0,)
    costly = FULL
    again = FULL
    statuses: tuple[int, ...] = (3,)
    must_fail = True
    """Whether a case has to fail in the first variant, unless it answers all the same."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def begin(self, there: Path, variant: int) -> None:
        """Make it scarce for all."""

    def within(self, variant: int) -> None:
        """Make it scarce for the process that calls."""

    def end(self, there: Path) -> None:
        """Have enough again."""


class FullDisk(Situation):
    """So many bytes are left."""

    name = "a full disk"
    variants = (0, *((4 << 10, 16 << 10, 64 << 10, 256 << 10, MIB) if FULL else ()))
    costly = True
    again = True

    def begin(self, there: Path, variant: int) -> None:
        with (self.folder / "filler").open("wb", buffering=0) as filler, contextlib.suppress(OSError):
            while True:
                filler.write(b"x" * 4096)
        os.truncate(self.folder / "filler", (self.folder / "filler").stat().st_size - variant)

    def end(self, there: Path) -> None:
        (self.folder / "filler").unlink()


class ShortFiles(Situation):
    """The substitute where no disk can be mounted: no file may be longer."""

    name = "a limit on the size of a file"
    variants = (512, *((16 << 10,) if FULL else ()))
    costly = True
    again = True

    def within(self, variant: int) -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (variant, variant))


class ReadOnly(Situation):
    name = "a read-only disk"

    def begin(self, there: Path, variant: int) -> None:
        subprocess.run(["mount", "-o", "remount,ro", str(self.folder)], check=True)

    def end(self, there: Path) -> None:
        subprocess.run(["mount", "-o", "remount,rw", str(self.folder)], check=True)


class NoRight(Situation):
    """The substitute where no disk can be mounted: the folder may not be written, for any but root."""

    name = "no right to write"

    def begin(self, there: Path, variant: int) -> None:
        for path in (there, *there.rglob("*")):
            path.chmod(0o555 if path.is_dir() else 0o444)

    def end(self, there: Path) -> None:
        for path in (there, *there.rglob("*")):
            path.chmod(0o755 if path.is_dir() else 0o644)


class BelowAFile(Situation):
    """A file is where the folder should be."""

    name = "a file in the place of the folder"

    def begin(self, there: Path, variant: int) -> None:
        there.rename(there.with_suffix(".aside"))
        there.write_bytes(b"a file")

    def end(self, there: Path) -> None:
        assert there.read_bytes() == b"a file", "it was replaced"
        there.unlink()
        there.with_suffix(".aside").rename(there)


class LittleMemory(Situation):
    """Address space beyond what the process has. Where the engine itself finds none, it ends the process (SIGABRT)."""

    name = "a limit on memory"
    variants = (4 * MIB, *((MIB, 8 * MIB, 16 * MIB, 32 * MIB, 64 * MIB, 128 * MIB) if FULL else ()))
    again = True
    statuses = (3, 4, -signal.SIGABRT)
    must_fail = False

    def within(self, variant: int) -> None:
        has = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (has + variant, has + variant))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


# -- the run ------------------------------------------------------------------------------------------------------------


class Stage:
    """Where the cases are run: on the disk, with an old and a new edition."""

    def __init__(self, disk: Path, beside: Path) -> None:
        self.disk = disk
        self.beside = beside
        self.ends: defaultdict[str, Counter[int]] = defaultdict(Counter)
        self.given = beside / "given"
        self.given.mkdir()
        (self.given / "names.csv").write_text("name\nASEAN\nShanghai Cooperation Organisation\n" * 50, encoding="utf-8")
        (self.given / "untidy.ttl").write_text("".join(f"<x:{i}> <x:p> {i} .\n" for i in range(500)), encoding="utf-8")
        self.roots = [make(beside / f"edition{number}", SOME, more=bool(number)) for number in (0, 1)]

    def run(self, case: Case, there: Path, state: int, within: Callable[[], None] = lambda: None) -> Ended:
        """Run the case for the old edition or the new one, after `within` has been called in its process."""

        def fill(text: str) -> str:
            return text.replace("{there}", str(there)).replace("{given}", str(self.given))

        def job() -> None:
            os.environ["COMITY_ROOT"] = str(self.roots[state])
            os.environ["COMITY_CACHE"] = fill(case.cache) or "off"
            within()
            if isinstance(case.does, str):
                sys.exit(FUNCTIONS[case.does](there))
            sys.exit(cli.run([fill(text) for text in case.does]))

        return Fork(job).wait()

    def try_out(self, case: Case, number: int, situations: Sequence[Situation]) -> list[str]:
        """Try the case in each situation and return what is not as it should be."""
        olds, news = (self.beside / f"case{number}-{state}" for state in (0, 1))
        olds.mkdir()
        if case.brings:
            shutil.copy(self.given / case.brings, olds)
        elif (ended := self.run(case, olds, 0)).status:
            return [f"{case.name} fails with everything at hand: {ended}"]
        shutil.copytree(olds, news)
        ended = self.run(case, news, 1)
        if ended.status:
            return [f"{case.name} fails with everything at hand: {ended}"]
        new, answer = content(news), ended.out
        if content(olds) == new:
            return [f"{case.name} makes the same of both editions, so nothing is seen by it"]
        there = self.disk / f"case{number}"
        faults: list[str] = []
        for situation in situations:
            if case.costly and not situation.costly:
                continue
            for variant in situation.variants:
                shutil.copytree(olds, there)
                before = content(there)
                situation.begin(there, variant)
                try:
                    ended = self.run(case, there, 1, lambda: situation.within(variant))  # noqa: B023 - it is called at once
                finally:
                    situation.end(there)
                self.ends[situation.name][ended.status] += 1
                found = [*wrong_end(case, situation, variant, ended, answer), *lost(before, content(there), new)]
                if situation.again:
                    again = self.run(case, there, 1)
                    if again.status:
                        found.append(f"with everything at hand again, it fails: {again}")
                    elif odd := apart(content(there), new):
                        found.append(f"with everything at hand again, it makes something else of {odd}")
                    found += [f"left behind: {path.name}" for path in there.rglob("*.part")]
                faults += [f"{case.name}, {situation.name} ({variant}): {fault}" for fault in found]
                shutil.rmtree(there)
        return faults


def wrong_end(case: Case, situation: Situation, variant: int, ended: Ended, answer: str) -> list[str]:
    """What is wrong with how the case ended in the situation."""
    if ended.status == 0:
        if case.answers:
            return [] if ended.out == answer else [f"it answers something else: {ended.out[:200]}"]
        return ["it does not notice"] if situation.must_fail and variant == situation.variants[0] else []
    if case.answers and situation.must_fail:
        return [f"it does not answer: {ended}"]
    if ended.status not in situation.statuses:
        return [f"it ends with status {ended.status}: {ended.err[-500:]}"]
    if ended.status < 0:
        return []
    lines = [line for line in ended.err.splitlines() if line]
    says = "memory ran out|a store on disk takes 800 MB" if isinstance(situation, LittleMemory) else case.says
    if len(lines) != 1 or "Traceback" in ended.err or not re.search(says, lines[0]):
        return [f"it does not say '{says}' in one line: {ended.err[-800:]}"]
    return []


def content(folder: Path) -> dict[str, object]:
    """What is in a folder: each file by its content, each store by what it holds, the seals by what they say is there."""
    found: dict[str, object] = {}
    stores = [path.parent for path in folder.rglob("CURRENT")]
    for store in stores:
        sealed = store.parent / "edition.json"
        if not sealed.exists() or f'"place": "{store.name}"' in sealed.read_text(encoding="utf-8"):
            found[f"{store.parent.relative_to(folder)} (store)"] = done(lambda store=store: held(store))  # type: ignore[misc]
        else:
            found[str(store.relative_to(folder))] = "is left over"
    for path in folder.rglob("*"):
        if path.is_file() and path.name != "edition.json" and not any(store in path.parents for store in stores):
            found[str(path.relative_to(folder))] = path.read_bytes()
    return found


def held(folder: Path) -> list[str]:
    """Each graph of a store with a hash of its lines, without blank nodes, which have other labels each time that a file is read."""
    store = ox.Store(str(folder))
    found = []
    for graph in store.named_graphs():
        lines = sorted((store.dump(format=ox.RdfFormat.N_TRIPLES, from_graph=graph) or b"").splitlines())
        named = b"\n".join(line for line in lines if b"_:" not in line)
        found.append(f"{graph} {len(lines)} {hashlib.sha256(named).hexdigest()}")
    return sorted(found)


def lost(before: dict[str, object], after: dict[str, object], new: dict[str, object]) -> list[str]:
    """What is neither as it was nor as it was to be."""
    gone = [f"lost: {name}" for name in before if name not in after]
    return gone + [f"neither old nor new: {name}" for name, there in after.items() if there not in (before.get(name), new.get(name))]


def apart(found: dict[str, object], wanted: dict[str, object]) -> list[str]:
    return [name for name in sorted({*found, *wanted}) if found.get(name) != wanted.get(name)]


def main() -> int:
    mounted = sys.argv[1] == "--mount"
    disk, beside = Path(sys.argv[-1]) / "disk", Path(sys.argv[-1]) / "beside"
    disk.mkdir()
    beside.mkdir()
    if mounted:
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(disk)], check=True)
        situations: list[Situation] = [FullDisk(disk), ReadOnly(disk)]
    else:
        situations = [ShortFiles(disk), *([] if os.getuid() == 0 else [NoRight(disk)])]
    situations += [BelowAFile(disk), LittleMemory(disk)]
    stage = Stage(disk, beside)
    os.environ["COMITY_ROOT"], os.environ["COMITY_CACHE"] = str(stage.roots[0]), "off"
    comity.open().close()  # so that no fork has to import it all
    run = [case for case in cases() if FULL or not case.soak]
    faults = [fault for number, case in enumerate(run) for fault in stage.try_out(case, number, situations)]
    print("\n".join([*faults, f"{len(run)} cases, {len(faults)} faults"]))
    for name, ends in stage.ends.items():
        print(f"{name}: {', '.join(f'{count} ended with {status}' for status, count in sorted(ends.items()))}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
