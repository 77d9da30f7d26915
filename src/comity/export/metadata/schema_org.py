"""schema.org in JSON-LD: what search engines for data read."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from comity.export.metadata.about import CATALOGUE, DATASET, About
from comity.export.metadata.dcat import languages
from comity.export.metadata.files import Described
from comity.export.things import Things


def schema_org(things: Things, about: About, files: Sequence[Described]) -> bytes:
    """Return the description as a JSON-LD document."""
    agents = [{"@type": "Organization", "name": name} for name in about.authors]
    described: dict[str, Any] = {
        # With @vocab, the document is read without fetching schema.org's own context.
        "@context": {"@vocab": "https://schema.org/", "url": {"@type": "@id"}, "license": {"@type": "@id"}, "contentUrl": {"@type": "@id"}},
        "@type": "Dataset",
        "@id": DATASET,
        "name": about.title,
        "description": about.abstract,
        "identifier": about.release,
        "url": about.home,
        "version": about.version,
        "datePublished": about.released.isoformat(),
        "creator": agents,
        "publisher": agents[0],
        "license": about.licence,
        "isAccessibleForFree": True,
        "conditionsOfAccess": "public",
        "keywords": list(about.keywords),
        "inLanguage": languages(things),
        "citation": about.citation,
        "isBasedOn": [{"@type": "CreativeWork", "name": work} for work in about.based_on],
        "includedInDataCatalog": {"@type": "DataCatalog", "@id": CATALOGUE, "name": "The catalogue of Comity"},
        "variableMeasured": [
            {"@type": "PropertyValue", "propertyID": kind, "name": things.label(kind), "value": len(members)}
            for kind, members in things.members.items()
        ],
        "distribution": [_download(about, file) for file in files],
    }
    return (json.dumps(described, ensure_ascii=False, indent=1) + "\n").encode()


def _download(about: About, file: Described) -> dict[str, Any]:
    download: dict[str, Any] = {
        "@type": "DataDownload",
        "name": file.title,
        "contentUrl": about.address(file.place),
        "encodingFormat": file.media_type,
    }
    if file.sha256:
        download |= {"contentSize": f"{file.size} B", "sha256": file.sha256}
    return download
