"""The files of a release as its descriptions name them: where each lies, what it is, how large, and its checksum."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Described:
    """One format of a release: `place` is its file, or its folder with a slash at the end; a folder has no size and no checksum."""

    place: str
    title: str
    media_type: str
    size: int = 0
    sha256: str = ""


def describe(place: str, title: str, media_type: str, folder: Path) -> Described:
    """Return what there is to say of a format that lies in `folder`."""
    if place.endswith("/"):
        return Described(place, title, media_type)
    return Described(place, title, media_type, (folder / place).stat().st_size, sha256(folder / place))


def sha256(file: Path) -> str:
    """Return the SHA-256 of a file, in lower-case hexadecimal digits."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
