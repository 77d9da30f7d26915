"""Proofs: that every inferred triple of the edition has one that checks, is as low as can be, and says where it rests.

And their three forms: text, data for JSON, PROV. What is compared with is worked out here without the prover: the graphs
by going through the quads, the passages and the heights by SPARQL, the PROV by rdflib.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

import pyoxigraph as ox
import pytest
import rdflib

import comity
from comity import dataset, resources
from comity.errors import UsageError
from comity.inference import Closure, close, compile_ontology, parse_rule
from comity.inference.compile import RuleSet
from comity.inference.explain import (
    RULE_BASE,
    Asserted,
    InvalidProof,
    NotDerived,
    Proof,
    Source,
    Sources,
    check_proofs,
    explain,
    explain_all,
    text_of_triple,
)
from comity.terms import CY, PROV, RDF, graph_iri

EX = "https://example.org/"
SAMPLE = 250
Node = Proof | Asserted

PREFIXES = """@prefix : <https://example.org/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix cy: <https://w3id.org/comity/ontology#> .
@prefix passage: <https://w3id.org/comity/id/passage/> .
@prefix section: <https://w3id.org/comity/id/section/> .
@prefix g: <https://w3id.org/comity/graph/paper/> .
"""


def spo(triples: Iterable[Any]) -> set[Any]:
    return {(t.subject, t.predicate, t.object) for t in triples}


def turtle(text: str) -> list[ox.Triple]:
    return [quad.triple for quad in ox.parse(PREFIXES + text, format=ox.RdfFormat.TURTLE)]


def trig(text: str) -> list[ox.Quad]:
    return list(ox.parse(PREFIXES + text, format=ox.RdfFormat.TRIG))


def triple(s: str, p: str, o: str) -> ox.Triple:
    return ox.Triple(ox.NamedNode(EX + s), ox.NamedNode(RDF.type if p == "a" else EX + p), ox.NamedNode(EX + o))


def rows(store: ox.Store, query: str) -> Iterable[Any]:
    """What a query gives, row by row (or triple by triple)."""
    found = store.query(query)
    assert not isinstance(found, ox.QueryBoolean)
    return found


def closed(statements: Iterable[Any], ontology: Iterable[Any], **options: Any) -> Closure:
    closure = close(statements, ontology, **options)
    assert isinstance(closure, Closure)
    return closure


# -- the edition ---------------------------------------------------------------------------------------------------


class Edition:
    """The curated view, closed as the edition is, with all its proofs."""

    def __init__(self) -> None:
        self.quads = dataset.read()
        rules = resources.ontology() / "rules"
        ontology = [quad for quad in self.quads if quad.graph_name == ox.NamedNode(graph_iri("ontology"))]
        self.closure = closed(self.quads, ontology, rules=rules if rules.is_dir() else None)
        self.sources = Sources(self.quads)
        self.proofs = list(explain_all(self.closure, self.sources))
        self.sample = self._sample()
        self.graphs: dict[Any, set[str]] = {}
        for quad in self.quads:
            assert isinstance(quad.graph_name, ox.NamedNode)
            self.graphs.setdefault((quad.subject, quad.predicate, quad.object), set()).add(quad.graph_name.value)

    def states(self, triple: ox.Triple) -> bool:
        return (triple.subject, triple.predicate, triple.object) in self.graphs

    def _sample(self) -> list[Proof]:
        """A proof by each rule, the longest ones, and others by lot."""
        by_rule = {proof.rule.name: proof for proof in self.proofs}
        longest = sorted(self.proofs, key=lambda proof: (-proof.steps, str(proof.triple)))[:20]
        rest = random.Random(7).sample(sorted(self.proofs, key=lambda proof: str(proof.triple)), SAMPLE)
        return list({id(proof): proof for proof in (*by_rule.values(), *longest, *rest)}.values())

    def leaves(self) -> list[Asserted]:
        found = {id(node): node for proof in self.proofs for node in (proof, *proof.premises) if isinstance(node, Asserted)}
        for proof in self.sample:
            found.update({id(node): node for node in proof.nodes() if isinstance(node, Asserted)})
        return list(found.values())


@pytest.fixture(scope="module")
def edition() -> Edition:
    return Edition()


def test_every_inferred_triple_has_a_proof_that_checks(edition: Edition) -> None:
    inferred = spo(edition.closure)
    assert len(inferred) > 10_000
    assert spo(proof.triple for proof in edition.proofs) == inferred
    assert len(edition.proofs) == len(inferred)
    steps = check_proofs(edition.proofs, edition.quads, edition.closure.rules)
    # Each step concludes one inferred triple, and each inferred triple is concluded once.
    assert steps == len(inferred)
    assert not inferred & edition.graphs.keys()
    # A rule may have found only what another gives as well.
    assert {proof.rule.name for proof in edition.proofs} <= set(edition.closure.rules_used)


def test_proofs_say_the_same_one_by_one(edition: Edition) -> None:
    for proof in edition.sample:
        alone = explain(edition.closure, proof.triple, edition.sources)
        assert isinstance(alone, Proof)
        assert alone.to_dict() == proof.to_dict()


def test_rounds_are_heights(edition: Edition) -> None:
    """Without rules that deny something, the round in which a triple is found is the height of its lowest proof."""
    ontology = compile_ontology(resources.ontology() / "comity.ttl")
    closure = closed(edition.quads, ontology)
    heights: list[int] = []
    for proof in explain_all(closure):
        located = closure.facts.locate(proof.triple)
        assert located is not None
        relation, key = located
        assert proof.height == relation.height(key)
        heights.append(proof.height)
    assert 4 <= max(heights) <= closure.rounds


def test_size_of_proofs(edition: Edition) -> None:
    """A proof as a tree repeats what it shares; that must not get out of hand in the edition."""
    assert max(len(json.dumps(proof.to_dict())) for proof in edition.sample) < 100_000
    assert max(proof.height for proof in edition.proofs) < 30


# -- the sources ---------------------------------------------------------------------------------------------------


def test_graphs_of_the_edition(edition: Edition) -> None:
    leaves = edition.leaves()
    assert len(leaves) > 5_000
    for leaf in leaves:
        where = edition.graphs[leaf.triple.subject, leaf.triple.predicate, leaf.triple.object]
        assert list(leaf.graphs) == sorted(where), text_of_triple(leaf.triple)
        assert leaf.graphs


def test_passages_of_the_edition(edition: Edition) -> None:
    store = ox.Store()
    store.extend(edition.quads)
    union = ox.Store()
    union.extend({ox.Quad(quad.subject, quad.predicate, quad.object) for quad in edition.quads})
    leaves = [leaf for leaf in edition.leaves() if not isinstance(leaf.triple.object, ox.BlankNode)]
    narrow = 0
    for leaf in random.Random(3).sample(leaves, 600):
        s, p, o = leaf.triple.subject, leaf.triple.predicate, leaf.triple.object
        found = {
            row["passage"].value
            for row in rows(store, f"SELECT DISTINCT ?passage {{ GRAPH ?g {{ {s} {p} {o} . {s} <{CY.statedIn}> ?passage }} }}")
        }
        supported = set()
        for passage in found:
            only = {row["p"] for row in rows(union, f"SELECT ?p {{ <{passage}> <{CY.supportsProperty}> ?p }}")}
            if not only or p in only:
                supported.add(passage)
            narrow += bool(only)
        assert [source.iri for source in leaf.passages] == sorted(supported), text_of_triple(leaf.triple)
        for source in leaf.passages:
            where = {row["where"].value for row in rows(union, f"SELECT ?where {{ <{source.iri}> <{CY.inSection}>|<{CY.source}> ?where }}")}
            assert not source.source or source.source in where
            if source.fragment:
                text = ox.Literal(source.fragment)
                assert union.query(f"ASK {{ <{source.iri}> <{CY.fragment}> ?text FILTER(STR(?text) = {text}) }}")
    assert narrow > 10, "the sample has no passage that supports only some properties"


SOURCED = """
g:1 { :treaty a :Treaty ; :signedBy :a, :b ; cy:statedIn passage:1-all, passage:1-signed .
      passage:1-all cy:inSection section:1 ; cy:fragment "a treaty of two" .
      passage:1-signed cy:inSection section:1 ; cy:fragment "signed by a" ; cy:supportsProperty :signedBy . }
g:2 { :treaty a :Treaty ; cy:statedIn passage:2 .
      passage:2 cy:source :gazette ; cy:locator "page 7" . }
g:3 { :treaty :signedBy :c . }
"""


def test_sources() -> None:
    sources = Sources(trig(SOURCED))
    base = "https://w3id.org/comity/"

    def of(p: str, o: str) -> tuple[list[str], list[str]]:
        found = sources(triple("treaty", p, o))
        return [g.removeprefix(f"{base}graph/") for g in found.graphs], [s.iri.removeprefix(f"{base}id/passage/") for s in found.passages]

    assert of("a", "Treaty") == (["paper/1", "paper/2"], ["1-all", "2"])
    assert of("signedBy", "a") == (["paper/1"], ["1-all", "1-signed"])
    # The passage must stand in the graph that states the triple.
    assert of("signedBy", "c") == (["paper/3"], [])
    assert of("signedBy", "nobody") == ([], [])
    assert sources(triple("treaty", "a", "Treaty")).passages == (
        Source(f"{base}id/passage/1-all", f"{base}id/section/1", "a treaty of two"),
        Source(f"{base}id/passage/2", f"{EX}gazette", "", "page 7"),
    )


def test_sources_of_a_triple_in_the_default_graph() -> None:
    assert Sources([ox.Quad(*triple("a", "p", "b"))])(triple("a", "p", "b")).graphs == ()


# -- as text -------------------------------------------------------------------------------------------------------

ONTOLOGY = """
:Treaty a owl:Class ; rdfs:subClassOf :Instrument . :Instrument a owl:Class .
:partOf a owl:ObjectProperty, owl:TransitiveProperty ; rdfs:domain :Part . :Part a owl:Class .
:signedBy a owl:ObjectProperty .
"""


def test_text() -> None:
    quads = trig(SOURCED)
    proof = explain(closed(quads, turtle(ONTOLOGY)), triple("treaty", "a", "Instrument"), Sources(quads))
    assert isinstance(proof, Proof)
    assert (
        proof.text()
        == str(proof)
        == (
            f"<{EX}treaty> a <{EX}Instrument>\n"
            f"   by Treaty-subClassOf-Instrument: SubClassOf(<{EX}Treaty> <{EX}Instrument>) [cax-sco]\n"
            f"  1. <{EX}treaty> a <{EX}Treaty>  — stated in paper/1, paper/2\n"
            "       passage:1-all (section:1): “a treaty of two”\n"
            f"       passage:2 ({EX}gazette page 7)"
        )
    )


def test_text_shows_a_step_once() -> None:
    facts = turtle(":a :p :b .")
    ontology = turtle(
        """:p a owl:ObjectProperty ; rdfs:domain :C . :C a owl:Class ; rdfs:subClassOf :D, :E . :D a owl:Class . :E a owl:Class .
        :F a owl:Class ; owl:equivalentClass [ owl:intersectionOf ( :D :E ) ] ."""
    )
    proof = closed(facts, ontology).explain(triple("a", "a", "F"))
    assert isinstance(proof, Proof)
    text = proof.text()
    assert text.count("by p-domain-C") == 1
    assert text.count(f"<{EX}a> a <{EX}C>  — shown above") == 1
    assert text.count("— stated") == 1
    assert proof.steps == 4
    assert proof.height == 3
    # As data, each premise stands where it is used.
    assert json.dumps(proof.to_dict()).count('"p-domain-C"') == 2


def test_text_gives_the_basis() -> None:
    rule = parse_rule(
        """#+ name = "bound"
#+ title = "who signs is bound"
#+ basis = "article 1 of the fixture"
#+ example = "fixture"
PREFIX : <https://example.org/>
CONSTRUCT { ?t :binds ?s } WHERE { ?t :signedBy ?s }
"""
    )
    proof = closed(turtle(":t :signedBy :s ."), turtle(ONTOLOGY), rules=[rule]).explain(triple("t", "binds", "s"))
    assert isinstance(proof, Proof)
    assert "\n   by bound: who signs is bound; basis: article 1 of the fixture\n" in proof.text()
    assert proof.to_dict()["rule"] == {"name": "bound", "axiom": "who signs is bound", "basis": "article 1 of the fixture"}


def test_text_of_the_edition(edition: Edition) -> None:
    for proof in edition.sample:
        lines = proof.text().splitlines()
        assert lines[0] == text_of_triple(proof.triple)
        assert lines[1].startswith(f"   by {proof.rule.name}: {proof.rule.axiom}")
        assert sum(line.lstrip().startswith("by ") for line in lines) == proof.steps
        numbered = [line for line in lines if re.match(r"^ *\d+\. ", line)]
        shown = [line for line in numbered if not line.endswith("— shown above")]
        premises = [node for node in proof.nodes() if node is not proof]
        wanted = {text_of_triple(node.triple) for node in premises}
        assert {re.sub(r"^ *\d+\. ", "", line).split("  — stated")[0] for line in shown} == wanted
        for node in premises:
            if isinstance(node, Asserted):
                assert any(f"{text_of_triple(node.triple)}  — stated in " in line for line in shown)
                for passage in node.passages:
                    assert any(str(passage) in line for line in lines)


# -- as data for JSON ----------------------------------------------------------------------------------------------


def read_term(data: dict[str, str]) -> Any:
    if data["type"] == "uri":
        return ox.NamedNode(data["value"])
    if data["type"] == "bnode":
        return ox.BlankNode(data["value"])
    assert data["type"] == "literal"
    if "xml:lang" in data:
        return ox.Literal(data["value"], language=data["xml:lang"])
    return ox.Literal(data["value"], datatype=ox.NamedNode(data["datatype"]))


def read_proof(data: dict[str, Any], rules: RuleSet, known: dict[ox.Triple, Node] | None = None) -> Node:
    """The proof again, from its data; what is proved twice in it is one node."""
    known = {} if known is None else known
    conclusion = ox.Triple(*(read_term(data["triple"][place]) for place in ("subject", "predicate", "object")))
    if conclusion not in known:
        if data.get("asserted"):
            passages = tuple(Source(**passage) for passage in data["passages"])
            known[conclusion] = Asserted(conclusion, tuple(data["graphs"]), passages)
        else:
            premises = tuple(read_proof(premise, rules, known) for premise in data["premises"])
            known[conclusion] = Proof(conclusion, rules[data["rule"]["name"]], premises)
    return known[conclusion]


def check_shape(data: dict[str, Any]) -> None:
    """What anybody who reads the JSON may rely on."""

    def term(value: Any, kinds: tuple[str, ...]) -> None:
        assert value["type"] in kinds
        assert isinstance(value["value"], str)
        extra = {"literal": [{"xml:lang"}, {"datatype"}]}.get(value["type"], [set()])
        assert value.keys() - {"type", "value"} in extra
        if value["type"] == "uri":
            assert ":" in value["value"]

    assert data["triple"].keys() == {"subject", "predicate", "object"}
    term(data["triple"]["subject"], ("uri", "bnode"))
    term(data["triple"]["predicate"], ("uri",))
    term(data["triple"]["object"], ("uri", "bnode", "literal"))
    if "asserted" in data:
        assert data.keys() == {"triple", "asserted", "graphs", "passages"}
        assert data["asserted"] is True
        assert all(isinstance(graph, str) and graph for graph in data["graphs"])
        for passage in data["passages"]:
            assert {"iri"} <= passage.keys() <= {"iri", "source", "fragment", "locator"}
            assert all(isinstance(value, str) and value for value in passage.values())
        return
    assert data.keys() == {"triple", "rule", "premises"}
    assert {"name", "axiom"} <= data["rule"].keys() <= {"name", "axiom", "sources", "basis"}
    assert isinstance(data["rule"]["name"], str)
    assert isinstance(data["rule"]["axiom"], str)
    # A rule is one of OWL's, or has a legal basis.
    assert ("sources" in data["rule"]) != ("basis" in data["rule"])
    assert all(re.fullmatch(r"(?:eq|prp|cls|cax|dt)-[a-z0-9-]+", source) for source in data["rule"].get("sources", ()))
    for premise in data["premises"]:
        check_shape(premise)


def test_json_of_the_edition(edition: Edition) -> None:
    assert len(edition.sample) >= 200
    for proof in edition.sample:
        data = json.loads(json.dumps(proof.to_dict()))
        assert data == proof.to_dict()
        check_shape(data)
        assert data["rule"]["name"] == proof.rule.name
        assert data["rule"]["axiom"] == proof.rule.axiom
        assert data["rule"].get("sources", []) == list(proof.rule.sources)
        assert data["rule"].get("basis", "") == proof.rule.basis
        assert len(data["premises"]) == len(proof.premises)
        again = read_proof(data, edition.closure.rules)
        assert isinstance(again, Proof)
        check_proofs([again], edition.states, edition.closure.rules)
        assert again.to_dict() == data
        assert again.text() == proof.text()


@pytest.mark.parametrize("value", ['"x"', '"x"@en', '"2001-09-28"^^<http://www.w3.org/2001/XMLSchema#date>', ":b"])
def test_json_of_each_kind_of_term(value: str) -> None:
    kind = "ObjectProperty" if value.startswith(":") else "DatatypeProperty"
    ontology = turtle(f":p a owl:{kind} ; rdfs:subPropertyOf :q . :q a owl:{kind} .")
    facts = turtle(f":a :p {value} . [] :p {value} .")
    closure = closed(facts, ontology)
    proofs = list(explain_all(closure))
    assert len(proofs) == 2
    for proof in proofs:
        check_shape(proof.to_dict())
        assert read_proof(json.loads(json.dumps(proof.to_dict())), closure.rules).triple == proof.triple
    check_proofs(proofs, facts, closure.rules)


# -- as PROV -------------------------------------------------------------------------------------------------------


def as_rdflib(proof: Proof) -> rdflib.Graph:
    written = ox.serialize(proof.to_rdf(), format=ox.RdfFormat.N_TRIPLES)
    assert isinstance(written, bytes)
    return rdflib.Graph().parse(data=written.decode(), format="nt")


QUERY = """PREFIX prov: <http://www.w3.org/ns/prov#>
PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
"""
STATEMENTS = QUERY + "SELECT ?e ?s ?p ?o { ?e a prov:Entity, rdf:Statement ; rdf:subject ?s ; rdf:predicate ?p ; rdf:object ?o }"
STEPS = (
    QUERY
    + """SELECT ?e ?activity ?plan ?value {
  ?e prov:wasGeneratedBy ?activity .
  ?activity a prov:Activity ; prov:qualifiedAssociation ?association .
  ?association a prov:Association ; prov:hadPlan ?plan .
  ?plan a prov:Plan ; prov:value ?value .
}"""
)


def n3(term: Any) -> str:
    """The term as N-Triples, for both libraries."""
    return str(term) if isinstance(term, ox.NamedNode | ox.Literal | ox.BlankNode) else str(term.n3())


def check_prov(proof: Proof, graphs: Callable[[ox.Triple], Iterable[str]]) -> None:
    graph = as_rdflib(proof)
    rows: list[Any] = list(graph.query(STATEMENTS))
    entities = {row.e: tuple(map(n3, (row.s, row.p, row.o))) for row in rows}
    assert len(rows) == len(entities), "a statement has two subjects, predicates or objects"
    nodes = {tuple(map(n3, (node.triple.subject, node.triple.predicate, node.triple.object))): node for node in proof.nodes()}
    assert sorted(entities.values()) == sorted(nodes)

    def ends(subject: Any, name: str) -> set[Any]:
        return set(graph.objects(subject, rdflib.URIRef(getattr(PROV, name))))

    steps: list[Any] = list(graph.query(STEPS))
    assert len({row.activity for row in steps}) == len(steps)
    generated = {row.e: row for row in steps}
    assert len(generated) == len(steps)
    for entity, key in entities.items():
        node = nodes[key]
        if isinstance(node, Proof):
            step = generated[entity]
            assert str(step.plan) == RULE_BASE + node.rule.name
            assert str(step.value) == node.rule.axiom
            premises = {tuple(map(n3, (p.triple.subject, p.triple.predicate, p.triple.object))) for p in node.premises}
            assert {entities[used] for used in ends(step.activity, "used")} == premises
            assert {entities[used] for used in ends(entity, "wasDerivedFrom")} == premises
            assert not ends(entity, "hadPrimarySource")
        else:
            assert entity not in generated
            assert not ends(entity, "wasGeneratedBy")
            sources = {str(source) for source in ends(entity, "hadPrimarySource")}
            assert sources == set(graphs(node.triple))
            assert {str(source) for source in ends(entity, "wasQuotedFrom")} == {passage.iri for passage in node.passages}
    # Nothing in the graph beyond these.
    used_nodes = {*entities, *(row.activity for row in steps)}
    associations = {o for row in steps for o in ends(row.activity, "qualifiedAssociation")}
    assert set(graph.subjects()) == used_nodes | associations | {row.plan for row in steps}


def test_prov_of_the_edition(edition: Edition) -> None:
    for proof in edition.sample[:200]:
        check_prov(proof, lambda t: edition.graphs[t.subject, t.predicate, t.object])


def test_prov_of_a_fixture() -> None:
    quads = trig(SOURCED)
    proof = explain(closed(quads, turtle(ONTOLOGY)), triple("treaty", "a", "Instrument"), Sources(quads))
    assert isinstance(proof, Proof)
    check_prov(proof, lambda _: ["https://w3id.org/comity/graph/paper/1", "https://w3id.org/comity/graph/paper/2"])
    assert len(proof.to_rdf()) == len(as_rdflib(proof))
    assert [str(t) for t in proof.to_rdf()] == [str(t) for t in proof.to_rdf()], "the names in it must be the same each time"


# -- loops, and lowest proofs --------------------------------------------------------------------------------------

LOOPS = {
    "symmetric and transitive": (
        ":p a owl:ObjectProperty, owl:SymmetricProperty, owl:TransitiveProperty .",
        ":a :p :b . :b :p :c . :c :p :d . :d :p :a . :d :p :e .",
    ),
    "a ring": (
        ":p a owl:ObjectProperty, owl:TransitiveProperty .",
        " ".join(f":n{number} :p :n{(number + 1) % 12} ." for number in range(12)),
    ),
    "two inverses and an equivalence": (
        ":p a owl:ObjectProperty ; owl:inverseOf :q . :q a owl:ObjectProperty ; owl:equivalentProperty :r . "
        ":r a owl:ObjectProperty, owl:SymmetricProperty ; rdfs:subPropertyOf :p .",
        ":a :p :b . :b :r :c .",
    ),
    "classes in a circle": (
        ":A a owl:Class ; rdfs:subClassOf :B . :B a owl:Class ; rdfs:subClassOf :C . :C a owl:Class ; rdfs:subClassOf :A . "
        ":p a owl:ObjectProperty ; rdfs:domain :B ; rdfs:range :C .",
        ":x a :A . :y :p :z .",
    ),
    "a chain that feeds itself": (
        ":level a owl:ObjectProperty ; owl:propertyChainAxiom ( :organOf :level ), ( :level :same ) . "
        ":organOf a owl:ObjectProperty . :same a owl:ObjectProperty, owl:SymmetricProperty .",
        ":a :organOf :b . :b :organOf :a . :b :organOf :c . :c :level :l . :l :same :m .",
    ),
    "the same things": (
        ":p a owl:ObjectProperty, owl:FunctionalProperty . :q a owl:ObjectProperty, owl:SymmetricProperty .",
        ":a :p :b, :c . :b :q :d . :d :p :e . :e :p :a .",
    ),
}


def naive_heights(facts: list[ox.Triple], rules: RuleSet) -> dict[Any, int]:
    """Run the printed rules in strict rounds on Oxigraph: the round that first gives a triple is its lowest height."""
    store = ox.Store()
    store.extend(ox.Quad(*fact) for fact in facts)
    heights = dict.fromkeys(spo(facts), 0)
    number = 0
    while True:
        number += 1
        new = set()
        for rule in rules:
            if not rule.is_constraint:
                new |= spo(rows(store, rule.sparql())) - heights.keys()
        if not new:
            return heights
        heights.update(dict.fromkeys(new, number))
        store.extend(ox.Quad(*found) for found in new)


@pytest.mark.parametrize("name", LOOPS)
def test_loops(name: str) -> None:
    axioms, statements = (turtle(text) for text in LOOPS[name])
    closure = closed(statements, axioms)
    proofs = list(explain_all(closure))
    assert proofs
    assert spo(proof.triple for proof in proofs) == spo(closure)
    check_proofs(proofs, statements, closure.rules)
    expected = naive_heights(statements, closure.rules)
    for proof in proofs:
        t = proof.triple
        assert proof.height == expected[t.subject, t.predicate, t.object], text_of_triple(t)
        # No triple is among its own grounds.
        below = [node.triple for premise in proof.premises for node in ([premise] if isinstance(premise, Asserted) else premise.nodes())]
        assert t not in below
        assert proof.text()
        assert proof.to_rdf()
        alone = closure.explain(t)
        assert alone.to_dict() == proof.to_dict()


def test_of_two_ways_the_lower_is_taken() -> None:
    axioms = turtle(
        """:A a owl:Class ; rdfs:subClassOf :B . :B a owl:Class ; rdfs:subClassOf :C . :C a owl:Class ; rdfs:subClassOf :D .
        :D a owl:Class . :p a owl:ObjectProperty ; rdfs:domain :C ."""
    )
    proof = closed(turtle(":x a :A ; :p :y ."), axioms).explain(triple("x", "a", "D"))
    assert proof.height == 2
    assert isinstance(proof, Proof)
    assert [node.rule.name for node in proof.nodes() if isinstance(node, Proof)] == ["C-subClassOf-D", "p-domain-C"]


def test_a_later_layer_is_no_longer_way() -> None:
    """A rule that denies something runs after what it denies is complete; that makes no proof by it longer than it is."""
    axioms = turtle(
        """:A a owl:Class ; rdfs:subClassOf :B . :B a owl:Class ; rdfs:subClassOf :C . :C a owl:Class ; rdfs:subClassOf :D .
        :D a owl:Class . :Found a owl:Class ; rdfs:subClassOf :Known . :Known a owl:Class ; rdfs:subClassOf :Told . :Told a owl:Class ."""
    )
    header = '#+ name = "{}"\n#+ title = "t"\n#+ basis = "b"\n#+ example = "e"\nPREFIX : <https://example.org/>\n'
    rules = [
        parse_rule(header.format("high") + "CONSTRUCT { ?x a :Told } WHERE { ?x a :D FILTER NOT EXISTS { ?x a :E } }"),
        parse_rule(header.format("low") + "CONSTRUCT { ?x a :Found } WHERE { ?x a :A FILTER NOT EXISTS { ?x a :E } }"),
    ]
    statements = turtle(":x a :A .")
    closure = closed(statements, axioms, rules=rules)
    heights = {text_of_triple(proof.triple).rpartition("/")[2][:-1]: proof.height for proof in explain_all(closure)}
    # By `high`, from D of height 3, it would be 4, and found in the same layer one round earlier.
    assert heights == {"B": 1, "C": 2, "D": 3, "Found": 1, "Known": 2, "Told": 3}
    assert closure.explain(triple("x", "a", "Told")).height == 3
    assert spo(proof.triple for proof in explain_all(closure)) == spo(closure)


def test_on_a_day_too_the_lower_way_is_taken() -> None:
    """Every inferred triple of a dated view has a proof, and none is higher than the round in which it was found."""
    with comity.open("record", infer=False) as opened, opened.on("2017-06-09") as view:
        closure = view._closure
        assert isinstance(closure, Closure)
        proofs = list(explain_all(closure))
        assert spo(proof.triple for proof in proofs) == spo(closure)
        lower = 0
        for proof in proofs:
            located = closure.facts.locate(proof.triple)
            assert located is not None
            found = located[0].height(located[1])
            assert found is not None
            assert proof.height <= found
            lower += proof.height < found
        assert lower > 0
        check_proofs(proofs, [quad.triple for quad in view._asserted()], closure.rules)


@pytest.mark.parametrize("length", [3_000])
def test_a_very_deep_proof_is_written(length: int) -> None:
    """Nothing about a proof recurses: one of thousands of steps can be shown, and given as data and as RDF."""
    rule = parse_rule(
        '#+ name = "next"\n#+ title = "t"\n#+ basis = "b"\n#+ example = "e"\nPREFIX : <https://example.org/>\n'
        "CONSTRUCT { ?y a :Reached } WHERE { ?x a :Reached . ?x :next ?y }"
    )
    statements = turtle(":n0 a :Reached ." + "".join(f":n{i} :next :n{i + 1} ." for i in range(length)))
    proof = closed(statements, [], rules=[rule]).explain(triple(f"n{length}", "a", "Reached"))
    assert isinstance(proof, Proof)
    assert proof.height == length
    assert len(proof.text().splitlines()) == 3 * length + 1
    data, depth = proof.to_dict(), 0
    while "premises" in data:
        data, depth = data["premises"][0], depth + 1
    assert depth == length
    assert len(proof.to_rdf()) > 10 * length


# -- what is refused -----------------------------------------------------------------------------------------------


def test_stated_triples_are_their_own_proof() -> None:
    found = closed(turtle(":x a :Treaty ."), turtle(ONTOLOGY)).explain(triple("x", "a", "Treaty"))
    assert isinstance(found, Asserted)
    assert found.height == 0
    assert found.to_dict()["asserted"] is True


@pytest.mark.parametrize(
    "wanted",
    [
        triple("x", "a", "Part"),
        triple("nobody", "a", "Treaty"),
        triple("x", "unknown", "y"),
        triple("x", "signedBy", "nobody"),
        ox.Triple(ox.NamedNode(f"{EX}x"), ox.NamedNode(f"{EX}signedBy"), ox.Literal("x")),
    ],
    ids=["known terms", "unknown subject", "unknown property", "unknown object", "a literal"],
)
def test_not_derived(wanted: ox.Triple) -> None:
    closure = closed(turtle(":x a :Treaty ; :signedBy :y ."), turtle(ONTOLOGY))
    with pytest.raises(NotDerived) as error:
        closure.explain(wanted)
    text = text_of_triple(wanted)
    assert str(error.value) == f"{text} neither is stated nor follows; check the three terms; ask without inference to see what is"
    assert isinstance(error.value, UsageError)
    assert error.value.exit_code == 2


def test_not_derived_in_the_edition() -> None:
    with comity.open(infer=False) as opened, pytest.raises(UsageError, match="neither is stated nor follows") as error:
        opened.explain("instrument:unscr-1373", "cy:level", "level:bilateral")
    assert str(error.value).startswith("instrument:unscr-1373 cy:level level:bilateral neither")


def made() -> tuple[Proof, list[ox.Triple], RuleSet]:
    facts = turtle(":a :partOf :b . :b :partOf :c . :c :partOf :d .")
    closure = closed(facts, turtle(ONTOLOGY))
    proof = closure.explain(triple("a", "partOf", "d"))
    assert isinstance(proof, Proof)
    proof.check(facts, closure.rules)
    proof.check(lambda t: t in facts, {rule.name: rule for rule in closure.rules})
    return proof, facts, closure.rules


def test_a_proof_with_a_wrong_step_does_not_check() -> None:
    proof, facts, rules = made()
    for wrong, message in (
        (replace(proof, triple=triple("a", "partOf", "a")), "does not follow by partOf-transitive from the premises given"),
        (replace(proof, premises=proof.premises[::-1]), "does not follow"),
        (replace(proof, premises=proof.premises[:1]), "does not follow"),
        (replace(proof, rule=rules["partOf-domain-Part"]), "does not follow by partOf-domain-Part"),
        (replace(proof, rule=replace(proof.rule, name="made-up")), "the rule 'made-up' is not one of the rules"),
    ):
        with pytest.raises(InvalidProof, match=message):
            wrong.check(facts, rules)


def test_a_proof_on_sand_does_not_check() -> None:
    proof, facts, rules = made()
    for missing in facts:
        with pytest.raises(InvalidProof, match="is taken as stated, but is not"):
            proof.check([fact for fact in facts if fact != missing], rules)


def test_a_proof_that_rests_on_itself_does_not_check() -> None:
    axioms = turtle(":p a owl:ObjectProperty, owl:SymmetricProperty .")
    rules = compile_ontology(axioms)
    there = Proof(triple("a", "p", "b"), rules["p-symmetric"], ())
    back = Proof(triple("b", "p", "a"), rules["p-symmetric"], (there,))
    object.__setattr__(there, "premises", (back,))
    with pytest.raises(InvalidProof, match="rests on itself"):
        check_proofs([there], [], rules)
