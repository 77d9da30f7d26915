"""The store inside this process: Oxigraph, in memory or in a folder on disk.

Queries see the union of the named graphs as a set. Oxigraph's own union counts a triple once for every graph that has it, so
this store keeps the union as real triples in Oxigraph's default graph and brings that up to date before a query. The rule
that makes it safe on disk: **the default graph is either exactly the union or empty**; every write empties it first.

Oxigraph keeps numbers, booleans and times by their values: ``"01"^^xsd:integer`` comes back as ``"1"^^xsd:integer``. Text that is no
value of its type comes back as it was.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

from comity import resources
from comity.dataset import read_file
from comity.errors import StoreDamaged, StoreError, StoreInUse
from comity.memory import check_room_for_a_store
from comity.store import timed
from comity.store.contract import Solutions
from comity.store.syntax import prologue_of, query_error, without_last_semicolon
from comity.terms import graph_iri

if TYPE_CHECKING:
    import pyoxigraph as ox

T = TypeVar("T")

_FEW: Final = 100_000
"""How many quads are written to disk as a transaction."""

DEFAULT: Final = graph_iri("default")
"""The graph that an update without GRAPH, WITH or USING works on."""

MERGE: Final = "INSERT { ?s ?p ?o } WHERE { GRAPH ?g { ?s ?p ?o } }"
"""The update that makes the default graph the union of the named ones."""


class EmbeddedStore:
    """A :class:`~comity.store.contract.Store` over Oxigraph. Without `path` it lives in memory and ends with the object.

    A folder on disk belongs to one process at a time; a second one gets a :class:`~comity.errors.StoreError`.
    """

    def __init__(self, path: str | os.PathLike[str] | None = None) -> None:
        import pyoxigraph as ox

        self._path = None if path is None else Path(path)
        if self._path is not None:
            check_room_for_a_store()
        try:
            store = ox.Store() if self._path is None else ox.Store(str(self._path))
        except (OSError, RuntimeError) as error:
            raise _cannot_open(error, Path(path or "")) from None
        if self._path is not None:
            timed.sweep(self._path)
        self._store: ox.Store | None = store
        self._lock = threading.RLock()
        self._snapshot: timed.Snapshot | None = None
        self._merged = next(store.quads_for_pattern(None, None, None, ox.DefaultGraph()), None) is not None

    def __enter__(self) -> EmbeddedStore:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        state = "closed" if self._store is None else "open"
        return f"<EmbeddedStore {'in memory' if self._path is None else self._path} ({state})>"

    # -- reading -----------------------------------------------------------------------------------------------------

    def query(self, sparql: str, *, timeout: float | None = None) -> Solutions:
        """Run a query; see :meth:`comity.store.contract.Store.query`.

        With a `timeout`, the query runs in a process of its own, because Oxigraph cannot be interrupted within ours.
        """
        if timeout is not None:
            limit = timed.check_limit(timeout)
            with self._lock:
                job = self._start(sparql, limit)
                if self._snapshot is not None:
                    # A write would take the snapshot away from under the query.
                    return _translated(job.result, sparql)
            return _translated(job.result, sparql)
        with self._lock:
            store = self._ready()
            # The snapshot is taken by this call; the rows are read outside the lock.
            result = _translated(lambda: store.query(sparql), sparql)
        return _translated(lambda: timed.solutions(result), sparql)

    def answer(
        self,
        sparql: str,
        *,
        base: str | None = None,
        default_graphs: Sequence[str] | None = None,
        named_graphs: Sequence[str] | None = None,
    ) -> ox.QuerySolutions | ox.QueryTriples | ox.QueryBoolean:
        """Return Oxigraph's own result, unread, for a caller that stops reading when it has enough.

        `default_graphs` and `named_graphs`, together given or not, are the dataset of the query, whatever its FROM clauses say: the
        default graph is then the merge of the former, each triple once (SPARQL 1.1 Query, section 13.2). `base` is what relative IRIs are
        resolved against. Errors as in :meth:`query`.
        """
        import pyoxigraph as ox

        with self._lock:
            store = self._ready()
            if default_graphs is None and named_graphs is None:
                return _translated(lambda: store.query(sparql, base_iri=base), sparql)
            default: list[ox.NamedNode | ox.BlankNode | ox.DefaultGraph] = [ox.NamedNode(graph) for graph in default_graphs or ()]
            named: list[ox.NamedNode | ox.BlankNode] = [ox.NamedNode(graph) for graph in named_graphs or ()]
            if len(default) > 1:
                # Given several, Oxigraph counts a triple once for each of them.
                store, default = self._merge_of(default, named), [ox.DefaultGraph()]
            return _translated(
                lambda: store.query(sparql, base_iri=base, default_graph=default, named_graphs=named), sparql
            )

    def _merge_of(self, default: Iterable[Any], named: Iterable[Any]) -> ox.Store:
        """A store of these graphs alone, the first ones merged in its default graph."""
        import pyoxigraph as ox

        store = self._open()
        merged = ox.Store()
        for graph in default:
            merged.extend(ox.Quad(quad.subject, quad.predicate, quad.object) for quad in store.quads_for_pattern(None, None, None, graph))
        for graph in named:
            merged.extend(store.quads_for_pattern(None, None, None, graph))
        return merged

    def has_graph(self, graph: str) -> bool:
        """Whether the named graph holds at least one triple; what is no IRI names no graph."""
        try:
            return next(self.quads(graph), None) is not None
        except ValueError:
            return False

    def graphs(self) -> tuple[str, ...]:
        """Return the IRIs of the named graphs that hold at least one triple, sorted."""
        import pyoxigraph as ox

        with self._lock:  # it takes several looks, and a change between two of them could show a state that never was
            store = self._open()
            names = (name.value for name in store.named_graphs() if isinstance(name, ox.NamedNode))
            return tuple(sorted(name for name in names if next(self.quads(name), None) is not None))

    def is_empty(self) -> bool:
        """Whether there is no statement at all."""
        return not self._merged and next(self.quads(), None) is None

    def quads(self, graph: str | None = None) -> Iterator[ox.Quad]:
        """Iterate over all quads, or those of one named graph, in no particular order."""
        import pyoxigraph as ox

        store = self._open()
        if graph is not None:
            return iter(store.quads_for_pattern(None, None, None, ox.NamedNode(graph)))
        default = ox.DefaultGraph()
        return (quad for quad in store if quad.graph_name != default)

    def count(self, graph: str | None = None) -> int:
        """Return the number of quads, or of triples in one named graph."""
        where = "GRAPH ?g { ?s ?p ?o }" if graph is None else f"GRAPH <{graph}> {{ ?s ?p ?o }}"
        rows = timed.solutions(self._open().query(f"SELECT (COUNT(*) AS ?n) WHERE {{ {where} }}")).rows
        return int(getattr(rows[0][0], "value", 0))

    # -- writing -----------------------------------------------------------------------------------------------------

    def update(self, sparql: str) -> None:
        """Run an update; see :meth:`comity.store.contract.Store.update`.

        Outside GRAPH, WITH and USING, an update reads and writes the graph ``…/comity/graph/default``.
        """
        with self._lock:
            store = self._write()
            # One request is one transaction. Oxigraph takes a prologue only at the beginning, so what goes before the
            # operations stands behind it; it has no line of its own, so that the lines in messages fit.
            prologue = prologue_of(sparql)
            before = f"MOVE SILENT <{DEFAULT}> TO DEFAULT ; "
            after = f"\n; ADD SILENT DEFAULT TO <{DEFAULT}> ; CLEAR DEFAULT"
            request = f"{prologue}{before}{without_last_semicolon(sparql[len(prologue):])}{after}"
            _translated(lambda: store.update(request), sparql, shift=len(before), after=prologue)

    def load(self, source: Iterable[ox.Quad] | str | os.PathLike[str], graph: str | None = None) -> None:
        """Add quads, or the statements of a file; see :meth:`comity.store.contract.Store.load`."""
        import pyoxigraph as ox

        if isinstance(source, str | os.PathLike):
            quads: Iterable[ox.Quad] = read_file(source, graph)
        elif graph is not None:
            name = ox.NamedNode(graph)
            quads = [ox.Quad(quad.subject, quad.predicate, quad.object, name) for quad in source]
        else:
            quads = source
        unnamed, home = ox.DefaultGraph(), ox.NamedNode(DEFAULT)
        self._extend(
            ox.Quad(quad.subject, quad.predicate, quad.object, home) if quad.graph_name == unnamed else quad
            for quad in quads
        )

    def replace_graph(self, graph: str, triples: Iterable[ox.Triple]) -> None:
        """Make `graph` hold exactly `triples`; a failure leaves the old content."""
        import pyoxigraph as ox

        name = ox.NamedNode(graph)
        wanted = list(triples)
        if next(self.quads(graph), None) is None:
            self._extend(ox.Quad(triple.subject, triple.predicate, triple.object, name) for triple in wanted)
            return
        lines = ox.serialize(wanted, format=ox.RdfFormat.N_TRIPLES)
        assert lines is not None  # given no output, it returns bytes
        with self._lock:
            store = self._write()
            _translated(
                lambda: store.update(
                    f"CLEAR SILENT GRAPH <{graph}> ; INSERT DATA {{ GRAPH <{graph}> {{\n{lines.decode()}}} }}"
                ),
                "",
            )

    def become(self, other: EmbeddedStore) -> None:
        """Hold exactly what `other` holds, with its union, written to its place on disk at once.

        This is several times faster than :meth:`load`, and is not one transaction: when it fails, what was here is lost, and the store is
        closed; when the process is killed, what is here then is part of the one or the other.
        """
        with self._lock, other._lock:
            source, store = other._ready(), self._open()
            self._forget_snapshot()
            try:
                store.clear()
                store.bulk_extend(source)
                store.flush()
            except (OSError, RuntimeError) as error:
                self._store = None
                raise StoreError(f"the store cannot be written: {error}", "make room, and open it again", file=self._path) from None
            self._merged = True

    def clear(self) -> None:
        """Remove everything."""
        with self._lock:
            store = self._write()
            _translated(lambda: store.update("DROP ALL"), "")

    def close(self) -> None:
        """Release files and locks. Closing twice does no harm."""
        with self._lock:
            self._forget_snapshot()
            self._store = None

    # -- within ------------------------------------------------------------------------------------------------------

    def _open(self) -> ox.Store:
        if self._store is None:
            raise StoreError("the store is closed", "open it again")
        return self._store

    def _ready(self) -> ox.Store:
        """Return the store with its default graph up to date. The caller holds the lock."""
        import pyoxigraph as ox

        store = self._open()
        if not self._merged:
            some, rest = _some(self.quads()) if self._path else ([], None)
            if rest is None:
                _translated(lambda: store.update(MERGE), MERGE)
            else:
                union = (ox.Quad(quad.subject, quad.predicate, quad.object) for quad in chain(some, rest))
                _translated(lambda: store.bulk_extend(union), MERGE)
            self._merged = True
        return store

    def _write(self) -> ox.Store:
        """Return the store with an empty default graph, ready for a change. The caller holds the lock."""
        store = self._open()
        self._forget_snapshot()
        if self._merged:
            _translated(lambda: store.update("CLEAR DEFAULT"), "CLEAR DEFAULT")
            self._merged = False
        return store

    def _extend(self, quads: Iterable[ox.Quad]) -> None:
        import pyoxigraph as ox

        with self._lock:
            store = self._write()
            some, rest = _translated(lambda: _some(quads), "") if self._path else ([], None)
            if self._path is None:
                _translated(lambda: store.extend(quads), "")
            elif rest is None:
                _translated(lambda: store.extend(some), "")
            elif next(self.quads(), None) is not None:
                _translated(lambda: store.bulk_extend(chain(some, rest)), "")
            else:
                # What is all there is makes the union too, in the same go.
                both = (one for quad in chain(some, rest) for one in (quad, ox.Quad(quad.subject, quad.predicate, quad.object)))
                _translated(lambda: store.bulk_extend(both), "")
                self._merged = True

    def _start(self, sparql: str, seconds: float) -> timed.Job:
        store = self._ready()
        if self._path is None and timed.CAN_FORK:
            return timed.fork(lambda: store.query(sparql), seconds)
        if self._snapshot is None:
            self._snapshot = _translated(lambda: timed.Snapshot(store, self._path), sparql)
        return self._snapshot.start(sparql, seconds)

    def _forget_snapshot(self) -> None:
        if self._snapshot is not None:
            self._snapshot.close()
            self._snapshot = None


def _some(quads: Iterable[ox.Quad]) -> tuple[list[ox.Quad], Iterator[ox.Quad] | None]:
    """Return the first quads, and the rest if these are not all.

    One transaction holds all its changes in memory: a million quads with their union took 1.9 GB. On disk Oxigraph also loads in bulk:
    into files of their own, which become part of the store in one step at the end, or not at all. For few quads these files cost more than
    they save.
    """
    rest = iter(quads)
    some = list(islice(rest, _FEW))
    return some, rest if len(some) == _FEW else None


def _cannot_open(error: OSError | RuntimeError, path: Path) -> StoreError:
    if "lock" in str(error).lower():
        return StoreInUse("the store is in use", "close it there, or open a copy of the folder", file=resources.display(path))
    if isinstance(error, RuntimeError) or (isinstance(error, FileNotFoundError) and path.is_dir()):
        return StoreDamaged(f"the store is damaged: {error}", "remove it, or name another folder", file=resources.display(path))
    remedy = "name a folder that can be written, or a new one"
    return StoreError(f"the store cannot be opened: {error}", remedy, file=resources.display(path))


def _translated(run: Callable[[], T], sparql: str, *, shift: int = 0, after: str = "") -> T:
    """Return what `run` returns, with Oxigraph's exceptions turned into Comity's."""
    try:
        return run()
    except SyntaxError as error:
        raise query_error(str(error), sparql, shift=shift, after=after) from None
    except (OSError, RuntimeError, ValueError) as error:
        raise StoreError(f"the store failed: {error}", "see the reason given; nothing was changed") from None
