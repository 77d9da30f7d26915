"""Our engines make the reference's report beyond what the edition's own shapes ask, and refuse by name what they do not know."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import pyoxigraph as ox
import pytest

from comity import terms
from comity.errors import DataError
from comity.store.embedded import EmbeddedStore
from comity.validation.engines import ENGINES, Result, load
from comity.validation.engines.asserted import Asserted
from comity.validation.engines.in_store import InStore, inferred_properties
from comity.validation.engines.queries import predicates, understood
from comity.validation.engines.select import Unclear, parse
from comity.validation.engines.shapes import Query
from comity.validation.engines.translation import WELL_FORMED

PREFIXES = """\
@prefix : <http://a/> . @prefix sh: <http://www.w3.org/ns/shacl#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
"""
DATA = """
:a a :C ; :p 1, 5, "x", "xyz"@en, "zzz"@en, "abc"@fr, :b, _:n, "2001-02-30"^^xsd:date, "07"^^xsd:integer, 2.5, true, "2"^^:odd ;
    :q 5, :b, "xyz"@en ; :day "2001-01-01"^^xsd:date ; :later "2000-12-31"^^xsd:date, "2001-01-01"^^xsd:date, "2001-06-01Z"^^xsd:date .
:b a :D ; :p 3 ; :q 2, 4 ; :next :c . :c :next :a ; :p 1 . :D rdfs:subClassOf :E . :E rdfs:subClassOf :C . :x :q "lonely" .
:y :since "2001-01-01"^^xsd:date ; :until "2000-12-31"^^xsd:date .
"""
#: What stands in a property shape on :p whose targets are the instances of :C, unless it has a path of its own.
CONSTRAINTS = (
    *(f"sh:{name} {value}" for name in ("minInclusive", "minExclusive", "maxInclusive", "maxExclusive") for value in (2, "2.5", "\"x\"")),
    *(f"sh:{name} {value}" for name in ("minLength", "maxLength") for value in (0, 2)),
    *(f"sh:{name} {value}" for name in ("minCount", "maxCount") for value in (0, 1, 2, 9)),
    *(f"sh:datatype {name}" for name in ("xsd:integer", "xsd:decimal", "xsd:date", "xsd:boolean", "xsd:string", "rdf:langString", ":odd")),
    *(f"sh:nodeKind sh:{name}" for name in ("IRI", "BlankNode", "Literal", "BlankNodeOrIRI", "BlankNodeOrLiteral", "IRIOrLiteral")),
    *(f"sh:path {path} ; sh:minCount 9" for path in ("[ sh:inversePath :p ]", "( :next :next )", "[ sh:zeroOrMorePath :next ]")),
    "sh:path [ sh:inversePath ( :next :next ) ] ; sh:class :D", "sh:path [ sh:inversePath [ sh:oneOrMorePath :next ] ] ; sh:class :D",
    "sh:path [ sh:inversePath [ sh:inversePath :q ] ] ; sh:class :D", "sh:path [ sh:alternativePath ( :q :next ) ] ; sh:class :D",
    "sh:path :day ; sh:lessThan :later", "sh:path :day ; sh:lessThanOrEquals :later",
    "sh:equals :q", "sh:disjoint :q", "sh:hasValue 5", "sh:hasValue :none", "sh:in ( 1 :b )", "sh:uniqueLang true", "sh:uniqueLang false",
    "sh:class :C", "sh:class :E", "sh:pattern \"^x\"", "sh:not [ sh:class :C ]", "sh:node [ sh:nodeKind sh:IRI ; sh:message \"an IRI\" ]",
    "sh:xone ( [ sh:nodeKind sh:IRI ] [ sh:class :C ] )", "sh:or ( [ sh:datatype xsd:integer ] [ sh:nodeKind sh:IRI ] )",
    "sh:and ( [ sh:nodeKind sh:Literal ] [ sh:minLength 2 ] )", "sh:property [ sh:path :q ; sh:minCount 3 ; sh:message \"inner\" ]",
    "sh:path :next ; sh:closed true ; sh:ignoredProperties ( :p )",
    "sh:minCount 9 ; sh:deactivated true", "sh:maxCount 0 ; sh:severity sh:Info",
)  # fmt: skip


def quads(text: str, *graphs: str) -> list[ox.Quad]:
    triples = list(ox.parse(PREFIXES + text, format=ox.RdfFormat.TURTLE))
    return [ox.Quad(t.subject, t.predicate, t.object, ox.NamedNode(f"http://a/{graph}")) for graph in graphs or "g" for t in triples]


def as_stored(given: list[ox.Quad]) -> list[ox.Quad]:
    """The statements as a store writes them: 07 as 7."""
    store = ox.Store()
    store.extend(given)
    return list(store)


def shape_file(folder: Path, text: str) -> list[Path]:
    file = folder / "shapes.ttl"
    file.write_text(PREFIXES + text, encoding="utf-8")
    return [file]


TARGETS = ("sh:targetClass :C", "sh:targetNode :a , :nowhere , 7", "sh:targetSubjectsOf :q", "sh:targetObjectsOf :p")
#: What graph ``inferred`` may have besides: more values, more instances, more classes.
INFERRED = """
:a :p 99, :c ; :q "more", 1 ; a :D ; :day "1999-01-01"^^xsd:date ; :later "1999-01-01"^^xsd:date . :c a :C ; :q 5 . :x a :C ; :p 2 .
:b :p 1, :a ; :q 7 . :G rdfs:subClassOf :C . :y a :G ; :q 5 ; :until "2009-01-01"^^xsd:date . :z :since "2001-01-01"^^xsd:date .
"""


def constrained(target: str, folder: Path, constraints: Sequence[str] = CONSTRAINTS) -> list[Path]:
    text = ""
    for number, constraint in enumerate(constraints):
        path = "" if "sh:path" in constraint.partition("[")[0] else "sh:path :p ; "
        text += f':S{number} a sh:PropertyShape ; {target} ; {path}{constraint} ; sh:message "m{number}" .\n'
    return shape_file(folder, text)


def without_order(result: Result) -> bool:
    """Whether the result says of a value without an order that it is beyond a bound.

    SHACL says so of each value that does not compare with the bound (section 4.3); pyshacl compares the names of their datatypes then.
    """
    if result.component.removesuffix("ConstraintComponent") not in ("MinInclusive", "MinExclusive", "MaxInclusive", "MaxExclusive"):
        return False
    assert isinstance(result.value, ox.Literal)
    return result.value.datatype.value.removeprefix("http://www.w3.org/2001/XMLSchema#") not in ("integer", "decimal", "string")


@pytest.mark.parametrize("target", TARGETS)
def test_the_engines_agree(target: str, tmp_path: Path) -> None:
    files = constrained(target, tmp_path)
    reference, compiled, sparql = (load(name, files).run(as_stored(quads(DATA))) for name in ENGINES)
    assert len({result.component for result in reference}) > 10
    assert compiled == reference
    assert reference - sparql == set()
    assert [result for result in sparql - reference if not without_order(result)] == []


@pytest.mark.parametrize("target", TARGETS)
def test_what_is_inferred_does_not_count_in_a_store(target: str, tmp_path: Path) -> None:
    """Neither where a query may use the default graph for what graph ``inferred`` has not, nor where it looks into graphs only."""
    for_graphs = [constraint for constraint in CONSTRAINTS if "OrMorePath" not in constraint]
    with EmbeddedStore() as store:
        store.load(quads(DATA, "g", "h"))
        asserted = list(store.quads())
        store.load(quads(INFERRED), graph=terms.INFERRED)
        assert len(inferred_properties(store)) > 5
        engine = InStore(constrained(target, tmp_path))
        assert engine.run_in(store) == engine.run(asserted)
        engine = InStore(constrained(target, tmp_path, for_graphs))
        assert engine.run_in(store, Asserted(None)) == engine.run(asserted)


def test_a_path_of_any_number_of_steps_that_would_see_more_is_refused(tmp_path: Path) -> None:
    engine = InStore(constrained(TARGETS[0], tmp_path))
    with EmbeddedStore() as store:
        store.load(quads(DATA))
        store.load(quads(":b :next :d ."), graph=terms.INFERRED)
        with pytest.raises(DataError, match="along a path of any number of steps of http://a/next .* cannot be asked in SPARQL"):
            engine.run_in(store)


ASKED = (
    # understood, and answered
    "SELECT $this ?value WHERE { ?value :p ?n . ?value a $this }",
    "SELECT $this ?value WHERE { ?value :day ?one ; :later ?two FILTER (STR(?two) < STR(?one)) }",
    "SELECT $this ?value WHERE { ?value :since ?one ; :until ?two FILTER (?two < ?one) }",
    "SELECT $this ?value WHERE { { SELECT $this ?value WHERE { ?value :q ?v } GROUP BY $this ?value HAVING (COUNT(?v) > 2) } }",
    "SELECT $this ?value WHERE { ?value :next ?n . OPTIONAL { ?value :q ?v } FILTER (!BOUND(?v)) }",
    # understood, and without an answer
    "SELECT $this ?value WHERE { ?value :since ?one ; :until ?two FILTER (?one <= ?two) }",
    "SELECT $this ?value WHERE { ?value :next ?n . FILTER NOT EXISTS { ?value :p|:q ?v } }",
    "SELECT $this ?value WHERE { { SELECT $this ?value WHERE { ?value :q ?v } GROUP BY $this ?value HAVING (COUNT(?v) > 3) } }",
    # for Oxigraph
    "SELECT $this ?value WHERE { { ?value :next ?n } UNION { ?value :day ?n } }",
    "SELECT $this ?value ?path WHERE { ?value ?path :b }",
    "SELECT $this ?value WHERE { ?value :next+ :a }",
    "SELECT $this ?value WHERE { ?value :q ?n . FILTER (ISLITERAL(?n)) }",
)


def asking(query: str, folder: Path) -> list[Path]:
    return shape_file(
        folder,
        ':S a sh:NodeShape ; sh:targetNode :C ; sh:sparql [ sh:message "{?value}" ; sh:prefixes :P ; sh:select """' + query + '""" ] .\n'
        ':P sh:declare [ sh:prefix "" ; sh:namespace "http://a/"^^xsd:anyURI ] .\n',
    )


@pytest.mark.parametrize("query", ASKED)
@pytest.mark.parametrize("graphs", ["g", "gh"])
def test_the_engines_agree_on_queries(query: str, graphs: str, tmp_path: Path) -> None:
    """What two graphs state is one statement, also where a query counts."""
    files = asking(query, tmp_path)
    reference, *others = (load(name, files).run(quads(DATA, *graphs)) for name in ENGINES)
    assert others == [reference] * (len(ENGINES) - 1)


@pytest.mark.parametrize("query", ASKED)
def test_a_query_sees_nothing_inferred_in_a_store(query: str, tmp_path: Path) -> None:
    """One that is understood is written anew, and another one refused where it would see more."""
    engine = InStore(asking(query, tmp_path))
    with EmbeddedStore() as store:
        store.load(quads(DATA, "g", "h"))
        expected = engine.run(store.quads())
        store.load(quads(INFERRED + ":b :next :d . :d :p 3 ."), graph=terms.INFERRED)
        if understood(Query(query, {"": "http://a/"}, ("m",))):
            assert engine.run_in(store) == engine.run_in(store, Asserted(None)) == expected
        else:
            with pytest.raises(DataError, match="the query of http://a/S cannot be kept to what is asserted"):
                engine.run_in(store)


def test_a_query_that_may_look_at_any_property_is_seen() -> None:
    def looks_at(text: str) -> set[ox.NamedNode] | None:
        return predicates(Query(text, {"": "http://a/"}, ("m",)))

    assert ox.NamedNode("http://a/p") in (looks_at("SELECT $this ?value WHERE { ?value :p ?n . ?n <http://a/q>|:r ?x ; a $this }") or ())
    for text in ("{ ?s ?p ?o }", "{ ?s :p ?o ; ?p ?x }", "{ ?s :p ?o . ?o ?p ?x }", "{ ?s !:p ?o }", "{ ?s :p* ?o }"):
        assert looks_at(f"SELECT $this WHERE {text}") is None, text


@pytest.mark.parametrize(
    "text",
    ["{ ?s ?p ?o ", "{ ?s :p 1 }", "{ { ?s :p ?o FILTER (?far = ?o) } ?far :p ?o }", "{ ?s :p ?o MINUS { ?s :q ?o } }"],
)
def test_what_is_not_understood_is_no_finding(text: str) -> None:
    with pytest.raises(Unclear):
        parse(f"SELECT $this ?s WHERE {text}", {"": "http://a/"})


@pytest.mark.parametrize(
    ("text", "match"),
    [
        (":S sh:targetClass :C ; sh:path :p ; sh:qualifiedMinCount 1 .", r"sh:qualifiedMinCount \(http://a/S\) is not among"),
        (":S sh:targetClass :C ; sh:path :p ; sh:pattern 'x' ; sh:flags 'i' .", "sh:flags"),
        (":S sh:targetClass :C ; sh:path :p ; sh:minCount 1 .", "a shape without sh:message"),
        (":S a rdfs:Class, sh:NodeShape ; sh:nodeKind sh:IRI .", "a shape that is a class"),
        (":S sh:targetClass :C ; sh:message 'm' ; sh:node :S .", "a shape that leads back to itself"),
        (":S sh:targetClass :C ; sh:sparql [ sh:message 'm' ; sh:select 'SELECT $this WHERE { }' ] .", "sh:sparql that is no sh:select on"),
        (":S sh:targetClass :C ; sh:property :none .", "is no shape"),
        (":S sh:targetClass :C ; sh:path [ sh:p :p ] ; sh:minCount 1 .", "is no property path"),
        (":S sh:targetClass :C ; sh:path :p ; sh:pattern '(' ; sh:message 'm' .", "is no regular expression"),
        (":S sh:targetClass :C ; sh:in :none ; sh:message 'm' .", "is no list"),
        (":S sh:targetClass :C ; sh:path :p ; sh:maxCount 1, 2 ; sh:message 'm' .", "has sh:maxCount twice"),
    ],
)
def test_what_the_compiled_engine_does_not_know_is_refused(text: str, match: str, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=match):
        load("compiled", shape_file(tmp_path, text))


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("sh:path :p ; sh:pattern 'a(?=b)'", r"the regular expression a.* \(http://a/S\) cannot be asked in SPARQL; use --engine compiled"),
        ("sh:path :p ; sh:datatype xsd:duration", "sh:datatype xsd:duration"),
        ("sh:path :p ; sh:not [ sh:path :q ; sh:minCount 5 ]", "sh:minCount 5 inside another shape"),
        ("sh:maxCount 1", "sh:maxCount on a shape without sh:path"),
        ("sh:path :p ; sh:hasValue _:it", "a blank node for a value"),
        ("sh:path :p ; sh:qualifiedMinCount 1", "sh:qualifiedMinCount .* is not among what the engine sparql knows"),
    ],
)
def test_what_cannot_be_asked_in_sparql_is_refused(text: str, match: str, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=match):
        load("sparql", shape_file(tmp_path, f":S sh:targetClass :C ; {text} ; sh:message 'm' .")).run([])


@pytest.mark.parametrize(
    ("datatype", "good", "bad"),
    [
        ("date", "2000-02-29 2004-12-31Z 0001-01-01 2001-01-01+05:30", "1900-02-29 2001-04-31 2001-13-01 2001-1-1 0000-01-01 2001 x"),
        ("dateTime", "2000-02-29T23:59:59.5Z 2001-01-01T00:00:00", "2001-01-01 2001-01-01T24:00:01 2001-02-30T00:00:00"),
        ("integer", "+5 -0 007", "5.0 1e3 x 1_0"),
        ("decimal", "5. .5 -1.50 7", "1e3 . NaN"),
        ("double", "1.5e-3 INF -INF NaN 2", "x 1.5e inf"),
        ("boolean", "true false 1 0", "TRUE yes 2"),
    ],
)
def test_which_texts_a_datatype_has(datatype: str, good: str, bad: str) -> None:
    form = re.compile(WELL_FORMED[f"http://www.w3.org/2001/XMLSchema#{datatype}"])
    assert [text for text in good.split() if not form.search(text)] == []
    assert [text for text in bad.split() if form.search(text)] == []
