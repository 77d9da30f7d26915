"""An ontology in OWL 2 RL becomes a set of named rules, one axiom at a time.

Each axiom gives one rule, or as many as it says separate things (an inverse holds in both directions). Anonymous class
expressions are folded into the rule of the axiom in which they stand, so nothing is ever said of a blank node, and
the rule reads as the axiom does. The names of the W3C's own rules (OWL 2 Profiles, section 4.3, tables 4 to 9) that
each instantiates are kept in :attr:`Rule.sources`.

What follows, and what does not
    The rules give the consequences for things, in the terms of the ontology: types in its classes, values of its
    properties, ``owl:sameAs`` between two different things. Left out, because nobody asks: that everything is an
    ``owl:Thing`` and the same as itself (eq-ref), consequences about the ontology (scm-*), datatypes of literals
    (dt-type2), and equality of classes or properties with each other (eq-rep-p). A literal is never made a subject.
    Equal things share the values of object and data properties; annotations such as labels have no meaning in OWL and
    stay where they are.
An axiom that OWL 2 RL does not have is refused, with the offending expression.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Final

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat, Triple, parse

from comity.errors import ResourceError, TurtleError
from comity.inference.datatypes import KNOWN_DATATYPES
from comity.inference.expressions import (
    Expression,
    MalformedOntology,
    OntologyGraph,
    Property,
    UnsupportedAxiom,
    text_of,
)
from comity.inference.model import (
    DIFFERENT_FROM,
    NOTHING,
    RDF_TYPE,
    SAME_AS,
    THING,
    Body,
    Condition,
    Pattern,
    Rule,
    Slot,
    Term,
    Var,
)
from comity.inference.rules import UnsupportedRule
from comity.terms import OWL, RDF, RDFS, XSD

__all__ = ["MalformedOntology", "RuleSet", "UnsupportedAxiom", "compile_ontology"]

X, Y, Z = Var("x"), Var("y"), Var("z")
_UNIVERSAL: Final = frozenset((OWL.topObjectProperty, OWL.bottomObjectProperty, OWL.topDataProperty, OWL.bottomDataProperty))
_BUILT_IN: Final = tuple(str(namespace) for namespace in (OWL, RDF, RDFS, XSD))


@dataclass(frozen=True, slots=True)
class RuleSet:
    """The rules of an ontology, with its vocabulary.

    `classes` and `properties` (object and data properties) are the terms in which consequences are drawn.
    """

    rules: tuple[Rule, ...]
    classes: frozenset[NamedNode]
    properties: frozenset[NamedNode]

    def __iter__(self) -> Iterator[Rule]:
        return iter(self.rules)

    def __len__(self) -> int:
        return len(self.rules)

    def __getitem__(self, name: str) -> Rule:
        for rule in self.rules:
            if rule.name == name:
                return rule
        raise KeyError(name)

    def with_rules(self, more: Iterable[Rule]) -> RuleSet:
        """Return the set with further rules, such as those of ``ontology/rules``; their terms join the vocabulary.

        Raises :class:`~comity.inference.UnsupportedRule` for a name that another rule has: a proof names its rules.
        """
        added = tuple(more)
        if not added:
            return self
        axioms = {rule.name: rule.axiom for rule in self.rules}
        for rule in added:
            if rule.name in axioms:
                raise UnsupportedRule(
                    f"the name '{rule.name}' is that of another rule: {axioms[rule.name]}", "give the rule of the file another name"
                )
            axioms[rule.name] = rule.axiom
        classes, properties = set(self.classes), set(self.properties)
        for rule in added:
            for _, body in ((None, body) for body in rule.bodies):
                _note_terms((*body.patterns, *rule.head), classes, properties)
        return RuleSet((*self.rules, *added), frozenset(classes), frozenset(properties))

    def covers(self, triple: Triple) -> bool:
        """Whether the triple is one of those that the rules speak of (the set in which engines are compared)."""
        if triple.predicate == RDF_TYPE:
            return triple.object in self.classes
        if triple.predicate == SAME_AS:
            return triple.subject != triple.object
        return triple.predicate in self.properties


def _note_terms(patterns: Iterable[Pattern], classes: set[NamedNode], properties: set[NamedNode]) -> None:
    for pattern in patterns:
        if pattern.p == RDF_TYPE:
            if isinstance(pattern.o, NamedNode):
                classes.add(pattern.o)
        elif isinstance(pattern.p, NamedNode) and pattern.p not in (SAME_AS, DIFFERENT_FROM):
            properties.add(pattern.p)


def compile_ontology(ontology: str | Path | Iterable[Triple | Quad] | RuleSet) -> RuleSet:
    """Compile an ontology (a Turtle file, or its triples) to rules.

    Raises :class:`UnsupportedAxiom` for an axiom outside OWL 2 RL, :class:`MalformedOntology` for broken OWL.
    """
    if isinstance(ontology, RuleSet):
        return ontology
    if isinstance(ontology, str | Path):
        ontology = _read(Path(ontology))
    return _Compiler(OntologyGraph(ontology)).compile()


def _read(path: Path) -> Iterable[Quad]:
    try:
        return list(parse(path=str(path), format=RdfFormat.TURTLE))
    except SyntaxError as error:
        raise TurtleError(str(error.msg), file=path, line=error.lineno, column=error.offset) from None
    except OSError as error:
        raise ResourceError(
            f"the ontology cannot be read: {error.strerror or error}", "give the path of a Turtle file", file=path
        ) from None


class _Fresh:
    """Hands out variable names within one rule: y, z, v1, v2, …"""

    def __init__(self, taken: Iterable[Var] = (X,)) -> None:
        used = set(taken)
        self._names = (name for name in map(Var, self._all()) if name not in used)

    @staticmethod
    def _all() -> Iterator[str]:
        yield from ("y", "z", "w")
        number = 1
        while True:
            yield f"v{number}"
            number += 1

    def __call__(self) -> Var:
        return next(self._names)


@dataclass(frozen=True, slots=True)
class _Branch:
    """One thing that a superclass implies: where `patterns` hold too, `head` follows (or a contradiction)."""

    patterns: tuple[Pattern, ...] = ()
    conditions: tuple[Condition, ...] = ()
    head: tuple[Pattern, ...] = ()


class _Compiler:
    def __init__(self, graph: OntologyGraph) -> None:
        self.graph = graph
        self.rules: list[Rule] = []
        self.names: set[str] = set()
        self.classes: set[NamedNode] = set()
        self.properties: set[NamedNode] = set()

    # -- the whole --------------------------------------------------------------------------------------------------

    def compile(self) -> RuleSet:
        graph = self.graph
        self._declarations()
        self._refuse_unknown()
        for c, d in self._axioms(RDFS.subClassOf):
            self._subclass(c, d)
        for c, d in self._axioms(OWL.equivalentClass):
            self._equivalent_classes(c, d)
        for name in ("intersectionOf", "unionOf", "oneOf", "complementOf"):
            # On a named class these are equivalences (OWL 2 Mapping to RDF Graphs, table 16).
            for c, _ in self._axioms(OWL[name]):
                if isinstance(c, NamedNode) and c not in graph.datatypes:
                    self._equivalence(graph.class_expression(c), graph.anonymous(c))
        for c, d in self._axioms(OWL.disjointWith):
            self._disjoint_classes((graph.class_expression(c), graph.class_expression(d)), "cax-dw")
        for p, q in self._axioms(RDFS.subPropertyOf):
            self._subproperty(p, q)
        for p, chain in self._axioms(OWL.propertyChainAxiom):
            self._chain(p, chain)
        for p, q in self._axioms(OWL.equivalentProperty):
            self._equivalent_properties(p, q)
        for p, q in self._axioms(OWL.inverseOf):
            if not isinstance(p, BlankNode):
                self._inverse(p, q)
        for p, c in self._axioms(RDFS.domain):
            self._domain(p, c)
        for p, c in self._axioms(RDFS.range):
            self._range(p, c)
        for p, q in self._axioms(OWL.propertyDisjointWith):
            self._disjoint_properties((graph.property_expression(p), graph.property_expression(q)), "prp-pdw")
        for c, keys in self._axioms(OWL.hasKey):
            self._key(c, keys)
        for s, kind in graph.pairs(RDF.type):
            self._typed(s, kind)
        for s, _ in self._axioms(OWL.sourceIndividual):
            self._negative(s)
        self._equality()
        properties = {p for p in self.properties if not p.value.startswith(_BUILT_IN)}
        classes = {c for c in self.classes if not c.value.startswith(_BUILT_IN) and c not in graph.datatypes}
        self.rules = self._equality_rules(classes, properties) + self.rules
        return RuleSet(tuple(self.rules), frozenset(classes), frozenset(properties))

    def _axioms(self, predicate: str) -> list[tuple[Term, Term]]:
        return self.graph.pairs(predicate)

    def _declarations(self) -> None:
        classes = {OWL.Class, RDFS.Class}
        properties = {OWL.ObjectProperty, OWL.DatatypeProperty, *_CHARACTERISTICS}
        for s, kind in self.graph.pairs(RDF.type):
            if isinstance(s, NamedNode):
                if kind.value in classes:
                    self.classes.add(s)
                elif kind.value in properties:
                    self.properties.add(s)

    def _refuse_unknown(self) -> None:
        """Refuse the axioms that OWL 2 has and OWL 2 RL has not, where they are not class expressions."""
        for c, parts in self._axioms(OWL.disjointUnionOf):
            members = " ".join(map(text_of, self.graph.list_items(parts)))
            raise UnsupportedAxiom(f"DisjointUnion({text_of(c)} {members})", "DisjointUnion", "is excluded from the profile")
        for p, kind in self.graph.pairs(RDF.type):
            if kind.value == OWL.ReflexiveProperty:
                raise UnsupportedAxiom(f"ReflexiveObjectProperty({text_of(p)})", "ReflexiveObjectProperty", "is excluded from the profile")
        for c, _ in self._axioms(OWL.onProperty):
            if isinstance(c, NamedNode):
                raise MalformedOntology(f"the restriction {text_of(c)} has a name", "make it anonymous, and the class equivalent to it")
        for predicate in self.graph.predicates():
            if predicate.startswith(str(OWL)) and predicate[len(str(OWL)) :] not in _KNOWN_OWL:
                name = text_of(NamedNode(predicate))
                raise UnsupportedAxiom(name, name, "is not a term of OWL 2")

    def _add(
        self,
        name: str,
        axiom: str,
        sources: Iterable[str],
        bodies: Sequence[Body],
        head: tuple[Pattern, ...] = (),
        message: str = "",
    ) -> None:
        unique, number = name, 1
        while unique in self.names:
            number += 1
            unique = f"{name}-{number}"
        self.names.add(unique)
        for body in bodies:
            _note_terms((*body.patterns, *head), self.classes, self.properties)
        self.rules.append(Rule(unique, axiom, tuple(dict.fromkeys(sources)), tuple(bodies), head, message))

    # -- class expressions ------------------------------------------------------------------------------------------

    def _sub(self, e: Expression, x: Slot, fresh: _Fresh, axiom: str, sources: list[str]) -> list[Body]:
        """The ways in which `x` can be seen to belong to `e`, an expression on the subclass side."""
        if e.kind == "Class":
            assert e.iri is not None
            if e.is_thing:
                raise UnsupportedAxiom(axiom, "owl:Thing", "may not stand on the subclass side")
            return [Body((Pattern(x, RDF_TYPE, e.iri),))]
        if e.kind == "Datatype":
            return [Body((), (self._datatype_test("in-datatype", x, e, axiom),))]
        if e.kind == "IntersectionOf":
            sources.append("cls-int1")
            found = [Body()]
            for member in e.members:
                found = [_join(a, b) for a in found for b in self._sub(member, x, fresh, axiom, sources)]
            return found
        if e.kind == "UnionOf" and not e.data:
            sources.append("cls-uni")
            return [body for member in e.members for body in self._sub(member, x, fresh, axiom, sources)]
        if e.kind == "OneOf" and not e.data:
            sources.append("cls-oo")
            if isinstance(x, Var):
                return [Body((), (), ((x, e.terms),))]
            return [Body()] if x in e.terms else []
        if e.kind == "SomeValuesFrom":
            assert e.filler is not None
            assert e.prop is not None
            y = fresh()
            first = Body((_pattern(e.prop, x, y),))
            if e.filler.is_thing:
                sources.append("cls-svf2")
                return [first]
            sources.append("cls-svf1")
            return [_join(first, body) for body in self._sub(e.filler, y, fresh, axiom, sources)]
        if e.kind == "HasValue":
            assert e.prop is not None
            sources.append("cls-hv2")
            return [Body((_pattern(e.prop, x, e.terms[0]),))]
        raise UnsupportedAxiom(axiom, str(e), "may not stand on the subclass side")

    def _super(self, e: Expression, x: Slot, fresh: _Fresh, axiom: str, sources: list[str]) -> list[_Branch]:
        """What belonging to `e`, an expression on the superclass side, implies for `x`."""
        if e.kind == "Class":
            assert e.iri is not None
            if e.is_thing:
                return []
            if e.is_nothing:
                sources.append("cls-nothing2")
                return [_Branch()]
            return [_Branch(head=(Pattern(x, RDF_TYPE, e.iri),))]
        if e.kind == "Datatype":
            if e.iri is not None and e.iri.value == RDFS.Literal:
                return []
            return [_Branch((), (self._datatype_test("outside-datatype", x, e, axiom),))]
        if e.kind == "IntersectionOf":
            sources.append("cls-int2")
            return [branch for member in e.members for branch in self._super(member, x, fresh, axiom, sources)]
        if e.kind == "ComplementOf":
            assert e.filler is not None
            sources.append("cls-com")
            return [_Branch(body.patterns, (*body.conditions, *_listed(body))) for body in self._sub(e.filler, x, fresh, axiom, sources)]
        if e.kind == "AllValuesFrom":
            assert e.filler is not None
            assert e.prop is not None
            sources.append("cls-avf")
            y = fresh()
            step = _pattern(e.prop, x, y)
            return [
                _Branch((step, *branch.patterns), branch.conditions, branch.head)
                for branch in self._super(e.filler, y, fresh, axiom, sources)
            ]
        if e.kind == "HasValue":
            assert e.prop is not None
            sources.append("cls-hv1")
            return [_Branch(head=(_pattern(e.prop, x, e.terms[0]),))]
        if e.kind == "MaxCardinality" and e.number in (0, 1):
            return self._at_most(e, x, fresh, axiom, sources)
        raise UnsupportedAxiom(axiom, str(e), "may not stand on the superclass side")

    def _at_most(self, e: Expression, x: Slot, fresh: _Fresh, axiom: str, sources: list[str]) -> list[_Branch]:
        assert e.prop is not None
        qualified = e.filler is not None and not e.filler.is_thing
        if e.filler is None:
            sources.append("cls-maxc2" if e.number else "cls-maxc1")
        elif qualified:
            sources.append("cls-maxqc3" if e.number else "cls-maxqc1")
        else:
            sources.append("cls-maxqc4" if e.number else "cls-maxqc2")
        y = fresh()
        found = [Body((_pattern(e.prop, x, y),))]
        if qualified:
            assert e.filler is not None
            found = [_join(a, b) for a in found for b in self._sub(e.filler, y, fresh, axiom, sources)]
        if e.number == 0:
            return [_Branch(body.patterns, (*body.conditions, *_listed(body))) for body in found]
        z = fresh()
        branches = []
        for first in found:
            seconds = [Body((_pattern(e.prop, x, z),))]
            if qualified:
                assert e.filler is not None
                seconds = [_join(a, b) for a in seconds for b in self._sub(e.filler, z, fresh, axiom, sources)]
            for second in seconds:
                both = _join(_join(first, second), Body((), (Condition("!=", y, z),)))
                head = () if self.graph.is_data(e.prop) else (Pattern(y, SAME_AS, z),)
                branches.append(_Branch(both.patterns, (*both.conditions, *_listed(both)), head))
        return branches

    def _datatype_test(self, op: str, x: Slot, e: Expression, axiom: str) -> Condition:
        assert e.iri is not None
        if e.iri.value not in KNOWN_DATATYPES:
            raise UnsupportedAxiom(axiom, str(e), "is a datatype whose values the engine does not know")
        return Condition(op, x, e.iri)

    def _implication(
        self, name: str, axiom: str, sources: list[str], bodies: list[Body], branches: list[_Branch], message: str = ""
    ) -> None:
        """Add rules for: where one of `bodies` holds, each of `branches` follows. Plain heads share one rule."""
        plain = tuple(p for branch in branches if not branch.patterns and not branch.conditions for p in branch.head)
        if plain:
            self._add(name, axiom, sources, bodies, plain)
        for branch in branches:
            if branch.patterns or branch.conditions or not branch.head:
                extra = Body(branch.patterns, branch.conditions)
                self._add(name, axiom, sources, [_join(body, extra) for body in bodies], branch.head, message)

    # -- class axioms -----------------------------------------------------------------------------------------------

    def _subclass(self, c: Term, d: Term) -> None:
        sub, sup = self.graph.class_expression(c), self.graph.class_expression(d)
        if sub.kind == "Datatype":
            raise UnsupportedAxiom(f"SubClassOf({sub} {sup})", str(sub), "is a datatype")
        self._include(sub, sup, f"{_slug(sub)}-subClassOf-{_slug(sup)}", f"SubClassOf({sub} {sup})", "cax-sco")

    def _include(self, sub: Expression, sup: Expression, name: str, axiom: str, source: str) -> None:
        if sup.is_thing or sub.is_nothing or sub == sup:
            return
        sources, fresh = [source], _Fresh()
        bodies = self._sub(sub, X, fresh, axiom, sources)
        branches = self._super(sup, X, fresh, axiom, sources)
        self._implication(name, axiom, sources, bodies, branches, f"{sub} excludes this")

    def _equivalent_classes(self, c: Term, d: Term) -> None:
        if c in self.graph.datatypes or d in self.graph.datatypes:
            raise UnsupportedAxiom(
                f"DatatypeDefinition({text_of(c)} {text_of(d)})",
                "DatatypeDefinition",
                "is not supported; use the shapes",
            )
        self._equivalence(self.graph.class_expression(c), self.graph.class_expression(d))

    def _equivalence(self, c: Expression, d: Expression) -> None:
        axiom = f"EquivalentClasses({c} {d})"
        for e in (c, d):
            self._check_equivalent(e, axiom)
        # The definition of a named class goes by its name alone.
        name = f"{_slug(c)}-definition" if c.kind == "Class" and d.kind != "Class" else f"{_slug(c)}-equivalentTo-{_slug(d)}"
        self._include(d, c, f"{name}-if", axiom, "cax-eqc2")
        self._include(c, d, f"{name}-then", axiom, "cax-eqc1")

    def _check_equivalent(self, e: Expression, axiom: str) -> None:
        # OWL 2 Profiles, section 4.2.3, equivClassExpression.
        if e.kind == "IntersectionOf":
            for member in e.members:
                self._check_equivalent(member, axiom)
        elif e.kind not in ("Class", "HasValue") or e.is_thing:
            raise UnsupportedAxiom(axiom, str(e), "may not stand in an equivalence")

    def _disjoint_classes(self, members: tuple[Expression, ...], source: str) -> None:
        axiom = f"DisjointClasses({' '.join(map(str, members))})"
        name = f"disjoint-{_slug(members[0])}-{_slug(members[1]) if len(members) == 2 else f'and-{len(members) - 1}-more'}"
        message = "no thing belongs to two of these classes"
        if len(members) > 2 and all(e.kind == "Class" for e in members):
            named = tuple(e.iri for e in members if e.iri is not None)
            c, d = Var("c1"), Var("c2")
            body = Body(
                (Pattern(X, RDF_TYPE, c), Pattern(X, RDF_TYPE, d)),
                (Condition("precedes", c, d),),
                ((c, named), (d, named)),
            )
            self.classes.update(named)
            self._add(name, axiom, [source], [body], (), message)
            return
        for a, b in combinations(members, 2):
            sources, fresh = [source], _Fresh()
            bodies = [
                _join(left, right) for left in self._sub(a, X, fresh, axiom, sources) for right in self._sub(b, X, fresh, axiom, sources)
            ]
            self._add(name, axiom, sources, bodies, (), message)

    # -- property axioms --------------------------------------------------------------------------------------------

    def _subproperty(self, p: Term, q: Term) -> None:
        sub, sup = self.graph.property_expression(p), self.graph.property_expression(q)
        self._imply_property(sub, sup, f"{_slug(sub)}-subPropertyOf-{_slug(sup)}", f"SubPropertyOf({sub} {sup})", "prp-spo1")

    def _imply_property(self, sub: Property, sup: Property, name: str, axiom: str, source: str) -> None:
        self._refuse_universal(axiom, sub, sup)
        if sub != sup:
            self._add(name, axiom, [source], [Body((_pattern(sub, X, Y),))], (_pattern(sup, X, Y),))

    def _chain(self, p: Term, head: Term) -> None:
        sup = self.graph.property_expression(p)
        steps = tuple(self.graph.property_expression(item) for item in self.graph.list_items(head))
        axiom = f"SubPropertyOf(ObjectPropertyChain({' '.join(map(str, steps))}) {sup})"
        if len(steps) < 2:
            raise UnsupportedAxiom(axiom, "ObjectPropertyChain", "needs two properties or more")
        self._refuse_universal(axiom, sup, *steps)
        for step in (*steps, sup):
            if self.graph.is_data(step):
                raise UnsupportedAxiom(axiom, str(step), "is a data property")
        nodes = (X, *(Var(f"v{i}") for i in range(1, len(steps))), Y)
        patterns = tuple(_pattern(step, nodes[i], nodes[i + 1]) for i, step in enumerate(steps))
        name = f"{_slug(sup)}-chain-{'-'.join(map(_slug, steps))}"
        self._add(name, axiom, ["prp-spo2"], [Body(patterns)], (_pattern(sup, X, Y),))

    def _equivalent_properties(self, p: Term, q: Term) -> None:
        a, b = self.graph.property_expression(p), self.graph.property_expression(q)
        axiom = f"EquivalentProperties({a} {b})"
        name = f"{_slug(a)}-equivalentTo-{_slug(b)}"
        self._imply_property(a, b, f"{name}-then", axiom, "prp-eqp1")
        self._imply_property(b, a, f"{name}-if", axiom, "prp-eqp2")

    def _inverse(self, p: Term, q: Term) -> None:
        a, b = self.graph.property_expression(p), self.graph.property_expression(q)
        axiom = f"InverseObjectProperties({a} {b})"
        for prop in (a, b):
            if self.graph.is_data(prop):
                raise UnsupportedAxiom(axiom, str(prop), "is a data property")
        self._refuse_universal(axiom, a, b)
        name = f"{_slug(a)}-inverseOf-{_slug(b)}"
        self._add(f"{name}-then", axiom, ["prp-inv1"], [Body((_pattern(a, X, Y),))], (_pattern(b, Y, X),))
        if a != b:
            self._add(f"{name}-if", axiom, ["prp-inv2"], [Body((_pattern(b, X, Y),))], (_pattern(a, Y, X),))

    def _domain(self, p: Term, c: Term) -> None:
        prop, sup = self.graph.property_expression(p), self.graph.class_expression(c)
        axiom = f"{self._sort(prop)}PropertyDomain({prop} {sup})"
        self._refuse_universal(axiom, prop)
        sources, fresh = ["prp-dom"], _Fresh((X, Y))
        branches = self._super(sup, X, fresh, axiom, sources)
        self._implication(f"{_slug(prop)}-domain-{_slug(sup)}", axiom, sources, [Body((_pattern(prop, X, Y),))], branches)

    def _range(self, p: Term, c: Term) -> None:
        prop, sup = self.graph.property_expression(p), self.graph.class_expression(c)
        axiom = f"{self._sort(prop)}PropertyRange({prop} {sup})"
        self._refuse_universal(axiom, prop)
        sources, fresh = ["prp-rng"], _Fresh((X, Y))
        branches = self._super(sup, Y, fresh, axiom, sources)
        name = f"{_slug(prop)}-range-{_slug(sup)}"
        message = f"the value is not in the range {sup}"
        self._implication(name, axiom, sources, [Body((_pattern(prop, X, Y),))], branches, message)

    def _sort(self, prop: Property) -> str:
        return "Data" if self.graph.is_data(prop) else "Object"

    def _refuse_universal(self, axiom: str, *properties: Property) -> None:
        for prop in properties:
            if prop.iri.value in _UNIVERSAL:
                raise UnsupportedAxiom(axiom, str(prop), "has no rule in OWL 2 RL")

    def _disjoint_properties(self, members: tuple[Property, ...], source: str) -> None:
        axiom = f"Disjoint{self._sort(members[0])}Properties({' '.join(map(str, members))})"
        self._refuse_universal(axiom, *members)
        bodies = [Body((_pattern(a, X, Y), _pattern(b, X, Y))) for a, b in combinations(members, 2)]
        name = f"disjoint-{_slug(members[0])}-{_slug(members[1]) if len(members) == 2 else f'and-{len(members) - 1}-more'}"
        self._add(name, axiom, [source], bodies, (), "no two things are related by two of these properties")

    def _key(self, c: Term, head: Term) -> None:
        sub = self.graph.class_expression(c)
        keys = tuple(self.graph.property_expression(item) for item in self.graph.list_items(head))
        axiom = f"HasKey({sub} ({' '.join(map(str, keys))}))"
        if not keys:
            raise UnsupportedAxiom(axiom, "HasKey", "needs a property")
        sources, fresh = ["prp-key"], _Fresh((X, Y, *(Var(f"v{i}") for i in range(1, len(keys) + 1))))
        shared = tuple(_pattern(key, node, Var(f"v{number}")) for number, key in enumerate(keys, 1) for node in (X, Y))
        body = Body(shared, (Condition("!=", X, Y),))
        bodies = [
            _join(_join(body, a), b) for a in self._sub(sub, X, fresh, axiom, sources) for b in self._sub(sub, Y, fresh, axiom, sources)
        ]
        self._add(f"{_slug(sub)}-hasKey-{'-'.join(map(_slug, keys))}", axiom, sources, bodies, (Pattern(X, SAME_AS, Y),))

    def _typed(self, s: Term, kind: Term) -> None:
        """What a type in OWL's own vocabulary says: characteristics of properties, axioms with several members."""
        characteristic = _CHARACTERISTICS.get(kind.value)
        if characteristic is not None:
            characteristic(self, self.graph.property_expression(s))
        elif kind.value == OWL.AllDisjointClasses:
            self._disjoint_classes(tuple(map(self.graph.class_expression, self._members(s, OWL.members))), "cax-adc")
        elif kind.value == OWL.AllDisjointProperties:
            self._disjoint_properties(tuple(map(self.graph.property_expression, self._members(s, OWL.members))), "prp-adp")
        elif kind.value == OWL.AllDifferent:
            self._all_different(s)
        elif isinstance(kind, BlankNode):
            # A class assertion with an anonymous class.
            sup = self.graph.class_expression(kind)
            axiom = f"ClassAssertion({sup} {text_of(s)})"
            sources: list[str] = []
            branches = self._super(sup, s, _Fresh(()), axiom, sources)
            self._implication(f"{_local(s)}-is-{_slug(sup)}", axiom, sources, [Body()], branches, f"{sup} excludes this")

    def _members(self, node: Term, predicate: str) -> tuple[Term, ...]:
        head = self.graph.value(node, predicate)
        if head is None:
            raise MalformedOntology(f"the axiom at {text_of(node)} has no members", "give it owl:members")
        items = self.graph.list_items(head)
        if len(items) < 2:
            raise MalformedOntology(f"the axiom at {text_of(node)} has fewer than two members", "name two or more")
        return items

    def _functional(self, prop: Property) -> None:
        data = self.graph.is_data(prop)
        axiom = f"Functional{'Data' if data else 'Object'}Property({prop})"
        body = Body((_pattern(prop, X, Y), _pattern(prop, X, Z)), (Condition("!=", Y, Z),))
        # Two different values of a data property can never be the same (dt-diff with eq-diff1).
        head, sources = ((), ["prp-fp", "dt-diff", "eq-diff1"]) if data else ((Pattern(Y, SAME_AS, Z),), ["prp-fp"])
        self._add(f"{_slug(prop)}-functional", axiom, sources, [body], head, "the property has at most one value")

    def _inverse_functional(self, prop: Property) -> None:
        axiom = f"InverseFunctionalObjectProperty({prop})"
        if self.graph.is_data(prop):
            raise UnsupportedAxiom(axiom, str(prop), "is a data property; use owl:hasKey")
        body = Body((_pattern(prop, X, Z), _pattern(prop, Y, Z)), (Condition("!=", X, Y),))
        self._add(f"{_slug(prop)}-inverseFunctional", axiom, ["prp-ifp"], [body], (Pattern(X, SAME_AS, Y),))

    def _symmetric(self, prop: Property) -> None:
        axiom = f"SymmetricObjectProperty({prop})"
        self._add(f"{_slug(prop)}-symmetric", axiom, ["prp-symp"], [Body((_pattern(prop, X, Y),))], (_pattern(prop, Y, X),))

    def _transitive(self, prop: Property) -> None:
        axiom = f"TransitiveObjectProperty({prop})"
        body = Body((_pattern(prop, X, Y), _pattern(prop, Y, Z)))
        self._add(f"{_slug(prop)}-transitive", axiom, ["prp-trp"], [body], (_pattern(prop, X, Z),))

    def _asymmetric(self, prop: Property) -> None:
        axiom = f"AsymmetricObjectProperty({prop})"
        body = Body((_pattern(prop, X, Y), _pattern(prop, Y, X)))
        self._add(f"{_slug(prop)}-asymmetric", axiom, ["prp-asyp"], [body], (), "the property never holds both ways")

    def _irreflexive(self, prop: Property) -> None:
        axiom = f"IrreflexiveObjectProperty({prop})"
        body = Body((_pattern(prop, X, X),))
        self._add(f"{_slug(prop)}-irreflexive", axiom, ["prp-irp"], [body], (), "nothing has the property to itself")

    # -- assertions -------------------------------------------------------------------------------------------------

    def _all_different(self, node: Term) -> None:
        predicate = OWL.members if self.graph.value(node, OWL.members) is not None else OWL.distinctMembers
        members = self._members(node, predicate)
        axiom = f"DifferentIndividuals({' '.join(map(text_of, members))})"
        body = Body((Pattern(X, SAME_AS, Y),), (Condition("precedes", X, Y),), ((X, members), (Y, members)))
        name = f"different-{_local(members[0])}-and-{len(members) - 1}-more"
        source = "eq-diff2" if predicate == OWL.members else "eq-diff3"
        self._add(name, axiom, [source], [body], (), "these are different things")

    def _negative(self, node: Term) -> None:
        s, p = self.graph.value(node, OWL.sourceIndividual), self.graph.value(node, OWL.assertionProperty)
        individual, literal = self.graph.value(node, OWL.targetIndividual), self.graph.value(node, OWL.targetValue)
        o = individual if individual is not None else literal
        if s is None or p is None or o is None:
            raise MalformedOntology(
                f"the negative assertion at {text_of(node)} is incomplete",
                "give it owl:sourceIndividual, owl:assertionProperty and owl:targetIndividual or owl:targetValue",
            )
        prop = self.graph.property_expression(p)
        axiom = f"Negative{self._sort(prop)}PropertyAssertion({prop} {text_of(s)} {text_of(o)})"
        name = f"not-{_local(s)}-{_slug(prop)}-{_local(o)}"
        source = "prp-npa1" if individual is not None else "prp-npa2"
        self._add(name, axiom, [source], [Body((_pattern(prop, s, o),))], (), "this is stated not to hold")

    # -- equality ---------------------------------------------------------------------------------------------------

    def _equality(self) -> None:
        """Nothing may be in owl:Nothing, and nothing may be both the same as and different from another."""
        self._add("nothing", "owl:Nothing has no members", ["cls-nothing2"], [Body((Pattern(X, RDF_TYPE, NOTHING),))])
        self._add(
            "same-and-different",
            "DifferentIndividuals(?x ?y)",
            ["eq-diff1"],
            [
                Body((Pattern(X, SAME_AS, Y), Pattern(X, DIFFERENT_FROM, Y))),
                Body((Pattern(X, DIFFERENT_FROM, X),)),
            ],
            (),
            "these are stated to be different things",
        )
        self.classes -= {NOTHING, THING}

    def _equality_rules(self, classes: set[NamedNode], properties: set[NamedNode]) -> list[Rule]:
        def rule(name: str, axiom: str, source: str, body: Body, head: Pattern) -> Rule:
            return Rule(name, axiom, (source,), (body,), (head,))

        p, c = Var("p"), Var("c")
        same = Pattern(X, SAME_AS, Y)
        rules = [
            rule("same-symmetric", "SameIndividual(?x ?y)", "eq-sym", Body((same,)), Pattern(Y, SAME_AS, X)),
            rule(
                "same-transitive",
                "SameIndividual(?x ?y ?z)",
                "eq-trans",
                Body((same, Pattern(Y, SAME_AS, Z)), (Condition("!=", X, Z),)),
                Pattern(X, SAME_AS, Z),
            ),
        ]
        if properties:
            listed = ((p, tuple(sorted(properties, key=str))),)
            rules += [
                rule(
                    "same-subject",
                    "SameIndividual(?x ?y), of the subject",
                    "eq-rep-s",
                    Body((same, Pattern(X, p, Z)), (), listed),
                    Pattern(Y, p, Z),
                ),
                rule(
                    "same-object",
                    "SameIndividual(?x ?y), of the object",
                    "eq-rep-o",
                    Body((same, Pattern(Z, p, X)), (), listed),
                    Pattern(Z, p, Y),
                ),
            ]
        if classes:
            body = Body((same, Pattern(X, RDF_TYPE, c)), (), ((c, tuple(sorted(classes, key=str))),))
            rules.append(rule("same-type", "SameIndividual(?x ?y), of the types", "eq-rep-s", body, Pattern(Y, RDF_TYPE, c)))
        return rules


_CHARACTERISTICS: Final[dict[str, Callable[[_Compiler, Property], None]]] = {
    OWL.FunctionalProperty: _Compiler._functional,
    OWL.InverseFunctionalProperty: _Compiler._inverse_functional,
    OWL.SymmetricProperty: _Compiler._symmetric,
    OWL.TransitiveProperty: _Compiler._transitive,
    OWL.AsymmetricProperty: _Compiler._asymmetric,
    OWL.IrreflexiveProperty: _Compiler._irreflexive,
}
# Predicates in the OWL namespace that are read above, or that carry no meaning for things (annotations, reified
# annotations).
_KNOWN_OWL: Final = frozenset(
    [
        "allValuesFrom",
        "annotatedProperty",
        "annotatedSource",
        "annotatedTarget",
        "assertionProperty",
        "backwardCompatibleWith",
        "cardinality",
        "complementOf",
        "datatypeComplementOf",
        "deprecated",
        "differentFrom",
        "disjointUnionOf",
        "disjointWith",
        "distinctMembers",
        "equivalentClass",
        "equivalentProperty",
        "hasKey",
        "hasSelf",
        "hasValue",
        "imports",
        "incompatibleWith",
        "intersectionOf",
        "inverseOf",
        "maxCardinality",
        "maxQualifiedCardinality",
        "members",
        "minCardinality",
        "minQualifiedCardinality",
        "onClass",
        "onDataRange",
        "onDatatype",
        "onProperty",
        "oneOf",
        "priorVersion",
        "propertyChainAxiom",
        "propertyDisjointWith",
        "qualifiedCardinality",
        "sameAs",
        "someValuesFrom",
        "sourceIndividual",
        "targetIndividual",
        "targetValue",
        "unionOf",
        "versionIRI",
        "versionInfo",
        "withRestrictions",
    ]
)


def _pattern(prop: Property, s: Slot, o: Slot) -> Pattern:
    return Pattern(o, prop.iri, s) if prop.inverse else Pattern(s, prop.iri, o)


def _join(a: Body, b: Body) -> Body:
    return Body((*a.patterns, *b.patterns), (*a.conditions, *b.conditions), (*a.values, *b.values), (*a.absent, *b.absent))


def _listed(body: Body) -> tuple[Condition, ...]:
    """Listed values as conditions: inside a superclass expression only a single one can be written."""
    conditions = []
    for name, terms in body.values:
        if len(terms) != 1:
            raise UnsupportedAxiom(
                f"an axiom with OneOf({' '.join(map(text_of, terms))})",
                "OneOf",
                "with several members is not supported there",
            )
        conditions.append(Condition("=", name, terms[0]))
    return tuple(conditions)


def _local(term: Term) -> str:
    text = text_of(term) if not isinstance(term, Literal) else term.value
    text = text.removeprefix("cy:").strip("<>")
    return re.sub(r"[^A-Za-z0-9.]+", "-", text.rsplit("#", 1)[-1].rsplit("/", 1)[-1]).strip("-") or "literal"


def _slug(e: Expression | Property) -> str:
    """A short name for use in a rule's name."""
    if isinstance(e, Property):
        return f"inverse-{_local(e.iri)}" if e.inverse else _local(e.iri)
    if e.iri is not None:
        return _local(e.iri)
    if e.kind in ("IntersectionOf", "UnionOf"):
        return ("-and-" if e.kind == "IntersectionOf" else "-or-").join(map(_slug, e.members))
    prop = _slug(e.prop) if e.prop else ""
    if e.kind == "HasValue":
        return f"{prop}-{_local(e.terms[0])}"
    if e.kind == "OneOf":
        return "one-of-" + "-".join(map(_local, e.terms[:3]))
    filler = _slug(e.filler) if e.filler else ""
    kind = {
        "SomeValuesFrom": "some",
        "AllValuesFrom": "only",
        "ComplementOf": "not",
        "MaxCardinality": f"max-{e.number}",
    }
    return "-".join(part for part in (prop, kind.get(e.kind, e.kind), filler) if part)
