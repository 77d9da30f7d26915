"""What a rule is: patterns, conditions, bodies, and the SPARQL text that says the same.

A rule is kept in two equal forms. The compiled form (:class:`Body`, :class:`Pattern`, :class:`Condition`) is what the
engine in :mod:`comity.inference.closure` joins; the text is plain SPARQL that any tool runs and anyone reads. Both
come from here, so that they cannot drift apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product
from typing import Final, TypeAlias

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from comity.inference.datatypes import DATATYPE_TESTS, holds
from comity.terms import OWL, RDF, split_local

Term: TypeAlias = NamedNode | BlankNode | Literal

RDF_TYPE: Final = NamedNode(RDF.type)
SAME_AS: Final = NamedNode(OWL.sameAs)
DIFFERENT_FROM: Final = NamedNode(OWL.differentFrom)
NOTHING: Final = NamedNode(OWL.Nothing)
THING: Final = NamedNode(OWL.Thing)


class Var(str):
    """A variable of a rule, without the question mark."""

    __slots__ = ()


Slot: TypeAlias = Var | Term


@dataclass(frozen=True, slots=True)
class Pattern:
    """One triple pattern. The predicate is an IRI, or a variable for which the body lists the values."""

    s: Slot
    p: Var | NamedNode
    o: Slot

    def variables(self) -> Iterator[Var]:
        for slot in (self.s, self.p, self.o):
            if isinstance(slot, Var):
                yield slot

    def bind(self, binding: Mapping[Var, Term]) -> Pattern:
        """Return the pattern with the variables in `binding` replaced."""
        s, p, o = (binding.get(slot, slot) if isinstance(slot, Var) else slot for slot in (self.s, self.p, self.o))
        assert isinstance(p, Var | NamedNode)
        return Pattern(s, p, o)

    def triple(self) -> Triple | None:
        """The triple, when the pattern has no variable left and a literal is not its subject; else ``None``."""
        if isinstance(self.s, Var | Literal) or isinstance(self.p, Var) or isinstance(self.o, Var):
            return None
        return Triple(self.s, self.p, self.o)


@dataclass(frozen=True, slots=True)
class Condition:
    """A test on bound values.

    `op` is a SPARQL comparison (``= != < <= > >=``), ``precedes`` (the string of the left comes before that of the
    right), or a datatype test: ``in-datatype`` and ``outside-datatype`` ask of a literal whether its datatype puts it
    into, or certainly outside, the value space of the datatype on the right; ``is-literal`` ignores the right side.
    """

    op: str
    left: Slot
    right: Slot

    def bind(self, binding: Mapping[Var, Term]) -> Condition:
        left, right = (binding.get(slot, slot) if isinstance(slot, Var) else slot for slot in (self.left, self.right))
        return Condition(self.op, left, right)

    def holds(self) -> bool:
        """Whether the condition, all of whose variables are bound, is true; an error in the sense of SPARQL is not."""
        assert not isinstance(self.left, Var)
        assert not isinstance(self.right, Var)
        return holds(self.op, self.left, self.right)


@dataclass(frozen=True, slots=True)
class Body:
    """One way in which a rule applies: all patterns match, all conditions hold, no `absent` group matches.

    `values` lists what a variable may stand for (SPARQL ``VALUES``); a variable in the place of a predicate or of a
    class must be listed.
    """

    patterns: tuple[Pattern, ...] = ()
    conditions: tuple[Condition, ...] = ()
    values: tuple[tuple[Var, tuple[Term, ...]], ...] = ()
    absent: tuple[tuple[Pattern, ...], ...] = ()

    def instances(self) -> Iterator[tuple[dict[Var, Term], Body]]:
        """Each choice of listed values, with the body it gives; conditions on constants alone are settled here."""
        if not self.values:
            yield {}, self
            return
        names = [name for name, _ in self.values]
        for choice in product(*(terms for _, terms in self.values)):
            binding = dict(zip(names, choice, strict=True))
            if any(binding[name] != term for name, term in zip(names, choice, strict=True)):
                continue  # one variable listed twice stands for what both lists have
            conditions: list[Condition] = []
            for condition in self.conditions:
                bound = condition.bind(binding)
                if isinstance(bound.left, Var) or isinstance(bound.right, Var):
                    conditions.append(bound)
                elif not bound.holds():
                    break
            else:
                yield (
                    binding,
                    Body(
                        tuple(pattern.bind(binding) for pattern in self.patterns),
                        tuple(conditions),
                        (),
                        tuple(tuple(pattern.bind(binding) for pattern in group) for group in self.absent),
                    ),
                )


@dataclass(frozen=True, slots=True)
class Rule:
    """A named rule: where one of the bodies matches, the head follows, or, without a head, the data are inconsistent.

    `axiom` is what the rule says in OWL functional-style syntax (or the title of a rule file), `sources` are the
    names of the rules of the W3C recommendation that it instantiates (OWL 2 Web Ontology Language Profiles, section
    4.3), `basis` is the legal source of a rule from a file. `text` is the SPARQL as written in a file; compiled rules
    make theirs on demand.
    """

    name: str
    axiom: str
    sources: tuple[str, ...]
    bodies: tuple[Body, ...]
    head: tuple[Pattern, ...] = ()
    message: str = ""
    basis: str = ""
    example: str = ""
    text: str = field(default="", compare=False)

    @property
    def is_constraint(self) -> bool:
        """Whether a match means an inconsistency."""
        return not self.head

    def sparql(self) -> str:
        """The rule as SPARQL: a CONSTRUCT that gives what follows, or an ASK that is true of inconsistent data."""
        if self.text:
            return self.text
        names = _Names()
        where = self._where(names)
        if self.is_constraint:
            query = f"ASK {where}"
        else:
            query = f"CONSTRUCT {{ {' '.join(names.pattern(pattern) for pattern in self.head)} }}\nWHERE {where}"
        comment = f"# {self.name}: {self.axiom}" + (f" [{', '.join(self.sources)}]" if self.sources else "")
        return f"{comment}\n{names.prologue()}{query}\n"

    def update(self, graph: NamedNode) -> str:
        """The rule as SPARQL Update that adds to `graph` what follows and no graph has yet."""
        return update_request((self,), graph)

    def witnesses(self, limit: int, *, graphs: bool = True) -> tuple[str, ...]:
        """SELECT queries, one for each body, for the bindings (at most `limit`) that break a constraint.

        They look into the named graphs, or else into the default graph.
        """
        queries = []
        for body in self.bodies:
            names = _Names(graphs=graphs)
            where = self._where(names, bodies=(body,))
            variables = sorted({v for pattern in body.patterns for v in pattern.variables()} | {v for v, _ in body.values})
            select = " ".join(f"?{name}" for name in variables) or "(1 AS ?found)"
            queries.append(f"{names.prologue()}SELECT DISTINCT {select}\nWHERE {where} LIMIT {limit}")
        return tuple(queries)

    def _where(self, names: _Names, absent_too: Pattern | None = None, bodies: Iterable[Body] | None = None) -> str:
        parts = []
        for body in self.bodies if bodies is None else bodies:
            lines = [names.values(name, terms) for name, terms in body.values]
            lines += [names.pattern(pattern) for pattern in body.patterns]
            lines += [names.condition(condition) for condition in body.conditions]
            lines += [f"FILTER NOT EXISTS {{ {' '.join(map(names.pattern, group))} }}" for group in body.absent]
            parts.append(lines)
        lines = parts[0] if len(parts) == 1 else [" UNION ".join(f"{{ {' '.join(part)} }}" for part in parts)]
        if absent_too is not None:
            lines = [*lines, f"FILTER NOT EXISTS {{ {names.pattern(absent_too)} }}"]
        return "{\n" + "".join(f"  {line}\n" for line in lines) + "}"


def update_request(rules: Iterable[Rule], graph: NamedNode, union: NamedNode | None = None) -> str:
    """One SPARQL Update request that runs the rules once, in order, an operation for each triple of each head.

    With `union`, the rules read that graph instead of all named ones, and what follows goes into both.
    IRIs are written in full: engines disagree on prefixes after the first operation of a request.
    """
    operations = []
    for rule in rules:
        for pattern in rule.head:
            names = _Names(graphs=union is None, short=False)
            where = rule._where(names, absent_too=pattern)
            head = names.pattern(pattern, bare=True)
            into = " ".join(f"GRAPH {target} {{ {head} }}" for target in (graph, union) if target is not None)
            using = "" if union is None else f"USING {union} "
            operations.append(f"INSERT {{ {into} }}\n{using}WHERE {where}")
    return " ;\n".join(operations) + "\n"


class _Names:
    """Writes terms, and remembers which prefixes it has used."""

    def __init__(self, graphs: bool = False, short: bool = True) -> None:
        self.used: dict[str, str] = {}
        self.short = short
        self.graphs = graphs
        self.count = 0

    def prologue(self) -> str:
        return "".join(f"PREFIX {prefix}: <{namespace}>\n" for prefix, namespace in sorted(self.used.items()))

    def term(self, slot: Slot) -> str:
        if isinstance(slot, Var):
            return f"?{slot}"
        if not self.short:
            return str(slot)
        if isinstance(slot, NamedNode):
            parts = split_local(slot.value)
            if parts is None:
                return str(slot)
            self.used[parts[0]] = parts[1]
            return f"{parts[0]}:{parts[2]}"
        if isinstance(slot, Literal) and slot.language is None and split_local(slot.datatype.value):
            text = str(Literal(slot.value))
            return text if slot.datatype.value.endswith("#string") else f"{text}^^{self.term(slot.datatype)}"
        return str(slot)

    def pattern(self, pattern: Pattern, bare: bool = False) -> str:
        predicate = "a" if pattern.p == RDF_TYPE else self.term(pattern.p)
        triple = f"{self.term(pattern.s)} {predicate} {self.term(pattern.o)} ."
        if not self.graphs or bare:
            return triple
        # One graph variable a pattern: the premises of one step may stand in different graphs.
        self.count += 1
        return f"GRAPH ?g{self.count} {{ {triple} }}"

    def values(self, name: Var, terms: Iterable[Term]) -> str:
        return f"VALUES ?{name} {{ {' '.join(map(self.term, terms))} }}"

    def condition(self, condition: Condition) -> str:
        left = self.term(condition.left)
        if condition.op == "precedes":
            return f"FILTER(STR({left}) < STR({self.term(condition.right)}))"
        if condition.op in DATATYPE_TESTS:
            assert isinstance(condition.right, NamedNode)
            return f"FILTER({DATATYPE_TESTS[condition.op](left, condition.right.value, self.term)})"
        return f"FILTER({left} {condition.op} {self.term(condition.right)})"
