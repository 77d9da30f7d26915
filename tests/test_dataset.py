"""Files become quads, each in the graph of its file, and bad files say where they are bad."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest

from comity import dataset
from comity.errors import ComityError, DataError, InputError, ResourceError, TurtleError, UnknownFormat
from comity.terms import graph_iri

FILES = {
    "data/concepts/level.ttl": "concepts/level",
    "data/entities/state.ttl": "entities/state",
    "data/paper/2.1.2.ttl": "paper/2.1.2",
    "data/paper/abstract.ttl": "paper/abstract",
    "data/record/untc.ttl": "record/untc",
    "data/record/untc/chapter-18.ttl": "record/untc",
    "data/record/untc/chapter-19.ttl": "record/untc",
    "data/record/unverified/a.ttl": "record/unverified",
    "data/links/wikidata.ttl": "links/wikidata",
    "data/corrections.ttl": "corrections",
    "ontology/comity.ttl": "ontology",
}


def test_each_file_has_its_graph(small_edition: Callable[[dict[str, str]], Path]) -> None:
    root = small_edition(dict.fromkeys(FILES, ""))
    found = {str(source.path.relative_to(root)): source.graph for source in dataset.sources()}
    assert found == FILES


def test_alignments_come_on_request(small_edition: Callable[[dict[str, str]], Path]) -> None:
    small_edition({"ontology/alignments.ttl": "cy:A rdfs:seeAlso cy:B ."})
    assert dataset.read() == []
    (quad,) = dataset.read(alignments=True)
    assert quad.graph_name == ox.NamedNode(graph_iri("alignments"))


@pytest.mark.parametrize("name", ["data/loose.ttl", "data/paper/deep/x.ttl", "data/unknown/x.ttl", "data/record/a/b/c.ttl"])
def test_a_file_in_no_place_is_refused(name: str, small_edition: Callable[[dict[str, str]], Path]) -> None:
    small_edition({name: ""})
    with pytest.raises(DataError, match=rf"{Path(name).name}: this place names no graph; move the file"):
        dataset.sources()


def test_every_file_of_the_edition_is_read() -> None:
    sources = dataset.sources()
    assert len(sources) > 40
    everything: set[str] = set()
    for view in dataset.VIEWS:
        everything |= {quad.graph_name.value for quad in dataset.read(view)}
    filled = {source.graph for source in sources if dataset.read_file(source.path)}
    assert {graph_iri(graph) for graph in filled} == everything - {graph_iri("inferred")}


@pytest.mark.parametrize(
    ("name", "content", "kind", "message"),
    [
        ("a.ttl", b"<http://a> <http://b>\n  <http://c> ;; ;\n .. ", TurtleError, r"a.ttl:3:3: .+; correct the syntax"),
        ("a.ttl", b"x:a x:b x:c .", TurtleError, r"a.ttl:1:1: .*prefix.*; correct"),
        ("a.ttl", b'<http://a> <http://b> "\xff" .', TurtleError, r"a.ttl:1:\d+: Invalid UTF-8"),
        ("a.ttl", b'<http://a> <http://b> "open', TurtleError, r"a.ttl:1:23: Unexpected end of file"),
        ("a.ttl", b"<rel> <http://b> 1 .", TurtleError, r"a.ttl:1:1: No scheme found in an absolute IRI"),
        ("a.nq", b"<http://a> <http://b> .", TurtleError, r"a.nq:1:\d+: "),
        ("a.rdf", b"<a><b></a>", TurtleError, r"a.rdf:"),
        ("a.jsonld", b'{"@id": ', TurtleError, r"a.jsonld:1:\d+: "),
        ("a.csv", b"a,b", UnknownFormat, r"unknown format '.csv'; a?.*a.csv must end in one of .ttl"),
    ],
)
def test_a_bad_file_says_where(
    name: str, content: bytes, kind: type[ComityError], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path(name).write_bytes(content)
    with pytest.raises(kind, match=message) as caught:
        dataset.read_file(name)
    assert caught.value.exit_code == (2 if kind is UnknownFormat else 3)


def test_a_missing_file_and_a_folder_are_told_apart(tmp_path: Path) -> None:
    (tmp_path / "folder.ttl").mkdir()
    with pytest.raises(InputError, match="none.ttl: cannot be read: no such file; name a readable file"):
        dataset.read_file(tmp_path / "none.ttl")
    with pytest.raises(InputError, match="folder.ttl: cannot be read: this is a folder"):
        dataset.read_file(tmp_path / "folder.ttl")


@pytest.mark.parametrize("suffix", dataset.SUFFIXES)
def test_every_suffix_is_read(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"a{suffix}"
    quad = ox.Quad(ox.NamedNode("http://a"), ox.NamedNode("http://b/c"), ox.Literal("d", language="en"))
    path.write_bytes(ox.serialize([quad], format=dataset.format_of(path)) or b"")
    assert dataset.read_file(path) == [quad]
    (moved,) = dataset.read_file(path, "http://g")
    assert moved.graph_name == ox.NamedNode("http://g")


def test_files_do_not_share_blank_nodes(tmp_path: Path) -> None:
    for name in ("a.ttl", "b.ttl"):
        (tmp_path / name).write_text("_:x <http://p> 1 .")
    (a,), (b,) = dataset.read_file(tmp_path / "a.ttl"), dataset.read_file(tmp_path / "b.ttl")
    assert a.subject != b.subject


def test_without_an_ontology_there_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(ResourceError, match="has no folder ontology/"):
        dataset.read(root=tmp_path)


def test_the_root_may_be_given(small_edition: Callable[[dict[str, str]], Path], monkeypatch: pytest.MonkeyPatch) -> None:
    root = small_edition({"data/paper/1.ttl": "state:PAK rdfs:label 'Pakistan'@en ."})
    monkeypatch.delenv("COMITY_ROOT")
    assert Counter(quad.graph_name.value for quad in dataset.read(root=root)) == {graph_iri("paper/1"): 1}
