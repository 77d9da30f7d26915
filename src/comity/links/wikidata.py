"""The one form of the IRI of an item of Wikidata.

RDF from Wikidata names its items ``http://www.wikidata.org/entity/Q…``. The same with https, and the addresses of the pages about an
item, are other IRIs: a link to one of them joins to nothing.
"""

from __future__ import annotations

import re
from typing import Final

from comity.errors import UsageError

ENTITY: Final = "http://www.wikidata.org/entity/"
"""What the IRIs of items begin with."""

PREFIXES: Final = {
    "owl": "http://www.w3.org/2002/07/owl#",
    "p": "http://www.wikidata.org/prop/",
    "pq": "http://www.wikidata.org/prop/qualifier/",
    "pqv": "http://www.wikidata.org/prop/qualifier/value/",
    "pr": "http://www.wikidata.org/prop/reference/",
    "prov": "http://www.w3.org/ns/prov#",
    "ps": "http://www.wikidata.org/prop/statement/",
    "psv": "http://www.wikidata.org/prop/statement/value/",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "wd": ENTITY,
    "wdref": "http://www.wikidata.org/reference/",
    "wds": "http://www.wikidata.org/entity/statement/",
    "wdt": "http://www.wikidata.org/prop/direct/",
    "wdv": "http://www.wikidata.org/value/",
    "wikibase": "http://wikiba.se/ontology#",
}
"""The namespaces of RDF from Wikidata, by the prefixes that it uses for them."""

_ITEM: Final = re.compile(re.escape(ENTITY) + r"Q[1-9][0-9]*")
_FORMS: Final = re.compile(
    r"(?:wd:|https?://(?:www\.|m\.)?wikidata\.org/(?:entity|wiki|wiki/Special:EntityData)/)?([Qq][1-9][0-9]*)(?:\.[a-z]+)?(?:#.*)?"
)


def is_item(iri: str) -> bool:
    """Whether this is the IRI of an item, in the one form."""
    return _ITEM.fullmatch(iri) is not None


def is_about_wikidata(iri: str) -> bool:
    """Whether the IRI is one of Wikidata's, in whatever form."""
    return re.match(r"https?://([a-z]+\.)?wikidata\.org/", iri) is not None


def with_prefixes(query: str) -> str:
    """Return a query with the prefixes that it uses declared; other engines than Wikidata's own know none."""
    used = sorted(prefix for prefix in PREFIXES if re.search(rf"(?<![\w:/]){prefix}:", query))
    return "".join(f"PREFIX {prefix}: <{PREFIXES[prefix]}>\n" for prefix in used) + query


def item_iri(text: str) -> str:
    """Return the item's IRI for its number, ``wd:Q…``, or any of the addresses of its pages and data.

    Raises :class:`~comity.errors.UsageError` for anything else, such as a property.

    >>> item_iri("https://www.wikidata.org/wiki/Q843")
    'http://www.wikidata.org/entity/Q843'
    """
    match = _FORMS.fullmatch(text.strip())
    if match is None:
        raise UsageError(f"'{text}' is no item of Wikidata", f"write {ENTITY}Q…")
    return ENTITY + match[1].upper()
