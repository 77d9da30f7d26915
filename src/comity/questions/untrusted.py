"""Makes a query by somebody unknown safe to run: it only reads, only here, and its answer has an end.

The word of a clause stands for nothing else in SPARQL's grammar (SPARQL 1.1 Query, section 19.8), so the tokens tell whether a
query has that clause; strings, comments, IRIs and variables are tokens of their own and may say what they like. Engines let
keywords touch what is beside them (``ASKFROM``, ``SERVICE:a``), so a word counts when it holds the keyword anywhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from comity.errors import QueryError
from comity.tokens import Token, line_of, tokenize

_FORMS: Final = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")
_UPDATES: Final = ("INSERT", "DELETE", "LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY", "WITH")
_REFUSED: Final = {
    "SERVICE": "SERVICE would ask another server",
    "FROM": "FROM would name other data; all graphs are in the query's dataset already, and GRAPH chooses one",
}


def safe_query(sparql: str, rows: int) -> str:
    """Return the query with a LIMIT of at most `rows` solutions.

    Raises :class:`~comity.errors.QueryError` for an update, and for a query with SERVICE, FROM or FROM NAMED. Other errors
    of syntax are left for the engine to name.
    """
    tokens = tokenize(sparql)
    for keyword in _REFUSED:
        token = find_word(tokens, keyword)
        if token is not None:
            raise refusal(sparql, token, keyword)
    form = read_only_form(sparql, tokens)
    return sparql if form == "ASK" else _limited(sparql, tokens, rows)


def find_word(tokens: Sequence[Token], keyword: str) -> Token | None:
    """Return the first token that may be the keyword; without one, no clause of the query begins with it."""
    return next((token for token in tokens if keyword in _word(token)), None)


def refusal(sparql: str, token: Token, keyword: str) -> QueryError:
    """Return the error that refuses the clause SERVICE or FROM."""
    return error_at(sparql, token, f"'{token.text[:40]}' is refused: {_REFUSED[keyword]}", f"leave out {keyword}")


def read_only_form(sparql: str, tokens: Sequence[Token]) -> str:
    """Return SELECT, ASK, CONSTRUCT or DESCRIBE; raises :class:`~comity.errors.QueryError` for what begins otherwise, as updates do."""
    first = _after_prologue(tokens)
    if first is None:
        raise QueryError("there is no query", f"write one that begins with {', '.join(_FORMS)}", query=sparql)
    form = next((form for form in _FORMS if _word(first).startswith(form)), None)
    if form is None:
        update = next((verb for verb in _UPDATES if _word(first).startswith(verb)), None)
        what = f"{update} is an update, and nothing can be changed here" if update else f"unexpected '{first.text[:40]}'"
        raise error_at(sparql, first, what, f"begin with {', '.join(_FORMS)}")
    return form


def _word(token: Token) -> str:
    """What of the token may be a keyword, in capitals: a word, or the prefix of a name."""
    return token.text.partition(":")[0].upper() if token.kind in ("word", "name") else ""


def _after_prologue(tokens: Sequence[Token]) -> Token | None:
    place = 0
    while place < len(tokens):
        if tokens[place].is_word("PREFIX"):
            place += 3
        elif tokens[place].is_word("BASE"):
            place += 2
        else:
            return tokens[place]
    return None


def _limited(sparql: str, tokens: Sequence[Token], rows: int) -> str:
    depth, end = 0, len(sparql)
    closed = False
    for token, following in zip(tokens, [*tokens[1:], None], strict=True):
        if token.kind == "mark" and token.text in "{([":
            depth += 1
        elif token.kind == "mark" and token.text in "})]":
            depth -= 1
            closed = closed or token.text == "}"
        elif depth == 0 and token.is_word("LIMIT") and following is not None and following.text.isdigit():
            asked = min(int(following.text), rows)
            return f"{sparql[: following.start]}{asked}{sparql[following.end :]}"
        elif depth == 0 and closed and token.is_word("VALUES"):
            # The solution modifiers come before the data at the end (production [2]).
            end = token.start
            return f"{sparql[:end]}LIMIT {rows} {sparql[end:]}"
    # On a line of its own: the last one may be a comment.
    return f"{sparql}\nLIMIT {rows}"


def error_at(sparql: str, token: Token, what: str, remedy: str) -> QueryError:
    """Return the error about the token, with its line and column."""
    column = token.start - sparql.rfind("\n", 0, token.start)
    return QueryError(what, remedy, query=sparql, line=line_of(sparql, token.start), column=column)
