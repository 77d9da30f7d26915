"""Finds the thing that a person means: by IRI, key, code, Wikidata id, name in any language, or words of a name."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from comity.names import ANYTHING, WIKIDATA, Named, fold, is_shared, read_named, squeeze, usually_called, words_of
from comity.store.contract import Store
from comity.terms import ID, PREFIXES, RDFS, SKOS

_SHOWN: Final = 5


@dataclass(frozen=True, slots=True)
class Candidate:
    """A thing that a person may have meant: its IRI, its label, and the shortest text that names it for certain."""

    iri: str
    label: str
    key: str

    def __str__(self) -> str:
        return f"{self.label} ({self.key})" if self.label and self.label != self.key else self.key


def _candidate(thing: Named) -> Candidate:
    return Candidate(thing.iri, thing.label, thing.key)


class NotResolved(LookupError):
    """No thing, or more than one (`ambiguous`), answers to a text; `candidates` are those it may be, best first."""

    def __init__(self, text: str, candidates: tuple[Candidate, ...], *, ambiguous: bool) -> None:
        super().__init__(text)
        self.text = text
        self.candidates = candidates
        self.ambiguous = ambiguous


class NameIndex:
    """The names of the things in one store, read class by class when first needed.

    It does not notice later changes of the store: make another after loading or inferring.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._classes: dict[tuple[str | None, str | None], dict[str, Named]] = {}

    def resolve(
        self, text: str, class_iri: str | None, scheme_iri: str | None = None, *, others: bool = False
    ) -> str:
        """Return the IRI of the one instance of `class_iri` that `text` names; ``None`` for any thing with a name.

        Subclasses count. The ways are tried in this order, and the first that finds anything decides: IRI, prefixed
        name or key, code (ISO 3166-1, notation, identifier), Wikidata id, whole name, usual or short name (data/names),
        all words of a name, beginnings of words, part of a name. Of several things found by words, the one that the others
        are named after is meant (a convention, not its protocols). With `others`, what has the whole name comes before what
        only has its words, and in both an instance of the class before any other thing. Raises :class:`NotResolved` when
        it is still not one thing, or no way finds any.
        """
        text = text.strip()
        if text.startswith("<") and text.endswith(">"):
            text = text[1:-1]
        places = ((class_iri, scheme_iri), (None, None)) if others else ((class_iri, scheme_iri),)
        whole = [(way, place) for place in places for way in _BY_WHOLE]
        for way, place in (*whole, *((way, place) for way in _BY_WORDS for place in places)):
            found = way(text, self._things(*place))
            # That one is the State whose name is shorter, when two are called so, is chance.
            if way in _BY_WORDS and len(found) > 1 and not is_shared(text, "state"):
                found = _namesake(found)
            if len(found) == 1:
                return found[0].iri
            if found:
                ranked = sorted(found, key=lambda thing: (len(thing.label), thing.label, thing.iri))
                raise NotResolved(text, tuple(_candidate(thing) for thing in ranked[:_SHOWN]), ambiguous=True)
        raise NotResolved(text, _near(text, self._things(*places[-1]).values()), ambiguous=False)

    def find(self, text: str, kind: str | None = None) -> tuple[Candidate, ...]:
        """Return all the things with a name that `text` may mean, in the order of the ways of :meth:`resolve`.

        `kind` is the kind in their IRIs, such as ``instrument``. What one way finds comes with the shorter labels first.
        Raises :class:`NotResolved`, with the nearest candidates, when no way finds any.
        """
        text = text.strip().removeprefix("<").removesuffix(">")
        things = self._things(None, None)
        if kind is not None:
            things = {iri: thing for iri, thing in things.items() if iri.startswith(f"{ID}{kind}/")}
        found: dict[str, Named] = {}
        for way in (*_BY_WHOLE, *_BY_WORDS):
            for thing in sorted(way(text, things), key=lambda thing: (len(thing.label), thing.label, thing.iri)):
                found.setdefault(thing.iri, thing)
        if not found:
            raise NotResolved(text, _near(text, things.values()), ambiguous=False)
        return tuple(_candidate(thing) for thing in found.values())

    def _things(self, class_iri: str | None, scheme_iri: str | None) -> dict[str, Named]:
        place = (class_iri, scheme_iri)
        if place not in self._classes:
            self._classes[place] = self._read(class_iri, scheme_iri)
        return self._classes[place]

    def _read(self, class_iri: str | None, scheme_iri: str | None) -> dict[str, Named]:
        import pyoxigraph as ox

        if class_iri is None:
            members = ANYTHING
        else:
            members = f"?class <{RDFS.subClassOf}>* {ox.NamedNode(class_iri)} . ?thing a ?class ."
        if scheme_iri is not None:
            members += f" ?thing <{SKOS.inScheme}> {ox.NamedNode(scheme_iri)} ."
        return read_named(self._store, members)


# -- the ways --------------------------------------------------------------------------------------------------------

_Things = dict[str, Named]


def _by_iri(text: str, things: _Things) -> list[Named]:
    return [things[text]] if text in things else []


def _by_key(text: str, things: _Things) -> list[Named]:
    prefix, colon, local = text.partition(":")
    if colon and PREFIXES.get(prefix, "\0") + local in things:
        return [things[PREFIXES[prefix] + local]]
    exact = [thing for thing in things.values() if text in (thing.key, thing.key.rsplit("/", 1)[-1])]
    if exact:
        return exact
    wanted = text.casefold()
    return [thing for thing in things.values() if wanted in (key := thing.key.casefold(), key.rsplit("/", 1)[-1])]


def _by_code(text: str, things: _Things) -> list[Named]:
    wanted = squeeze(text)
    return [thing for thing in things.values() if wanted and any(squeeze(code) == wanted for code in thing.codes)]


def _by_wikidata(text: str, things: _Things) -> list[Named]:
    match = WIKIDATA.fullmatch(text)
    return [thing for thing in things.values() if match and match[1].upper() in thing.wikidata]


def _by_name(text: str, things: _Things) -> list[Named]:
    wanted = squeeze(text)
    if not wanted:
        return []
    return [
        thing
        for thing in things.values()
        if any(squeeze(name) == wanted for name in (*thing.names, thing.local))
    ]


def _by_usual_name(text: str, things: _Things) -> list[Named]:
    return [things[iri] for iri in sorted(usually_called(text)) if iri in things]


def _by_words(text: str, things: _Things) -> list[Named]:
    words = words_of(text)
    return [thing for thing in things.values() if words and thing.words().issuperset(words)]


def _by_beginnings(text: str, things: _Things) -> list[Named]:
    words = [word for word in words_of(text) if len(word) > 1 or not word.isascii()]
    return [
        thing
        for thing in things.values()
        if words and all(any(own.startswith(word) for own in thing.words()) for word in words)
    ]


def _by_part(text: str, things: _Things) -> list[Named]:
    wanted = squeeze(text)
    if len(wanted) < (4 if wanted.isascii() else 2):
        return []
    return [thing for thing in things.values() if any(wanted in squeeze(name) for name in thing.names)]


_Ways = tuple[Callable[[str, _Things], list[Named]], ...]
_BY_WHOLE: Final[_Ways] = (_by_iri, _by_key, _by_code, _by_wikidata, _by_name, _by_usual_name)
_BY_WORDS: Final[_Ways] = (_by_words, _by_beginnings, _by_part)


def _namesake(found: list[Named]) -> list[Named]:
    """Return the one thing all of whose words, in some name, are in a name of each of the others; else all of them."""
    if not 1 < len(found) <= 50:
        return found
    names = [[frozenset(fold(name).split()) for name in thing.names] for thing in found]
    first = [
        thing
        for thing, own in zip(found, names, strict=True)
        if all(any(short < long for short in own for long in other) for other in names if other is not own)
    ]
    return first if len(first) == 1 else found


def _near(text: str, things: Iterable[Named]) -> tuple[Candidate, ...]:
    """Return the things whose names look or sound most like `text`, best first; none when nothing is close."""
    wanted, words = fold(text.rsplit("/", 1)[-1]), set(words_of(text))
    things = list(things)
    # Things share their words: each is compared once.
    vocabulary = list({word for thing in things for word in thing.words()})
    similar = [frozenset(difflib.get_close_matches(word, vocabulary, max(1, len(vocabulary)), 0.8)) for word in words]
    scored = []
    for thing in things:
        names = {fold(name) for name in (*thing.names, *thing.codes, thing.local)}
        matcher = difflib.SequenceMatcher(b=wanted, autojunk=False)
        score = 0.0
        for name in names:
            matcher.set_seq1(name)
            if matcher.real_quick_ratio() > max(score, 0.6) and matcher.quick_ratio() > max(score, 0.6):
                score = max(score, matcher.ratio())
        close = sum(not alike.isdisjoint(thing.words()) for alike in similar)
        score = max(score, 0.9 * close / len(words) if words else 0.0)
        if score >= 0.6:
            scored.append((-score, thing.label, thing.iri, thing))
    return tuple(_candidate(entry[-1]) for entry in sorted(scored, key=lambda entry: entry[:3])[:_SHOWN])
