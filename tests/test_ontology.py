"""The ontology documents each of its terms, in six languages, and stays within OWL 2 RL as far as the compiler reads it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from rdflib import Graph, Literal, Node, URIRef
from rdflib.namespace import DCTERMS, OWL, RDF, RDFS, SKOS

from comity.inference import compile_ontology

FILE = Path(__file__).parent.parent / "ontology" / "comity.ttl"
GRAPH = Graph().parse(FILE)
CY = "https://w3id.org/comity/ontology#"
KINDS = (OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty)
ANNOTATIONS = (RDFS.label, SKOS.definition, SKOS.example, DCTERMS.source, RDFS.isDefinedBy)

# The official languages of the United Nations, and how Unicode begins the names of the letters that each is written in.
SCRIPTS = {
    "ar": "ARABIC ",
    "en": "LATIN ",
    "es": "LATIN ",
    "fr": "LATIN ",
    "ru": "CYRILLIC ",
    "zh": "CJK UNIFIED IDEOGRAPH",
}
# Names that are written alike in every language: ISO, M49.
ABBREVIATION = re.compile(r"\b[A-Z][A-Z0-9]+\b")
SMALL_WORDS = {"a", "against", "an", "as", "by", "for", "in", "of", "on", "the", "to"}


def terms(graph: Graph) -> list[URIRef]:
    """The classes and properties that are ours, whichever way they are declared."""
    return sorted({s for kind in KINDS for s in graph.subjects(RDF.type, kind) if isinstance(s, URIRef) and s.startswith(CY)})


def name(term: Node) -> str:
    return str(term).removeprefix(CY)


def is_class(graph: Graph, term: URIRef) -> bool:
    return (term, RDF.type, OWL.Class) in graph


def labels_of(graph: Graph, term: URIRef) -> list[tuple[str | None, str]]:
    """Language and text of each label of a term."""
    return [(label.language, str(label)) for label in graph.objects(term, RDFS.label) if isinstance(label, Literal)]


def labels(graph: Graph, language: str) -> Iterator[tuple[URIRef, str]]:
    """Each term with its label in one language."""
    return ((term, text) for term in terms(graph) for other, text in labels_of(graph, term) if other == language)


def english(graph: Graph, term: URIRef) -> str:
    return next((text for language, text in labels_of(graph, term) if language == "en"), "")


# -- the checks: each returns what is wrong, term by term ------------------------------------------------------------------


def undocumented(graph: Graph) -> list[str]:
    """An annotation is missing."""
    return [f"{name(term)}: {prop}" for term in terms(graph) for prop in ANNOTATIONS if (term, prop, None) not in graph]


def untranslated(graph: Graph) -> list[str]:
    """Not one label in each of the six languages, or one in another."""
    wanted = sorted(SCRIPTS)
    found = {term: sorted(str(language) for language, _ in labels_of(graph, term)) for term in terms(graph)}
    return [f"{name(term)}: {' '.join(languages)}" for term, languages in found.items() if languages != wanted]


def clashing(graph: Graph) -> list[str]:
    """Two terms have one label. A property may be named as a class is, in every language in which it is so in English."""
    wrong = []
    for language in SCRIPTS:
        seen: dict[str, list[URIRef]] = {}
        for term, label in labels(graph, language):
            for other in seen.setdefault(unicodedata.normalize("NFKC", label).casefold(), []):
                alike = english(graph, term).casefold() == english(graph, other).casefold()
                if not alike or is_class(graph, term) == is_class(graph, other):
                    wrong.append(f"{name(other)}, {name(term)}: {label} ({language})")
            seen[unicodedata.normalize("NFKC", label).casefold()].append(term)
    return wrong


def in_another_script(graph: Graph) -> list[str]:
    """A letter is not of the language's script, or the Chinese is not simplified (GB 2312 has no other characters)."""
    wrong = []
    for language, script in SCRIPTS.items():
        for term, label in labels(graph, language):
            text = label
            for abbreviation in ABBREVIATION.findall(english(graph, term)):
                text = text.replace(abbreviation, "")
            letters = [character for character in text if unicodedata.category(character)[0] == "L"]
            if not letters or any(not unicodedata.name(letter).startswith(script) for letter in letters):
                wrong.append(f"{name(term)}: {label} ({language})")
            elif language == "zh" and text.encode("gb2312", errors="ignore").decode("gb2312") != text:
                wrong.append(f"{name(term)}: {label} (not simplified)")
    return wrong


def capitalized(graph: Graph) -> list[str]:
    """A label begins with a capital where the English one does not."""
    return [
        f"{name(term)}: {label} ({language})"
        for language in SCRIPTS
        for term, label in labels(graph, language)
        if label[:1].isupper() and not english(graph, term)[:1].isupper()
    ]


def loosely_spaced(graph: Graph) -> list[str]:
    """A text is empty, or has blanks at its ends or two in a row."""
    return [
        f"{name(term)}: {text!r}"
        for term in terms(graph)
        for prop in ANNOTATIONS
        for text in graph.objects(term, prop)
        if isinstance(text, Literal) and (not text or str(text) != " ".join(str(text).split()))
    ]


def unfinished(graph: Graph) -> list[str]:
    """A definition is not in English, or does not end in a full stop."""
    return [
        f"{name(term)}: {text}"
        for term in terms(graph)
        for text in graph.objects(term, SKOS.definition)
        if not isinstance(text, Literal) or text.language != "en" or not text.endswith(".") or text.endswith("..")
    ]


def circular(graph: Graph) -> list[str]:
    """A definition says every word of the label again; a property that is named as a class is may, to mean the class."""
    named = {label for term, label in labels(graph, "en") if is_class(graph, term)}

    def words(text: str) -> set[str]:
        return {word.removesuffix("s") for word in re.findall(r"[\w-]+", text.casefold())}

    wrong = []
    for term, label in labels(graph, "en"):
        told = words(label) - SMALL_WORDS
        definition = str(graph.value(term, SKOS.definition))
        if told and told <= words(definition) and (is_class(graph, term) or label not in named):
            wrong.append(f"{name(term)}: {definition}")
    return wrong


# -- on the ontology, and on one that has the fault ------------------------------------------------------------------------

SOUND = """
@prefix cy: <https://w3id.org/comity/ontology#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
cy:Treaty a owl:Class ; rdfs:isDefinedBy <https://w3id.org/comity/ontology> ; dcterms:source "Vienna Convention, article 2" ;
    rdfs:label "treaty"@en , "traité"@fr , "tratado"@es , "条约"@zh , "договор"@ru , "معاهدة"@ar ;
    skos:definition "An agreement in writing."@en ; skos:example "The Hague Convention."@en .
cy:treaty a owl:ObjectProperty ; rdfs:isDefinedBy <https://w3id.org/comity/ontology> ; dcterms:source "Vienna Convention, article 2" ;
    rdfs:label "treaty"@en , "traité"@fr , "tratado"@es , "条约"@zh , "договор"@ru , "معاهدة"@ar ;
    skos:definition "The treaty that an act is about."@en ; skos:example "The Hague Convention."@en .
cy:m49 a owl:DatatypeProperty ; rdfs:isDefinedBy <https://w3id.org/comity/ontology> ; dcterms:source "UN M49" ;
    rdfs:label "M49 code"@en , "code M49"@fr , "código M49"@es , "M49代码"@zh , "код M49"@ru , "رمز M49"@ar ;
    skos:definition "The number of a region."@en ; skos:example "034" .
"""

# The check that must find it, what is put in place of what, and the start of the first complaint.
FAULTS: dict[str, tuple[Callable[[Graph], list[str]], str, str, str]] = {
    "no-label": (undocumented, 'rdfs:label "M49 code"@en', 'skos:prefLabel "M49 code"@en', "m49: "),
    "no-definition": (undocumented, 'skos:definition "The number of a region."@en ; ', "", "m49: "),
    "no-example": (undocumented, ' ; skos:example "034" .', " .", "m49: "),
    "no-source": (undocumented, 'dcterms:source "UN M49" ;', "", "m49: "),
    "not-said-where-defined": (undocumented, "DatatypeProperty ; rdfs:isDefinedBy", "DatatypeProperty ; rdfs:seeAlso", "m49: "),
    "no-english": (untranslated, '"M49 code"@en , ', "", "m49: ar es fr ru zh"),
    "no-french": (untranslated, '"code M49"@fr , ', "", "m49: ar en es ru zh"),
    "no-spanish": (untranslated, '"código M49"@es , ', "", "m49: ar en fr ru zh"),
    "no-chinese": (untranslated, '"M49代码"@zh , ', "", "m49: ar en es fr ru"),
    "no-russian": (untranslated, '"код M49"@ru , ', "", "m49: ar en es fr zh"),
    "no-arabic": (untranslated, ' , "رمز M49"@ar', "", "m49: en es fr ru zh"),
    "no-language": (untranslated, '"code M49"@fr', '"code M49"', "m49: None"),
    "another-language": (untranslated, '"code M49"@fr', '"code M49"@fr , "Code M49"@de', "m49: ar de en"),
    "two-in-one-language": (untranslated, '"code M49"@fr', '"code M49"@fr , "indicatif M49"@fr', "m49: ar en es fr fr"),
    "clash-of-translations": (clashing, '"código M49"@es', '"Tratado"@es', "Treaty, m49: "),
    "clash-in-english": (clashing, '"M49 code"@en', '"treaty"@en', "m49, treaty: "),
    "latin-for-russian": (in_another_script, '"код M49"@ru', '"кoд M49"@ru', "m49: "),
    "french-for-russian": (in_another_script, '"код M49"@ru', '"code M49"@ru', "m49: "),
    "french-for-arabic": (in_another_script, '"رمز M49"@ar', '"code M49"@ar', "m49: "),
    "french-for-chinese": (in_another_script, '"M49代码"@zh', '"code M49"@zh', "m49: "),
    "arabic-for-french": (in_another_script, '"code M49"@fr', '"رمز M49"@fr', "m49: "),
    "no-letter": (in_another_script, '"M49代码"@zh', '"M49"@zh', "m49: "),
    "traditional": (in_another_script, '"M49代码"@zh', '"M49代碼"@zh', "m49: M49代碼 (not simplified)"),
    "capital": (capitalized, '"договор"@ru', '"Договор"@ru', "Treaty: "),
    "blank-before": (loosely_spaced, '"code M49"@fr', '" code M49"@fr', "m49: "),
    "blank-after": (loosely_spaced, '"رمز M49"@ar', '"رمز M49 "@ar', "m49: "),
    "two-blanks": (loosely_spaced, "number of", "number  of", "m49: "),
    "ideographic-blank": (loosely_spaced, '"M49代码"@zh', '"M49代码\u3000"@zh', "m49: "),
    "empty": (loosely_spaced, '"034"', '""', "m49: "),
    "no-full-stop": (unfinished, "a region.", "a region", "m49: "),
    "definition-in-no-language": (unfinished, 'region."@en', 'region."', "m49: "),
    "circular": (circular, "The number of", "The M49 codes of", "m49: "),
    "circular-class": (circular, "An agreement in", "A treaty in", "Treaty: "),
}  # fmt: skip
CHECKS = list(dict.fromkeys(check for check, *_ in FAULTS.values()))


def test_there_are_terms() -> None:
    assert len(terms(GRAPH)) > 180


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_the_terms_are_documented(check: Callable[[Graph], list[str]]) -> None:
    assert check(GRAPH) == []


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_a_check_finds_nothing_in_sound_terms(check: Callable[[Graph], list[str]]) -> None:
    assert check(Graph().parse(data=SOUND, format="turtle")) == []


@pytest.mark.parametrize("fault", FAULTS)
def test_a_check_finds_the_fault(fault: str) -> None:
    check, before, after, complaint = FAULTS[fault]
    assert before in SOUND
    found = check(Graph().parse(data=SOUND.replace(before, after), format="turtle"))
    assert found
    assert found[0].startswith(complaint)


def test_every_axiom_compiles_to_a_rule() -> None:
    assert compile_ontology(FILE).rules
