"""What is stated and inferred about a thing, for its page; the ontology for its own: tasks for a worker."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final

from comity.server.frames import Frame
from comity.server.tasks import task
from comity.terms import CY, GRAPH, INFERRED, OWL, RDF, RDFS, SKOS, VOCABULARY_PREFIXES, split_iri

if TYPE_CHECKING:
    from comity.api import Comity

INCOMING: Final = 60
"""How many of the things that point to a thing in one way are named on its page; the rest are counted."""

_NAMES: Final = (RDFS.label, SKOS.prefLabel)
_ELSEWHERE: Final = (SKOS.exactMatch, SKOS.closeMatch, f"{VOCABULARY_PREFIXES['schema']}sameAs")
_APART: Final = frozenset((*_NAMES, SKOS.altLabel, *_ELSEWHERE, RDF.type, RDFS.seeAlso, CY.statedIn))
"""What stands in a place of its own on the page."""
_FIRST: Final = (
    *(CY.kind, CY.level, CY.symbol, CY.number, CY.date, CY.startDate, CY.endDate, CY.effectDate, CY.year),
    *(CY.adoptedBy, CY.framework, CY.participant, CY.member, CY.organization, CY.role, CY.instrument, CY.about, CY.bearer, CY.strength),
)
"""The properties that people look for, in the order in which the page has them; the others follow by name, notes come last."""
_ON_IT: Final = frozenset(("of", "by", "in", "to", "about", "on", "for", "with", "from"))
_SEEN: Final = {"broader": "narrower than it", "narrower": "broader than it", "preferred": "prefers it", "set aside": "sets it aside"}
_VERBS: Final = frozenset(("amends", "ends", "includes", "supersedes", "supplements", "implements"))


@task("thing")
def thing(edition: Comity, iri: str) -> Frame:
    """What a thing's page shows, in plain JSON.

    ``statements`` are all of them; ``names`` those by language; ``kinds`` its classes, the narrowest first; ``dates`` the dated acts
    that made or changed it; ``properties`` and ``incoming`` are grouped by property; ``elsewhere`` are the same thing's other names,
    ``documents`` what can be read about it; ``sources`` say where it is stated, and ``graphs`` in which files; ``corrections`` which
    printed values are overruled.
    """
    import pyoxigraph as ox

    node = ox.NamedNode(iri)
    rows = _rows(edition, f"SELECT ?p ?o WHERE {{ {node} ?p ?o }} ORDER BY ?p ?o")
    stated, graphs = _stated(edition, node)
    # Where nothing is in graphs of ours (files of somebody's own), nothing can be said to be inferred.
    inferred = {(p, o) for p, o in rows if (p, o) not in stated} if stated else set()
    coming = _rows(
        edition,
        f"SELECT ?p ?s ?from ?to WHERE {{ ?s ?p {node} OPTIONAL {{ ?s <{CY.earliest}> ?from }} OPTIONAL {{ ?s <{CY.latest}> ?to }} "
        f"FILTER(?p NOT IN (<{CY.correctedSubject}>, <{CY.correctedValue}>, <{CY.statedValue}>)) }} ORDER BY ?p ?from ?s",
    )
    named = {iri} | {term.value for row in rows for term in row if isinstance(term, ox.NamedNode)}
    named |= {term.value for row in coming for term in row[:2] if isinstance(term, ox.NamedNode)}
    labels = labels_of(edition, sorted(named))
    statements = [
        {
            "property": p.value,
            "propertyLabel": labels.get(p.value) or _readable(p.value),
            "inferred": (p, o) in inferred,
            **value_of(o, labels),
        }
        for p, o in rows
    ]
    return Frame(
        {
            "iri": iri,
            "label": labels.get(iri) or _one_label(statements),
            "statements": statements,
            "kinds": _kinds(edition, node, labels),
            "names": [s for s in statements if s["property"] in _NAMES and s["language"] not in (None, "en")],
            "aliases": [s for s in statements if s["property"] == SKOS.altLabel],
            "dates": _dates(coming, labels),
            "properties": _grouped(s for s in _telling(statements) if s["property"] not in _APART),
            "documents": [str(s["iri"]) for s in statements if s["property"] == RDFS.seeAlso and s["iri"]],
            "elsewhere": sorted({str(s["iri"]) for s in statements if s["property"] in _ELSEWHERE and s["iri"]}),
            "incoming": _incoming(coming, labels),
            "sources": _sources(edition, node),
            "graphs": graphs,
            "corrections": _corrections(edition, node),
        }
    )


def _rows(edition: Comity, sparql: str) -> list[tuple[Any, ...]]:
    return list(edition.store.query(sparql).rows)


def _stated(edition: Comity, node: Any) -> tuple[set[tuple[Any, Any]], list[str]]:
    """The statements that a named graph of a source has, and the names of these graphs."""
    found = _rows(
        edition,
        f"SELECT DISTINCT ?p ?o ?g WHERE {{ GRAPH ?g {{ {node} ?p ?o }} FILTER(STRSTARTS(STR(?g), '{GRAPH}') && ?g != <{INFERRED}>) }}",
    )
    return {(p, o) for p, o, _ in found}, sorted({g.value.removeprefix(GRAPH) for *_, g in found})


def _grouped(statements: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    groups: dict[str, dict[str, Any]] = {}
    for statement in statements:
        group = groups.setdefault(
            statement["property"], {"property": statement["property"], "label": statement["propertyLabel"], "values": []}
        )
        group["values"].append(statement)
    return sorted(groups.values(), key=lambda group: (_place(group["property"]), group["label"].lower()))


def _place(property_: str) -> int:
    if property_ == CY.note:
        return len(_FIRST) + 1
    return _FIRST.index(property_) if property_ in _FIRST else len(_FIRST)


def _telling(statements: Sequence[dict[str, Any]]) -> Iterable[dict[str, Any]]:
    """Without the bounds that follow from a day that is itself stated: they would say it again and again."""
    stated = {(s["text"], s["datatype"]) for s in statements if s["text"] and not s["inferred"]}
    return (s for s in statements if not (s["inferred"] and (s["text"], s["datatype"]) in stated))


def _dates(rows: Iterable[tuple[Any, ...]], labels: dict[str, str]) -> list[dict[str, Any]]:
    """The acts on an instrument that have a day, the first one first."""
    found = {
        s.value: (earliest.value, getattr(latest, "value", None))
        for p, s, earliest, latest in rows
        if p.value == CY.instrument and earliest is not None and (split_iri(s.value) or ("", ""))[0] == "act"
    }
    ordered = sorted(found.items(), key=lambda entry: (entry[1][0], entry[0]))
    return [{"iri": act, "label": labels.get(act), "when": when(*span)} for act, span in ordered]


def as_seen_from(label: str) -> str:
    """How a property is named on the page of its value: the thing that points there is … this one.

    >>> as_seen_from("adopted by"), as_seen_from("member"), as_seen_from("has organ"), as_seen_from("amends")
    ('adopted by it', 'it is the member', 'has it as organ', 'amends it')
    """
    words = label.split()
    if label in _SEEN:
        return _SEEN[label]
    if words[-1] in _ON_IT or label in _VERBS:
        return f"{label} it"
    if words[0] == "has":
        return f"has it as {' '.join(words[1:])}"
    return f"it is the {label}"


def _incoming(rows: Iterable[tuple[Any, ...]], labels: dict[str, str]) -> list[dict[str, Any]]:
    groups: dict[str, dict[str, Any]] = {}
    seen: set[tuple[str, str]] = set()
    for p, s, earliest, latest in rows:
        if (p.value, s.value) in seen:
            continue
        seen.add((p.value, s.value))
        group = groups.setdefault(
            p.value, {"property": p.value, "label": as_seen_from(labels.get(p.value) or _readable(p.value)), "count": 0, "things": []}
        )
        group["count"] += 1
        if len(group["things"]) < INCOMING:
            span = (getattr(earliest, "value", None), getattr(latest, "value", None))
            group["things"].append({"iri": s.value, "label": labels.get(s.value), "when": when(*span)})
    return sorted(groups.values(), key=lambda group: group["label"].lower())


def when(earliest: str | None, latest: str | None) -> str | None:
    """A day, month or year in digits for an interval that is just that, else both of its ends.

    >>> when("2001-09-01", "2001-09-30"), when("2001-01-01", "2001-12-31"), when("2001-09-28", None)
    ('2001-09', '2001', '2001-09-28')
    """
    if earliest is None or latest is None or earliest == latest:
        return earliest or (f"by {latest}" if latest else None)
    if earliest[:4] == latest[:4] and earliest.endswith("-01-01") and latest.endswith("-12-31"):
        return earliest[:4]
    if earliest[:7] == latest[:7] and earliest.endswith("-01") and int(latest[8:10]) >= 28:
        return earliest[:7]
    return f"{earliest} – {latest}"


def _kinds(edition: Comity, node: Any, labels: dict[str, str]) -> list[dict[str, str]]:
    """The classes of ours that it is in, those without a narrower one first."""
    rows = _rows(
        edition,
        f"SELECT ?class (COUNT(DISTINCT ?wider) AS ?depth) WHERE {{ {node} a ?class FILTER(STRSTARTS(STR(?class), '{CY}')) "
        f"OPTIONAL {{ ?class <{RDFS.subClassOf}>+ ?wider }} }} GROUP BY ?class ORDER BY DESC(?depth) ?class",
    )
    return [{"iri": c.value, "label": labels.get(c.value) or _readable(c.value)} for c, _ in rows]


def _sources(edition: Comity, node: Any) -> list[dict[str, str | None]]:
    """The passages and citations that the thing rests on: where, and in which words."""
    rows = _rows(
        edition,
        f"SELECT DISTINCT ?evidence ?words ?locator ?where ?whereLabel WHERE {{ {node} <{CY.statedIn}> ?evidence "
        f"OPTIONAL {{ ?evidence <{CY.fragment}> ?words }} OPTIONAL {{ ?evidence <{CY.locator}> ?locator }} "
        f"OPTIONAL {{ ?evidence <{CY.inSection}>|<{CY.source}> ?where "
        f"OPTIONAL {{ ?where <{RDFS.label}> ?whereLabel FILTER(LANG(?whereLabel) IN ('en', '')) }} }} "
        "} ORDER BY ?where ?evidence ?words",
    )
    labels = labels_of(edition, sorted({evidence.value for evidence, *_ in rows}))
    return [
        {
            "iri": evidence.value,
            "label": labels.get(evidence.value),
            "words": getattr(words, "value", None),
            "locator": getattr(locator, "value", None),
            "where": getattr(where, "value", None),
            "whereLabel": getattr(where_label, "value", None),
        }
        for evidence, words, locator, where, where_label in rows
    ]


def _corrections(edition: Comity, node: Any) -> list[dict[str, Any]]:
    """The corrections of the thing and of what is about it: the printed value, the corrected one, why, on what evidence."""
    rows = _rows(
        edition,
        f"SELECT DISTINCT ?c ?name ?subject ?property ?stated ?corrected ?status ?reason ?evidence WHERE {{ "
        f"{{ ?c <{CY.correctedSubject}> {node} }} UNION {{ ?part <{CY.instrument}>|<{CY.about}>|<{CY.statedIn}> {node} . "
        f"?c <{CY.correctedSubject}> ?part }} "
        f"UNION {{ ?c <{CY.about}> {node} ; a <{CY.Correction}> }} UNION {{ BIND({node} AS ?c) ?c a <{CY.Correction}> }} "
        f"OPTIONAL {{ ?c <{RDFS.label}> ?name }} OPTIONAL {{ ?c <{CY.correctedSubject}> ?subject }} "
        f"OPTIONAL {{ ?c <{CY.correctedProperty}> ?property }} "
        f"OPTIONAL {{ ?c <{CY.statedValue}> ?stated }} OPTIONAL {{ ?c <{CY.correctedValue}> ?corrected }} "
        f"OPTIONAL {{ ?c <{CY.correctionStatus}>/<{SKOS.prefLabel}> ?status FILTER(LANG(?status) = 'en') }} "
        f"OPTIONAL {{ ?c <{CY.reason}> ?reason }} OPTIONAL {{ ?c <{CY.evidence}> ?evidence }} }} ORDER BY ?c ?evidence",
    )
    labels = labels_of(
        edition, sorted({term.value for row in rows for term in row if hasattr(term, "value") and str(term).startswith("<")})
    )
    found: dict[str, dict[str, Any]] = {}
    for c, name, subject, prop, stated, corrected, status, reason, evidence in rows:
        one = found.setdefault(
            c.value,
            {
                "iri": c.value,
                "label": getattr(name, "value", None),
                "subject": None if subject is None else value_of(subject, labels),
                "property": None if prop is None else labels.get(prop.value) or _readable(prop.value),
                "stated": None if stated is None else value_of(stated, labels),
                "corrected": None if corrected is None else value_of(corrected, labels),
                "status": getattr(status, "value", None),
                "reason": getattr(reason, "value", None),
                "evidence": [],
            },
        )
        if evidence is not None:
            shown = value_of(evidence, labels)
            if shown not in one["evidence"]:
                one["evidence"].append(shown)
    return list(found.values())


def _one_label(statements: list[dict[str, Any]]) -> str | None:
    """A name in any language, the first by its code, for what has none in English."""
    names = sorted((s["language"] or "", s["text"]) for s in statements if s["property"] in _NAMES and s["text"])
    return names[0][1] if names else None


def _readable(iri: str) -> str:
    """A name made of the end of an IRI, for what has no label."""
    import re

    end = re.split(r"[#/]", iri.rstrip("#/"))[-1]
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", end).replace("-", " ").lower()


def labels_of(edition: Comity, iris: list[str]) -> dict[str, str]:
    """The English or language-free names of the IRIs that have one."""
    values = " ".join(f"<{iri}>" for iri in dict.fromkeys(iris))
    found: dict[str, str] = {}
    for given, name in _rows(
        edition,
        f"SELECT ?thing ?name WHERE {{ VALUES ?thing {{ {values} }} ?thing <{RDFS.label}>|<{SKOS.prefLabel}> ?name "
        "FILTER(LANG(?name) IN ('en', '')) } ORDER BY ?thing ?name",
    ):
        found.setdefault(given.value, name.value)
    return found


def value_of(term: object, labels: dict[str, str]) -> dict[str, str | None]:
    """A value of a statement in plain JSON: always ``iri``, ``label``, ``text``, ``language``, ``datatype``, null where there is none."""
    import pyoxigraph as ox

    value: dict[str, str | None] = dict.fromkeys(("iri", "label", "text", "language", "datatype"))
    if isinstance(term, ox.NamedNode):
        return value | {"iri": term.value, "label": labels.get(term.value)}
    if isinstance(term, ox.Literal):
        return value | {"text": term.value, "language": term.language, "datatype": term.datatype.value}
    return value | {"text": str(term)}


@task("vocabulary")
def vocabulary(edition: Comity) -> Frame:
    """What the ontology's page shows: its terms by name, each with ``label``, ``comment`` and ``kind``."""
    from comity.terms import graph_iri

    rows = _rows(
        edition,
        f"SELECT ?term ?kind (SAMPLE(?l) AS ?label) (SAMPLE(?c) AS ?comment) WHERE {{ GRAPH <{graph_iri('ontology')}> {{ "
        f"?term a ?kind OPTIONAL {{ ?term <{RDFS.label}> ?l FILTER(LANG(?l) = 'en') }} "
        f"OPTIONAL {{ ?term <{SKOS.definition}>|<{RDFS.comment}> ?c FILTER(LANG(?c) = 'en') }} "
        f"FILTER(STRSTARTS(STR(?term), '{CY}') && STRSTARTS(STR(?kind), '{OWL}')) }} }} GROUP BY ?term ?kind ORDER BY ?term ?kind",
    )
    terms: dict[str, dict[str, str | None]] = {}
    for term, kind, label, comment in rows:
        name = term.value[len(str(CY)) :]
        terms.setdefault(
            name,
            {
                "name": name,
                "kind": kind.value[len(str(OWL)) :],
                "label": getattr(label, "value", None),
                "comment": getattr(comment, "value", None),
            },
        )
    return Frame({"terms": list(terms.values())})
