"""Puts a view of the edition into a store: in memory, or in a folder that the next call takes over as it is.

The command line keeps such folders among the user's caches, so that only its first call reads and reasons.

The folder holds ``store/``, Oxigraph's own, and ``edition.json``, the seal: written last, and removed before any change, so that a
folder with a seal is always whole.
"""

from __future__ import annotations

import contextlib
import datetime
import hashlib
import json
import os
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from comity import dataset, resources
from comity.errors import StoreError
from comity.store.embedded import EmbeddedStore

_SEAL = "edition.json"
_CODE: Final = Path(__file__).parents[1]
CACHE: Final = "COMITY_CACHE"
"""The environment variable that names the folder of the kept stores, or says ``off``."""


@dataclass(frozen=True, slots=True)
class Selection:
    """What a store holds: a view, cut down by the options of :func:`comity.dataset.read`, and who inferred from it (or nobody)."""

    view: dataset.View
    verified_only: bool = False
    known_at: datetime.date | None = None
    inferred_by: str | None = None

    def read(self) -> EmbeddedStore:
        """Return the quads in a store in memory; nothing is inferred there yet."""
        store = EmbeddedStore()
        store.load(dataset.read(self.view, verified_only=self.verified_only, known_at=self.known_at))
        return store

    @property
    def name(self) -> str:
        """A name for the folder of such a store."""
        known = f"-{self.known_at.isoformat()}" if self.known_at else ""
        return f"{self.view}{'-verified' if self.verified_only else ''}{known}-{self.inferred_by or 'stated'}"


def open_folder(selection: Selection, path: str | os.PathLike[str]) -> tuple[EmbeddedStore, bool]:
    """Return the store in the folder, and whether it holds the selection; if not, :func:`keep` is to bring it there."""
    folder = Path(path)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(
            f"the folder of the store cannot be made: {error.strerror}", "name a folder that can be written", file=folder
        ) from None
    store = EmbeddedStore(folder / "store")
    return store, _seal_of(folder) == _description(selection)


def keep(selection: Selection, path: str | os.PathLike[str], place: EmbeddedStore, store: EmbeddedStore) -> None:
    """Let `place`, the store in the folder, hold what `store` holds, and declare the folder whole, for this selection."""
    folder = Path(path)
    (folder / _SEAL).unlink(missing_ok=True)
    place.become(store)
    temporary = folder / f".{_SEAL}.{os.getpid()}"
    temporary.write_text(json.dumps(_description(selection), indent=2), encoding="utf-8")
    temporary.replace(folder / _SEAL)


def discard(path: str | os.PathLike[str]) -> None:
    """Remove the store in the folder, as far as that can be done."""
    folder = Path(path)
    with contextlib.suppress(OSError):
        (folder / _SEAL).unlink(missing_ok=True)
        shutil.rmtree(folder / "store", ignore_errors=True)


def kept_folder(selection: Selection) -> Path | None:
    """Return the folder in which the command line keeps the store for this selection, or ``None`` if it is to keep none.

    It lies below the folder that ``COMITY_CACHE`` names, else below the user's cache folder (on Linux ``$XDG_CACHE_HOME``, by
    the XDG Base Directory Specification; elsewhere by the custom of the system). One edition and version at a time is kept.
    """
    named = os.environ.get(CACHE, "")
    if named.lower() in ("off", "0", "no"):
        return None
    if named:
        root = Path(named)
    else:
        import platformdirs

        root = platformdirs.user_cache_path("comity", appauthor=False)
    return root / selection.name


def _seal_of(folder: Path) -> object:
    with contextlib.suppress(OSError, ValueError):
        return json.loads((folder / _SEAL).read_text(encoding="utf-8"))
    return None


def _description(selection: Selection) -> dict[str, object]:
    root = resources.root()
    files = [source.path for source in dataset.sources()]
    files.extend(sorted((root / "ontology" / "rules").glob("*.rq")))
    return {
        "selection": selection.name,
        "edition": _fingerprint(root, files),
        "code": _fingerprint(_CODE, sorted(_CODE.rglob("*.py"))),
    }


def _fingerprint(root: Path, files: Iterable[Path]) -> str:
    """A hash of the files: what a view depends on are the edition's, and the code that reads them and reasons."""
    digest = hashlib.sha256()
    for file in files:
        digest.update(str(file.relative_to(root)).encode() + b"\0")
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()
