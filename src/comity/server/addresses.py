"""Addresses: where on this server an IRI of ours is shown, and how the server names itself."""

from __future__ import annotations

import re
from typing import Final

from starlette.requests import Request

from comity.terms import BASE, GRAPH, ONTOLOGY, split_iri

_HOST: Final = re.compile(r"(?:[A-Za-z0-9](?:[A-Za-z0-9.\-]{0,252})|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?")


def local_path(iri: str) -> str | None:
    """Return the path of the page that shows the thing, term or graph with this IRI, or ``None`` for an IRI that is not ours.

    >>> local_path("https://w3id.org/comity/id/state/PAK")
    '/doc/state/PAK'
    """
    parts = split_iri(iri)
    if parts is not None:
        return f"/doc/{parts[0]}/{parts[1]}"
    if iri.startswith((ONTOLOGY, GRAPH)):
        return "/" + iri[len(BASE) :]
    return None


def base_of(request: Request) -> str:
    """Return the address that the server names itself by, without a slash at its end.

    It is what the settings say; without that, what the request's ``Host`` says, if it can be a host at all. Redirects never use it:
    they name paths.
    """
    base: str | None = request.app.state.settings.base_url
    if base is not None:
        return base.rstrip("/")
    host = request.headers.get("host", "")
    if not _HOST.fullmatch(host):
        name, port = request.scope.get("server") or ("localhost", 80)
        host = f"[{name}]:{port}" if ":" in name else f"{name}:{port}"
    return f"{request.url.scheme}://{host}"
