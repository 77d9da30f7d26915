"""Every link passes the gate, and what is known to be wrong does not."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

import comity
from comity import dataset
from comity.inference import close, rule_set
from comity.inference.joins import relations_of
from comity.links import NO_TERM_FOUND, Mapping, MappingSet, faults, item_iri, mapping_sets, read, triples
from comity.links.gate import Classes, Kinds, fitting_classes, kinds_of
from comity.links.sssom import PREDICATES, SCHEMA_SAME_AS, SUFFIX
from comity.questions.names import NameIndex
from comity.store.embedded import EmbeddedStore
from comity.terms import CY, ID, OWL, RDFS, SKOS, graph_iri

TRAPS = tomllib.loads((Path(__file__).parent / "traps.toml").read_text(encoding="utf-8"))["trap"]
SETS = mapping_sets()
MATCHED = {*PREDICATES, SCHEMA_SAME_AS}
#: The record has addresses of documents, too.
LINKING = MATCHED - {RDFS.seeAlso}
CURATION = "https://w3id.org/semapv/vocab/ManualMappingCuration"


@pytest.fixture(scope="module")
def quads() -> list[ox.Quad]:
    return dataset.read("curated")


@pytest.fixture(scope="module")
def kinds(quads: list[ox.Quad]) -> Kinds:
    return kinds_of(quads)


@pytest.fixture(scope="module")
def classes() -> Classes:
    return fitting_classes()


@pytest.fixture(scope="module")
def links() -> MappingSet:
    return read(SETS["links/wikidata"])


def mapping(thing: str, object_: str, predicate: str = SKOS.exactMatch, **slots: Any) -> Mapping:
    named = object_ if ":" in object_ else item_iri(object_)
    return Mapping(subject_id=ID + thing, predicate_id=predicate, object_id=named, mapping_justification=CURATION, **slots)


def refused(mappings: MappingSet, kinds: Kinds, classes: Classes) -> list[str]:
    return [fault.what for fault in faults(mappings, kinds, classes)]


@pytest.mark.parametrize("name", SETS)
def test_every_mapping_set_passes(name: str, kinds: Kinds, classes: Classes) -> None:
    mappings = read(SETS[name])
    assert mappings.mappings
    assert refused(mappings, kinds, classes) == []


def test_there_are_traps() -> None:
    assert len(TRAPS) >= 13
    assert sum("class" in trap for trap in TRAPS) >= 5


@pytest.mark.parametrize("trap", TRAPS, ids=lambda trap: f"{trap['thing'].split('/')[1]}-{trap['item'].rsplit('/', 1)[-1]}")
def test_no_trap_passes(trap: dict[str, str], kinds: Kinds, classes: Classes) -> None:
    links = read(SETS[trap.get("set", "links/wikidata")])
    planted = mapping(trap["thing"], trap["item"], line=999)
    # In the place of what the thing is matched to, so that two exact matches of one thing are not what is noticed.
    others = tuple(each for each in links.mappings if not (each.exact and each.subject_id == planted.subject_id))
    found = [fault for fault in faults(MappingSet(links.metadata, (*others, planted)), kinds, classes) if fault.line == 999]
    assert found, trap["why"]


@pytest.mark.parametrize("trap", [trap for trap in TRAPS if "class" in trap], ids=lambda trap: trap["item"])
def test_a_class_that_does_not_fit_is_enough(trap: dict[str, str], kinds: Kinds, classes: Classes) -> None:
    alone = MappingSet({}, (mapping(trap["thing"], trap["item"], object_category=trap["class"]),))
    (what,) = refused(alone, kinds, classes)
    assert "does not fit" in what


#: What is wrong with a few mappings, none of which is in the edition's sets, and what the gate says.
WRONG: list[tuple[tuple[Mapping, ...], str]] = [
    ((mapping("state/XXX", "Q1"),), "state:XXX is no thing of the edition"),
    ((mapping("state/PAK", "Q1"), mapping("state/PAK", "Q2")), "state:PAK is matched exactly to two things"),
    ((mapping("state/PAK", "Q1"), mapping("state/IND", "Q1")), "wd:Q1 is matched exactly to two things"),
    ((mapping("state/PAK", "Q1"), mapping("state/PAK", "Q1", SKOS.closeMatch)), "state:PAK is matched to wd:Q1 in two ways"),
    ((mapping("state/PAK", "Q1"), mapping("state/PAK", NO_TERM_FOUND)), "state:PAK has a match, and a row that none was found"),
    ((mapping("state/PAK", "Q1"), mapping("state/PAK", "Q1", predicate_modifier="Not")), "state:PAK is not wd:Q1, as another row says"),
    ((mapping("state/PAK", "Q1", object_category="city"),), "wd:Q1 is 'city', which does not fit state:PAK"),
    ((mapping("state/PAK", "Q1", SKOS.closeMatch, object_category="city"),), "wd:Q1 is 'city', which does not fit state:PAK"),
]


@pytest.mark.parametrize(("mappings", "what"), WRONG, ids=[what for _, what in WRONG])
def test_each_fault_is_found(
    mappings: tuple[Mapping, ...], what: str, kinds: Kinds, classes: Classes
) -> None:
    assert refused(MappingSet({}, mappings), kinds, classes) == [what]


#: What looks alike and is in order.
RIGHT: list[tuple[Mapping, ...]] = [
    (mapping("state/PAK", "Q1"), mapping("state/PAK", "Q2", SKOS.closeMatch)),
    (mapping("state/PAK", "Q1", SKOS.closeMatch), mapping("state/IND", "Q1", SKOS.closeMatch)),
    (mapping("state/PAK", NO_TERM_FOUND), mapping("state/PAK", "Q1", SKOS.closeMatch)),
    (mapping("state/PAK", "Q1", predicate_modifier="Not"), mapping("state/PAK", "Q1", SKOS.closeMatch)),
    (mapping("state/PAK", "Q1", SKOS.relatedMatch, object_category="city"),),
    (mapping("state/PAK", "Q1", object_category="island nation, country"),),
]


@pytest.mark.parametrize("mappings", RIGHT)
def test_what_is_in_order_passes(
    mappings: tuple[Mapping, ...], kinds: Kinds, classes: Classes
) -> None:
    assert refused(MappingSet({}, mappings), kinds, classes) == []


def test_every_class_of_the_list_is_ours_and_used(links: MappingSet, kinds: Kinds, classes: Classes) -> None:
    assert len(classes) > 5
    # For those that were searched for as well: it is what `comity link resolve` goes by.
    used = {class_ for each in links.mappings if not each.predicate_modifier for class_ in kinds.types[each.subject_id]}
    assert set(classes) <= used


@pytest.mark.parametrize("name", SETS)
def test_the_graph_is_what_the_master_gives(name: str, quads: list[ox.Quad]) -> None:
    graph = ox.NamedNode(graph_iri(name))
    there = {quad.triple for quad in quads if quad.graph_name == graph}
    assert there == set(triples(read(SETS[name]).mappings))
    assert SETS[name].with_name(SETS[name].name.removesuffix(SUFFIX) + ".ttl").is_file()


def test_links_stand_in_their_graphs_only_and_merge_nothing(quads: list[ox.Quad]) -> None:
    elsewhere = {ox.NamedNode(graph_iri(name)) for name in SETS}
    linking = [quad for quad in quads if quad.predicate.value in LINKING]
    assert len(linking) > 500
    assert {quad.graph_name for quad in linking} <= elsewhere
    assert {quad.graph_name for quad in quads if quad.predicate.value in MATCHED} >= elsewhere
    assert [quad for quad in quads if quad.graph_name in elsewhere and quad.predicate.value not in MATCHED] == []
    assert [quad for quad in quads if quad.predicate.value == OWL.sameAs and "wikidata" in str(quad.object)] == []


def test_every_state_with_a_code_is_linked(links: MappingSet, quads: list[ox.Quad]) -> None:
    states = {quad.subject.value for quad in quads if quad.predicate.value == CY.isoAlpha3}
    assert len(states) > 190
    assert states <= set(links.exact)


def test_the_reasoner_does_not_see_the_links(small_edition: Callable[[dict[str, str]], Path]) -> None:
    # Even a statement that a rule could use, and that no gate would let in.
    ontology = "cy:A a owl:Class ; rdfs:subClassOf cy:B . cy:B a owl:Class ."
    links, entities = "state:PAK a cy:A .", "state:IND a cy:A ."
    small_edition({"ontology/comity.ttl": ontology, "data/links/wikidata.ttl": links, "data/entities/state.ttl": entities})
    with comity.open() as edition:
        inferred = {triple.subject.value for triple in edition.store.quads(graph_iri("inferred"))}
    assert f"{ID}state/IND" in inferred
    assert f"{ID}state/PAK" not in inferred


def test_no_rule_reads_what_links_say(checkout: Path) -> None:
    # What runs inside a store sees all its graphs.
    _, properties = relations_of(rule_set(checkout / "ontology" / "comity.ttl", checkout / "ontology" / "rules"))
    assert len(properties) > 50
    assert {term.value for term in properties} & MATCHED == set()


def test_nothing_follows_from_the_whole_edition_about_what_is_elsewhere(quads: list[ox.Quad], checkout: Path) -> None:
    closure = close(quads, checkout / "ontology" / "comity.ttl")
    assert len(closure) > 1000
    assert [triple for triple in closure if re.search(r"wikidata\.org", f"{triple.subject} {triple.object}")] == []


def test_a_number_of_wikidata_names_a_thing(quads: list[ox.Quad]) -> None:
    store = EmbeddedStore()
    store.load(quads)
    names = NameIndex(store)
    meant = {"Q843": "state/PAK", "wd:Q8475": "organization/interpol", "Q756617": "state/DNK", "Q40362": "entity/sahrawi-republic"}
    for text, key in meant.items():
        assert names.resolve(text, None) == ID + key
