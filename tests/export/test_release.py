"""The release of the whole edition: every file is what its checksum says, and is opened by a tool that is not Comity's."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import sqlite3
import subprocess
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pyoxigraph as ox
import pytest

import comity
from comity.errors import ResourceError
from comity.export.content import Content
from comity.export.formats import FORMATS
from comity.export.metadata.about import DATASET
from comity.export.rdf import dumps
from comity.export.reified import REIFIES, STATEMENT
from comity.export.release import BILL, CHECKSUMS, write_release
from comity.terms import ID, RDF

SOAK = os.environ.get("COMITY_SOAK") == "1"
VOID = "http://rdfs.org/ns/void#"


def test_it_holds_every_format_and_the_checksum_of_every_file(release: Path, checkout: Path) -> None:
    listed = dict(reversed(line.split("  ", 1)) for line in (release / CHECKSUMS).read_text().splitlines())  # type: ignore[misc]
    files = {path.relative_to(release).as_posix() for path in release.rglob("*") if path.is_file()} - {CHECKSUMS}
    assert set(listed) == files
    assert len(files) > 200
    for name, digest in listed.items():
        assert hashlib.sha256((release / name).read_bytes()).hexdigest() == digest, name
    for known in FORMATS:
        assert (release / known.place).exists(), known.name
        assert f"| `{known.place}` |" in (release / "README.md").read_text(), "the page of the release names it"
    assert [name for name in files if name.startswith(".") or name.endswith(".part")] == []
    assert (release / BILL).read_bytes() == (checkout / "requirements" / BILL).read_bytes()


@pytest.mark.skipif(shutil.which("sha256sum") is None, reason="no sha256sum on this system")
def test_sha256sum_finds_nothing_wrong(release: Path) -> None:
    done = subprocess.run(["sha256sum", "--quiet", "--strict", "-c", CHECKSUMS], cwd=release, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.skipif(shutil.which("rapper") is None, reason="no rapper: install raptor2-utils")
@pytest.mark.parametrize(
    ("name", "syntax"), [("nq", "nquads"), ("trig", "trig"), ("nt", "ntriples"), ("ttl", "turtle"), ("rdf", "rdfxml")]
)
def test_a_parser_that_we_did_not_write_reads_the_same_triples(release: Path, name: str, syntax: str) -> None:
    """Five syntaxes, the whole edition: rapper's triples are those of the N-Triples file, blank nodes apart from their names."""
    done = subprocess.run(["rapper", "-q", "-i", syntax, "-o", "ntriples", release / f"comity.{name}"], capture_output=True)
    assert done.returncode == 0, done.stderr[:2000]
    read = ox.parse(done.stdout, format=ox.RdfFormat.N_TRIPLES)
    ours = (release / "comity.nt").read_bytes()
    assert ours.count(b"\n") > 90_000
    # The canonical form, with blank nodes named by RDFC-1.0, is equal exactly when the graphs are isomorphic.
    assert dumps(read, "nt") == ours


def test_the_tree_is_the_graphs(release: Path) -> None:
    graphs = {quad.graph_name.value for quad in ox.parse(path=str(release / "comity.nq")) if isinstance(quad.graph_name, ox.NamedNode)}
    files = sorted((release / "tree").rglob("*.ttl"))
    assert len(files) == len(graphs) > 100
    assert sum(1 for file in files for _ in ox.parse(path=str(file))) == sum(1 for _ in ox.parse(path=str(release / "comity.nq")))


def unnamed(triples: Iterable[tuple[str, set[str]]]) -> Counter[tuple[str, frozenset[str]]]:
    """How often each triple is in these graphs, when blank nodes are not told apart."""
    return Counter((re.sub(r"_:\w+", "_:", triple), frozenset(graphs)) for triple, graphs in triples)


def test_rdf_12_says_of_each_triple_which_graphs_state_it(release: Path) -> None:
    reified: dict[str, str] = {}
    sources: dict[str, set[str]] = {}
    for quad in ox.parse(path=str(release / "comity.rdf12.nt")):
        subject = str(quad.subject)
        if quad.predicate.value == REIFIES:
            assert reified.setdefault(subject, str(quad.object)) == str(quad.object), "one reifier, one triple"
        elif subject.startswith(f"<{STATEMENT}"):
            sources.setdefault(subject, set()).add(str(quad.object))
    stated: dict[str, set[str]] = {}
    for quad in ox.parse(path=str(release / "comity.nq")):
        stated.setdefault(str(quad.triple), set()).add(str(quad.graph_name))
    # Each file names its blank nodes in its own way.
    assert unnamed((triple, sources[name]) for name, triple in reified.items()) == unnamed(stated.items())


def test_the_context_is_that_of_the_ontology(release: Path, checkout: Path) -> None:
    published = json.loads((release / "context.jsonld").read_text())["@context"]
    assert (release / "context.jsonld").read_bytes() == (checkout / "ontology" / "context.jsonld").read_bytes()
    used = json.loads((release / "comity.jsonld").read_text())["@context"]
    assert used
    assert used.items() <= published.items()


# -- tables ----------------------------------------------------------------------------------------------------------


def test_sqlite_is_whole_and_every_foreign_key_leads_somewhere(release: Path) -> None:
    base = sqlite3.connect(f"file:{release / 'comity.sqlite'}?mode=ro", uri=True)
    assert base.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert base.execute("PRAGMA foreign_key_check").fetchall() == []
    tables = [name for (name,) in base.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    keys = [key for table in tables for key in base.execute(f'PRAGMA foreign_key_list("{table}")')]
    assert len(keys) > 300
    assert {key[2] for key in keys} == {"Thing"}
    query = """SELECT thing.label FROM Treaty JOIN Thing thing ON thing.iri = Treaty.iri JOIN topic_values t ON t.thing = Treaty.iri
        JOIN Thing topic ON topic.iri = t.value WHERE topic.label LIKE '%financing%' ORDER BY 1"""
    assert ("International Convention for the Suppression of the Financing of Terrorism",) in base.execute(query).fetchall()
    base.close()


def test_the_tables_have_every_thing_of_every_class(release: Path) -> None:
    import csv

    members: dict[str, set[str]] = {}
    for quad in ox.parse(path=str(release / "comity.nt")):
        if quad.predicate.value == RDF.type and isinstance(quad.subject, ox.NamedNode) and quad.subject.value.startswith(ID):
            assert isinstance(quad.object, ox.NamedNode)
            kind = quad.object.value
            if "comity/ontology#" in kind or "skos/core#Concept" in kind:
                members.setdefault(kind.rpartition("#")[2], set()).add(quad.subject.value)
    assert len(members) > 60
    files = {file.stem for file in (release / "csv").glob("*.csv")}
    assert files == {*members, "Thing"}
    assert {file.stem for file in (release / "parquet").glob("*.parquet")} == files
    for name, things in members.items():
        with (release / "csv" / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
            assert [row["iri"] for row in csv.DictReader(stream)] == sorted(things), name


def test_parquet_has_types_that_pandas_and_polars_read(release: Path) -> None:
    pl = pytest.importorskip("polars")
    pd = pytest.importorskip("pandas")
    pytest.importorskip("pyarrow")
    acts = pl.read_parquet(release / "parquet" / "ParticipationAct.parquet")
    assert acts.schema["date"] == pl.Date
    assert acts.schema["statedIn"] == pl.List(pl.String)
    assert acts.schema["reservationFlagged"] == pl.Boolean
    assert acts.filter(pl.col("instrumentLabel").str.contains("Financing")).height > 150
    frame = pd.read_parquet(release / "parquet" / "Resolution.parquet")
    assert str(frame["votesFor"].dtype) in ("float64", "Int64", "int64")
    for file in sorted((release / "parquet").rglob("*.parquet")):
        csv_file = release / "csv" / file.relative_to(release / "parquet").with_suffix(".csv")
        read = pl.read_csv(csv_file, infer_schema=False)
        assert (read.columns, read.height) == ((made := pl.read_parquet(file)).columns, made.height), file.name


def test_the_workbook_has_its_contents_and_its_sources(release: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.load_workbook(release / "comity.xlsx", read_only=True)
    assert book.sheetnames[0] == "Contents"
    assert book.sheetnames[-1] == "Sources"
    rows = list(book["Contents"].iter_rows(values_only=True))
    start = next(index for index, row in enumerate(rows) if row[0] == "Sheet")
    listed = {row[0]: row[2] for row in rows[start + 1 :]}
    assert list(listed) == book.sheetnames[1:]
    for name, count in listed.items():
        assert sum(1 for _ in book[name].iter_rows()) == count + 1 > 1, name


# -- networks --------------------------------------------------------------------------------------------------------


def test_networkx_reads_the_same_network_from_three_files(release: Path) -> None:
    nx = pytest.importorskip("networkx")
    made = [
        nx.read_graphml(release / "comity.graphml"),
        nx.read_gexf(release / "comity.gexf"),
        nx.cytoscape_graph(json.loads((release / "comity.cyjs").read_text())),
    ]
    shape = [(graph.is_directed(), graph.is_multigraph(), sorted(graph.edges())) for graph in made]
    assert shape[0] == shape[1] == shape[2]
    assert len(shape[0][2]) > 4000
    for graph in made:
        labels = dict(graph.nodes(data="label"))
        assert labels[f"{ID}state/CHN"] == "China", "Gephi shows labels, not IRIs"
        assert all(labels.values())
    kinds = {data["type"] for _, _, data in made[0].edges(data=True)}
    assert {"membership", "ratification", "accession", "adoptedBy"} <= kinds


def test_the_files_for_neo4j_fit_together(release: Path) -> None:
    """What neo4j-admin demands: unique IDs, known ends, types in the headers, as many fields in each row."""
    import csv
    import re

    csv.field_size_limit(10_000_000)
    with (release / "neo4j" / "nodes.csv").open(encoding="utf-8", newline="") as stream:
        header, *nodes = csv.reader(stream)
    with (release / "neo4j" / "relationships.csv").open(encoding="utf-8", newline="") as stream:
        ends, *relations = csv.reader(stream)
    assert header[:3] == ["iri:ID", ":LABEL", "label"]
    assert ends == [":START_ID", ":END_ID", ":TYPE"]
    assert all(re.fullmatch(r"\w+:(string|long|double|boolean|date)(\[\])?", name) for name in header[3:])
    assert {len(row) for row in nodes} == {len(header)}
    ids = {row[0] for row in nodes}
    assert len(ids) == len(nodes) > 9000
    assert {end for row in relations for end in row[:2]} <= ids
    recipe = (release / "neo4j" / "load.cypher").read_text()
    assert all(f"row['{name}']" in recipe for name in header[3:]), "the recipe takes every column"


# -- descriptions ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def counted(release: Path) -> ox.Store:
    store = ox.Store()
    store.bulk_load(path=str(release / "comity.nt"), format=ox.RdfFormat.N_TRIPLES)
    store.bulk_load(path=str(release / "void.ttl"), format=ox.RdfFormat.TURTLE, to_graph=ox.NamedNode("urn:void"))
    return store


RECOUNTS = {
    "triples": "SELECT (<urn:x> AS ?x) (COUNT(*) AS ?n) { ?s ?p ?o }",
    "distinctSubjects": "SELECT (<urn:x> AS ?x) (COUNT(DISTINCT ?s) AS ?n) { ?s ?p ?o }",
    "distinctObjects": "SELECT (<urn:x> AS ?x) (COUNT(DISTINCT ?o) AS ?n) { ?s ?p ?o }",
    "properties": "SELECT (<urn:x> AS ?x) (COUNT(DISTINCT ?p) AS ?n) { ?s ?p ?o }",
    "classes": "SELECT (<urn:x> AS ?x) (COUNT(DISTINCT ?o) AS ?n) { ?s a ?o }",
    "classPartition": "SELECT ?x (COUNT(DISTINCT ?s) AS ?n) { ?s a ?x } GROUP BY ?x",
    "propertyPartition": "SELECT ?x (COUNT(*) AS ?n) { ?s ?x ?o } GROUP BY ?x",
}


@pytest.mark.parametrize("what", RECOUNTS)
def test_the_numbers_of_void_are_those_of_a_recount(counted: ox.Store, what: str) -> None:
    parts = {"classPartition": ("class", "entities"), "propertyPartition": ("property", "triples")}
    if what in parts:
        of, number = parts[what]
        body = f"<{DATASET}> <{VOID}{what}> [ <{VOID}{of}> ?x ; <{VOID}{number}> ?n ]"
    else:
        body = f"<{DATASET}> <{VOID}{what}> ?n BIND(<urn:x> AS ?x)"
    said = {tuple(map(str, row)) for row in counted.query(f"SELECT ?x ?n {{ GRAPH <urn:void> {{ {body} }} }}")}  # type: ignore[union-attr]
    found = {tuple(map(str, row)) for row in counted.query(RECOUNTS[what])}  # type: ignore[union-attr]
    assert said == found
    assert said


def test_the_linksets_of_void_are_those_of_a_recount(counted: ox.Store) -> None:
    query = f"""SELECT ?p ?t ?n {{ GRAPH <urn:void> {{ ?l a <{VOID}Linkset> ; <{VOID}linkPredicate> ?p ; <{VOID}objectsTarget> ?t ;
        <{VOID}triples> ?n }} }}"""
    said = [(p, t.value, int(n.value)) for p, t, n in counted.query(query)]  # type: ignore[union-attr]
    assert len(said) > 3
    for predicate, target, number in said:
        found = counted.query(f'SELECT (COUNT(*) AS ?n) {{ ?s {predicate} ?o FILTER(STRSTARTS(STR(?o), "{target}")) }}')
        assert int(next(iter(found))[0].value) == number  # type: ignore[call-overload, union-attr]


def dcat_report(graph: object) -> tuple[bool, str]:
    import pyshacl
    import rdflib

    shapes = rdflib.Graph()
    for name in ("shapes", "range"):
        shapes.parse(Path(__file__).parent / "dcat-ap" / f"{name}.ttl")
    conforms, _, text = pyshacl.validate(graph, shacl_graph=shapes)
    return conforms, text


def test_dcat_ap_conforms_to_its_shapes_and_a_fault_does_not(release: Path) -> None:
    import rdflib
    from rdflib import DCAT, DCTERMS

    graph = rdflib.Graph().parse(release / "dcat.ttl")
    conforms, text = dcat_report(graph)
    assert conforms, text
    spdx = rdflib.Namespace("http://spdx.org/rdf/terms#")
    described = {
        str(graph.value(place, DCAT.downloadURL)).rpartition("/")[2]: str(
            graph.value(graph.value(place, spdx.checksum), spdx.checksumValue)
        )
        for place in graph.subjects(rdflib.RDF.type, DCAT.Distribution)
        if (place, DCAT.downloadURL, None) in graph
    }
    assert len(described) > 12
    for name, digest in described.items():
        assert hashlib.sha256((release / name).read_bytes()).hexdigest() == digest, name
    for missing in ((None, DCTERMS.title, None), (None, DCAT.accessURL, None), (None, rdflib.RDF.type, DCTERMS.MediaType)):
        spoilt = rdflib.Graph()
        for triple in graph:
            spoilt.add(triple)
        spoilt.remove(missing)  # type: ignore[arg-type]
        assert not dcat_report(spoilt)[0], missing


def test_schema_org_is_read_as_rdf_and_has_what_search_engines_want(release: Path) -> None:
    import rdflib
    from rdflib import SDO

    graph = rdflib.Graph().parse(release / "schema-org.jsonld", format="json-ld")
    dataset = rdflib.URIRef(DATASET)
    for name in ("name", "description", "license", "creator", "url", "version", "datePublished", "distribution", "keywords", "identifier"):
        assert (dataset, SDO[name], None) in graph, name
    assert 50 < len(str(graph.value(dataset, SDO.description))) < 5000
    assert len(set(graph.objects(dataset, SDO.distribution))) > 15


def test_mlcroissant_loads_the_tables_by_their_description(release: Path) -> None:
    mlc = pytest.importorskip("mlcroissant", reason="mlcroissant is not installed: it brings 150 MB")
    dataset = mlc.Dataset(jsonld=release / "croissant.json")
    assert len(dataset.metadata.record_sets) > 80
    assert sum(1 for _ in dataset.records(record_set="Treaty")) > 60


def test_croissant_describes_every_column_of_every_table(release: Path) -> None:
    import csv

    described = json.loads((release / "croissant.json").read_text())
    files = {file["@id"]: file for file in described["distribution"]}
    assert {path.relative_to(release).as_posix() for path in (release / "csv").rglob("*.csv")} == set(files)
    for records in described["recordSet"]:
        places = {field["source"]["fileObject"]["@id"] for field in records["field"]}
        (place,) = places
        with (release / place).open(encoding="utf-8", newline="") as stream:
            assert next(csv.reader(stream)) == [field["source"]["extract"]["column"] for field in records["field"]]
        assert hashlib.sha256((release / place).read_bytes()).hexdigest() == files[place]["sha256"]


def test_nothing_is_left_to_be_filled_in(release: Path) -> None:
    """What every description says of title, version and licence is what CITATION.cff says; no word stands for a later one."""
    import yaml

    stated = yaml.safe_load((release / "CITATION.cff").read_text())
    described = ("README.md", "dcat.ttl", "schema-org.jsonld", "croissant.json", "void.ttl")
    for name in (*described, "csv/datapackage.json", "csv/csv-metadata.json"):
        text = (release / name).read_text()
        assert stated["title"] in text, name
        assert stated["date-released"].isoformat() in text, name
        assert "https://creativecommons.org/licenses/by/4.0/" in text, name
        for word in ("TODO", "FIXME", "example.org", "example.com", "XXX", "TBD", "placeholder", "Lorem", "None,"):
            assert word not in text, (name, word)


# -- by the tools of the formats' authors: on a part, for they need half a minute for the whole (COMITY_SOAK=1) -------


def test_frictionless_finds_the_data_package_valid(release: Path, part: Path) -> None:
    frictionless = pytest.importorskip("frictionless")
    folder = (release if SOAK else part) / "csv"
    report = frictionless.validate(str(folder / "datapackage.json"))
    assert report.valid, report.flatten(["name", "type", "message"])[:10]
    assert len(report.tasks) == len(list(folder.rglob("*.csv"))) > 30


def test_csvw_finds_the_metadata_valid(release: Path, part: Path) -> None:
    metadata = pytest.importorskip("csvw.metadata")
    folder = (release if SOAK else part) / "csv"
    # A thing need not have every property: strict would refuse an empty foreign key, which the specification allows.
    checked = metadata.CSVW(str(folder / "csv-metadata.json"), validate=True, strict=False)
    assert checked.is_valid
    assert len(checked.tables) == len(list(folder.rglob("*.csv"))) > 30


def test_a_fault_in_a_table_is_seen_by_both(part: Path, tmp_path: Path) -> None:
    frictionless = pytest.importorskip("frictionless")
    metadata = pytest.importorskip("csvw.metadata")
    shutil.copytree(part / "csv", tmp_path / "csv")
    acts = tmp_path / "csv" / "Membership.csv"
    sound = acts.read_bytes()
    faulty = sound.replace(b"https://w3id.org/comity/id/organization/", b"https://w3id.org/comity/id/nothing/")
    assert faulty != sound
    acts.write_bytes(faulty)
    assert not frictionless.validate(str(tmp_path / "csv" / "datapackage.json")).valid
    checked = metadata.CSVW(str(tmp_path / "csv" / "csv-metadata.json"), validate=True, strict=False)
    with pytest.raises(ValueError, match="not found in table Thing.csv"):
        checked.is_valid  # noqa: B018 - looking is the test


def test_the_public_package_is_a_function(tmp_path: Path) -> None:
    paths = comity.export(["nt", "cytoscape"], tmp_path / "some", view="paper", inferred="no", graphs=["paper/2.1.2", "ontology"])
    assert [path.name for path in paths] == ["comity.nt", "comity.cyjs"]


def test_without_a_file_that_goes_into_it_there_is_one_line_and_no_release(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with comity.open("paper") as edition:
        for name in ("ontology", "data", "shapes", "queries"):
            (tmp_path / "bare" / name).mkdir(parents=True)
        monkeypatch.setenv("COMITY_ROOT", str(tmp_path / "bare"))
        with pytest.raises(ResourceError, match="a release needs it"):
            write_release(Content(edition), tmp_path / "out")
    assert not (tmp_path / "out").exists()
