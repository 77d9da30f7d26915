"""Makes wordings comparable: spelling, order of words, abbreviations, and what distinguishes one name from another like it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from comity.names import SMALL_WORDS, fold


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_APOSTROPHES: Final = re.compile("[\u0027\u2019\u2018\u02bc\u02bb\u0060\u00b4]")
#: Words that join others in the languages of lists of States and treaties, beside the small words of English and French.
_JOINING: Final = SMALL_WORDS | _set("at al as del della delle di dei do da das dos der die den und et y e el los las les concerning")
#: Several words, or one that is written in two ways; what each becomes. Folded text has no hyphens any more.
_PHRASES: Final = tuple(
    (re.compile(rf"\b(?:{pattern})\b"), replacement)
    for pattern, replacement in (
        (r"(?:counter|anti) ?terror(?:ism|ist)?", "counterterrorism"),
        (r"(?<=^)n(?= )", "north"),
        (r"(?<=^)s(?= )", "south"),
        (r"(?<= )is$", "islands"),
        (r"co operation", "cooperation"),
        (r"co ordination", "coordination"),
        (r"terrorists?", "terrorism"),
        (r"d r c?|dr", "democratic republic"),
        (r"d p r|dpr", "democratic peoples republic"),
        (r"p d r|pdr", "peoples democratic republic"),
        (r"p r|pr", "peoples republic"),
        (r"u s a|u s|usa|us", "united states"),
        (r"u k|uk", "united kingdom"),
        (r"u n|un", "united nations"),
        (r"e u|eu", "european union"),
        (r"great britain", "britain"),
        (r"viet nam", "vietnam"),
    )
)
_WORDS: Final = {
    "st": "saint",
    "ste": "saint",
    "rep": "republic",
    "dem": "democratic",
    "intl": "international",
    "int": "international",
    "conv": "convention",
    "fed": "federal",
    "sts": "states",
    "res": "resolution",
    "org": "organization",
    "govt": "government",
    "centre": "center",
    "defence": "defense",
    "offence": "offense",
    "program": "programme",
    "seperatism": "separatism",
}
#: What a State calls itself besides its name.
POLITY: Final = _set("republic kingdom commonwealth principality sultanate federation confederation state grand duchy")
#: Of two names of which only one has such a word, the one does not mean what the other means.
DISTINGUISHING: Final = _set(
    """
    north south east west northern southern eastern western central new upper lower equatorial protocol amendment additional
    supplementary supplemental annex draft optional declaration resolution directive regulation strategy plan charter code
    position framework first second third fourth fifth sixth seventh eighth ninth tenth i ii iii iv vi vii viii committee council
    commission court parliament assembly secretariat bank university office center programme forum summit ministerial meeting
    database system
    """
)


#: Words that a person adds without meaning another thing.
FREE: Final = POLITY | _set(
    """
    international convention treaty agreement united nation organization full text adopted january february march april may june july
    august september october november december
    """
)


#: Common nouns and what goes with them: a name of nothing else names many things.
COMMON: Final = _set(
    """
    action agency agreement alliance all assembly attack board bureau capture center charter coalition code commission committee
    conference congress convention cooperation coordination council country crash database declaration document executive first
    force forum framework general government group incident instrument international joint legal main measure mechanism meeting
    member military ministerial mission office organization organ other pact parliament plan programme protocol region regional
    resolution secretariat second series session signed special state strategy summit system territory treaty two union universal
    working
    """
)


@dataclass(frozen=True, slots=True)
class Wording:
    """A wording taken apart: its words in order, those that mean something, and the numbers in it.

    `numbers` are without leading zeros. `words` has neither numbers nor joining words.
    """

    text: str
    squeezed: str
    words: tuple[str, ...]
    numbers: frozenset[str]

    @property
    def key(self) -> tuple[tuple[str, ...], frozenset[str]]:
        """The same for wordings that differ only in order, joining words and spelling."""
        return tuple(sorted(self.words)), self.numbers

    @property
    def core(self) -> tuple[tuple[str, ...], frozenset[str]]:
        """The key without what a State calls itself besides."""
        return tuple(sorted(word for word in self.words if word not in POLITY) or sorted(self.words)), self.numbers


@lru_cache(maxsize=65536)
def take_apart(text: str) -> Wording:
    """Return the wording of `text`.

    >>> take_apart("Korea, Republic of").key == take_apart("the Republic of Korea").key
    True
    """
    folded = _arabic(fold(_APOSTROPHES.sub("", unicodedata.normalize("NFKC", text)).replace("&", " and ")))
    if " " in folded:
        for pattern, replacement in _PHRASES:
            folded = pattern.sub(replacement, folded)
    words, numbers = [], set()
    for word in folded.split():
        if number := re.fullmatch(r"0*(\d+)(?:st|nd|rd|th)?", word):
            numbers.add(number[1])
        elif word not in _JOINING:
            words.append(_spelt(word))
    if not words and not numbers:
        words = folded.split()
    return Wording(text, folded.replace(" ", ""), tuple(words), frozenset(numbers))


def _spelt(word: str) -> str:
    word = _WORDS.get(word, word)
    if not word.isascii():
        return word
    word = re.sub(r"isation(s?)$", r"ization\1", word)
    # The plural of a word of English is the word; names that end in -us, -is or -ss are left alone.
    return word[:-1] if len(word) > 4 and word.endswith("s") and not word.endswith(("us", "is", "ss")) else word


_ARABIC: Final = str.maketrans({"\u0629": "\u0647", "\u0649": "\u064a", "\u0640": ""})


def _arabic(text: str) -> str:
    """Write Arabic as hurried writers do: no feminine ending apart from h, no final alif apart from y."""
    return text.translate(_ARABIC)


def code_key(text: str) -> str:
    """Return a code or a document symbol for comparison: no case, signs, ``No.``, or zeros before a number.

    >>> code_key("CETS No. 090") == code_key("cets 90")
    True
    """
    parts = re.findall(r"\d+|[^\W\d_]+", fold(text))
    # Alone, "NO" and "NR" are codes: of Norway and Nauru.
    telling = [part for part in parts if part not in ("no", "nr", "number", "celex")] or parts
    return "".join(part.lstrip("0") or "0" if part.isdigit() else part for part in telling)


def variants(text: str) -> Iterable[str]:
    """Yield what a name with a bracket at its end says besides: without it, with it in front, and the bracket itself where that is a name.

    "Hague Convention" and "AQIM" in a bracket are names; "Syria" or "Islamic Republic of" in one are not.

    >>> list(variants("Convention for the Suppression of Unlawful Seizure of Aircraft (Hague Convention)"))[-1]
    'Hague Convention'
    """
    match = re.fullmatch(r"(.+?)\s*[(\uff08]([^()]+)[)\uff09]", text)
    if match is None:
        return
    yield match[1]
    if not re.search(r"\d", match[2]):
        yield f"{match[2]} {match[1]}"
        if re.fullmatch(r"[A-Z]{3,}|.+ (?:Convention|Protocol|Treaty|Agreement)", match[2]):
            yield match[2]


def bracketed(text: str) -> tuple[str, str] | None:
    """Return a wording without its bracket, and what stands in that; ``None`` for a wording without one. An abbreviation may stand in
    the middle, anything else at the end.

    >>> bracketed("Abu Sayyaf Group (ASG)")
    ('Abu Sayyaf Group', 'ASG')
    """
    match = re.fullmatch(r"([^()]*\S)\s*\(([^()]*[^\W\d_][^()]*)\)([^()]*)", text)
    if match is None or (match[3].strip() and not is_abbreviation(match[2])):
        return None
    return match[1] + match[3], match[2].strip()


def is_abbreviation(text: str) -> bool:
    """Whether a text is a few letters, two of them capitals at least, and perhaps digits: ``ASG``, ``CoE``, ``G8``."""
    return re.fullmatch(r"[A-Z](?=.*[A-Z0-9])[A-Za-z0-9]{1,7}", text) is not None


def is_slip_of_joining_word(word: str) -> bool:
    """Whether a word is one of the longer words that join others, with two letters exchanged: ``agianst``."""
    return any(len(word) == len(other) and word != other and sorted(word) == sorted(other) for other in _JOINING if len(other) > 5)


def initials(text: str) -> str | None:
    """Return the first letters of the words of a name in Latin letters that mean something, without what is in brackets.

    ``None`` for names of less than three such words.

    >>> initials("Convention on the Physical Protection of Nuclear Material")
    'cppnm'
    """
    folded = fold(_APOSTROPHES.sub("", re.sub(r"\(.*?\)", "", text)))
    words = [word for word in folded.split() if word not in _JOINING and not word.isdigit()]
    return "".join(word[0] for word in words) if 3 <= len(words) <= 12 and all(word.isascii() for word in words) else None


#: The parts of the names by which resolutions of the Security Council go, in the label languages.
_COUNCIL_WORDS: Final = _set(
    """
    security council sc unsc unscr scr un u n onu united nations resolution resolutions res s number no of the conseil de securite du des
    nations unies consejo del el seguridad la resolucion naciones unidas las резолюция резолюции совета безопасности совет оон
    организации объединенных наций قرار القرار مجلس الامن رقم 安全理事会 安理会 联合国 决议 号决议 第
    """
)
_ASSEMBLY_WORDS: Final = _set(
    "general assembly ga unga ares a res resolution united nations un of the assemblee generale nations unies asamblea general"
)


@dataclass(frozen=True, slots=True)
class ResolutionNumber:
    """The number that a wording gives to a resolution of the Security Council, and the year, if any."""

    number: str
    year: str = ""
    named: bool = False


def resolution_number(text: str) -> ResolutionNumber | None:
    """Return the number of a Security Council resolution when the wording names nothing else.

    >>> resolution_number("UNSC Res. 1373 (2001)")
    ResolutionNumber(number='1373', year='2001', named=True)
    """
    folded = re.sub(r"(\d+)", r" \1 ", fold(text))
    numbers = re.findall(r"\d+", folded)
    words = [word for word in folded.split() if not word.isdigit()]
    if not 1 <= len(numbers) <= 2 or not re.fullmatch(r"[1-9]\d{1,3}", numbers[0]) or not all(word in _COUNCIL_WORDS for word in words):
        return None
    if len(numbers) == 2 and not re.fullmatch(r"19[4-9]\d|20\d\d", numbers[1]):
        return None
    if not words and len(numbers[0]) < 4:
        return None
    return ResolutionNumber(numbers[0], numbers[1] if len(numbers) == 2 else "", bool(words))


def assembly_symbol(text: str) -> str | None:
    """Return the code key of the document symbol of a General Assembly resolution when the wording names nothing else.

    >>> assembly_symbol("General Assembly resolution 60/288") == code_key("A/RES/60/288")
    True
    """
    match = re.search(r"(\d{2})/(\d{1,3})$|(\d{1,4})\s*\(([IVXL]+)\)$", text.strip())
    if match is None:
        return None
    words = fold(text.strip()[: match.start()]).split()
    if not all(word in _ASSEMBLY_WORDS for word in words):
        return None
    return code_key(f"A/RES/{match[1]}/{match[2]}" if match[1] else f"A/RES/{match[3]} ({match[4]})")


def years_in(text: str) -> frozenset[int]:
    """Return the numbers in `text` that are written like years."""
    return frozenset(int(year) for year in re.findall(r"(?<!\d)(1[89]\d\d|20\d\d)(?!\d)", text))
