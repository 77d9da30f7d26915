"""Rules written by hand: one SPARQL CONSTRUCT a file, with a header, run in the same fixpoint as the ontology's own.

A rule file starts with a header in TOML, each line of it behind ``#+``: ``name``, ``title``, ``basis`` (the legal
source) and ``example``. What follows is plain SPARQL that any engine runs. The engine here understands a part of
SPARQL and refuses the rest by name:

* ``PREFIX``; ``CONSTRUCT { … } WHERE { … }`` with IRIs, literals and variables in the template (no blank nodes);
* triple patterns with ``;``, ``,``, ``a`` and anonymous ``[ … ]``; property paths made of ``/`` and ``^``;
* ``FILTER`` with one comparison (``= != < <= > >=``) of variables and constants, or several joined by ``&&``;
* ``FILTER NOT EXISTS { … }`` of triple patterns, provided that nothing it denies depends on the rule itself;
* ``VALUES`` of one variable; ``UNION`` of groups, whose filters speak only of what their own group binds.

A predicate, or a class after ``a``, must be an IRI, or a variable with ``VALUES``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final, TypeAlias

from pyoxigraph import Literal, NamedNode

from comity.errors import InputError, QueryError, ResourceError
from comity.header import HeaderFault, read_header
from comity.inference.model import RDF_TYPE, Body, Condition, Pattern, Rule, Slot, Term, Var
from comity.limits import check_query
from comity.terms import XSD


class UnsupportedRule(InputError):
    """A rule file that is not in order, or uses SPARQL that this module does not support."""


def load_rules(source: str | Path | Iterable[str | Path]) -> tuple[Rule, ...]:
    """Read the rules of a folder (all its ``.rq`` files, by name), a file, or several files."""
    if isinstance(source, str | Path):
        path = Path(source)
        paths = sorted(path.glob("*.rq")) if path.is_dir() else [path]
    else:
        paths = [Path(item) for item in source]
    rules = []
    for path in paths:
        try:
            text = path.read_text(encoding="utf-8")
        except OSError as error:
            raise ResourceError(f"the rule cannot be read: {error.strerror}", "give the path of an .rq file", file=path) from None
        except UnicodeDecodeError:
            raise UnsupportedRule("the rule is not in UTF-8", "save it as UTF-8", file=path) from None
        rules.append(parse_rule(text, path))
    seen: dict[str, Path] = {}
    for rule, path in zip(rules, paths, strict=True):
        if rule.name in seen:
            raise UnsupportedRule(f"the rule '{rule.name}' is also in {seen[rule.name]}", "give it another name", file=path)
        seen[rule.name] = path
    return tuple(rules)


def parse_rule(text: str, file: str | Path | None = None) -> Rule:
    """Read one rule with its header."""
    fields = _header(text, file)
    try:
        check_query(text)
    except QueryError as error:
        raise UnsupportedRule(error.what, error.remedy, file=file, line=error.line, column=error.column) from None
    reader = _Reader(text, file)
    head, bodies = reader.rule()
    rule = Rule(
        name=fields["name"],
        axiom=fields["title"],
        sources=(),
        bodies=tuple(bodies),
        head=tuple(head),
        basis=fields["basis"],
        example=fields["example"],
        text=text,
    )
    _check(rule, file)
    return rule


_FIELDS: Final = ("name", "title", "basis", "example")


def _header(text: str, file: str | Path | None) -> dict[str, str]:
    """Return the fields of the header, once they are in order."""
    try:
        header = read_header(text)
    except HeaderFault as error:
        raise UnsupportedRule(
            f"the header is not TOML: {error.what}", 'write lines like #+ name = "…"', file=file, line=error.line
        ) from None
    fields, place = header.fields, header.line_of
    for key in _FIELDS:
        if not isinstance(fields.get(key), str) or not fields[key].strip():
            raise UnsupportedRule(f"the header has no '{key}'", f'add a line: #+ {key} = "…"', file=file, line=place(key))
    for key in fields:
        if key not in _FIELDS:
            raise UnsupportedRule(f"the header has an unknown field '{key}'", f"use {', '.join(_FIELDS)}", file=file, line=place(key))
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9.-]*", fields["name"]):
        raise UnsupportedRule(
            f"'{fields['name']}' is no name for a rule", "use letters, digits, '-' and '.'", file=file, line=place("name")
        )
    return fields


def _check(rule: Rule, file: str | Path | None) -> None:
    """Each body must bind what the head, the conditions and the variable predicates use."""

    def line(name: str) -> int | None:
        found = re.search(rf"^(?!#).*?[?$]{re.escape(name)}\b", rule.text, re.MULTILINE)
        return None if found is None else rule.text.count("\n", 0, found.end()) + 1

    for body in rule.bodies:
        listed = {name for name, _ in body.values}
        bound = _bound(body)
        used = {v for pattern in rule.head for v in pattern.variables()}
        used |= {side for c in body.conditions for side in (c.left, c.right) if isinstance(side, Var)}
        for name in sorted(used - bound):
            raise UnsupportedRule(f"?{name} is used but never bound", "bind it in a triple pattern", file=file, line=line(name))
        for pattern in (*body.patterns, *rule.head, *(p for group in body.absent for p in group)):
            free = pattern.o if pattern.p == RDF_TYPE else pattern.p
            if isinstance(free, Var) and free not in listed:
                what = "class" if pattern.p == RDF_TYPE else "predicate"
                raise UnsupportedRule(
                    f"?{free} stands for a {what} without VALUES",
                    f"list what it may be: VALUES ?{free} {{ … }}",
                    file=file,
                    line=line(free),
                )
            if isinstance(free, Var) and not all(isinstance(term, NamedNode) for term in dict(body.values)[free]):
                raise UnsupportedRule(
                    f"?{free} stands for what is no IRI", f"list IRIs: VALUES ?{free} {{ … }}", file=file, line=line(free)
                )


def strata(rules: Iterable[Rule]) -> list[frozenset[str]]:
    """The names of the deriving rules, in layers: what a rule denies is complete before its layer runs.

    A rule that denies nothing may stand in several layers: those about ``owl:sameAs`` speak of every property, and what
    they carry over of one of them has nothing to do with another. Raises :class:`UnsupportedRule` where a rule denies
    something that depends on its own conclusion.
    """
    deriving = [rule for rule in rules if rule.head]
    if not any(body.absent for rule in deriving for body in rule.bodies):
        return [frozenset(rule.name for rule in deriving)]
    links = [(rule, *link) for rule in deriving for link in _dependencies(rule)]
    layer: dict[NamedNode, int] = {}
    for _ in range(len(links) + 2):
        stable = True
        for _, heads, needed, denied in links:
            level = max(
                (
                    *(layer.get(term, 0) for term in needed),
                    *(layer.get(term, 0) + 1 for term in denied),
                    *(layer.get(term, 0) for term in heads),
                )
            )
            for term in heads:
                if layer.get(term, 0) != level:
                    layer[term] = level
                    stable = False
        # More layers than links: something depends on what it denies.
        if stable or max(layer.values(), default=0) > len(deriving):
            break
    if not stable:
        names = ", ".join(sorted({rule.name for rule, _, _, denied in links if denied}))
        raise UnsupportedRule(
            f"what NOT EXISTS denies depends on the rule itself (among: {names})",
            "deny only what the rule cannot lead to",
        )
    levels: dict[int, set[str]] = {}
    for rule, heads, _, _ in links:
        levels.setdefault(max(layer.get(term, 0) for term in heads), set()).add(rule.name)
    return [frozenset(levels[level]) for level in sorted(levels)]


_Terms: TypeAlias = set[NamedNode]


def _dependencies(rule: Rule) -> list[tuple[_Terms, _Terms, _Terms]]:
    """The classes and properties that the rule concludes, needs, and denies.

    Of a rule that denies something, all together: it runs in one layer. Of another, for each of the values it lists.
    """

    def terms(patterns: Iterable[Pattern]) -> _Terms:
        slots = (pattern.o if pattern.p == RDF_TYPE else pattern.p for pattern in patterns)
        return {slot for slot in slots if isinstance(slot, NamedNode)}

    links = [
        (
            terms(pattern.bind(given) for pattern in rule.head),
            terms(instance.patterns),
            terms(pattern for group in instance.absent for pattern in group),
        )
        for body in rule.bodies
        for given, instance in body.instances()
    ]
    if not any(denied for _, _, denied in links):
        return links
    heads, needed, denied = (set().union(*parts) for parts in zip(*links, strict=True))
    return [(heads, needed, denied)]


_TOKEN: Final = re.compile(
    r"""(?P<space>\s+|\#[^\n]*)
      | (?P<iri><[^<>"{}|^`\\\s]*>)
      | (?P<var>[?$]\w+)
      | (?P<string>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')
      | (?P<lang>@[a-zA-Z]+(?:-[a-zA-Z0-9]+)*)
      | (?P<number>[+-]?(?:\d+\.\d+|\d+))
      | (?P<pname>[A-Za-z][\w-]*:(?:[\w](?:[\w.-]*[\w-])?)?|:(?:[\w](?:[\w.-]*[\w-])?)?)
      | (?P<word>[A-Za-z][A-Za-z_]*)
      | (?P<op>\^\^|\|\||&&|!=|<=|>=|[{}()\[\].;,=<>/^*+?|!-])
    """,
    re.VERBOSE,
)
_COMPARISONS: Final = ("=", "!=", "<", "<=", ">", ">=")
_ESCAPES: Final = {"t": "\t", "n": "\n", "r": "\r", "b": "\b", "f": "\f", '"': '"', "'": "'", "\\": "\\"}


class _Reader:
    """Reads the part of SPARQL that the module describes."""

    def __init__(self, text: str, file: str | Path | None) -> None:
        self.text = text
        self.file = file
        self.tokens = list(self._tokens())
        self.place = 0
        self.prefixes: dict[str, str] = {}
        self.count = 0
        self.loose: set[Var] = set()

    # -- tokens -----------------------------------------------------------------------------------------------------

    def _tokens(self) -> Iterator[tuple[str, str, int]]:
        place = 0
        while place < len(self.text):
            match = _TOKEN.match(self.text, place)
            if match is None:
                raise self._failure(f"'{self.text[place]}' is not understood here", "use the supported SPARQL only", place)
            if match.lastgroup != "space":
                assert match.lastgroup is not None
                yield match.lastgroup, match.group(), match.start()
            place = match.end()

    def _failure(self, what: str, remedy: str, place: int) -> UnsupportedRule:
        line = self.text.count("\n", 0, place) + 1
        return UnsupportedRule(what, remedy, file=self.file, line=line, column=place - self.text.rfind("\n", 0, place))

    def fail(self, what: str, remedy: str) -> UnsupportedRule:
        place = self.tokens[self.place][2] if self.place < len(self.tokens) else len(self.text)
        return self._failure(what, remedy, place)

    def peek(self) -> str:
        return self.tokens[self.place][1] if self.place < len(self.tokens) else ""

    def keyword(self) -> str:
        kind = self.tokens[self.place][0] if self.place < len(self.tokens) else ""
        return self.peek().upper() if kind == "word" else ""

    def kind(self) -> str:
        return self.tokens[self.place][0] if self.place < len(self.tokens) else ""

    def next(self) -> tuple[str, str]:
        if self.place >= len(self.tokens):
            raise self.fail("the query ends too early", "close the open brackets")
        kind, text, _ = self.tokens[self.place]
        self.place += 1
        return kind, text

    def expect(self, text: str) -> None:
        if self.peek().upper() != text:
            raise self.fail(f"'{self.peek()}' stands where {text} must", f"write {text}")
        self.place += 1

    def take(self, text: str) -> bool:
        if self.peek().upper() == text:
            self.place += 1
            return True
        return False

    # -- grammar ----------------------------------------------------------------------------------------------------

    def rule(self) -> tuple[list[Pattern], list[Body]]:
        while self.take("PREFIX"):
            kind, name = self.next()
            kind_iri, iri = self.next()
            if kind != "pname" or not name.endswith(":") or kind_iri != "iri":
                self.place -= 2
                raise self.fail("a prefix is not declared as it must be", "write PREFIX cy: <https://…>")
            self.prefixes[name[:-1]] = iri[1:-1]
        if self.keyword() != "CONSTRUCT":
            raise self.fail(f"{self.peek() or 'nothing'} is not a rule", "write a CONSTRUCT query")
        self.next()
        self.expect("{")
        head = self.triples(anonymous=False)
        self.expect("}")
        self.take("WHERE")
        bodies = self.group()
        if self.place < len(self.tokens):
            raise self.fail(f"{self.peek()} is not supported in a rule", "end the query after its WHERE group")
        for name in sorted(self.loose & {v for body in bodies for v in _bound(body)}):
            raise self.fail(f"?{name} is not bound in the group of its NOT EXISTS", "put the FILTER after the group")
        if not head:
            raise self.fail("the rule concludes nothing", "put a triple pattern into the CONSTRUCT template")
        return head, bodies

    def group(self) -> list[Body]:
        """Read ``{ … }``; the alternatives it gives."""
        self.expect("{")
        found = [Body()]
        while not self.take("}"):
            word = self.keyword()
            if word == "FILTER":
                self.next()
                if self.keyword() == "NOT":
                    self.next()
                    self.expect("EXISTS")
                    self.expect("{")
                    added = [Body(absent=(tuple(self.triples()),))]
                    self.expect("}")
                else:
                    added = [Body(conditions=tuple(self.comparisons()))]
            elif word == "VALUES":
                self.next()
                added = [Body(values=(self.values(),))]
            elif self.peek() == "{":
                added = self.inner()
                while self.keyword() == "UNION":
                    self.next()
                    added += self.inner()
            elif word and word != "A":
                raise self.fail(f"{word} is not supported in a rule", "use the supported SPARQL only")
            elif self.kind() in ("iri", "pname", "var") or self.peek() == "[":
                added = [Body(tuple(self.triples()))]
            elif not self.peek():
                raise self.fail("the query ends too early", "close the open brackets")
            else:
                raise self.fail(f"'{self.peek()}' is not supported here", "begin with an IRI, a variable, [, FILTER, VALUES or {")
            found = [_join(a, b) for a in found for b in added]
            self.take(".")
        return found

    def inner(self) -> list[Body]:
        """Read a group within a group. A FILTER in it does not see what is bound outside, so it must not speak of that."""
        found = self.group()
        for body in found:
            bound = _bound(body)
            for condition in body.conditions:
                for side in (condition.left, condition.right):
                    if isinstance(side, Var) and side not in bound:
                        raise self.fail(f"?{side} is not bound in the group of its FILTER", "put the FILTER after the group")
            self.loose |= {v for group in body.absent for pattern in group for v in pattern.variables()} - bound
        return found

    def triples(self, anonymous: bool = True) -> list[Pattern]:
        """Read triple patterns up to something that is none."""
        out: list[Pattern] = []
        while self.kind() in ("iri", "pname", "var") or self.peek() == "[":
            if self.peek() == "[":
                subject: Slot = self.blank(out, anonymous)
                if self.peek() in (".", "}"):
                    if not self.take("."):
                        break
                    continue
            else:
                subject = self.term()
            self.properties(subject, out, anonymous)
            if not self.take("."):
                break
        else:
            return out
        if self.kind() in ("iri", "pname", "var", "string", "number") or self.peek() == "[":
            raise self.fail(f"a '.' is missing before '{self.peek()}'", "end each triple pattern with '.', ';' or ','")
        return out

    def properties(self, subject: Slot, out: list[Pattern], anonymous: bool) -> None:
        while True:
            path = self.path()
            while True:
                target = self.blank(out, anonymous) if self.peek() == "[" else self.term()
                if isinstance(target, Literal) and path[-1] == (RDF_TYPE, False):
                    self.place -= 1
                    raise self.fail("the object of 'a' is no class", "name a class")
                self.steps(subject, path, target, out)
                if not self.take(","):
                    break
            if not self.take(";"):
                return
            while self.take(";"):
                pass
            if self.peek() in (".", "}", "]"):
                return

    def blank(self, out: list[Pattern], anonymous: bool) -> Var:
        if not anonymous:
            raise self.fail("a blank node in the template is not supported", "conclude only about things that have names")
        self.expect("[")
        node = self.fresh()
        if not self.take("]"):
            self.properties(node, out, anonymous)
            self.expect("]")
        return node

    def fresh(self) -> Var:
        self.count += 1
        return Var(f"_{self.count}")

    def path(self) -> list[tuple[Var | NamedNode, bool]]:
        """The steps of a path, each with whether it runs backwards."""
        steps: list[tuple[Var | NamedNode, bool]] = []
        while True:
            backwards = self.take("^")
            if self.keyword() == "A" or self.peek() == "a":
                self.next()
                steps.append((RDF_TYPE, backwards))
            else:
                step = self.term()
                if not isinstance(step, Var | NamedNode):
                    raise self.fail(f"{step} is no property", "name a property")
                steps.append((step, backwards))
            if self.peek() in ("*", "+", "?", "|"):
                raise self.fail(
                    f"the path operator '{self.peek()}' is not supported in a rule",
                    "state the path as a rule of its own",
                )
            if not self.take("/"):
                return steps

    def steps(self, subject: Slot, path: Sequence[tuple[Var | NamedNode, bool]], target: Slot, out: list[Pattern]) -> None:
        for number, (step, backwards) in enumerate(path):
            end = target if number == len(path) - 1 else self.fresh()
            out.append(Pattern(end, step, subject) if backwards else Pattern(subject, step, end))
            subject = end

    def comparisons(self) -> list[Condition]:
        self.expect("(")
        found = []
        while True:
            if self.peek() == "(":
                found += self.comparisons()
            else:
                left = self.term()
                _, op = self.next()
                if op not in _COMPARISONS:
                    self.place -= 1
                    raise self.fail(f"'{op}' is not supported in a FILTER", f"use one of {' '.join(_COMPARISONS)}")
                found.append(Condition(op, left, self.term()))
            if not self.take("&&"):
                break
        if self.peek() != ")":
            raise self.fail(f"'{self.peek()}' is not supported in a FILTER", "join comparisons by &&")
        self.expect(")")
        return found

    def values(self) -> tuple[Var, tuple[Term, ...]]:
        kind, name = self.next()
        if kind != "var":
            self.place -= 1
            raise self.fail("VALUES of several variables is not supported", "list one variable")
        self.expect("{")
        if self.peek() == "}":
            raise self.fail("VALUES lists nothing", "list a constant or more")
        terms: list[Term] = []
        while not self.take("}"):
            term = self.term()
            if isinstance(term, Var):
                raise self.fail("a variable stands among the VALUES", "list constants")
            terms.append(term)
        return Var(name[1:]), tuple(terms)

    def term(self) -> Slot:
        kind, text = self.next()
        if kind == "var":
            return Var(text[1:])
        if kind == "iri":
            return self.iri(text[1:-1])
        if kind == "pname":
            return self.named(text)
        if kind == "number":
            return Literal(text, datatype=NamedNode(XSD.decimal if "." in text else XSD.integer))
        if kind == "word" and text in ("true", "false"):
            return Literal(text, datatype=NamedNode(XSD.boolean))
        if kind == "string":
            if re.search(r"\\[^tnrbf\"'\\]", text.replace("\\\\", "")):
                self.place -= 1
                raise self.fail(f"an escape in {text} is not supported", "write the character itself")
            value = re.sub(r"\\(.)", lambda match: _ESCAPES[match.group(1)], text[1:-1])
            if self.kind() == "lang":
                return Literal(value, language=self.next()[1][1:].lower())
            if self.take("^^"):
                datatype = self.term()
                if isinstance(datatype, NamedNode):
                    return Literal(value, datatype=datatype)
            return Literal(value)
        self.place -= 1
        raise self.fail(f"{text} is not supported here", "use the supported SPARQL only")

    def named(self, text: str) -> NamedNode:
        prefix, _, local = text.partition(":")
        if prefix not in self.prefixes:
            self.place -= 1
            raise self.fail(f"the prefix '{prefix}:' is not declared", f"add PREFIX {prefix}: <…>")
        return self.iri(self.prefixes[prefix] + local)

    def iri(self, text: str) -> NamedNode:
        try:
            return NamedNode(text)
        except ValueError:
            self.place -= 1
            raise self.fail(f"<{text}> is no absolute IRI", "write it in full, with https://") from None


def _join(a: Body, b: Body) -> Body:
    return Body((*a.patterns, *b.patterns), (*a.conditions, *b.conditions), (*a.values, *b.values), (*a.absent, *b.absent))


def _bound(body: Body) -> set[Var]:
    return {v for pattern in body.patterns for v in pattern.variables()} | {name for name, _ in body.values}
