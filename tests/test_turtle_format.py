"""One form of Turtle: the same graph gives the same bytes, and the edition's files are in that form."""

from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib

from comity import resources, turtle
from comity.errors import DataError, TurtleError

FILES = sorted((*resources.ontology().glob("*.ttl"), *resources.data().rglob("*.ttl")))


def test_there_are_files() -> None:
    assert len(FILES) > 40


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(resources.root())))
def test_the_edition_is_in_form(path: Path) -> None:
    assert turtle.format_file(path, check=True), f"{path.name} is not in the one form of Turtle; run: make format"


CASES = {
    "empty": ("", ""),
    "types, labels, then the rest; one value a line": (
        '<https://w3id.org/comity/id/state/PAK> <http://x/b> 1 , "a"@en ; <http://x/a> true ; '
        "a <https://w3id.org/comity/ontology#State> ; <http://www.w3.org/2000/01/rdf-schema#label> 'Pakistan'@en .",
        "@prefix cy: <https://w3id.org/comity/ontology#> .\n"
        "@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n"
        "@prefix state: <https://w3id.org/comity/id/state/> .\n"
        "\n"
        "state:PAK a cy:State ;\n"
        '    rdfs:label "Pakistan"@en ;\n'
        "    <http://x/a> true ;\n"
        "    <http://x/b> 1 ,\n"
        '        "a"@en .\n',
    ),
    "keys with dots and digits are written short": (
        "<https://w3id.org/comity/id/passage/2.1.2-p01> <http://x/p> <https://w3id.org/comity/id/passage/ends.> .",
        "@prefix passage: <https://w3id.org/comity/id/passage/> .\n"
        "\n"
        "passage:2.1.2-p01 <http://x/p> <https://w3id.org/comity/id/passage/ends.> .\n",
    ),
    "a kind that is not in the table has its prefix too": (
        "<https://w3id.org/comity/id/new-kind/x> <http://x/p> 1.50 .",
        "@prefix new-kind: <https://w3id.org/comity/id/new-kind/> .\n\nnew-kind:x <http://x/p> 1.50 .\n",
    ),
    "literals keep their text": (
        "<http://x/s> <http://x/p> 'a\"b\\\\c\\rd\\te\\u0001中' , '01'^^<http://www.w3.org/2001/XMLSchema#integer> , "
        "'x'^^<http://www.w3.org/2001/XMLSchema#integer> , '1e0'^^<http://www.w3.org/2001/XMLSchema#double> .",
        "@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n"
        "\n"
        "<http://x/s> <http://x/p> 01 ,\n"
        '        "1e0"^^xsd:double ,\n'
        '        "a\\"b\\\\c\\rd\\te\\u0001中" ,\n'
        '        "x"^^xsd:integer .\n',
    ),
    "a text of several lines stands in several lines": (
        "<http://x/s> <http://x/p> 'a \"b\"\\nc\\\\d\\te \"\"\"\" f\\r\\n' , 'g\\nh\"\"'@en , '\\n\"'^^<http://x/d> .",
        '\n<http://x/s> <http://x/p> """\n\\""""^^<http://x/d> ,\n'
        '        """a "b"\nc\\\\d\\te \\"\\""" f\\r\n""" ,\n'
        '        """g\nh"\\""""@en .\n',
    ),
    "blank nodes stand where they are used, lists as lists": (
        "<http://x/s> <http://x/p> [ <http://x/q> 2 , 1 ; a <http://x/C> ] , ( <http://x/a> [ ] () ) .",
        "\n<http://x/s> <http://x/p> ( <http://x/a> [] () ) ,\n        [ a <http://x/C> ; <http://x/q> 1 , 2 ] .\n",
    ),
    "a node that nothing leads to comes last": (
        "[] a <http://x/B> . [] a <http://x/A> . <http://x/z> a <http://x/C> .",
        "\n<http://x/z> a <http://x/C> .\n\n[] a <http://x/A> .\n\n[] a <http://x/B> .\n",
    ),
    "a shared node has its canonical name": (
        "<http://x/a> <http://x/p> _:n . <http://x/b> <http://x/p> _:n . _:n <http://x/q> 1 .",
        "\n<http://x/a> <http://x/p> _:c14n0 .\n\n<http://x/b> <http://x/p> _:c14n0 .\n\n_:c14n0 <http://x/q> 1 .\n",
    ),
    "a circle is not lost": (
        "_:n <http://x/p> _:m . _:m <http://x/q> _:n .",
        "\n_:c14n0 <http://x/q> _:c14n1 .\n\n_:c14n1 <http://x/p> _:c14n0 .\n",
    ),
    "a broken list is no list": (
        "<http://x/s> <http://x/p> [ <http://www.w3.org/1999/02/22-rdf-syntax-ns#first> 1 ] .",
        "@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .\n\n<http://x/s> <http://x/p> [ rdf:first 1 ] .\n",
    ),
    "the ontology comes first": (
        "<https://w3id.org/comity/ontology#A> a <http://www.w3.org/2002/07/owl#Class> . "
        "<https://w3id.org/z> a <http://www.w3.org/2002/07/owl#Ontology> .",
        "@prefix cy: <https://w3id.org/comity/ontology#> .\n@prefix owl: <http://www.w3.org/2002/07/owl#> .\n"
        "\n<https://w3id.org/z> a owl:Ontology .\n\ncy:A a owl:Class .\n",
    ),
}


def parse(text: str) -> list[ox.Quad]:
    return list(ox.parse(text.encode(), format=ox.RdfFormat.TURTLE, rename_blank_nodes=True))


def same(a: list[ox.Quad], b: list[ox.Quad]) -> bool:
    first, second = ox.Dataset(a), ox.Dataset(b)
    for data in (first, second):
        data.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return bool(first == second)


@pytest.mark.parametrize(("given", "expected"), CASES.values(), ids=CASES)
def test_the_form(given: str, expected: str) -> None:
    quads = parse(given)
    text = turtle.serialize(quads)
    assert text == expected
    assert same(parse(text), quads)
    assert turtle.serialize(parse(text)) == text
    for seed in range(5):
        random.Random(seed).shuffle(quads)
        assert turtle.serialize(quads) == text


@pytest.mark.parametrize("path", FILES[:: max(1, len(FILES) // 12)], ids=lambda path: path.name)
def test_formatting_loses_nothing_even_for_another_parser(path: Path) -> None:
    quads = list(ox.parse(path=str(path)))
    text = turtle.serialize(quads)
    assert same(parse(text), quads)
    assert len(rdflib.Graph().parse(data=text, format="turtle")) == len(quads)


@pytest.mark.parametrize("depth", [50, 5000])
def test_deep_nesting_is_no_harm(depth: int) -> None:
    nodes = [ox.BlankNode(f"n{i}") for i in range(depth)]
    prop = ox.NamedNode("http://x/p")
    quads = [ox.Quad(ox.NamedNode("http://x/s"), prop, nodes[0])]
    quads += [ox.Quad(above, prop, below) for above, below in pairwise(nodes)]
    text = turtle.serialize(quads)
    assert len(parse(text)) == depth
    assert turtle.serialize(reversed(quads)) == text


def test_a_long_list_is_no_harm() -> None:
    text = turtle.serialize(parse(f"<http://x/s> <http://x/p> ( {'1 ' * 5000}) ."))
    assert len(parse(text)) == 10_001


def test_a_triple_about_a_triple_is_refused() -> None:
    inner = ox.Triple(ox.NamedNode("http://a"), ox.NamedNode("http://a"), ox.NamedNode("http://a"))
    with pytest.raises(DataError, match="no form in Turtle"):
        turtle.serialize([ox.Triple(ox.NamedNode("http://a"), ox.NamedNode("http://a"), inner)])


def test_check_tells_and_format_mends(
    small_edition: Callable[[dict[str, str]], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    root = small_edition({"data/paper/1.ttl": "# why\nstate:PAK a cy:State ."})
    assert turtle.main(["--check"]) == 1
    told = capsys.readouterr()
    assert "1.ttl: not in the one form of Turtle; run: make format" in told.err
    assert told.out == "2 Turtle files checked\n"
    assert turtle.main([]) == 0
    assert "1.ttl: 1 lines of comments dropped" in capsys.readouterr().err
    assert turtle.main(["--check"]) == 0
    assert capsys.readouterr().err == ""
    assert (root / "data/paper/1.ttl").read_text() == (
        "@prefix cy: <https://w3id.org/comity/ontology#> .\n@prefix state: <https://w3id.org/comity/id/state/> .\n\n"
        "state:PAK a cy:State .\n"
    )


def test_a_broken_file_stays_as_it_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "a.ttl"
    path.write_text("<http://a> .")
    with pytest.raises(TurtleError):
        turtle.format_file(path)
    assert turtle.main([str(path)]) == 3
    assert "a.ttl:1:12: " in capsys.readouterr().err
    assert path.read_text() == "<http://a> ."
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.ttl"]


def test_line_ends_are_part_of_the_form(tmp_path: Path) -> None:
    path = tmp_path / "a.ttl"
    path.write_bytes(b"\r\n<http://a> <http://b> <http://c> .\r\n")
    assert not turtle.format_file(path)
    assert path.read_bytes() == b"\n<http://a> <http://b> <http://c> .\n"
    assert turtle.format_file(path)


def test_the_hash_seed_does_not_matter(tmp_path: Path) -> None:
    source = resources.ontology() / "comity.ttl"
    results = set()
    for seed in ("1", "2"):
        path = tmp_path / f"{seed}.ttl"
        path.write_bytes(source.read_bytes().replace(b"@prefix", b"#\n@prefix", 1))
        subprocess.run(
            [sys.executable, "-m", "comity.turtle", str(path)], env={"PYTHONHASHSEED": seed}, check=True, capture_output=True
        )
        results.add(path.read_bytes())
    assert len(results) == 1
