"""Comity's own engine: shapes compiled once, and run on whole sets of nodes instead of one node after the other.

What shapes ask of each value is asked once of each different value of the property, and what they ask of each node is a
question about sets, so sound data cost little more than their index. Only the part of SHACL that the edition's shapes use is
known, and the parameters beside it (:mod:`comity.validation.engines.shapes`); docs/decisions/0011 says why it exists.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path as File
from typing import TYPE_CHECKING, Any, Final

from comity import dataset, resources
from comity.terms import RDF, RDFS, SH
from comity.validation.engines import Result
from comity.validation.engines.facts import Facts, Relation, Term, no_collection, reach
from comity.validation.engines.literals import LANG_STRING, has_datatype, in_order, text_of, within
from comity.validation.engines.queries import Asker, Questions
from comity.validation.engines.shapes import Constraint, Path, Shape, read_shapes, result_of

if TYPE_CHECKING:
    import pyoxigraph as ox

_NODE_KINDS: Final = {
    SH.IRI: ("NamedNode",),
    SH.BlankNode: ("BlankNode",),
    SH.Literal: ("Literal",),
    SH.BlankNodeOrIRI: ("BlankNode", "NamedNode"),
    SH.BlankNodeOrLiteral: ("BlankNode", "Literal"),
    SH.IRIOrLiteral: ("NamedNode", "Literal"),
}
_BOUNDS: Final = {
    "minInclusive": (0, 1),
    "minExclusive": (1,),
    "maxInclusive": (-1, 0),
    "maxExclusive": (-1,),
}


class Compiled:
    """The shapes, ready to be run over data."""

    def __init__(self, files: Sequence[File]) -> None:
        quads = [quad for file in files for quad in dataset.read_file(file)]
        self._shapes = read_shapes(quads, resources.display(files[0].parent))
        self._questions = Questions(self._shapes)

    @no_collection()
    def run(
        self, statements: Facts | Iterable[ox.Quad], focus: Iterable[ox.NamedNode | ox.BlankNode] | None = None
    ) -> set[Result]:
        """Return the results, of the nodes in `focus` only when that is given."""
        facts = statements if isinstance(statements, Facts) else Facts(statements)
        run = _Run(facts, self._questions.of(facts))
        results = {result for shape in self._shapes for result in run.results(shape, run.targets(shape))}
        if focus is None:
            return results
        wanted = set(focus)
        return {result for result in results if result.focus in wanted}


class _Run:
    """The shapes over one set of statements. Nodes and values are numbers."""

    def __init__(self, facts: Facts, asker: Asker) -> None:
        self._facts = facts
        self._asker = asker
        # Many shapes ask the same of the same property.
        self._faulty: dict[tuple[str, Any, Path], set[int]] = {}
        self._turned: dict[Term, Relation] = {}

    def targets(self, shape: Shape) -> set[int]:
        """Return the focus nodes that the shape targets by itself (SHACL, section 2.1.3)."""
        facts = self._facts
        found: set[int] = set()
        for target in shape.targets.get("targetClass", ()):
            found |= facts.members(target)
        for target in shape.targets.get("targetSubjectsOf", ()):
            found |= facts.relation(target).first.keys()
        for target in shape.targets.get("targetObjectsOf", ()):
            found |= facts.relation(target).objects
        found.update(map(facts.number, shape.targets.get("targetNode", ())))
        return found

    def results(self, shape: Shape, focus: set[int]) -> Iterator[Result]:
        """Yield what the shape finds wrong with these nodes, and what the shapes that it names find (``sh:detail``)."""
        if not focus:
            return
        relation = self._relation(shape, focus)
        for constraint in shape.constraints:
            if constraint.parameter == "property":
                yield from self.results(constraint.value, _values(focus, relation))
            elif constraint.parameter == "sparql":
                for node in focus:
                    yield from self._asker.ask(constraint.value, self._facts.terms[node], shape)
            else:
                faulty: set[int] = set()
                for node, value, predicate in self._breaches(shape, constraint, relation, focus):
                    found = None if value is None else self._facts.terms[value]
                    yield result_of(shape, constraint, self._facts.terms[node], found, predicate)
                    if constraint.parameter == "node" and value is not None:
                        faulty.add(value)
                if faulty:
                    yield from self.results(constraint.value, faulty)

    def _failing(self, shape: Shape, focus: set[int]) -> set[int]:
        """Return the nodes that do not conform to the shape."""
        relation = self._relation(shape, focus)
        failing: set[int] = set()
        for constraint in shape.constraints:
            if constraint.parameter == "property":
                wrong = self._failing(constraint.value, _values(focus, relation))
                failing.update(node for node, _ in _pairs(focus, relation, wrong))
            else:
                failing.update(node for node, _, _ in self._breaches(shape, constraint, relation, focus))
        return failing

    # -- values -----------------------------------------------------------------------------------------------------

    def _relation(self, shape: Shape, focus: set[int]) -> Relation | None:
        """Return what leads from the focus nodes to the values; ``None`` where these are the same."""
        return None if shape.path is None else self._along(shape.path, focus)

    def _along(self, path: Path, nodes: set[int]) -> Relation:
        """Return a relation that has at least these nodes with all that the path leads to."""
        if path.kind == "predicate":
            return self._facts.relation(path.predicate)
        step = path.steps[0]
        if path.kind == "inversePath":
            return self._backwards(step, nodes)
        if path.kind == "sequence":
            relation = self._along(step, nodes)
            for later in path.steps[1:]:
                relation = _joined(relation, self._along(later, _values(nodes, relation)), nodes)
            return relation
        if path.kind == "alternativePath":
            choices = [self._along(choice, nodes) for choice in path.steps]
            return _united(choices)
        once = path.kind == "zeroOrOnePath"
        return Relation.of((node, self._repeated(path, step, node, once)) for node in nodes)

    def _repeated(self, path: Path, step: Path, node: int, once: bool) -> Sequence[int]:
        def ahead(each: int) -> Sequence[int]:
            return self._along(step, {each}).values(each)

        if once:
            return (node, *ahead(node))
        return list(reach((node,) if path.kind == "zeroOrMorePath" else ahead(node), ahead))

    def _backwards(self, path: Path, nodes: set[int]) -> Relation:
        if path.kind == "predicate":
            if path.predicate not in self._turned:
                self._turned[path.predicate] = self._facts.relation(path.predicate).turned()
            return self._turned[path.predicate]
        if path.kind == "inversePath":
            return self._along(path.steps[0], nodes)
        turned = tuple(Path("inversePath", steps=(step,)) for step in path.steps)
        return self._along(Path(path.kind, steps=turned[::-1] if path.kind == "sequence" else turned), nodes)

    # -- constraints ------------------------------------------------------------------------------------------------

    def _breaches(
        self, shape: Shape, constraint: Constraint, relation: Relation | None, focus: set[int]
    ) -> Iterator[tuple[int, int | None, Term]]:
        """Yield what breaks the constraint: the node, the value where the constraint is one on values, the predicate if closed."""
        parameter, asked = constraint.parameter, constraint.value
        if parameter in _ON_NODES:
            for node in self._short(parameter, asked, relation, focus):
                yield node, None, None
        elif parameter in ("equals", "disjoint", "lessThan", "lessThanOrEquals"):
            for node, value in self._compared(parameter, self._facts.relation(asked), relation, focus):
                yield node, value, None
        elif parameter == "closed":
            values = _values(focus, relation)
            for predicate, node, value in self._outside(asked, values):
                for each in (node,) if relation is None else [f for f, _ in _pairs(focus, relation, {node})]:
                    yield each, value, predicate
        else:
            for node, value in _pairs(focus, relation, self._wrong(shape, constraint, relation, focus)):
                yield node, value, None

    def _short(self, parameter: str, asked: Any, relation: Relation | None, focus: set[int]) -> Iterable[int]:
        """Return the nodes that have too few or too many values, not the one they must, or two in one language."""
        if relation is None:
            relation = Relation({node: node for node in focus}, {})
        if parameter == "minCount":
            if asked == 1:
                return focus - relation.first.keys()
            return [node for node in focus if len(relation.values(node)) < asked]
        if parameter == "maxCount":
            if asked == 1:
                return focus & relation.more.keys()
            return [node for node in focus & relation.first.keys() if len(relation.values(node)) > asked]
        if parameter == "hasValue":
            number = self._facts.number(asked)
            return [node for node in focus if number not in relation.values(node)]
        return [node for node in focus & relation.more.keys() if self._speaks_twice(relation.more[node])]

    def _speaks_twice(self, values: Iterable[int]) -> bool:
        terms = self._facts.terms
        tags = [tag for value in values if (tag := getattr(terms[value], "language", None)) is not None]
        return len(set(tags)) < len(tags)

    def _compared(
        self, parameter: str, others: Relation, relation: Relation | None, focus: set[int]
    ) -> Iterator[tuple[int, int]]:
        """Yield values that compare with those of another property as they must not (SHACL, section 4.5)."""
        if parameter != "equals":
            # Nothing to compare with, nothing wrong.
            focus = focus & others.first.keys()
        for node in focus:
            values = (node,) if relation is None else relation.values(node)
            against = others.values(node)
            if parameter == "equals":
                yield from ((node, value) for value in {*values} ^ {*against})
            elif parameter == "disjoint":
                yield from ((node, value) for value in {*values} & {*against})
            elif values and against:
                equal = parameter == "lessThanOrEquals"
                for value in values:
                    if not all(self._in_order(value, other, equal) for other in against):
                        yield node, value

    def _in_order(self, left: int, right: int, equal: bool) -> bool:
        a, b = self._facts.day(left), self._facts.day(right)
        if a and b:
            return a < b or (equal and a == b)
        return in_order(self._facts.terms[left], self._facts.terms[right], equal)

    def _outside(self, allowed: frozenset[Term], nodes: set[int]) -> Iterator[tuple[Term, int, int]]:
        """Yield the statements about the nodes in properties that are not allowed."""
        import pyoxigraph as ox

        always = self._facts.number(ox.NamedNode(RDFS.Resource))
        for predicate, relation in self._facts.relations.items():
            if predicate in allowed or relation.first.keys().isdisjoint(nodes):
                continue
            for node in relation.first.keys() & nodes:
                for value in relation.values(node):
                    if value != always or predicate.value != RDF.type:
                        yield predicate, node, value

    def _wrong(self, shape: Shape, constraint: Constraint, relation: Relation | None, focus: set[int]) -> set[int]:
        """Return the values that are wrong by themselves; those of nodes that are not in focus may be among them."""
        path = shape.path
        if relation is None or path is None or path.kind != "predicate":
            return self._judge(constraint, _values(focus, relation))
        key = (constraint.parameter, constraint.value, path)
        if key not in self._faulty:
            self._faulty[key] = self._judge(constraint, relation.objects)
        return self._faulty[key]

    def _judge(self, constraint: Constraint, values: set[int]) -> set[int]:
        """Return those of the values that break the constraint, whatever they are values of."""
        terms, asked = self._facts.terms, constraint.value
        match constraint.parameter:
            case "class":
                return values - self._facts.members(asked)
            case "in":
                return values - set(map(self._facts.number, asked))
            case "datatype" if asked.value == LANG_STRING:
                return {value for value in values if getattr(terms[value], "language", None) is None}
            case "datatype":
                return {value for value in values if not has_datatype(terms[value], asked.value)}
            case "nodeKind":
                kinds = _NODE_KINDS[asked.value]
                return {value for value in values if type(terms[value]).__name__ not in kinds}
            case "pattern":
                return {value for value in values if (text := text_of(terms[value])) is None or not asked.search(text)}
            case "minLength":
                return {value for value in values if asked and len(text_of(terms[value]) or "") < asked}
            case "maxLength":
                return {value for value in values if (text := text_of(terms[value])) is None or len(text) > asked}
            case "minInclusive" | "minExclusive" | "maxInclusive" | "maxExclusive":
                fit = _BOUNDS[constraint.parameter]
                return {value for value in values if not within(terms[value], asked, fit)}
            case "node":
                return self._failing(asked, values)
            case "not":
                return values - self._failing(asked, values)
            case "and":
                return set().union(*(self._failing(each, values) for each in asked))
            case "or":
                failing = [self._failing(each, values) for each in asked]
                return set.intersection(*failing) if failing else set()
            case "xone":
                met = Counter(value for each in asked for value in values - self._failing(each, values))
                return {value for value in values if asked and met[value] != 1}
        raise AssertionError(constraint.parameter)


_ON_NODES: Final = ("minCount", "maxCount", "hasValue", "uniqueLang")


def _values(focus: set[int], relation: Relation | None) -> set[int]:
    """Return the values of the nodes."""
    if relation is None:
        return focus
    first, more = relation.first, relation.more
    found = {first[node] for node in focus & first.keys()}
    return found.union(*(more[node] for node in focus & more.keys()))


def _joined(near: Relation, far: Relation, nodes: set[int]) -> Relation:
    """Return the relation of the nodes to what `far` has of what `near` has of them."""
    ends, first, several = far.first, near.first, far.more
    reached = nodes & first.keys()
    found = {node: ends[middle] for node in reached if (middle := first[node]) in ends}
    branching = (reached & near.more.keys()).union(node for node in reached if first[node] in several)
    return _mended(found, ((node, [end for middle in near.values(node) for end in far.values(middle)]) for node in branching))


def _united(choices: Sequence[Relation]) -> Relation:
    """Return the relation to the values that any of the choices has."""
    found: dict[int, int] = {}
    several: set[int] = set()
    for choice in choices:
        several |= (found.keys() & choice.first.keys()) | choice.more.keys()
        found.update(choice.first)
    return _mended(found, ((node, [value for choice in choices for value in choice.values(node)]) for node in several))


def _mended(first: dict[int, int], others: Iterable[tuple[int, Sequence[int]]]) -> Relation:
    """Return the relation to these values, with all that some of the nodes have."""
    rest = Relation.of(others)
    first.update(rest.first)
    return Relation(first, rest.more)


def _pairs(focus: set[int], relation: Relation | None, values: set[int]) -> Iterator[tuple[int, int]]:
    """Yield the nodes in focus that have one of the values, with that value."""
    if not values:
        return
    if relation is None:
        yield from ((node, node) for node in focus & values)
    elif len(values) < len(focus) and relation.is_turned:
        for value in values & relation.inverse.keys():
            yield from ((node, value) for node in relation.inverse[value] if node in focus)
    else:
        for node in focus & relation.first.keys():
            yield from ((node, value) for value in relation.values(node) if value in values)
