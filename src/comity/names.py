"""What things are called: read from a store, and made comparable whatever case, accents or script they are written in."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from comity import resources
from comity.errors import DataError
from comity.store.contract import Store
from comity.terms import DCTERMS, ID, ONTOLOGY, RDFS, SKOS, expand, shorten

if TYPE_CHECKING:
    from comity.store.contract import Row

LABELS: Final = (RDFS.label, SKOS.prefLabel)
_NAMES: Final = (*LABELS, SKOS.altLabel)
# The ISO 3166-1 codes are properties of the record, which an edition without it does not declare.
_CODES: Final = (SKOS.notation, DCTERMS.identifier, f"{ONTOLOGY}#isoAlpha2", f"{ONTOLOGY}#isoAlpha3")
_LINKS: Final = (SKOS.exactMatch, "http://schema.org/sameAs", "https://schema.org/sameAs")
WIKIDATA: Final = re.compile(r"(?:wd:|https?://(?:www\.)?wikidata\.org/(?:entity|wiki)/)?([Qq][1-9][0-9]*)")
_ENTITY: Final = re.compile(r"https?://www\.wikidata\.org/entity/(Q[1-9][0-9]*)")
#: Words that a person drops or adds freely; they decide nothing while another word is left.
SMALL_WORDS: Final = frozenset(
    (
        "a",
        "against",
        "an",
        "and",
        "by",
        "for",
        "in",
        "of",
        "on",
        "or",
        "the",
        "to",
        "with",
        "de",
        "des",
        "du",
        "la",
        "le",
    )
)


def fold(text: str) -> str:
    """Return `text` for comparison: no case, no accents, no punctuation, single spaces, in every script.

    >>> fold("Côte d'Ivoire")
    'cote d ivoire'
    """
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    kept = (
        character if unicodedata.category(character)[0] in "LN" else " "
        for character in decomposed
        if unicodedata.category(character) not in ("Mn", "Me", "Cf")
    )
    return " ".join("".join(kept).split())


def squeeze(text: str) -> str:
    """Return `text` folded and without spaces: ``U.S.A.``, ``usa`` and ``USA`` become one."""
    return fold(text).replace(" ", "")


def words_of(text: str) -> list[str]:
    """Return the folded words of `text` without the small ones, unless there are no others."""
    words = fold(text).split()
    return [word for word in words if word not in SMALL_WORDS] or words


@dataclass(frozen=True, slots=True)
class Name:
    """One name or code of a thing, the IRI of the property that gives it, and its language (empty: none)."""

    text: str
    property: str
    language: str = ""


@dataclass(slots=True)
class Named:
    """A thing with what it is called. `label` is its English label, where it has one; `wikidata` holds numbers such as ``Q843``."""

    iri: str
    key: str
    label: str = ""
    called: list[Name] = field(default_factory=list)
    coded: list[Name] = field(default_factory=list)
    wikidata: list[str] = field(default_factory=list)
    _words: frozenset[str] | None = None

    @property
    def names(self) -> list[str]:
        """The texts of its names."""
        return [name.text for name in self.called]

    @property
    def codes(self) -> list[str]:
        """The texts of its codes."""
        return [code.text for code in self.coded]

    @property
    def local(self) -> str:
        """What its IRI ends with."""
        return self.iri.rsplit("/", 1)[-1]

    def words(self) -> frozenset[str]:
        """Return the folded words of all its names, codes, and its key."""
        if self._words is None:
            self._words = frozenset(word for text in (*self.names, *self.codes, self.local) for word in fold(text).split())
        return self._words


#: So many things a query asks the names of; Virtuoso takes no more than a few thousand values.
_AT_ONCE: Final = 1000
#: Anything of ours that has a label.
ANYTHING: Final = f'?thing <{RDFS.label}> ?any . FILTER(STRSTARTS(STR(?thing), "{ID}"))'


def read_named(store: Store, members: str = ANYTHING) -> dict[str, Named]:
    """Return the things that the SPARQL pattern `members` finds as ``?thing``, with their names, codes and items of Wikidata."""
    import pyoxigraph as ox

    instances = store.query(f"SELECT DISTINCT ?thing WHERE {{ {members} }}")
    things = {row[0].value: Named(row[0].value, _key(row[0].value)) for row in instances.rows if isinstance(row[0], ox.NamedNode)}
    # By the things found, one after the other: joined with the pattern above, each name of everything would be looked at.
    properties = ", ".join(f"<{iri}>" for iri in (*_NAMES, *_CODES, *_LINKS))
    iris = list(things)
    named: list[Row] = []
    for start in range(0, len(iris), _AT_ONCE):
        values = " ".join(f"<{iri}>" for iri in iris[start : start + _AT_ONCE])
        named += store.query(
            f"SELECT DISTINCT ?thing ?property ?name WHERE {{ VALUES ?thing {{ {values} }} "
            f"?thing ?property ?name FILTER(?property IN ({properties})) }}"
        ).rows
    best: dict[str, tuple[int, str]] = {}
    for thing, predicate, name in named:
        assert isinstance(predicate, ox.NamedNode)
        entry = things.get(thing.value) if isinstance(thing, ox.NamedNode) else None
        if entry is None or not isinstance(name, (ox.NamedNode, ox.Literal)):
            continue
        if predicate.value in _NAMES:
            entry.called.append(Name(name.value, predicate.value, getattr(name, "language", None) or ""))
            rank = (_language_rank(name) + 10 * (predicate.value not in LABELS), name.value)
            best[entry.iri] = min(rank, best.get(entry.iri, rank))
        elif predicate.value in _CODES:
            entry.coded.append(Name(name.value, predicate.value))
        elif match := _ENTITY.fullmatch(name.value):
            entry.wikidata.append(match[1])
    for iri, (_, label) in best.items():
        things[iri].label = label
    return things


def table(name: str) -> Iterator[dict[str, str]]:
    """Yield the rows of a table in data/names: names for finding things, which the edition does not state.

    Raises :class:`~comity.errors.DataError` for a row that is not in order. An edition of somebody else's need not have the table.
    """
    yield from _rows(resources.data() / "names" / name, _TABLES[name])


def _rows(path: Path, columns: tuple[str, ...]) -> Iterator[dict[str, str]]:
    if not path.is_file():
        return
    numbered = enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
    lines = [(number, line.split("\t")) for number, line in numbered if line and not line.startswith("#")]
    for number, row in lines[1:]:
        if len(row) != len(columns):
            what, how = f"{len(row)} fields, not {len(columns)}", f"write {', '.join(columns)}, with tabs between"
            raise DataError(what, how, file=resources.display(path), line=number)
        yield dict(zip(columns, row, strict=True))


def usually_called(text: str) -> frozenset[str]:
    """Return the IRIs of what has `text` as a usual or short name (tables cldr.tsv and short.tsv), and of nothing else with it.

    Of names that other things bear too (homonyms.tsv) there are none.
    """
    wanted = squeeze(text)
    folder = resources.data() / "names"
    if not wanted or _named(folder, ("homonyms.tsv",), wanted):
        return frozenset()
    return frozenset(expand(row["thing"]) for row in _named(folder, ("cldr.tsv", "short.tsv"), wanted))


def is_shared(text: str, kind: str) -> bool:
    """Whether several things of a kind, ours or not, bear this name (homonyms.tsv), as two States are called Korea."""
    wanted = squeeze(text)
    return bool(wanted) and any(row["kind"] == kind for row in _named(resources.data() / "names", ("homonyms.tsv",), wanted))


_TABLES: Final = {"cldr.tsv": ("thing", "name", "language"), "short.tsv": ("thing", "name", "by"), "homonyms.tsv": ("name", "kind", "also")}


def _named(folder: Path, names: tuple[str, ...], wanted: str) -> list[dict[str, str]]:
    # To fold every name of the tables would take longer than many a question: most are out by their first letter.
    return [row for name in names for first, row in _firsts(folder / name) if first == wanted[0] and squeeze(row["name"]) == wanted]


@lru_cache(maxsize=6)
def _firsts(path: Path) -> list[tuple[str, dict[str, str]]]:
    return [(squeeze(row["name"][:1])[:1], row) for row in _rows(path, _TABLES[path.name])]


def _language_rank(literal: Any) -> int:
    language = (getattr(literal, "language", None) or "").lower()
    return 0 if language == "en" or language.startswith("en-") else 1 if not language else 2


def _key(iri: str) -> str:
    """Return ``kind/key`` for a Comity thing, a prefixed name or the IRI itself for another."""
    return iri[len(ID) :] if iri.startswith(ID) else shorten(iri)
