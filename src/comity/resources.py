"""Where the ontology, the data, the shapes, the queries and what is written of them are: in the installed package, else in the checkout.

A folder named by the environment variable ``COMITY_ROOT`` comes before both; so does a `root` given to a function.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from comity.errors import ResourceError

ENVIRONMENT_VARIABLE: Final = "COMITY_ROOT"
PARTS: Final = ("ontology", "data", "shapes", "queries")
"""The folders of an edition."""


def root(override: str | os.PathLike[str] | None = None) -> Path:
    """Return the folder that holds the edition.

    Raises :class:`~comity.errors.ResourceError` when there is none, or when the one asked for has no ``ontology/``.
    """
    named = os.environ.get(ENVIRONMENT_VARIABLE) if override is None else os.fspath(override)
    if named:
        if not (Path(named) / "ontology").is_dir():
            source = f"the root '{named}'" if override is not None else f"{ENVIRONMENT_VARIABLE}='{named}'"
            raise ResourceError(f"{source} has no folder ontology/", "name a folder laid out like Comity's repository")
        return Path(named)
    package = Path(__file__).resolve().parent
    for candidate in (package / "_resources", package.parent.parent):
        if (candidate / "ontology").is_dir():
            return candidate
    raise ResourceError(
        "this installation of Comity has no ontology and no data",
        f"install the package again, or set {ENVIRONMENT_VARIABLE} to a checkout",
    )


def _part(name: str, override: str | os.PathLike[str] | None) -> Path:
    folder = root(override) / name
    if not folder.is_dir():
        raise ResourceError(f"no folder {display(folder)}", f"the edition needs its {name}/ folder: restore it")
    return folder


def ontology(override: str | os.PathLike[str] | None = None) -> Path:
    """Return the folder ``ontology/``."""
    return _part("ontology", override)


def data(override: str | os.PathLike[str] | None = None) -> Path:
    """Return the folder ``data/``."""
    return _part("data", override)


def shapes(override: str | os.PathLike[str] | None = None) -> Path:
    """Return the folder ``shapes/``."""
    return _part("shapes", override)


def queries(override: str | os.PathLike[str] | None = None) -> Path:
    """Return the folder ``queries/``."""
    return _part("queries", override)


def openapi(override: str | os.PathLike[str] | None = None) -> Path:
    """Return the file ``docs/openapi.json``, which describes the server; :class:`~comity.errors.ResourceError` without it."""
    path = root(override) / "docs" / "openapi.json"
    if not path.is_file():
        raise ResourceError(f"no file {display(path)}", "write it with scripts/document_questions.py, or restore it")
    return path


def citation(override: str | os.PathLike[str] | None = None) -> Path:
    """Return the file ``CITATION.cff``, which says what the edition is called; :class:`~comity.errors.ResourceError` without it."""
    path = root(override) / "CITATION.cff"
    if not path.is_file():
        raise ResourceError(f"no file {display(path)}", "the edition needs it: restore it")
    return path


def display(path: Path) -> str:
    """Return the path as an error message shows it: relative to the working directory where it lies below that."""
    try:
        return str(path.resolve().relative_to(Path.cwd()))
    except (ValueError, OSError):
        return str(path)
