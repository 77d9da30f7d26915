"""Jena's command lines read our files: each export is well-formed to it, and our shapes find in it what they find here."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest

import comity
from comity.export import rdf
from comity.questions import load_question
from comity.validation.engines import load
from comity.validation.engines.facts import Facts
from soak import FULL

from .jena import is_inner, run, validate, validation, why_not

SH = "http://www.w3.org/ns/shacl#"
RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"

NOT_READ = {"jsonld": "Debian's reader of JSON-LD refuses any document, the smallest too: LOADING_DOCUMENT_FAILED"}
"""Formats that Debian's Jena cannot read, and why."""


@pytest.fixture(autouse=True)
def there() -> None:
    if reason := why_not():
        pytest.skip(reason)


def test_every_export_is_valid_to_riot(tmp_path: Path) -> None:
    formats = [format_ for format_ in rdf.FORMATS if format_.name not in NOT_READ]
    assert len(formats) >= 5
    with comity.open("paper", infer=False) as edition:
        files = [file for format_ in formats for file in edition.export(format_.name, tmp_path / f"edition{format_.suffix}")]
    # What it warns of it says, and goes on.
    done = run(tmp_path / "jena", "riotcmd.riot", "--validate", *files)
    said = [line for line in done.stderr.splitlines() if " INFO " not in line]
    assert (done.returncode, done.stdout, said) == (0, "", [])
    assert done.stderr.count(" INFO ") == len(files)
    broken = tmp_path / "broken.nq"
    broken.write_text("<https://example.org/s> <https://example.org/a b> 1 .\n", encoding="utf-8")
    done = run(tmp_path / "jena", "riotcmd.riot", "--validate", broken)
    assert done.returncode != 0 or " WARN " in done.stderr


def test_tdb2_holds_what_was_exported_and_answers_over_the_union(tmp_path: Path) -> None:
    question = load_question("instruments")
    with comity.open("paper") as edition:
        edition.export("nq", tmp_path / "edition.nq")
        expected = {graph: edition.store.count(graph) for graph in edition.store.graphs()}
        [name, *_], *rows = csv.reader(edition.ask("instruments").to_csv().splitlines())
    home, place = tmp_path / "jena", ["--loc", tmp_path / "tdb2"]
    assert run(home, "tdb2.tdbloader", *place, tmp_path / "edition.nq").returncode == 0
    counting = "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g"
    counted = run(home, "tdb2.tdbquery", *place, "--results=csv", counting)
    assert {graph: int(count) for graph, count in list(csv.reader(counted.stdout.splitlines()))[1:]} == expected
    asked = run(home, "tdb2.tdbquery", *place, "--set=tdb2:unionDefaultGraph=true", "--results=csv", question.sparql)
    [first, *_], *found = csv.reader(asked.stdout.splitlines())
    assert first == name
    assert [row[0] for row in found] == [row[0] for row in rows]
    assert len(rows) > 20


def planted(checkout: Path) -> Iterator[ox.Triple]:
    """Every case of ``tests/shapes``, the passing and the failing ones, each in a world of its own names."""
    world = (checkout / "tests" / "shapes" / "context.ttl").read_text(encoding="utf-8")
    prefixes = "".join(line + "\n" for line in world.splitlines() if line.startswith("@prefix"))
    prefixes += f"@prefix sh: <{SH}> .\n@prefix dcterms: <http://purl.org/dc/terms/> .\n"
    prefixes += "@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .\n"
    number = 0
    for path in sorted((checkout / "tests" / "shapes" / "cases").glob("*.toml")):
        case = tomllib.loads(path.read_text(encoding="utf-8"))
        for fail in case["fail"]:
            number += 1
            own = f"https://example.org/{number}/"
            store = ox.Store()
            store.load((world + prefixes + case["pass"]).replace("<https://example.org/>", f"<{own}>").encode(), format=ox.RdfFormat.TURTLE)
            sparql = "".join(line.replace("@prefix", "PREFIX").removesuffix(" .") + "\n" for line in prefixes.splitlines())
            store.update(sparql.replace("<https://example.org/>", f"<{own}>") + fail["change"])
            yield from (quad.triple for quad in store)
    assert number > 500


@pytest.mark.skipif(not FULL, reason="it takes half a minute: left to make soak")
def test_jena_finds_with_our_shapes_what_we_find(checkout: Path, tmp_path: Path) -> None:
    with comity.open(infer=False) as edition:
        triples = {quad.triple for quad in edition.store.quads()} | set(planted(checkout))
    shapes = sorted((checkout / "shapes").glob("*.ttl"))
    ours = {(str(result.focus), result.shape, result.component) for result in load("compiled", shapes).run(Facts(map(quad, triples)))}
    theirs = set(validate(validation(tmp_path / "jena", shapes, triples)))
    assert len(ours) > 500
    assert sorted(theirs - ours)[:10] == []
    assert sorted(result for result in ours - theirs if not is_inner(result))[:10] == []
    assert len(theirs) > 500


def quad(triple: ox.Triple) -> ox.Quad:
    return ox.Quad(triple.subject, triple.predicate, triple.object, ox.NamedNode("https://example.org/g"))
