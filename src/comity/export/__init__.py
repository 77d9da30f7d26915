"""Writes the edition in the formats that other tools read.

The package can be called: ``comity.export("nq", "comity.nq")`` opens a view and exports it, as :meth:`comity.Comity.export` does with one
that is open. :mod:`comity.export.formats` lists the formats.
"""

from __future__ import annotations

import os
import sys
import types
from collections.abc import Sequence
from pathlib import Path


def export(
    formats: str | Sequence[str],
    path: str | os.PathLike[str],
    *,
    view: str = "curated",
    inferred: str = "yes",
    graphs: Sequence[str] | None = None,
    topics: Sequence[str] = (),
    organizations: Sequence[str] = (),
    verified_only: bool = False,
) -> list[Path]:
    """Open a view, export it, and return the paths written; see :func:`comity.open` and :meth:`comity.Comity.export`."""
    from comity import api

    with api.open(view, infer=inferred != "no", verified_only=verified_only) as edition:
        return edition.export(formats, path, inferred=inferred, graphs=graphs, topics=topics, organizations=organizations)


class _Callable(types.ModuleType):
    """A function and the package of its modules share the name that every user expects: the module is the function."""

    def __call__(self, *args: object, **kwargs: object) -> list[Path]:
        return export(*args, **kwargs)  # type: ignore[arg-type]  # Python checks them against export


sys.modules[__name__].__class__ = _Callable
