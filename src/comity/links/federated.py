"""Ready queries for a user's own engine: what it holds of the edition, together with what Wikidata says, by ``SERVICE``.

They are the files of ``queries/federated``, each complete as it is. The items asked about stand within ``SERVICE``, as do all conditions on
them, since engines send that part on without what they know already. Here, another address and another thing are put in their places.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from comity import resources
from comity.errors import QuestionError, UnknownName, UsageError
from comity.header import HeaderFault, read_header
from comity.links.service import ENDPOINT, ENDPOINT_VARIABLE
from comity.links.sssom import MappingSet
from comity.links.wikidata import item_iri
from comity.questions.binding import BindingError, Slot, bind, find_slots
from comity.store.credentials import checked_url
from comity.table import Column, Table
from comity.terms import expand, shorten
from comity.tokens import Token, tokenize

FOLDER: Final = "federated"
_FIELDS: Final = ("title", "question", "example")


@dataclass(frozen=True, slots=True)
class Federated:
    """A query: its file, what it is about, a thing that it can be asked about, and the places of the item and of the addresses."""

    name: str
    title: str
    question: str
    example: str
    sparql: str
    slot: Slot
    services: tuple[Token, ...]

    def text(self, item: str | None = None, endpoint: str | None = None) -> str:
        """Return the query about an item, by the IRI of it, for the service at `endpoint`; else as the file has them.

        Raises :class:`~comity.errors.UsageError` for what is no address.
        """
        import pyoxigraph as ox

        address = checked_url(endpoint or os.environ.get(ENDPOINT_VARIABLE) or ENDPOINT)
        try:
            service = ox.NamedNode(address)
        except ValueError:
            raise UsageError(f"'{address}' is no IRI", "percent-encode what may not stand in one") from None
        places = [Slot(str(token.start), token.start, token.end, None) for token in self.services]
        filled = dict.fromkeys((place.name for place in places), service)
        if item is not None:
            filled[self.slot.name] = ox.NamedNode(item)
        return bind(self.sparql, [*places, self.slot], filled)


def queries(root: str | os.PathLike[str] | None = None) -> dict[str, Federated]:
    """Return the queries by name; raises :class:`~comity.errors.QuestionError` for a file that is not in order."""
    folder = resources.queries(root) / FOLDER
    return {path.stem: _read(path) for path in sorted(folder.glob("*.rq"))}


def find(name: str) -> Federated:
    """Return the query of this name; raises :class:`~comity.errors.UnknownName`."""
    known = queries()
    if name not in known:
        raise UnknownName(name, known)
    return known[name]


def item_of(thing: str, mappings: MappingSet) -> str:
    """Return the item of a thing, given by IRI or short form, or by the item itself. Raises :class:`~comity.errors.UsageError`."""
    try:
        return item_iri(thing)
    except UsageError:
        pass
    full = expand(thing)
    if full not in mappings.exact:
        remedy = "name a thing that is matched exactly in data/links/wikidata.sssom.tsv"
        raise UsageError(f"{shorten(full)} has no item of Wikidata", remedy)
    return mappings.exact[full]


def listing() -> Table:
    """Return the queries as a table."""
    return Table(
        [
            Column("name", "string", "name for `comity link query`"),
            Column("title", "string", "what it is about"),
            Column("question", "string", "what it answers"),
            Column("example", "string", "the thing that it asks about, unless told otherwise"),
        ],
        [(each.name, each.title, each.question, each.example) for each in queries().values()],
    )


def _read(path: Path) -> Federated:
    text = path.read_text(encoding="utf-8")
    try:
        fields = read_header(text).fields
    except HeaderFault as fault:
        raise QuestionError(fault.what, "mend the header", file=resources.display(path), line=fault.line) from None
    if missing := [name for name in _FIELDS if not isinstance(fields.get(name), str)]:
        raise QuestionError(f"the header has no {missing[0]}", "add it", file=resources.display(path), line=1)
    tokens = tokenize(text)
    services = _services(tokens)
    if not services or any(token.text != f"<{ENDPOINT}>" for token in services):
        raise QuestionError("asks no service, or another one", f"write SERVICE <{ENDPOINT}>", file=resources.display(path), line=1)
    try:
        [slot] = find_slots(text, ["item"])
    except BindingError as error:
        raise QuestionError(error.what, error.remedy, file=resources.display(path), line=error.line) from None
    return Federated(path.stem, fields["title"], fields["question"], fields["example"], text, slot, services)


def _services(tokens: Sequence[Token]) -> tuple[Token, ...]:
    """The addresses of the services that a query asks."""
    return tuple(
        following for token, following in itertools.pairwise(tokens) if token.is_word("SERVICE") and following.kind == "iri"
    )
