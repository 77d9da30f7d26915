"""Namespaces are closed, IRIs follow the policy, and both agree with the ontology and the data."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path

import pyoxigraph as ox
import pytest

from comity import dataset, terms
from comity.errors import UnknownTerm, UsageError
from comity.store.embedded import EmbeddedStore


def test_our_terms_are_those_of_the_ontology(checkout: Path) -> None:
    done = subprocess.run(
        [sys.executable, "scripts/update_vocabulary.py", "--check"], cwd=checkout, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


def test_a_misspelt_term_fails_and_suggests_the_right_one() -> None:
    with pytest.raises(UnknownTerm, match="unknown term 'cy:Instrumnet'; did you mean 'cy:Instrument'?"):
        terms.CY.Instrumnet  # noqa: B018 - looking is the test
    assert not hasattr(terms.CY, "Instrumnet")
    with pytest.raises(UnknownTerm):
        terms.SKOS["prefLable"]


def test_a_term_is_its_iri() -> None:
    assert terms.CY.Instrument == "https://w3id.org/comity/ontology#Instrument"
    assert terms.CY["Instrument"] in terms.CY
    assert "https://w3id.org/comity/ontology#Instrumnet" not in terms.CY
    assert len(list(terms.CY)) == len(terms.CY) > 100


def test_standard_terms_are_used_as_their_vocabularies_spell_them() -> None:
    """Everything that our files say in a standard namespace that we know is a term that we list."""
    namespaces = [terms.RDF, terms.RDFS, terms.OWL, terms.SKOS, terms.DCTERMS, terms.PROV, terms.VANN, terms.XSD]
    seen = Counter()
    for quad in dataset.read():
        for term in (quad.predicate, quad.object, getattr(quad.object, "datatype", None)):
            for namespace in namespaces:
                # The namespace itself is what a borrowed term is defined by.
                if isinstance(term, ox.NamedNode) and term.value.startswith(str(namespace)) and term.value != str(namespace):
                    assert term.value in namespace, f"{terms.shorten(term.value)} in {quad}"
                    seen[str(namespace)] += 1
    assert len(seen) == len(namespaces)


def test_every_kind_in_the_data_is_in_the_table() -> None:
    found = Counter()
    for quad in dataset.read():
        for term in (quad.subject, quad.predicate, quad.object):
            if isinstance(term, ox.NamedNode) and term.value.startswith(terms.ID):
                parts = terms.split_iri(term.value)
                assert parts is not None, f"{term.value} is not of the form …/id/<kind>/<key>"
                found[parts[0]] += 1
    assert len(found) > 20
    assert sorted(found.keys() - terms.KINDS.keys()) == [], "add these kinds to KINDS in src/comity/terms.py"


@pytest.mark.parametrize(
    ("kind", "key", "full"),
    [
        ("state", "PAK", "https://w3id.org/comity/id/state/PAK"),
        ("passage", "2.1.2-p01", "https://w3id.org/comity/id/passage/2.1.2-p01"),
        ("norm", "unscr-1373-2e", "https://w3id.org/comity/id/norm/unscr-1373-2e"),
    ],
)
def test_kind_and_key_make_the_iri_and_back(kind: str, key: str, full: str) -> None:
    assert terms.iri(kind, key) == full
    assert terms.split_iri(full) == (kind, key)
    assert terms.shorten(full) == f"{kind}:{key}"
    assert terms.expand(f"{kind}:{key}") == full


@pytest.mark.parametrize("key", ["", "a b", "a/b", "ends.", "ä", "a#b", "-a", "a\n", "../x"])
def test_a_bad_key_is_refused(key: str) -> None:
    with pytest.raises(UsageError, match="cannot be the key"):
        terms.iri("state", key)
    assert terms.split_iri(f"https://w3id.org/comity/id/state/{key}") is None


def test_a_bad_kind_is_refused() -> None:
    with pytest.raises(UnknownTerm, match="did you mean 'instrument'"):
        terms.iri("instrumnet", "x")


@pytest.mark.parametrize("name", ["paper/3.1.2", "corrections", "record/un-treaty-collection"])
def test_graphs_have_names(name: str) -> None:
    assert terms.graph_name(terms.graph_iri(name)) == name


@pytest.mark.parametrize("name", ["", "/x", "x/", "a b", "a//b", "<x>"])
def test_a_bad_graph_name_is_refused(name: str) -> None:
    with pytest.raises(UsageError):
        terms.graph_iri(name)


@pytest.mark.parametrize("name", ["nothing:here", "plain", "https://a b", "", "javascript:alert(1)"])
def test_what_is_no_iri_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match="neither an IRI nor"):
        terms.expand(name)


def test_full_iris_pass() -> None:
    for full in ("https://example.org/a", "urn:x:y"):
        assert terms.expand(full) == full
        assert terms.expand(f"<{full}>") == full
        assert terms.shorten(full) == full


def test_no_two_prefixes_share_a_namespace() -> None:
    assert len(set(terms.PREFIXES.values())) == len(terms.PREFIXES)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { ?s a cy:State }",
        "PREFIX cy: <https://w3id.org/comity/ontology#> SELECT * { ?s a cy:State ; rdfs:label ?l }",
        'SELECT * { instrument:unscr-1267 ?p "state:X" }',
    ],
)
def test_prefixes_need_not_be_declared(query: str) -> None:
    text, shift = terms.with_prefixes(query)
    assert text[shift:] == query
    assert "\n" not in text[:shift]
    assert EmbeddedStore().query(text).kind == "select"
