"""What comes along: pinned, hashed, dated, licensed, listed; and the look for known vulnerabilities, in a service that is played."""

from __future__ import annotations

import ast
import csv
import datetime
import http.server
import json
import re
import sys
import threading
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, ClassVar

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import comity
from comity.export.release import BILL

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "scripts"))

import audit
import dependencies
import document_licences
import licensing
import lock
from dependencies import ROOT, pins

LOCKS = sorted(lock.FOLDER.glob("*.txt"))
DECISION = ROOT / "docs" / "decisions" / "0020-dependencies.md"
SECURITY = ROOT / "docs" / "security.md"
listed_here = pytest.mark.skipif(not dependencies.listed_here(), reason="the lists are of CPython 3.11 on Linux")
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


# -- the lock ----------------------------------------------------------------------------------------------------------


def test_the_locks_are_those_that_the_script_writes() -> None:
    assert [path.stem for path in LOCKS] == sorted(lock.LOCKS)


@pytest.mark.parametrize("path", LOCKS, ids=lambda path: path.name)
def test_a_lock_has_pins_and_hashes_and_nothing_else(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    assert [line for line in lines if not lock.PINNED.fullmatch(line)] == []
    for before, line in zip(lines, [*lines[1:], ""], strict=True):
        # A line that goes on is followed by a hash, and only a hash ends a pin.
        assert before.endswith("\\\n") == line.startswith("    --hash="), before


@pytest.mark.parametrize(
    "line",
    ["--index-url https://example.org/simple", "--find-links /there", "# via -r /there/x.in", "x @ https://example.org/x.whl", "x>=1 \\"],
)
def test_an_address_is_no_pin(line: str) -> None:
    assert not lock.PINNED.fullmatch(f"{line}\n")


def asked() -> list[tuple[str, Requirement]]:
    """Every requirement that a lock must meet, with the lock's name."""
    project = PROJECT["project"]
    test = dependencies.flat([*project["dependencies"], *project["optional-dependencies"]["dev"]])
    build = map(Requirement, [*PROJECT["build-system"]["requires"], *PROJECT["dependency-groups"]["build"]])
    soak = dependencies.flat(project["optional-dependencies"]["fuzz"])
    return [*(("test", one) for one in test), *(("build", one) for one in build), *(("soak", one) for one in soak)]


def test_every_range_is_met_by_its_pin() -> None:
    wanted = asked()
    assert len(wanted) > 50
    for name, requirement in wanted:
        found = [pin for pin in pins(lock.FOLDER / f"{name}.txt") if pin.name == canonicalize_name(requirement.name)]
        assert found, f"{requirement} is in no lock; run: make lock"
        for pin in found:
            version = next(iter(pin.specifier)).version
            assert requirement.specifier.contains(version, prereleases=True), f"{pin} is not in {requirement}; run: make lock"


def test_the_locks_agree_with_each_other() -> None:
    of_tests = {(pin.name, str(pin.specifier)) for pin in pins()}
    for name in ("build", "soak"):
        others = {(pin.name, str(pin.specifier)) for pin in pins(lock.FOLDER / f"{name}.txt")}
        shared = {package for package, _ in others} & {package for package, _ in of_tests}
        assert shared
        assert {one for one in others if one[0] in shared} == {one for one in of_tests if one[0] in shared}


def test_what_users_get_is_part_of_what_is_tested() -> None:
    names = {canonicalize_name(pin.name) for pin in pins()}
    missing = {requirement.name for listed in dependencies.parts().values() for requirement in listed} - {
        requirement.name for _, requirement in asked()
    }
    assert missing == set()
    assert set(needed()[0]) <= names


@cache
def needed() -> tuple[dict[str, dependencies.Needed], dict[str, dependencies.Needed]]:
    return dependencies.needed()


# -- releases ----------------------------------------------------------------------------------------------------------


def releases() -> list[dict[str, str]]:
    text = lock.RELEASES.read_text(encoding="utf-8").partition("\n")[2]
    return list(csv.DictReader(text.splitlines(), delimiter="\t"))


def test_every_pin_has_its_date_and_no_other() -> None:
    pinned = {(pin.name, next(iter(pin.specifier)).version) for path in LOCKS for pin in pins(path)}
    dated = [(row["package"], row["version"]) for row in releases()]
    assert len(dated) == len(set(dated))
    assert set(dated) == pinned
    assert all(datetime.date.fromisoformat(row["released"]) <= lock.locked_on() for row in releases())


def test_what_has_had_no_release_for_two_years_has_a_reason() -> None:
    limit = lock.locked_on().replace(year=lock.locked_on().year - 2)
    old = {row["package"] for row in releases() if datetime.date.fromisoformat(row["released"]) < limit}
    rows = re.findall(r"^\| \**`([^`]+)`\** [0-9-]+ \| (.+?) \| (.+) \|$", DECISION.read_text(encoding="utf-8"), re.MULTILINE)
    assert old, "no package is old: the table can go"
    assert {name for name, _, _ in rows} == old
    assert all(by.strip() and reason.strip() for _, by, reason in rows)


@listed_here
def test_the_old_ones_that_users_get_are_marked() -> None:
    marked = set(re.findall(r"^\| \*\*`([^`]+)`\*\*", DECISION.read_text(encoding="utf-8"), re.MULTILINE))
    rows = set(re.findall(r"^\| \**`([^`]+)`", DECISION.read_text(encoding="utf-8"), re.MULTILINE))
    assert marked == rows & needed()[0].keys()


# -- licences ----------------------------------------------------------------------------------------------------------

EXPRESSIONS = {
    "MIT": True,
    "GPL-3.0-only": False,
    "MPL-2.0 OR Apache-2.0": True,
    "GPL-3.0-only OR AGPL-3.0-only": False,
    "MIT AND Zlib": True,
    "MIT AND GPL-3.0-only": False,
    "(GPL-3.0-only OR MIT) AND ISC": True,
    "LGPL-3.0-or-later": True,
    "LGPL-2.1-only": False,
}


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_allowed_licences(expression: str) -> None:
    assert licensing.Licences().allows(expression) is EXPRESSIONS[expression]


class Package:
    """The metadata of a distribution."""

    def __init__(self, **fields: str) -> None:
        from email.message import Message

        self.metadata = Message()
        for name, value in fields.items():
            self.metadata[name.replace("_", "-")] = value


SAID = [
    (Package(License_Expression="MIT"), "MIT"),
    (Package(License="BSD-3-Clause"), "BSD-3-Clause"),
    (Package(License="BSD"), None),
    (Package(License="Copyright (c) somebody\nall rights"), None),
    (Package(Classifier="License :: OSI Approved :: MIT License"), "MIT"),
    (Package(Classifier="License :: OSI Approved :: BSD License"), None),
    (Package(License="UNKNOWN", Classifier="License :: OSI Approved :: ISC License (ISCL)"), "ISC"),
    (Package(), None),
]


@pytest.mark.parametrize(("package", "licence"), SAID, ids=lambda it: str(it)[:20])
def test_what_metadata_say(package: Any, licence: str | None) -> None:
    assert licensing.stated(package) == licence
    if licence is None:
        with pytest.raises(SystemExit, match="name no licence"):
            licensing.Licences().of("x", licence)
    else:
        with pytest.raises(SystemExit, match="take it out"):
            licensing.Licences().of(next(iter(licensing.Licences().read)), licence)


# -- the bill of materials ---------------------------------------------------------------------------------------------


@listed_here
def test_the_bill_is_of_the_lock() -> None:
    # Its form is checked against CycloneDX's schema by scripts/update_sbom.py --check.
    text = (lock.FOLDER / BILL).read_text(encoding="utf-8")
    bill = json.loads(text)
    assert (bill["bomFormat"], bill["specVersion"], bill["metadata"]["component"]["version"]) == ("CycloneDX", "1.6", comity.__version__)
    pinned = {(pin.name, next(iter(pin.specifier)).version) for pin in pins()}
    python = [one for one in bill["components"] if one["purl"].startswith("pkg:pypi/")]
    assert {(one["name"], one["version"]) for one in python} <= pinned
    from_pypi, from_npm = needed()
    assert {one["name"] for one in python} == from_pypi.keys()
    assert len(bill["components"]) - len(python) == len(from_npm)
    assert all(one["licenses"] for one in bill["components"])
    assert "://" not in text.replace(bill["$schema"], ""), "an address"


# -- known vulnerabilities ---------------------------------------------------------------------------------------------

BAD = {"wheel": ["GHSA-aaaa-bbbb-cccc"], "packaging": ["PYSEC-2026-1"]}


class Service(http.server.BaseHTTPRequestHandler):
    """The OSV service, which knows of BAD, and does as its class is told."""

    status = 200
    known: Mapping[str, list[str]] = MappingProxyType({})
    asked: ClassVar[list[dict[str, Any]]] = []

    def do_POST(self) -> None:
        question = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.asked.append(question)
        name = question["package"]["name"]
        found = [
            {
                "id": identifier,
                "aliases": [f"CVE-of-{name}"],
                "summary": "bad",
                "published": "2026-01-01T00:00:00Z",
                "affected": [
                    {"package": question["package"], "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "999"}]}]}
                ],
            }
            for identifier in self.known.get(name, ())
        ]
        body = json.dumps({"vulns": found} if found else {}).encode()
        self.send_response(self.status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setattr(Service, "status", 200)
    monkeypatch.setattr(Service, "known", {})
    monkeypatch.setattr(Service, "asked", [])
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Service) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/v1/query"
        server.shutdown()
        thread.join()


@pytest.fixture
def few(tmp_path: Path) -> Path:
    """Pins of a few packages, so that few questions are asked."""
    (tmp_path / "build.txt").write_bytes((lock.FOLDER / "build.txt").read_bytes())
    (tmp_path / "audit.toml").write_text("[accepted]\n", encoding="utf-8")
    return tmp_path


def test_nothing_known(service: str, few: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert audit.main(["--url", service, "--requirements", str(few)]) == 0
    names = {pin.name for pin in pins(few / "build.txt")}
    assert f"{len(names)} packages looked up" in capsys.readouterr().out
    assert {question["package"]["name"] for question in Service.asked} >= names


def test_vulnerabilities_fail_unless_they_are_accepted(
    service: str, few: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(Service, "known", BAD)
    (few / "audit.toml").write_text('[accepted]\n"CVE-of-packaging" = "we do not do that"\n"CVE-old" = "gone"\n', encoding="utf-8")
    assert audit.main(["--url", service, "--requirements", str(few)]) == 1
    said = capsys.readouterr().err
    assert "CVE-of-wheel GHSA-aaaa-bbbb-cccc (mended in 999)" in said
    assert "PYSEC-2026-1" not in said
    assert "CVE-old is found no more" in said


def test_what_cannot_be_asked_is_skipped_and_said(
    service: str, few: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(Service, "status", 503)
    assert audit.main(["--url", service, "--requirements", str(few)]) == 0
    assert audit.main(["--url", "http://127.0.0.1:9/", "--requirements", str(few)]) == 0
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith("skipped: ")
    assert "503" in first
    assert second.startswith("skipped: ")
    assert len(Service.asked) == 1


def test_a_package_that_was_not_looked_up_fails(capsys: pytest.CaptureFixture[str]) -> None:
    found = [{"name": "a", "version": "1", "vulns": []}, {"name": "b", "skip_reason": "not there"}]
    assert audit.judged(found, {"a", "b", "c"}, {}) == 1
    assert "not looked up: b, c" in capsys.readouterr().err
    with pytest.raises(SystemExit, match="pip-audit failed"):
        audit.audited([ROOT / "no-such-lock.txt"], "http://127.0.0.1:9/")


# -- what the documentation and the errors name ------------------------------------------------------------------------


def test_every_test_that_the_promises_name_is_there() -> None:
    text = SECURITY.read_text(encoding="utf-8")
    named = set(re.findall(r"`((?:tests|src|scripts|requirements|web)/[^` ]*)[^`]*`", text))
    assert len([name for name in named if name.startswith("tests/")]) > 10
    assert [name for name in sorted(named) if not (ROOT / name).exists()] == []
    links = re.findall(r"\]\(([^)#]+)\)", text)
    assert links
    assert [link for link in links if not (SECURITY.parent / link).exists()] == []
    promises = re.findall(r"^- \*\*.+?(?=^- |^#|\Z)", text.partition("## Not promised")[0], re.MULTILINE | re.DOTALL)
    assert len(promises) > 12
    assert [promise for promise in promises if "`tests/" not in promise] == [], "a promise that no test holds"


def test_every_extra_that_an_error_names_is_there() -> None:
    extras = PROJECT["project"]["optional-dependencies"]
    named: dict[str, set[str]] = {}
    for path in sorted((ROOT / "src").rglob("*.py")):
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in ("MissingExtra", "needed"):
                texts = [part.value for part in call.args if isinstance(part, ast.Constant)]
                extra = texts[0 if call.func.id == "MissingExtra" else -2] if len(texts) > 1 else None
                if extra is not None:
                    named.setdefault(str(extra), set()).add(path.name)
    assert len(named) > 6
    assert {extra: files for extra, files in named.items() if extra not in extras} == {}


@pytest.mark.parametrize(("public", "extra"), [(True, "links"), (False, "remote")])
def test_without_the_http_client_the_right_extra_is_named(public: bool, extra: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from comity.errors import MissingExtra
    from comity.store.http import Http

    monkeypatch.setitem(sys.modules, "httpx2", None)
    with pytest.raises(MissingExtra, match=rf"comity\[{extra}\]"):
        Http("http://127.0.0.1:9/", public=public)
    assert any(Requirement(text).name == "httpx2" for text in PROJECT["project"]["optional-dependencies"][extra])


@listed_here
def test_a_licence_that_is_not_allowed_fails(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(document_licences, "needed", lambda: ({"x": dependencies.Needed("x", "1", "GPL-3.0-only", {"core"})}, {}))
    monkeypatch.setattr(sys, "argv", ["document_licences.py", "--check"])
    assert document_licences.main() == 1
    assert "not allowed by requirements/licences.toml: x (GPL-3.0-only)" in capsys.readouterr().err
