"""Whether ontology and data contradict each other, and whether they keep to OWL 2 DL and OWL 2 RL, by engines that are not ours.

::

    judgement = check_consistency(comity.dataset.read(), engine="pellet")
    judgement.verdict          # "consistent", "contradiction" or "refused"
    judgement.unsatisfiable    # classes that can have no member
    check_profile(comity.dataset.read_file("ontology/comity.ttl"), "RL")

=========== =========================================================================================================
engine      what it is
=========== =========================================================================================================
``comity``  the rules of :mod:`comity.inference`: OWL 2 RL
``owlrl``   the reference for them, an independent implementation of the OWL 2 RL rules
``hermit``  HermiT, a reasoner for OWL 2 DL; knows only the datatypes of OWL 2, so it is given a copy without dates
``pellet``  Pellet, a reasoner for OWL 2 DL; names the statements that contradict each other
=========== =========================================================================================================

HermiT, Pellet and the OWL API, whose profile checkers are used, come with owlready2 (the extra ``reasoners``) and run in Java.
Their verdicts are on the statements that are given, taken as one ontology: axioms and facts alike, and nothing is fetched.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal

from comity.errors import UnknownEngine, UnknownName, UsageError
from comity.reasoners.java import Findings, Task, why_not_java
from comity.reasoners.java import run as run_java
from comity.terms import OWL, RDF, RDFS, XSD, shorten

if TYPE_CHECKING:
    import pyoxigraph as ox

    from comity.inference.explain import Inconsistency

__all__ = [
    "ENGINES",
    "PROFILES",
    "Judgement",
    "Verdict",
    "Violation",
    "available",
    "check_consistency",
    "check_each",
    "check_profile",
    "check_profiles",
]

Verdict = Literal["consistent", "contradiction", "refused"]
"""``refused``: the engine cannot read some statement or axiom, and so says nothing."""

Profile = Literal["DL", "RL"]

PROFILES: Final[tuple[Profile, ...]] = ("DL", "RL")
ENGINES: Final = ("comity", "owlrl", "hermit", "pellet")
_IN_JAVA: Final = ("hermit", "pellet")
TIMEOUT: Final = 300.0
"""Seconds that Java is given for all that is asked of it at once."""

# The datatypes of XML Schema that are in the OWL 2 datatype map (OWL 2 Structural Specification, section 4).
_IN_MAP: Final = frozenset(
    XSD[name]
    for name in (
        *("decimal", "integer", "nonNegativeInteger", "nonPositiveInteger", "positiveInteger", "negativeInteger", "long", "int"),
        *("short", "byte", "unsignedLong", "unsignedInt", "unsignedShort", "unsignedByte", "double", "float", "string"),
        *("normalizedString", "token", "language", "Name", "NCName", "NMTOKEN", "boolean", "hexBinary", "base64Binary", "anyURI"),
        *("dateTime", "dateTimeStamp"),
    )
)


@dataclass(frozen=True, slots=True)
class Judgement:
    """What an engine says of some statements.

    `reason` says why it refused, or names the first contradiction. `unsatisfiable` are the IRIs of classes that can have no
    member, `same` the pairs of IRIs that are found to name one thing; both only where they were asked for. `axioms` are
    statements that contradict each other, in functional-style syntax, as far as the engine names them, and `sources` the named
    graphs that speak of what is in them. `left_out` counts, by datatype, the statements that the engine was not given.
    """

    engine: str
    verdict: Verdict
    reason: str = ""
    unsatisfiable: tuple[str, ...] = ()
    same: tuple[tuple[str, str], ...] = ()
    axioms: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    left_out: Mapping[str, int] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def sound(self) -> bool:
        """Whether the statements are consistent and each class can have members."""
        return self.verdict == "consistent" and not self.unsatisfiable


@dataclass(frozen=True, slots=True)
class Violation:
    """A place where an ontology leaves a profile; `rule` is the OWL API's name for what is broken, `axiom` where."""

    profile: Profile
    rule: str
    axiom: str

    def __str__(self) -> str:
        return f"not in OWL 2 {self.profile}: {self.rule}: {self.axiom}"


def available() -> dict[str, str]:
    """Return each engine with the reason why it cannot be used here, or an empty text."""
    reason = why_not_java()
    return {engine: reason if engine in _IN_JAVA else "" for engine in ENGINES}


def check_consistency(
    statements: Iterable[Any],
    engine: str = "pellet",
    *,
    classes: bool = False,
    same: bool = False,
    timeout: float = TIMEOUT,
) -> Judgement:
    """Ask an engine whether the statements (triples or quads, the ontology among them) are consistent.

    `classes` also asks which classes can have no member, and `same` which names are found to name one thing. HermiT needs a
    minute for the classes of the whole edition: give it the ontology alone for them. Raises
    :class:`~comity.errors.UnknownEngine`, :class:`~comity.errors.MissingExtra` without owlready2,
    :class:`~comity.errors.UsageError` without Java, and :class:`~comity.errors.TimeLimitError` after `timeout` seconds (the
    engines in Java only).
    """
    return check_each({"it": statements}, (engine,), classes=classes, same=same, timeout=timeout)["it", engine]


def check_each(
    cases: Mapping[str, Iterable[Any]],
    engines: Iterable[str] = ENGINES,
    *,
    classes: bool = False,
    same: bool = False,
    timeout: float = TIMEOUT,
) -> dict[tuple[str, str], Judgement]:
    """Ask several engines of several sets of statements; the result is by case and engine.

    Java is started once for all of it, which takes longer than a small case. See :func:`check_consistency`.
    """
    asked = tuple(dict.fromkeys(engines))
    for engine in asked:
        if engine not in ENGINES:
            raise UnknownEngine(engine, ENGINES)
        if classes and engine not in _IN_JAVA:
            raise UsageError(f"the engine '{engine}' does not look for classes without members", "ask 'hermit' or 'pellet'")
    read = {name: list(statements) for name, statements in cases.items()}
    judgements: dict[tuple[str, str], Judgement] = {}
    tasks: list[Task[tuple[str, str]]] = []
    left: dict[tuple[str, str], Mapping[str, int]] = {}
    wishes = (*(("classes",) if classes else ()), *(("same",) if same else ()), "why")
    for name, statements in read.items():
        for engine in asked:
            key = (name, engine)
            if engine in _IN_JAVA:
                kept, left[key] = _in_map(statements) if engine == "hermit" else (_triples(statements), {})
                tasks.append(Task(key, engine, wishes, kept))
            else:
                judgements[key] = _IN_PYTHON[engine](statements, same)
    for key, findings in run_java(tasks, timeout).items() if tasks else ():
        judgements[key] = _judgement(key[1], findings, read[key[0]], left[key])
    return judgements


def check_profile(statements: Iterable[Any], profile: str, *, timeout: float = TIMEOUT) -> tuple[Violation, ...]:
    """Return where the statements (triples or quads) leave the profile ``DL`` or ``RL``, sorted.

    The OWL API judges, by the OWL 2 Structural Specification (section 3) and OWL 2 Profiles (section 4). It has no objection to
    ``xsd:date`` in OWL 2 DL; the specification has (section 5.2: a datatype in the reserved vocabulary must be in the datatype
    map), so that is added. What stands in annotations has no meaning in OWL and is let be. Raises
    :class:`~comity.errors.UnknownName` for another profile, else as :func:`check_consistency`.
    """
    return check_profiles({"it": statements}, (profile,), timeout=timeout)["it", profile]


def check_profiles(
    cases: Mapping[str, Iterable[Any]], profiles: Iterable[str] = PROFILES, *, timeout: float = TIMEOUT
) -> dict[tuple[str, str], tuple[Violation, ...]]:
    """Check several sets of statements against profiles with one start of Java; the result is by case and profile."""
    asked = tuple(dict.fromkeys(profiles))
    for profile in asked:
        if profile not in PROFILES:
            raise UnknownName(profile, PROFILES)
    tasks = []
    for name, statements in cases.items():
        triples = _triples(statements)
        tasks += [Task((name, profile), profile.lower(), (), triples) for profile in asked]
    return {
        (name, profile): tuple(
            sorted(
                {Violation("DL" if profile == "DL" else "RL", *_rule_and_axiom(text)) for text in findings.all("violation", "refused")},
                key=str,
            )
        )
        for (name, profile), findings in run_java(tasks, timeout).items()
    }


def _rule_and_axiom(text: str) -> tuple[str, str]:
    rule, colon, axiom = text.partition(": ")
    return (rule, axiom) if colon and rule.isidentifier() else ("Unreadable", text)


def _triples(statements: Iterable[Any]) -> list[ox.Triple]:
    import pyoxigraph as ox

    return list(dict.fromkeys(each.triple if isinstance(each, ox.Quad) else each for each in statements))


def _in_map(statements: Iterable[Any]) -> tuple[list[ox.Triple], dict[str, int]]:
    """The statements without those about datatypes that OWL 2 does not have, and how many these are by datatype."""
    import pyoxigraph as ox

    kept, left = [], dict[str, int]()
    for triple in _triples(statements):
        o = triple.object
        if isinstance(o, ox.Literal):
            datatype = o.datatype.value
        elif isinstance(o, ox.NamedNode) and triple.predicate.value == RDFS.range:
            datatype = o.value
        else:
            datatype = ""
        if datatype in XSD and datatype not in _IN_MAP:
            left[datatype] = left.get(datatype, 0) + 1
        else:
            kept.append(triple)
    return kept, left


def _judgement(engine: str, findings: Findings, statements: list[Any], left: Mapping[str, int]) -> Judgement:
    seconds = float(findings.one("seconds") or 0)
    if findings.has("refused"):
        return Judgement(engine, "refused", findings.one("refused"), left_out=left, seconds=seconds)
    if findings.has("contradiction"):
        axioms = findings.all("axiom")
        reason = axioms[0] if axioms else findings.one("contradiction")
        sources = _graphs_of(frozenset(findings.all("entity")), statements)
        return Judgement(engine, "contradiction", reason, axioms=axioms, sources=sources, left_out=left, seconds=seconds)
    pairs = sorted((first, second) for first, _, second in (text.partition(" ") for text in findings.all("same")))
    unsatisfiable = tuple(sorted(findings.all("class")))
    reason = f"{shorten(unsatisfiable[0])} can have no member" if unsatisfiable else ""
    return Judgement(engine, "consistent", reason, unsatisfiable, tuple(pairs), left_out=left, seconds=seconds)


def _graphs_of(entities: frozenset[str], statements: Iterable[Any]) -> tuple[str, ...]:
    """The graphs with a statement whose subject, and predicate or object, are in the contradiction."""
    import pyoxigraph as ox

    found = set()
    for quad in statements:
        if not isinstance(quad, ox.Quad) or not isinstance(quad.graph_name, ox.NamedNode):
            continue
        if getattr(quad.subject, "value", "") in entities:
            about_type = quad.predicate.value == RDF.type
            said = quad.object.value if about_type and isinstance(quad.object, ox.NamedNode) else quad.predicate.value
            if said in entities:
                found.add(quad.graph_name.value)
    return tuple(sorted(found))


def _by_comity(statements: list[Any], same: bool) -> Judgement:
    from comity.inference import MalformedOntology, UnsupportedAxiom, compile_ontology
    from comity.inference.closure import close_in_process

    try:
        closure = close_in_process(statements, compile_ontology(statements))
    except (UnsupportedAxiom, MalformedOntology) as error:
        return Judgement("comity", "refused", str(error))
    pairs: set[tuple[str, str]] = set()
    if same:
        for triple in closure:
            if triple.predicate.value == OWL.sameAs:
                first, second = sorted((_name(triple.subject), _name(triple.object)))
                pairs.add((first, second))
    equal = tuple(sorted(pairs))
    if closure.is_consistent:
        return Judgement("comity", "consistent", same=equal)
    found = closure.inconsistencies
    axioms = tuple(dict.fromkeys(each.rule.axiom for each in found))
    return Judgement("comity", "contradiction", str(found[0]), same=equal, axioms=axioms, sources=_stating(found, statements))


def _stating(found: Iterable[Inconsistency], statements: Iterable[Any]) -> tuple[str, ...]:
    """The graphs that state what the contradictions rest on."""
    import pyoxigraph as ox

    from comity.inference.explain import Proof

    asserted = {
        node.triple
        for each in found
        for premise in each.premises
        for node in (premise.nodes() if isinstance(premise, Proof) else (premise,))
    }
    return tuple(
        sorted(
            {
                quad.graph_name.value
                for quad in statements
                if isinstance(quad, ox.Quad) and isinstance(quad.graph_name, ox.NamedNode) and quad.triple in asserted
            }
        )
    )


def _name(term: Any) -> str:
    return str(getattr(term, "value", term))


def _by_owlrl(statements: list[Any], same: bool) -> Judgement:
    import rdflib

    from comity.inference.owlrl_engine import expand, to_rdflib

    # owlrl takes seconds for each thousand triples: it is spared those without a meaning in OWL.
    graph = to_rdflib(_without_annotations(statements))
    messages = expand(graph)
    pairs: set[tuple[str, str]] = set()
    if same:
        for s, o in graph.subject_objects(rdflib.OWL.sameAs):
            if s != o and isinstance(s, rdflib.URIRef) and isinstance(o, rdflib.URIRef):
                pairs.add((str(min(s, o)), str(max(s, o))))
    if messages:
        return Judgement("owlrl", "contradiction", " ".join(messages[0].split()), same=tuple(sorted(pairs)))
    return Judgement("owlrl", "consistent", same=tuple(sorted(pairs)))


def _without_annotations(statements: list[Any]) -> Iterable[Any]:
    annotations = {RDFS.label, RDFS.comment, RDFS.seeAlso, RDFS.isDefinedBy, OWL.versionInfo, OWL.versionIRI, OWL.deprecated}
    annotations |= {_name(each.subject) for each in statements if _name(each.object) == OWL.AnnotationProperty}
    return (each for each in statements if each.predicate.value not in annotations)


_IN_PYTHON: Final[Mapping[str, Callable[[list[Any], bool], Judgement]]] = {"comity": _by_comity, "owlrl": _by_owlrl}
