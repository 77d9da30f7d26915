"""Asks a public SPARQL query service, such as Wikidata's, in the way its keepers want to be asked.

One request at a time, with a contact in the User-Agent; pauses as the service asks for; and what was answered is kept, with its day, so
that nothing is asked twice. A request that failed is an error and never an empty answer: a service that is down knows of everything.
"""

from __future__ import annotations

import contextlib
import datetime
import hashlib
import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias

from comity.errors import ComityError, OutputError, StoreError, UsageError
from comity.files import write_whole
from comity.store import protocol
from comity.store.body import Body, Limits, shown
from comity.store.credentials import checked_url
from comity.store.edition import cache_folder
from comity.store.http import Http, RejectedError

if TYPE_CHECKING:
    import pyoxigraph as ox

    Row: TypeAlias = Mapping[str, ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple]

ENDPOINT: Final = "https://query.wikidata.org/sparql"
"""Wikidata's query service for its main graph, where all kinds of things are that the edition links to."""
ENDPOINT_VARIABLE: Final = "COMITY_WIKIDATA"
"""The environment variable that names another service, such as a copy of one's own."""
CONTACT_VARIABLE: Final = "COMITY_CONTACT"
"""The environment variable with a mail address or page of whoever runs the queries."""
MAX_AGE: Final = datetime.timedelta(days=30)
"""How long an answer is good for, where nothing else is said."""
BUDGET: Final = 60.0
"""The seconds that Wikidata gives a query; nothing is waited for longer without a sign of life."""
LIMITS: Final = Limits(connect=10, read=BUDGET, total=3 * BUDGET, attempts=3, patience=BUDGET, size=64 << 20)
_FAILURES: Final = 2
"""After so many failures in a row the service is left alone."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The `rows` of an answer, each without its unbound variables, and when it was given, in UTC."""

    rows: tuple[Row, ...]
    asked: datetime.datetime

    @property
    def day(self) -> datetime.date:
        """The day on which it was given."""
        return self.asked.date()


@dataclass(frozen=True, slots=True)
class Batch:
    """Some of the things that were asked about, and the answer, or why there is none."""

    things: tuple[str, ...]
    answer: Answer | None
    error: ComityError | None = None


class QueryService:
    """A SPARQL query service on the web, and a folder of the answers that it gave.

    `endpoint` is its address (default: the environment variable ``COMITY_WIKIDATA``, else Wikidata's). `contact` is added to the
    User-Agent (default: ``COMITY_CONTACT``). Answers younger than `max_age` are taken from the folder `cache` (default: below the user's
    cache folder, or where ``COMITY_CACHE`` says; ``COMITY_CACHE=off`` keeps none). With `offline` nothing is asked: an answer that is not
    kept, of whatever age, is an error.
    """

    def __init__(
        self,
        endpoint: str | None = None,
        *,
        contact: str | None = None,
        max_age: datetime.timedelta = MAX_AGE,
        cache: Path | None = None,
        offline: bool = False,
        limits: Limits = LIMITS,
        sleep: Callable[[float], None] | None = None,
    ) -> None:
        self.endpoint = checked_url(endpoint or os.environ.get(ENDPOINT_VARIABLE) or ENDPOINT)
        self._max_age = max_age
        self._folder = cache or cache_folder("answers")
        if offline and self._folder is None:
            raise UsageError("no answers are kept, and none may be asked for", "unset COMITY_CACHE, or leave out --offline")
        self._http = None
        if not offline:
            self._http = Http(self.endpoint, limits, sleep=sleep, public=True, contact=_checked_contact(contact))
        self._failures = 0
        self._closed_by: ComityError | None = None

    def __enter__(self) -> QueryService:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Release the connections."""
        if self._http is not None:
            self._http.close()

    def select(self, query: str) -> Answer:
        """Return the answer to a SELECT query, whole.

        Raises :class:`~comity.errors.StoreError` and :class:`~comity.errors.TimeLimitError` when there is none, and, without asking,
        when the service has failed twice in a row or wants to be left alone.
        """
        kept = self._kept(query)
        if kept is not None:
            return kept
        if self._http is None:
            raise StoreError("no answer to this query is kept", "ask it once without --offline")
        if self._closed_by is not None:
            raise StoreError(f"not asked, since an earlier request failed: {self._closed_by.what}", "try again later")
        now = datetime.datetime.now(datetime.UTC).replace(microsecond=0)
        try:
            content = self._http.run(protocol.query_call(self.endpoint, query), _whole)
        except RejectedError as error:
            raise self._failed(StoreError(f"{shown(self.endpoint)} does not take the query: {error}", "report it")) from None
        except ComityError as error:
            raise self._failed(error) from None
        self._failures = 0
        self._keep(query, now, content)
        return Answer(_rows(content), now)

    def batches(self, things: Sequence[str], size: int, query: Callable[[Sequence[str]], str]) -> Iterator[Batch]:
        """Ask about `size` things at a time, by the query that `query` writes for them; a failure is told in its batch."""
        for start in range(0, len(things), size):
            some = tuple(things[start : start + size])
            try:
                yield Batch(some, self.select(query(some)))
            except ComityError as error:
                yield Batch(some, None, error)

    # -- within ------------------------------------------------------------------------------------------------------

    def _failed(self, error: ComityError) -> ComityError:
        self._failures += 1
        # Who asks on when told to wait is shut out for a day.
        if self._failures >= _FAILURES or getattr(error, "retry_after", None) is not None:
            self._closed_by = error
        return error

    def _place(self, query: str) -> Path | None:
        key = hashlib.sha256(f"{self.endpoint}\0{query}".encode()).hexdigest()
        return None if self._folder is None else self._folder / f"{key}.json"

    def _kept(self, query: str) -> Answer | None:
        place = self._place(query)
        if place is None:
            return None
        # A file that cannot be read, or is no answer, is as good as none.
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError, StoreError):
            told = json.loads(place.read_text(encoding="utf-8"))
            asked = datetime.datetime.fromisoformat(told["asked"])
            young = datetime.datetime.now(datetime.UTC) - asked < self._max_age
            if (told["endpoint"], told["query"]) == (self.endpoint, query) and (young or self._http is None):
                return Answer(_rows(told["answer"].encode()), asked)
        return None

    def _keep(self, query: str, now: datetime.datetime, content: bytes) -> None:
        place = self._place(query)
        if place is None:
            return
        told = {"endpoint": self.endpoint, "asked": now.isoformat(), "query": query, "answer": content.decode()}
        # Where nothing can be kept, the answer is still good.
        with contextlib.suppress(OutputError):
            write_whole(place, json.dumps(told, ensure_ascii=False, indent=1).encode())


def values(variable: str, items: Sequence[str]) -> str:
    """Return a VALUES block of IRIs, written by the library, with every character that needs it escaped."""
    import pyoxigraph as ox

    return f"VALUES ?{variable} {{ {' '.join(str(ox.NamedNode(item)) for item in items)} }}"


def _whole(body: Body) -> bytes:
    protocol.check_type(body, (protocol.RESULTS, "application/json"))
    content = body.read()
    rows = _rows(content)  # so that what is no answer counts as a failure, and is not kept
    protocol.check_whole(body, len(rows))
    return content


def _rows(content: bytes) -> tuple[Row, ...]:
    import pyoxigraph as ox

    found = None
    try:
        content.decode()
        found = ox.parse_query_results(content, format=ox.QueryResultsFormat.JSON)
        if not isinstance(found, ox.QuerySolutions):
            raise StoreError("the service answers yes or no, where a table was asked for", "check the address")
        names = [variable.value for variable in found.variables]
        rows = tuple(map(tuple, found))
    except (SyntaxError, UnicodeDecodeError) as error:
        raise protocol.unreadable(error if isinstance(error, SyntaxError) else SyntaxError("it is not UTF-8")) from None
    finally:
        del found  # see protocol.read
    return tuple({name: term for name, term in zip(names, row, strict=True) if term is not None} for row in rows)


def _checked_contact(contact: str | None) -> str:
    text = (contact if contact is not None else os.environ.get(CONTACT_VARIABLE, "")).strip()
    if not text.isascii() or not text.isprintable():
        raise UsageError("the contact cannot stand in a request", "give a mail address or the address of a page, in ASCII")
    return text
