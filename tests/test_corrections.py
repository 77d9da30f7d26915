"""Every erratum of the paper has one correction, and every correction that is applied is backed and carried out.

The list of errata itself is not part of the repository. Where it lies beside it, or in the folder of the file that the
environment variable ``COMITY_PAPER`` names, the corrections are held against it row by row.

An erratum may need several values changed. The first stands in ``correction:E077``, with the reason; the others in
``correction:E077-2``, ``-3`` and so on, with the same number in ``dcterms:identifier``.
"""

from __future__ import annotations

import csv
import os
import re
from collections import Counter
from functools import cache
from pathlib import Path

import pyoxigraph as ox
import pytest

from comity import dataset
from comity.terms import CY, ID, graph_name, shorten

ROOT = Path(__file__).parents[1]
NUMBERS = [f"E{number:03}" for number in range(1, 182)]
LABEL = "http://www.w3.org/2000/01/rdf-schema#label"
TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
IDENTIFIER = "http://purl.org/dc/terms/identifier"
ADDRESS = "http://purl.org/dc/terms/source"


def errata() -> Path | None:
    """The list of errata, if it is at hand."""
    paper = os.environ.get("COMITY_PAPER")
    folders = [Path(paper) if Path(paper).is_dir() else Path(paper).parent] if paper else [ROOT.parent / "shared" / "paper"]
    return next((folder / "errata.csv" for folder in folders if (folder / "errata.csv").is_file()), None)


@cache
def home() -> Path:
    return next(source.path for source in dataset.sources() if source.graph == "corrections")


@cache
def nodes() -> dict[str, dict[str, list[ox.NamedNode | ox.Literal]]]:
    """What the file of corrections says of each of its subjects: property, then values."""
    described: dict[str, dict[str, list[ox.NamedNode | ox.Literal]]] = {}
    for quad in dataset.read_file(home()):
        described.setdefault(quad.subject.value, {}).setdefault(quad.predicate.value, []).append(quad.object)
    return described


def corrections() -> dict[str, dict[str, list[ox.NamedNode | ox.Literal]]]:
    return {
        name.removeprefix(ID + "correction/"): values
        for name, values in sorted(nodes().items())
        if any(kind.value == CY.Correction for kind in values.get(TYPE, []))
    }


def one(values: dict[str, list[ox.NamedNode | ox.Literal]], prop: str) -> str:
    found = values.get(prop, [])
    assert len(found) == 1, f"{len(found)} values of {shorten(prop)}"
    return found[0].value


def words(text: str) -> list[str]:
    return re.findall(r"[\w']+", text.lower())


def status(values: dict[str, list[ox.NamedNode | ox.Literal]]) -> str:
    return one(values, CY.correctionStatus).rsplit("/", 1)[-1]


CORRECTIONS = corrections()
FIRST = {name: values for name, values in CORRECTIONS.items() if name in NUMBERS}
APPLIED = [name for name, values in CORRECTIONS.items() if status(values) == "applied"]
NOT_APPLIED = [name for name in CORRECTIONS if name not in APPLIED]


@cache
def quads(view: str) -> frozenset[tuple[str, ox.Triple]]:
    """The triples of a view, each with the part that its graph belongs to."""
    return frozenset(((graph_name(quad.graph_name.value) or "").partition("/")[0], quad.triple) for quad in dataset.read(view))


@cache
def cited() -> dict[str, dict[str, list[ox.NamedNode | ox.Literal]]]:
    """What all files together say of citations, and of what is cited."""
    described: dict[str, dict[str, list[ox.NamedNode | ox.Literal]]] = {}
    for quad in dataset.read("curated"):
        described.setdefault(quad.subject.value, {}).setdefault(quad.predicate.value, []).append(quad.object)
    return described


def test_each_erratum_has_one_correction_and_its_parts() -> None:
    assert sorted(FIRST) == NUMBERS
    assert len(APPLIED) > 25
    counts: Counter[str] = Counter()
    for name, values in CORRECTIONS.items():
        number, _, _ = name.partition("-")
        assert one(values, IDENTIFIER) == number, name
        counts[number] += 1
    expected = {number if part == 1 else f"{number}-{part}" for number, count in counts.items() for part in range(1, count + 1)}
    assert set(CORRECTIONS) == expected
    for name in CORRECTIONS:
        assert status(CORRECTIONS[name]) == status(FIRST[name.partition("-")[0]]), f"{name}: the parts of an erratum have one status"


def test_the_corrections_are_those_of_the_list() -> None:
    file = errata()
    if file is None:
        pytest.skip("no errata.csv beside the repository nor in the folder that COMITY_PAPER names")
    with file.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    numbers = Counter(row["id"] for row in rows)
    assert max(numbers.values()) == 1
    assert set(numbers) == set(FIRST)
    for row in rows:
        assert one(FIRST[row["id"]], CY.about) == f"{ID}section/{row['section']}", row["id"]
        ours = " ".join([*words(one(FIRST[row["id"]], LABEL)), "|", *words(one(FIRST[row["id"]], CY.reason))])
        theirs = words(row["reason"])
        shared = [run for run in (" ".join(theirs[at : at + 8]) for at in range(len(theirs) - 7)) if run in ours]
        assert not [run for run in shared if not re.search(r"\d \d \d", run)], f"{row['id']}: facts carry over, sentences do not"


@pytest.mark.parametrize("name", CORRECTIONS)
def test_label_and_reason_are_whole(name: str) -> None:
    label, reason = one(CORRECTIONS[name], LABEL), one(CORRECTIONS[name], CY.reason)
    assert re.match(rf"Erratum {name[:4]}(, part {name[5:]})?: \S", label) if "-" in name else label.startswith(f"Erratum {name}: ")
    assert len(label) <= 120, "a name, not a report"
    assert not label.endswith((" ", ",", ";", ":", "-", "...", "…", "."))
    assert reason.endswith(".")
    assert len(reason.split()) >= 8
    for text in (label, reason):
        opened, closed = len(re.findall(r"(?<![\w.)-])'(?=\S)", text)), len(re.findall(r"(?<=\S)'(?!\w)", text))
        assert opened == closed, f"a quotation is left open: {text}"
        assert text.count("(") == text.count(")")


def test_labels_are_unique() -> None:
    labels = Counter(one(values, LABEL) for values in CORRECTIONS.values())
    assert [label for label, count in labels.items() if count > 1] == []


@pytest.mark.parametrize("name", APPLIED)
def test_an_applied_correction_cites_a_place(name: str) -> None:
    evidence = CORRECTIONS[name].get(CY.evidence, [])
    assert evidence
    for citation in evidence:
        place = cited().get(citation.value, {})
        assert one(place, CY.locator), f"{shorten(citation.value)} names no place"
        source = cited().get(one(place, CY.source), {})
        assert source.get(LABEL), f"{shorten(citation.value)} cites what is not described"


def test_a_cited_work_says_where_it_can_be_read() -> None:
    works = [name for name, values in nodes().items() if any(kind.value == CY.Work for kind in values.get(TYPE, []))]
    assert works
    used = {one(values, CY.source) for values in nodes().values() if CY.source in values}
    for work in works:
        assert work in used, f"{shorten(work)} is not cited"
        assert one(nodes()[work], ADDRESS).startswith(("http://", "https://")), work


@pytest.mark.parametrize("name", APPLIED)
def test_an_applied_correction_changes_the_curated_view_only(name: str) -> None:
    values = CORRECTIONS[name]
    subject, prop = values[CY.correctedSubject][0], values[CY.correctedProperty][0]
    stated, corrected = values.get(CY.statedValue, []), values.get(CY.correctedValue, [])
    if "-" not in name:
        assert stated, "an applied correction states what is printed"
        assert corrected, "an applied correction states what is right"
    assert stated or corrected
    assert stated != corrected
    for value in stated:
        triple = ox.Triple(subject, prop, value)
        assert ("paper", triple) in quads("paper")
        assert not {("paper", triple), ("corrections", triple)} & quads("curated")
    for value in corrected:
        triple = ox.Triple(subject, prop, value)
        assert ("corrections", triple) in quads("curated")
        assert ("paper", triple) not in quads("paper")


@pytest.mark.parametrize("name", NOT_APPLIED)
def test_a_correction_that_is_not_applied_says_why_and_changes_nothing(name: str) -> None:
    values = CORRECTIONS[name]
    assert status(values) in {"disputed", "label-only", "outside"}
    assert one(values, CY.reason)
    for value in values.get(CY.correctedValue, []):
        triple = ox.Triple(values[CY.correctedSubject][0], values[CY.correctedProperty][0], value)
        assert ("corrections", triple) not in quads("curated")


def test_corrected_times_and_years_agree() -> None:
    """No mended instrument keeps a year that its mended act contradicts, and no mended interval runs backwards."""
    curated = cited()
    mended = {values[CY.correctedSubject][0].value for name, values in CORRECTIONS.items() if name in APPLIED}
    checked = 0
    for subject in mended:
        values = curated[subject]
        for first, last in ((CY.earliest, CY.latest), (CY.startEarliest, CY.startLatest)):
            if first in values and last in values:
                assert one(values, first) <= one(values, last), shorten(subject)
                if one(values, CY.precision).endswith("/day") and "meeting/" not in subject:
                    assert one(values, first) == one(values, last), shorten(subject)
                checked += 1
        if CY.instrument in values and CY.earliest in values:
            instrument = curated.get(values[CY.instrument][0].value, {})
            for year in instrument.get(CY.year, []):
                assert one(values, CY.earliest)[:4] == year.value, shorten(subject)
                checked += 1
    assert checked >= 10
