"""The questions in Turtle, so that they can themselves be queried: SHACL's SPARQL executables, with their parameters.

After the manner of the SIB's SPARQL examples. A prefix means one namespace in all queries, since the declarations hang on the
catalogue, where SHACL looks for them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import pyoxigraph as ox

from comity.questions import Parameter, Question
from comity.terms import DCAT, DCTERMS, OWL, PREFIXES, RDF, RDFS, SH, SKOS, XSD, iri
from comity.tokens import prefixes_of, tokenize
from comity.turtle import serialize
from documents import wording

_SCHEMA = PREFIXES["schema"]
_DATATYPES = {"date": XSD.date, "integer": XSD.integer, "string": XSD.string, "choice": XSD.string}


class TwoMeanings(ValueError):
    """One prefix stands for two namespaces."""


def catalogue(questions: Sequence[Question]) -> str:
    """Return the catalogue. Raises :class:`TwoMeanings`."""
    whole = _node("catalogue", "questions")
    triples = [
        ox.Triple(whole, _named(RDF.type), _named(OWL.Ontology)),
        ox.Triple(whole, _named(RDF.type), _named(DCAT.Catalog)),
        ox.Triple(whole, _named(RDFS.label), _english("The questions that Comity can answer")),
        ox.Triple(
            whole, _named(RDFS.comment), _english("Each question is a query that runs with the prefixes declared here.")
        ),
    ]
    for prefix, namespace in _prefixes(questions).items():
        node = _node("prefix", prefix)
        triples += [
            ox.Triple(whole, _named(SH.declare), node),
            ox.Triple(node, _named(RDF.type), _named(SH.PrefixDeclaration)),
            ox.Triple(node, _named(SH.prefix), ox.Literal(prefix)),
            ox.Triple(node, _named(SH.namespace), ox.Literal(namespace, datatype=_named(XSD.anyURI))),
        ]
    for question in questions:
        triples += _question(question, whole)
    return serialize(triples)


def _prefixes(questions: Sequence[Question]) -> dict[str, str]:
    found: dict[str, tuple[str, str]] = {}
    for question in questions:
        for prefix, namespace in prefixes_of(tokenize(question.sparql)).items():
            known, where = found.setdefault(prefix, (namespace, question.name))
            if known != namespace:
                raise TwoMeanings(
                    f"queries/{question.name}.rq: {prefix}: is <{namespace}> here and <{known}> in queries/{where}.rq; use two prefixes"
                )
    return {prefix: namespace for prefix, (namespace, _) in sorted(found.items())}


def _question(question: Question, whole: ox.NamedNode) -> Iterator[ox.Triple]:
    node = _node("question", question.name)

    def say(predicate: str, value: ox.NamedNode | ox.Literal) -> ox.Triple:
        return ox.Triple(node, _named(predicate), value)

    yield say(RDF.type, _named(SH.SPARQLExecutable))
    yield say(RDF.type, _named(SH.SPARQLSelectExecutable))
    yield say(RDFS.label, _english(question.title))
    yield say(RDFS.comment, _english(question.question))
    yield say(DCTERMS.isPartOf, whole)
    yield say(DCTERMS.identifier, ox.Literal(question.name))
    yield say(SH.prefixes, whole)
    yield say(SH.select, ox.Literal(wording.select_text(question)))
    yield say(_SCHEMA + "educationalLevel", ox.Literal(question.level))
    for tag in question.tags:
        yield say(_SCHEMA + "keywords", _english(tag))
    for section in question.sections:
        yield say(DCTERMS.subject, _node("section", section))
    note = wording.dated(question)
    if note is not None:
        yield say(SKOS.note, _english(note))
    for order, parameter in enumerate(question.parameters):
        yield say(SH.parameter, _node("parameter", f"{question.name}.{parameter.name}"))
        yield from _parameter(question, parameter, order)


def _parameter(question: Question, parameter: Parameter, order: int) -> Iterator[ox.Triple]:
    node = _node("parameter", f"{question.name}.{parameter.name}")

    def say(predicate: str, value: ox.NamedNode | ox.Literal) -> ox.Triple:
        return ox.Triple(node, _named(predicate), value)

    yield say(RDF.type, _named(SH.Parameter))
    # SHACL takes the variable's name from the local name of the path, so the path is shared by all parameters of that name.
    yield say(SH.path, _node("parameter", parameter.name))
    yield say(SH.name, ox.Literal(parameter.name))
    yield say(SH.order, ox.Literal(order))
    yield say(SH.description, _english(wording.explanation(parameter)))
    yield say(SKOS.example, ox.Literal(parameter.example))
    if not parameter.required:
        yield say(SH.optional, ox.Literal(True))
    if parameter.default is not None:
        yield say(SH.defaultValue, next(slot.term for slot in question.slots if slot.name == parameter.name))
    if parameter.type == "iri":
        yield say(SH.nodeKind, _named(SH.IRI))
        if parameter.class_iri is not None and not parameter.open:
            yield say(SH["class"], _named(parameter.class_iri))
    else:
        yield say(SH.datatype, _named(_DATATYPES[parameter.type]))
    if parameter.choices:
        # sh:in would need a list, and a list blank nodes.
        yield say(SH.pattern, ox.Literal(f"^({'|'.join(map(re.escape, parameter.choices))})$"))


def _named(name: str) -> ox.NamedNode:
    return ox.NamedNode(name)


def _node(kind: str, key: str) -> ox.NamedNode:
    return ox.NamedNode(iri(kind, key))


def _english(text: str) -> ox.Literal:
    return ox.Literal(text, language="en")
