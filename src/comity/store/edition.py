"""Puts a view of the edition into a store: in memory, or in a folder that the next call takes over as it is.

The command line keeps such folders among the user's caches, so that only its first call reads and reasons.

The folder holds ``edition.json``, the seal, which says what is there and in which of two places: ``store/`` or ``store-2/``, each
Oxigraph's own. A new content is made ready in the place that is not sealed, and takes over when the seal is replaced, which is one
step: whatever ends a process, and whenever, the folder holds what it held or what it was to hold. Whoever has the sealed place open
(Oxigraph gives it to one process at a time) may change the folder.
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
from comity.errors import OutputError, StoreError
from comity.files import write_whole
from comity.store.embedded import EmbeddedStore

_SEAL: Final = "edition.json"
_PLACES: Final = ("store", "store-2")
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
    while True:
        name = _sealed_place(folder)
        store = EmbeddedStore(folder / name)
        try:
            # Before it was ours, another process may have made ready the other place, and sealed it.
            if _sealed_place(folder) == name:
                _remove(folder / _other(name))  # what a process that was killed has left there
                # An empty store is no edition: that is what Oxigraph makes of a folder whose list of files was cut.
                return store, not store.is_empty() and _seal_of(folder) == {**_description(selection), "place": name}
        except BaseException:
            store.close()
            raise
        store.close()


def keep(selection: Selection, path: str | os.PathLike[str], open_store: EmbeddedStore, store: EmbeddedStore) -> EmbeddedStore:
    """Bring what `store` holds into the folder, for this selection, and return the store that has it there.

    `open_store` is the one that :func:`open_folder` gave; where it is not the one returned, it is closed. Raises
    :class:`~comity.errors.StoreError`, and the folder then holds what it held.
    """
    folder = Path(path)
    sealed = _sealed_place(folder)
    # A new folder is filled where it is open; elsewhere a fresh place is also quicker than an emptied one.
    name = sealed if _seal_of(folder) is None and open_store.is_empty() else _other(sealed)
    filled = open_store
    try:
        if name != sealed:
            filled = EmbeddedStore(folder / name)
        filled.become(store)
        write_whole(folder / _SEAL, json.dumps({**_description(selection), "place": name}, indent=2).encode())
    except BaseException as error:
        if filled is not open_store:
            filled.close()
        if name != sealed:
            _remove(folder / name)
        if isinstance(error, OutputError):
            raise StoreError(error.what, "make room, or name a folder that can be written", file=error.file) from None
        raise
    if filled is not open_store:
        open_store.close()
        _remove(folder / sealed)
    return filled


def discard(path: str | os.PathLike[str]) -> None:
    """Remove the store in the folder, as far as that can be done."""
    folder = Path(path)
    with contextlib.suppress(OSError):
        (folder / _SEAL).unlink(missing_ok=True)
        for name in _PLACES:
            _remove(folder / name)


def kept_folder(selection: Selection) -> Path | None:
    """Return the folder in which the command line keeps the store for this selection, or ``None`` if it is to keep none.

    It lies below the folder that ``COMITY_CACHE`` names, else below the user's cache folder (on Linux ``$XDG_CACHE_HOME``, by
    the XDG Base Directory Specification; elsewhere by the custom of the system). One edition and version at a time is kept.
    """
    return cache_folder(selection.name)


def cache_folder(name: str) -> Path | None:
    """Return the folder of this name below the cache folder, or ``None`` when nothing is to be kept."""
    named = os.environ.get(CACHE, "")
    if named.lower() in ("off", "0", "no"):
        return None
    if named:
        root = Path(named)
    else:
        import platformdirs

        root = platformdirs.user_cache_path("comity", appauthor=False)
    return root / name


def _seal_of(folder: Path) -> dict[str, object] | None:
    with contextlib.suppress(OSError, ValueError):
        told = json.loads((folder / _SEAL).read_text(encoding="utf-8"))
        if isinstance(told, dict) and told.get("place") in _PLACES:
            return told
    return None


def _other(place: str) -> str:
    return next(name for name in _PLACES if name != place)


def _remove(place: Path) -> None:
    if place.exists():
        shutil.rmtree(place, ignore_errors=True)


def _sealed_place(folder: Path) -> str:
    """The name of the place that the seal says; without a seal, the first one."""
    seal = _seal_of(folder)
    return _PLACES[0] if seal is None else str(seal["place"])


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
