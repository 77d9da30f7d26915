"""How the commands open what they work on: a view of the edition, kept between calls, or what a server holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from comity.cli.output import setting
from comity.errors import StoreDamaged, StoreError, UsageError

if TYPE_CHECKING:
    from comity.api import Comity


def open_edition(day: str | None = None) -> Comity:
    if setting("store") is not None:
        edition = open_server()
        return edition if day is None else edition.on(day)
    if day is not None and setting("no_infer"):
        raise UsageError("what holds on a day is inferred", "leave out --on or --no-infer")
    edition = _kept(**selection(), infer=not setting("no_infer"))
    return edition if day is None else edition.on(day)


def open_server() -> Comity:
    """Open what the server of ``--store`` holds."""
    from comity import api

    for name in ("view", "no_infer", "verified_only", "known_at"):
        if setting(name):
            option = name.replace("_", "-")
            raise UsageError(f"--{option} does not go with --store", "what the server holds was settled when it was loaded; leave it out")
    edition = api.connect(setting("store"), **server_settings())
    click.get_current_context().call_on_close(edition.close)
    return edition


def server_settings() -> dict[str, Any]:
    return {
        "update_url": setting("update_url"),
        "graph_store_url": setting("graph_store"),
        "union": setting("union") or "server",
    }


def selection() -> dict[str, Any]:
    """What the options say of the view, in the words of :func:`comity.open`."""
    return {
        "view": "curated" if setting("view") is None else setting("view"),
        "verified_only": bool(setting("verified_only")),
        "known_at": setting("known_at"),
    }


def _kept(*, view: str, infer: bool, verified_only: bool, known_at: str | None) -> Comity:
    """Open the view from the store that earlier calls have kept, or keep it now; where that can't be, in memory."""
    from comity import api, dataset
    from comity.store.edition import Selection, discard, kept_folder

    day = None if known_at is None else api._day(known_at)
    selection = Selection(dataset.known_view(view), verified_only, day, "compiled" if infer else None)
    # For each day of knowledge a store of its own would be too many.
    folder = kept_folder(selection) if day is None else None
    if folder is not None:
        # Another call may be using the folder, or it is damaged, or can't be written: none is a reason not to answer.
        for _ in range(2):
            try:
                return api._opened(selection, path=folder, must_be_kept=False)
            except StoreDamaged:
                discard(folder)
            except StoreError:
                break
    return api._opened(selection)
