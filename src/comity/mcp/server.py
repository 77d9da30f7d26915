"""Speaks the Model Context Protocol over standard input and output, with the official SDK.

Standard output belongs to the protocol: the SDK leads whatever else is printed to standard error while it serves.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, NoReturn

from comity import __version__
from comity.errors import ComityError, MissingExtra

if TYPE_CHECKING:
    from mcp.server.lowlevel import Server
    from mcp_types import CallToolResult, ListToolsResult

    from comity.api import Comity
    from comity.mcp.tools import Tools

INSTRUCTIONS: Final = (
    "International counter-terrorism cooperation law as linked data: one legal review (Wang 2020) and the public record. "
    "Call list_questions, then ask; run_sparql when no question fits. The first line of an answer is COMPLETE, or TRUNCATED "
    "with how to get the rest. Cite the sources that come with the rows; assessments are the paper's author's, not facts."
)
_MESSAGE: Final = 1000
_log = logging.getLogger("comity.mcp")


def serve(open_edition: Callable[[], Comity]) -> NoReturn:
    """Serve until standard input ends, and end the process. Raises :class:`~comity.errors.MissingExtra` when the SDK is not installed."""
    try:
        import anyio
        from mcp.server.stdio import stdio_server
    except ImportError:
        raise MissingExtra("mcp", "comity mcp") from None
    from comity.mcp.tools import Tools
    from comity.store import timed

    tools = Tools(open_edition)

    async def run() -> None:
        server = server_for(tools)
        async with stdio_server() as (reading, writing):
            await server.run(reading, writing, server.create_initialization_options())

    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="comity mcp: %(message)s")
    anyio.run(run)
    # The edition lies in memory: nothing has to be finished. A call that is still at work for a client that has gone, and the
    # freeing of a million objects, would keep the process longer than clients wait before they kill it.
    timed.end_all()
    sys.stderr.flush()
    os._exit(0)


def server_for(tools: Tools) -> Server[Any]:
    """Return the SDK's server for these tools. It takes one call at a time, as an edition is not made for several threads."""
    import anyio.to_thread
    from mcp.server.lowlevel import Server
    from mcp_types import CallToolResult, ListToolsResult, TextContent, Tool, ToolAnnotations

    from comity.mcp.tools import SCHEMAS

    listed = [
        Tool(
            name=name,
            description=description,
            input_schema={"type": "object", **schema},
            annotations=ToolAnnotations(read_only_hint=True, open_world_hint=False),
        )
        for name, (description, schema) in SCHEMAS.items()
    ]

    # A lock and no limiter of anyio: that lets the next call in when one is cancelled, though its thread works on.
    turn = threading.Lock()

    async def list_tools(_context: Any, _params: Any) -> ListToolsResult:
        return ListToolsResult(tools=listed)

    def answered(name: str, arguments: dict[str, Any]) -> CallToolResult:
        try:
            with turn:
                answer = tools.call(name, arguments)
            return CallToolResult(content=[TextContent(text=answer.text())], structured_content=answer.data())
        except ComityError as error:
            message = str(error)
        except Exception as error:  # noqa: BLE001 - the last line of defence: nobody should meet a traceback
            _log.error("internal error in %s", name, exc_info=os.environ.get("COMITY_DEBUG") == "1")
            message = f"internal error ({type(error).__name__}: {error}); please report it"
        line = " ".join(message.split()).encode("utf-8", "replace").decode()
        return CallToolResult(content=[TextContent(text=line[:_MESSAGE])], is_error=True)

    async def call_tool(_context: Any, params: Any) -> CallToolResult:
        return await anyio.to_thread.run_sync(answered, params.name, params.arguments or {}, abandon_on_cancel=True)

    return Server(
        "comity",
        version=__version__,
        title="Comity",
        instructions=INSTRUCTIONS,
        on_list_tools=list_tools,
        on_call_tool=call_tool,
    )
