"""Finds what a wording means, says how sure that is and why, and says yes only where a wrong yes is very unlikely."""

from __future__ import annotations

import datetime
import heapq
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from comity.errors import MissingExtra, UnknownName, UsageError
from comity.names import WIKIDATA
from comity.reconcile.index import CODES, KINDS, Form, Index, Thing
from comity.reconcile.wording import (
    COMMON,
    DISTINGUISHING,
    FREE,
    POLITY,
    Wording,
    assembly_symbol,
    bracketed,
    code_key,
    is_abbreviation,
    is_slip_of_joining_word,
    resolution_number,
    take_apart,
    years_in,
)
from comity.terms import ID, ONTOLOGY, PREFIXES

if TYPE_CHECKING:
    from comity.store import Store

LIMIT: Final = 5
"""How many candidates are given when nobody says."""
ENOUGH: Final = 73
"""What a wording that is not exactly a name must score for a match; set on the part `dev` of the labelled set, as all below."""
MARGIN: Final = 7
"""By how much it must be ahead of the next candidate."""
#: What a contradicted number, date, code or distinguishing word leaves of a score.
_VETO: Final = 55
#: What a number by which a thing is cited makes of the score of a wording that is like its name.
_NUMBERED: Final = 88
_LEAST: Final = 30
_LONGEST: Final = 500
_CANDIDATES: Final = 15
#: The weight of the words that may be lacking of a name, as a part of the weight of them all.
_LACKING: Final = 0.2
_LEAVABLE: Final = frozenset(("international", "convention", "treaty"))
_ONE_SLIP: Final = 0.9
_NO_REASON: Final = "no name, code or wording is like it"


class UnknownType(UnknownName):
    """No kind of thing and no class has this name."""

    thing = "type"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A thing that may be meant: score from 0 to 100, and on what evidence.

    `wikidata` is the item that is the same thing, if any. `safe` says whether nothing speaks against taking it, as far as
    this candidate alone can tell.
    """

    iri: str
    key: str
    label: str
    kind: str
    classes: tuple[str, ...]
    score: int
    reasons: tuple[str, ...]
    wikidata: str | None
    safe: bool


@dataclass(frozen=True, slots=True)
class Match:
    """What became of one wording: its candidates, best first, whether the first may be taken unseen, and why, or why not."""

    text: str
    candidates: tuple[Candidate, ...]
    match: bool
    reason: str

    @property
    def best(self) -> Candidate | None:
        """The matched thing; ``None`` without a match."""
        return self.candidates[0] if self.match else None


@dataclass(frozen=True, slots=True)
class Types:
    """What things may be: of any of these classes and kinds, or of `every` one; none at all stands for any thing.

    A class is its IRI, a kind what the IRIs of its things begin with.
    """

    of: tuple[str, ...] = ()
    every: bool = False

    def __bool__(self) -> bool:
        return bool(self.of)

    def fit(self, thing: Thing) -> bool:
        """Whether a thing is what it may be."""
        return not self.of or (all if self.every else any)(
            thing.iri.startswith(one) if one.startswith(ID) else one in thing.classes for one in self.of
        )

    def allow(self, kind: str) -> bool:
        """Whether they ask for things of a kind or of a class that is named after it, such as ``Resolution`` for ``resolution``."""
        return any(kind in one[len(ID if one.startswith(ID) else ONTOLOGY) :].casefold() for one in self.of)


@dataclass(slots=True)
class _Found:
    thing: Thing
    score: float
    reasons: list[str] = field(default_factory=list)
    safe: bool = True
    sure: bool = False
    contextual: bool = False
    identified: bool = False
    form: Form | None = None


class Reconciler:
    """Matches wordings to the things of one store (extra ``reconcile``). It is made once; a call of :meth:`match` is quick.

    It does not notice later changes of the store. Raises :class:`~comity.errors.MissingExtra`.
    """

    def __init__(self, store: Store) -> None:
        try:
            from rapidfuzz import fuzz, process
            from rapidfuzz.distance import OSA
        except ImportError:
            raise MissingExtra("reconcile", "matching names") from None
        self.index = Index(store)
        self._extract = process.extract
        self._osa = OSA
        self._order_blind = fuzz.token_sort_ratio
        self._vocabulary = list(self.index.vocabulary)
        self._squeezed = [text for text in self.index.by_squeezed if len(text) >= 5]
        # What is compared again and again: each name with the set, the weight and the line of its words.
        weights = self.index.vocabulary
        self._spoken = {
            thing.iri: [
                (form, frozenset(form.wording.words), sum(weights[word] for word in set(form.wording.words)), " ".join(form.wording.words))
                for form in {form.wording.key: form for form in reversed(thing.forms) if form.spoken and form.wording.words}.values()
            ]
            for thing in self.index.things
        }
        self._near = lru_cache(maxsize=65536)(self._near_words)
        self._matched = lru_cache(maxsize=65536)(self._match)

    # -- types -------------------------------------------------------------------------------------------------------

    def class_of(self, type_: str) -> str:
        """Return what `type_` names: the IRI of a class for ``Treaty``, ``cy:Treaty`` or the IRI; the prefix of the IRIs of a
        kind for ``state`` or ``instrument``. Raises :class:`~comity.errors.UnknownType`.
        """
        name = type_.strip()
        local = name.removeprefix(f"{ONTOLOGY}#").removeprefix("cy:")
        if local in KINDS:
            return f"{ID}{local}/"
        for iri in self.index.class_labels:
            if iri.rpartition("#")[2].casefold() == local.casefold():
                return iri
        classes = (iri.rpartition("#")[2] for iri in self.index.class_labels)
        remedy = f"use a kind, such as {', '.join(KINDS[:6])}, or a class of the ontology, such as Treaty"
        raise UnknownType(type_, (*KINDS, *classes), remedy=remedy)

    # -- matching ----------------------------------------------------------------------------------------------------

    def match(
        self,
        text: str,
        type: str | Sequence[str] | None = None,  # noqa: A002 - the word every user has for it
        *,
        every_type: bool = False,
        date: str | datetime.date | None = None,
        evidence: Mapping[str, str | Sequence[str]] | None = None,
        limit: int = LIMIT,
    ) -> Match:
        """Return what `text` means: an IRI, a key, a code, an item of Wikidata, or a wording in any label language.

        `type` is a kind (``state``, ``organization``, ``instrument``, ``group`` …) or a class; things of another are no candidates.
        Of several types any will do, or with `every_type` all are asked for. `date` is a day or a year that belongs to the thing, such as
        that of a treaty's adoption. `evidence` maps properties (``isoAlpha3``, ``symbol``, ``year``, ``wikidata`` …) to the value, or the
        values any of which, the thing should have; what is no code or date is left aside. Raises :class:`~comity.errors.UnknownType` for an
        unknown type, and :class:`~comity.errors.UsageError` for a date without a year or a limit below 1.
        """
        if limit < 1:
            raise UsageError(f"a limit of {limit} candidates is none", "ask for 1 or more")
        given = () if type is None else (type,) if isinstance(type, str) else tuple(type)
        types = Types(tuple(self.class_of(one) for one in given if one.strip()), every_type)
        years = self._years(date)
        wanted = tuple(
            sorted((name, (values,) if isinstance(values, str) else tuple(values)) for name, values in (evidence or {}).items())
        )
        found = self._matched(text.strip(), types, years, wanted)
        return found if len(found.candidates) <= limit else replace(found, candidates=found.candidates[:limit])

    @staticmethod
    def has_year(date: str) -> bool:
        """Whether a text holds what can be a year."""
        return bool(years_in(date))

    def _years(self, date: str | datetime.date | None) -> frozenset[int]:
        if date is None or (isinstance(date, str) and not date.strip()):
            return frozenset()
        if isinstance(date, datetime.date):
            return frozenset((date.year,))
        years = years_in(date)
        if not years:
            raise UsageError(f"'{date}' has no year", "write dates like 1999-12-09, or a year of four digits")
        return years

    def _match(self, text: str, types: Types, years: frozenset[int], evidence: tuple[tuple[str, tuple[str, ...]], ...]) -> Match:
        if not text:
            return Match(text, (), False, "no name")
        if len(text) > _LONGEST:
            return Match(text, (), False, "longer than any name")
        identified = self._identified(text)
        if identified is not None and all(types.fit(thing) for thing in identified):
            found = {thing.iri: _Found(thing, 100, ["its identifier"], sure=True, identified=True) for thing in identified}
        else:
            wording = take_apart(text)
            numbered = self._by_number(text, types)
            if numbered is not None:
                found = numbered
            else:
                found = self._exact(text, wording, types)
                if not any(entry.sure and not entry.contextual for entry in found.values()):
                    wording = self._roughly(text, wording, types, found)
            self._weigh_numbers(wording, text, found)
            self._weigh_homonyms(wording, found)
        self._weigh_evidence(found, years, evidence)
        return self._decided(text, found, types, identified)

    def _identified(self, text: str) -> list[Thing] | None:
        """The things that an IRI, a key with its kind, or an item of Wikidata names; ``None`` when the text is none of these."""
        bare = text.removeprefix("<").removesuffix(">")
        if bare.startswith(ID):
            return [thing] if (thing := self.index.by_iri.get(bare)) else []
        prefix, colon, local = bare.partition(":")
        if colon and prefix in KINDS and PREFIXES[prefix] + local in self.index.by_iri:
            return [self.index.by_iri[PREFIXES[prefix] + local]]
        if ID + bare in self.index.by_iri:
            return [self.index.by_iri[ID + bare]]
        if match := WIKIDATA.fullmatch(bare):
            return list(self.index.by_wikidata.get(match[1].upper(), ()))
        return None

    def _by_number(self, text: str, types: Types) -> dict[str, _Found] | None:
        """What a resolution's number finds; an empty dictionary when there is no such resolution, ``None`` for another wording.

        A resolution that is not there must not become the one with the nearest number.
        """
        symbol = assembly_symbol(text)
        if symbol is not None:
            hits = [thing for thing, _ in self.index.by_code.get(symbol, ()) if types.fit(thing)]
            # A treaty has the symbol of the resolution by which it was adopted.
            own = [thing for thing in hits if thing.label.startswith("General Assembly")] or hits
            return {thing.iri: _Found(thing, 98 if thing in own else 88, ["document symbol"], sure=thing in own) for thing in hits}
        number = resolution_number(text)
        if number is None:
            return None
        instruments = types.allow("instrument") or types.allow("resolution")
        if not number.named and not instruments and not number.year:
            return None
        thing = self.index.resolutions.get(number.number)
        if thing is None or not types.fit(thing):
            return {}
        entry = _Found(thing, 99, ["number of the resolution"], sure=True)
        if number.year:
            exact = any(form.wording.squeezed == take_apart(text).squeezed for form in thing.forms)
            if number.year in thing.numbers or exact:
                entry.reasons.append("its year")
            else:
                self._veto(entry, f"resolution {number.number} is not of {number.year}")
        return {thing.iri: entry}

    def _exact(self, text: str, wording: Wording, types: Types) -> dict[str, _Found]:
        """What has exactly this name or code, whatever its spelling, its order, and what a State calls itself besides."""
        found: dict[str, _Found] = {}

        def take(
            thing: Thing, score: float, reason: str, *, contextual: bool = False, safe: bool = True, form: Form | None = None
        ) -> None:
            if not types.fit(thing):
                return
            entry = found.get(thing.iri)
            if entry is None or (score, not contextual) > (entry.score, not entry.contextual):
                found[thing.iri] = _Found(thing, score, [reason], sure=True, contextual=contextual, safe=safe, form=form)

        for thing, code in self.index.by_code.get(code_key(text), ()):
            take(thing, 100, CODES[thing.codes[code]], safe=_is_plain(text, code, types))
        for ways, score_less, reason in (
            (self.index.by_squeezed.get(wording.squeezed, ()), 0, ""),
            (self.index.by_key.get(wording.key, ()), 3, ", in other order or spelling"),
        ):
            for thing, form in ways:
                # Three letters are the initials of much else.
                safe = form.spoken or len(wording.squeezed) > 3 or (bool(types) and text.isupper())
                take(thing, form.sureness - score_less, form.said + reason, contextual=form.contextual, safe=safe, form=form)
        core = wording.core
        if core[0] and not set(core[0]) <= POLITY:
            for thing, form in self.index.by_core.get(core, ()):
                take(thing, 90, f"{form.said}, but for what it calls itself besides", contextual=form.contextual)
        return found

    def _roughly(self, text: str, wording: Wording, types: Types, found: dict[str, _Found]) -> Wording:
        """Add what is like a wording that is no name as it stands, and return what was compared: all of it, or what is before a bracket."""
        parts = bracketed(text)
        if parts is None:
            self._similar(wording, types, found)
            return wording
        before, within = (self._exact(part, take_apart(part), types) for part in parts)
        both = [before[iri] for iri in before.keys() & within.keys() if not before[iri].contextual]
        if both:  # two names of one thing are more than either, whatever else either names
            for entry in both:
                reason = f"{entry.reasons[0]}, and {within[entry.thing.iri].reasons[0]} in the bracket"
                _keep(found, replace(entry, score=99, safe=True, reasons=[reason]))
            return wording
        others = {thing.iri for thing, _ in self.index.by_code.get(code_key(parts[1]), ())}
        if not is_abbreviation(parts[1]) or (others and not text.endswith(")")):
            self._similar(wording, types, found)
            return wording
        wording = take_apart(parts[0])
        for entry in before.values():
            _keep(found, entry)
        if not any(entry.sure and not entry.contextual for entry in found.values()):
            self._similar(wording, types, found)
        # "Georgia (USA)" is not what Georgia is.
        for entry in found.values():
            if others and entry.thing.iri not in others:
                self._veto(entry, f"{parts[1]} is another")
        return wording

    # -- similar wordings --------------------------------------------------------------------------------------------

    def _near_words(self, word: str) -> tuple[tuple[str, float], ...]:
        """The words of the index that a word is, or may be a misspelling of, with their likeness from 0 to 1.

        A word that is in the index is no misspelling: Niger is not Nigeria with a slip.
        """
        if word in self.index.vocabulary:
            return ((word, 1.0),)
        if len(word) < 4 or word in COMMON:
            return ()
        slips = 1 if len(word) < 7 else 2
        near = self._extract(word, self._vocabulary, scorer=self._osa.distance, score_cutoff=slips, limit=12)
        return tuple(
            (other, 1.0 - 0.09 * distance)
            for other, distance, _ in near
            if len(other) >= 4
        )

    def _similar(self, wording: Wording, types: Types, found: dict[str, _Found]) -> None:
        index = self.index
        words = [(word, self._near(word)) for word in dict.fromkeys(wording.words) if not is_slip_of_joining_word(word)]
        gathered: dict[int, float] = defaultdict(float)
        for _, near in words:
            best: dict[int, float] = {}
            for other, likeness in near:
                weight = index.vocabulary[other] * likeness
                for number in index.postings[other]:
                    best[number] = max(best.get(number, 0.0), weight)
            for number, weight in best.items():
                gathered[number] += weight
        numbers = heapq.nlargest(_CANDIDATES, (n for n in gathered if types.fit(index.things[n])), key=gathered.__getitem__)
        if len(wording.numbers) > 1:
            numbers += [n for n, thing in enumerate(index.things) if wording.numbers <= thing.coded_numbers and types.fit(thing)]
        likeness_of = {word: dict(near) for word, near in words}
        for number in numbers:
            entry = self._alike(wording, likeness_of, index.things[number])
            if entry is not None:
                _keep(found, entry)
        if max((entry.score for entry in found.values()), default=0) < 60 and len(wording.squeezed) >= 6 and not all(
            word in index.vocabulary for word in wording.words
        ):
            self._run_together(wording, types, found)

    def _alike(self, wording: Wording, likeness_of: Mapping[str, Mapping[str, float]], thing: Thing) -> _Found | None:
        """The name of a thing that is most like the wording: by the words they share, the rare ones counting more, and by their letters."""
        weights = self.index.vocabulary
        given = {word: max((weights[other] for other in near), default=self.index.rarest) for word, near in likeness_of.items()}
        total = sum(given.values())
        text = " ".join(likeness_of)
        best, best_score = None, float(_LEAST)
        for form, own, weight, joined in self._spoken[thing.iri]:
            met: dict[str, str] = {}
            shared = 0.0
            for word, near in likeness_of.items():
                other = max((other for other in near if other in own), key=near.__getitem__, default=None)
                if other is not None:
                    met[word] = other
                    shared += given[word] * near[other]
            if not met:
                continue
            there, here = sum(weights[other] for other in set(met.values())) / weight, shared / total
            by_words = 66.75 * 2 * there * here / (there + here)
            less = 3 * bool(form.wording.numbers - wording.numbers)
            if by_words + 22.25 - less <= best_score:
                continue
            score = by_words + 0.2225 * self._order_blind(text, joined) - less
            if score > best_score:
                best, best_score = (form, own, met), score
        if best is None:
            return None
        form, own, met = best
        missing, unmet = likeness_of.keys() - met.keys(), own - set(met.values())
        slips = sum(likeness_of[word][other] < 1 for word, other in met.items())
        entry = _Found(thing, best_score, [_said(form, slips, unmet, missing)], contextual=form.contextual, form=form)
        if distinct := (missing | unmet) & DISTINGUISHING:
            self._veto(entry, f"only one of the two has '{min(distinct)}'")
        # A word that no name of it has may be what makes it another thing; so may the lack of words that the name has.
        lacking = sum(weights[word] for word in unmet - _LEAVABLE)
        if missing - FREE or lacking > _LACKING * sum(weights[word] for word in own):
            entry.safe = False
        if not all(_is_slip(word, other, likeness_of[word][other], single=len(likeness_of) == 1) for word, other in met.items()):
            entry.safe = False
        return entry

    def _run_together(self, wording: Wording, types: Types, found: dict[str, _Found]) -> None:
        """Add what is like the wording when no spaces count: words written as one, or one as two."""
        for squeezed, likeness, _ in self._extract(
            wording.squeezed, self._squeezed, scorer=self._osa.normalized_similarity, score_cutoff=0.8, limit=6
        ):
            for thing, form in self.index.by_squeezed[squeezed]:
                if types.fit(thing) and form.spoken and len(form.wording.words) != len(wording.words):
                    _keep(found, _Found(thing, 89 * likeness, [f"{form.said}, spaces aside, nearly so"], contextual=form.contextual))

    # -- what speaks for and against ---------------------------------------------------------------------------------

    def _veto(self, entry: _Found, reason: str) -> None:
        entry.score, entry.safe, entry.sure = min(entry.score, _VETO), False, False
        entry.reasons.append(reason)

    def _weigh_numbers(self, wording: Wording, text: str, found: dict[str, _Found]) -> None:
        years = {str(year) for year in years_in(text)}
        for entry in found.values():
            if entry.sure and entry.reasons[0] in _CODE_NAMES:
                continue
            strange = wording.numbers - entry.thing.numbers
            if strange and entry.score > _VETO:
                self._veto(entry, f"it has no {min(strange, key=int)}")
            elif len(wording.numbers) > 1 and not entry.sure and entry.score != _VETO and self._alone_has(wording.numbers, entry.thing):
                # Acts of the European Union are cited by year and number, and hardly ever by their whole title.
                entry.reasons.append("its number")
                entry.score, entry.safe = max(entry.score, _NUMBERED), True
            elif wording.numbers & years & {str(year) for year in entry.thing.years}:
                entry.reasons.append("its year")
                entry.score = min(100, entry.score + 2)

    def _alone_has(self, numbers: Collection[str], thing: Thing) -> bool:
        """Whether a thing has all the numbers in its codes, and no other thing has."""
        return [one for one in self.index.things if one.coded_numbers.issuperset(numbers)] == [thing]

    def _weigh_homonyms(self, wording: Wording, found: dict[str, _Found]) -> None:
        # With a year that agrees the name is no longer the bare one, and another row of the table than this.
        for homonym in self.index.homonyms.get(wording.squeezed, ()):
            for entry in found.values():
                coded = entry.reasons[0] in _CODE_NAMES and entry.thing.kind == "state"
                if (not homonym.kind or homonym.kind == entry.thing.kind) and not coded and entry.safe and entry.score > _VETO:
                    entry.safe = False
                    entry.reasons.append(f"the name is also that of others: {homonym.also}")

    def _weigh_evidence(self, found: dict[str, _Found], years: frozenset[int], evidence: tuple[tuple[str, tuple[str, ...]], ...]) -> None:
        for entry in found.values():
            thing = entry.thing
            if years and thing.years:
                if years & thing.years:
                    self._confirm(entry, "the date agrees")
                elif not entry.identified:
                    self._veto(entry, f"no date of it is of {min(years)}")
            for name, values in evidence:
                property_ = _property(name)
                if property_ == _YEAR:
                    owned: Collection[str] = {str(year) for year in thing.years}
                    given = {str(year) for value in values for year in years_in(value)}
                elif name == "wikidata":
                    owned, given = thing.wikidata, {match[1].upper() for value in values if (match := WIKIDATA.fullmatch(value.strip()))}
                else:
                    owned = {code_key(code) for code, by in thing.codes.items() if by == property_}
                    given = {code_key(value) for value in values if value.strip()}
                if not given or not owned:
                    continue
                if given & set(owned):
                    self._confirm(entry, f"{name} agrees", code=property_ != _YEAR)
                elif not entry.identified:
                    self._veto(entry, f"its {name} is another")

    def _confirm(self, entry: _Found, reason: str, *, code: bool = False) -> None:
        """Let a date or code that agrees make up for a name that others bear too."""
        entry.reasons.append(reason)
        if entry.sure or code:
            entry.safe = True
            entry.contextual = entry.contextual and not code
        entry.score = min(100, entry.score + (15 if code else 5))

    # -- the verdict -------------------------------------------------------------------------------------------------

    def _decided(self, text: str, found: dict[str, _Found], types: Types, identified: list[Thing] | None) -> Match:
        entries = sorted(found.values(), key=_rank)
        entries = [entry for entry in entries if entry.score >= _LEAST][:20]
        candidates = tuple(self._candidate(entry) for entry in entries)
        if not entries:
            return Match(text, (), False, self._why_none(text, types, identified))
        first = entries[0]
        reason = "; ".join(first.reasons)
        if first.contextual:
            return Match(text, candidates, False, f"{reason}; only where it was written")
        if not first.safe:
            return Match(text, candidates, False, reason)
        if not first.sure and first.score < ENOUGH:
            return Match(text, candidates, False, f"{reason}; not enough")
        rivals = (entry for entry in entries[1:] if not _named_after(entry, first))
        second = next(rivals, None)
        if second is not None and first.score - second.score < _margin(first, second):
            return Match(text, candidates, False, f"{reason}; as well {second.thing.label} ({second.thing.kind})")
        return Match(text, candidates, True, reason)

    def _why_none(self, text: str, types: Types, identified: list[Thing] | None) -> str:
        if identified is not None:
            return "its identifier is of another type" if identified else "the identifier is of nothing here"
        if resolution_number(text) or assembly_symbol(text):
            return "no resolution of this number"
        if types and (other := self._exact(text, take_apart(text), Types())):
            entry = min(other.values(), key=lambda entry: (-entry.score, entry.thing.iri))
            return f"the name is that of another type: {entry.thing.label} ({entry.thing.kind})"
        return _NO_REASON

    def _candidate(self, entry: _Found) -> Candidate:
        thing = entry.thing
        return Candidate(
            thing.iri,
            thing.key,
            thing.label,
            thing.kind,
            tuple(sorted(thing.classes)),
            round(entry.score),
            tuple(entry.reasons),
            thing.wikidata[0] if len(thing.wikidata) == 1 else None,
            entry.safe and not entry.contextual,
        )


def _rank(entry: _Found) -> tuple[float, bool, int, str, str]:
    return -entry.score, entry.contextual, -(entry.form.sureness if entry.form else 100), entry.thing.label, entry.thing.iri


def _margin(first: _Found, second: _Found) -> float:
    """By how much a candidate must be ahead of another: an exact name is, when it is surer than the other's."""
    if not first.sure:
        return MARGIN
    return 1 if not second.sure or second.contextual else 2


def _named_after(entry: _Found, first: _Found) -> bool:
    """Whether a candidate has the same name as the first, and not as its own label: a resolution is called after the treaty in it."""
    if entry.form is None or first.form is None or entry.form.sureness >= first.form.sureness:
        return False
    return entry.form.wording.key == first.form.wording.key


_CODE_NAMES: Final = frozenset(CODES.values()) | {"number of the resolution"}


def _is_plain(text: str, code: str, types: Types) -> bool:
    """Whether a code can be taken as one: a short one needs a type, or capital letters ("it" and "no" are codes too)."""
    if len(code) > 3 or text == code:
        return len(code) > 3 or bool(types) or code.isalpha()
    return bool(types) and re.fullmatch(r"\w+|(?:\w\.)+\w?", text) is not None


_YEAR: Final = f"{ONTOLOGY}#year"
_PROPERTIES: Final = {iri.rpartition("#")[2].rpartition("/")[2]: iri for iri in (*CODES, _YEAR)} | {"date": _YEAR}


def _property(name: str) -> str | None:
    """The IRI of a property that is evidence, by its local name or its IRI; ``None`` for another, which is none."""
    return name if name in CODES else _PROPERTIES.get(name.removeprefix(f"{ONTOLOGY}#").removeprefix("cy:"))


def _is_slip(word: str, other: str, likeness: float, *, single: bool) -> bool:
    """Whether a word is surely another one misspelt. Slips in the first letter are rare, and other words many; of a single word with
    two slips too little is left, unless its letters are the same ("Phillipines").
    """
    if likeness == 1:
        return True
    return word[0] == other[0] and (not single or likeness > _ONE_SLIP or (set(word) == set(other) and abs(len(word) - len(other)) < 2))


def _keep(found: dict[str, _Found], entry: _Found) -> None:
    old = found.get(entry.thing.iri)
    if old is None or (not old.sure and entry.score > old.score):
        found[entry.thing.iri] = entry


def _said(form: Form, slips: int, unmet: Iterable[str], missing: Iterable[str]) -> str:
    parts = [form.said if form.contextual or not form.wording.text else f"like '{form.wording.text}'"]
    if slips:
        parts.append(f"{slips} word{'s' if slips > 1 else ''} spelt otherwise")
    if unmet := sorted(unmet):
        parts.append(f"without '{' '.join(unmet[:4])}'")
    if missing := sorted(missing):
        parts.append(f"unknown there: '{' '.join(missing[:4])}'")
    return ", ".join(parts)
