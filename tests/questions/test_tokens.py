from __future__ import annotations

import pytest

from comity.questions.binding import BindingError, bind, find_slots, outline, unquote
from comity.tokens import prefixes_of, tokenize


def kinds(text: str) -> list[tuple[str, str]]:
    return [(token.kind, token.text) for token in tokenize(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<a#b> # <c>\n?x", [("iri", "<a#b>"), ("variable", "?x")]),
        (r"<a\u0041#b>x", [("iri", r"<a\u0041#b>"), ("word", "x")]),
        ("?a <?b", [("variable", "?a"), ("mark", "<"), ("variable", "?b")]),
        (
            "?a < 1 && ?b > 2",
            [
                ("variable", "?a"),
                ("mark", "<"),
                ("number", "1"),
                ("mark", "&&"),
                ("variable", "?b"),
                ("mark", ">"),
                ("number", "2"),
            ],
        ),
        ('"a#\\"b"@en', [("string", '"a#\\"b"'), ("language", "@en")]),
        ('"""a "quoted" # word"""', [("string", '"""a "quoted" # word"""')]),
        ("'''it's'''", [("string", "'''it's'''")]),
        ("''", [("string", "''")]),
        ("cy:a.b. cy:c#x", [("name", "cy:a.b"), ("mark", "."), ("name", "cy:c")]),
        (r"cy:a\#b", [("name", r"cy:a\#b")]),
        (":a ex: _:b1", [("name", ":a"), ("name", "ex:"), ("blank", "_:b1")]),
        ("-5 +.5 1e3 1.5E-2", [("number", part) for part in ("-5", "+.5", "1e3", "1.5E-2")]),
        ('"2001"^^xsd:gYear', [("string", '"2001"'), ("mark", "^^"), ("name", "xsd:gYear")]),
        ("SELECT $x", [("word", "SELECT"), ("variable", "$x")]),
        ("ex:ünï中", [("name", "ex:ünï中")]),
    ],
)
def test_tokens(text, expected):
    assert kinds(text) == expected


def test_prefixes():
    found = prefixes_of(tokenize("prefix a: <http://a/> # prefix c: <http://c/>\nPREFIX : <http://b/> SELECT"))
    assert found == {"a": "http://a/", "": "http://b/"}


@pytest.mark.parametrize(
    ("values", "terms"),
    [
        ("VALUES (?p ?q) { (1 UNDEF) }", ["1", None]),
        ("values(?p ?q){(<a:b> 'x'@en)}", ["a:b", "x"]),
        ('VALUES (?q ?p) { ( x:a """t\n""" ) }', ["t\n", "http://x/a"]),
        ("VALUES (?p ?q) { (true '2'^^x:d) } VALUES ?r { 1 2 }", ["true", "2"]),
        ("VALUES (?p ?q) { (-1.5 1e3) }", ["-1.5", "1e3"]),
    ],
)
def test_slots(values, terms):
    sparql = f"PREFIX x: <http://x/> SELECT ?s {{ {values} ?s ?p ?q }}"
    slots = {slot.name: slot for slot in find_slots(sparql, ["p", "q"])}
    assert [slots[name].term and slots[name].term.value for name in ("p", "q")] == terms
    assert bind(sparql, tuple(slots.values()), {}) == sparql


def test_single_variable_form_and_datatypes():
    [slot] = find_slots("SELECT ?s { VALUES ?p { '1'^^<a:b> } }", ["p"])
    assert (slot.term.value, slot.term.datatype.value) == ("1", "a:b")


def test_bad_terms_are_refused():
    for term in ("?x", "[", "nope:x", "'a'^^1"):
        with pytest.raises(BindingError, match="not a term"):
            find_slots(f"SELECT ?s {{ VALUES (?p) {{ ({term}) }} }}", ["p"])


def test_outline_reads_expressions_and_sub_selects():
    shape = outline(
        "SELECT DISTINCT ?a (COUNT(DISTINCT ?b) AS ?n) (IF((?c), 'AS', ?d) AS ?e) WHERE "
        "{ { SELECT ?z { ?z ?y ?x } ORDER BY ?z } } GROUP BY ?a ORDER BY DESC(?n) ?a LIMIT 5"
    )
    assert shape.variables == ("a", "n", "e")
    assert shape.order_variables == ("n", "a")


def test_unquote():
    assert unquote(r"'a\tb\"\'\\\u00e9\U0001F600'") == "a\tb\"'\\é😀"
