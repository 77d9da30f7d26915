"""Rules written by hand: what of SPARQL they may use, and in which layers they run."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from comity.inference import RuleSet, UnsupportedRule, close, close_in_store, parse_rule, rule_set
from comity.inference.rules import strata
from comity.store.embedded import EmbeddedStore

EX = "https://example.org/"
INFERRED = "https://w3id.org/comity/graph/inferred"
ONTOLOGY = """
@prefix owl: <http://www.w3.org/2002/07/owl#> . @prefix : <https://example.org/> .
:p a owl:ObjectProperty . :q a owl:ObjectProperty . :r a owl:ObjectProperty .
:out a owl:ObjectProperty . :code a owl:InverseFunctionalProperty .
"""


def text(where: str, head: str = "?a ex:q ?b", name: str = "some") -> str:
    header = "".join(f'#+ {key} = "{name}"\n' for key in ("name", "title", "basis", "example"))
    return f"{header}\nPREFIX ex: <{EX}>\nCONSTRUCT {{ {head} }} WHERE {{ {where} }}\n"


def rules(*texts: str) -> RuleSet:
    return rule_set(list(ox.parse(ONTOLOGY, format=ox.RdfFormat.TURTLE)), [parse_rule(item) for item in texts])


@pytest.mark.parametrize(
    ("where", "message"),
    [
        ("?a ex:p ?b ; ex:day ?on . { ?a ex:r ?day . FILTER(?day < ?on) } UNION { ?a ex:s ?day }", "not bound in the group of its FILTER"),
        ("?a ex:p ?b . { ?a ex:r ?c . FILTER NOT EXISTS { ?c ex:s ?b } } UNION { ?a ex:s ?c }", "not bound in the group of its NOT EXISTS"),
        ("?a ex:p ?b . FILTER(?c < ?b)", "used but never bound"),
        ("?a ex:p ?b . OPTIONAL { ?a ex:r ?c }", "OPTIONAL is not supported"),
    ],
)
def test_what_would_mean_something_else_is_refused(where: str, message: str) -> None:
    with pytest.raises(UnsupportedRule, match=message):
        parse_rule(text(where))


def test_a_filter_may_speak_of_its_own_group() -> None:
    inner = "{ ?a ex:r ?c . FILTER(?c < 3) FILTER NOT EXISTS { ?a ex:s ?d } } UNION { ?a ex:s ?c }"
    rule = parse_rule(text(f"?a ex:p ?b . {inner} FILTER(?c < 9)"))
    assert [(len(body.conditions), len(body.absent)) for body in rule.bodies] == [(2, 1), (1, 0)]


def test_what_a_rule_denies_must_not_depend_on_it() -> None:
    circle = rules(text("?a ex:p ?b . FILTER NOT EXISTS { ?a ex:q ?b }"))
    with pytest.raises(UnsupportedRule, match="denies depends on the rule itself"):
        strata(circle)
    through = rules(
        text("?a ex:p ?b . FILTER NOT EXISTS { ?a ex:r ?b }", name="one"), text("?a ex:q ?b", head="?a ex:r ?b", name="two")
    )
    with pytest.raises(UnsupportedRule, match="among: one"):
        strata(through)


def test_things_that_are_the_same_share_what_a_later_layer_finds() -> None:
    compiled = rules(
        text("?a ex:p ?b . FILTER NOT EXISTS { ?a ex:out ?b }", name="kept"),
        text("?a ex:r ?b", head="?a ex:out ?b", name="out"),
    )
    layers = strata(compiled)
    assert ["kept" in layer for layer in layers] == [False, True]
    assert all("same-subject" in layer for layer in layers)
    data = f"""@prefix : <{EX}> .
    :a :p :x . :b :p :y . :b :r :x . :a :code :k . :b :code :k . :c :p :z .
    """
    triples = list(ox.parse(data, format=ox.RdfFormat.TURTLE))
    found = {(t.subject, t.predicate, t.object) for t in close([quad.triple for quad in triples], compiled)}
    kept = {(s.value[-1], o.value[-1]) for s, p, o in found if p == ox.NamedNode(f"{EX}q")}
    # a is b: what is out for b is out for a, and what is kept of b is kept of a.
    assert kept == {("a", "y"), ("b", "y"), ("c", "z")}
    with EmbeddedStore() as store:
        store.load(ox.Quad(*quad.triple, ox.NamedNode(f"{EX}graph")) for quad in triples)
        close_in_store(store, compiled)
        assert {(q.subject, q.predicate, q.object) for q in store.quads(INFERRED)} == found
