"""``comity serve``: pages, SPARQL and the questions over HTTP."""

from __future__ import annotations

import re
from typing import Any

import click

from comity.cli.edition import selection
from comity.cli.output import setting
from comity.errors import UsageError
from comity.options import data_options, store_options


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, metavar="ADDRESS", help="The address to listen at.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="The port; 0 takes a free one.")
@click.option("--base-url", metavar="URL", help="Where others reach it, if that is not where it listens.")
@data_options
@store_options
def serve(host: str, port: int, base_url: str | None, **_options: Any) -> None:
    """Serve pages, SPARQL and the questions over HTTP, until Ctrl-C.

    Nothing that is asked can change anything. Needs the extra `server`.
    """
    from comity import api, dataset
    from comity.server.run import run
    from comity.server.settings import Selected, Settings

    chosen = selection()
    # Said now, and not by the process that opens it.
    dataset.known_view(chosen["view"])
    if chosen["known_at"] is not None:
        chosen["known_at"] = api._day(chosen["known_at"]).isoformat()
    selected = Selected(
        view=chosen["view"],
        infer=not setting("no_infer"),
        verified_only=chosen["verified_only"],
        known_at=chosen["known_at"],
        store=setting("store"),
        union=setting("union") or "server",
    )
    if base_url is not None and not re.fullmatch(r"https?://[^\s/?#@]+(/[^\s?#]*)?", base_url):
        raise UsageError(f"--base-url '{base_url}' is no address", "write it like https://comity.example")
    run(Settings(selected=selected, base_url=base_url), host, port)
