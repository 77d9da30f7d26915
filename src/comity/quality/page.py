"""The gate as a page of the documentation, and as measurements in the W3C Data Quality Vocabulary (DQV)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

from comity.errors import DataError, UsageError
from comity.quality.outcome import Gate
from comity.terms import BASE, RDF, RDFS, SKOS, XSD

if TYPE_CHECKING:
    import pyoxigraph as ox

DQV: Final = "http://www.w3.org/ns/dqv#"
COMMAND: Final = "comity check --write docs"
PAGES: Final = ("quality.md", "quality.ttl")
DATASET: Final = f"{BASE}dataset"
"""The edition as a dataset: what the measurements are of."""


def pages(gate: Gate, cases: Mapping[str, int] | None = None) -> dict[str, str]:
    """Return the two pages by file name; `cases` are those of :func:`planted`.

    Raises :class:`~comity.errors.UsageError` for a gate with a check missing.
    """
    if not gate.complete or gate.skipped:
        missing = ", ".join(outcome.name for outcome in gate.skipped) or "the checks that were not asked for"
        raise UsageError(f"the pages need every check, and {missing} did not run", "run all, with Java and the extra 'reasoners'")
    return {"quality.md": _markdown(gate, cases or {}), "quality.ttl": _turtle(gate)}


def planted(tests: Path) -> dict[str, int]:
    """Count the cases in which the tests of a checkout plant a fault, or see that sound data pass; nothing where there are no tests."""
    shapes = [tomllib.loads(file.read_text(encoding="utf-8")) for file in sorted((tests / "shapes" / "cases").glob("*.toml"))]
    reasoned = [file.read_text(encoding="utf-8") for file in sorted((tests / "reasoners" / "cases").glob("*.ttl"))]
    contradictions = sum('"contradiction"' in text for text in reasoned)
    counted = {
        "graphs that conform to a family of shapes": len(shapes),
        "changes of them, each caught by the constraint that it names": sum(len(case["fail"]) for case in shapes),
        "faults, one for each hygiene rule, caught by it": sum(1 for _ in (tests / "hygiene" / "cases").glob("*")),
        "contradictions, each with the verdict of four engines": contradictions,
        "sound cases beside them": len(reasoned) - contradictions,
    }
    return {meaning: number for meaning, number in counted.items() if number}


def stale(gate: Gate, folder: Path) -> list[str]:
    """Return the names of the pages in `folder` that do not say what the gate says."""
    made = pages(gate, planted(folder.parent / "tests"))
    return [name for name in PAGES if not (folder / name).is_file() or (folder / name).read_text(encoding="utf-8") != made[name]]


def write(gate: Gate, folder: Path) -> None:
    """Write the two pages. Raises :class:`~comity.errors.DataError` when a check failed: a page shows a sound edition only."""
    from comity.files import write_whole

    if not gate.passed:
        raise DataError("a check failed, so no page is written", "mend what `comity check` finds")
    for name, text in pages(gate, planted(folder.parent / "tests")).items():
        write_whole(folder / name, text.encode())


def _markdown(gate: Gate, cases: Mapping[str, int]) -> str:
    lines = [
        "# Quality",
        "",
        f"Written by `{COMMAND}`; not to be edited. `comity check --against docs`, which `make test` runs, makes the numbers again",
        "and fails where they differ. Each check has been seen to fail on a planted fault: `tests/quality` plants one for each,",
        "`tests/hygiene` one for each hygiene rule, `tests/shapes` one for each constraint, `tests/reasoners` the contradictions.",
        "",
        gate.summary() + ".",
        "",
        "| check | what it says | number | of what |",
        "|---|---|---:|---|",
    ]
    for outcome in gate.outcomes:
        for place, measure in enumerate(outcome.measures):
            head = f"`{outcome.name}` | {outcome.title}" if place == 0 else " | "
            lines.append(f"| {head} | {measure.value:,} | {measure.meaning} |")
    if cases:
        lines += ["", "## Planted faults", "", "The cases of the tests:", ""]
        lines += [f"- {number:,} {meaning}" for meaning, number in cases.items()]
    notes = [(outcome.name, note) for outcome in gate.outcomes for note in outcome.notes]
    if notes:
        lines += ["", "## Notes", ""]
        lines += [f"- `{name}`: {note}" for name, note in notes]
    return "\n".join(lines) + "\n"


def _turtle(gate: Gate) -> str:
    import pyoxigraph as ox

    from comity import turtle

    def node(iri: str) -> ox.NamedNode:
        return ox.NamedNode(iri)

    triples: set[ox.Triple] = set()
    for outcome in gate.outcomes:
        dimension = node(f"{BASE}quality/{outcome.name}")
        triples |= {
            ox.Triple(dimension, node(RDF.type), node(DQV + "Dimension")),
            ox.Triple(dimension, node(SKOS.prefLabel), ox.Literal(outcome.title, language="en")),
        }
        for measure in outcome.measures:
            metric = node(f"{BASE}quality/{outcome.name}/{measure.name}")
            measured = node(f"{BASE}quality/{outcome.name}/{measure.name}/measured")
            kind = XSD.integer if isinstance(measure.value, int) else XSD.decimal
            triples |= {
                ox.Triple(metric, node(RDF.type), node(DQV + "Metric")),
                ox.Triple(metric, node(RDFS.label), ox.Literal(measure.meaning, language="en")),
                ox.Triple(metric, node(DQV + "inDimension"), dimension),
                ox.Triple(metric, node(DQV + "expectedDataType"), node(kind)),
                ox.Triple(measured, node(RDF.type), node(DQV + "QualityMeasurement")),
                ox.Triple(measured, node(DQV + "isMeasurementOf"), metric),
                ox.Triple(measured, node(DQV + "computedOn"), node(DATASET)),
                ox.Triple(measured, node(DQV + "value"), ox.Literal(str(measure.value), datatype=node(kind))),
            }
    return turtle.serialize(triples)
