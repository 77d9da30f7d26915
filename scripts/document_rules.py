"""Write docs/rules.md: every rule that the ontology compiles to, and which kinds of axiom can be compiled at all.

    python scripts/document_rules.py            # write it
    python scripts/document_rules.py --check    # exit with 1 if it is not up to date

Nothing in it is kept by hand but the samples below: whether a kind of axiom is supported, what it becomes and why another
is refused is what the compiler says of them.
"""

from __future__ import annotations

import re
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox

from comity.inference import Rule, UnsupportedAxiom, compile_ontology
from generated import settle

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "ontology" / "comity.ttl"
TARGET = ROOT / "docs" / "rules.md"
WIDTH = 110

PREFIXES = """@prefix : <https://w3id.org/comity/ontology#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
:A a owl:Class . :B a owl:Class . :C a owl:Class .
:p a owl:ObjectProperty . :q a owl:ObjectProperty . :r a owl:ObjectProperty .
:d a owl:DatatypeProperty . :e a owl:DatatypeProperty .
"""

# Kind of axiom (the name in OWL 2's functional-style syntax), what it says, a sample of it in Turtle.
AXIOMS: tuple[tuple[str, str, str], ...] = (
    ("SubClassOf", "whatever is in the one class is in the other", ":A rdfs:subClassOf :B ."),
    ("EquivalentClasses", "two classes, or a class and its definition, have the same members", ":A owl:equivalentClass :B ."),
    ("DisjointClasses", "nothing is in two of the classes", ":A owl:disjointWith :B ."),
    ("DisjointUnion", "a class is divided into others", ":A owl:disjointUnionOf ( :B :C ) ."),
    ("SubPropertyOf", "what the one property relates, the other relates too", ":p rdfs:subPropertyOf :q ."),
    ("ObjectPropertyChain", "what a chain of properties relates, the property relates", ":p owl:propertyChainAxiom ( :q :r ) ."),
    ("EquivalentProperties", "two properties relate the same things", ":p owl:equivalentProperty :q ."),
    ("DisjointObjectProperties", "no two things are related by both", ":p owl:propertyDisjointWith :q ."),
    ("DisjointDataProperties", "nothing has the same value of both", ":d owl:propertyDisjointWith :e ."),
    ("InverseObjectProperties", "the one property is the other, read backwards", ":p owl:inverseOf :q ."),
    ("ObjectPropertyDomain", "what has the property is in the class", ":p rdfs:domain :A ."),
    ("DataPropertyDomain", "what has the property is in the class", ":d rdfs:domain :A ."),
    ("ObjectPropertyRange", "what the property leads to is in the class", ":p rdfs:range :A ."),
    ("DataPropertyRange", "a value of another datatype is a contradiction", ":d rdfs:range xsd:date ."),
    ("FunctionalObjectProperty", "two values of the property are the same thing", ":p a owl:FunctionalProperty ."),
    ("FunctionalDataProperty", "two values of the property are a contradiction", ":d a owl:FunctionalProperty ."),
    ("InverseFunctionalObjectProperty", "two things with the same value are the same thing", ":p a owl:InverseFunctionalProperty ."),
    ("ReflexiveObjectProperty", "everything has the property to itself", ":p a owl:ReflexiveProperty ."),
    ("IrreflexiveObjectProperty", "nothing has the property to itself", ":p a owl:IrreflexiveProperty ."),
    ("SymmetricObjectProperty", "the property holds in both directions", ":p a owl:SymmetricProperty ."),
    ("AsymmetricObjectProperty", "the property never holds in both directions", ":p a owl:AsymmetricProperty ."),
    ("TransitiveObjectProperty", "two steps of the property are one", ":p a owl:TransitiveProperty ."),
    ("DatatypeDefinition", "a datatype is defined by others", ":t a rdfs:Datatype ; owl:equivalentClass xsd:date ."),
    ("HasKey", "members of a class with the same key are the same thing", ":A owl:hasKey ( :p :d ) ."),
    # Its rules are there whatever the ontology says.
    ("SameIndividual", "what is said of the one is said of the other", ":a owl:sameAs :b ."),
    ("DifferentIndividuals", "the things are not the same", "[] a owl:AllDifferent ; owl:members ( :a :b ) ."),
    (
        "ClassAssertion",
        "a thing is in a class that has no name of its own",
        ":a a [ a owl:Restriction ; owl:onProperty :p ; owl:hasValue :b ] .",
    ),
    (
        "NegativeObjectPropertyAssertion",
        "a statement does not hold",
        "[] owl:sourceIndividual :a ; owl:assertionProperty :p ; owl:targetIndividual :b .",
    ),
    (
        "NegativeDataPropertyAssertion",
        "a statement does not hold",
        '[] owl:sourceIndividual :a ; owl:assertionProperty :d ; owl:targetValue "x" .',
    ),
)

# Kind of class expression or data range, and a sample of it.
EXPRESSIONS: tuple[tuple[str, str], ...] = (
    ("ObjectIntersectionOf", "[ a owl:Class ; owl:intersectionOf ( :B :C ) ]"),
    ("ObjectUnionOf", "[ a owl:Class ; owl:unionOf ( :B :C ) ]"),
    ("ObjectComplementOf", "[ a owl:Class ; owl:complementOf :B ]"),
    ("ObjectOneOf", "[ a owl:Class ; owl:oneOf ( :a :b ) ]"),
    ("ObjectSomeValuesFrom", "[ a owl:Restriction ; owl:onProperty :p ; owl:someValuesFrom :B ]"),
    ("ObjectAllValuesFrom", "[ a owl:Restriction ; owl:onProperty :p ; owl:allValuesFrom :B ]"),
    ("ObjectHasValue", "[ a owl:Restriction ; owl:onProperty :p ; owl:hasValue :a ]"),
    ("ObjectHasSelf", "[ a owl:Restriction ; owl:onProperty :p ; owl:hasSelf true ]"),
    ("ObjectMinCardinality", "[ a owl:Restriction ; owl:onProperty :p ; owl:minCardinality 1 ]"),
    ("ObjectMaxCardinality 0", "[ a owl:Restriction ; owl:onProperty :p ; owl:maxCardinality 0 ]"),
    ("ObjectMaxCardinality 1", "[ a owl:Restriction ; owl:onProperty :p ; owl:maxCardinality 1 ]"),
    ("ObjectMaxCardinality 2 or more", "[ a owl:Restriction ; owl:onProperty :p ; owl:maxCardinality 2 ]"),
    ("ObjectExactCardinality", "[ a owl:Restriction ; owl:onProperty :p ; owl:cardinality 1 ]"),
    ("DataSomeValuesFrom", "[ a owl:Restriction ; owl:onProperty :d ; owl:someValuesFrom xsd:date ]"),
    ("DataAllValuesFrom", "[ a owl:Restriction ; owl:onProperty :d ; owl:allValuesFrom xsd:date ]"),
    ("DataHasValue", '[ a owl:Restriction ; owl:onProperty :d ; owl:hasValue "x" ]'),
    ("DataMaxCardinality 1", "[ a owl:Restriction ; owl:onProperty :d ; owl:maxCardinality 1 ]"),
    ("DataOneOf", '[ a owl:Restriction ; owl:onProperty :d ; owl:allValuesFrom [ a rdfs:Datatype ; owl:oneOf ( "x" ) ] ]'),
)
PLACES = (
    ("as subclass", "{0} rdfs:subClassOf :A ."),
    ("as superclass", ":A rdfs:subClassOf {0} ."),
    ("in an equivalence", ":A owl:equivalentClass {0} ."),
)


def compiled(sample: str) -> tuple[Rule, ...] | str:
    """The rules of a sample, or why it is refused."""
    ours = ox.parse(PREFIXES + sample, format=ox.RdfFormat.TURTLE)
    try:
        return compile_ontology(ours).rules
    except UnsupportedAxiom as error:
        return error.what.rpartition(" is not an OWL 2 RL axiom: ")[2].partition("; ")[0]


def kind_of(rule: Rule) -> str:
    """The kind of axiom that a rule comes from: its name in the functional-style syntax; chains apart."""
    if rule.axiom.startswith("SubPropertyOf(ObjectPropertyChain("):
        return "ObjectPropertyChain"
    return rule.axiom.partition("(")[0] if "(" in rule.axiom else "owl:Nothing"


def anchor(text: str) -> str:
    return re.sub(r"[^a-z0-9-]", "", text.lower().replace(" ", "-"))


def wrapped(sparql: str) -> str:
    """The query with long lines (of VALUES) broken at spaces; the line with the comment goes."""
    lines: list[str] = []
    for line in sparql.splitlines():
        if line.startswith("#"):
            continue
        indent = re.match(r" *", line)
        assert indent is not None
        more = indent.group() + "    "
        lines += textwrap.wrap(line, WIDTH, subsequent_indent=more, break_long_words=False, break_on_hyphens=False) or [""]
    return "\n".join(lines)


def names(rules: tuple[Rule, ...], kind: str) -> str:
    found = {source: None for rule in rules if kind_of(rule) == kind for source in rule.sources}
    return ", ".join(found)


def table_of_axioms(counts: dict[str, int]) -> Iterator[str]:
    yield "| axiom | what it says | rules of OWL 2 RL | here |"
    yield "|---|---|---|---|"
    for kind, meaning, sample in AXIOMS:
        answer = compiled(sample)
        if isinstance(answer, str):
            yield f"| {kind} | {meaning} | – | refused: it {answer.removeprefix(f'{kind} ')} |"
        else:
            sources = names(answer, kind)
            if not sources:
                raise SystemExit(f"the sample of {kind} gives no rule")
            number = counts.get(kind, 0)
            here = f"[{number} rule{'s' if number != 1 else ''}](#{anchor(kind)})" if number else "supported, not used"
            yield f"| {kind} | {meaning} | {sources} | {here} |"


def table_of_expressions() -> Iterator[str]:
    yield f"| class expression | {' | '.join(place for place, _ in PLACES)} |"
    yield f"|---|{'---|' * len(PLACES)}"
    for name, sample in EXPRESSIONS:
        cells = []
        for _, pattern in PLACES:
            answer = compiled(pattern.format(sample))
            if isinstance(answer, str):
                cells.append("refused")
            else:
                sources = (source for rule in answer if "cy:A" in rule.axiom for source in rule.sources)
                found = dict.fromkeys(source for source in sources if source.startswith("cls-"))
                cells.append(", ".join(found) or "yes")
        yield f"| {name} | {' | '.join(cells)} |"


def document() -> str:
    """Return the page."""
    rules = compile_ontology(SOURCE).rules
    groups: dict[str, list[Rule]] = {}
    for rule in rules:
        groups.setdefault(kind_of(rule), []).append(rule)
    order = [kind for kind, _, _ in AXIOMS if kind in groups]
    order += sorted(groups.keys() - set(order))
    meanings = {kind: meaning for kind, meaning, _ in AXIOMS} | {"owl:Nothing": "nothing is in the empty class"}
    counts = {kind: len(found) for kind, found in groups.items()}
    constraints = sum(rule.is_constraint for rule in rules)
    lines = [
        "# The rules of the ontology",
        "",
        "<!-- Written by scripts/document_rules.py from ontology/comity.ttl; do not edit. -->",
        "",
        f"The axioms of [the ontology](../ontology/comity.ttl) become {len(rules)} rules: {len(rules) - constraints} that give new",
        f"statements (`CONSTRUCT`) and {constraints} that find contradictions (`ASK`, true if there is one). Each is plain SPARQL,",
        "to be run again and again until nothing new comes. The names in brackets are those of the rules that it is an instance of",
        "in [OWL 2 Profiles, section 4.3][profiles]. `comity rules NAME` prints one of them, and `comity explain` names the rules by",
        "which a statement follows. Legal rules, where the edition has them, are files of their own in `ontology/rules`.",
        "",
        "What else a rule could say is left out because nobody asks for it: that everything is an `owl:Thing` and the same as itself,",
        "consequences about the ontology, the datatypes of literals, and the equality of classes or properties.",
        "",
        "## Contents",
        "",
        "- [What is supported](#what-is-supported)",
        *(f"- [{kind}](#{anchor(kind)}) ({counts[kind]}): {meanings[kind]}" for kind in order),
        "",
        "## What is supported",
        "",
        "Every kind of axiom of OWL 2, with what becomes of it. What OWL 2 RL does not have is refused by name when the ontology is",
        "compiled, never passed over. Declarations make the vocabulary, assertions of named classes and properties are data, and",
        "annotations have no consequences.",
        "",
        *table_of_axioms(counts),
        "",
        "Where a class without a name may stand, and the rules that it takes part in. `owl:Thing` may not stand as subclass.",
        "",
        *table_of_expressions(),
        "",
        "[profiles]: https://www.w3.org/TR/owl2-profiles/#Reasoning_in_OWL_2_RL_and_RDF_Graphs_using_Rules",
    ]
    for kind in order:
        lines += ["", f"## {kind}", "", f"{meanings[kind][0].upper()}{meanings[kind][1:]}."]
        for rule in groups[kind]:
            lines += ["", f"### {rule.name}", "", f"`{rule.axiom}` [{', '.join(rule.sources)}]"]
            if rule.is_constraint and rule.message:
                lines[-1] += f": {rule.message}"
            lines += ["", "```sparql", wrapped(rule.sparql()), "```"]
    return "\n".join(lines) + "\n"


def main() -> int:
    script = Path(__file__).resolve().relative_to(ROOT)
    complaint = f"{TARGET.relative_to(ROOT)}: not the rules of {SOURCE.relative_to(ROOT)}; run: python {script}"
    return settle(TARGET, document(), complaint)


if __name__ == "__main__":
    sys.exit(main())
