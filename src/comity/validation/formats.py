"""Writes a report in the forms that other tools read: SHACL's own, SARIF for code scanning, JUnit for continuous integration."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote
from xml.sax.saxutils import escape, quoteattr

from comity.terms import PREFIXES, RDF, SH, shorten

if TYPE_CHECKING:
    import pyoxigraph as ox

    from comity.validation.report import Finding, Report

_SARIF_LEVELS: Final = {"Violation": "error", "Warning": "warning", "Info": "note"}
_SARIF_SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def to_turtle(report: Report) -> str:
    """Return a ``sh:ValidationReport`` (SHACL, section 3.6). A path of more than one property is in the message only."""
    import pyoxigraph as ox

    from comity import turtle

    head = ox.BlankNode("report")
    kind = ox.NamedNode(RDF.type)
    triples = [
        ox.Triple(head, kind, ox.NamedNode(SH.ValidationReport)),
        ox.Triple(head, ox.NamedNode(SH.conforms), ox.Literal(report.conforms)),
    ]
    for number, finding in enumerate(report.results, 1):
        node = ox.BlankNode(f"result{number}")
        triples.append(ox.Triple(head, ox.NamedNode(SH.result), node))
        triples.append(ox.Triple(node, kind, ox.NamedNode(SH.ValidationResult)))
        path = _property(finding.path)
        for name, value in (
            (SH.focusNode, _node(finding.focus)),
            (SH.resultSeverity, ox.NamedNode(str(SH) + finding.severity)),
            (SH.sourceConstraintComponent, ox.NamedNode(str(SH) + finding.component if finding.component else finding.shape)),
            (SH.sourceShape, _node(finding.shape)),
            (SH.resultMessage, ox.Literal(finding.message, language="en")),
            (SH.resultPath, path),
            (SH.value, None if finding.value is None else _node(finding.value)),
        ):
            if value is not None:
                triples.append(ox.Triple(node, ox.NamedNode(name), value))
    return turtle.serialize(triples)


def _node(text: str) -> ox.NamedNode | ox.BlankNode | ox.Literal:
    import pyoxigraph as ox

    if text.startswith("_:"):
        return ox.BlankNode(text[2:])
    if re.fullmatch(r"(https?|urn|mailto|file|ftp):[^\s<>\"{}|\\^`]+", text):
        return ox.NamedNode(text)
    return ox.Literal(text)


def _property(path: str | None) -> ox.NamedNode | None:
    """A finding writes a property with its prefix, and longer paths as SPARQL does."""
    import pyoxigraph as ox

    if path is None:
        return None
    prefix, colon, local = path.partition(":")
    if colon and prefix in PREFIXES and re.fullmatch(r"[\w.-]+", local):
        return ox.NamedNode(PREFIXES[prefix] + local)
    node = _node(path)
    return node if isinstance(node, ox.NamedNode) else None


def to_sarif(report: Report) -> str:
    """Return the report in SARIF 2.1.0, one run, a rule for each shape."""
    from comity import __version__

    shapes = sorted({finding.shape for finding in report.results})
    run = {
        "tool": {
            "driver": {
                "name": "comity",
                "semanticVersion": __version__,
                "informationUri": "https://w3id.org/comity/",
                "rules": [
                    {"id": shorten(shape), "shortDescription": {"text": _description(report, shape)}} for shape in shapes
                ],
            }
        },
        "columnKind": "unicodeCodePoints",
        "results": [_sarif_result(finding, shapes.index(finding.shape)) for finding in report.results],
    }
    return json.dumps({"$schema": _SARIF_SCHEMA, "version": "2.1.0", "runs": [run]}, ensure_ascii=False, indent=2) + "\n"


def _description(report: Report, shape: str) -> str:
    return next(finding.message for finding in report.results if finding.shape == shape)


def _sarif_result(finding: Finding, rule: int) -> dict[str, Any]:
    location: dict[str, Any] = {
        "logicalLocations": [{"name": finding.focus_label or shorten(finding.focus), "fullyQualifiedName": finding.focus}]
    }
    if finding.file is not None:
        physical: dict[str, Any] = {"artifactLocation": {"uri": quote(finding.file.replace("\\", "/"))}}
        if finding.line is not None:
            physical["region"] = {"startLine": finding.line}
        location["physicalLocation"] = physical
    return {
        "ruleId": shorten(finding.shape),
        "ruleIndex": rule,
        "level": _SARIF_LEVELS[finding.severity],
        "message": {"text": _sentence(finding)},
        "locations": [location],
    }


def _sentence(finding: Finding) -> str:
    """The finding without its place and rule, which the format has fields for."""
    name = f"{finding.focus_label} ({shorten(finding.focus)})" if finding.focus_label else shorten(finding.focus)
    about = f" {finding.path}" if finding.path else ""
    value = f" (found {shorten(finding.value)})" if finding.value is not None else ""
    return " ".join(f"{name}{about}{value}: {finding.message}".split())


def to_junit(report: Report, fail_on: str = "info") -> str:
    """Return the report as JUnit's XML: a test case for each finding, failed when it is as grave as `fail_on` or graver.

    A report without findings is one test case that passed. Raises :class:`~comity.errors.UnknownName` for `fail_on`.
    """
    failed = set(report.at_least(fail_on))
    cases = []
    for finding in report.results:
        place = f" file={_attribute(finding.file)}" if finding.file is not None else ""
        place += f' line="{finding.line}"' if finding.line is not None else ""
        head = f"<testcase classname={_attribute(shorten(finding.shape))} name={_attribute(_sentence(finding))}{place}>"
        text = _plain(str(finding))
        if finding in failed:
            message = _attribute(finding.message)
            body = f"<failure type={_attribute(finding.severity)} message={message}>{escape(text)}</failure>"
        else:
            body = f"<system-out>{escape(text)}</system-out>"
        cases.append(f"    {head}{body}</testcase>\n")
    if not cases:
        cases.append('    <testcase classname="comity" name="the data conform to the shapes"/>\n')
    counts = f'tests="{len(cases)}" failures="{len(failed)}" errors="0"'
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<testsuites {counts}>\n  <testsuite name="comity validate" {counts} skipped="0" time="0">\n'
        f"{''.join(cases)}  </testsuite>\n</testsuites>\n"
    )


def _plain(text: str) -> str:
    """XML 1.0 has no place for most control characters, not even escaped."""
    return re.sub(r"[^\t\n\r\x20-\uD7FF\uE000-\uFFFD\U00010000-\U0010FFFF]", "\ufffd", text)


def _attribute(text: str | None) -> str:
    return quoteattr(_plain(text or ""))
