"""A file of the edition is checked as the view has it, corrections applied; a stranger's file is checked as it stands."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from comity import dataset
from comity.validation import Report, validate

Make = Callable[[dict[str, str]], Path]

CORRECTED = {
    "ontology/comity.ttl": "cy:Instrument a owl:Class . cy:Correction a owl:Class . cy:date a owl:DatatypeProperty . "
    + " ".join(f"cy:{name} a owl:ObjectProperty ." for name in ("correctedSubject", "correctedProperty", "correctionStatus"))
    + " cy:statedValue a owl:DatatypeProperty . cy:correctedValue a owl:DatatypeProperty . cy:setAside a owl:ObjectProperty .",
    "data/paper/1.ttl": 'instrument:x a cy:Instrument ; cy:date "2001-13"^^xsd:date .\n',
    "data/record/a.ttl": "instrument:y a cy:Instrument ; cy:date 5 .\n",
    "data/record/b.ttl": "instrument:z a cy:Instrument ; cy:setAside instrument:y .\n",
    "data/corrections.ttl": (
        "correction:E001 a cy:Correction ; cy:correctedSubject instrument:x ; cy:correctedProperty cy:date ;\n"
        '    cy:statedValue "2001-13"^^xsd:date ; cy:correctedValue "2001-12-01"^^xsd:date ;\n'
        "    cy:correctionStatus correction-status:applied .\n"
    ),
    "shapes/instruments.ttl": (
        "shape:Instrument a sh:NodeShape ; sh:targetClass cy:Instrument ; sh:property shape:Date .\n"
        "shape:Date a sh:PropertyShape ; sh:path cy:date ; sh:maxCount 1 ; sh:datatype xsd:date ; sh:message 'one day' .\n"
    ),
}


def check(*files: Path, view: str = "curated") -> Report:
    return validate(dataset.read(view), files=files)


def test_what_is_corrected_is_no_fault_of_the_file(small_edition: Make) -> None:
    root = small_edition(CORRECTED)
    assert check().conforms
    for name in ("paper/1", "record/a", "record/b", "corrections"):
        report = check(root / f"data/{name}.ttl")
        assert report.conforms, (name, report.to_text())
    assert check(*(root / f"data/{name}.ttl" for name in ("paper/1", "corrections"))).conforms


def test_as_printed_the_fault_is_there(small_edition: Make) -> None:
    root = small_edition(CORRECTED)
    [finding] = check(root / "data/paper/1.ttl", view="paper").results
    assert (finding.focus.rsplit("/", 1)[-1], finding.value, finding.message) == ("x", "2001-13", "one day")


def test_an_edited_file_stands_in_for_what_was_read_before(small_edition: Make) -> None:
    root = small_edition(CORRECTED)
    before = dataset.read()
    file = root / "data/paper/1.ttl"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("instrument:x a", "instrument:w a cy:Instrument ; cy:date 7 .\ninstrument:x a"), encoding="utf-8")
    assert [finding.focus.rsplit("/", 1)[-1] for finding in validate(before, files=[file]).results] == ["w"]
    file.write_text(text.replace("2001-13", "2001-12-02"), encoding="utf-8")
    assert [finding.message for finding in validate(before, files=[file]).results] == ["one day"], "two days: its own, and the corrected"


def test_a_copy_elsewhere_is_a_stranger_s_file(small_edition: Make, tmp_path: Path) -> None:
    root = small_edition(CORRECTED)
    copy = tmp_path / "copy.ttl"
    copy.write_text((root / "data/paper/1.ttl").read_text(encoding="utf-8"), encoding="utf-8")
    assert not check(copy).conforms
