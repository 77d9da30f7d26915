"""What there is to say of the edition as a dataset, read from ``CITATION.cff`` and the ontology's header, where each of it is said once."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from comity import resources
from comity.errors import DataError
from comity.export.things import Things
from comity.table.extras import needed
from comity.terms import BASE, DCTERMS, ONTOLOGY, OWL

if TYPE_CHECKING:
    from collections.abc import Mapping

DATASET: Final = f"{BASE}dataset"
"""The edition as a dataset."""
CATALOGUE: Final = f"{BASE}catalog"
CITATION: Final = "CITATION.cff"


@dataclass(frozen=True, slots=True)
class About:
    """The edition: title, abstract, version, the day of its release, authors, keywords, the addresses of its licence and its home.

    `based_on` cites the works that it rests on, one line each; `citation` is how to cite the edition, in one line.
    """

    title: str
    abstract: str
    version: str
    released: datetime.date
    authors: tuple[str, ...]
    keywords: tuple[str, ...]
    licence: str
    home: str
    based_on: tuple[str, ...]

    @property
    def citation(self) -> str:
        """How to cite the edition, in one line, after the rules of DataCite: creator (year): title. version. publisher. identifier."""
        names = "; ".join(self.authors)
        return f"{names} ({self.released.year}): {self.title}. Version {self.version}. {self.release}"

    @property
    def release(self) -> str:
        """The IRI of this release."""
        return f"{BASE}release/{self.version}"

    def address(self, name: str) -> str:
        """The IRI of a file of this release, by its path within it."""
        return f"{self.release}/{name}"


def about(things: Things | None = None) -> About:
    """Return what the edition says of itself; the licence of the data is that of the ontology among `things`, or as it stands in its file.

    Needs the extra ``release`` (YAML). Raises :class:`~comity.errors.MissingExtra`, and :class:`~comity.errors.DataError` for a file
    that lacks something, or that says another version than the ontology.
    """
    yaml = needed("yaml", "release", "reading CITATION.cff")
    file = resources.citation()
    stated: Mapping[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    header = (things or _ontology()).about.get(ONTOLOGY) or _ontology().about[ONTOLOGY]

    def get(name: str) -> Any:
        if name not in stated:
            raise DataError(f"no '{name}'", "state it, as the Citation File Format has it", file=resources.display(file))
        return stated[name]

    version = str(get("version"))
    said = header[OWL.versionInfo][0].value
    if said != version:
        raise DataError(f"version {version}, but the ontology says {said}", "let both say the same", file=resources.display(file))
    released = get("date-released")
    return About(
        title=get("title"),
        abstract=" ".join(get("abstract").split()),
        version=version,
        released=released if isinstance(released, datetime.date) else datetime.date.fromisoformat(released),
        authors=tuple(_name(author) for author in get("authors")),
        keywords=tuple(get("keywords")),
        licence=header[DCTERMS.license][0].value,
        home=get("url"),
        based_on=tuple(_reference(work) for work in get("references")),
    )





def _ontology() -> Things:
    from comity import dataset

    return Things(dataset.read_file(resources.ontology() / "comity.ttl"))


def _name(person: Mapping[str, str]) -> str:
    return person.get("name") or ", ".join(filter(None, (person.get("family-names"), person.get("given-names"))))


def _reference(work: Mapping[str, Any]) -> str:
    names = "; ".join(_name(author) for author in work.get("authors", ()))
    return f"{names} ({work['year']}): {work['title']}." if "year" in work else f"{names}: {work['title']}."
