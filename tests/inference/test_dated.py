"""What holds on a day: the table in dated.toml, the same for every executor of the legal rules."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
import rdflib

import comity
from comity import api, dataset
from comity.cli import run
from comity.errors import InconsistencyError, UsageError
from comity.inference import Closure, RuleSet, close, close_in_store, load_rules, rule_set
from comity.inference.explain import Proof, check_proofs
from comity.inference.rules import strata
from comity.store.embedded import EmbeddedStore
from comity.terms import CY, GRAPH, PREFIXES, RDF, expand, graph_iri
from soak import FULL

ROOT = Path(__file__).parent.parent.parent
ONTOLOGY = ROOT / "ontology" / "comity.ttl"
RULES = ROOT / "ontology" / "rules"
EX = "https://example.org/"
HEADER = "".join(f"@prefix {name}: <{space}> .\n" for name, space in {**PREFIXES, "ex": EX}.items())
DERIVED = tuple(ox.NamedNode(CY[name]) for name in ("memberOf", "partyTo", "inForce", "boundBy", "lapsed", "reservedAgainst"))
CASES: list[dict[str, Any]] = tomllib.loads((Path(__file__).parent / "dated.toml").read_text(encoding="utf-8"))["case"]
SMALL = [number for number, case in enumerate(CASES) if "data" in case]
LARGE = [number for number, case in enumerate(CASES) if "view" in case]


def days(case: dict[str, Any]) -> list[str]:
    return sorted({day for item in case["expect"] for day in (*item.get("yes", ()), *item.get("no", ()))})


def triple(text: str) -> ox.Triple:
    s, p, o = (EX + name[3:] if name.startswith("ex:") else expand(name) for name in text.split())
    return ox.Triple(ox.NamedNode(s), ox.NamedNode(p), ox.NamedNode(o))


def questions(number: int, day: str) -> Iterator[tuple[str, ox.Triple, bool]]:
    for item in CASES[number]["expect"]:
        for answer in ("yes", "no"):
            if day in item.get(answer, ()):
                yield item["about"], triple(item["triple"]), answer == "yes"


SMALL_DAYS = [pytest.param(number, day, id=f"{number + 1}-{day}") for number in SMALL for day in days(CASES[number])]


@cache
def rules() -> RuleSet:
    return rule_set(ONTOLOGY, RULES)


@cache
def stated(number: int) -> tuple[ox.Quad, ...]:
    """The data of a small case in two graphs, with the concepts of strength."""
    quads = list(ox.parse(HEADER + CASES[number]["data"], format=ox.RdfFormat.TURTLE))
    quads += ox.parse(path=ROOT / "data" / "concepts" / "strength.ttl", format=ox.RdfFormat.TURTLE)
    return tuple(ox.Quad(*quad.triple, ox.NamedNode(f"{EX}graph{place % 2}")) for place, quad in enumerate(quads))


def on(number: int, day: str) -> tuple[ox.Quad, ...]:
    return (*stated(number), *api._snapshot(api._day(day)))


@cache
def closed(number: int, day: str) -> Closure:
    closure = close(on(number, day), rules())
    assert isinstance(closure, Closure)
    return closure


def legal(triples: Any) -> set[tuple[Any, Any, Any]]:
    return {(t.subject, t.predicate, t.object) for t in triples if t.predicate in DERIVED}


def check(number: int, day: str, found: set[tuple[Any, Any, Any]]) -> None:
    wrong = [f"{about}: {asked}" for about, asked, yes in questions(number, day) if (tuple(asked) in found) is not yes]
    assert not wrong


def test_there_are_cases() -> None:
    assert sum(len(case["expect"]) for case in CASES) >= 30
    assert all(item.get("yes") or item.get("no") for case in CASES for item in case["expect"])
    used = {name for number in SMALL for day in days(CASES[number]) for name in closed(number, day).rules_used}
    assert {rule.name for rule in load_rules(RULES)} <= used, "a legal rule without a case"


@pytest.mark.parametrize(("number", "day"), SMALL_DAYS)
def test_in_process(number: int, day: str) -> None:
    closure = closed(number, day)
    assert closure.is_consistent
    check(number, day, legal(closure))
    proofs = [closure.explain(t) for t in closure if t.predicate in DERIVED]
    check_proofs([proof for proof in proofs if isinstance(proof, Proof)], [quad.triple for quad in on(number, day)], closure.rules)
    assert all(isinstance(proof, Proof) and proof.rule.basis for proof in proofs)


@pytest.mark.parametrize(("number", "day"), SMALL_DAYS)
def test_in_store(number: int, day: str) -> None:
    with EmbeddedStore() as store:
        store.load(on(number, day))
        assert close_in_store(store, rules()).is_consistent
        found = legal(store.quads(api.INFERRED))
    check(number, day, found)
    assert found == legal(closed(number, day))


@pytest.mark.parametrize(("number", "day"), SMALL_DAYS)
def test_as_printed(number: int, day: str) -> None:
    """The files of the rules do the same in Oxigraph and in rdflib, run as they are, layer after layer."""
    plain = [quad.triple for quad in on(number, day)] + list(close(on(number, day), ONTOLOGY))
    fresh = ox.Store()
    fresh.extend(ox.Quad(*t) for t in plain)
    graph = rdflib.Graph().parse(data="".join(f"{t} .\n" for t in plain), format="nt")
    for layer in strata(rules()):
        layered = [rule for rule in load_rules(RULES) if rule.name in layer]
        size = -1
        while len(fresh) > size:
            size = len(fresh)
            for rule in layered:
                fresh.extend([ox.Quad(*t) for t in fresh.query(rule.text)])  # type: ignore[union-attr]
        size = -1
        while len(graph) > size:
            size = len(graph)
            for rule in layered:
                for t in list(graph.query(prepared(rule.text))):
                    graph.add(t)  # type: ignore[arg-type]
    expected = legal(closed(number, day))
    assert legal(quad.triple for quad in fresh) == expected
    wanted = [rdflib.URIRef(name.value) for name in DERIVED]
    assert {tuple(map(str, t)) for p in wanted for t in graph.triples((None, p, None))} == {
        tuple(term.value for term in t) for t in expected
    }


@cache
def prepared(text: str) -> Any:
    from rdflib.plugins.sparql import prepareQuery

    return prepareQuery(text)


# -- the edition -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def edition() -> Iterator[comity.Comity]:
    with comity.open(infer=False) as opened:
        yield opened


@pytest.fixture(scope="module")
def known(edition: comity.Comity) -> Iterator[Any]:
    """The edition as it was known at a day, each opened once."""
    opened: dict[str | None, comity.Comity] = {None: edition}

    def find(number: int) -> comity.Comity:
        day = CASES[number].get("known_at")
        if day not in opened:
            opened[day] = comity.open(CASES[number]["view"], infer=False, known_at=day)
        return opened[day]

    yield find
    for day, each in opened.items():
        if day is not None:
            each.close()


@pytest.mark.parametrize(("number", "day"), [(number, day) for number in LARGE for day in days(CASES[number])])
def test_the_edition(known: Any, number: int, day: str) -> None:
    with known(number).on(day) as view:
        check(number, day, legal(view.store.quads(api.INFERRED)))
        for _, asked, yes in questions(number, day):
            assert view.query(f"ASK {{ {asked} }}").rows[0].answer is yes
        # Reasons take longer than answers: in `make test` those of one day of each case.
        if not FULL and day != days(CASES[number])[0]:
            return
        proofs = []
        for _, asked, yes in questions(number, day):
            if yes:
                proofs.append(view.explain(*asked))
            else:
                with pytest.raises(UsageError, match="neither is stated nor follows"):
                    view.explain(*asked)
        assert isinstance(view._closure, Closure)
        check_proofs(proofs, [quad.triple for quad in view._asserted()], view._closure.rules)
        assert all(isinstance(proof, comity.Proof) and proof.rule.basis for proof in proofs)


def test_the_edition_in_a_store(edition: comity.Comity) -> None:
    day = "2017-06-09"
    with edition.on(day) as view, EmbeddedStore() as store:
        expected = legal(view.store.quads(api.INFERRED))
        store.load(view._asserted())
        close_in_store(store, rules())
        found = legal(store.quads(api.INFERRED))
    for number in LARGE:
        if "known_at" not in CASES[number]:
            check(number, day, found)
    assert found == expected


@pytest.mark.parametrize("view", dataset.VIEWS)
def test_without_a_day_nothing_of_it_follows(view: str) -> None:
    with comity.open(view) as opened:
        assert not legal(opened.store.quads())
        assert not any(name == api.SNAPSHOT for name in opened.store.graphs())


def test_a_day_changes_nothing_else(edition: comity.Comity) -> None:
    edition.infer()
    with edition.on("2010-01-01") as view:
        extra = {quad.triple for quad in view.store.quads()} - {quad.triple for quad in edition.store.quads()}
        assert {t.predicate for t in extra if "snapshot" not in str(t.subject)} <= set(DERIVED)
        assert not {quad.triple for quad in edition.store.quads()} - {quad.triple for quad in view.store.quads()}
        with view.on("2011-01-01") as later:
            assert [quad.object.value for quad in later.store.quads(api.SNAPSHOT) if quad.predicate.value == CY.on] == ["2011-01-01"]


def test_a_later_day_knows_more() -> None:
    """Each day of knowledge has what the days before it had, but for what a better source has set aside by then."""
    days_known = ("2026-12-31", "2019-01-01", "1990-01-01", "1900-01-01")
    views = [dataset.read("curated", known_at=day) for day in (None, *map(api._day, days_known))]
    # The blank nodes of the ontology get new names each time.
    asserted = [[quad for quad in view if not quad.graph_name.value.endswith("/graph/ontology")] for view in views]
    sizes = [len(quads) for quads in asserted]
    assert sizes == sorted(sizes, reverse=True)
    everything, today, *_, nothing = map(set, asserted)
    # With what only the unverified record knows, the links of that go as well.
    links = f"{GRAPH}links/"
    gone = {quad.graph_name.value for quad in everything - today if not quad.graph_name.value.startswith(links)}
    assert gone == {graph_iri("record/unverified")}
    acts = {quad.subject for quad in nothing if quad.object == ox.NamedNode(CY.ParticipationAct)}
    assert not acts
    for earlier, later in zip(asserted[:0:-1], asserted[-2::-1], strict=False):
        yielding = {quad.object for quad in later if quad.predicate.value == CY.setAside}
        assert {quad.subject for quad in set(earlier) - set(later)} <= yielding


@pytest.mark.parametrize("view", dataset.VIEWS)
def test_what_is_known_is_whole(view: str) -> None:
    """Nothing is left without its class, and no act or membership rests on a source that is not there."""
    quads = dataset.read(view, known_at=api._day("2015-06-01"))
    typed = {quad.subject for quad in quads if quad.predicate.value == RDF.type}
    records = [quad for quad in quads if "/graph/record/" in quad.graph_name.value]
    assert {quad.subject for quad in records} <= typed | {quad.graph_name for quad in records}
    late = {quad.subject for quad in quads if quad.predicate.value == CY.statusAsOf and quad.object.value > "2015-06-01"}
    dated = {quad.subject for quad in records if quad.predicate.value in (CY.date, CY.effectDate, CY.startDate)}
    assert not [quad for quad in records if quad.subject in dated and quad.predicate.value == CY.statedIn and quad.object in late]
    if view != "paper":
        # A list of names and regions that dates nothing stays, of whatever day it is.
        states = {quad.subject for quad in quads if quad.object == ox.NamedNode(CY.State)}
        named = {quad.subject for quad in quads if quad.predicate.value == CY.locatedIn}
        assert len(states & named) > 190
    assert any(view == "paper" or quad.object == ox.NamedNode(CY.ParticipationAct) for quad in quads)


@pytest.mark.parametrize("bad", ["", "2010", "2010-02-30", 2010])
def test_a_bad_day_of_knowledge_is_refused(bad: Any) -> None:
    with pytest.raises(UsageError, match=re.escape(f"'{bad}' is no day; write it like 2010-01-01")):
        comity.open(known_at=bad)


def test_the_command_takes_a_day_of_knowledge(capsys: pytest.CaptureFixture[str]) -> None:
    ask = "ASK { state:ZMB cy:partyTo instrument:nuclear-terrorism-2005 }"
    for day, answer in (("2014-12-31", "false"), ("2018-12-31", "true")):
        assert run(["query", "--view", "record", "--known-at", day, "--on", "2017-06-09", ask, "-f", "csv"]) == 0
        assert answer in capsys.readouterr().out
    assert run(["stats", "--known-at", "2014"]) == 2
    assert "'2014' is no day" in capsys.readouterr().err


@pytest.mark.parametrize("bad", ["", "2010", "20100101", "2010-02-30", "1 January 2010", "2010-01-01T00:00:00", 2010, None])
def test_a_bad_day_is_refused(edition: comity.Comity, bad: Any) -> None:
    with pytest.raises(UsageError, match=re.escape(f"'{bad}' is no day; write it like 2010-01-01")):
        edition.on(bad)


def test_the_reference_engine_knows_no_day() -> None:
    with comity.open("paper", infer=False, engine="owlrl") as opened, pytest.raises(UsageError, match="knows no legal rules"):
        opened.on("2010-01-01")


def test_a_contradiction_is_said_on_a_day_too() -> None:
    with comity.open("paper", infer=False) as opened:
        opened.store.update(f"INSERT DATA {{ GRAPH <http://g> {{ <http://x> a <{CY.State}> , <{CY.Treaty}> }} }}")
        with pytest.raises(InconsistencyError):
            opened.on("2010-01-01")


# -- the command, and the files --------------------------------------------------------------------------------------


def test_the_command_takes_a_day(capsys: pytest.CaptureFixture[str]) -> None:
    ask = "ASK { state:IND cy:memberOf organization:sco }"
    assert run(["query", "--view", "record", "--on", "2017-06-09", ask, "-f", "csv"]) == 0
    assert "true" in capsys.readouterr().out
    assert run(["explain", "--view", "record", "--on", "2017-06-09", "state:IND", "cy:memberOf", "organization:sco"]) == 0
    assert "by member: Members of an organization on a day" in capsys.readouterr().out
    assert run(["infer", "--view", "paper", "--on", "2017-06-09", "-f", "csv"]) == 0
    dated = int(capsys.readouterr().out.split(",")[-1])
    assert run(["infer", "--view", "paper", "-f", "csv"]) == 0
    assert dated > int(capsys.readouterr().out.split(",")[-1])


def test_each_rule_names_its_basis(capsys: pytest.CaptureFixture[str]) -> None:
    legal_rules = load_rules(RULES)
    assert {rule.name for rule in legal_rules} == {path.stem for path in RULES.glob("*.rq")}
    assert all(re.search(r"articles? \d", rule.basis) for rule in legal_rules)
    # Without a snapshot a rule must say nothing.
    assert all("?snapshot cy:on ?on" in rule.text for rule in legal_rules)
    assert run(["rules", "-f", "json"]) == 0
    listed = capsys.readouterr().out
    assert all(rule.name in listed and rule.basis in listed for rule in legal_rules)
