"""Checks data against the shapes, by themselves or in the context of the edition."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from comity import resources
from comity.errors import ResourceError
from comity.validation import engines
from comity.validation.context import given_files, stand_in
from comity.validation.engines.facts import Facts
from comity.validation.places import Descriptions
from comity.validation.report import SEVERITIES, Finding, Report
from comity.validation.vocabulary import strange_terms, terms_of, unknown_terms, untyped

if TYPE_CHECKING:
    import pyoxigraph as ox


def validate(
    quads: Iterable[ox.Quad],
    *,
    files: Sequence[str | os.PathLike[str]] = (),
    shapes: str | os.PathLike[str] | None = None,
    engine: str | None = None,
) -> Report:
    """Check `quads`, or with `files` these in their context.

    `shapes` is a folder (default: the edition's) or a file. `engine` is ``compiled``, Comity's own and the
    default, ``sparql``, which asks a store (here one in this process; :mod:`comity.validation.in_store` asks any), or ``pyshacl``, the
    reference, which knows all of SHACL. Raises :class:`~comity.errors.TurtleError` and
    :class:`~comity.errors.InputError` for files that cannot be read or hold nothing, :class:`~comity.errors.DataError` for shapes
    that the engine refuses, :class:`~comity.errors.UnknownEngine` for an engine that there is not.
    """
    import pyoxigraph as ox

    context = list(quads)
    given: list[ox.Quad] = []
    places: dict[str, Path] = {}
    if files:
        # A store writes 9.0 as 9: unless both sides are written alike, a file of the edition would contradict itself.
        given, places = given_files(files)
        context, given = stand_in(_as_stores_write(context), _as_stores_write(given), places)
    subjects = {quad.subject for quad in given if isinstance(quad.subject, ox.NamedNode | ox.BlankNode)}
    affected = {quad.object for quad in given if isinstance(quad.object, ox.NamedNode | ox.BlankNode)}
    everything = [*context, *given]
    runner = engines.load(engine, shape_files(shapes))
    described = Descriptions(everything, places)
    facts = Facts(everything)
    known = terms_of(context)
    if not files:
        raw = runner.run(facts)
        nodes = len(facts.subjects())
        strange = strange_terms((*facts.terms, *facts.relations), known)
        loose: list[Finding] = unknown_terms(everything, strange, known, described)
    else:
        raw = runner.run(facts, subjects | affected)
        # What was wrong with the others before is no fault of the files.
        others = {result for result in raw if result.focus not in subjects}
        if others:
            wrong = {result.focus for result in others if not isinstance(result.focus, ox.Literal)}
            raw -= others & runner.run(context, wrong)
        nodes = len(subjects)
        terms = {term for quad in given for term in (quad.predicate, quad.object)}
        loose = unknown_terms(given, strange_terms(terms, known), known, described) + untyped(subjects, everything, described)
    findings = [described.finding(result) for result in raw] + loose
    return report_on(findings, nodes)


def report_on(findings: Iterable[Finding], nodes: int) -> Report:
    """Return the report on so many nodes, with each finding once and in order."""
    unique = tuple(sorted(set(findings), key=_order))
    return Report(conforms=not unique, results=unique, nodes=nodes)


def _as_stores_write(quads: Iterable[ox.Quad]) -> list[ox.Quad]:
    """Return the quads with numbers and dates in the one form that a store keeps."""
    import pyoxigraph as ox

    store = ox.Store()
    store.extend(quads)
    return list(store)


def _order(finding: Finding) -> tuple[Any, ...]:
    return (
        SEVERITIES.index(finding.severity),
        finding.file or "",
        finding.line or 0,
        finding.focus,
        finding.path or "",
        finding.value or "",
        finding.shape,
        finding.message,
    )


def shape_files(shapes: str | os.PathLike[str] | None) -> list[Path]:
    """Return the files of the shapes at this place; ``None`` is the edition's."""
    place = resources.shapes() if shapes is None else Path(shapes)
    files = [place] if place.is_file() else sorted(place.rglob("*.ttl"))
    if not files:
        raise ResourceError(f"no shapes in {resources.display(place)}", "restore the Turtle files of the shapes")
    return files
