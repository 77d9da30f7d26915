"""Which of strangers' queries are run: those that only read, and only here.

The word SERVICE or FROM stands for nothing but its clause, so a query whose tokens hold neither has neither
(:mod:`comity.questions.untrusted`), and is not parsed twice. One that holds such a word is decided by its algebra, as rdflib parses
it: SERVICE is refused wherever it stands, FROM may name the graphs that are here. What rdflib cannot parse, and what it might read
otherwise than Oxigraph does, is refused. Should all this be wrong about a query, its worker still cannot open a socket or a file
(:mod:`comity.server.sandbox`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from comity.errors import QueryError
from comity.questions.untrusted import error_at, find_word, read_only_form, refusal
from comity.tokens import Token, tokenize


@dataclass(frozen=True, slots=True)
class Dataset:
    """The graphs that a query names for its dataset; none of either kind: the whole of what is served."""

    default: tuple[str, ...] = ()
    named: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.default or self.named)


def dataset_of(sparql: str) -> Dataset:
    """Return the dataset that the query's FROM clauses name.

    Raises :class:`~comity.errors.QueryError` for an update, for SERVICE, and for a query that cannot be decided. Other errors of
    syntax are left for the engine to name.
    """
    tokens = tokenize(sparql)
    read_only_form(sparql, tokens)
    service, from_ = find_word(tokens, "SERVICE"), find_word(tokens, "FROM")
    suspect = service or from_
    if suspect is None:
        return Dataset()
    parsed = _parsed(sparql, suspect)
    if any(part.name == "ServiceGraphPattern" for part in _parts(parsed)):
        raise refusal(sparql, service or suspect, "SERVICE")
    clauses = [part for part in _parts(parsed) if part.name == "DatasetClause"]
    return Dataset(
        tuple(str(clause.default) for clause in clauses if clause.default),
        tuple(str(clause.named) for clause in clauses if clause.named),
    )


def check_here(dataset: Dataset, is_here: Callable[[str], bool]) -> None:
    """Raise :class:`~comity.errors.QueryError` when the dataset names a graph that is not here: nothing is fetched from elsewhere."""
    for graph in (*dataset.default, *dataset.named):
        if not is_here(graph):
            raise QueryError(
                f"there is no graph <{graph[:200]}> here, and none is fetched from elsewhere",
                "name a graph that SELECT DISTINCT ?g { GRAPH ?g {} } lists, or none",
            )


def _parsed(sparql: str, suspect: Token) -> Any:
    from rdflib.plugins.sparql.algebra import translateQuery
    from rdflib.plugins.sparql.parser import parseQuery

    # rdflib resolves these escapes before it parses, Oxigraph while it does: to the one, what is a string to the other may be a clause.
    if "\\u" in sparql or "\\U" in sparql:
        raise _undecided(sparql, suspect, "with escapes such as \\u0041, write the characters themselves")
    try:
        parsed = parseQuery(sparql)
        return parsed, translateQuery(parsed).algebra
    except Exception:  # noqa: BLE001 - pyparsing, rdflib and the recursion limit have their own; none of them means that it may be run
        raise _undecided(sparql, suspect, "") from None


def _undecided(sparql: str, suspect: Token, remedy: str) -> QueryError:
    what = f"'{suspect.text[:40]}' may stand for SERVICE or FROM, and the query cannot be checked"
    return error_at(sparql, suspect, what, remedy or "leave it out, or correct the syntax")


def _parts(parsed: Any) -> Iterator[Any]:
    """The named parts of the parsed query and of its algebra, however deep."""
    from pyparsing import ParseResults
    from rdflib.plugins.sparql.parserutils import CompValue

    pending, seen = [parsed], set()
    while pending:
        part = pending.pop()
        if id(part) in seen:
            continue
        seen.add(id(part))
        if isinstance(part, CompValue):
            yield part
            pending.extend(part.values())
        elif isinstance(part, list | tuple | set | ParseResults):
            pending.extend(part)
        elif isinstance(part, dict):
            pending.extend(part.values())
