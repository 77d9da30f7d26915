"""The SPARQL 1.1 Protocol: what is sent for a query or an update, and what the answer holds.

SPARQLWrapper writes the requests; pyoxigraph reads the answers, as they come in, with its own terms.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from operator import attrgetter
from typing import IO, TYPE_CHECKING, Final, cast
from urllib.parse import quote

from comity.errors import QueryError, StoreError
from comity.limits import Shallow
from comity.store.body import Body, Call
from comity.store.contract import Solutions
from comity.store.syntax import prologue_of, query_error

if TYPE_CHECKING:
    import pyoxigraph as ox

    from comity.store.contract import Row

RESULTS: Final = "application/sparql-results+json"
"""The content type of a table of results."""
_TRIPLES: Final = "application/n-triples"
_ACCEPT: Final = {"SELECT": RESULTS, "ASK": RESULTS, "CONSTRUCT": _TRIPLES, "DESCRIBE": _TRIPLES}
_MAX_ROWS: Final = "x-sparql-maxrows"
"""Virtuoso says in this field of the answer that it left rows out."""


def query_call(url: str, sparql: str, default: Sequence[str] = (), named: Sequence[str] = (), *, before: str = "") -> Call:
    """Return the request for a query. The union of the graphs in `default` is its default graph, those in `named` its named graphs.

    `before` is put in front of the query, for a server that takes directives there which are no part of SPARQL.
    """
    form = form_of(sparql)
    if form not in _ACCEPT:
        raise bad_query(sparql, "it starts with none of SELECT, ASK, CONSTRUCT and DESCRIBE")
    parameters = {"default-graph-uri": default, "named-graph-uri": named}
    return _call(url, before + sparql, form, parameters, _ACCEPT[form], safe=True)


def update_call(url: str, sparql: str, default: Sequence[str] = ()) -> Call:
    """Return the request for an update. `default` is for servers that let a request say which graph is the default one."""
    return _call(url, sparql, "INSERT", {"default-graph-uri": default}, "*/*", safe=False)


def put_call(url: str, graph: str, triples: Iterable[ox.Triple]) -> Call:
    """Return the request that makes a graph hold exactly these triples (Graph Store Protocol, section 5.3). It may be repeated."""
    import pyoxigraph as ox

    content = ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES)
    joint = "&" if "?" in url else "?"
    return Call("PUT", f"{url}{joint}graph={quote(graph, safe='')}", {"Content-Type": _TRIPLES}, content)


def _call(url: str, sparql: str, form: str, parameters: dict[str, Sequence[str]], accept: str, *, safe: bool) -> Call:
    from SPARQLWrapper import POST, SPARQLWrapper

    wrapper = SPARQLWrapper(url)
    # Not by setQuery: it guesses the form by a pattern that takes a word of a comment or an IRI for it.
    wrapper.queryString, wrapper.queryType = sparql, form
    wrapper.setMethod(POST)
    wrapper.setOnlyConneg(True)
    for name, values in parameters.items():
        for value in values:
            wrapper.addParameter(name, value)
    made = wrapper._createRequest()
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": accept}
    return Call("POST", made.full_url, headers, cast(bytes, made.data), safe=safe)


def form_of(sparql: str) -> str:
    """Return the word that the query begins with, after its declarations, in capitals."""
    word = re.compile(r"[A-Za-z]*").match(sparql, len(prologue_of(sparql)))
    return word[0].upper() if word else ""


def read(body: Body, form: str) -> Solutions:
    """Return the whole of an answer.

    Raises :class:`~comity.errors.StoreError` for one that is not whole or of another kind, and ``SyntaxError`` (see :func:`unreadable`).
    """
    if _ACCEPT[form] == _TRIPLES:
        return Solutions("construct", triples=tuple(map(attrgetter("triple"), triples(body))))
    return _solutions(results(body), body)


def _solutions(found: ox.QuerySolutions | ox.QueryBoolean, body: Body) -> Solutions:
    import pyoxigraph as ox

    try:
        if isinstance(found, ox.QueryBoolean):
            return Solutions("ask", boolean=bool(found))
        names = tuple(variable.value for variable in found.variables)
        rows: tuple[Row, ...] = tuple(map(tuple, found))
    finally:
        # An error keeps its frames, perhaps for another thread to clear away, and this may only go in its own.
        del found
    check_whole(body, len(rows))
    return Solutions("select", variables=names, rows=rows)


def results(body: Body) -> ox.QuerySolutions | ox.QueryBoolean:
    """Return the rows, or the yes or no, of an answer, read as they are taken."""
    import pyoxigraph as ox

    check_type(body, (RESULTS, "application/json"))
    return ox.parse_query_results(cast(IO[bytes], Shallow(cast(IO[bytes], body))), format=ox.QueryResultsFormat.JSON)


def triples(body: Body) -> Iterable[ox.Quad]:
    """Return the triples of an answer, read as they are taken."""
    import pyoxigraph as ox

    kind = check_type(body, (_TRIPLES, "text/turtle"))
    if not body.marks_its_end:
        # A result in JSON closes its brackets; triples that break off between two lines look whole.
        raise StoreError("the store's answer does not say where it ends, so it may be cut", "let the server send its length, or chunks")
    format_ = ox.RdfFormat.N_TRIPLES if kind == _TRIPLES else ox.RdfFormat.TURTLE
    return ox.parse(cast(IO[bytes], body), format=format_, rename_blank_nodes=True)


def check_whole(body: Body, rows: int) -> None:
    """Raise :class:`~comity.errors.StoreError` when the server says that it left rows out."""
    cap = body.headers.get(_MAX_ROWS)
    if cap is not None and cap.strip().isdigit() and rows >= int(cap):
        raise StoreError(f"the store cut the answer at {rows} rows", "ask for less, or raise the server's limit of rows")


def unreadable(error: SyntaxError) -> StoreError:
    """Return the error for an answer that is not what its content type says, or breaks off."""
    what = " ".join(str(error.msg or error).split())[:160]
    return StoreError(f"the store's answer cannot be read ({what})", "try again; if it stays so, correct the server")


def check_type(body: Body, kinds: Sequence[str]) -> str:
    """Return the content type of an answer; raises :class:`~comity.errors.StoreError` for one of another kind."""
    if body.content_type not in kinds:
        got = body.content_type[:60] or "something without a content type"
        raise StoreError(f"the store answered with {got}, not with {kinds[0]}", "check that the address is that of its SPARQL service")
    return body.content_type


def bad_query(sparql: str, said: str, *, update: bool = False) -> QueryError:
    """Return the error for SPARQL that a server does not take: with the place, where a parser here finds it, else in its words."""
    import pyoxigraph as ox

    # The parser comes with an evaluator; nothing may go out to other servers on the way.
    if not re.search(r"\b(?:SERVICE|LOAD)\b", sparql, re.IGNORECASE):
        store = ox.Store()
        try:
            if update:
                store.update(sparql)
            else:
                store.query(sparql)
        except SyntaxError as error:
            return query_error(str(error), sparql)
        except (OSError, RuntimeError, ValueError):
            pass  # it parses: the fault is another one
    return QueryError(f"the store does not take it: {said}" if said else "the store does not take it", "correct the query", query=sparql)
