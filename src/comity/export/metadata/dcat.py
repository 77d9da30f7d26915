"""DCAT 3 in the application profile of European data portals, DCAT-AP 3.0.1: the catalogue, the dataset, and a distribution a format."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from comity.export.metadata.about import CATALOGUE, DATASET, About
from comity.export.metadata.files import Described
from comity.export.metadata.triples import Triples
from comity.export.things import Things
from comity.terms import BASE, CY, ONTOLOGY, PROV, RDF, SKOS, XSD

DCAT: Final = "http://www.w3.org/ns/dcat#"
DCT: Final = "http://purl.org/dc/terms/"
FOAF: Final = "http://xmlns.com/foaf/0.1/"
SPDX: Final = "http://spdx.org/rdf/terms#"
_EU: Final = "http://publications.europa.eu/resource/authority/"
_MEDIA: Final = "https://www.iana.org/assignments/media-types/"
#: The data theme of the European Union under which the edition belongs, and the scheme of the themes.
_THEME: Final = (f"{_EU}data-theme/JUST", "Justice, legal system and public safety", f"{_EU}data-theme")
_LANGUAGES: Final = {"en": "ENG", "fr": "FRA", "es": "SPA", "zh": "ZHO", "ru": "RUS", "ar": "ARA"}


def dcat_turtle(things: Things, about: About, files: Sequence[Described]) -> str:
    """Return the description in Turtle."""
    out = Triples()
    agent = f"{BASE}agent/publisher"
    out.iri(agent, RDF.type, FOAF + "Agent")
    for name in about.authors:
        out.text(agent, FOAF + "name", name)
    out.iri(CATALOGUE, RDF.type, DCAT + "Catalog")
    out.text(CATALOGUE, DCT + "title", "The catalogue of Comity", "en")
    out.text(CATALOGUE, DCT + "description", f"What Comity publishes: {about.title}.", "en")
    out.iri(CATALOGUE, DCT + "publisher", agent)
    out.iri(CATALOGUE, FOAF + "homepage", about.home)
    out.iri(CATALOGUE, DCT + "license", about.licence)
    out.typed(CATALOGUE, DCT + "issued", about.released.isoformat(), XSD.date)
    out.iri(CATALOGUE, DCAT + "dataset", DATASET)
    out.iri(about.home, RDF.type, FOAF + "Document")
    out.iri(about.licence, RDF.type, DCT + "LicenseDocument")
    _dataset(out, things, about, agent)
    for file in files:
        _distribution(out, about, file)
    return out.turtle()


def _dataset(out: Triples, things: Things, about: About, agent: str) -> None:
    out.iri(DATASET, RDF.type, DCAT + "Dataset")
    out.text(DATASET, DCT + "title", about.title, "en")
    out.text(DATASET, DCT + "description", about.abstract, "en")
    out.text(DATASET, DCT + "identifier", about.release)
    out.text(DATASET, DCAT + "version", about.version)
    out.iri(DATASET, DCT + "publisher", agent)
    out.iri(DATASET, DCT + "creator", agent)
    out.typed(DATASET, DCT + "issued", about.released.isoformat(), XSD.date)
    out.iri(DATASET, DCT + "license", about.licence)
    out.iri(DATASET, DCAT + "landingPage", about.home)
    for word in about.keywords:
        out.text(DATASET, DCAT + "keyword", word, "en")
    theme, label, scheme = _THEME
    out.iri(DATASET, DCAT + "theme", theme)
    out.iri(theme, RDF.type, SKOS.Concept)
    out.text(theme, SKOS.prefLabel, label, "en")
    out.iri(theme, SKOS.inScheme, scheme)
    rights = f"{_EU}access-right/PUBLIC"
    out.iri(DATASET, DCT + "accessRights", rights)
    out.iri(rights, RDF.type, DCT + "RightsStatement")
    out.iri(DATASET, DCT + "conformsTo", ONTOLOGY)
    out.iri(ONTOLOGY, RDF.type, DCT + "Standard")
    for tag in languages(things):
        language = f"{_EU}language/{_LANGUAGES[tag]}"
        out.iri(DATASET, DCT + "language", language)
        out.iri(language, RDF.type, DCT + "LinguisticSystem")
    for source in things.members.get(CY.Source, ()):
        out.iri(DATASET, PROV.wasDerivedFrom, source)
    for work in about.based_on:
        out.text(DATASET, DCT + "bibliographicCitation", work)


def languages(things: Things) -> list[str]:
    """Return the tags of the languages that the edition's texts are in, of those that it promises."""
    found = {getattr(term, "language", None) for about in things.about.values() for values in about.values() for term in values}
    return sorted(tag for tag in _LANGUAGES if tag in found)


def _distribution(out: Triples, about: About, file: Described) -> None:
    name = f"{about.release}#{file.place.rstrip('/').replace('/', '-')}"
    media = _MEDIA + file.media_type
    out.iri(DATASET, DCAT + "distribution", name)
    out.iri(name, RDF.type, DCAT + "Distribution")
    out.text(name, DCT + "title", file.title, "en")
    out.iri(name, DCAT + "accessURL", about.address(file.place))
    out.iri(name, DCT + "license", about.licence)
    out.iri(name, DCAT + "mediaType", media)
    out.iri(media, RDF.type, DCT + "MediaType")
    out.typed(name, DCT + "issued", about.released.isoformat(), XSD.date)
    if file.sha256:
        out.iri(name, DCAT + "downloadURL", about.address(file.place))
        out.typed(name, DCAT + "byteSize", str(file.size), XSD.nonNegativeInteger)
        checksum = f"{name}-sha256"
        out.iri(name, SPDX + "checksum", checksum)
        out.iri(checksum, RDF.type, SPDX + "Checksum")
        algorithm = SPDX + "checksumAlgorithm_sha256"
        out.iri(checksum, SPDX + "algorithm", algorithm)
        out.iri(algorithm, RDF.type, SPDX + "ChecksumAlgorithm")
        out.typed(checksum, SPDX + "checksumValue", file.sha256, XSD.hexBinary)
