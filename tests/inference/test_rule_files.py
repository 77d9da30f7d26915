"""Rules in files: what the header and the query may hold, what they give, and how each fault is told, with its place.

That a rule does what its SPARQL says is checked against Oxigraph running the text of the file itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

from comity import resources
from comity.errors import InputError, ResourceError
from comity.inference import Closure, RuleSet, UnsupportedRule, close, close_in_store, load_rules, parse_rule
from comity.inference.explain import check_proofs, explain_all
from comity.inference.model import Rule, Var
from comity.inference.rules import strata
from comity.store.embedded import EmbeddedStore

EX = "https://example.org/"
HEADER = """#+ name = "r"
#+ title = "what the rule says"
#+ basis = "article 1"
#+ example = ":a follows"
"""
PREFIX = "PREFIX : <https://example.org/>\n"
FACTS = """@prefix : <https://example.org/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
:a a :C ; :p :b, :c ; :q :d ; :day "2001-09-28"^^xsd:date ; :n 3 ; :name "one", "uno"@es .
:b a :D ; :p :a ; :q :b ; :day "2002-01-01"^^xsd:date ; :n 5 ; :name "two" .
:c a :C, :D ; :p :c ; :r :d ; :day "2000-01-01"^^xsd:date ; :n 3 .
:d a :C ; :r :a ; :q :c .
"""


def rule(query: str, header: str = HEADER) -> Rule:
    return parse_rule(header + PREFIX + query, "folder/r.rq")


def facts() -> list[ox.Triple]:
    return [quad.triple for quad in ox.parse(FACTS, format=ox.RdfFormat.TURTLE)]


def spo(triples: Iterable[Any]) -> set[Any]:
    return {(t.subject, t.predicate, t.object) for t in triples}


def as_written(text: str) -> set[Any]:
    """What the file's own text gives in Oxigraph, run until nothing is new."""
    store = ox.Store()
    store.extend(ox.Quad(*fact) for fact in facts())
    known = spo(facts())
    while True:
        found = store.query(text)
        assert isinstance(found, ox.QueryTriples)
        new = spo(found) - known
        if not new:
            return known - spo(facts())
        known |= new
        store.extend(ox.Quad(s, p, o) for s, p, o in new)


# -- what is understood --------------------------------------------------------------------------------------------

UNDERSTOOD = {
    "one pattern": "CONSTRUCT { ?x :found ?y } WHERE { ?x :p ?y }",
    "WHERE left out": "CONSTRUCT { ?x :found ?y } { ?x :p ?y . }",
    "small letters": "construct { ?x :found ?y } where { ?x :p ?y . filter(?x != ?y) }",
    "dollar variables": "CONSTRUCT { $x :found ?y } WHERE { ?x :p $y }",
    "full IRIs": f"CONSTRUCT {{ ?x <{EX}found> ?y }} WHERE {{ ?x <{EX}p> ?y }}",
    "semicolons and commas": "CONSTRUCT { ?x :found ?y, ?z ; :seen ?y . } WHERE { ?x a :C ; :p ?y, ?z ; . }",
    "a class": "CONSTRUCT { ?x a :Found } WHERE { ?x a :C, :D }",
    "anonymous nodes": "CONSTRUCT { ?x :found ?z } WHERE { ?x :p [ a :D ; :q ?z ] . [] :r ?x . }",
    "anonymous subjects": "CONSTRUCT { ?x :found ?y } WHERE { [ :p ?x ; :q ?y ] . }",
    "paths": "CONSTRUCT { ?x :found ?y } WHERE { ?x :p/^:p/:q ?y . }",
    "a path backwards to a class": "CONSTRUCT { ?x :found ?y } WHERE { :C ^a ?x . ?x :p ?y }",
    "comments": "# a comment\nCONSTRUCT { ?x :found ?y } # another > } one\nWHERE { ?x :p ?y }",
    "a date": "PREFIX xsd: <http://www.w3.org/2001/XMLSchema#> CONSTRUCT { ?x :found ?d } WHERE { ?x :day ?d "
    'FILTER(?d >= "2001-09-28"^^xsd:date) }',
    "two dates": "CONSTRUCT { ?x :before ?y } WHERE { ?x :day ?d . ?y :day ?e . FILTER(?d < ?e && ?x != ?y) }",
    "brackets in a FILTER": "CONSTRUCT { ?x :found ?y } WHERE { ?x :n ?a . ?y :n ?b . FILTER((?a = ?b) && (?x != ?y)) }",
    "numbers": "CONSTRUCT { ?x :found ?a } WHERE { ?x :n ?a FILTER(?a > 3.5) FILTER(?a < 10) }",
    "texts": "CONSTRUCT { ?x :found ?y } WHERE { ?x :name 'uno'@es ; :p ?y . }",
    "escapes": 'CONSTRUCT { ?x :said "a \\"b\\"\\n\\\\" } WHERE { ?x a :D . }',
    "truth": "CONSTRUCT { ?x :found true } WHERE { ?x a :D }",
    "VALUES of properties": "CONSTRUCT { ?x :found ?y } WHERE { VALUES ?how { :p :q } ?x ?how ?y }",
    "VALUES of properties in the template": "CONSTRUCT { ?y ?how ?x } WHERE { VALUES ?how { :p :q } ?x ?how ?y }",
    "VALUES of classes": "CONSTRUCT { ?x :is ?c } WHERE { ?x a ?c VALUES ?c { :C :E } }",
    "VALUES of things": "CONSTRUCT { ?x :found ?y } WHERE { VALUES ?y { :b :d } ?x :p|:q ?y }".replace(":p|:q", ":p"),
    "VALUES twice": "CONSTRUCT { ?x :found ?y } WHERE { VALUES ?y { :b :c } VALUES ?y { :c :d } ?x :p ?y }",
    "UNION": "CONSTRUCT { ?x :found ?y } WHERE { { ?x :p ?y } UNION { ?y :q ?x } UNION { ?x :r ?y FILTER(?x != :c) } }",
    "UNION within a group": "CONSTRUCT { ?x :found ?z } WHERE { ?x :p ?y . { ?y :q ?z } UNION { ?y :r ?z } FILTER(?x != ?z) }",
    "two UNIONs": "CONSTRUCT { ?x :found ?z } WHERE { { ?x :p ?y } UNION { ?x :q ?y } { ?y :q ?z } UNION { ?y :r ?z } }",
    "a group in a group": "CONSTRUCT { ?x :found ?z } WHERE { ?x :p ?y . { ?y :q ?z . FILTER(?y != ?z) } }",
    "NOT EXISTS": "CONSTRUCT { ?x :found ?y } WHERE { ?x :p ?y . FILTER NOT EXISTS { ?y :r ?z } }",
    "NOT EXISTS of several": "CONSTRUCT { ?x :found ?y } WHERE { ?x :p ?y . FILTER NOT EXISTS { ?y :r ?z . ?z :q ?w } }",
    "NOT EXISTS twice": "CONSTRUCT { ?x :found ?y } WHERE { ?x :p ?y FILTER NOT EXISTS { ?y :r ?z } FILTER NOT EXISTS { ?x :r ?z } }",
    "NOT EXISTS of an anonymous node": "CONSTRUCT { ?x :found ?y } WHERE { ?x :p ?y . FILTER NOT EXISTS { ?y :r [ a :C ] } }",
    "NOT EXISTS in a group": "CONSTRUCT { ?x :found ?z } WHERE { ?x :p ?y . { ?y :q ?z FILTER NOT EXISTS { ?z :p ?w } } }",
    "recursion": "CONSTRUCT { ?x :p ?z } WHERE { ?x :p ?y . ?y :p ?z }",
}


@pytest.mark.parametrize("name", UNDERSTOOD)
def test_understood(name: str) -> None:
    made = rule(UNDERSTOOD[name])
    closure = close(facts(), [], rules=[made])
    assert isinstance(closure, Closure)
    expected = as_written(made.sparql())
    assert expected, "a rule that gives nothing shows nothing"
    assert spo(closure) == expected
    proofs = list(explain_all(closure))
    assert spo(proof.triple for proof in proofs) == expected
    check_proofs(proofs, facts(), closure.rules)
    with EmbeddedStore() as store:
        graphs = [ox.NamedNode(f"{EX}g{number}") for number in range(2)]
        store.load([ox.Quad(f.subject, f.predicate, f.object, graphs[number % 2]) for number, f in enumerate(facts())])
        close_in_store(store, [], rules=[made])
        assert spo(store.quads("https://w3id.org/comity/graph/inferred")) == expected


def test_what_a_rule_keeps() -> None:
    made = rule(UNDERSTOOD["UNION"])
    assert (made.name, made.axiom, made.basis, made.example) == ("r", "what the rule says", "article 1", ":a follows")
    assert made.sources == ()
    assert made.text == made.sparql() == HEADER + PREFIX + UNDERSTOOD["UNION"]
    assert not made.is_constraint
    assert len(made.bodies) == 3
    assert {v for pattern in made.head for v in pattern.variables()} == {Var("x"), Var("y")}


def test_header_in_other_forms_of_toml() -> None:
    header = "#+ name='r-1.b'\n#+title = '''\n#+ long\n#+ title'''\n#+ basis = \"b\"\n\n#+ example = \"e # e\"\n"
    made = rule(UNDERSTOOD["one pattern"], header)
    assert (made.name, made.axiom, made.example) == ("r-1.b", "long\ntitle", "e # e")


def test_rules_join_the_vocabulary() -> None:
    rules = RuleSet((), frozenset(), frozenset()).with_rules([rule("CONSTRUCT { ?x :found ?y } WHERE { ?x a :C ; :p ?y }")])
    assert rules.classes == {ox.NamedNode(f"{EX}C")}
    assert rules.properties == {ox.NamedNode(f"{EX}p"), ox.NamedNode(f"{EX}found")}


def test_a_name_that_the_ontology_s_rules_have() -> None:
    axioms = """@prefix : <https://example.org/> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
    @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
    :C a owl:Class . :D a owl:Class ; rdfs:subClassOf :C ."""
    ontology = [quad.triple for quad in ox.parse(axioms, format=ox.RdfFormat.TURTLE)]
    taken = rule("CONSTRUCT { ?x a :C } WHERE { ?x a :D }", HEADER.replace('"r"', '"D-subClassOf-C"'))
    message = "the name 'D-subClassOf-C' is that of another rule: SubClassOf(.*); give the rule of the file another name"
    with pytest.raises(UnsupportedRule, match=message):
        close(facts(), ontology, rules=[taken])


def test_what_is_denied_is_complete_first() -> None:
    found = rule("CONSTRUCT { ?x :alone true } WHERE { ?x a :C FILTER NOT EXISTS { ?x :linked ?y } }")
    header = HEADER.replace('"r"', '"link"')
    linked = rule("CONSTRUCT { ?x :linked ?z } WHERE { ?x :p ?y . ?y :p ?z }", header)
    assert strata([found, linked]) == strata([linked, found]) == [frozenset({"link"}), frozenset({"r"})]
    closure = close(facts(), [], rules=[found, linked])
    alone = {t.subject.value.removeprefix(EX) for t in closure if t.predicate.value == f"{EX}alone"}  # type: ignore[union-attr]
    assert alone == {"d"}


def test_denying_ones_own_conclusion() -> None:
    made = rule("CONSTRUCT { ?x :found ?y } WHERE { ?x :p ?y FILTER NOT EXISTS { ?y :found ?x } }")
    with pytest.raises(UnsupportedRule, match=r"what NOT EXISTS denies depends on the rule itself \(among: r\); deny only what"):
        close(facts(), [], rules=[made])


# -- what is refused -----------------------------------------------------------------------------------------------

WHERE = "CONSTRUCT { ?x :found ?y } WHERE "
# The query, the line in it (from 1) and the text of the error without its place.
REFUSED: dict[str, tuple[str, int, str]] = {
    "SELECT": ("SELECT ?x { ?x :p ?y }", 1, "SELECT is not a rule; write a CONSTRUCT query"),
    "nothing": ("", 1, "nothing is not a rule; write a CONSTRUCT query"),
    "BASE": ("BASE <https://example.org/> CONSTRUCT { ?x :p ?y } { ?x :q ?y }", 1, "BASE is not a rule; write a CONSTRUCT query"),
    "a short CONSTRUCT": ("CONSTRUCT WHERE { ?x :p ?y }", 1, "'WHERE' stands where { must; write {"),
    "an empty template": ("CONSTRUCT { } WHERE { ?x :p ?y }", 1, "the rule concludes nothing; put a triple pattern into"),
    "a blank node in the template": ("CONSTRUCT { ?x :found [ :q ?y ] }\nWHERE { ?x :p ?y }", 1, "a blank node in the template is not"),
    "FROM": ("CONSTRUCT { ?x :found ?y }\nFROM <https://example.org/g>\nWHERE { ?x :p ?y }", 2, "'FROM' stands where { must"),
    "LIMIT": (WHERE + "{ ?x :p ?y }\nLIMIT 10", 2, "LIMIT is not supported in a rule; end the query after its WHERE group"),
    "OPTIONAL": (WHERE + "{\n ?x :p ?y\n OPTIONAL { ?x :q ?z } }", 3, "OPTIONAL is not supported in a rule; use the supported SPARQL only"),
    "MINUS": (WHERE + "{ ?x :p ?y\nMINUS { ?x :q ?y } }", 2, "MINUS is not supported in a rule"),
    "BIND": (WHERE + "{\n?x :p ?z . BIND(?z AS ?y) }", 2, "BIND is not supported in a rule"),
    "GRAPH": (WHERE + "{\nGRAPH ?g { ?x :p ?y } }", 2, "GRAPH is not supported in a rule"),
    "SERVICE": (WHERE + "{\nSERVICE <https://example.org/> { ?x :p ?y } }", 2, "SERVICE is not supported in a rule"),
    "a sub-select": (WHERE + "{\n{ SELECT ?x ?y { ?x :p ?y } } }", 2, "SELECT is not supported in a rule"),
    "EXISTS": (WHERE + "{ ?x :p ?y\nFILTER EXISTS { ?y :q ?z } }", 2, "'EXISTS' stands where ( must"),
    "a FILTER in NOT EXISTS": (WHERE + "{ ?x :p ?y\nFILTER NOT EXISTS { ?y :q ?z FILTER(?z != ?x) } }", 2, "'FILTER' stands where } must"),
    "or": (WHERE + "{ ?x :p ?y\nFILTER(?x = :a || ?y = :b) }", 2, "'||' is not supported in a FILTER; join comparisons by &&"),
    "not": (WHERE + "{ ?x :p ?y\nFILTER(!(?x = ?y)) }", 2, "! is not supported here"),
    "a function": (WHERE + "{ ?x :p ?y\nFILTER(STR(?x) = 'a') }", 2, "STR is not supported here"),
    "IN": (WHERE + "{ ?x :p ?y\nFILTER(?x IN (:a, :b)) }", 2, "'IN' is not supported in a FILTER; use one of = != < <= > >="),
    "arithmetic": (WHERE + "{ ?x :n ?y\nFILTER(?y = 1 + 2) }", 2, "'+' is not supported in a FILTER"),
    "any number of steps": (
        WHERE + "{\n?x :p+ ?y }",
        2,
        "the path operator '+' is not supported in a rule; state the path as a rule of its own",
    ),
    "steps or none": (WHERE + "{\n?x :p* ?y }", 2, "the path operator '*' is not supported"),
    "a choice of steps": (WHERE + "{\n?x :p|:q ?y }", 2, "the path operator '|' is not supported"),
    "a path in brackets": (WHERE + "{\n?x (:p/:q) ?y }", 2, "( is not supported here"),
    "any step but": (WHERE + "{\n?x !:p ?y }", 2, "! is not supported here"),
    "a text as property": (WHERE + "{\n?x 'p' ?y }", 2, '"p" is no property; name a property'),
    "a text as class": (WHERE + "{ ?x :p ?y .\n?x a 'C' }", 2, "the object of 'a' is no class; name a class"),
    "a text as subject": (WHERE + "{ ?x :p ?y .\n'a' :p ?y }", 2, "''a'' is not supported here; begin with an IRI"),
    "a list": (WHERE + "{\n(:a :b) :p ?x . ?x :p ?y }", 2, "'(' is not supported here; begin with an IRI"),
    "a labelled blank node": (WHERE + "{ ?x :p ?y .\n_:b :p ?x }", 2, "'_' is not understood here"),
    "a long string": (WHERE + "{ ?x :p ?y .\n?x :name '''one''' }", 2, "a '.' is missing before ''one''"),
    "an escape by number": (
        WHERE + "{ ?x :p ?y .\n?x :name '\\u0041' }",
        2,
        "an escape in '\\u0041' is not supported; write the character",
    ),
    "a missing dot": (WHERE + "{ ?x :p ?y\n?y :p ?x }", 2, "a '.' is missing before '?y'; end each triple pattern with '.', ';' or ','"),
    "an open group": (WHERE + "{ ?x :p ?y\n", 2, "the query ends too early; close the open brackets"),
    "an open template": ("CONSTRUCT { ?x :p ?y\n", 2, "'' stands where } must"),
    "an open anonymous node": (WHERE + "{ ?x :p [ :q ?y }", 1, "'}' stands where ] must; write ]"),
    "a prefix that is not declared": (WHERE + "{ ?x :p ?y .\n?x ex:q ?y }", 2, "the prefix 'ex:' is not declared; add PREFIX ex: <…>"),
    "a broken prefix": ("PREFIX ex <https://example.org/>\n" + WHERE + "{ ?x :p ?y }", 1, "a prefix is not declared as it must be"),
    "a relative IRI": (WHERE + "{\n?x <p> ?y }", 2, "<p> is no absolute IRI; write it in full"),
    "a relative prefix": ("PREFIX ex: <ex#>\n" + WHERE + "{\n?x ex:p ?y }", 3, "<ex#p> is no absolute IRI"),
    "VALUES of two variables": (WHERE + "{ ?x :p ?y\nVALUES (?x ?y) { (:a :b) } }", 2, "VALUES of several variables is not supported"),
    "VALUES of a variable": (WHERE + "{ ?x :p ?y\nVALUES ?x { ?y } }", 2, "a variable stands among the VALUES; list constants"),
    "VALUES of nothing": (WHERE + "{ ?x :p ?y\nVALUES ?x { } }", 2, "VALUES lists nothing; list a constant or more"),
    "UNDEF": (WHERE + "{ ?x :p ?y\nVALUES ?x { UNDEF } }", 2, "UNDEF is not supported here"),
    "VALUES of texts as properties": (
        WHERE + "{ VALUES ?p { 'p' }\n?x ?p ?y }",
        1,
        "?p stands for what is no IRI; list IRIs: VALUES ?p { … }",
    ),
    "a free property": (WHERE + "{\n?x ?p ?y }", 2, "?p stands for a predicate without VALUES; list what it may be: VALUES ?p { … }"),
    "a free property in the template": ("CONSTRUCT { ?x ?y ?x }\nWHERE { ?x :p ?y }", 1, "?y stands for a predicate without VALUES"),
    "a free class": (WHERE + "{ ?x :p ?y .\n?x a ?c }", 2, "?c stands for a class without VALUES"),
    "a free property in NOT EXISTS": (WHERE + "{ ?x :p ?y\nFILTER NOT EXISTS { ?y ?any ?z } }", 2, "?any stands for a predicate without"),
    "an unbound conclusion": (
        "CONSTRUCT { ?x :found ?z }\nWHERE { ?x :p ?y }",
        1,
        "?z is used but never bound; bind it in a triple pattern",
    ),
    "an unbound comparison": (WHERE + "{ ?x :p ?y .\nFILTER(?y != ?other) }", 2, "?other is used but never bound"),
    "bound by NOT EXISTS only": (WHERE + "{ ?x a :C\nFILTER NOT EXISTS { ?x :p ?y } }", 1, "?y is used but never bound"),
    "unbound in one branch": (WHERE + "{\n{ ?x :p ?y } UNION { ?x a :C } }", 1, "?y is used but never bound"),
    "a FILTER that sees out of its group": (
        WHERE + "{ ?x :p ?y .\n{ ?x :q ?z FILTER(?z != ?y) } }",
        2,
        "?y is not bound in the group of its FILTER; put the FILTER after the group",
    ),
    "a NOT EXISTS that sees out of its group": (
        WHERE + "{ ?x :p ?y .\n{ ?y :q ?z FILTER NOT EXISTS { ?z :r ?x } } }",
        2,
        "?x is not bound in the group of its NOT EXISTS; put the FILTER after the group",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name: str) -> None:
    query, line, message = REFUSED[name]
    with pytest.raises(UnsupportedRule) as error:
        rule(query)
    assert isinstance(error.value, InputError)
    assert error.value.exit_code == 3
    text = str(error.value)
    before = (HEADER + PREFIX).count("\n")
    assert text.startswith(f"folder/r.rq:{before + line}:"), text
    assert message in text
    assert error.value.remedy
    assert "\n" not in text


HEADERS: dict[str, tuple[str, int, str]] = {
    "none": ("", 1, "the header has no 'name'; add a line: #+ name = \"…\""),
    "no basis": (HEADER.replace("#+ basis", "# basis"), 1, "the header has no 'basis'; add a line: #+ basis = \"…\""),
    "no title": (HEADER.replace("#+ title", "# title"), 1, "the header has no 'title'"),
    "no example": (HEADER.replace("#+ example", "# example"), 1, "the header has no 'example'"),
    "an empty basis": (HEADER.replace("article 1", "  "), 3, "the header has no 'basis'"),
    "a number as basis": (HEADER.replace('"article 1"', "1"), 3, "the header has no 'basis'"),
    "an unknown field": (HEADER + '#+ colour = "red"\n', 5, "the header has an unknown field 'colour'; use name, title, basis, example"),
    "no TOML": (HEADER.replace('"article 1"', "article 1"), 3, 'the header is not TOML: Invalid value; write lines like #+ name = "…"'),
    "TOML after a comment": ("# about\n" + HEADER.replace('"article 1"', "article 1"), 4, "the header is not TOML"),
    "an open text": (HEADER + '#+ more = """', 5, "the header is not TOML"),
    "a field twice": (HEADER + '#+ basis = "again"\n', 5, "the header is not TOML: Cannot overwrite a value"),
    "a name that no IRI takes": (HEADER.replace('"r"', '"a rule"'), 1, "'a rule' is no name for a rule; use letters, digits, '-' and '.'"),
}


@pytest.mark.parametrize("name", HEADERS)
def test_refused_header(name: str) -> None:
    header, line, message = HEADERS[name]
    with pytest.raises(UnsupportedRule) as error:
        rule(UNDERSTOOD["one pattern"], header)
    assert str(error.value).startswith(f"folder/r.rq:{line}: {message}"), str(error.value)
    assert error.value.remedy


# -- files and folders ---------------------------------------------------------------------------------------------


def write(folder: Path, name: str, query: str = UNDERSTOOD["one pattern"], file: str = "") -> Path:
    path = folder / (file or f"{name}.rq")
    path.write_text(HEADER.replace('"r"', f'"{name}"') + PREFIX + query, encoding="utf-8")
    return path


def test_folder(tmp_path: Path) -> None:
    b, a = write(tmp_path, "b"), write(tmp_path, "a")
    (tmp_path / "README.md").write_text("no rule", encoding="utf-8")
    assert [made.name for made in load_rules(tmp_path)] == ["a", "b"]
    assert [made.name for made in load_rules(str(b))] == ["b"]
    assert [made.name for made in load_rules([b, str(a)])] == ["b", "a"]
    assert load_rules([]) == ()


def test_the_same_name_twice(tmp_path: Path) -> None:
    write(tmp_path, "one", file="1.rq")
    write(tmp_path, "one", file="2.rq")
    with pytest.raises(UnsupportedRule) as error:
        load_rules(tmp_path)
    assert str(error.value) == f"{tmp_path / '2.rq'}: the rule 'one' is also in {tmp_path / '1.rq'}; give it another name"


def test_a_fault_in_a_file(tmp_path: Path) -> None:
    path = write(tmp_path, "r", "CONSTRUCT { ?x :found ?y }\nWHERE { ?x :p ?y OPTIONAL { } }")
    with pytest.raises(UnsupportedRule) as error:
        load_rules(tmp_path)
    assert str(error.value).startswith(f"{path}:7:18: OPTIONAL is not supported in a rule")


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(ResourceError, match="the rule cannot be read: No such file or directory; give the path of an .rq file"):
        load_rules(tmp_path / "missing.rq")
    (tmp_path / "latin.rq").write_bytes(HEADER.replace("article", "Artikel für").encode("latin-1"))
    with pytest.raises(UnsupportedRule, match="latin.rq: the rule is not in UTF-8; save it as UTF-8"):
        load_rules(tmp_path)


def test_rules_of_the_edition() -> None:
    """They are understood here, and are SPARQL for others."""
    folder = resources.ontology() / "rules"
    if not folder.is_dir():
        pytest.skip("the edition has no rules in files")
    from rdflib.plugins.sparql import prepareQuery

    rules = load_rules(folder)
    assert [f"{made.name}.rq" for made in rules] == sorted(path.name for path in folder.glob("*.rq"))
    strata(rules)
    for made in rules:
        assert isinstance(ox.Store().query(made.text), ox.QueryTriples)
        prepareQuery(made.text)
