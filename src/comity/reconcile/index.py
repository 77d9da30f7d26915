"""What a wording can be matched to: the things of a view, each with its names, codes, numbers, years and classes."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from comity.names import LABELS, Named, read_named, table
from comity.reconcile.wording import COMMON, Wording, code_key, initials, take_apart, variants, years_in
from comity.terms import GRAPH, ID, ONTOLOGY, OWL, RDF, RDFS, SKOS, expand

if TYPE_CHECKING:
    from comity.store import Store

#: The kinds of things that people have lists of. Memberships, measures and the like have descriptions rather than names.
KINDS: Final = (
    *("state", "organization", "body", "agency", "group", "instrument", "place", "person", "mechanism", "meeting", "exercise"),
    *("incident", "programme", "relation", "collection", "entity", "situation"),
)
_FORMAL: Final = f"{ONTOLOGY}#formalName"
_LISTED: Final = "listing"
_CLDR: Final = "cldr"
_VARIANT: Final = "variant"
_SHORT: Final = "short"
_KEY: Final = "key"
_INITIALS: Final = "initials"
#: How sure a name is that is spelt exactly so, by what gives it.
_SURENESS: Final = {
    **dict.fromkeys(LABELS, 100),
    _FORMAL: 99, _CLDR: 98, _SHORT: 98, SKOS.altLabel: 97, _LISTED: 96, _KEY: 95, _VARIANT: 93, _INITIALS: 90,
}
_SAID: Final = {
    **dict.fromkeys(LABELS, "the name"),
    _FORMAL: "the formal name",
    _CLDR: "a usual name",
    SKOS.altLabel: "another name",
    _LISTED: "a name on the sanctions list",
    _SHORT: "a short name",
    _KEY: "the key",
    _INITIALS: "its initials",
    _VARIANT: "a part of the name",
}
#: Properties whose values are codes, and what a code of each is called.
CODES: Final = {
    f"{ONTOLOGY}#isoAlpha2": "ISO 3166-1 alpha-2 code",
    f"{ONTOLOGY}#isoAlpha3": "ISO 3166-1 alpha-3 code",
    f"{ONTOLOGY}#isoNumeric": "ISO 3166-1 numeric code",
    f"{ONTOLOGY}#m49": "M49 code",
    f"{ONTOLOGY}#symbol": "document symbol",
    f"{ONTOLOGY}#referenceNumber": "reference number on the sanctions list",
    SKOS.notation: "abbreviation or code",
    "http://purl.org/dc/terms/identifier": "identifier",
}


@dataclass(frozen=True, slots=True)
class Form:
    """One name of a thing: its wording, how sure it is when met exactly (0 to 100), what it is called, and whether it means the
    thing only where it was written: `contextual` names, such as "the Committee", are never enough for a match.
    """

    wording: Wording
    sureness: int
    said: str
    contextual: bool

    @property
    def spoken(self) -> bool:
        """Whether it is a name in words, and no key or abbreviation."""
        return self.said not in (_SAID[_KEY], _SAID[_INITIALS])


@dataclass(slots=True)
class Thing:
    """A thing that a wording may mean: what it is called, its classes with those above them, its codes (and the properties that
    give them), the numbers that may stand beside its name (`coded_numbers`: those in its codes), the years of its dates, and the
    items of Wikidata that are the same thing.
    """

    iri: str
    kind: str
    label: str
    classes: set[str] = field(default_factory=set)
    forms: list[Form] = field(default_factory=list)
    codes: dict[str, str] = field(default_factory=dict)
    numbers: set[str] = field(default_factory=set)
    coded_numbers: set[str] = field(default_factory=set)
    years: set[int] = field(default_factory=set)
    wikidata: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """Kind and key, as in ``state/PAK``."""
        return self.iri[len(ID) :]


@dataclass(frozen=True, slots=True)
class Homonym:
    """A name that other things bear too: the kind of ours that it is no proof of (empty: any), and what else it names."""

    kind: str
    also: str


class Index:
    """The things of one store by their names, codes and words. It does not notice later changes of the store."""

    def __init__(self, store: Store) -> None:
        self.things: list[Thing] = []
        self.by_iri: dict[str, Thing] = {}
        self.by_squeezed: dict[str, list[tuple[Thing, Form]]] = defaultdict(list)
        self.by_key: dict[Any, list[tuple[Thing, Form]]] = defaultdict(list)
        self.by_core: dict[Any, list[tuple[Thing, Form]]] = defaultdict(list)
        self.by_code: dict[str, list[tuple[Thing, str]]] = defaultdict(list)
        self.by_wikidata: dict[str, list[Thing]] = defaultdict(list)
        self.resolutions: dict[str, Thing] = {}
        self.postings: dict[str, list[int]] = defaultdict(list)
        self.class_labels: dict[str, str] = {}
        self.broader: dict[str, list[str]] = defaultdict(list)
        self._store = store
        self._read()
        self._file()

    # -- reading -----------------------------------------------------------------------------------------------------

    def _read(self) -> None:
        store = self._store
        kinds = " || ".join(f'STRSTARTS(STR(?thing), "{ID}{kind}/")' for kind in KINDS)
        named = read_named(store, f"?thing <{RDFS.label}> ?any . FILTER({kinds})")
        usual = _usual_names()
        short = _short_names()
        printed = _printed(store)
        labels: dict[str, set[str]] = defaultdict(set)
        for entry in named.values():
            for name in entry.called:
                if name.property in LABELS:
                    labels[take_apart(name.text).squeezed].add(entry.iri)
        for iri, entry in named.items():
            thing = Thing(iri, iri[len(ID) :].partition("/")[0], entry.label, wikidata=tuple(sorted(set(entry.wikidata))))
            self.by_iri[iri] = thing
            for name in entry.called:
                contextual = name.property == SKOS.altLabel and (iri, name.text) in printed and _needs_context(entry, name.text, labels)
                _add(thing, name.text, name.property, contextual)
            for text in usual.get(iri, ()):
                _add(thing, text, _CLDR)
            for text in short.get(iri, ()):
                _add(thing, text, _SHORT)
            _add(thing, entry.local, _KEY)
        self.things = list(self.by_iri.values())
        self._read_properties(store)
        self._read_classes(store)
        self._abbreviate()

    def _read_properties(self, store: Store) -> None:
        cy = f"{ONTOLOGY}#"
        values = ", ".join(f"<{iri}>" for iri in (*CODES, _FORMAL, f"{cy}year", f"{cy}number", RDF.type))
        for subject, predicate, value in store.query(f"SELECT ?s ?p ?v WHERE {{ ?s ?p ?v FILTER(?p IN ({values})) }}").rows:
            thing = self.by_iri.get(getattr(subject, "value", ""))
            if thing is None:
                continue
            iri, text = str(getattr(predicate, "value", "")), str(getattr(value, "value", ""))
            if iri == RDF.type:
                thing.classes.add(text)
            elif iri == _FORMAL:
                _add(thing, text, _FORMAL)
            elif iri == f"{cy}year":
                thing.years.add(int(text))
            elif iri == f"{cy}number":
                thing.numbers.add(text)
                if f"{cy}SecurityCouncilResolution" in thing.classes or thing.key == f"instrument/unscr-{text}":
                    self.resolutions[text] = thing
            else:
                # An abbreviation may be written like an ISO code; what says more wins.
                thing.codes[text] = iri if text not in thing.codes else max(iri, thing.codes[text])
        # Acts on an instrument, and the thing's own dates: any of the years may stand beside its name in a list.
        dates = (
            f"SELECT ?s ?d WHERE {{ {{ ?act <{cy}instrument> ?s ; a <{cy}InstrumentAct> ; <{cy}date>|<{cy}earliest> ?d }} "
            f"UNION {{ ?s <{cy}date>|<{cy}earliest> ?d }} }}"
        )
        for subject, value in store.query(dates).rows:
            thing = self.by_iri.get(getattr(subject, "value", ""))
            if thing is not None:
                thing.years |= years_in(str(getattr(value, "value", "")))
        listings = (
            f"SELECT ?s ?p ?v WHERE {{ ?listing a <{cy}SanctionsListing> ; <{cy}about> ?s ; ?p ?v "
            f"FILTER(?p IN (<{SKOS.altLabel}>, <{cy}referenceNumber>)) }}"
        )
        for subject, predicate, value in store.query(listings).rows:
            thing = self.by_iri.get(getattr(subject, "value", ""))
            if thing is None:
                continue
            if getattr(predicate, "value", "") == SKOS.altLabel:
                _add(thing, str(getattr(value, "value", "")), _LISTED)
            else:
                thing.codes[str(getattr(value, "value", ""))] = f"{cy}referenceNumber"

    def _read_classes(self, store: Store) -> None:
        own = f'FILTER(STRSTARTS(STR(?c), "{ONTOLOGY}#"))'
        named = f'SELECT ?c ?l WHERE {{ ?c a <{OWL.Class}> ; <{RDFS.label}> ?l {own} FILTER(LANGMATCHES(LANG(?l), "en")) }}'
        for c, label in store.query(named).rows:
            self.class_labels[str(getattr(c, "value", ""))] = str(getattr(label, "value", ""))
        for c, d in store.query(f"SELECT ?c ?d WHERE {{ ?c <{RDFS.subClassOf}> ?d {own} }}").rows:
            above = str(getattr(d, "value", ""))
            if above in self.class_labels:
                self.broader[str(getattr(c, "value", ""))].append(above)
        # A view that nothing was inferred in has only the narrowest classes.
        for thing in self.things:
            new = list(thing.classes)
            while new:
                more = {above for c in new for above in self.broader.get(c, ())} - thing.classes
                thing.classes |= more
                new = list(more)
            thing.classes &= self.class_labels.keys()

    def _abbreviate(self) -> None:
        """Let instruments and bodies that are named after an organization be named after its abbreviation too: "SCO Charter"."""
        short: dict[tuple[str, ...], str] = {}
        for thing in self.things:
            letters = next((form.wording.squeezed for form in thing.forms if form.said == _SAID[_KEY]), "")
            if thing.kind == "organization" and letters.isalpha() and len(letters) <= 7:
                short.update({form.wording.words: letters for form in thing.forms if form.spoken and len(form.wording.words) > 2})
        for thing in self.things:
            if thing.kind not in ("instrument", "body", "mechanism"):
                continue
            for form in list(thing.forms):
                for words, letters in short.items() if not form.contextual else ():
                    if len(words) < len(form.wording.words) and (made := _replaced(form.wording.words, words, letters)):
                        text = " ".join(made)
                        wording = Wording(text, text.replace(" ", ""), made, form.wording.numbers)
                        thing.forms.append(Form(wording, _SURENESS[_VARIANT], form.said, form.contextual))

    # -- filing ------------------------------------------------------------------------------------------------------

    def _file(self) -> None:
        self.vocabulary: dict[str, float] = {}
        for number, thing in enumerate(self.things):
            words: set[str] = set()
            for form in thing.forms:
                self.by_squeezed[form.wording.squeezed].append((thing, form))
                self.by_key[form.wording.key].append((thing, form))
                if thing.kind == "state" and form.spoken:
                    self.by_core[form.wording.core].append((thing, form))
                if form.spoken:
                    words.update(form.wording.words)
                thing.numbers |= form.wording.numbers
            for code, iri in thing.codes.items():
                for written in {code_key(code), code_key(code.partition("(")[0])} if iri.endswith("symbol") else {code_key(code)}:
                    self.by_code[written].append((thing, code))
                thing.coded_numbers |= take_apart(code).numbers | _celex_numbers(code)
            thing.numbers |= {str(year) for year in thing.years} | thing.coded_numbers
            for item in thing.wikidata:
                self.by_wikidata[item].append(thing)
            for word in words:
                self.postings[word].append(number)
        count = len(self.things) or 1
        self.vocabulary = {word: math.log(1 + count / len(found)) for word, found in self.postings.items()}
        self.rarest = math.log(1 + count)

    @cached_property
    def homonyms(self) -> dict[str, list[Homonym]]:
        """The names of data/names/homonyms.tsv, squeezed, with what else they name."""
        found: dict[str, list[Homonym]] = defaultdict(list)
        for row in table("homonyms.tsv"):
            found[take_apart(row["name"]).squeezed].append(Homonym(row["kind"], row["also"]))
        return found


def _add(thing: Thing, text: str, given_by: str, contextual: bool = False) -> None:
    thing.forms.append(Form(take_apart(text), _SURENESS[given_by], _SAID[given_by], contextual))
    if given_by == _KEY:
        return
    for part in variants(text):
        thing.forms.append(Form(take_apart(part), _SURENESS[_VARIANT], _SAID[_VARIANT], contextual))
    letters = initials(text)
    if letters and not contextual:
        sureness = _SURENESS[_INITIALS] - (given_by not in LABELS)
        thing.forms.append(Form(take_apart(letters), sureness, _SAID[_INITIALS], contextual))


def _replaced(words: tuple[str, ...], old: tuple[str, ...], new: str) -> tuple[str, ...] | None:
    """Return `words` with `old`, where they follow one another in them, replaced by one word; ``None`` where they don't."""
    for start in range(len(words) - len(old) + 1):
        if words[start : start + len(old)] == old:
            return (*words[:start], new, *words[start + len(old) :])
    return None


def _printed(store: Store) -> set[tuple[str, str]]:
    """The wordings that the paper uses of a thing, as (IRI, text)."""
    query = f'SELECT ?s ?n WHERE {{ GRAPH ?g {{ ?s <{SKOS.altLabel}> ?n }} FILTER(STRSTARTS(STR(?g), "{GRAPH}paper/")) }}'
    return {(str(getattr(s, "value", "")), str(getattr(n, "value", ""))) for s, n in store.query(query).rows}


def _needs_context(thing: Named, text: str, labels: dict[str, set[str]]) -> bool:
    """Whether a wording of the paper means the thing only within its section, as "the Committee" does.

    That is so when it has none but common words, when it is what another thing is called, and for short words on an event.
    """
    wording = take_apart(text)
    if all(word in COMMON for word in wording.words):
        return True
    if labels.get(wording.squeezed, {thing.iri}) != {thing.iri}:
        return True
    return len(wording.words) <= 2 and thing.iri.startswith((f"{ID}meeting/", f"{ID}incident/"))


def _celex_numbers(code: str) -> set[str]:
    """The year and the number that a CELEX number holds, as an act of the European Union is cited by them."""
    digits = code.removeprefix("CELEX ")
    if not (code.startswith("CELEX ") and len(digits) >= 10 and digits[1:5].isdigit() and digits[6:10].isdigit()):
        return set()
    return {digits[1:5], digits[6:10].lstrip("0")}


def _usual_names() -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for row in table("cldr.tsv"):
        found[expand(row["thing"])].append(row["name"])
    return found


def _short_names() -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for row in table("short.tsv"):
        found[expand(row["thing"])].append(row["name"])
    return found
