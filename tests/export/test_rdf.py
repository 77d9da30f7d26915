"""Exports: every format holds the same, the same bytes twice, and never half a file."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib

import comity
from comity.errors import OutputError, UnknownFormat, UnknownGraph, UsageError
from comity.export.rdf import FORMATS, dumps, find_format, select
from comity.files import replacing, write_whole
from comity.terms import CY, RDF, graph_iri

NAMES = [known.name for known in FORMATS]


@pytest.fixture(scope="module")
def edition() -> Iterator[comity.Comity]:
    with comity.open() as opened:
        yield opened


def canonical(quads: Iterable[ox.Quad]) -> tuple[set[ox.Quad], ox.Dataset]:
    """The quads without blank nodes, and the others with canonical labels: over all at once Oxigraph takes half a minute."""
    apart: list[ox.Quad] = []
    plain = set()
    for quad in quads:
        if isinstance(quad.subject, ox.BlankNode) or isinstance(quad.object, ox.BlankNode):
            apart.append(quad)
        else:
            plain.add(quad)
    data = ox.Dataset(apart)
    data.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return plain, data


def test_nquads_hold_the_store(edition: comity.Comity, release: Path) -> None:
    read = list(ox.parse(path=str(release / "comity.nq")))
    assert canonical(read) == canonical(edition.store.quads())
    assert len(read) == len(set(read)) > 5000


@pytest.mark.parametrize("name", NAMES)
def test_a_format_holds_everything_that_it_can(name: str, release: Path) -> None:
    known = find_format(name)
    read = list(ox.parse(path=str(release / f"comity{known.suffix}")))
    assert dumps(read, "nq" if known.graphs else "nt") == (release / ("comity.nq" if known.graphs else "comity.nt")).read_bytes()
    assert len(read) == len(set(read)) > 5000


@pytest.mark.parametrize("name", NAMES)
def test_a_parser_that_is_not_oxigraph_reads_it(name: str, edition: comity.Comity, tmp_path: Path) -> None:
    known = find_format(name)
    path = tmp_path / f"some{known.suffix}"
    edition.export(name, path, graphs=["paper/2.1.2", "ontology"])
    graph = rdflib.Dataset(default_union=True)
    graph.parse(path, format={"nq": "nquads", "ttl": "turtle", "rdf": "xml", "jsonld": "json-ld"}.get(name, name))
    union = {quad.triple for quad in select(edition.store, graphs=["paper/2.1.2", "ontology"])}
    assert len(graph) == len(union)


@pytest.mark.parametrize("name", NAMES)
def test_the_same_bytes_whatever_the_order(name: str, edition: comity.Comity) -> None:
    quads = list(select(edition.store, graphs=["ontology", "paper/2.1.2", "paper/abstract"]))
    assert dumps(quads, name) == dumps(quads[::-1], name)


def test_inferred_statements_with_without_or_alone(edition: comity.Comity) -> None:
    home = ox.NamedNode(graph_iri("inferred"))
    everything, without, alone = (set(select(edition.store, inferred=choice)) for choice in ("yes", "no", "only"))
    assert everything == without | alone
    assert {quad.graph_name for quad in alone} == {home}
    assert home not in {quad.graph_name for quad in without}
    with pytest.raises(UsageError, match="use one of: no, only, yes"):
        list(select(edition.store, inferred="perhaps"))


def test_some_graphs(edition: comity.Comity) -> None:
    for name in ("paper/2.1.2", graph_iri("paper/2.1.2")):
        assert {quad.graph_name.value for quad in select(edition.store, graphs=[name])} == {graph_iri("paper/2.1.2")}
    with pytest.raises(UnknownGraph, match="unknown graph 'paper/2.1.22'; did you mean 'paper/2.1.2'?"):
        edition.export("nt", "never", graphs=["paper/2.1.22"])
    assert not Path("never").exists()


def test_json_ld_reads_as_json(edition: comity.Comity) -> None:
    document = json.loads(dumps(select(edition.store, graphs=["entities/state"]), "jsonld"))
    (graph,) = document["@graph"]
    assert graph["@id"] == "graph:entities/state"
    china = next(node for node in graph["@graph"] if node["@id"] == "id:state/CHN")
    assert "State" in china["@type"]
    assert china["label"]["en"] == "China"
    assert document["@context"]["id"] == "https://w3id.org/comity/id/"
    assert "member" not in document["@context"], "the context has only what the document uses"


@pytest.mark.parametrize("alias", ["nquads", "N-Quads", ".nq", "turtle", "RDF/XML", "json-ld", "trig"])
def test_formats_go_by_several_names(alias: str) -> None:
    assert find_format(alias) in FORMATS


def test_an_unknown_format_is_refused_before_anything_is_written(edition: comity.Comity, tmp_path: Path) -> None:
    with pytest.raises(UnknownFormat, match="unknown format 'tll'; did you mean 'ttl'?"):
        edition.export("tll", tmp_path / "a.ttl")
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written_to_is_one_line(edition: comity.Comity, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("kept")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "comity.nq").mkdir()
    for target in (tmp_path / "file" / "a.nq", tmp_path / "folder"):
        with pytest.raises(OutputError, match=r"cannot be written: .+; name a file") as caught:
            edition.export("nq", target)
        assert caught.value.exit_code == 3
    assert (tmp_path / "file").read_text() == "kept"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "folder"]


def test_a_failure_midway_keeps_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_text("old")
    with pytest.raises(ZeroDivisionError), replacing(path) as stream:
        stream.write(b"new")
        raise ZeroDivisionError
    assert path.read_text() == "old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["a"]


def test_a_new_file_has_the_usual_mode_and_an_old_one_keeps_its_own(tmp_path: Path) -> None:
    mask = os.umask(0o022)
    try:
        write_whole(tmp_path / "new", b"x")
        (tmp_path / "old").touch()
        (tmp_path / "old").chmod(0o640)
        write_whole(tmp_path / "old", b"x")
    finally:
        os.umask(mask)
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o644
    assert (tmp_path / "old").stat().st_mode & 0o777 == 0o640


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system has no SIGKILL")
def test_a_killed_writer_leaves_the_old_file_or_the_new(tmp_path: Path) -> None:
    target = tmp_path / "a"
    script = (
        "import sys\n"
        "from comity.files import write_whole\n"
        "size = 1_000_000\n"
        "print('ready', flush=True)\n"
        "while True:\n"
        "    for letter in (b'a', b'b'):\n"
        "        write_whole(sys.argv[1], letter * size)\n"
    )
    for number in range(8):
        with subprocess.Popen([sys.executable, "-c", script, str(target)], stdout=subprocess.PIPE) as writer:
            assert writer.stdout is not None
            writer.stdout.readline()
            time.sleep(0.01 + number * 0.003)
            writer.kill()
        if target.exists():
            content = target.read_bytes()
            assert content in (b"a" * 1_000_000, b"b" * 1_000_000)
    assert target.exists()


def test_what_is_about_a_topic_and_an_organization(edition: comity.Comity) -> None:
    everything = set(select(edition.store))
    financing = set(select(edition.store, topics=["financing"]))
    asean = set(select(edition.store, organizations=["ASEAN"]))
    both = set(select(edition.store, topics=["financing"], organizations=["UN"]))
    assert both < everything
    assert financing < everything
    assert asean < everything
    assert len(everything) > 20 * max(len(financing), len(asean))
    topic = ox.NamedNode(CY.topic)
    typed = {quad.subject for quad in financing if quad.predicate.value == RDF.type and quad.object == ox.NamedNode(CY.Norm)}
    # Other norms are only mentioned, by class and name.
    norms = typed & {quad.subject for quad in financing if quad.predicate == topic}
    assert norms
    # Everything that is said of what is about the topic is there, with the passages that state it.
    for norm in norms:
        assert {quad for quad in everything if quad.subject == norm} == {quad for quad in financing if quad.subject == norm}
        stated = {quad.object for quad in financing if quad.subject == norm and quad.predicate.value == CY.statedIn}
        assert stated <= {quad.subject for quad in financing}
    members = {quad.object.value for quad in asean if quad.predicate.value == CY.member}  # type: ignore[union-attr]
    assert "https://w3id.org/comity/id/state/VNM" in members
    with pytest.raises(UsageError, match="'ASEEN' names no organization of this view; did you mean"):
        select(edition.store, organizations=["ASEEN"])
    with pytest.raises(UsageError, match="'xyzzy' names no topic of this view"):
        select(edition.store, topics=["xyzzy"])


@pytest.mark.parametrize(
    ("formats", "place", "said"),
    [
        (["nq", "nt"], "a.nq", "2 formats do not go into the one file a.nq; name a folder"),
        (["csv"], "a.csv", "csv is a folder of files, and a.csv has a suffix; name a folder"),
        (["release"], "a.zip", "a release is a folder of files"),
        (["croissant"], "some", "croissant describes the CSV tables"),
    ],
)
def test_what_does_not_go_together_is_said_in_one_line(
    formats: list[str], place: str, said: str, edition: comity.Comity, tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match=said):
        edition.export(formats, tmp_path / place)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_several_formats_go_to_their_places_in_a_folder(edition: comity.Comity, tmp_path: Path) -> None:
    told: list[tuple[str, int, int]] = []
    paths = edition.export(["ttl", "nq", "tree"], tmp_path, graphs=["paper/2.1.2"], progress=lambda *it: told.append(it))
    places = ["comity.nq", "comity.ttl", "tree/paper/2.1.2.ttl"]
    assert [path.relative_to(tmp_path).as_posix() for path in paths] == places
    for name in ("nq", "ttl", "tree"):
        steps = [(done, total) for of, done, total in told if of == name]
        assert steps[0][0] == 0
        assert steps[-1][0] == steps[-1][1] > 100
