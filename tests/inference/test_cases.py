"""Each case: premises, what follows from them, and whether they contradict themselves; the same for every executor.

A case is a TriG file. The default graph holds the premises (axioms and facts alike), the graph ``:inferred`` all that follows
in the terms of the ontology, the graph ``:entailed`` (of the W3C's cases) some of it. The header says more:
``inconsistent`` names the rules that are broken (or is true), ``refused`` that the axioms are outside OWL 2 RL, and ``owlrl``
why the reference is wrong here, with the place in the specification (OWL 2 Profiles, second edition, section 4.3).
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

from comity.inference import MalformedOntology, UnsupportedAxiom, close, close_in_store, compile_ontology
from comity.inference.compile import RuleSet
from comity.inference.explain import check_proofs, explain_all
from comity.store.embedded import EmbeddedStore

HERE = Path(__file__).parent
OURS = sorted((HERE / "cases").glob("*.trig"))
W3C = sorted((HERE / "w3c").glob("*.trig"))
REFUSED = sorted((HERE / "refused").glob("*.ttl"))
EX = "https://example.org/"
INFERRED = "https://w3id.org/comity/graph/inferred"
Spo = tuple[Any, Any, Any]


@dataclass(frozen=True)
class Case:
    header: dict[str, Any]
    premises: list[ox.Triple]
    expected: set[Spo]
    complete: bool

    @property
    def refused(self) -> bool:
        return bool(self.header.get("refused"))


def read(path: Path) -> Case:
    text = path.read_text(encoding="utf-8")
    header = tomllib.loads("\n".join(line[2:] for line in text.splitlines() if line.startswith("#+")))
    unknown = header.keys() - {"title", "inconsistent", "refused", "owlrl", "expression"}
    assert not unknown, f"{path.name}: unknown header fields {unknown}"
    graphs: dict[str, list[ox.Triple]] = {}
    for quad in ox.parse(text, format=ox.RdfFormat.TRIG):
        name = quad.graph_name.value.removeprefix(EX) if isinstance(quad.graph_name, ox.NamedNode) else ""
        graphs.setdefault(name, []).append(quad.triple)
    assert graphs.keys() <= {"", "inferred", "entailed"}, f"{path.name}: unknown graphs"
    expected = spo(graphs.get("inferred", []) + graphs.get("entailed", []))
    return Case(header, graphs[""], expected, complete="entailed" not in graphs and path in OURS)


def spo(triples: Any) -> set[Spo]:
    return {(t.subject, t.predicate, t.object) for t in triples}


def check(case: Case, found: set[Spo]) -> None:
    assert len(found & spo(case.premises)) == 0, "an asserted triple was inferred"
    if case.complete:
        assert found == case.expected
    else:
        assert case.expected <= found


def broken(case: Case) -> set[str] | bool:
    """The names of the rules that the case breaks, or just whether it breaks any."""
    value = case.header.get("inconsistent", [])
    return value if isinstance(value, bool) else set(value)


def check_consistency(case: Case, names: set[str]) -> None:
    expected = broken(case)
    assert (bool(names) is expected) if isinstance(expected, bool) else names == expected


def test_there_are_cases() -> None:
    assert len(OURS) >= 60
    assert len(W3C) >= 45
    assert len(REFUSED) >= 20
    rules = {source for path in OURS for rule in compile_ontology(read(path).premises) for source in rule.sources}
    # Every rule of tables 4 to 8 that says something of things is seen in some case.
    assert rules >= {
        *(["eq-sym", "eq-trans", "eq-rep-s", "eq-rep-o", "eq-diff1", "eq-diff2", "eq-diff3"]),
        *(["prp-dom", "prp-rng", "prp-fp", "prp-ifp", "prp-irp", "prp-symp", "prp-asyp", "prp-trp", "prp-spo1", "prp-spo2",
     "prp-eqp1", "prp-eqp2"]),
        *(["prp-pdw", "prp-adp", "prp-inv1", "prp-inv2", "prp-key", "prp-npa1", "prp-npa2"]),
        *(["cls-nothing2", "cls-int1", "cls-int2", "cls-uni", "cls-com", "cls-svf1", "cls-svf2", "cls-avf", "cls-hv1", "cls-hv2",
     "cls-oo"]),
        *(["cls-maxc1", "cls-maxc2", "cls-maxqc1", "cls-maxqc3", "cls-maxqc4", "cax-sco", "cax-eqc1", "cax-eqc2", "cax-dw", "cax-adc"]),
    }


@pytest.mark.parametrize("path", [*OURS, *W3C], ids=lambda path: path.stem)
def test_in_process(path: Path) -> None:
    case = read(path)
    if case.refused:
        with pytest.raises((UnsupportedAxiom, MalformedOntology)):
            compile_ontology(case.premises)
        return
    closure = close(case.premises, case.premises)
    check(case, spo(closure))
    assert len(closure) == len(spo(closure)), "a triple was inferred twice"
    check_consistency(case, {found.rule.name for found in closure.inconsistencies})
    assert closure.is_consistent is not bool(closure.inconsistencies)
    # Every inferred triple and every premise of a contradiction has a proof that checks without the engine.
    proofs = list(explain_all(closure))
    assert len(proofs) == len(closure)
    proofs += [premise for found in closure.inconsistencies for premise in found.premises]
    check_proofs(proofs, case.premises, closure.rules)


@pytest.mark.parametrize("path", [path for path in (*OURS, *W3C) if not read(path).refused], ids=lambda path: path.stem)
def test_in_store(path: Path) -> None:
    case = read(path)
    with EmbeddedStore() as store:
        # Premises in two graphs: a step may take its premises from both.
        for number, triple in enumerate(case.premises):
            store.load([ox.Quad(*triple, ox.NamedNode(f"{EX}graph{number % 2}"))])
        closure = close_in_store(store, case.premises)
        found = spo(store.quads(INFERRED))
        check(case, found)
        assert found == spo(close(case.premises, case.premises))
        assert closure.added == len(found)
        check_consistency(case, {found.rule.name for found in closure.inconsistencies})


@pytest.mark.parametrize("path", [path for path in (*OURS, *W3C) if not read(path).refused], ids=lambda path: path.stem)
def test_as_printed(path: Path) -> None:
    """The SPARQL that is shown for each rule does what the engine does."""
    case = read(path)
    rules = compile_ontology(case.premises)
    store = ox.Store()
    store.extend(ox.Quad(*triple) for triple in case.premises)
    stated = spo(store)  # Oxigraph writes some numbers its own way
    while _grows(store, rules):
        pass
    check(case, spo(store) - stated)
    check_consistency(case, {rule.name for rule in rules if rule.is_constraint and bool(store.query(rule.sparql()))})


def _grows(store: ox.Store, rules: RuleSet) -> bool:
    before = len(store)
    for rule in rules:
        if not rule.is_constraint:
            store.extend([ox.Quad(*triple) for triple in store.query(rule.sparql())])  # type: ignore[union-attr]
    return len(store) > before


@pytest.mark.parametrize("path", [path for path in (*OURS, *W3C) if not read(path).refused], ids=lambda path: path.stem)
def test_reference(path: Path) -> None:
    """owlrl says the same, or the case says why it is wrong; if it were right after all, the case must say so."""
    case = read(path)
    reference = close(case.premises, case.premises, engine="owlrl")
    ours = close(case.premises, case.premises)
    same = spo(reference) == spo(ours) and reference.is_consistent == ours.is_consistent
    assert same is ("owlrl" not in case.header), (
        f"inferred by owlrl alone: {spo(reference) - spo(ours)}, by ours alone: {spo(ours) - spo(reference)}; "
        f"owlrl says {reference.inconsistencies}"
    )


@pytest.mark.parametrize("path", REFUSED, ids=lambda path: path.stem)
def test_refused(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    header = tomllib.loads("\n".join(line[2:] for line in text.splitlines() if line.startswith("#+")))
    with pytest.raises(UnsupportedAxiom) as error:
        compile_ontology(ox.parse(text, format=ox.RdfFormat.TURTLE))
    assert error.value.expression == header["expression"]
    assert error.value.expression in str(error.value)
    assert "\n" not in str(error.value)
