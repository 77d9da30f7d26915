"""Every constraint of every shape is seen to pass and to fail.

A case file (``cases/<NodeShape>.toml``) holds one passing graph and changes to it, each of which must be caught by the
constraint it names: shape and constraint component. A constraint without a failing case fails a test of its own. The
reference and the compiled engine look at every graph, and their whole reports must be the same; the engine that asks a store looks at
all graphs at once.
"""

from __future__ import annotations

import functools
import tomllib
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from rdflib import Graph, Namespace, URIRef
from rdflib.namespace import RDF, RDFS, SKOS

from comity.terms import ID
from comity.validation.engines import ENGINES, Result, load

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
SH = Namespace("http://www.w3.org/ns/shacl#")
SHAPE = "https://w3id.org/comity/shape/"
PREFIXES = "".join(
    line.removesuffix(" .\n").replace("@prefix", "PREFIX") + "\n"
    for line in (HERE / "context.ttl").read_text(encoding="utf-8").splitlines(keepends=True)
    if line.startswith("@prefix")
) + f"PREFIX sh: <{SH}>\nPREFIX dcterms: <http://purl.org/dc/terms/>\nPREFIX rdf: <{RDF}>\n"
TURTLE_PREFIXES = "".join(f"@{line.replace('PREFIX', 'prefix')} .\n" for line in PREFIXES.splitlines())

#: SHACL parameter -> short name of its constraint component (SHACL, section 4); those that only configure another are left out.
COMPONENTS = {
    "minCount": "MinCount", "maxCount": "MaxCount", "class": "Class", "datatype": "Datatype", "nodeKind": "NodeKind",
    "node": "Node", "in": "In", "hasValue": "HasValue", "pattern": "Pattern", "minLength": "MinLength", "maxLength": "MaxLength",
    "minInclusive": "MinInclusive", "maxInclusive": "MaxInclusive", "uniqueLang": "UniqueLang", "closed": "Closed",
    "lessThan": "LessThan", "lessThanOrEquals": "LessThanOrEquals", "or": "Or", "and": "And", "xone": "Xone", "not": "Not",
    "equals": "Equals", "disjoint": "Disjoint", "sparql": "SPARQL",
}  # fmt: skip


def load_shapes() -> Graph:
    graph = Graph()
    for path in sorted((ROOT / "shapes").glob("*.ttl")):
        graph.parse(path)
    return graph


SHAPES = load_shapes()
CONTEXT = Graph().parse(HERE / "context.ttl")
for triple in Graph().parse(ROOT / "ontology" / "comity.ttl").triples((None, RDFS.subClassOf, None)):
    CONTEXT.add(triple)
FILES = sorted((HERE / "cases").glob("*.toml"))
CASES = {path.stem: tomllib.loads(path.read_text(encoding="utf-8")) for path in FILES}
FAILS = [(name, index) for name, case in CASES.items() for index in range(len(case["fail"]))]


@functools.cache
def world(name: str, index: int | None) -> list[ox.Quad]:
    """The graph of a case file, with one of its changes or as it is."""
    graph = Graph()
    for triple in CONTEXT:
        graph.add(triple)
    graph.parse(data=TURTLE_PREFIXES + CASES[name]["pass"], format="turtle")
    if index is not None:
        graph.update(PREFIXES + CASES[name]["fail"][index]["change"])
    return list(ox.parse(graph.serialize(format="nt"), format=ox.RdfFormat.N_TRIPLES, rename_blank_nodes=False))


REFERENCE, COMPILED, SPARQL = (load(name, sorted((ROOT / "shapes").glob("*.ttl"))) for name in ENGINES)


def results(quads: list[ox.Quad]) -> set[Result]:
    """What both engines report; nested shapes are reported by the shape that uses them."""
    found = REFERENCE.run(quads)
    assert COMPILED.run(quads) == found, "the engines disagree"
    return found


def constraints() -> set[tuple[str, str]]:
    """Every (shape, component) of the named shapes."""
    return {
        (str(shape).removeprefix(SHAPE), COMPONENTS[parameter])
        for parameter in COMPONENTS
        for shape, value in SHAPES.subject_objects(SH[parameter])
        if isinstance(shape, URIRef) and not (parameter == "closed" and str(value) != "true")
    }


def test_there_are_cases() -> None:
    assert FILES
    assert FAILS


@pytest.mark.parametrize("name", CASES)
def test_the_passing_case_conforms(name: str) -> None:
    assert results(world(name, None)) == set()


@pytest.mark.parametrize(("name", "index"), FAILS, ids=lambda value: str(value))
def test_the_failing_case_is_caught(name: str, index: int) -> None:
    case = CASES[name]["fail"][index]
    assert (case["shape"], case["constraint"]) in broken(results(world(name, index)))


def broken(results: set[Result]) -> set[tuple[str, str]]:
    """The (shape, component) of each result."""
    return {(result.shape.removeprefix(SHAPE), result.component.removesuffix("ConstraintComponent")) for result in results}


def test_the_engine_that_asks_a_store_finds_the_same() -> None:
    """All cases in one graph, each with things of its own: asking of each by itself would take minutes."""
    concepts = {str(node) for kind in (SKOS.Concept, SKOS.ConceptScheme) for node in CONTEXT.subjects(RDF.type, kind)}
    shared = concepts | {str(node) for node in SHAPES.all_nodes()}

    def own(term: Any, mark: str) -> Any:
        if isinstance(term, ox.NamedNode) and term.value.startswith((ID, "https://example.org/")) and term.value not in shared:
            return ox.NamedNode(term.value + mark)
        return ox.BlankNode(term.value + mark) if isinstance(term, ox.BlankNode) else term

    store = ox.Store()  # which writes numbers and times in one form, whoever looks at them
    store.extend(
        ox.Quad(own(quad.subject, mark), quad.predicate, own(quad.object, mark))
        for number, case in enumerate(FAILS)
        for mark in [f"x{number}"]
        for quad in world(*case)
    )
    found = SPARQL.run(store)
    assert found == COMPILED.run(store)
    expected = {(CASES[name]["fail"][index]["shape"], CASES[name]["fail"][index]["constraint"]): (name, index) for name, index in FAILS}
    # What was done to a shared concept is undone by the other cases.
    alone = expected.keys() - broken(found)
    assert len(alone) < len(expected) / 20
    for breach in alone:
        assert breach in broken(SPARQL.run(world(*expected[breach]))), breach


def test_every_constraint_has_a_failing_case() -> None:
    shown = {(fail["shape"], fail["constraint"]) for case in CASES.values() for fail in case["fail"]}
    # A shape without a target of its own is a value test; it is seen to fail through the sh:node that uses it.
    for shape, constraint in list(shown):
        if constraint == "Node":
            for inner in SHAPES.objects(SHAPES.value(URIRef(SHAPE + shape), SH.node), SH.property):
                shown.add((str(inner).removeprefix(SHAPE), "HasValue"))
    missing = sorted(constraints() - shown)
    assert not missing, f"{len(missing)} constraints were never seen to fail: {missing[:20]}"
    unknown = sorted(shown - constraints())
    assert not unknown, f"cases for constraints that do not exist: {unknown}"
