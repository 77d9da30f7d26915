"""Reads and writes mapping sets in SSSOM/TSV, the Simple Standard for Sharing Ontological Mappings, and turns them into RDF.

A file ``data/links/<name>.sssom.tsv`` is the master; ``data/links/<name>.ttl`` is made of it. The file begins with what holds for the
whole set, as YAML behind ``#``; then comes a table, one mapping a row. Of the slots of the standard (SSSOM 1.0,
https://mapping-commons.github.io/sssom) the edition uses those of :class:`Mapping`. A row whose object is ``sssom:NoTermFound`` says
that a match was searched for and not found; one with the modifier ``Not`` says that two things do not match.
"""

from __future__ import annotations

import csv
import dataclasses
import datetime
import io
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from comity import dataset, resources
from comity.errors import DataError, MissingExtra, UsageError
from comity.links import wikidata
from comity.terms import PREFIXES, RDFS, SKOS, is_iri

if TYPE_CHECKING:
    import pyoxigraph as ox

SUFFIX: Final = ".sssom.tsv"
SSSOM: Final = "https://w3id.org/sssom/"
NO_TERM_FOUND: Final = SSSOM + "NoTermFound"
"""Stands for the object of a mapping where a match was searched for and not found."""
NOT: Final = "Not"
"""The modifier of a predicate that denies it."""
SCHEMA_SAME_AS: Final = PREFIXES["schema"] + "sameAs"

PREDICATES: Final = (SKOS.exactMatch, SKOS.closeMatch, SKOS.broadMatch, SKOS.narrowMatch, SKOS.relatedMatch, RDFS.seeAlso)
"""The predicates that a mapping may have; ``rdfs:seeAlso`` for a document about the thing, which is no match of it."""
_SEMAPV: Final = "https://w3id.org/semapv/vocab/"
_JUSTIFICATIONS: Final = tuple(
    _SEMAPV + name
    for name in (
        *("BackgroundKnowledgeBasedMatching", "CompositeMatching", "InstanceBasedMatching", "LexicalMatching"),
        *("LexicalSimilarityThresholdMatching", "LogicalReasoning", "ManualMappingCuration", "MappingChaining"),
        *("MappingInversion", "MappingReview", "SemanticSimilarityThresholdMatching", "StructuralMatching", "UnspecifiedMatching"),
    )
)
STANDARD_PREFIXES: Final = {
    "celex": "http://publications.europa.eu/resource/celex/",
    "eli-act": "http://data.europa.eu/eli/",
    "eu-country": "http://publications.europa.eu/resource/authority/country/",
    "geonames": "https://www.geonames.org/",
    "gn": "https://sws.geonames.org/",
    "op": "http://publications.europa.eu/resource/",
    "ror": "https://ror.org/",
    "semapv": _SEMAPV,
    "sssom": SSSOM,
    "un-document": "https://docs.un.org/",
    "w3id": "https://w3id.org/",
    "wdt": "http://www.wikidata.org/prop/direct/",
}
"""Prefixes for what the edition is linked to, and for the standard's own terms."""
#: Slots of a set that name a thing, in the file by its short form.
_ENTITY_SLOTS: Final = ("subject_source", "object_source")
_NEEDED_OF_A_SET: Final = ("mapping_set_id", "license", "curie_map", "subject_source", "object_source")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapping:
    """One row. The fields are the slots of SSSOM of the same names, things by their full IRIs; what is unknown is empty.

    `line` is where the row stands in its file, and no part of the mapping.
    """

    subject_id: str
    subject_label: str = ""
    subject_category: str = ""
    predicate_id: str
    predicate_modifier: str = ""
    object_id: str
    object_label: str = ""
    object_category: str = ""
    mapping_justification: str
    confidence: Decimal | None = None
    subject_match_field: str = ""
    object_match_field: str = ""
    author_label: str = ""
    mapping_tool: str = ""
    mapping_date: datetime.date | None = None
    comment: str = ""
    line: int | None = dataclasses.field(default=None, compare=False)

    @property
    def holds(self) -> bool:
        """Whether the row states a match: it names an object, and does not deny the predicate."""
        return self.object_id != NO_TERM_FOUND and not self.predicate_modifier

    @property
    def exact(self) -> bool:
        """Whether the row states an exact match."""
        return self.holds and self.predicate_id == SKOS.exactMatch

    @property
    def categories(self) -> tuple[str, ...]:
        """The classes of the object, as its source calls them."""
        return tuple(name.strip() for name in self.object_category.split(",") if name.strip())


COLUMNS: Final = tuple(field.name for field in dataclasses.fields(Mapping) if field.name != "line")
_NEEDED: Final = ("subject_id", "predicate_id", "object_id", "mapping_justification")
#: Columns whose values are written as short forms.
_ENTITIES: Final = (
    *("subject_id", "subject_category", "predicate_id", "object_id", "mapping_justification"),
    *("subject_match_field", "object_match_field"),
)


@dataclass(frozen=True, slots=True)
class MappingSet:
    """A set of mappings, and its `metadata` by the slots of SSSOM, without the prefixes; `file` is where it was read from."""

    metadata: dict[str, Any]
    mappings: tuple[Mapping, ...]
    file: Path | None = None

    @property
    def exact(self) -> dict[str, str]:
        """What each subject is matched exactly to."""
        return {mapping.subject_id: mapping.object_id for mapping in self.mappings if mapping.exact}


def mapping_sets(root: str | os.PathLike[str] | None = None) -> dict[str, Path]:
    """Return the masters of the edition's links, by the names of their graphs (``links/wikidata``)."""
    folder = resources.data(root) / "links"
    return {f"links/{path.name.removesuffix(SUFFIX)}": path for path in sorted(folder.glob(f"*{SUFFIX}"))}


def triples(mappings: Iterable[Mapping]) -> list[ox.Triple]:
    """Return the matches as RDF: the predicate of each, and ``schema:sameAs`` besides for the exact ones.

    Never ``owl:sameAs``, which would merge all that is said of the two. Raises :class:`~comity.errors.DataError` for a link to
    Wikidata that is not the IRI of an item.
    """
    import pyoxigraph as ox

    found = []
    for mapping in mappings:
        if not mapping.holds:
            continue
        _refuse_other_forms(mapping)
        subject, object_ = ox.NamedNode(mapping.subject_id), ox.NamedNode(mapping.object_id)
        found.append(ox.Triple(subject, ox.NamedNode(mapping.predicate_id), object_))
        if mapping.exact:
            found.append(ox.Triple(subject, ox.NamedNode(SCHEMA_SAME_AS), object_))
    return found


def _refuse_other_forms(mapping: Mapping) -> None:
    if wikidata.is_about_wikidata(mapping.object_id) and not wikidata.is_item(mapping.object_id):
        raise DataError(
            f"{mapping.object_id} is not the IRI of an item of Wikidata", f"write {wikidata.ENTITY}Q…", line=mapping.line
        )


# -- writing ---------------------------------------------------------------------------------------------------------


def serialize(mappings: MappingSet) -> str:
    """Return the set as SSSOM/TSV in one form: rows sorted, columns in the order of the standard, empty ones left out.

    Raises :class:`~comity.errors.DataError` for an IRI that no prefix shortens, or a link to Wikidata in another form than
    ``http://www.wikidata.org/entity/Q…``; :class:`~comity.errors.MissingExtra` without PyYAML.
    """
    prefixes: dict[str, str] = {}
    rows = [_row(mapping, prefixes) for mapping in mappings.mappings]
    rows.sort(key=lambda row: (row["subject_id"], row["predicate_id"], row["predicate_modifier"], row["object_id"]))
    metadata = {**mappings.metadata, **{slot: _short(str(mappings.metadata[slot]), prefixes) for slot in _ENTITY_SLOTS}}
    used = [column for column in COLUMNS if column in _NEEDED or any(row[column] for row in rows)]
    header = {"curie_map": dict(sorted(prefixes.items())), **metadata}
    dumped: str = _yaml().safe_dump(header, sort_keys=False, allow_unicode=True, width=10**6)
    text = io.StringIO()
    text.writelines(f"#{line}\n" for line in dumped.splitlines())
    table = csv.DictWriter(text, used, delimiter="\t", lineterminator="\n", extrasaction="ignore")
    table.writeheader()
    table.writerows(rows)
    return text.getvalue()


def _row(mapping: Mapping, prefixes: dict[str, str]) -> dict[str, str]:
    _refuse_other_forms(mapping)
    row = {column: str(value) if (value := getattr(mapping, column)) is not None else "" for column in COLUMNS}
    for column in _ENTITIES:
        if row[column]:
            row[column] = _short(row[column], prefixes)
    return row


def _short(iri: str, prefixes: dict[str, str]) -> str:
    """The short form, its prefix noted in `prefixes`; of several that fit, the longest namespace."""
    fitting = [(space, prefix) for prefix, space in {**STANDARD_PREFIXES, **PREFIXES}.items() if iri.startswith(space)]
    if not fitting:
        raise DataError(f"no prefix shortens {iri}", "add its namespace to comity.terms.VOCABULARY_PREFIXES")
    space, prefix = max(fitting, key=lambda pair: len(pair[0]))
    prefixes[prefix] = space
    return f"{prefix}:{iri[len(space) :]}"


# -- reading ---------------------------------------------------------------------------------------------------------


def read(path: str | os.PathLike[str]) -> MappingSet:
    """Return the mapping set of a file. Links to Wikidata come in the one form, whichever the file has.

    Raises :class:`~comity.errors.InputError` for a file that cannot be read, :class:`~comity.errors.DataError`, with the line, for
    what is no SSSOM or breaks a rule of the edition, :class:`~comity.errors.MissingExtra` without PyYAML.
    """
    file = Path(path)
    try:
        text = file.read_bytes().decode("utf-8")
    except OSError as error:
        raise dataset.unreadable(error, file) from None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise DataError("is not UTF-8", "save it as UTF-8", file=resources.display(file), line=line) from None
    try:
        return _parsed(text, file)
    except DataError as error:
        raise DataError(error.what, error.remedy, file=resources.display(file), line=error.line) from None


def _parsed(text: str, file: Path) -> MappingSet:
    if text.startswith("\ufeff"):
        raise DataError("begins with a byte order mark", "save it as UTF-8 without one", line=1)
    lines = text.splitlines(keepends=True)
    above = next((place for place, line in enumerate(lines) if not line.startswith("#")), len(lines))
    metadata = _metadata("".join(line[1:] for line in lines[:above]))
    prefixes = metadata.pop("curie_map")
    table = csv.reader(lines[above:], delimiter="\t", strict=True)
    try:
        columns = next(table, None)
        _know(columns, above + 1)
        mappings = []
        begin = above + table.line_num + 1
        for values in table:
            mappings.append(_mapping(columns or [], values, prefixes, begin))
            begin = above + table.line_num + 1
    except csv.Error as error:
        raise DataError(f"is no table: {error}", "mend the quotes", line=above + table.line_num) from None
    seen: dict[tuple[str, ...], int | None] = {}
    for mapping in mappings:
        key = (mapping.subject_id, mapping.predicate_id, mapping.predicate_modifier, mapping.object_id)
        if key in seen:
            raise DataError(f"says again what line {seen[key]} says", "keep one of the two", line=mapping.line)
        seen[key] = mapping.line
    return MappingSet(metadata, tuple(mappings), file)


def _metadata(text: str) -> dict[str, Any]:
    yaml = _yaml()
    try:
        # Every value as text: a version is no number, and a day no object.
        metadata = yaml.load(text, Loader=yaml.BaseLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        what = getattr(error, "problem", None) or "cannot be parsed"
        raise DataError(
            f"the head is no YAML: {what}", "mend this line", line=mark.line + 1 if mark is not None else 1
        ) from None
    except RecursionError:
        raise DataError("the head is nested too deeply", "write one slot a line", line=1) from None
    if not isinstance(metadata, dict):
        raise DataError("has no head", "begin with lines such as #mapping_set_id: https://…", line=1)
    for slot in _NEEDED_OF_A_SET:
        if not metadata.get(slot):
            raise DataError(f"the head has no {slot}", f"add a line #{slot}: …", line=1)
    prefixes = metadata["curie_map"]
    if not isinstance(prefixes, dict):
        raise DataError("the curie_map has no prefixes", "write each below it as #  prefix: namespace", line=1)
    for slot in _ENTITY_SLOTS:
        metadata[slot] = _full(str(metadata[slot]), prefixes, 1)
    return metadata


def _know(columns: list[str] | None, line: int) -> None:
    if not columns:
        raise DataError("has no table", "add a row with the names of the columns", line=line)
    for name in columns:
        if name not in COLUMNS:
            raise DataError(f"unknown column '{name}'", f"use some of {', '.join(COLUMNS)}", line=line)
        if columns.count(name) > 1:
            raise DataError(f"two columns '{name}'", "keep one of them", line=line)
    for name in _NEEDED:
        if name not in columns:
            raise DataError(f"no column '{name}'", "add it", line=line)


def _mapping(columns: list[str], values: list[str], prefixes: dict[str, str], line: int) -> Mapping:
    if len(values) != len(columns):
        raise DataError(f"{len(values)} fields for {len(columns)} columns", "give each column a field", line=line)
    row: dict[str, Any] = dict(zip(columns, values, strict=True))
    for column in _NEEDED:
        if not row[column]:
            raise DataError(f"has no {column}", "fill it in", line=line)
    for column in _ENTITIES:
        if row.get(column):
            row[column] = _full(row[column], prefixes, line)
    if row["predicate_id"] not in PREDICATES:
        raise DataError(
            f"{row['predicate_id']} may not link things",
            "use skos:exactMatch, closeMatch, broadMatch, narrowMatch or relatedMatch, or rdfs:seeAlso for a document",
            line=line,
        )
    if row["mapping_justification"] not in _JUSTIFICATIONS:
        raise DataError(f"{row['mapping_justification']} is no justification", "use one of semapv", line=line)
    if row.get("predicate_modifier", "") not in ("", NOT):
        raise DataError(f"'{row['predicate_modifier']}' is no modifier", f"write {NOT} or nothing", line=line)
    if wikidata.is_about_wikidata(row["object_id"]):
        try:
            row["object_id"] = wikidata.item_iri(row["object_id"])
        except UsageError as error:
            raise DataError(error.what, error.remedy, line=line) from None
    row["confidence"] = _confidence(row.get("confidence", ""), line)
    row["mapping_date"] = _day(row.get("mapping_date", ""), line)
    return Mapping(**row, line=line)


def _full(short: str, prefixes: dict[str, str], line: int) -> str:
    prefix, colon, local = short.partition(":")
    if not colon or prefix not in prefixes:
        raise DataError(f"'{short}' has no prefix of the curie_map", "declare it there", line=line)
    full = str(prefixes[prefix]) + local
    if not is_iri(full):
        raise DataError(f"'{full}' is no IRI", "correct it, or its prefix in the curie_map", line=line)
    return full


def _confidence(text: str, line: int) -> Decimal | None:
    if not text:
        return None
    if not re.fullmatch(r"[0-9]+(\.[0-9]+)?", text) or (value := Decimal(text)) > 1:
        raise DataError(f"'{text}' is no confidence", "write a number from 0 to 1", line=line)
    return value


def _day(text: str, line: int) -> datetime.date | None:
    if not text:
        return None
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
            return datetime.date.fromisoformat(text)
    except ValueError:
        pass
    raise DataError(f"'{text}' is no day", "write YYYY-MM-DD", line=line)


def _yaml() -> Any:
    try:
        import yaml
    except ImportError:
        raise MissingExtra("links", "a mapping set") from None
    return yaml
