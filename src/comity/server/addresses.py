"""Where on this server an IRI of ours is shown: ``https://w3id.org/comity/id/state/PAK`` at ``/doc/state/PAK``."""

from __future__ import annotations

from comity.terms import BASE, GRAPH, ONTOLOGY, split_iri


def local_path(iri: str) -> str | None:
    """Return the path of the page that shows the thing, term or graph with this IRI, or ``None`` for an IRI that is not ours."""
    parts = split_iri(iri)
    if parts is not None:
        return f"/doc/{parts[0]}/{parts[1]}"
    if iri.startswith((ONTOLOGY, GRAPH)):
        return "/" + iri[len(BASE) :]
    return None
