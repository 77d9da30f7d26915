"""What users get with Comity: the packages of the core and of each extra, with what these need, as their own metadata say.

The lock (requirements/) says which versions; the metadata are those of what is installed here. The lists that are made of this
(docs/licences.md, requirements/sbom.cdx.json) are of CPython 3.11 on Linux; :func:`listed_here` says whether this is one.
"""

from __future__ import annotations

import json
import sys
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from typing import Any, Final

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from licensing import Licences, stated

ROOT: Final = Path(__file__).resolve().parent.parent
LOCK: Final = ROOT / "requirements" / "test.txt"
OWN: Final = "comity"
CORE: Final = "core"
WORKSHOP: Final = frozenset(("dev", "bench", "fuzz"))
"""The extras of those who work on Comity, which are no part of what users get."""


@dataclass(slots=True)
class Needed:
    """A package: its name, the parts of Comity that bring it (``core`` or extras), and the packages that it needs itself."""

    name: str
    version: str
    licence: str
    parts: set[str] = field(default_factory=set)
    needs: set[str] = field(default_factory=set)


def listed_here() -> bool:
    """Whether this is the kind of Python that the lists are of."""
    return sys.platform == "linux" and sys.version_info[:2] == (3, 11) and sys.implementation.name == "cpython"


def project() -> dict[str, Any]:
    """Return the table ``project`` of pyproject.toml."""
    found: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return found


def parts() -> dict[str, list[Requirement]]:
    """Return what the core and each extra for users ask for, by name; an extra that names others asks for what they ask for."""
    described = project()
    asked = {CORE: described["dependencies"]}
    asked |= {name: listed for name, listed in described["optional-dependencies"].items() if name not in WORKSHOP}
    return {name: list(flat(listed)) for name, listed in asked.items()}


def flat(listed: Iterable[str]) -> Iterable[Requirement]:
    """Yield the requirements of a list, those of extras of our own in their place."""
    extras = project()["optional-dependencies"]
    for text in listed:
        requirement = Requirement(text)
        if canonicalize_name(requirement.name) == OWN:
            for extra in sorted(requirement.extras):
                yield from flat(extras[extra])
        else:
            yield requirement


def pins(lock: Path = LOCK) -> list[Requirement]:
    """Return the pinned requirements of a lock."""
    lines = lock.read_text(encoding="utf-8").splitlines()
    return [Requirement(line.removesuffix("\\").strip()) for line in lines if not line.startswith(" ")]


def locked() -> dict[str, str]:
    """Return the version that the lock has of each package, for this Python."""
    return {
        canonicalize_name(pin.name): next(iter(pin.specifier)).version for pin in pins() if pin.marker is None or pin.marker.evaluate()
    }


def needed() -> tuple[dict[str, Needed], dict[str, Needed]]:
    """Return all packages that users get by name: from PyPI, and from npm what the pages of `comity serve` have.

    Raises ``SystemExit`` for one that is not installed, not locked, or without a licence, and for a licence that was read in vain.
    """
    licences = Licences()
    found = _python(licences), _npm(licences)
    licences.check_used()
    return found


def _python(licences: Licences) -> dict[str, Needed]:
    versions = locked()
    found: dict[str, Needed] = {}
    for part, requirements in parts().items():
        seen: set[tuple[str, str]] = set()
        pending = [one for one in requirements if _here(one)]
        while pending:
            requirement = pending.pop()
            name = canonicalize_name(requirement.name)
            installed = _installed(name)
            if name not in found:
                if name not in versions:
                    raise SystemExit(f"{name} is in no lock; run: make lock")
                found[name] = Needed(name, versions[name], licences.of(name, stated(installed)))
            found[name].parts.add(part)
            for extra in ("", *requirement.extras):
                if (name, extra) not in seen:
                    seen.add((name, extra))
                    further = [one for one in map(Requirement, installed.requires or ()) if _here(one, extra)]
                    found[name].needs |= {canonicalize_name(one.name) for one in further}
                    pending += further
    return found


def _here(requirement: Requirement, extra: str = "") -> bool:
    return requirement.marker is None or requirement.marker.evaluate({"extra": extra})


def _installed(name: str) -> Distribution:
    try:
        return distribution(name)
    except PackageNotFoundError:
        raise SystemExit(f"{name} is not installed; run: make test") from None


def _npm(licences: Licences) -> dict[str, Needed]:
    lock = json.loads((ROOT / "web" / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    found = {}
    for place, package in lock.items():
        if place and not package.get("dev"):
            name = place.rpartition("node_modules/")[2]
            licence = licences.of(name, package.get("license"))
            found[name] = Needed(name, package["version"], licence.strip("()"), {"server"}, set(package.get("dependencies", ())))
    return found
