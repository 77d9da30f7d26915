"""OWL class and property expressions, read from RDF and written in functional-style syntax."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Triple

from comity.errors import InputError
from comity.inference.datatypes import KNOWN_DATATYPES
from comity.inference.model import Term
from comity.terms import OWL, RDF, RDFS, XSD, shorten

_RDF_NIL: Final = NamedNode(RDF.nil)
_MEANINGFUL: Final = (str(OWL), str(RDF), str(RDFS))
# Named by text, not by the closed namespace: they are looked for only to be refused.
_REFUSED: Final = {
    "minCardinality": "MinCardinality",
    "minQualifiedCardinality": "MinCardinality",
    "cardinality": "ExactCardinality",
    "qualifiedCardinality": "ExactCardinality",
    "hasSelf": "HasSelf",
}
_DATA_RANGES: Final = ("onDatatype", "datatypeComplementOf")


class UnsupportedAxiom(InputError):
    """An axiom outside OWL 2 RL; `axiom` is its text, `expression` the part that does not fit."""

    def __init__(self, axiom: str, expression: str, why: str) -> None:
        super().__init__(
            f"{axiom} is not an OWL 2 RL axiom: {expression} {why}",
            "weaken it to fit the profile (OWL 2 Profiles, section 4.2), or move the constraint to the shapes",
        )
        self.axiom = axiom
        self.expression = expression


class MalformedOntology(InputError):
    """RDF that is no OWL 2 ontology: a restriction without a property, a list without an end."""


@dataclass(frozen=True, slots=True)
class Property:
    """A property, or the inverse of one."""

    iri: NamedNode
    inverse: bool = False

    def __str__(self) -> str:
        name = text_of(self.iri)
        return f"ObjectInverseOf({name})" if self.inverse else name


@dataclass(frozen=True, slots=True)
class Expression:
    """A class expression or data range; `kind` is its name in the OWL 2 specification, without Object or Data.

    Kinds: ``Class``, ``Datatype`` (`iri`), ``IntersectionOf``, ``UnionOf`` (`members`), ``ComplementOf`` (`filler`),
    ``OneOf`` (`terms`), ``SomeValuesFrom``, ``AllValuesFrom`` (`prop`, `filler`), ``HasValue`` (`prop`, `terms`),
    ``MaxCardinality`` (`number`, `prop`, `filler` if qualified), and those that OWL 2 RL never allows:
    ``MinCardinality``, ``ExactCardinality``, ``HasSelf``, ``DataRange``.
    """

    kind: str
    iri: NamedNode | None = None
    members: tuple[Expression, ...] = ()
    filler: Expression | None = None
    prop: Property | None = None
    terms: tuple[Term, ...] = ()
    number: int = 0
    data: bool = False

    def __str__(self) -> str:
        if self.iri is not None:
            return text_of(self.iri)
        number = (str(self.number),) if self.kind.endswith("Cardinality") else ()
        parts = (*number, *([self.prop] if self.prop else ()), *([self.filler] if self.filler else ()))
        inside = " ".join((*map(str, parts), *map(str, self.members), *map(text_of, self.terms)))
        return f"{'Data' if self.data else 'Object'}{self.kind}({inside})"

    @property
    def is_thing(self) -> bool:
        return self.iri is not None and self.iri.value == OWL.Thing

    @property
    def is_nothing(self) -> bool:
        return self.iri is not None and self.iri.value == OWL.Nothing


@lru_cache(maxsize=65536)
def text_of(term: Term) -> str:
    """The term in short form: prefix:name, else as in Turtle."""
    if isinstance(term, NamedNode):
        short = shorten(term.value)
        return short if short != term.value else str(term)
    return str(term)


class OntologyGraph:
    """The triples of an ontology, with the readers of lists, properties and class expressions."""

    def __init__(self, triples: Iterable[Triple | Quad]) -> None:
        self._index: dict[Term, dict[str, list[Term]]] = {}
        self._reverse: dict[str, list[tuple[Term, Term]]] = {}
        for triple in triples:
            p = triple.predicate.value
            if not p.startswith(_MEANINGFUL):
                continue  # an annotation
            s, o = triple.subject, triple.object
            if isinstance(s, Triple) or isinstance(o, Triple):
                continue
            values = self._index.setdefault(s, {}).setdefault(p, [])
            if o not in values:
                values.append(o)
                self._reverse.setdefault(p, []).append((s, o))
        self.datatypes = {s for s, o in self.pairs(RDF.type) if o == NamedNode(RDFS.Datatype)} | {
            NamedNode(name) for name in (*KNOWN_DATATYPES, *XSD, OWL.real, OWL.rational)
        }
        self.data_properties = {s for s, o in self.pairs(RDF.type) if o == NamedNode(OWL.DatatypeProperty)}

    def objects(self, subject: Term, predicate: str) -> list[Term]:
        return self._index.get(subject, {}).get(predicate, [])

    def value(self, subject: Term, predicate: str) -> Term | None:
        values = self.objects(subject, predicate)
        return values[0] if values else None

    def pairs(self, predicate: str) -> list[tuple[Term, Term]]:
        """All (subject, object) of the predicate, in the order of the file."""
        return self._reverse.get(predicate, [])

    def predicates(self) -> Iterable[str]:
        return self._reverse

    def list_items(self, head: Term) -> tuple[Term, ...]:
        items: list[Term] = []
        seen: set[Term] = set()
        while head != _RDF_NIL:
            first, rest = self.value(head, RDF.first), self.value(head, RDF.rest)
            if first is None or rest is None or head in seen:
                raise MalformedOntology(f"the list at {head} has no end", "close it with rdf:nil")
            seen.add(head)
            items.append(first)
            head = rest
        return tuple(items)

    def property_expression(self, node: Term) -> Property:
        if isinstance(node, NamedNode):
            return Property(node)
        inverse = self.value(node, OWL.inverseOf) if isinstance(node, BlankNode) else None
        if isinstance(inverse, NamedNode):
            return Property(inverse, inverse=True)
        raise MalformedOntology(f"{text_of(node)} is not a property", "name a property, or [ owl:inverseOf property ]")

    def is_data(self, prop: Property) -> bool:
        return not prop.inverse and prop.iri in self.data_properties

    def class_expression(self, node: Term) -> Expression:
        """Read the class expression or data range at `node`; whether OWL 2 RL allows it is for the reader to judge."""
        if isinstance(node, NamedNode):
            return Expression("Datatype" if node in self.datatypes else "Class", iri=node)
        if isinstance(node, Literal):
            raise MalformedOntology(f"{node} stands where a class must", "name a class")
        return self.anonymous(node)

    def anonymous(self, node: Term) -> Expression:
        """Read the expression that the triples about `node` build, whether or not the node has a name."""
        for name, kind in (("intersectionOf", "IntersectionOf"), ("unionOf", "UnionOf")):
            head = self.value(node, OWL[name])
            if head is not None:
                members = tuple(self.class_expression(item) for item in self.list_items(head))
                return Expression(kind, members=members, data=any(_is_range(member) for member in members))
        head = self.value(node, OWL.oneOf)
        if head is not None:
            terms = self.list_items(head)
            return Expression("OneOf", terms=terms, data=any(isinstance(term, Literal) for term in terms))
        other = self.value(node, OWL.complementOf)
        if other is not None:
            return Expression("ComplementOf", filler=self.class_expression(other))
        for name in _DATA_RANGES:
            if self.value(node, OWL[name]) is not None:
                return Expression("DataRange", terms=tuple(self.objects(node, OWL[name])), data=True)
        on = self.value(node, OWL.onProperty)
        if on is None:
            raise MalformedOntology(
                f"{text_of(node)} is neither a class name nor a class expression",
                "give it owl:intersectionOf, owl:unionOf, owl:oneOf, owl:complementOf or owl:onProperty",
            )
        return self._restriction(node, self.property_expression(on))

    def _restriction(self, node: Term, prop: Property) -> Expression:
        data = self.is_data(prop)
        for name in ("someValuesFrom", "allValuesFrom"):
            filler = self.value(node, OWL[name])
            if filler is not None:
                expression = self.class_expression(filler)
                kind = name[0].upper() + name[1:]
                return Expression(kind, prop=prop, filler=expression, data=data or _is_range(expression))
        value = self.value(node, OWL.hasValue)
        if value is not None:
            return Expression("HasValue", prop=prop, terms=(value,), data=isinstance(value, Literal))
        for name in ("maxCardinality", "maxQualifiedCardinality"):
            number = self.value(node, OWL[name])
            if number is not None:
                on = self.value(node, OWL.onClass) or self.value(node, OWL.onDataRange)
                filler_expression = None if on is None else self.class_expression(on)
                return Expression("MaxCardinality", prop=prop, filler=filler_expression, number=_number(node, number), data=data)
        for name, kind in _REFUSED.items():
            number = self.value(node, OWL[name])
            if number is not None:
                count = _number(node, number) if kind.endswith("Cardinality") else 0
                return Expression(kind, prop=prop, number=count, data=data)
        raise MalformedOntology(
            f"the restriction on {prop} says nothing of its values",
            "add owl:hasValue, owl:someValuesFrom, owl:allValuesFrom or a cardinality",
        )


def _is_range(expression: Expression) -> bool:
    return expression.kind in ("Datatype", "DataRange") or (expression.data and expression.prop is None)


def _number(node: Term, number: Term) -> int:
    try:
        return int(number.value)
    except ValueError:
        raise MalformedOntology(f"the cardinality at {text_of(node)} is {number}", "give a whole number that is not negative") from None
