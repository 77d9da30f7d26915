"""Which licence a package has, as an SPDX expression, and whether it is one of those that requirements/licences.toml allows."""

from __future__ import annotations

import tomllib
from importlib.metadata import Distribution
from pathlib import Path
from typing import Any, Final

from boolean import ParseError
from license_expression import ExpressionError, get_spdx_licensing

TABLE: Final = Path(__file__).resolve().parent.parent / "requirements" / "licences.toml"
_SPDX: Final = get_spdx_licensing()
#: Classifiers that name one licence. "BSD License" and the like name several.
_CLASSIFIERS: Final = {
    "License :: OSI Approved :: MIT License": "MIT",
    "License :: OSI Approved :: Apache Software License": "Apache-2.0",
    "License :: OSI Approved :: ISC License (ISCL)": "ISC",
    "License :: OSI Approved :: Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
}


class Licences:
    """The table: which licences are allowed and why, and which licence a package has whose metadata do not say so."""

    def __init__(self, path: Path = TABLE) -> None:
        given = tomllib.loads(path.read_text(encoding="utf-8"))
        self.allowed: dict[str, str] = given["allowed"]
        self.read: dict[str, dict[str, str]] = given["read"]
        self._used: set[str] = set()

    def of(self, name: str, said: str | None) -> str:
        """Return the licence of a package: what its metadata say, or else what the table does. Raises ``SystemExit`` when neither does."""
        if name in self.read:
            self._used.add(name)
            if said is not None:
                raise SystemExit(f"{name} now says itself that its licence is {said}; take it out of [read] in requirements/licences.toml")
            return self.read[name]["licence"]
        if said is None:
            raise SystemExit(f"the metadata of {name} name no licence; read it, and add it to [read] in requirements/licences.toml")
        return said

    def allows(self, licence: str) -> bool:
        """Whether a licence is allowed: of alternatives one, of those that hold together all."""
        return self._holds(_SPDX.parse(licence, validate=True))

    def check_used(self) -> None:
        """Raise ``SystemExit`` for an entry of the table that was not asked for: once all packages have been."""
        for name in self.read.keys() - self._used:
            raise SystemExit(f"nobody gets {name} any more; take it out of [read] in requirements/licences.toml")

    def _holds(self, part: Any) -> bool:
        if isinstance(part, _SPDX.OR):
            return any(map(self._holds, part.args))
        if isinstance(part, _SPDX.AND):
            return all(map(self._holds, part.args))
        return str(part) in self.allowed


def stated(installed: Distribution) -> str | None:
    """Return the licence that a package's metadata name; ``None`` where they do not, or not clearly."""
    described = installed.metadata
    for text in (described.get("License-Expression"), described.get("License")):
        if text and _is_spdx(text):
            return text.strip()
    named = {classifier for classifier in described.get_all("Classifier", ()) if classifier.startswith("License :: ")}
    if len(named) == 1 and (only := named.pop()) in _CLASSIFIERS:
        return _CLASSIFIERS[only]
    return None


def _is_spdx(text: str) -> bool:
    try:
        _SPDX.parse(text, validate=True, strict=True)
    except (ExpressionError, ParseError):
        return False
    return True
