"""``comity mcp``: the questions for assistants."""

from __future__ import annotations

from typing import Any

import click

from comity.cli.edition import selection
from comity.cli.output import setting
from comity.options import data_options


@click.command()
@data_options
def mcp(**_options: Any) -> None:
    """Serve assistants over the Model Context Protocol.

    On standard input and output, until the input ends; five tools that only read. Needs the extra `mcp`. Register it
    with your client, which then starts it:

    \b
    {"mcpServers": {"comity": {"command": "comity", "args": ["mcp"]}}}
    """
    from comity import api, dataset
    from comity.mcp.server import serve

    chosen = {**selection(), "infer": not setting("no_infer")}
    # Read here, not by the first call: what is wrong with the command is to be said when it starts.
    dataset.known_view(chosen["view"])
    if chosen["known_at"] is not None:
        chosen["known_at"] = api._day(chosen["known_at"])
    # In memory: the kept store would be locked for every other call as long as the server runs, and copying it takes longer
    # than to read and reason.
    serve(lambda: api.open(**chosen))
