"""What every mapping must pass before it is a link: one to one, of a fitting class, and not denied elsewhere.

That an item exists and has the right name is no evidence: most wrong links have both. So the class of the item, where its source
gives it, must be one that the class of our thing admits (``data/links/classes.toml``), and what was once found to be wrong stands in
the mapping set as a row with the modifier ``Not``, so that it cannot come back.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Final

from comity import resources
from comity.errors import DataError, InputError
from comity.hierarchy import upwards
from comity.links.sssom import NO_TERM_FOUND, MappingSet
from comity.terms import CY, OWL, RDF, RDFS, SKOS, shorten

if TYPE_CHECKING:
    import pyoxigraph as ox

Classes = Mapping[str, tuple[str, ...]]
"""Of each class of ours, by its IRI, the names of the classes elsewhere that fit; ``*`` stands for any text."""

_FILE: Final = "classes.toml"


def fitting_classes(root: str | os.PathLike[str] | None = None) -> Classes:
    """Return what ``data/links/classes.toml`` says; raises :class:`~comity.errors.InputError` if it cannot be read."""
    path = resources.data(root) / "links" / _FILE
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InputError("no such file", "restore it", file=resources.display(path)) from None
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"is no TOML: {error}", "mend it", file=resources.display(path)) from None
    return {CY[name]: tuple(names) for name, names in table.items()}


@dataclass(frozen=True, slots=True)
class Kinds:
    """The classes of each thing, with all their superclasses, and the superclasses of each class."""

    types: Mapping[str, Set[str]]
    above: Mapping[str, Set[str]]

    def nearest(self, thing: str, among: Iterable[str]) -> list[str]:
        """Return those of the classes `among` that the thing has and that are above no other of them.

        A State is a Place too; but what fits a place does not fit a State.
        """
        has = [class_ for class_ in among if class_ in self.types.get(thing, ())]
        return [class_ for class_ in has if not any(class_ in self.above.get(other, ()) for other in has if other != class_)]

    def most_specific(self, thing: str) -> str:
        """Return that of the thing's classes of ours which has the most above it, the first by name of several; empty if none."""
        has = [class_ for class_ in self.types.get(thing, ()) if class_ in CY]
        return min(has, key=lambda class_: (-len(self.above.get(class_, ())), class_), default="")


def kinds_of(quads: Iterable[ox.Quad]) -> Kinds:
    """Return the classes that the quads, with the ontology among them, give to things."""
    direct: dict[str, set[str]] = {}
    types: dict[str, set[str]] = {}
    for quad in quads:
        if quad.predicate.value == RDFS.subClassOf:
            direct.setdefault(_name(quad.subject), set()).add(_name(quad.object))
        elif quad.predicate.value == RDF.type and not _name(quad.object).startswith(str(OWL)):
            types.setdefault(_name(quad.subject), set()).add(_name(quad.object))
    return Kinds(
        {thing: frozenset(upwards(classes, direct)) for thing, classes in types.items()},
        {class_: frozenset(upwards(classes, direct)) for class_, classes in direct.items()},
    )


def _name(term: object) -> str:
    return str(getattr(term, "value", term))


def fits(thing: str, categories: Iterable[str], kinds: Kinds, classes: Classes) -> bool:
    """Whether one of the classes elsewhere, by their names, fits the class of our thing."""
    admitted = [name for class_ in kinds.nearest(thing, classes) for name in classes[class_]]
    return any(fnmatchcase(category, name) for category in categories for name in admitted)


def faults(mappings: MappingSet, kinds: Kinds, classes: Classes) -> list[DataError]:
    """Return what is wrong with the mappings, each with the line of its row."""
    found: list[tuple[int | None, str, str]] = []
    denied = {(each.subject_id, each.predicate_id, each.object_id) for each in mappings.mappings if each.predicate_modifier}
    missing = {(each.subject_id, each.predicate_id) for each in mappings.mappings if each.object_id == NO_TERM_FOUND}
    subjects: dict[str, str] = {}
    objects: dict[str, str] = {}
    matched: dict[tuple[str, str], str] = {}

    for each in mappings.mappings:
        subject, object_ = shorten(each.subject_id), shorten(each.object_id)

        def fault(what: str, remedy: str, line: int | None = each.line) -> None:
            found.append((line, what, remedy))

        if each.subject_id not in kinds.types:
            fault(f"{subject} is no thing of the edition", "correct its IRI")
        if not each.holds:
            continue
        if (each.subject_id, each.predicate_id, each.object_id) in denied:
            fault(f"{subject} is not {object_}, as another row says", "delete one of the two rows")
        if (each.subject_id, each.predicate_id) in missing:
            fault(f"{subject} has a match, and a row that none was found", "delete one of the two rows")
        other = matched.setdefault((each.subject_id, each.object_id), each.predicate_id)
        if other != each.predicate_id:
            fault(f"{subject} is matched to {object_} in two ways", "keep one")
        if each.exact:
            if subjects.setdefault(each.subject_id, each.object_id) != each.object_id:
                fault(f"{subject} is matched exactly to two things", "make one a close match")
            if objects.setdefault(each.object_id, each.subject_id) != each.subject_id:
                fault(f"{object_} is matched exactly to two things", "make one a close match, or merge the two")
        classed = each.categories and each.predicate_id in (SKOS.exactMatch, SKOS.closeMatch)
        if classed and not fits(each.subject_id, each.categories, kinds, classes):
            fault(
                f"{object_} is {each.object_category!r}, which does not fit {subject}",
                "look whether it is the right item; if so, add its class to classes.toml",
            )
    file = _display(mappings.file)
    return [DataError(what, remedy, file=file, line=line) for line, what, remedy in found]


def _display(file: Path | None) -> str | None:
    return None if file is None else resources.display(file)
