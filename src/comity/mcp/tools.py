"""The five tools, without the protocol: each takes plain arguments and returns an :class:`~comity.mcp.answer.Answer`.

They read and never write. Names of things are understood as on the command line (:class:`~comity.questions.NameIndex`).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from comity.errors import QueryError, UnknownName, UnknownQuestion, UsageError
from comity.mcp.answer import ROWS, Answer, Cited, cited, cut, distinct, unnamed_iris
from comity.questions import NameIndex, Question, list_questions, search_questions
from comity.questions.names import NotResolved
from comity.questions.untrusted import safe_query
from comity.table import Column, Iri, Table, cell_of
from comity.terms import INFERRED, KINDS, RDFS, SKOS, expand

if TYPE_CHECKING:
    import pyoxigraph as ox

    from comity.api import Comity

LIMIT: Final = 50
"""How many rows are shown when nobody says."""
SECONDS: Final = 10.0
MOST_SECONDS: Final = 60.0
SOLUTIONS: Final = 10_000
"""How many solutions of a query are counted at most."""
SOURCES_SECONDS: Final = 10.0
"""For how long the sources of an answer's rows are looked up; the time is checked between two rows."""

_SIMILAR: Final = 10

# To look for something like a very long name would take very long.
_NAME: Final = {"type": "string", "maxLength": 300}
_LIMIT: Final = {"type": "integer", "minimum": 1, "maximum": ROWS, "default": LIMIT}

SCHEMAS: Final[Mapping[str, tuple[str, dict[str, Any]]]] = {
    "list_questions": (
        "List the ready questions with their parameters (those in brackets are optional). Start here. "
        "`words` (such as 'treaty parties', or a section number) finds the fitting ones, with more detail.",
        {"properties": {"words": _NAME}},
    ),
    "ask": (
        "Answer a ready question, with the sources of each row: passages of the paper, places in the record, or named graphs. "
        'Things may be named in words, for example question "gaps", parameters '
        '{"instrument": "financing-1999", "organization": "ASEAN", "on": "2005-01-01"}.',
        {
            "properties": {
                "question": {**_NAME, "description": "A name from list_questions"},
                "parameters": {"type": "object", "additionalProperties": {**_NAME, "type": ["string", "integer"]}},
                "limit": _LIMIT,
            },
            "required": ["question"],
        },
    ),
    "find_entity": (
        "Find things by name in any language, code, key, Wikidata id or IRI. "
        "`kind` is the part of an IRI before the key: state, organization, instrument, norm, topic …",
        {
            "properties": {"name": _NAME, "kind": _NAME, "limit": _LIMIT},
            "required": ["name"],
        },
    ),
    "describe_entity": (
        "All that is stated or inferred about a thing, each statement with its sources.",
        {
            "properties": {
                "id": {**_NAME, "description": "IRI, short form (instrument:unscr-1373), key or unique name"},
                "limit": _LIMIT,
            },
            "required": ["id"],
        },
    ),
    "run_sparql": (
        "Run a read-only SPARQL 1.1 query when no ready question fits. The default graph is the union; one named graph is "
        "one source. Prefixes (cy:, state:, instrument: …) need no declaration. No SERVICE, no FROM.",
        {
            "properties": {
                "query": {"type": "string"},
                "limit": _LIMIT,
                "timeout": {
                    "type": "number",
                    "description": "Seconds",
                    "exclusiveMinimum": 0,
                    "maximum": MOST_SECONDS,
                    "default": SECONDS,
                },
            },
            "required": ["query"],
        },
    ),
}
"""Name -> description and JSON Schema of the arguments."""


class Tools:
    """The tools over one edition, which is opened when a tool first needs it. Not for several threads at a time."""

    def __init__(self, open_edition: Callable[[], Comity]) -> None:
        self._open = open_edition
        self._edition: Comity | None = None
        self._names: NameIndex | None = None

    def call(self, tool: str, arguments: Mapping[str, Any]) -> Answer:
        """Answer one call. Raises :class:`~comity.errors.ComityError`; arguments that the schema refuses are a UsageError."""
        if tool not in SCHEMAS:
            raise UnknownName(tool, SCHEMAS)
        _check(tool, arguments)
        answer: Answer = getattr(self, tool)(**arguments)
        return answer

    def close(self) -> None:
        """Close the edition."""
        if self._edition is not None:
            self._edition.close()

    @property
    def edition(self) -> Comity:
        """The edition that the tools read."""
        if self._edition is None:
            self._edition = self._open()
        return self._edition

    @property
    def _index(self) -> NameIndex:
        if self._names is None:
            self._names = NameIndex(self.edition.store)
        return self._names

    # -- the tools ---------------------------------------------------------------------------------------------------

    def list_questions(self, words: str = "") -> Answer:
        """The questions that have all the words, or else most of them."""
        notes: list[str] = []
        found: Sequence[Question] = search_questions(words)
        if not found:
            found = _with_some(words.split())
            notes.append("No question has all these words; these have some of them, those with rare words first.")
            if not found:
                raise UsageError(f"no question has any of the words '{words[:60]}'", "call list_questions without words")
        detailed = bool(words.strip())
        table = Table(
            [
                Column("name", "string", "name for ask"),
                Column("title", "string", "what it is about"),
                *([Column("question", "string", "in full")] if detailed else []),
                Column("parameters", "string", "in brackets: may be left out; after =, what holds then"),
                *([Column("columns", "string", "of the answer")] if detailed else []),
                Column("sections", "string", "of the paper"),
            ],
            [
                (
                    question.name,
                    question.title,
                    *([question.question] if detailed else []),
                    "; ".join(_parameters(question, detailed)),
                    *([" ".join(column.name for column in question.columns)] if detailed else []),
                    " ".join(question.sections),
                )
                for question in found
            ],
        )
        return Answer(table, len(table), "", notes=notes)

    def ask(self, question: str, parameters: Mapping[str, object] | None = None, limit: int = LIMIT) -> Answer:
        """The answer to a question, with the sources of its rows."""
        given = dict(parameters or {})
        if "sources" in given:  # an option of the library, and no question's parameter
            raise UsageError("no question has a parameter sources", "leave it out: each row comes with its sources")
        try:
            table = self.edition.ask(question, sources=False, **given)
        except UnknownQuestion as error:
            meant = f"did you mean {' | '.join(error.candidates)}? " if error.candidates else ""
            raise UsageError(f"unknown question '{question[:60]}'", f"{meant}list_questions lists them") from None
        shown, shortened = cut(table, limit)
        reasons = self.edition.why(table)
        sources: list[Sequence[Cited] | None] = []
        end = time.monotonic() + SOURCES_SECONDS
        for _ in shown.rows:
            sources.append(cited(next(reasons)) if time.monotonic() < end else None)
        notes = _notes(shortened)
        if None in sources:
            notes.append(f"Sources were looked up for {SOURCES_SECONDS:g} s; ask with a smaller limit for the others.")
        return self._answer(shown, len(table), limit, "bind more parameters", notes=notes, sources=sources)

    def find_entity(self, name: str, kind: str | None = None, limit: int = LIMIT) -> Answer:
        """The things that a name may mean."""
        if kind is not None and kind not in KINDS:
            nearest = UnknownName(kind, KINDS).nearest
            remedy = f"did you mean {nearest}?" if nearest else f"the kinds are {', '.join(KINDS)}"
            raise UsageError(f"unknown kind '{kind[:60]}'", remedy)
        try:
            found = self._index.find(name, kind)
        except NotResolved as error:
            raise _not_found(name, kind or "thing", error) from None
        values = " ".join(f"<{candidate.iri}>" for candidate in found[:limit])
        solutions = self.edition.store.query(
            f"SELECT DISTINCT ?thing ?name WHERE {{ VALUES ?thing {{ {values} }} GRAPH ?graph {{ ?thing a ?class }} "
            f"FILTER(?graph != <{INFERRED}>) ?class <{RDFS.label}> ?name FILTER(LANG(?name) = 'en') }} ORDER BY ?thing ?name"
        )
        classes: dict[str, list[str]] = {}
        for thing, label in solutions.rows:
            classes.setdefault(thing.value, []).append(label.value)  # type: ignore[union-attr]
        table = Table(
            [
                Column("thing", "iri", "the thing"),
                Column("thingLabel", "string", "its name"),
                Column("key", "string", "a short text that names it for certain"),
                Column("kind", "string", "its kind"),
                Column("class", "string", "its class"),
            ],
            [
                (
                    Iri(candidate.iri),
                    candidate.label,
                    candidate.key,
                    candidate.key.partition("/")[0],
                    ", ".join(classes.get(candidate.iri, ())),
                )
                for candidate in found[:limit]
            ],
        )
        return self._answer(table, len(found), limit, "give more of the name, or a kind")

    def describe_entity(self, id: str, limit: int = LIMIT) -> Answer:  # noqa: A002 - the argument's name in the protocol
        """What is stated of a thing and to it, what is inferred last."""
        thing = self._thing(id)
        found = self._statements(thing)
        triples = found[:limit]
        names = self._labels([*(triple.predicate.value for triple in triples), *_ends(triples), thing.value])
        rows, sources = [], []
        for triple in triples:
            outward = triple.subject == thing
            other: Any = triple.object if outward else triple.subject
            reason = self.edition.explain(triple.subject, triple.predicate, triple.object)
            rule = getattr(reason, "rule", None)
            rows.append(
                (
                    "of it" if outward else "to it",
                    Iri(triple.predicate.value),
                    names.get(triple.predicate.value),
                    cell_of(other),
                    names.get(getattr(other, "value", "")),
                    getattr(other, "language", None),
                    rule.name if rule else None,
                )
            )
            sources.append(cited([reason]))
        table = Table(
            [
                Column("direction", "string", "of the thing, or pointing to it"),
                Column("property", "iri", "the property"),
                Column("propertyLabel", "string", "its name"),
                Column("value", "any", "the value, or the thing that points to it"),
                Column("valueLabel", "string", "its name, if it has one"),
                Column("language", "string", "the language of the value, if it is a text"),
                Column("rule", "string", "the rule by which it was inferred, if it is not stated"),
            ],
            rows,
            title=f"{names.get(thing.value, '')} <{thing.value}>".strip(),
        )
        shown, shortened = cut(table, limit)
        how = "query its statements with run_sparql"
        return self._answer(shown, len(found), limit, how, notes=_notes(shortened), sources=sources[: len(shown)])

    def run_sparql(self, query: str, limit: int = LIMIT, timeout: float = SECONDS) -> Answer:
        """The answer to a query by somebody unknown."""
        # One more than are counted, to know whether there are more.
        limited = safe_query(query, SOLUTIONS + 1)
        try:
            table = self.edition.query(limited, timeout=timeout)
        except QueryError as error:
            lines = query.splitlines() or [""]
            if error.line is not None and error.line > len(lines):  # in the LIMIT that was put behind it
                raise QueryError(
                    "the query ends too early, or wrongly", error.remedy, line=len(lines), column=len(lines[-1]) + 1
                ) from None
            raise
        more = table.kind == "select" and len(table) > SOLUTIONS
        shown, shortened = cut(table, limit)
        total = min(len(table), SOLUTIONS) if more else len(table)
        return self._answer(shown, total, limit, "use LIMIT and OFFSET after ORDER BY", more=more, notes=_notes(shortened))

    # -- within ------------------------------------------------------------------------------------------------------

    def _answer(
        self,
        shown: Table,
        total: int,
        limit: int,
        otherwise: str,
        sources: Sequence[Sequence[Cited] | None] | None = None,
        **more: Any,
    ) -> Answer:
        # A higher limit helps only when it was the limit that left rows out.
        rest = f"raise limit, at most {ROWS}, or {otherwise}" if len(shown) == limit < ROWS else otherwise
        works = [source.work for source in distinct(sources) if source.work]
        labels = self._labels([*unnamed_iris(shown), *works])
        return Answer(shown, total, rest, labels=labels, sources=sources, **more)

    def _thing(self, given: str) -> ox.NamedNode:
        import pyoxigraph as ox

        try:
            return ox.NamedNode(self._index.resolve(given, None))
        except NotResolved as error:
            unresolved = error
        # What has no name of its own, or is a term: an IRI will do.
        try:
            node = ox.NamedNode(expand(given.strip()))
        except (UsageError, ValueError):
            raise _not_found(given, "thing", unresolved) from None
        if not self.edition.store.query(f"ASK {{ {{ {node} ?p ?o }} UNION {{ ?s ?q {node} }} }}").boolean:
            raise _not_found(given, "thing", unresolved)
        return node

    def _statements(self, thing: ox.NamedNode) -> list[ox.Triple]:
        """What is said of the thing, then what is said to it; in both, what is stated before what is inferred."""
        import pyoxigraph as ox

        found: dict[ox.Triple, bool] = {}
        for graph, subject, predicate, object_ in self.edition.store.query(
            f"SELECT ?graph ?s ?p ?o WHERE {{ GRAPH ?graph {{ ?s ?p ?o }} FILTER(?s = {thing} || ?o = {thing}) "
            f"{{ SELECT DISTINCT ?s ?p ?o WHERE {{ {{ BIND({thing} AS ?s) {thing} ?p ?o }} UNION "
            f"{{ BIND({thing} AS ?o) ?s ?p {thing} }} }} }} }}"
        ).rows:
            triple = ox.Triple(subject, predicate, object_)  # type: ignore[arg-type]
            found[triple] = found.get(triple, False) or getattr(graph, "value", "") != INFERRED
        return sorted(found, key=lambda triple: (triple.subject != thing, not found[triple], str(triple)))

    def _labels(self, iris: Sequence[str]) -> dict[str, str]:
        """The English or language-free names of the IRIs that have one."""
        if not iris:
            return {}
        values = " ".join(f"<{iri}>" for iri in dict.fromkeys(iris))
        rows = self.edition.store.query(
            f"SELECT ?thing ?name WHERE {{ VALUES ?thing {{ {values} }} ?thing <{RDFS.label}>|<{SKOS.prefLabel}> ?name "
            f"FILTER(LANG(?name) IN ('en', '')) }} ORDER BY ?thing ?name"
        ).rows
        found: dict[str, str] = {}
        for thing, name in rows:
            found.setdefault(thing.value, name.value)  # type: ignore[union-attr]
        return found


def _check(tool: str, arguments: Mapping[str, Any]) -> None:
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import best_match

    schema = {"type": "object", "additionalProperties": False, **SCHEMAS[tool][1]}
    error = best_match(Draft202012Validator(schema).iter_errors(dict(arguments)))
    if error is not None:
        place = ".".join(str(part) for part in error.absolute_path)
        known = ", ".join(schema["properties"])
        # The checker repeats the value, however long.
        message = error.message if len(error.message) <= 200 else f"…{error.message[-80:]}"
        raise UsageError(f"{tool}: {f'{place}: ' if place else ''}{message}", f"the arguments are {known}")


def _parameters(question: Question, detailed: bool) -> list[str]:
    written = []
    for parameter in question.parameters:
        text = f"{parameter.name}: {parameter.thing if parameter.type == 'iri' else parameter.type}"
        if parameter.choices:
            text = f"{parameter.name}: {'|'.join(parameter.choices)}"
        if parameter.default is not None:
            text += f" = {parameter.default}"
        if detailed and parameter.example:
            text += f" (e.g. {parameter.example})"
        written.append(text if parameter.required else f"[{text}]")
    return written


def _with_some(words: Sequence[str]) -> list[Question]:
    """The questions that have some of the words, best first: a word counts the more, the fewer questions have it."""
    weights: dict[str, float] = {}
    for word in words:
        found = search_questions(word)
        for question in found:
            weights[question.name] = weights.get(question.name, 0.0) + 1 / len(found)
    known = {question.name: question for question in list_questions()}
    return [known[name] for name in sorted(weights, key=lambda name: (-weights[name], name))[:_SIMILAR]]


def _not_found(text: str, thing: str, error: NotResolved) -> UsageError:
    candidates = " | ".join(str(candidate) for candidate in error.candidates)
    what = f"'{text[:60]}' names {'more than one' if error.ambiguous else 'no'} {thing}"
    return UsageError(what, f"did you mean {candidates}?" if candidates else "try another name, or find_entity with a part of it")


def _ends(triples: Sequence[ox.Triple]) -> list[str]:
    import pyoxigraph as ox

    return [end.value for triple in triples for end in (triple.subject, triple.object) if isinstance(end, ox.NamedNode)]


def _notes(shortened: bool) -> list[str]:
    return ["Long texts in cells are cut."] if shortened else []
