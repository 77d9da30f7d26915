"""The checks, each a function of the workbench, in the order in which they are run."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from comity import resources
from comity.errors import MissingExtra, UsageError
from comity.quality.bench import Workbench
from comity.quality.documentation import coverage
from comity.quality.outcome import Measure, Outcome
from comity.terms import BASE, RDF, SKOS, shorten

_Measured = tuple[list[Measure], list[str]] | tuple[list[Measure], list[str], list[str]]

CAUGHT: Final = 95.0
"""The share of planted faults, in percent, below which the mutation of the data fails."""


@dataclass(frozen=True, slots=True)
class Check:
    """One check: its `name` on the command line, its `title`, and the function that measures and finds, and may add notes."""

    name: str
    title: str
    measure: Callable[[Workbench], _Measured]

    def run(self, bench: Workbench) -> Outcome:
        """Run it. What it needs and is not there makes it skipped, with the reason."""
        try:
            measures, findings, *notes = self.measure(bench)
        except (MissingExtra, UsageError) as error:
            return Outcome(self.name, self.title, skipped=str(error))
        return Outcome(self.name, self.title, tuple(measures), tuple(findings), tuple(*notes))


def _shapes(bench: Workbench) -> _Measured:
    from comity.validation import validate

    report = validate(bench.quads)
    node_shapes, constraints = _count_shapes()
    return [
        Measure("node-shapes", "shapes of nodes", node_shapes),
        Measure("property-shapes", "shapes of properties", constraints),
        Measure("nodes", "nodes looked at", report.nodes),
        Measure("findings", "findings", len(report)),
    ], [str(finding) for finding in report.results]


def _count_shapes() -> tuple[int, int]:
    """How many node shapes and property shapes there are."""
    from comity import dataset
    from comity.terms import SH
    from comity.validation.checking import shape_files

    kinds = [
        quad.object.value  # type: ignore[union-attr]
        for file in shape_files(None)
        for quad in dataset.read_file(file)
        if quad.predicate.value == RDF.type
    ]
    return kinds.count(SH.NodeShape), kinds.count(SH.PropertyShape)


def _hygiene(bench: Workbench) -> _Measured:
    from comity.hygiene import hygiene, load_exceptions, load_hygiene

    findings = hygiene(bench.store)
    pitfalls = tomllib.loads((resources.shapes() / "hygiene" / "oops.toml").read_text(encoding="utf-8"))
    # An Info is a hint for maintainers, such as a concept that nothing uses yet.
    faults = [finding for finding in findings if finding.severity != "Info"]
    return [
        Measure("rules", "rules", len(load_hygiene())),
        Measure("pitfalls", "pitfalls of OOPS! with a disposition", len(pitfalls)),
        Measure("exceptions", "exceptions, each with its reason", len(load_exceptions())),
        Measure("findings", "violations and warnings beyond them", len(faults)),
        Measure("hints", "hints", len(findings) - len(faults)),
    ], [str(finding) for finding in faults]


def _mutation(bench: Workbench) -> _Measured:
    from comity.quality.mutation import try_mutants

    trial = try_mutants(bench.quads)
    measures = [Measure("mutants", "faults planted", len(trial.mutants)), Measure("caught", "% caught", trial.percent)]
    measures += [
        Measure(f"{operator}-caught", f"of {tried:,} by {operator} caught", caught)
        for operator, (tried, caught) in trial.by_operator().items()
    ]
    too_few = [f"only {trial.percent} % of the planted faults are caught, {CAUGHT:.0f} % must be; add shapes for what survives"]
    notes = [f"not caught: {mutant}" for mutant in trial.survivors]
    return measures, too_few if trial.percent < CAUGHT else [], notes


def _terms(bench: Workbench) -> _Measured:
    counted = coverage(bench.ontology)
    measures = [Measure("terms", "classes and properties", counted[0].terms if counted else 0)]
    measures += [Measure(f"{each.name.replace(' ', '-')}-percent", f"% with {each.name}", each.percent) for each in counted]
    findings = [f"{term} has no {each.name}; add it in ontology/comity.ttl" for each in counted for term in each.without]
    if not measures[0].value:
        findings.append("the ontology declares no class or property; restore ontology/comity.ttl")
    return measures, findings


def _questions(bench: Workbench) -> _Measured:
    from comity.questions.scope import NOT_ASKED, unasked_terms, unfounded_claims

    terms = unasked_terms(bench.questions, bench.ontology)
    claims = unfounded_claims(bench.questions, bench.quads)
    return [
        Measure("questions", "questions", len(bench.questions)),
        Measure("exceptions", "terms that need no question, each with its reason", len(NOT_ASKED)),
        Measure("unasked-terms", "terms that no question uses", len(terms)),
        Measure("unfounded-claims", "claims to a section of which the question uses no term", len(claims)),
    ], [
        *(f"{shorten(term)} is used by no question; ask for it, or remove it" for term in terms),
        *(
            f"the question {question.name} claims section {section} and uses no term of it; mend its sections or its query"
            for question, section in claims
        ),
    ]


def _content(bench: Workbench) -> _Measured:
    """How much there is, so that a loss shows as a difference of the page."""
    typed = [quad for quad in bench.quads if quad.predicate.value == RDF.type]
    concepts = {quad.subject for quad in typed if getattr(quad.object, "value", "") == SKOS.Concept}
    things = {quad.subject for quad in typed if getattr(quad.subject, "value", "").startswith(f"{BASE}id/")}
    graphs = {quad.graph_name for quad in bench.quads}
    empty = [] if things else ["the view holds no things; restore data/"]
    return [
        Measure("statements", "statements", len(bench.quads)),
        Measure("graphs", "graphs", len(graphs)),
        Measure("things", "things with a class", len(things)),
        Measure("concepts", "of them concepts", len(concepts)),
    ], empty


def _inference(bench: Workbench) -> _Measured:
    from comity.terms import OWL

    closure = bench.closure
    same = [
        triple
        for triple in closure
        if triple.predicate.value == OWL.sameAs and triple.subject != triple.object and getattr(triple.object, "value", "").startswith(BASE)
    ]
    return [
        Measure("rules", "rules", len(closure.rules)),
        Measure("inferred", "inferred statements", len(closure)),
        Measure("contradictions", "contradictions", len(closure.inconsistencies)),
        Measure("same", "pairs of our IRIs inferred to name one thing", len(same)),
    ], [
        *(str(each) for each in closure.inconsistencies),
        *(f"{shorten(t.subject.value)} is inferred to be {shorten(t.object.value)}; one of them has a wrong value" for t in same),  # type: ignore[union-attr]
    ]


def _fair(bench: Workbench) -> _Measured:
    from comity.quality.fair import DISPOSITIONS, principles, unmet

    every = principles()
    counted = [sum(each.disposition == disposition for each in every) for disposition in DISPOSITIONS]
    return [
        Measure("checks", "checks of FOOPS! and F-UJI with a disposition", len(every)),
        Measure("checked", "shown by a query of this check", counted[0]),
        Measure("checked-elsewhere", "shown by a test", counted[1]),
        Measure("published", "that need a deployed site or a registry", counted[2]),
    ], [f"{each.name} ({each.title}) does not hold; state it in ontology/comity.ttl or CITATION.cff" for each in unmet(every, bench.quads)]


def _profiles(bench: Workbench) -> _Measured:
    from comity.reasoners import PROFILES, check_profiles

    found = check_profiles({"ontology": bench.ontology}, PROFILES)
    return [
        Measure(f"owl-2-{profile.lower()}", f"places outside OWL 2 {profile}", len(violations))
        for (_, profile), violations in found.items()
    ], [str(violation) for violations in found.values() for violation in violations]


def _reasoner(engine: str) -> Callable[[Workbench], _Measured]:
    def check(bench: Workbench) -> _Measured:
        from comity.reasoners import check_consistency

        whole = check_consistency(bench.quads, engine, same=engine == "pellet")
        terms = check_consistency(bench.ontology, engine, classes=True)
        ours = [(a, b) for a, b in whole.same if a != b and a.startswith(BASE) and b.startswith(BASE)]
        measures = [
            Measure("statements-left-out", "statements of datatypes that it does not know, left out", sum(whole.left_out.values())),
            Measure("contradictions", "contradictions", int(whole.verdict != "consistent")),
            Measure("unsatisfiable", "classes that can have no member", len(terms.unsatisfiable)),
        ]
        if engine == "pellet":
            measures.append(Measure("same", "pairs of our IRIs found to name one thing", len(ours)))
        findings = [f"{each.verdict}: {each.reason}" for each in (whole, terms) if each.verdict != "consistent"]
        findings += [f"{shorten(name)} can have no member; mend its axioms" for name in terms.unsatisfiable]
        findings += [f"{shorten(a)} is found to be {shorten(b)}; one of them has a wrong value" for a, b in ours]
        return measures, findings

    return check


CHECKS: Final = (
    Check("content", "What the curated view holds", _content),
    Check("shapes", "The data conform to the shapes", _shapes),
    Check("hygiene", "Ontology, concepts, data and metadata are well kept", _hygiene),
    Check("mutation", "Shapes and hygiene rules catch faults that are planted in the data", _mutation),
    Check("terms", "Every class and property is documented, and labelled in the languages of the United Nations", _terms),
    Check("questions", "Questions and terms need one another", _questions),
    Check("inference", "By our own rules nothing contradicts, and no two of our IRIs are one", _inference),
    Check("fair", "Ontology and descriptions have what FOOPS! and F-UJI ask for", _fair),
    Check("profiles", "The ontology is in OWL 2 DL and in OWL 2 RL", _profiles),
    Check("hermit", "HermiT finds ontology and data consistent", _reasoner("hermit")),
    Check("pellet", "Pellet finds ontology and data consistent", _reasoner("pellet")),
)
"""All checks. A new one gets a planted fault in ``tests/quality``, or its test fails."""
