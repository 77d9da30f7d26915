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

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any, Final

from comity.errors import UnknownEngine, UnknownName, UsageError
from comity.reasoners.given import in_map, triples
from comity.reasoners.in_python import by_comity, by_owlrl
from comity.reasoners.java import Findings, Task, why_not_java
from comity.reasoners.java import run as run_java
from comity.reasoners.judgements import Judgement, Profile, Verdict, Violation
from comity.terms import RDF, shorten

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

PROFILES: Final[tuple[Profile, ...]] = ("DL", "RL")
ENGINES: Final = ("comity", "owlrl", "hermit", "pellet")
_IN_JAVA: Final = ("hermit", "pellet")
_IN_PYTHON: Final[Mapping[str, Callable[[list[Any], bool], Judgement]]] = {"comity": by_comity, "owlrl": by_owlrl}
TIMEOUT: Final = 300.0
"""Seconds that Java is given for all that is asked of it at once."""


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
                kept, left[key] = in_map(statements) if engine == "hermit" else (triples(statements), {})
                tasks.append(Task(key, engine, wishes, kept))
            else:
                judgements[key] = _timed(_IN_PYTHON[engine], statements, same)
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
        given = triples(statements)
        tasks += [Task((name, profile), profile.lower(), (), given) for profile in asked]
    return {
        (name, profile): tuple(
            sorted(
                {Violation("DL" if profile == "DL" else "RL", *_rule_and_axiom(text)) for text in findings.all("violation", "refused")},
                key=str,
            )
        )
        for (name, profile), findings in run_java(tasks, timeout).items()
    }


def _timed(engine: Callable[[list[Any], bool], Judgement], statements: list[Any], same: bool) -> Judgement:
    start = time.perf_counter()
    judgement = engine(statements, same)
    return replace(judgement, seconds=time.perf_counter() - start)


def _rule_and_axiom(text: str) -> tuple[str, str]:
    rule, colon, axiom = text.partition(": ")
    return (rule, axiom) if colon and rule.isidentifier() else ("Unreadable", text)


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
