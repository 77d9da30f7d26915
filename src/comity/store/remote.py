"""A store on a server: any that speaks the SPARQL 1.1 Protocol and Update, and, where it has one, the Graph Store Protocol.

What servers differ in is their default graph. The contract wants the union of the named graphs, as a set:

==========  ============================================================================================================
``server``  the server's own default graph is that union (GraphDB, Stardog, Fuseki and others when told so)
``kept``    every change made through this object ends by making the default graph the union of the named ones, in the same
            request (Oxigraph, whose own union counts a triple once for each of its graphs); Virtuoso, which has no default graph,
            gets a named one for that (:mod:`comity.store.virtuoso`)
``listed``  every query names all graphs in ``default-graph-uri`` and ``named-graph-uri``
==========  ============================================================================================================

A change is sent once and never again: when the connection breaks, the error says that its effect is not known. Whether a request
of several operations is applied wholly or not at all is up to the server.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, Literal, TypeVar, get_args

from comity.dataset import read_file
from comity.errors import ComityError, QueryError, StoreError, UsageError
from comity.store import protocol, virtuoso
from comity.store.body import Body, Call, Limits, shown
from comity.store.contract import Solutions
from comity.store.credentials import checked_url
from comity.store.embedded import DEFAULT, MERGE
from comity.store.http import Http, RejectedError
from comity.store.portions import batches, graph_term, insertion, is_staging, staging_graph
from comity.store.syntax import prologue_of, without_last_semicolon
from comity.store.timed import check_limit

if TYPE_CHECKING:
    import pyoxigraph as ox

    from comity.store.contract import Row

T = TypeVar("T")

Union = Literal["server", "kept", "listed"]
UNIONS: Final[tuple[Union, ...]] = get_args(Union)
KINDS: Final = ("virtuoso", "other")
"""The kinds of server that are told apart."""
BATCH: Final = 5000
"""How many triples one request takes to a server."""
_SMALLEST: Final = 50
HIDDEN_GRAPHS: Final = virtuoso.SYSTEM_GRAPHS | {virtuoso.UNION}
"""The graphs that are neither counted nor listed: no source unit of anybody's."""
_UPDATE_PATHS: Final = {"/query": "/update"}
"""What the last part of a query service's path becomes for updates; other services take both at one address."""


class RemoteStore:
    """A :class:`~comity.store.contract.Store` on a server.

    `url` answers queries, `update_url` takes updates (without it, ``…/update`` beside ``…/query``, else the same address), and
    `graph_store_url` is the Graph Store Protocol's, for servers that take whole graphs faster than updates. `union` says what the
    default graph is. `kind` is ``virtuoso`` or ``other``; without it, what the server calls itself tells. Credentials come from the
    environment or netrc (:mod:`comity.store.credentials`). Several threads may use it.
    """

    def __init__(
        self,
        url: str,
        *,
        update_url: str | None = None,
        graph_store_url: str | None = None,
        union: str = "server",
        kind: str | None = None,
        limits: Limits | None = None,
        batch: int = BATCH,
    ) -> None:
        self.url = checked_url(url)
        self.update_url = checked_url(update_url or _update_url(url))
        self.graph_store_url = None if graph_store_url is None else checked_url(graph_store_url)
        self.union = _known_union(union)
        if kind is not None and kind not in KINDS:
            raise UsageError(f"'{kind}' is no kind of server", f"use one of: {', '.join(KINDS)}")
        self._kind = kind
        self._batch = batch
        self._http = Http(url, limits)
        self._closed = False
        self._lock = threading.Lock()
        self._held = False

    def __enter__(self) -> RemoteStore:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<RemoteStore {shown(self.url)} ({'closed' if self._closed else 'open'})>"

    @property
    def received(self) -> int:
        """How many bytes of answers have come back so far, as they were on the wire."""
        return self._http.received

    @property
    def kind(self) -> str:
        """What the server is, ``virtuoso`` or ``other``. It is asked something, if it has not answered anything yet."""
        if self._kind is None and self._http.software is None:
            self._ask("ASK {}")
        return self._kind or ("virtuoso" if self._is_virtuoso() else "other")

    def _is_virtuoso(self) -> bool:
        """Whether the server is known to be Virtuoso by now."""
        return self._kind == "virtuoso" if self._kind is not None else virtuoso.is_virtuoso(self._http.software or "")

    @property
    def batch(self) -> int:
        """How many triples one request takes to the server."""
        return min(self._batch, virtuoso.BATCH) if self._is_virtuoso() else self._batch

    @batch.setter
    def batch(self, triples: int) -> None:
        self._batch = triples

    @property
    def union_graph(self) -> str | None:
        """The named graph that holds the union, where the server has no default graph for it."""
        return virtuoso.UNION if self.union == "kept" and self.kind == "virtuoso" else None

    # -- reading -----------------------------------------------------------------------------------------------------

    def query(self, sparql: str, *, timeout: float | None = None) -> Solutions:
        """Run a query; see :meth:`comity.store.contract.Store.query`. With a broken connection it is asked again."""
        limit = None if timeout is None else check_limit(timeout)
        call = self._query_call(sparql)
        form = protocol.form_of(sparql)
        if form == "CONSTRUCT" and self._is_virtuoso():
            self.query(virtuoso.solutions_of(sparql), timeout=timeout)
        found = self._run(call, lambda body: protocol.read(self._readable(body), form), sparql, timeout=limit)
        return virtuoso.settled(found) if self._is_virtuoso() else found

    def query_graphs(self, sparql: str, *, timeout: float | None = None) -> Solutions:
        """Run a query that looks into named graphs only: none is listed for it, whatever the default graph is. Errors as for a query."""
        limit = None if timeout is None else check_limit(timeout)
        form = protocol.form_of(sparql)
        call = protocol.query_call(self.url, sparql)
        found = self._run(call, lambda body: protocol.read(self._readable(body), form), sparql, timeout=limit)
        return virtuoso.settled(found) if self._is_virtuoso() else found

    def rows(self, sparql: str, *, timeout: float | None = None) -> Iterator[Row]:
        """Run a SELECT query and give its rows one by one as they come in, however many there are. Errors as in :meth:`query`."""
        import pyoxigraph as ox

        limit = None if timeout is None else check_limit(timeout)
        with self._stream(self._query_call(sparql), sparql, limit) as body:
            found = protocol.results(self._readable(body))
            if not isinstance(found, ox.QuerySolutions):
                raise UsageError("only a SELECT query has rows", "use query for this one")
            count = 0
            own = virtuoso.own([variable.value for variable in found.variables]) if self._is_virtuoso() else None
            try:
                for row in found:
                    yield tuple(row) if own is None else virtuoso.settled_row(tuple(row), own)
                    count += 1
            finally:
                del found  # see protocol.read
            protocol.check_whole(body, count)

    @contextmanager
    def answer(
        self, sparql: str, *, default_graphs: Sequence[str] | None = None, named_graphs: Sequence[str] | None = None
    ) -> Iterator[tuple[str, tuple[str, ...], Iterable[Any]]]:
        """Give the kind of an answer, its variables, and its rows, triples or truth value as they come in.

        For a caller that stops reading when it has enough. `default_graphs` and `named_graphs`, together given or not, are the dataset of
        the query. Errors as in :meth:`query`, also while the answer is read.
        """
        import pyoxigraph as ox

        chosen = default_graphs is not None or named_graphs is not None
        if self._is_virtuoso() and not chosen:
            # What it answers has to be mended as a whole.
            whole = self.query(sparql)
            yield whole.kind, whole.variables, (whole.boolean,) if whole.kind == "ask" else whole.rows or whole.triples
            return
        call = protocol.query_call(self.url, sparql, default_graphs or (), named_graphs or ()) if chosen else self._query_call(sparql)
        with self._stream(call, sparql, None) as body:
            if protocol.form_of(sparql) in ("CONSTRUCT", "DESCRIBE"):
                yield "construct", (), (quad.triple for quad in protocol.triples(body))
                return
            found = protocol.results(self._readable(body))
            if isinstance(found, ox.QueryBoolean):
                yield "ask", (), (bool(found),)
            else:
                yield "select", tuple(variable.value for variable in found.variables), _counted(found, body)

    def has_graph(self, graph: str) -> bool:
        """Whether the named graph holds at least one triple; what is no IRI names no graph."""
        try:
            term = graph_term(graph)
        except ComityError:
            return False
        return graph not in HIDDEN_GRAPHS and bool(self._ask(f"ASK {{ GRAPH {term} {{ ?s ?p ?o }} }}").boolean)

    def graphs(self) -> tuple[str, ...]:
        """Return the IRIs of the named graphs that hold at least one triple, sorted."""
        # After many changes Virtuoso finds no end of the one question, and the other takes it no time.
        if self._is_virtuoso():
            rows = self._ask("SELECT ?g (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g").rows
        else:
            rows = self._ask("SELECT DISTINCT ?g WHERE { GRAPH ?g { ?s ?p ?o } }").rows
        return tuple(sorted({str(getattr(row[0], "value", "")) for row in rows if row[0] is not None} - HIDDEN_GRAPHS))

    def own_graphs(self) -> tuple[str, ...]:
        """Return the IRIs of the graphs that the server has for itself, which :meth:`graphs` leaves out."""
        among = " ".join(f"<{graph}>" for graph in sorted(HIDDEN_GRAPHS))
        found = self._ask(f"SELECT DISTINCT ?g WHERE {{ VALUES ?g {{ {among} }} GRAPH ?g {{ ?s ?p ?o }} }}").rows
        return tuple(sorted(str(getattr(row[0], "value", "")) for row in found))

    def quads(self, graph: str | None = None) -> Iterator[ox.Quad]:
        """Iterate over all quads, or those of one named graph, as they come in. Raises when fewer come than the store counts."""
        import pyoxigraph as ox

        for name in self.graphs() if graph is None else (graph,):
            expected, count = self.count(name), 0
            home = ox.NamedNode(name)
            for quad in self._triples_of(name) if expected else ():
                yield ox.Quad(quad.subject, quad.predicate, quad.object, home)
                count += 1
            if count != expected:
                raise StoreError(
                    f"the store gave {count} of the {expected} triples of <{name}>",
                    "raise the server's limit of rows, or leave the graph alone while it is read",
                )

    def _triples_of(self, graph: str) -> Iterator[ox.Quad]:
        call = self._call_of_graph("CONSTRUCT { ?s ?p ?o }", graph)
        with self._stream(call, "", None) as body:
            yield from protocol.triples(body)

    def count(self, graph: str | None = None) -> int:
        """Return the number of quads, or of triples in one named graph."""
        if graph is None:
            rows = self._ask("SELECT ?g (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g").rows
            # An aggregate over nothing may be a row without a graph.
            return sum(_number(row[1]) for row in rows if row[0] is not None and getattr(row[0], "value", "") not in HIDDEN_GRAPHS)
        call = self._call_of_graph("SELECT (COUNT(*) AS ?n)", graph)
        return _number(self._run(call, lambda body: protocol.read(self._readable(body), "SELECT"), "").rows[0][0])

    def _call_of_graph(self, form: str, graph: str) -> Call:
        """The request that asks for all triples of a named graph."""
        if self._is_virtuoso():
            # With GRAPH it takes seconds to count a graph in which much has changed.
            return protocol.query_call(self.url, f"{form} WHERE {{ ?s ?p ?o }}", (graph,))
        return protocol.query_call(self.url, f"{form} WHERE {{ GRAPH {graph_term(graph)} {{ ?s ?p ?o }} }}")

    def shows_its_graphs(self) -> bool:
        """Whether a query without GRAPH sees what is in named graphs; asked of one triple. An empty store shows all that it has."""
        system = ", ".join(f"<{graph}>" for graph in sorted(HIDDEN_GRAPHS))
        among = f"GRAPH ?g {{ ?s ?p ?o }} FILTER(isIRI(?s) && isIRI(?o) && ?g NOT IN ({system}))"
        found = self._ask(f"SELECT ?s ?p ?o WHERE {{ {among} }} LIMIT 1").rows
        return not found or bool(self.query("ASK { " + " ".join(map(str, found[0])) + " }").boolean)

    # -- writing -----------------------------------------------------------------------------------------------------

    def update(self, sparql: str) -> None:
        """Run an update; see :meth:`comity.store.contract.Store.update`. It is sent once."""
        if self.union != "kept" or self._held:
            self._send(sparql, sparql)
            return
        if self.union_graph is not None:
            self._send(f"{without_last_semicolon(sparql)}\n;\n{virtuoso.MERGE}", sparql)
            return
        prologue = prologue_of(sparql)
        before = f"CLEAR SILENT DEFAULT ; MOVE SILENT <{DEFAULT}> TO DEFAULT ; "
        after = f"\n; ADD SILENT DEFAULT TO <{DEFAULT}> ; CLEAR SILENT DEFAULT ; {MERGE}"
        self._send(f"{prologue}{before}{without_last_semicolon(sparql[len(prologue):])}{after}", sparql)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Leave the union of a ``kept`` store as it is until the end of the block, then make it once.

        For many changes in a row, all of which name their graphs. Until then queries without GRAPH see the union as it was.
        """
        if self.union != "kept" or self._held:
            yield
            return
        self._held = True
        try:
            yield
        finally:
            self._held = False
            self._settle()

    def _merge(self) -> str:
        """The update that brings a ``kept`` union up to date."""
        return virtuoso.MERGE if self.union_graph is not None else f"CLEAR SILENT DEFAULT ; {MERGE}"

    def _settle(self) -> None:
        if self.union == "kept":
            self._send(self._merge(), self._merge())

    def load(self, source: Iterable[ox.Quad] | str | os.PathLike[str], graph: str | None = None) -> None:
        """Add quads, or the statements of a file; see :meth:`comity.store.contract.Store.load`.

        More than a batch of them go in several requests, and a failure between two leaves what went before.
        """
        self._check_open()
        if isinstance(source, str | os.PathLike):
            quads: Iterable[ox.Quad] = read_file(source, graph)
        else:
            quads = list(source)  # a source that fails midway adds nothing
        lines: dict[str, list[ox.Triple]] = {}
        for quad in quads:
            name = graph or str(getattr(quad.graph_name, "value", DEFAULT))
            lines.setdefault(name, []).append(quad.triple)
        portions = list(batches(lines, self.batch))
        if len(portions) == 1:
            self._change(insertion(portions[0]))
        elif portions:
            with self.held():
                for batch in portions:
                    self._change(insertion(batch))

    def replace_graph(self, graph: str, triples: Iterable[ox.Triple]) -> None:
        """Make `graph` hold exactly `triples`; a failure leaves the old content.

        More than a batch of them are put into another graph first, which then takes this one's place.
        """
        wanted = list(triples)
        portions = list(batches({graph: wanted}, self.batch))
        if len(portions) <= 1:
            content = f" ;\n{insertion(portions[0])}" if portions else ""
            self._change(f"DROP SILENT GRAPH {graph_term(graph)}{content}")
            return
        with self.held():
            staging = staging_graph(graph)
            self.fill(staging, wanted)
            self.move(staging, graph)

    def fill(self, graph: str, triples: Sequence[ox.Triple], progress: Callable[[int], None] = lambda _: None) -> None:
        """Make a graph that nobody reads yet hold exactly `triples`, in batches; `progress` hears how many have gone."""
        if self.graph_store_url is not None:
            self._put(graph, triples)
            progress(len(triples))
            return
        while True:
            self.update(f"DROP SILENT GRAPH {graph_term(graph)}")
            try:
                for batch in batches({graph: triples}, self.batch):
                    self.update(insertion(batch))
                    progress(sum(len(part) for part in batch.values()))
                return
            except QueryError:
                # Virtuoso takes a few hundred triples at once, and no server says how many it takes.
                if self.batch <= _SMALLEST:
                    raise
                self._batch = self.batch // 4

    def _put(self, graph: str, triples: Sequence[ox.Triple]) -> None:
        """Replace a graph by the Graph Store Protocol (section 5.3): PUT may be repeated, and takes any number of triples."""
        self._check_open()
        assert self.graph_store_url is not None
        self._run(protocol.put_call(self.graph_store_url, graph, triples), lambda body: body.read(), "", update=True)
        if not self._held:
            self._settle()

    def move(self, source: str, target: str) -> None:
        """Put the content of a graph in the place of another's. The source is gone afterwards."""
        self.update(f"MOVE {graph_term(source)} TO {graph_term(target)}")

    def clear(self) -> None:
        """Remove everything."""
        self._check_open()
        if self.kind != "virtuoso":
            self._send("DROP ALL", "DROP ALL")
            return
        # Virtuoso takes a minute for that, over its own graphs too, and then has not done it.
        request = " ;\n".join(f"DROP SILENT GRAPH {graph_term(graph)}" for graph in (*self.graphs(), virtuoso.UNION))
        self._send(request, request)

    def close(self) -> None:
        """Release the connections. Closing twice does no harm."""
        with self._lock:
            if not self._closed:
                self._closed = True
                self._http.close()

    # -- within ------------------------------------------------------------------------------------------------------

    def _check_open(self) -> None:
        if self._closed:
            raise StoreError("the store is closed", "open it again")

    def _query_call(self, sparql: str) -> Call:
        self._check_open()
        if self.union_graph is not None and not virtuoso.chooses_its_graphs(sparql):
            return protocol.query_call(self.url, virtuoso.adapted(sparql), (virtuoso.UNION,), before=virtuoso.PLAN)
        if self.union != "listed":
            return protocol.query_call(self.url, sparql)
        # Of an empty store an empty graph is named: no name at all would mean all that the server has. What is being made ready
        # for a graph is not yet part of the union.
        graphs = [graph for graph in self.graphs() if not is_staging(graph)] or [DEFAULT]
        return protocol.query_call(self.url, sparql, graphs, graphs)

    def _ask(self, sparql: str) -> Solutions:
        """Answer a query that names its graphs, whatever the default graph is."""
        return self.query_graphs(sparql)

    def _readable(self, body: Body) -> Body:
        return body.replacing(*virtuoso.ODD_LABEL) if self._is_virtuoso() else body

    def _change(self, update: str) -> None:
        """Run an update that names its graphs, and bring the union up to date in the same request."""
        after = f" ;\n{self._merge()}" if self.union == "kept" and not self._held else ""
        self._send(update + after, update)

    def _send(self, request: str, sparql: str) -> None:
        default = (DEFAULT,) if self.union_graph is not None and virtuoso.names_no_graph(sparql) else ()
        if self._is_virtuoso():
            request = virtuoso.with_split_comparisons(request)
        try:
            self._run(protocol.update_call(self.update_url, request, default), lambda body: body.read(), sparql, update=True)
        except (StoreError, QueryError) as error:
            if not virtuoso.forbids(error.what):
                raise
            raise StoreError(
                f"{shown(self.update_url)} lets nobody change what it holds",
                'let its keeper run GRANT SPARQL_UPDATE TO "SPARQL", or name a user, and …/sparql-auth as the place of updates',
            ) from None

    def _run(
        self, call: Call, consume: Callable[[Body], T], sparql: str, *, timeout: float | None = None, update: bool = False
    ) -> T:
        self._check_open()
        try:
            return self._http.run(call, consume, timeout)
        except RejectedError as error:
            raise protocol.bad_query(sparql, str(error), update=update) from None
        except SyntaxError as error:
            raise protocol.unreadable(error) from None

    @contextmanager
    def _stream(self, call: Call, sparql: str, timeout: float | None) -> Iterator[Body]:
        self._check_open()
        try:
            with self._http.stream(call, timeout) as body:
                yield body
        except RejectedError as error:
            raise protocol.bad_query(sparql, str(error)) from None
        except SyntaxError as error:
            raise protocol.unreadable(error) from None


def _counted(found: ox.QuerySolutions, body: Body) -> Iterator[Row]:
    count = 0
    for row in found:
        yield tuple(row)
        count += 1
    protocol.check_whole(body, count)


def _known_union(union: str) -> Union:
    for known in UNIONS:
        if union == known:
            return known
    raise UsageError(f"'{union}' is no kind of default graph", f"use one of: {', '.join(UNIONS)}")


def _update_url(url: str) -> str:
    for end, other in _UPDATE_PATHS.items():
        if url.endswith(end):
            return url[: -len(end)] + other
    return url


def _number(term: object) -> int:
    return int(getattr(term, "value", 0))
