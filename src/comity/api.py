"""The edition as one object: open a view of it, ask, query, validate, infer, explain, export.

>>> import comity
>>> edition = comity.open()                                          # doctest: +SKIP
>>> print(edition.ask("instruments", level="regional").to_text())    # doctest: +SKIP
"""

from __future__ import annotations

import dataclasses
import datetime
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from comity import dataset
from comity.engines import known_engine
from comity.errors import InconsistencyError, QueryError, StoreError, UsageError
from comity.terms import CY, INFERRED, RDF, RDFS, SNAPSHOT, XSD, expand, graph_iri, graph_name, iri, with_prefixes

if TYPE_CHECKING:
    import pyoxigraph as ox
    import rdflib

    from comity.inference import Closure, ReferenceClosure
    from comity.inference.explain import Asserted, Proof, Sources
    from comity.questions import NameIndex, Question
    from comity.reconcile import Reconciler
    from comity.store import Store
    from comity.store.edition import Selection
    from comity.store.remote import RemoteStore
    from comity.store.transfer import Arrival
    from comity.table import Table
    from comity.validation import Report


def open(
    view: str = "curated",
    infer: bool = True,
    *,
    engine: str = "compiled",
    verified_only: bool = False,
    known_at: str | datetime.date | None = None,
    path: str | os.PathLike[str] | None = None,
) -> Comity:
    """Open a view of the edition.

    `view` is ``curated`` (paper and record, with corrections applied), ``paper`` (as printed) or ``record`` (without the
    paper). With `infer`, what follows from the ontology is in graph ``inferred``; `engine` says who works it out.
    `verified_only` leaves out statements of the record that no source has confirmed. `known_at`, a date or a text such as
    ``2015-01-01``, leaves out what no source had recorded by that day (:mod:`comity.knowledge`); for what holds on a day
    see :meth:`Comity.on`. With `path`, the store lies in that folder and is taken over from there by the next call with the
    same edition and options; otherwise it lies in memory.

    Raises :class:`~comity.errors.UnknownView`, :class:`~comity.errors.UnknownEngine`, :class:`~comity.errors.UsageError` for
    what is no day, :class:`~comity.errors.InputError` for files that cannot be read, :class:`~comity.errors.StoreError` for a
    folder that cannot be used, and :class:`~comity.errors.InconsistencyError` when the view contradicts the ontology.
    """
    from comity.store.edition import Selection

    day = None if known_at is None else _day(known_at)
    return _opened(Selection(dataset.known_view(view), verified_only, day, known_engine(engine) if infer else None), engine, path)


def _opened(
    selection: Selection, engine: str = "compiled", path: str | os.PathLike[str] | None = None, *, must_be_kept: bool = True
) -> Comity:
    """Open what is selected. Unless it `must_be_kept`, a folder that cannot be filled leaves it in memory."""
    from comity.store.edition import keep, open_folder

    place, whole = (None, False) if path is None else open_folder(selection, path)
    try:
        # What is to lie on disk is read and inferred in memory first: whatever goes wrong there, the folder keeps what it had.
        store = place if place is not None and whole else selection.read()
        edition = Comity(store, selection.view, engine=engine, verified_only=selection.verified_only, known_at=selection.known_at)
        if selection.inferred_by is not None and not whole:
            edition.infer()
        if path is not None and place is not None and not whole:
            try:
                edition.store = keep(selection, path, place, store)
            except StoreError:
                if must_be_kept:
                    raise
                place.close()
    except BaseException:
        if place is not None:
            place.close()
        raise
    return edition


def connect(
    url: str,
    *,
    update_url: str | None = None,
    graph_store_url: str | None = None,
    union: str = "server",
    kind: str | None = None,
    view: str = "curated",
) -> Comity:
    """Return the view that a SPARQL server holds, as :meth:`Comity.load` or any other tool has put it there.

    `url` answers SPARQL queries; `update_url` and `graph_store_url` are needed where updates and whole graphs go to other addresses.
    `union` says what the server's default graph is, and `kind` that it is Virtuoso, where it does not say so itself
    (:mod:`comity.store.remote`). Credentials come from the environment or netrc (:mod:`comity.store.credentials`).
    Raises :class:`~comity.errors.UsageError`, :class:`~comity.errors.MissingExtra`, and :class:`~comity.errors.StoreError` for a
    server that does not answer, or whose default graph does not show its named graphs, each triple once.
    """
    from comity.store.remote import RemoteStore

    store = RemoteStore(url, update_url=update_url, graph_store_url=graph_store_url, union=union, kind=kind)
    try:
        if store.kind == "virtuoso" and union != "kept":
            raise StoreError(
                "Virtuoso counts a triple once for each of its graphs, so the questions would be answered wrongly",
                "load the edition there with the union 'kept', and ask with it",
            )
        if not store.shows_its_graphs():
            raise StoreError(
                "a query without GRAPH does not see this store's named graphs",
                "let the server make its default graph their union, or use the union 'kept' (to change it) or 'listed' (to read it)",
            )
        return Comity(store, view)
    except BaseException:
        store.close()
        raise


class Comity:
    """An open view of the edition; :func:`open` makes one.

    It holds a store, it is not one: `store` gives that, and `graph` gives a copy of its content for rdflib. Nothing here
    changes what it is given. Use it in a ``with`` statement, or call :meth:`close`, when the store lies on disk.
    """

    def __init__(
        self,
        store: Store,
        view: str = "curated",
        *,
        engine: str = "compiled",
        verified_only: bool = False,
        known_at: datetime.date | None = None,
    ) -> None:
        self.store = store
        self.view = dataset.known_view(view)
        self.engine = known_engine(engine)
        self.verified_only = verified_only
        self.known_at = known_at
        self._graph: rdflib.Dataset | None = None
        self._names: NameIndex | None = None
        self._reconciler: Reconciler | None = None
        self._closure: Closure | ReferenceClosure | None = None
        self._sources: Sources | None = None
        self._asked_on: tuple[datetime.date, Comity] | None = None
        self._day: datetime.date | None = None

    def __repr__(self) -> str:
        known = f", as known at {self.known_at.isoformat()}" if self.known_at else ""
        return f"<Comity: view {self.view}{', verified only' if self.verified_only else ''}{known}, {self.store!r}>"

    def __enter__(self) -> Comity:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the store."""
        if self._asked_on is not None:
            self._asked_on[1].close()
        self.store.close()

    # -- asking ------------------------------------------------------------------------------------------------------

    def questions(self) -> list[Question]:
        """Return every canned question, by name, with its parameters and columns."""
        from comity.questions import list_questions

        return list(list_questions())

    def ask(self, name: str, /, *, sources: bool = False, **params: object) -> Table:
        """Answer the canned question `name`; its own parameters are the keywords, checked by name and type.

        With `sources`, two columns more say whether each row is stated or inferred, and where (:mod:`comity.questions.sources`).
        Raises :class:`~comity.errors.UnknownQuestion` and :class:`~comity.errors.ParameterError`.
        """
        from comity.questions import NameIndex, ask, load_question
        from comity.questions.sources import with_sources

        question = load_question(name)
        if self._names is None:
            self._names = NameIndex(self.store)
        view = self._as_asked(question, params)
        table = view._signed(ask(view.store, question, params, index=self._names))
        return with_sources(table, self.why(table)) if sources else table

    def _as_asked(self, question: Question, params: Mapping[str, object]) -> Comity:
        """The view that the question is asked of: this one, or as of the day that the question's parameter names."""
        if question.snapshot is None:
            return self
        from comity.questions.parameters import bind_parameters

        assert self._names is not None
        # What is not given is what the file holds.
        defaults = {slot.name: slot.term for slot in question.slots}
        return self._as_of(_day({**defaults, **bind_parameters(question, params, self._names)}[question.snapshot].value))

    def _as_of(self, day: datetime.date | None) -> Comity:
        """This view as of a day; the last one is kept."""
        if day is None or day == self._day:
            return self
        if self._asked_on is None or self._asked_on[0] != day:
            self._asked_on = day, self.on(day)
        return self._asked_on[1]

    def _signed(self, table: Table) -> Table:
        """The answer with this view as the one that it comes from."""
        assert table.origin is not None
        origin = dataclasses.replace(table.origin, view=self.view, verified_only=self.verified_only)
        return table.with_origin(dataclasses.replace(origin, known_at=self.known_at, on=self._day))

    def why(self, asked: str | Table, /, **params: object) -> Iterator[list[Proof | Asserted]]:
        """Say why each row is in an answer: a list for each row, in its order.

        `asked` is an answer that :meth:`ask` or :meth:`query` gave, or the name of a canned question, with its parameters. A
        list holds the statements that the question's patterns matched for the row, each with its proof, or with the graphs
        and passages that state it. Labels are left out, and what the question denies. The lists are made one by one, as they
        are taken. Raises what :meth:`ask` raises, and :class:`~comity.errors.UsageError` for a table
        that answers no SELECT query.
        """
        from comity.questions.binding import BindingError
        from comity.questions.why import statements

        if not isinstance(asked, str) and params:
            raise UsageError("an answer has no parameters", "give them with the name of a question, or leave them out")
        table = self.ask(asked, sources=False, **params) if isinstance(asked, str) else asked
        if table.origin is None or table.kind != "select":
            raise UsageError("this table answers no SELECT query", "give one that Comity.ask or Comity.query returned")
        view = self._as_of(table.origin.on)
        names = [column.name for column in table.columns]
        try:
            for triples in statements(view.store, table.origin.query, names, table.terms()):
                yield [view.explain(triple.subject, triple.predicate, triple.object) for triple in triples]
        except BindingError as error:
            raise UsageError(error.what, error.remedy) from None

    def query(self, sparql: str, *, timeout: float | None = None) -> Table:
        """Answer a SPARQL 1.1 query; Comity's prefixes (``cy:``, ``instrument:`` …) need not be declared.

        `timeout` is in seconds. A query without ``GRAPH`` sees all graphs as one. ASK gives a table of one cell, CONSTRUCT
        and DESCRIBE one of three columns. Raises :class:`~comity.errors.QueryError` with line and column, and
        :class:`~comity.errors.TimeLimitError`.
        """
        from comity.limits import check_query
        from comity.table import Origin, Table

        check_query(sparql)
        text, shift = with_prefixes(sparql)
        try:
            solutions = self.store.query(text, timeout=timeout)
        except QueryError as error:
            column = error.column
            if error.line == 1 and column is not None:
                column = max(1, column - shift)
            raise QueryError(error.what, error.remedy, query=sparql, line=error.line, column=column) from None
        return self._signed(Table.from_solutions(solutions).with_origin(Origin(text)))

    def reconcile(
        self,
        names: Iterable[str],
        type: str | None = None,  # noqa: A002 - the word every user has for it
        *,
        dates: Sequence[object] | None = None,
        limit: int = 5,
    ) -> Table:
        """Say what each name means, in their order: thing, label, score (0 to 100), match, reason, item of Wikidata, candidates (extra
        ``reconcile``).

        `type` is a kind, such as ``state`` or ``instrument``, or a class; `dates` has a date or a year for each name, ``None`` where there
        is none; `limit` is the number of candidates. Thing and item are there only for a match, that is where they may be taken unseen.
        Raises :class:`~comity.errors.MissingExtra`, :class:`~comity.errors.UnknownName` for an unknown type, and
        :class:`~comity.errors.UsageError`.
        """
        from comity.reconcile.table import matches, table_of

        return table_of(matches(self.reconciler(), names, type, dates, limit))

    def reconciler(self) -> Reconciler:
        """Return what matches names, one by one and with more evidence than :meth:`reconcile` takes; made once for the view."""
        if self._reconciler is None:
            from comity.reconcile import Reconciler

            self._reconciler = Reconciler(self.store)
        return self._reconciler

    def stats(self) -> Table:
        """Count the triples of each graph; the last row, without a graph, counts all of them once."""
        from comity.table import Column, Iri, Table

        rows: list[tuple[Iri | None, str, int]] = [
            (Iri(graph), graph_name(graph) or graph, self.store.count(graph)) for graph in self.store.graphs()
        ]
        total = self.store.query("SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }").rows[0][0]
        rows.append((None, "all graphs, each triple once", int(getattr(total, "value", 0))))
        return Table(
            [
                Column("graph", "iri", "the named graph; none in the last row"),
                Column("graphLabel", "string", "its name"),
                Column("triples", "integer", "how many triples it holds", "triples"),
            ],
            rows,
            title=f"Triples in the {self.view} view",
        )

    # -- as an rdflib graph ------------------------------------------------------------------------------------------

    @property
    def graph(self) -> rdflib.Dataset:
        """The view as an rdflib ``Dataset`` whose default graph is the union: a copy, made when first asked for.

        Changes to it do not reach the store, and later changes of the store, other than by :meth:`infer`, do not reach it.
        """
        if self._graph is None:
            from comity.bridge import to_rdflib

            self._graph = to_rdflib(self.store.quads())
        return self._graph

    # -- reasoning ---------------------------------------------------------------------------------------------------

    def infer(self, engine: str | None = None) -> int:
        """Work out what follows from the ontology, put it into graph ``inferred`` instead of what was there, and count it.

        Statements asserted elsewhere are not repeated. Raises :class:`~comity.errors.InconsistencyError`, and changes nothing,
        when the view contradicts the ontology; :class:`~comity.errors.UnknownEngine`.

        On a server the rules run there, as SPARQL updates by this edition's ontology, and no data come back. A contradiction is found
        at the end then: graph ``inferred`` is left empty.
        """
        from comity.store.remote import RemoteStore

        if isinstance(self.store, RemoteStore):
            return self._infer_there(self.store, known_engine(engine or self.engine))
        closure = self._close(known_engine(engine or self.engine))
        if closure.inconsistencies:
            raise InconsistencyError(tuple(closure.inconsistencies))
        triples = closure.triples
        self.store.replace_graph(INFERRED, triples)
        self._closure = closure
        self._forget()
        return len(triples)

    def _infer_there(self, store: RemoteStore, engine: str) -> int:
        from comity import resources
        from comity.inference.in_store import close_in_store

        if engine != "compiled":
            raise UsageError(f"the engine '{engine}' does not run inside a server", "use the engine 'compiled'")
        rules = resources.ontology() / "rules"
        union = store.union_graph
        if union is not None:
            # The rules read the union, and what followed before is no reason for anything.
            store.update(f"CLEAR SILENT GRAPH <{INFERRED}>")
        with store.held():
            closure = close_in_store(
                store, resources.ontology() / "comity.ttl", rules=rules if rules.is_dir() else None, union=union
            )
            if closure.inconsistencies:
                store.update(f"CLEAR SILENT GRAPH <{INFERRED}>")
        self._forget()
        if closure.inconsistencies:
            raise InconsistencyError(closure.inconsistencies)
        return closure.added

    def _forget(self) -> None:
        """Forget what was read from the store before it changed."""
        self._graph = None
        self._names = None
        self._reconciler = None
        self._asked_on = None

    def _close(self, engine: str) -> Closure | ReferenceClosure:
        from comity import inference, resources

        ontology = list(self.store.quads(graph_iri("ontology")))
        # The reference engine knows only the ontology's axioms; the legal rules are ours.
        rules = resources.ontology() / "rules" if engine == "compiled" else None
        return inference.close(self.store, ontology, engine=engine, rules=rules if rules and rules.is_dir() else None)

    def on(self, day: str | datetime.date) -> Comity:
        """Return the same view as of a day: ``cy:memberOf``, ``cy:partyTo``, ``cy:inForce`` and ``cy:boundBy`` hold on it.

        `day` is a date or a text such as ``2010-01-01``. These statements follow from the legal rules in ``ontology/rules``
        and hold only where the record leaves no doubt for that day; graph ``inferred`` has them, and graph ``snapshot`` states
        the day. The view returned is a copy in memory. Raises :class:`~comity.errors.UsageError` for what is no day and for
        the reference engine, which does not know the legal rules; :class:`~comity.errors.InconsistencyError`.
        """
        from comity.store.embedded import EmbeddedStore

        known = _day(day)
        if self.engine != "compiled":
            raise UsageError(
                f"the engine '{self.engine}' knows no legal rules, and so no day", "open the view with the engine 'compiled'"
            )
        store = EmbeddedStore()
        store.load(quad for quad in self._asserted() if getattr(quad.graph_name, "value", "") != SNAPSHOT)
        store.load(_snapshot(known))
        edition = Comity(
            store, self.view, engine=self.engine, verified_only=self.verified_only, known_at=self.known_at
        )
        edition._day = known
        edition.infer()
        return edition

    def explain(self, subject: object, predicate: object, object_: object) -> Proof | Asserted:
        """Return the proof of a statement: rule and premises, down to asserted statements and their sources.

        Terms are pyoxigraph's, or texts: IRIs, short forms such as ``instrument:unscr-1373``, or for `object_` the text of a
        literal, whose language or datatype is then found. An asserted statement is its own proof.
        Raises :class:`~comity.errors.UsageError` for a statement that neither stands nor follows.
        """
        import pyoxigraph as ox

        from comity.inference import Closure
        from comity.inference.explain import Sources, explain

        s, p, o = _node(subject), _node(predicate), _object(object_)
        if isinstance(o, ox.Literal) and isinstance(object_, str):
            o = self._literal_with_text(s, p, o)
        triple = ox.Triple(s, p, o)
        if self._sources is None:
            self._sources = Sources(self._asserted())
        stated = self._sources(triple)
        if stated.graphs:
            return stated
        if not isinstance(self._closure, Closure):
            closure = self._close("compiled")
            assert isinstance(closure, Closure)
            self._closure = closure
        return explain(self._closure, triple, self._sources)

    def _literal_with_text(self, s: ox.NamedNode, p: ox.NamedNode, text: ox.Literal) -> ox.Literal:
        """The literal with this text that the subject has, whatever its language or datatype; without one, the text."""
        import pyoxigraph as ox

        values = [row[0] for row in self.store.query(f"SELECT DISTINCT ?o WHERE {{ {s} {p} ?o }} ORDER BY ?o").rows]
        return next((value for value in values if isinstance(value, ox.Literal) and value.value == text.value), text)

    def _asserted(self) -> Iterator[ox.Quad]:
        import pyoxigraph as ox

        inferred = ox.NamedNode(INFERRED)
        return (quad for quad in self.store.quads() if quad.graph_name != inferred)

    # -- checking and writing ----------------------------------------------------------------------------------------

    def validate(self, *files: str | os.PathLike[str], engine: str | None = None) -> Report:
        """Check the view against the shapes; with `files`, check these as if they were part of it.

        The report then speaks only of what the files describe. `engine` is ``compiled``, Comity's own, ``sparql``, which asks the
        store, or ``pyshacl``, the reference. On a server the default is ``sparql``, so that no data come back, elsewhere ``compiled``.
        Raises :class:`~comity.errors.TurtleError` for a file that cannot be parsed, and :class:`~comity.errors.UsageError` for files
        beside data that are on a server, unless `engine` names one that reads these out.
        """
        from comity.store.remote import RemoteStore
        from comity.validation import validate, validate_in_store

        away = isinstance(self.store, RemoteStore)
        engine = engine or ("sparql" if away else None)
        if engine != "sparql" or (files and not away):
            return validate(self._asserted(), files=files, engine=engine)
        if files:
            raise UsageError(
                "files cannot be checked beside data that stay on a server",
                "use --engine compiled, which reads the data out, or leave out --store to check them beside the edition",
            )
        return validate_in_store(self.store)

    def export(
        self,
        formats: str | Sequence[str],
        path: str | os.PathLike[str],
        *,
        inferred: str = "yes",
        graphs: Sequence[str] | None = None,
        topics: Sequence[str] = (),
        organizations: Sequence[str] = (),
        progress: Callable[[str, int, int], None] = lambda name, done, total: None,
    ) -> list[Path]:
        """Write the view in one or more formats, such as ``nq``, ``csv`` or ``["ttl", "xlsx"]``, and return the paths written.

        One format goes into the file `path` when that has a suffix; else `path` is a folder. ``release`` is all formats, with their
        descriptions and checksums. `inferred` is ``yes``, ``no`` or ``only``; `graphs` limits the export to graphs of these names, such as
        ``paper/2.1.2``; `topics` and `organizations` to what is about these (:mod:`comity.export.selection`). `progress` is called with the
        format's name, how many statements are done, and how many there are. The same input gives the same bytes; a file is written whole
        or not at all. Raises :class:`~comity.errors.UnknownFormat`, :class:`~comity.errors.UnknownGraph`,
        :class:`~comity.errors.UsageError`, :class:`~comity.errors.MissingExtra`, :class:`~comity.errors.OutputError`.
        """
        from comity.export.content import Content
        from comity.export.formats import RELEASE, find_format, write
        from comity.export.release import write_release

        names = [formats] if isinstance(formats, str) else list(formats)
        chosen = [find_format(name) for name in names if name != RELEASE]
        content = Content(self, inferred=inferred, graphs=graphs, topics=topics, organizations=organizations, progress=progress)
        return write_release(content, Path(path)) if RELEASE in names else write(content, chosen, Path(path))

    def load(
        self,
        to: RemoteStore,
        *,
        mode: str = "replace",
        inferred: str = "yes",
        progress: Callable[[str, int, int], None] = lambda graph, done, all_: None,
    ) -> list[Arrival]:
        """Bring the view's graphs into a store on a server, and return what became of each (:mod:`comity.store.transfer`).

        With `mode` ``replace`` a graph there is then exactly ours, with ``merge`` it keeps what it has besides; graphs that we have not
        are left alone. `inferred` is ``yes``, ``no`` or ``only``. Raises :class:`~comity.errors.UsageError`, and
        :class:`~comity.errors.StoreError` when the store cannot be reached; a graph that does not arrive is in what is returned.
        """
        from comity.export.rdf import select
        from comity.store.transfer import transfer

        graphs: dict[str, list[ox.Triple]] = {}
        for quad in select(self.store, inferred=inferred):
            graphs.setdefault(str(getattr(quad.graph_name, "value", "")), []).append(quad.triple)
        return transfer(to, graphs, mode=mode, progress=progress)


def _day(given: object) -> datetime.date:
    if isinstance(given, datetime.date) and not isinstance(given, datetime.datetime):
        return given
    from comity.questions.header import is_date

    if isinstance(given, str) and is_date(given):
        return datetime.date.fromisoformat(given)
    raise UsageError(f"'{given}' is no day", "write it like 2010-01-01")


def _snapshot(day: datetime.date) -> Iterator[ox.Quad]:
    """What graph ``snapshot`` states."""
    import pyoxigraph as ox

    graph, thing = ox.NamedNode(SNAPSHOT), ox.NamedNode(iri("snapshot", day.isoformat()))
    yield ox.Quad(thing, ox.NamedNode(RDF.type), ox.NamedNode(CY.Snapshot), graph)
    yield ox.Quad(thing, ox.NamedNode(RDFS.label), ox.Literal(f"Snapshot of {day.isoformat()}", language="en"), graph)
    yield ox.Quad(thing, ox.NamedNode(CY.on), ox.Literal(day.isoformat(), datatype=ox.NamedNode(XSD.date)), graph)


def _node(given: object) -> ox.NamedNode:
    import pyoxigraph as ox

    if isinstance(given, ox.NamedNode):
        return given
    if isinstance(given, str):
        try:
            return ox.NamedNode(expand(given))
        except ValueError as error:
            raise UsageError(f"'{given}' is no IRI ({error})", "write it like instrument:unscr-1373") from None
    raise UsageError(f"'{given}' is no IRI", "give an IRI, a short form such as instrument:unscr-1373, or a NamedNode")


def _object(given: object) -> ox.NamedNode | ox.Literal:
    import pyoxigraph as ox

    if isinstance(given, ox.NamedNode | ox.Literal):
        return given
    if isinstance(given, str):
        try:
            return ox.NamedNode(expand(given))
        except (UsageError, ValueError):
            return ox.Literal(given)
    raise UsageError(f"'{given}' is no RDF term", "give an IRI, a short form, a text, or a pyoxigraph term")
