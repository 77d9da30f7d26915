"""Addresses: where on this server an IRI of ours is shown, and how the server names itself."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import unquote

from starlette.requests import Request

from comity.terms import BASE, GRAPH, ONTOLOGY, split_iri

_PLACES: Final = (
    (r"http://www\.wikidata\.org/entity/(Q\d+)", "Wikidata {}"),
    (r"https://sws\.geonames\.org/(\d+)/?", "GeoNames {}"),
    (r"https://ror\.org/(.+)", "ROR {}"),
    (r"http://publications\.europa\.eu/resource/authority/[^/]+/(.+)", "EU Vocabularies {}"),
    (r"http://publications\.europa\.eu/resource/celex/(.+)", "EUR-Lex {}"),
    (r"http://data\.europa\.eu/eli/(.+)", "EUR-Lex, ELI {}"),
    (r"https://digitallibrary\.un\.org/record/(\d+)", "UN Digital Library {}"),
    (r"https://docs\.un\.org/en/(.+)", "UN document {}"),
)
"""The addresses of others, and how people name what lies there."""
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


def place_of(iri: str) -> str:
    """Return how to name what lies at somebody else's address: by its place and key there, else the address itself.

    >>> place_of("https://docs.un.org/en/S/RES/1373(2001)"), place_of("https://example.org/a")
    ('UN document S/RES/1373(2001)', 'example.org/a')
    """
    for pattern, name in _PLACES:
        if found := re.fullmatch(pattern, iri):
            return name.format(unquote(found[1]))
    return re.sub(r"https?://(?:www\.)?", "", iri).rstrip("/") if iri.startswith("http") else iri


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
