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
