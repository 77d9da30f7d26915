"""Validation says what is wrong, where, and how to mend it; of other people's files, too."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest

from comity import dataset
from comity.errors import DataError, InputError, ResourceError, TurtleError, UnknownEngine, UnknownName
from comity.validation import HAS_TYPE, KNOWN_TERMS, Finding, Report, validate
from comity.validation.engines import ENGINES

Make = Callable[[dict[str, str]], Path]

EDITION = {
    "ontology/comity.ttl": "cy:Instrument a owl:Class . cy:Treaty rdfs:subClassOf cy:Instrument . "
    "cy:State a owl:Class . cy:party a owl:ObjectProperty .",
    "data/entities/state.ttl": 'state:PAK a cy:State ;\n    rdfs:label "Pakistan"@en .',
    "data/paper/1.ttl": (
        "instrument:x a cy:Treaty ;\n"
        '    rdfs:label "Treaty X"@en ;\n'
        "    cy:party state:PAK .\n"
    ),
    "shapes/instruments.ttl": (
        "shape:Instrument a sh:NodeShape ; sh:targetClass cy:Instrument ; sh:property shape:Instrument-label , shape:Instrument-party .\n"
        'shape:Instrument-label a sh:PropertyShape ; sh:path rdfs:label ; sh:minCount 1 ; sh:message "give it a label" .\n'
        'shape:Instrument-party a sh:PropertyShape ; sh:path cy:party ; sh:class cy:State ; sh:message "name a State that exists" .\n'
    ),
    "shapes/deep/states.ttl": (
        "shape:State a sh:NodeShape ; sh:targetClass cy:State ;\n"
        "    sh:property [ sh:path [ sh:inversePath cy:party ] ; sh:maxCount 2 ; sh:severity sh:Warning ;\n"
        '                  sh:message "too many treaties" ] .\n'
    ),
}
HEAD = 12  # lines before the text that a test gives: the prefixes, and one more


def found(report: Report) -> list[tuple[str, str, str | None, str | None, str | None, int | None]]:
    return [
        (
            result.severity,
            result.focus.rsplit("/", 1)[-1],
            result.path,
            result.value and result.value.rsplit("/", 1)[-1],
            result.file and Path(result.file).name,
            result.line,
        )
        for result in report.results
    ]


_engine: str | None = None


@pytest.fixture(autouse=True, params=ENGINES)
def each_engine(request: pytest.FixtureRequest) -> Iterator[None]:
    global _engine
    _engine = request.param
    yield
    _engine = None


def check(*files: Path) -> Report:
    return validate(dataset.read(), files=files, engine=_engine)


def write(root: Path, text: str, name: str = "mine.ttl") -> Path:
    from .conftest import PREFIXES

    path = root / name
    path.write_text(PREFIXES + text, encoding="utf-8")
    return path


def test_a_sound_edition_conforms(small_edition: Make) -> None:
    small_edition(EDITION)
    report = check()
    assert report.conforms, report.to_text()
    assert (report.results, len(report)) == ((), 0)
    assert report.to_text() == f"conforms: {report.nodes} nodes looked at, nothing found\n"
    assert json.loads(report.to_json()) == {"conforms": True, "nodes": report.nodes, "results": []}


def test_a_fault_is_named_with_its_place(small_edition: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    root = small_edition(
        {
            **EDITION,
            "data/paper/1.ttl": (
                'instrument:x a cy:Treaty ;\n    rdfs:label "Treaty X"@en ;\n    cy:party state:PKA .\n\ninstrument:y a cy:Treaty .\n'
            ),
        }
    )
    monkeypatch.chdir(root)
    report = check()
    assert not report.conforms
    assert found(report) == [
        ("Violation", "x", "cy:party", "PKA", "1.ttl", HEAD + 2),
        ("Violation", "y", "rdfs:label", None, "1.ttl", HEAD + 4),
    ]
    assert report.to_text() == (
        f"data/paper/1.ttl:{HEAD + 2}: violation: Treaty X (instrument:x) cy:party (found state:PKA): "
        "name a State that exists [shape:Instrument-party]\n"
        f"data/paper/1.ttl:{HEAD + 4}: violation: instrument:y rdfs:label: give it a label [shape:Instrument-label]\n"
        f"does not conform: {report.nodes} nodes looked at, 2 violations\n"
    )
    result = json.loads(report.to_json())["results"][0]
    assert result == {
        "severity": "Violation",
        "focus": "https://w3id.org/comity/id/instrument/x",
        "focus_label": "Treaty X",
        "path": "cy:party",
        "value": "https://w3id.org/comity/id/state/PKA",
        "message": "name a State that exists",
        "shape": "https://w3id.org/comity/shape/Instrument-party",
        "file": "data/paper/1.ttl",
        "line": HEAD + 2,
        "component": "ClassConstraintComponent",
    }


def test_a_misspelt_term_is_found_where_no_shape_looks(small_edition: Make) -> None:
    text = EDITION["data/paper/1.ttl"] + "\ninstrument:y a cy:Treatty ;\n    cy:partyy state:PAK .\n"
    small_edition({**EDITION, "data/paper/1.ttl": text})
    report = check()
    assert found(report) == [
        ("Violation", "y", "rdf:type", "ontology#Treatty", "1.ttl", HEAD + 4),
        ("Violation", "y", "cy:partyy", None, "1.ttl", HEAD + 5),
    ]
    assert {result.shape for result in report.results} == {KNOWN_TERMS}
    assert report.results[0].message == "the ontology has no such term; did you mean cy:Treaty?"


def test_a_stranger_s_file_is_checked_in_context(small_edition: Make, tmp_path: Path) -> None:
    small_edition(EDITION)
    good = write(tmp_path, 'instrument:mine a cy:Treaty ; rdfs:label "Mine"@en ; cy:party state:PAK .')
    assert check(good).conforms
    bad = write(tmp_path, "instrument:mine a cy:Treaty ;\n    cy:party state:XXX .", "bad.ttl")
    assert found(check(bad)) == [
        ("Violation", "mine", "rdfs:label", None, "bad.ttl", HEAD),
        ("Violation", "mine", "cy:party", "XXX", "bad.ttl", HEAD + 1),
    ]
    assert not check(good, bad).conforms


def test_a_number_written_otherwise_is_no_second_number(small_edition: Make) -> None:
    """The command gives what its store holds, and that writes 9.0 as 9."""
    root = small_edition(
        {
            **EDITION,
            "ontology/comity.ttl": EDITION["ontology/comity.ttl"] + " cy:value a owl:DatatypeProperty .",
            "data/paper/1.ttl": EDITION["data/paper/1.ttl"].replace("cy:party", "cy:value 9.0 ;\n    cy:party"),
            "shapes/value.ttl": (
                "shape:Value a sh:NodeShape ; sh:targetClass cy:Instrument ; sh:property shape:One .\n"
                'shape:One a sh:PropertyShape ; sh:path cy:value ; sh:maxCount 1 ; sh:message "one value" .\n'
            ),
        }
    )
    file = root / "data/paper/1.ttl"
    kept = ox.Store()
    kept.extend(dataset.read())
    assert validate(kept, files=[file], engine=_engine).conforms
    assert check(file).conforms


def test_what_a_file_does_to_others_is_found_and_what_was_wrong_before_is_not(small_edition: Make, tmp_path: Path) -> None:
    files = {**EDITION, "data/paper/2.ttl": "instrument:old a cy:Treaty .\ninstrument:older a cy:Treaty ; cy:party state:PAK ."}
    small_edition(files)
    assert len(check()) == 2
    mine = write(tmp_path, 'instrument:mine a cy:Treaty ; rdfs:label "Mine"@en ; cy:party state:PAK ; rdfs:seeAlso instrument:old .')
    assert found(check(mine)) == [("Warning", "PAK", "^cy:party", None, "state.ttl", HEAD)]
    touching = write(tmp_path, "instrument:old rdfs:comment 'touched' .")
    assert found(check(touching)) == [("Violation", "old", "rdfs:label", None, "2.ttl", HEAD)]


def test_a_thing_without_a_class_is_not_passed_over(small_edition: Make, tmp_path: Path) -> None:
    small_edition(EDITION)
    report = check(write(tmp_path, '[] rdfs:label "?"@en .\ninstrument:z rdfs:label "Z"@en .'))
    assert [(result.severity, result.focus, result.shape) for result in report.results] == [
        ("Warning", "_:f0b1", HAS_TYPE),
        ("Warning", "https://w3id.org/comity/id/instrument/z", HAS_TYPE),
    ]
    assert not report.conforms
    assert report.at_least("violation") == ()
    assert len(report.at_least("Warning")) == 2
    assert report.counts() == {"Violation": 0, "Warning": 2, "Info": 0}
    with pytest.raises(UnknownName, match="unknown name 'fatal'"):
        report.at_least("fatal")


def test_blank_nodes_and_odd_iris_are_checked_too(small_edition: Make, tmp_path: Path) -> None:
    small_edition(EDITION)
    report = check(write(tmp_path, "[] a cy:Treaty . <urn:x:y> a cy:Treaty ."))
    assert sorted(result.focus for result in report.results) == ["_:f0b1", "urn:x:y"]
    assert report.to_json() == check(tmp_path / "mine.ttl").to_json()


def test_a_file_in_another_syntax_is_checked(small_edition: Make, tmp_path: Path) -> None:
    small_edition(EDITION)
    path = tmp_path / "mine.jsonld"
    path.write_text('{"@id": "https://w3id.org/comity/id/instrument/j", "@type": "https://w3id.org/comity/ontology#Treaty"}')
    assert [result.focus.rsplit("/", 1)[-1] for result in check(path).results] == ["j"]


def test_files_that_cannot_be_checked_are_refused(small_edition: Make, tmp_path: Path) -> None:
    small_edition(EDITION)
    with pytest.raises(TurtleError, match=r"mine.ttl:12:\d+: "):
        check(write(tmp_path, "instrument:x a ."))
    with pytest.raises(InputError, match="holds no statements; give a file with data"):
        check(write(tmp_path, ""))
    with pytest.raises(InputError, match="no such file"):
        check(tmp_path / "none.ttl")


def test_bad_shapes_are_no_pass(small_edition: Make) -> None:
    small_edition({**EDITION, "shapes/instruments.ttl": "shape:X a sh:PropertyShape ; sh:targetClass cy:Instrument ; sh:minCount 1 ."})
    with pytest.raises(DataError, match="(pyshacl|the engine (compiled|sparql)) cannot run the shapes"):
        check()


def test_an_unknown_engine_is_refused(small_edition: Make) -> None:
    small_edition(EDITION)
    with pytest.raises(UnknownEngine, match="unknown engine 'compilde'; did you mean 'compiled'"):
        validate(dataset.read(), engine="compilde")


def test_no_shapes_are_no_pass(small_edition: Make) -> None:
    small_edition({name: text for name, text in EDITION.items() if not name.startswith("shapes")})
    with pytest.raises(ResourceError, match="no shapes in"):
        check()


def test_the_data_given_are_not_changed(small_edition: Make) -> None:
    small_edition(EDITION)
    quads = dataset.read()
    before = list(quads)
    validate(quads, engine=_engine)
    assert quads == before


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("( cy:party rdfs:label )", "cy:party/rdfs:label"),
        ("[ sh:inversePath cy:party ]", "^cy:party"),
        ("[ sh:alternativePath ( cy:party rdfs:label ) ]", "(cy:party|rdfs:label)"),
        ("[ sh:zeroOrMorePath cy:party ]", "(cy:party)*"),
        ("( cy:party [ sh:oneOrMorePath cy:party ] )", "cy:party/(cy:party)+"),
        ("[ sh:zeroOrOnePath cy:party ]", "(cy:party)?"),
    ],
)
def test_paths_read_as_in_sparql(path: str, text: str, small_edition: Make) -> None:
    shape = f'shape:X a sh:NodeShape ; sh:targetClass cy:Instrument ; sh:property [ sh:path {path} ; sh:minCount 9 ; sh:message "m" ] .'
    small_edition({**EDITION, "shapes/instruments.ttl": shape})
    (result,) = check().results
    assert (result.path, result.shape) == (text, "https://w3id.org/comity/shape/X")


def test_a_finding_is_one_line() -> None:
    finding = Finding("Info", "http://a", "two\nlines", None, "x\ny", "m", "http://s", None, None)
    assert str(finding) == "info: two lines (http://a) (found x y): m [http://s]"
