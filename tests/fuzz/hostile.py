"""Input that is made to do harm, by name: for each a file, its content (made when asked for), and what is said of it."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from typing import Final

RDF: Final = b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="https://e.org/">'
DEEP: Final = 20_000


def _xml(entities: bytes, text: bytes) -> bytes:
    return b"<!DOCTYPE rdf:RDF [" + entities + b"]>" + RDF + b"<rdf:Description><e:p>" + text + b"</e:p></rdf:Description></rdf:RDF>"


def _laughs() -> bytes:
    names = b"abcdefghij"
    steps = b"".join(b'<!ENTITY %c "%s">' % (names[n + 1], b"&%c;" % names[n] * 10) for n in range(9))
    return _xml(b'<!ENTITY a "lol">' + steps, b"&j;")


FILES: Final[dict[str, tuple[str, Callable[[], bytes], str]]] = {
    "billion laughs": ("x.rdf", _laughs, "an entity stands for"),
    "quadratic blow-up": ("x.rdf", lambda: _xml(b'<!ENTITY a "' + b"l" * 100_000 + b'">', b"&a;" * 100_000), "an entity stands for"),
    "a file as an entity": ("x.rdf", lambda: _xml(b'<!ENTITY a SYSTEM "file:///etc/passwd">', b"&a;"), "an entity stands for"),
    "a parameter entity": ("x.owl", lambda: _xml(b'<!ENTITY % a SYSTEM "file:///etc/passwd">', b"x"), "an entity stands for"),
    "deep RDF/XML": (
        "x.rdf",
        lambda: (
            RDF
            + b"<rdf:Description>"
            + b"<e:p><rdf:Description>" * DEEP
            + b"</rdf:Description></e:p>" * DEEP
            + b"</rdf:Description></rdf:RDF>"
        ),
        "is nested more than",
    ),
    "deep triple terms": (
        "x.ttl",
        lambda: b"<a:a> <a:b> " + b"<<( <a:a> <a:b> " * DEEP + b"1" + b")>>" * DEEP + b" .",
        "is nested more than",
    ),
    "deep triple terms in N-Triples": (
        "x.nt",
        lambda: b"<a:a> <a:b> " + b"<<( <a:a> <a:b> " * DEEP + b"<a:a>" + b")>>" * DEEP + b" .",
        "is nested more than",
    ),
    "deep JSON-LD": ("x.jsonld", lambda: b"[" * 100_000 + b"]" * 100_000, ""),
    "a context from elsewhere": ("x.jsonld", lambda: b'{"@context":"http://127.0.0.1:9/x","a:p":"x"}', "remote context"),
    "a context from a file": ("x.jsonld", lambda: b'{"@context":"file:///etc/passwd","a:p":"x"}', "remote context"),
    "a literal of 100 MB": ("x.ttl", lambda: b'<a:a> <a:b> "' + b"l" * 100_000_000 + b'" .', "more than 16 MB"),
    "an IRI that turns": ("x.ttl", lambda: "<https://e.org/\u202epyt> <a:b> 1 .".encode(), "U+202E"),
    "an IRI with nothing seen": ("x.ttl", lambda: "<https://e.org/a\u200bb> <a:b> 1 .".encode(), "U+200B"),
    "the same, escaped": ("x.ttl", lambda: rb"<https://e.org/a\u200bb> <a:b> 1 .", "U+200B"),
    "the same, as a datatype": ("x.nt", lambda: rb'<a:a> <a:b> "x"^^<a:\u2066> .', "U+2066"),
    "a space in an IRI": ("x.ttl", lambda: b"<https://e.org/a b> <a:b> 1 .", "x.ttl:1:"),
    "a byte order mark": ("x.ttl", lambda: b"\xef\xbb\xbf<a:a> <a:b> 1 .", "\\ufeff"),
    "a lone surrogate": ("x.ttl", lambda: rb'<a:a> <a:b> "\uD800" .', "x.ttl:1:"),
    "no UTF-8": ("x.ttl", lambda: b'<a:a> <a:b> "\xff\xfe" .', "x.ttl:1:"),
    "NUL between tokens": ("x.ttl", lambda: b"<a:a> \x00 <a:b> 1 .", "\\u0000"),
    "a terminal's commands in a message": ("x.ttl", lambda: b"<a:a> \x1b[2J <a:b> 1 .", "x.ttl:1:"),
    "nothing": ("x.ttl", lambda: b"", "holds no statements"),
}
"""Name of the file, its content, and what the refusal says; nothing said: taken or refused, but no crash."""

TAKEN: Final[dict[str, tuple[str, Callable[[], bytes]]]] = {
    "deep collections": ("x.ttl", lambda: b"<a:a> <a:b> " + b"(" * DEEP + b")" * DEEP + b" ."),
    "deep blank nodes": ("x.ttl", lambda: b"<a:a> <a:b> " + b"[ <a:p> " * DEEP + b"1" + b"]" * DEEP + b" ."),
    "CRLF": ("x.ttl", lambda: b"<a:a>\r\n<a:b>\r\n1 .\r\n"),
    "a very long line": ("x.ttl", lambda: b"<a:a> <a:b> " + b",".join(b"%d" % n for n in range(100_000)) + b" ."),
    "an entity as OWL editors write it": ("x.owl", lambda: _xml(b'<!ENTITY owl "http://www.w3.org/2002/07/owl#">', b"&owl;Class")),
    "many arrows in a text": ("x.ttl", lambda: b'<a:a> <a:b> "' + b"<<" * 1000 + b'" .'),
    "names in a script that joins": ("x.ttl", lambda: '<a:a> <a:b> "می\u200cخواهم"@fa .'.encode()),
}
"""What looks like it and is in order."""

QUERIES: Final[dict[str, tuple[Callable[[], str], str]]] = {
    "brackets": (lambda: "SELECT * { FILTER(" + "(" * 100_000 + "1" + ")" * 100_000 + ") }", "nested"),
    "groups": (lambda: "SELECT * " + "{" * 100_000 + "}" * 100_000, "nested"),
    "blank nodes": (lambda: "SELECT * { ?s <a:b> " + "[ <a:b> " * 100_000 + "1" + "]" * 100_000 + " }", "nested"),
    "negations": (lambda: "SELECT * { FILTER(" + "!" * 100_000 + "true) }", "tokens"),
    "sums": (lambda: "SELECT * { FILTER(1" + "+1" * 100_000 + ") }", "tokens"),
    "unions": (lambda: "SELECT * { {} " + "UNION {} " * 100_000 + " }", "tokens"),
    "paths": (lambda: "SELECT * { ?s <a:b>" + "/<a:b>" * 100_000 + " ?o }", "tokens"),
    "alternatives": (lambda: "SELECT * { ?s <a:b>" + "|<a:b>" * 100_000 + " ?o }", "tokens"),
    "options": (lambda: "SELECT * { ?s ?p ?o " + "OPTIONAL { ?s ?p ?o } " * 100_000 + " }", "tokens"),
    "triples": (lambda: "SELECT * { " + "?s ?p ?o . " * 100_000 + " }", "tokens"),
    "filters": (lambda: "SELECT * { " + "FILTER(true) " * 100_000 + " }", "tokens"),
    "sums behind IN": (lambda: "SELECT * { FILTER(1 IN (1" + "+1" * 100_000 + ")) }", "tokens"),
    "a list of lists": (lambda: "SELECT * { ?s <a:b> (" + "1 " * 100_000 + ") }", "tokens"),
    "a byte order mark": (lambda: "\ufeffSELECT * {}", "byte order mark"),
    "a lone surrogate": (lambda: "SELECT * { ?s ?p '\ud800' }", "no character"),
}

LONG_BUT_GOOD: Final[dict[str, Callable[[], str]]] = {
    "values": lambda: "SELECT * { VALUES ?x { " + "1 " * 100_000 + " } FILTER(?x = 2) }",
    "members": lambda: "SELECT * { FILTER(1 IN (1" + ",1" * 100_000 + ")) }",
    "a comment": lambda: "ASK {} #" + "x" * 1_000_000,
    "a string": lambda: 'ASK { FILTER("' + "x" * 1_000_000 + '" != "") }',
}


_TERM: Final = b'{"type":"triple","value":{"subject":{"type":"uri","value":"a:a"},"predicate":{"type":"uri","value":"a:a"},"object":'

OTHER: Final[dict[str, tuple[str, Callable[[], bytes], str]]] = {
    "a bomb in gzip": ("body", lambda: b"\xff" + bomb(), "is too long"),
    "deep triple terms in results": (
        "results",
        lambda: (
            b'{"head":{"vars":["x"]},"results":{"bindings":[{"x":' + _TERM * DEEP + b'{"type":"uri","value":"a:a"}' + b"}}" * DEEP + b"}]}}"
        ),
        "is nested more than",
    ),
    "deep results": ("results", lambda: b'{"head":{"vars":["x"]},"results":' + b"[" * 100_000 + b"]" * 100_000 + b"}", "cannot be read"),
    "a deep header of a question": ("question", lambda: b"#+ x = " + b"[" * DEEP + b"]" * DEEP + b"\nSELECT * {}", "nested"),
    "a deep header of a rule": ("rule", lambda: b"#+ x = " + b"[" * DEEP + b"]" * DEEP + b"\nCONSTRUCT {} WHERE {}", "nested"),
    "a deep rule": (
        "rule",
        lambda: b'#+ name = "x"\n#+ title = "x"\n#+ basis = "x"\n#+ example = "x"\nCONSTRUCT { } WHERE ' + b"{" * DEEP + b"}" * DEEP,
        "nested",
    ),
    "a deep head of mappings": ("sssom", lambda: b"#x: " + b"[" * DEEP + b"]" * DEEP + b"\n", "nested"),
    "a head that doubles itself": (
        "sssom",
        lambda: b"#a: &a [x,x]\n" + b"".join(b"#%c: &%c [*%c,*%c]\n" % (n + 1, n + 1, n, n) for n in range(97, 121)),
        "the head has no",
    ),
    "a byte order mark before mappings": ("sssom", lambda: b"\xef\xbb\xbf#x: y\n", "byte order mark"),
    "a very long name": ("parameter-iri", lambda: b"x" * 1_000_000, "names no"),
    "a name that turns": ("parameter-iri", lambda: "Pakis\u202enat".encode(), "\\x202e"),
    "a very long number": ("parameter-integer", lambda: b"9" * 1_000_000, "is no whole number"),
    "a date with a zone": ("parameter-date", lambda: b"2001-01-01Z", "is no date"),
    "a date in other digits": ("parameter-date", lambda: "٢٠٠١-٠١-٠١".encode(), "is no date"),
}
"""The target (targets.py), its input, and what the refusal says."""


def bomb() -> bytes:
    """Two hundred million bytes in two hundred thousand."""
    return gzip.compress(bytes(200_000_000), 9, mtime=0)
