"""Why a triple holds: the rules run backwards, from the triple down to what is asserted.

The height of an inferred triple is the round in which the engine first found it (see :meth:`Closure.by_height`). A step to
premises that are lower always exists, and taking only such steps can never run in a circle. Of the steps there are, the one
with the lowest premises is taken (least height, then least sum of heights, then the order of the rules), so the proof is as low
as any proof can be.

>>> print(closure.explain(triple).text())          # doctest: +SKIP
instrument:unscr-1373 cy:level level:global
  by level-chain-framework-level: SubPropertyOf(ObjectPropertyChain(cy:framework cy:level) cy:level) [prp-spo2]
  1. instrument:unscr-1373 cy:framework body:unsc
  ...
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Triple

from comity.errors import ComityError, UsageError
from comity.inference.expressions import text_of
from comity.inference.joins import ROW, Atom, Clause, match
from comity.inference.model import Body, Pattern, Rule, Slot, Term, Var
from comity.terms import BASE, CY, PROV, RDF, graph_name

if TYPE_CHECKING:
    from comity.inference.closure import Closure
    from comity.inference.columns import Bindings
    from comity.inference.facts import Relation

Goal: TypeAlias = "tuple[Relation, int]"
"""A fact by its number: a relation and a key in it."""

RULE_BASE: Final = f"{BASE}rule/"
"""Where the IRIs of rules begin."""


class NotDerived(UsageError):
    """The triple to be explained is neither asserted nor inferred."""


class InvalidProof(ComityError):
    """A proof does not check: a step is no instance of its rule, or a leaf is not asserted."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where an asserted triple can be read: the passage or citation `iri`, in `source` (a section or a work).

    `fragment` is the passage's words, `locator` the place in a record source; each may be empty.
    """

    iri: str
    source: str = ""
    fragment: str = ""
    locator: str = ""

    def __str__(self) -> str:
        where = " ".join(part for part in (_short(self.source), self.locator) if part)
        return f"{_short(self.iri)}{f' ({where})' if where else ''}{f': “{self.fragment}”' if self.fragment else ''}"


@dataclass(frozen=True, slots=True, eq=False)
class Asserted:
    """A triple that is stated, with the named graphs that state it and the places where it can be read."""

    triple: Triple
    graphs: tuple[str, ...] = ()
    passages: tuple[Source, ...] = ()

    @property
    def height(self) -> int:
        return 0

    def text(self) -> str:
        """The statement in one line, and a line for each passage below it."""
        return "\n".join([_asserted_line(self), *(f"   {passage}" for passage in self.passages)])

    __str__ = text

    def to_dict(self) -> dict[str, Any]:
        """The assertion as plain data for JSON."""
        passages = [
            {
                key: value
                for key, value in (
                    ("iri", p.iri),
                    ("source", p.source),
                    ("fragment", p.fragment),
                    ("locator", p.locator),
                )
                if value
            }
            for p in self.passages
        ]
        return {"triple": _plain(self.triple), "asserted": True, "graphs": list(self.graphs), "passages": passages}


@dataclass(frozen=True, slots=True, eq=False)
class Proof:
    """A triple with the rule that gives it and the premises of that step, each itself asserted or proved."""

    triple: Triple
    rule: Rule
    premises: tuple[Proof | Asserted, ...]

    @property
    def height(self) -> int:
        """The number of steps on the longest way down."""
        return max((self._heights()[id(p)] for p in self.premises), default=0) + 1

    @property
    def steps(self) -> int:
        """The number of different steps in the proof."""
        return sum(isinstance(node, Proof) for node in self.nodes())

    def nodes(self) -> Iterator[Proof | Asserted]:
        """Every different node, each before its premises."""
        seen: set[int] = set()
        stack: list[Proof | Asserted] = [self]
        while stack:
            node = stack.pop()
            if id(node) in seen:
                continue
            seen.add(id(node))
            yield node
            if isinstance(node, Proof):
                stack += reversed(node.premises)

    def _heights(self) -> dict[int, int]:
        heights: dict[int, int] = {}
        stack: list[Proof | Asserted] = [self]
        while stack:
            node = stack[-1]
            if not isinstance(node, Proof):
                heights[id(node)] = 0
                stack.pop()
                continue
            waiting = [p for p in node.premises if id(p) not in heights]
            if waiting:
                stack += waiting
            else:
                heights[id(node)] = 1 + max((heights[id(p)] for p in node.premises), default=0)
                stack.pop()
        return heights

    def text(self) -> str:
        """The proof as an indented outline; what has been shown once is not shown again."""
        lines: list[str] = []
        shown: set[int] = set()
        # A stack, not recursion: a proof may be thousands of steps deep.
        stack: list[tuple[Proof | Asserted, int, str]] = [(self, 0, "")]
        while stack:
            node, depth, number = stack.pop()
            indent = "  " * depth
            line = f"{indent}{number}{text_of_triple(node.triple)}"
            if isinstance(node, Asserted):
                lines.append(f"{indent}{number}{_asserted_line(node)}")
                lines.extend(f"{indent}     {passage}" for passage in node.passages)
            elif id(node) in shown:
                lines.append(f"{line}  — shown above")
            else:
                shown.add(id(node))
                rule = node.rule
                sources = f" [{', '.join(rule.sources)}]" if rule.sources else ""
                basis = f"; basis: {rule.basis}" if rule.basis else ""
                lines.append(line)
                lines.append(f"{indent}   by {rule.name}: {rule.axiom}{sources}{basis}")
                stack += [(premise, depth + 1, f"{place}. ") for place, premise in reversed(list(enumerate(node.premises, 1)))]
        return "\n".join(lines)

    __str__ = text

    def to_dict(self) -> dict[str, Any]:
        """The proof as plain data for JSON: a tree, in which what serves two steps stands (as the same object) in both."""
        done: dict[int, dict[str, Any]] = {}
        stack: list[Proof | Asserted] = [self]
        while stack:
            node = stack[-1]
            if isinstance(node, Asserted):
                done[id(node)] = node.to_dict()
            elif waiting := [premise for premise in node.premises if id(premise) not in done]:
                stack += waiting
                continue
            else:
                done[id(node)] = {
                    "triple": _plain(node.triple),
                    "rule": _plain_rule(node.rule),
                    "premises": [done[id(premise)] for premise in node.premises],
                }
            stack.pop()
        return done[id(self)]

    def to_rdf(self) -> list[Triple]:
        """The proof in PROV: each triple an entity, each step an activity that followed the rule as its plan."""
        return _to_rdf(self)

    def check(self, asserted: Callable[[Triple], bool] | Iterable[Any], rules: Iterable[Rule] | Mapping[str, Rule]) -> None:
        """Check every step against `rules`, every leaf against what is `asserted` (a test, or the statements).

        This does not use the engine: it only matches triples with patterns. Raises :class:`InvalidProof`.
        """
        check_proofs([self], asserted, rules)


@dataclass(frozen=True, slots=True, eq=False)
class Inconsistency:
    """A contradiction: the constraint that is broken, and the statements that break it, each with its proof."""

    rule: Rule
    premises: tuple[Proof | Asserted, ...]

    def __str__(self) -> str:
        facts = "; ".join(text_of_triple(premise.triple) for premise in self.premises)
        return f"{facts}: contradicts {self.rule.axiom} ({self.rule.message or self.rule.name})"

    def text(self) -> str:
        """The contradiction with the proofs of its premises."""
        lines = [str(self)]
        for place, premise in enumerate(self.premises, 1):
            text = premise.text() if isinstance(premise, Proof) else _asserted_line(premise)
            lines.append(f"{place}. " + text.replace("\n", "\n   "))
        return "\n".join(lines)

    def to_dict(self) -> dict[str, Any]:
        """The contradiction as plain data for JSON."""
        return {
            "rule": _plain_rule(self.rule),
            "message": self.rule.message,
            "premises": [premise.to_dict() for premise in self.premises],
        }


def _asserted_line(leaf: Asserted) -> str:
    graphs = ", ".join(graph_name(graph) or graph for graph in leaf.graphs)
    return f"{text_of_triple(leaf.triple)}  — stated{f' in {graphs}' if graphs else ''}"


# -- the sources of asserted triples -------------------------------------------------------------------------------


class Sources:
    """Looks up who asserts a triple, in the quads of a dataset (or a pyoxigraph store)."""

    def __init__(self, quads: Iterable[Quad]) -> None:
        self._graphs: dict[tuple[Any, Any, Any], list[str]] = {}
        self._values: dict[tuple[Any, str], list[tuple[str, Any]]] = {}
        wanted = {CY.statedIn, CY.supportsProperty, CY.inSection, CY.fragment, CY.source, CY.locator}
        for quad in quads:
            graph = quad.graph_name.value if isinstance(quad.graph_name, NamedNode) else ""
            self._graphs.setdefault((quad.subject, quad.predicate, quad.object), []).append(graph)
            if quad.predicate.value in wanted:
                self._values.setdefault((quad.subject, quad.predicate.value), []).append((graph, quad.object))

    def _one(self, subject: Any, predicate: str) -> str:
        values = sorted(value.value for _, value in self._values.get((subject, predicate), ()))
        return values[0] if values else ""

    def __call__(self, triple: Triple) -> Asserted:
        """The asserted triple with its graphs and the passages that support it.

        A passage supports what its graph says of the things stated in it; one with ``cy:supportsProperty`` only the
        values of those properties.
        """
        graphs = sorted(set(filter(None, self._graphs.get((triple.subject, triple.predicate, triple.object), ()))))
        passages = []
        for graph, passage in self._values.get((triple.subject, CY.statedIn), ()):
            if graph not in graphs or not isinstance(passage, NamedNode):
                continue
            only = [value for _, value in self._values.get((passage, CY.supportsProperty), ())]
            if not only or triple.predicate in only:
                passages.append(
                    Source(
                        passage.value,
                        self._one(passage, CY.inSection) or self._one(passage, CY.source),
                        self._one(passage, CY.fragment),
                        self._one(passage, CY.locator),
                    )
                )
        return Asserted(triple, tuple(graphs), tuple(sorted(set(passages), key=lambda p: p.iri)))


# -- making proofs -------------------------------------------------------------------------------------------------


def explain(closure: Closure, triple: Triple, sources: Callable[[Triple], Asserted] = Asserted) -> Proof | Asserted:
    """Return the lowest proof of the triple, or the assertion if it is stated.

    `sources` says where an asserted triple stands (see :class:`Sources`). Raises :class:`NotDerived`.
    """
    facts, _ = closure.by_height()
    located = facts.locate(triple)
    if located is not None:
        relation, key = located
        height = relation.height(key)
        if height == 0:
            return sources(triple)
        if height is not None:
            return _Prover(closure, sources).prove([(relation, key)])[relation, key]
    raise NotDerived(
        f"{text_of_triple(triple)} neither is stated nor follows",
        "check the three terms; ask without inference to see what is",
    )


def explain_all(closure: Closure, sources: Callable[[Triple], Asserted] = Asserted) -> Iterator[Proof]:
    """The proofs of all inferred triples; they share what they have in common."""
    facts, _ = closure.by_height()
    wanted = [(relation, key) for relation in facts.relations() for _, keys in relation.rounds for key in keys]
    proofs = _Prover(closure, sources).prove(wanted)
    for goal in wanted:
        proof = proofs[goal]
        assert isinstance(proof, Proof)
        yield proof


def inconsistencies_of(closure: Closure, sources: Callable[[Triple], Asserted] = Asserted) -> tuple[Inconsistency, ...]:
    """The contradictions of a closure, each once, with the proofs of their premises."""
    from comity.inference.closure import MAX_WITNESSES

    found: list[tuple[Rule, tuple[Goal, ...]]] = []
    seen: set[tuple[str, frozenset[tuple[int, int]]]] = set()
    counts: dict[str, int] = {}
    facts, _ = closure.by_height()
    ranked = {id(a): b for a, b in zip(closure.facts.relations(), facts.relations(), strict=True)}
    for clause, bindings, count in closure._broken:
        for found_goals in islice(_premises(clause, bindings, count), 2 * MAX_WITNESSES):
            goals = tuple((ranked[id(relation)], key) for relation, key in found_goals)
            if counts.get(clause.rule.name, 0) >= MAX_WITNESSES:
                break
            mark = (clause.rule.name, frozenset((id(relation), key) for relation, key in goals))
            if mark not in seen:
                seen.add(mark)
                counts[clause.rule.name] = counts.get(clause.rule.name, 0) + 1
                found.append((clause.rule, goals))
    proofs = _Prover(closure, sources).prove([goal for _, goals in found for goal in goals])
    return tuple(Inconsistency(rule, tuple(proofs[goal] for goal in goals)) for rule, goals in found)


def _premises(clause: Clause, bindings: Bindings, count: int) -> Iterator[tuple[Goal, ...]]:
    """The facts that the clause's atoms take, row by row."""
    keys = [atom.keys(bindings, count) for atom in clause.atoms]
    relations = [atom.relation for atom in clause.atoms]
    for row in range(count):
        yield tuple((relation, numbers[row]) for relation, numbers in zip(relations, keys, strict=True))


@dataclass(frozen=True, slots=True)
class _Step:
    """How a goal of this height follows."""

    height: int
    rule: Rule
    premises: tuple[Goal, ...]


class _Prover:
    """Finds a step for each of many goals at once, then for their premises, and so on down."""

    def __init__(self, closure: Closure, sources: Callable[[Triple], Asserted]) -> None:
        self.facts, clauses = closure.by_height()
        self.sources = sources
        self.by_head: dict[Relation, list[tuple[int, Clause, Atom]]] = {}
        for number, clause in enumerate(clauses):
            if all(len(atom.relation) for atom in clause.atoms):
                for head in clause.heads:
                    self.by_head.setdefault(head.relation, []).append((number, clause, head))

    def prove(self, goals: Iterable[Goal]) -> dict[Goal, Proof | Asserted]:
        """The proof of each goal and of everything below."""
        steps: dict[Goal, _Step | None] = {}
        frontier = list(dict.fromkeys(goals))
        while frontier:
            grouped: dict[Relation, list[int]] = {}
            for relation, key in frontier:
                grouped.setdefault(relation, []).append(key)
            frontier = []
            for relation, keys in grouped.items():
                heights = dict(zip(keys, relation.heights(keys), strict=True))
                steps.update(((relation, key), None) for key, height in heights.items() if not height)
                for goal, found in self._steps(relation, {key: height for key, height in heights.items() if height}):
                    steps[goal] = found
                    frontier += found.premises
            frontier = list(dict.fromkeys(goal for goal in frontier if goal not in steps))
        built: dict[Goal, Proof | Asserted] = {}
        for goal, step in sorted(steps.items(), key=lambda item: item[1].height if item[1] else 0):
            triple = self.facts.triple(*goal)
            if step is None:
                built[goal] = self.sources(triple)
            else:
                built[goal] = Proof(triple, step.rule, tuple(built[premise] for premise in step.premises))
        return built

    def _steps(self, relation: Relation, heights: Mapping[int, int]) -> Iterator[tuple[Goal, _Step]]:
        """The best step for each key: lowest premises, then least sum of their heights, then the order of the rules."""
        keys = list(heights)
        best: dict[int, tuple[tuple[int, ...], _Step]] = {}
        for number, clause, head in self.by_head.get(relation, ()) if heights else ():
            bindings, count = match(head.parts(keys), len(keys), {ROW: keys})
            if count:
                bindings, count = clause.solutions(bindings=bindings, rows=count)
            if not count:
                continue
            wanted = bindings[ROW]
            premise_heights = [atom.relation.heights(atom.keys(bindings, count)) for atom in clause.atoms]
            for row, premises in enumerate(_premises(clause, bindings, count)):
                key = wanted[row]
                below = [of_atom[row] for of_atom in premise_heights]
                highest = max(below, default=0)
                if highest >= heights[key]:
                    continue
                rank = (highest, sum(below), number, *(premise for _, premise in premises))
                if key not in best or rank < best[key][0]:
                    best[key] = (rank, _Step(heights[key], clause.rule, premises))
        for key in heights:
            if key not in best:
                raise InvalidProof(
                    f"no step leads to {text_of_triple(self.facts.triple(relation, key))}",
                    "please report this together with the data",
                )
            yield (relation, key), best[key][1]


# -- checking proofs -----------------------------------------------------------------------------------------------


def check_proofs(
    proofs: Iterable[Proof | Asserted],
    asserted: Callable[[Triple], bool] | Iterable[Any],
    rules: Iterable[Rule] | Mapping[str, Rule],
) -> int:
    """Check proofs, each shared part once; return how many steps were checked. Raises :class:`InvalidProof`."""
    named = rules if isinstance(rules, Mapping) else {rule.name: rule for rule in rules}
    if callable(asserted):
        holds = asserted
    else:
        known = {(s.subject, s.predicate, s.object) for s in asserted}

        def holds(triple: Triple) -> bool:
            return (triple.subject, triple.predicate, triple.object) in known

    done: set[int] = set()
    steps = 0
    for proof in proofs:
        open_ids: set[int] = set()
        stack: list[tuple[Proof | Asserted, bool]] = [(proof, False)]
        while stack:
            node, leaving = stack.pop()
            if leaving:
                open_ids.discard(id(node))
                done.add(id(node))
                continue
            if id(node) in open_ids:
                raise InvalidProof(f"the proof of {text_of_triple(node.triple)} rests on itself", "make the proof again")
            if id(node) in done:
                continue
            if isinstance(node, Asserted):
                if not holds(node.triple):
                    raise InvalidProof(f"{text_of_triple(node.triple)} is taken as stated, but is not", "make the proof again")
                done.add(id(node))
                continue
            rule = named.get(node.rule.name)
            if rule is None:
                raise InvalidProof(f"the rule '{node.rule.name}' is not one of the rules", "check with the rules it was made by")
            if not is_instance(rule, node.triple, [premise.triple for premise in node.premises]):
                raise InvalidProof(
                    f"{text_of_triple(node.triple)} does not follow by {rule.name} from the premises given",
                    "make the proof again",
                )
            steps += 1
            open_ids.add(id(node))
            stack.append((node, True))
            stack += [(premise, False) for premise in node.premises]
    return steps


def is_instance(rule: Rule, conclusion: Triple, premises: Sequence[Triple]) -> bool:
    """Whether the rule gives the conclusion from exactly these premises, in the order of its patterns.

    What a rule denies (NOT EXISTS) is outside a proof, and not judged here.
    """
    for body in rule.bodies:
        if len(body.patterns) != len(premises):
            continue
        for head in rule.head:
            binding: dict[Var, Term] | None = {}
            for pattern, triple in ((head, conclusion), *zip(body.patterns, premises, strict=True)):
                binding = _unify(pattern, triple, binding)
                if binding is None:
                    break
            if binding is not None and _satisfied(body, binding):
                return True
    return False


def _unify(pattern: Pattern, triple: Triple, binding: dict[Var, Term] | None) -> dict[Var, Term] | None:
    if binding is None:
        return None
    result = dict(binding)
    slots: tuple[tuple[Slot, Any], ...] = (
        (pattern.s, triple.subject),
        (pattern.p, triple.predicate),
        (pattern.o, triple.object),
    )
    for slot, term in slots:
        if isinstance(slot, Var):
            if result.setdefault(slot, term) != term:
                return None
        elif slot != term:
            return None
    return result


def _satisfied(body: Body, binding: dict[Var, Term]) -> bool:
    for name, terms in body.values:
        if binding.get(name, terms[0]) not in terms:
            return False
    for condition in body.conditions:
        bound = condition.bind(binding)
        if isinstance(bound.left, Var) or isinstance(bound.right, Var) or not bound.holds():
            return False
    return True


# -- writing -------------------------------------------------------------------------------------------------------


def text_of_triple(triple: Triple) -> str:
    """The triple in short form, as in ``state:PAK a cy:State``."""
    predicate = "a" if triple.predicate.value == RDF.type else text_of(triple.predicate)
    return f"{text_of(triple.subject)} {predicate} {text_of(triple.object)}"


def _short(iri: str) -> str:
    return text_of(NamedNode(iri)).strip("<>") if iri else ""


def _plain_term(term: Any) -> dict[str, str]:
    if isinstance(term, Literal):
        extra = {"xml:lang": term.language} if term.language else {"datatype": term.datatype.value}
        return {"type": "literal", "value": term.value, **extra}
    return {"type": "uri" if isinstance(term, NamedNode) else "bnode", "value": term.value}


def _plain(triple: Triple) -> dict[str, dict[str, str]]:
    return {
        "subject": _plain_term(triple.subject),
        "predicate": _plain_term(triple.predicate),
        "object": _plain_term(triple.object),
    }


def _plain_rule(rule: Rule) -> dict[str, Any]:
    fields: dict[str, Any] = {"name": rule.name, "axiom": rule.axiom}
    if rule.sources:
        fields["sources"] = list(rule.sources)
    if rule.basis:
        fields["basis"] = rule.basis
    return fields


def _to_rdf(proof: Proof) -> list[Triple]:
    out: dict[Triple, None] = {}
    names: dict[int, BlankNode] = {}
    for number, node in enumerate(proof.nodes(), 1):
        names[id(node)] = BlankNode(f"statement{number}")

    def add(s: Any, p: str, o: Any) -> None:
        out[Triple(s, NamedNode(p), o)] = None

    for number, node in enumerate(proof.nodes(), 1):
        entity = names[id(node)]
        add(entity, RDF.type, NamedNode(PROV.Entity))
        add(entity, RDF.type, NamedNode(RDF.Statement))
        add(entity, RDF.subject, node.triple.subject)
        add(entity, RDF.predicate, node.triple.predicate)
        add(entity, RDF.object, node.triple.object)
        if isinstance(node, Asserted):
            for graph in node.graphs:
                add(entity, PROV.hadPrimarySource, NamedNode(graph))
            for passage in node.passages:
                add(entity, PROV.wasQuotedFrom, NamedNode(passage.iri))
            continue
        step, association = BlankNode(f"step{number}"), BlankNode(f"association{number}")
        plan = NamedNode(RULE_BASE + node.rule.name)
        add(entity, PROV.wasGeneratedBy, step)
        add(step, RDF.type, NamedNode(PROV.Activity))
        add(step, PROV.qualifiedAssociation, association)
        add(association, RDF.type, NamedNode(PROV.Association))
        add(association, PROV.hadPlan, plan)
        add(plan, RDF.type, NamedNode(PROV.Plan))
        add(plan, PROV.value, Literal(node.rule.axiom))
        for premise in node.premises:
            add(step, PROV.used, names[id(premise)])
            add(entity, PROV.wasDerivedFrom, names[id(premise)])
    return list(out)
