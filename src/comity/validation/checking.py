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
from comity.validation.places import Descriptions
from comity.validation.report import SEVERITIES, Finding, Report
from comity.validation.vocabulary import terms_of, unknown_terms, untyped

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

    `shapes` is a folder (default: the edition's) or a file. `engine` is ``pyshacl``, the reference, or ``fast``, of the extra of
    that name; without a word, the fast one where it is installed. Raises :class:`~comity.errors.TurtleError` and
    :class:`~comity.errors.InputError` for files that cannot be read or hold nothing, :class:`~comity.errors.DataError` for shapes
    that the engine refuses, :class:`~comity.errors.UnknownEngine` and :class:`~comity.errors.MissingExtra` for the engine.
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
    if not files:
        raw = runner.run(everything)
        nodes = {quad.subject for quad in everything}
        loose: list[Finding] = unknown_terms(everything, terms_of(context), described)
    else:
        raw = runner.run(everything, subjects | affected)
        # What was wrong with the others before is no fault of the files.
        others = {result for result in raw if result.focus not in subjects}
        if others:
            wrong = {result.focus for result in others if not isinstance(result.focus, ox.Literal)}
            raw -= others & runner.run(context, wrong)
        nodes = set(subjects)
        loose = unknown_terms(given, terms_of(context), described) + untyped(subjects, everything, described)
    findings = [described.finding(result) for result in raw] + loose
    unique = tuple(sorted(set(findings), key=_order))
    return Report(conforms=not unique, results=unique, nodes=len(nodes))


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
