"""What Virtuoso needs: queries in a form that it answers rightly, or a refusal of those that it would not.

Measured with 7.2.5, the version that Debian packages. It has no default graph of its own: without GRAPH it sees every graph there is,
and counts a triple once for each of them. So Comity keeps the union in a graph of its own, :data:`UNION`, and names that as the default
graph of each query. What else is put right or refused here:

- With a default graph named, ``GRAPH <g>`` finds nothing, and ``GRAPH ?g`` finds everything, the union and its own graphs too: the one
  becomes a variable and a filter, the other gets a filter.
- ORDER BY compares the first letters only of strings with a language: they are compared by their text.
- ``?x <= constant``, looked up in an index, loses some of the rows, and in a value, as of BIND, ``<=`` and ``>=`` are true of what is
  unbound: both are taken apart into ``<`` or ``>``, and ``=``.
- ``"true"^^xsd:boolean`` comes back as ``"1"^^xsd:boolean``.
- CONSTRUCT may be cut like SELECT, but without a word: its solutions are asked for as rows before.
- ``BOUND(?x)`` may be true of a variable of an OPTIONAL that did not match: it is asked for its text. ``?a = (?b = 1)`` is an error: the
  two are compared as 1 or 0.
- Joins are made in the order of the query (:data:`PLAN`). The optimizer's own order depends on what it has seen before, and some orders
  lose rows or never end.
- EXISTS in an OPTIONAL does not see what is bound outside of the OPTIONAL: refused.
- A path of any length (``+`` and ``*``) gives an end once for each way to it: refused where that changes the rows. Several of
  them beside several paths with alternatives of several steps lose rows, or find no end: refused.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Literal

from comity.errors import QueryError
from comity.store.contract import Solutions
from comity.terms import XSD, graph_iri
from comity.tokens import Token, tokenize

if TYPE_CHECKING:
    from comity.store.contract import Row, Term

UNION: Final = graph_iri("union")
"""The graph in which Comity keeps the union. Like the server's own graphs it is neither counted nor listed."""
SYSTEM_GRAPHS: Final = frozenset(
    {
        "http://www.openlinksw.com/schemas/virtrdf#",
        "http://localuriqaserver/sparql",
        "http://www.w3.org/ns/ldp#",
        "http://www.w3.org/2002/07/owl#",
        "urn:activitystreams-owl:map",
        "urn:core:services:sparql",
    }
)
"""The graphs that Virtuoso has for itself: they are neither counted nor listed, nor do they go."""
_HIDDEN: Final = ", ".join(f"<{graph}>" for graph in sorted({*SYSTEM_GRAPHS, UNION}))
MERGE: Final = (
    f"CLEAR SILENT GRAPH <{UNION}> ;\n"
    f"INSERT {{ GRAPH <{UNION}> {{ ?s ?p ?o }} }} WHERE {{ GRAPH ?g {{ ?s ?p ?o }} FILTER(?g NOT IN ({_HIDDEN})) }}"
)
"""The update that makes :data:`UNION` the union of the named graphs."""
PLAN: Final = 'DEFINE sql:select-option "order" '
"""Joins in the order of the query. The optimizer's own orders change with what it has seen so far."""
_NOTHING: Final = "urn:comity:unbound"
BATCH: Final = 400
"""How many triples an update may bring: the server makes one statement of SQL of it, and takes 10,000 lines of that."""
ODD_LABEL: Final = (b'"type": "bnode", "value": "nodeID://', b'"type": "bnode", "value": "')
"""How rows begin a blank node, whose label is none, and how they should. Text cannot hold it: its quotes are escaped."""
_ADDED: Final = "comity_graph_"
"""What variables are called that queries get here. They are taken out of the answer."""

_AGGREGATES: Final = ("COUNT", "SUM", "MIN", "MAX", "AVG", "SAMPLE", "GROUP_CONCAT")
_GRAPH_WORDS: Final = ("GRAPH", "WITH", "USING", "LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY")
_COUNTING: Final = ("COUNT", "SUM", "AVG", "GROUP_CONCAT")

Kind = Literal["plain", "OPTIONAL", "EXISTS", "MINUS", "GRAPH", "SELECT", "VALUES"]


def is_virtuoso(software: str) -> bool:
    """Whether the ``Server`` field of an answer is Virtuoso's."""
    return software.lower().startswith("virtuoso")


@dataclass(slots=True)
class _Group:
    """A group in braces: the tokens from `start` to `end` are between its braces.

    A ``SELECT`` group is that of a query or subquery; `clause` is then the token of its word SELECT.
    """

    kind: Kind
    start: int
    end: int = 0
    parent: _Group | None = None
    clause: int = 0

    def up(self) -> Iterator[_Group]:
        """This group and those around it, inside out."""
        group: _Group | None = self
        while group is not None:
            yield group
            group = group.parent

    def has(self, index: int) -> bool:
        return self.start <= index < self.end


class _Query:
    """A query's tokens and groups, and the changes to its text."""

    def __init__(self, sparql: str) -> None:
        self.sparql = sparql
        self.tokens: Sequence[Token] = tokenize(sparql)
        self.groups: list[_Group] = []
        self.changes: list[tuple[int, int, str]] = []
        self._read_groups()

    def is_word(self, index: int, *words: str) -> bool:
        return 0 <= index < len(self.tokens) and self.tokens[index].is_word(*words)

    def is_mark(self, index: int, *marks: str) -> bool:
        return 0 <= index < len(self.tokens) and any(self.tokens[index].is_mark(mark) for mark in marks)

    def is_kind(self, index: int, *kinds: str) -> bool:
        return 0 <= index < len(self.tokens) and self.tokens[index].kind in kinds

    def change(self, first: int, last: int, text: str) -> None:
        """Put `text` in the place of the tokens from `first` to `last`."""
        self.changes.append((self.tokens[first].start, self.tokens[last].end, text))

    def insert(self, after: int, text: str) -> None:
        end = self.tokens[after].end
        self.changes.append((end, end, text))

    def changed(self) -> str:
        text = self.sparql
        for start, end, new in sorted(self.changes, reverse=True):
            text = text[:start] + new + text[end:]
        return text

    def closing(self, index: int) -> int:
        """The token that closes the bracket or brace at `index`."""
        opening, closing = ("{", "}") if self.is_mark(index, "{") else ("(", ")")
        depth = 0
        for place in range(index, len(self.tokens)):
            depth += self.is_mark(place, opening) - self.is_mark(place, closing)
            if depth == 0:
                return place
        return len(self.tokens) - 1

    def group_at(self, index: int) -> _Group | None:
        """The innermost group around a token."""
        found = None
        for group in self.groups:
            if group.has(index):
                found = group  # groups come in the order of their beginnings
        return found

    def variables(self, first: int, last: int, without: Collection[_Group] = ()) -> set[str]:
        """The variables between two tokens, but for those in some groups."""
        return {
            self.tokens[index].text[1:]
            for index in range(first, last)
            if self.tokens[index].kind == "variable" and not any(group.has(index) for group in without)
        }

    def _read_groups(self) -> None:
        stack: list[_Group] = []
        clause = -1  # the word SELECT whose group is still to come
        for index, token in enumerate(self.tokens):
            if token.is_word("SELECT"):
                clause = index
            elif token.is_mark("{"):
                group = _Group(self._kind(index, clause), index + 1, parent=stack[-1] if stack else None, clause=clause)
                if group.kind == "SELECT":
                    clause = -1
                self.groups.append(group)
                stack.append(group)
            elif token.is_mark("}") and stack:
                stack.pop().end = index
        for group in stack:
            group.end = len(self.tokens)

    def _kind(self, index: int, clause: int) -> Kind:
        before = index - 1
        if self.is_word(before, "EXISTS"):
            return "EXISTS"
        if clause >= 0:
            return "SELECT"
        if self.is_word(before, "OPTIONAL"):
            return "OPTIONAL"
        if self.is_word(before, "MINUS"):
            return "MINUS"
        if self.is_word(before - 1, "GRAPH"):
            return "GRAPH"
        if self.is_word(before - 1, "VALUES") or (self.is_mark(before, ")") and self.is_word(self._opening(before) - 1, "VALUES")):
            return "VALUES"
        return "plain"

    def _opening(self, index: int) -> int:
        depth = 0
        for place in range(index, -1, -1):
            depth += self.is_mark(place, ")") - self.is_mark(place, "(")
            if depth == 0:
                return place
        return 0


def adapted(sparql: str) -> str:
    """Return the query in a form that Virtuoso answers rightly over the default graph :data:`UNION`.

    Raises :class:`~comity.errors.QueryError` for one that it would answer wrongly.
    """
    query = _Query(sparql)
    if any(group.end >= len(query.tokens) for group in query.groups):
        return sparql  # a brace is missing, and the server will say so
    _check_exists(query)
    _check_paths(query)
    _name_graphs(query)
    _order_by_text(query)
    _split_comparisons(query)
    _compare_as_numbers(query)
    _bind_by_text(query)
    return query.changed()


def chooses_its_graphs(sparql: str) -> bool:
    """Whether the query has a FROM clause of its own."""
    return any(token.is_word("FROM") for token in tokenize(sparql))


def solutions_of(construct: str) -> str:
    """Return the SELECT query that has a row for each solution of a CONSTRUCT query.

    The server says of rows that it left some out, and nothing of triples.
    """
    tokens = tokenize(construct)
    form = next(index for index, token in enumerate(tokens) if token.is_word("CONSTRUCT"))
    end = form
    if form + 1 < len(tokens) and tokens[form + 1].is_mark("{"):
        end = next((index for index in range(form, len(tokens)) if tokens[index].is_mark("}")), form)
    return f"{construct[: tokens[form].start]}SELECT (1 AS ?one) {construct[tokens[end].end :]}"


def forbids(said: str) -> bool:
    """Whether the server refuses a change because nobody has given the right to it."""
    return "No permission" in said or "SPARQL_UPDATE" in said or "SR186" in said


def names_no_graph(update: str) -> bool:
    """Whether an update inserts and deletes in the default graph only. Then the request may say which graph that is."""
    return not any(token.is_word(*_GRAPH_WORDS) for token in tokenize(update))


def settled(solutions: Solutions) -> Solutions:
    """Return an answer with booleans as others write them, and without the variables that :func:`adapted` has added."""
    if solutions.kind != "select":
        return solutions
    shown = own(solutions.variables)
    names = tuple(solutions.variables[index] for index in shown)
    return replace(solutions, variables=names, rows=tuple(settled_row(row, shown) for row in solutions.rows))


def own(variables: Sequence[str]) -> list[int]:
    """The places of the variables that the query had before :func:`adapted`."""
    return [index for index, name in enumerate(variables) if not name.startswith(_ADDED)]


def settled_row(row: Row, shown: Sequence[int]) -> Row:
    """Return what a row holds in the places `shown`, with booleans as others write them."""
    return tuple(_settled(row[index]) for index in shown)


def _settled(cell: Term | None) -> Term | None:
    import pyoxigraph as ox

    if isinstance(cell, ox.Literal) and cell.datatype.value == XSD.boolean and cell.value in ("0", "1"):
        return ox.Literal(cell.value == "1")
    return cell


# -- graphs ----------------------------------------------------------------------------------------------------------


def _name_graphs(query: _Query) -> None:
    count = 0
    for group in query.groups:
        if group.kind != "GRAPH":
            continue
        name = query.tokens[group.start - 2]
        if name.kind == "variable":
            query.insert(group.end, f" FILTER({name.text} NOT IN ({_HIDDEN}))")
        else:
            count += 1
            query.change(group.start - 2, group.start - 2, f"?{_ADDED}{count}")
            query.insert(group.end, f" FILTER(?{_ADDED}{count} = {name.text})")


# -- order -----------------------------------------------------------------------------------------------------------


def _order_by_text(query: _Query) -> None:
    made = set(_aggregated(query))
    for index in range(len(query.tokens) - 1):
        if not (query.is_word(index, "ORDER") and query.is_word(index + 1, "BY")):
            continue
        place = index + 2
        while place < len(query.tokens):
            if query.is_kind(place, "variable"):
                _sort(query, place, place, query.tokens[place].text, "", made)
                place += 1
            elif query.is_word(place, "ASC", "DESC"):
                last = query.closing(place + 1)
                if last == place + 3 and query.is_kind(place + 2, "variable"):
                    _sort(query, place, last, query.tokens[place + 2].text, query.tokens[place].text, made)
                place = last + 1
            elif query.is_mark(place, "("):
                place = query.closing(place) + 1
            elif query.is_kind(place, "word", "iri", "name") and query.is_mark(place + 1, "("):
                place = query.closing(place + 1) + 1
            else:
                break


def _sort(query: _Query, first: int, last: int, variable: str, direction: str, made: Collection[str]) -> None:
    # An aggregate may not stand in an expression here. Text with a language is one and the same by the first key, so the second decides.
    if variable[1:] not in made:
        query.change(first, last, f'{direction}(IF(LANG({variable}) = "", {variable}, 1)) {direction}(STR({variable}))')


def _aggregated(query: _Query) -> Iterator[str]:
    """The variables that stand for an aggregate."""
    for index in range(1, len(query.tokens)):
        if query.is_word(index - 1, "AS") and query.is_kind(index, "variable") and query.is_mark(index + 1, ")"):
            opening = query._opening(index + 1)
            if any(query.is_word(place, *_AGGREGATES) and query.is_mark(place + 1, "(") for place in range(opening, index)):
                yield query.tokens[index].text[1:]


# -- comparisons -----------------------------------------------------------------------------------------------------


def with_split_comparisons(update: str) -> str:
    """Return an update in which no comparison loses rows."""
    if "<=" not in update and ">=" not in update:
        return update
    request = _Query(update)
    _split_comparisons(request)
    return request.changed()


def _split_comparisons(query: _Query) -> None:
    """Write ``?a <= ?b`` as ``(?a < ?b || ?a = ?b)``."""
    for index, token in enumerate(query.tokens):
        if token.is_mark("<=") or token.is_mark(">="):
            left, right = _operand(query, index - 1, -1), _operand(query, index + 1, 1)
            if left is not None and right is not None:
                a = query.sparql[query.tokens[left].start : query.tokens[index - 1].end]
                b = query.sparql[query.tokens[index + 1].start : query.tokens[right].end]
                query.change(left, right, f"({a} {token.text[0]} {b} || {a} = {b})")


def _compare_as_numbers(query: _Query) -> None:
    """Write ``?a = (?b = 1)``, which the compiler does not know, as a comparison of 1 and 0."""
    for index in range(len(query.tokens) - 2):
        if not (query.is_kind(index, "variable") and query.is_mark(index + 1, "=", "!=") and query.is_mark(index + 2, "(")):
            continue
        last = query.closing(index + 2)
        if any(query.is_mark(place, "=", "!=", "<", ">", "<=", ">=", "!", "&&", "||") for place in range(index + 3, last)):
            query.change(index, index, f"IF({query.tokens[index].text}, 1, 0)")
            query.insert(index + 1, " IF")
            query.insert(last - 1, ", 1, 0")


def _bind_by_text(query: _Query) -> None:
    """Write ``BOUND(?x)`` as a comparison of the variable's text."""
    for index in range(len(query.tokens) - 3):
        if query.is_word(index, "BOUND") and query.is_mark(index + 1, "(") and query.is_kind(index + 2, "variable"):
            query.change(index, index + 3, f'(COALESCE(STR({query.tokens[index + 2].text}), "{_NOTHING}") != "{_NOTHING}")')


def _operand(query: _Query, index: int, step: int) -> int | None:
    """The far end of the variable or constant that begins at `index`; ``None`` for anything longer."""
    place = index
    if step < 0 and query.is_kind(place, "iri", "name") and query.is_mark(place - 1, "^^"):
        place -= 2
    elif step < 0 and query.is_kind(place, "language"):
        place -= 1
    elif step > 0 and query.is_kind(place, "string") and query.is_mark(place + 1, "^^"):
        place += 2
    elif step > 0 and query.is_kind(place, "string") and query.is_kind(place + 1, "language"):
        place += 1
    if not query.is_kind(index, "variable", "number", "string", "iri", "name", "language"):
        return None
    beside = place + step
    alone = query.is_mark(beside, "(" if step < 0 else ")", ",", "&&", "||") or query.is_word(beside, "AS")
    return place if alone else None


# -- what is refused -------------------------------------------------------------------------------------------------


def _check_exists(query: _Query) -> None:
    for group in query.groups:
        if group.kind != "EXISTS":
            continue
        around: list[_Group] = []
        for outer in group.up():
            around.append(outer)
            if outer.kind in ("OPTIONAL", "SELECT"):
                break
        optional = around[-1]
        if optional.kind != "OPTIONAL":
            continue
        tests = [inner for inner in query.groups if inner.kind == "EXISTS"]
        own = query.variables(optional.start, optional.end, tests) - _tested_only(query, optional, tests)
        home = next(outer for outer in optional.up() if outer.kind == "SELECT" or outer.parent is None)
        outside = query.variables(home.start, optional.start, tests)
        if lost := sorted((query.variables(group.start, group.end) & outside) - own):
            raise _refusal(
                query,
                group.start - 1,
                f"Virtuoso would answer wrongly: in an OPTIONAL, its EXISTS does not see ?{lost[0]}, which is bound outside of it",
                f"compare ?{lost[0]} in a FILTER of the OPTIONAL itself",
            )


def _tested_only(query: _Query, group: _Group, tests: Collection[_Group]) -> set[str]:
    """The variables that a group has in its filters and nowhere else."""
    filters: list[_Group] = []
    for index in range(group.start, group.end):
        if query.is_word(index, "FILTER") and query.is_mark(index + 1, "("):
            filters.append(_Group("plain", index + 1, query.closing(index + 1)))
    every = query.variables(group.start, group.end, tests)
    return every - query.variables(group.start, group.end, [*tests, *filters])


def _check_paths(query: _Query) -> None:
    endless = list(_endless_paths(query))
    for index in endless:
        if _counts_rows(query, index):
            raise _refusal(
                query,
                index,
                "Virtuoso would give rows more than once: a path of any length leads it to an end once for each way there",
                "write SELECT DISTINCT, or count DISTINCT",
            )
    mixed = list(_mixed_paths(query))
    if len(endless) > 1 and len(mixed) > 1:
        raise _refusal(
            query,
            mixed[0],
            "Virtuoso would lose rows or find no end: several paths with alternatives of several steps, beside several of any length",
            "ask for less at a time",
        )


def _endless_paths(query: _Query) -> Iterator[int]:
    """The signs that make paths of any length."""
    for index in range(1, len(query.tokens)):
        if not query.is_mark(index, "+", "*"):
            continue
        step = query.is_kind(index - 1, "iri", "name") or query.is_mark(index - 1, ")") or query.tokens[index - 1].text == "a"
        # In an expression they are those of arithmetic.
        if step and not _in_expression(query, index):
            yield index


def _mixed_paths(query: _Query) -> Iterator[int]:
    """Where paths begin that have both alternatives and sequences."""
    start = 0
    for index, token in enumerate(query.tokens):
        if token.kind in ("iri", "name") or token.text == "a" or query.is_mark(index, "|", "/", "^", "(", ")", "*", "+", "?"):
            continue
        marks = {query.tokens[place].text for place in range(start, index)}
        if {"|", "/"} <= marks and not _in_expression(query, index - 1):
            yield start
        start = index + 1


def _refusal(query: _Query, index: int, what: str, remedy: str) -> QueryError:
    start = query.tokens[index].start
    line, column = query.sparql.count("\n", 0, start) + 1, start - query.sparql.rfind("\n", 0, start)
    return QueryError(what, remedy, query=query.sparql, line=line, column=column)


def _in_expression(query: _Query, index: int) -> bool:
    """Whether a token stands in the brackets of FILTER, BIND, HAVING, a function or a SELECT clause, and not in those of a path."""
    depth = 0
    place = index
    while place > 0:
        place -= 1
        if query.is_mark(place, "}"):
            place = next(group.start for group in query.groups if group.end == place) - 1
            continue
        if query.is_mark(place, "{"):
            return False
        depth += query.is_mark(place, ")") - query.is_mark(place, "(")
        if depth < 0:
            if query.is_word(place - 1, "FILTER", "BIND", "HAVING", "BY", "IN") or _selects(query, place):
                return True
            if query.is_kind(place - 1, "word") and query.tokens[place - 1].text != "a":
                return True
            depth = 0
    return False


def _selects(query: _Query, index: int) -> bool:
    """Whether a bracket is one of a SELECT clause: ``(… AS ?x)``."""
    return query.is_word(query.closing(index) - 2, "AS") and not query.is_word(index - 1, "BIND")


def _counts_rows(query: _Query, index: int) -> bool:
    """Whether it changes the answer when a pattern gives a row twice."""
    group = query.group_at(index)
    for outer in group.up() if group is not None else ():
        if outer.kind in ("EXISTS", "MINUS"):
            return False
        if outer.kind == "SELECT":
            clause = range(outer.clause, outer.start)
            counting = [
                place
                for place in clause
                if query.is_word(place, *_COUNTING) and query.is_mark(place + 1, "(") and not query.is_word(place + 2, "DISTINCT")
            ]
            grouped = query.is_word(outer.end + 1, "GROUP") or any(
                query.is_word(place, *_AGGREGATES) and query.is_mark(place + 1, "(") for place in clause
            )
            if counting:
                return True
            if grouped or query.is_word(outer.clause + 1, "DISTINCT", "REDUCED"):
                return False
            if not any(further.kind == "SELECT" for further in outer.up() if further is not outer):
                return True
    return False
