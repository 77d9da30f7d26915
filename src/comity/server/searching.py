"""Finding things by their names, what a form offers to choose from, and what the first page says of the field: tasks for a worker."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from weakref import WeakKeyDictionary

from comity.server.frames import Frame
from comity.server.tasks import task
from comity.terms import CY, ID, KINDS, RDFS, SKOS, split_iri

if TYPE_CHECKING:
    from comity.api import Comity
    from comity.questions.names import NameIndex

CHOICES: Final = 600
"""Of a class with more things than this, a form offers none: its field still takes any name."""


@task("search")
def search(edition: Comity, words: str, limit: int = 30) -> Frame:
    """The things that the words may name, in any language: ``found`` (``iri``, ``label``, ``kind``) and how many there are in ``count``.

    What is spelt otherwise is found by likeness; then ``near`` is true.
    """
    from comity.questions.names import NameIndex, NotResolved

    if edition not in _indexes:
        _indexes[edition] = NameIndex(edition.store)
    index = _indexes[edition]
    near = False
    try:
        found = index.find(words)
    except NotResolved as error:
        found, near = error.candidates, True
    # A passage has the name of what it says; people look for the thing.
    ranked = sorted(found, key=lambda candidate: _rank(candidate.iri))
    return Frame(
        {
            "count": len(ranked),
            "near": near,
            "found": [{"iri": it.iri, "label": it.label, "kind": kind_of(it.iri)} for it in ranked[:limit]],
        }
    )


_indexes: WeakKeyDictionary[Comity, NameIndex] = WeakKeyDictionary()
_FIRST: Final = (
    "state",
    "organization",
    "instrument",
    "body",
    "group",
    "relation",
    "programme",
    "person",
    "incident",
    "meeting",
    "exercise",
    "topic",
)


def _rank(iri: str) -> int:
    parts = split_iri(iri)
    return _FIRST.index(parts[0]) if parts and parts[0] in _FIRST else len(_FIRST)


def kind_of(iri: str) -> str:
    """What a thing is, in a word or two, by the kind in its IRI: ``threat group``.

    >>> kind_of("https://w3id.org/comity/id/correction-status/applied")
    'correction status'
    """
    parts = split_iri(iri)
    return {"group": "threat group", "relation": "bilateral relation"}.get(parts[0], parts[0].replace("-", " ")) if parts else ""


@task("choices")
def choices(edition: Comity, classes: list[list[str | None]]) -> Frame:
    """For each pair of a class and a concept scheme (either may be null): the names of what is in it, none when they are too many."""
    return Frame({"choices": [_names(edition, class_iri, scheme_iri) for class_iri, scheme_iri in classes]})


def _names(edition: Comity, class_iri: str | None, scheme_iri: str | None) -> list[str]:
    if class_iri is None and scheme_iri is None:
        return []
    patterns = f"?thing a/<{RDFS.subClassOf}>* <{class_iri}> . " if class_iri else ""
    if scheme_iri:
        patterns += f"?thing <{SKOS.inScheme}> <{scheme_iri}> . "
    rows = edition.store.query(
        f"SELECT DISTINCT ?name WHERE {{ {patterns} ?thing <{RDFS.label}>|<{SKOS.prefLabel}> ?name FILTER(LANG(?name) = 'en') }} "
        f"ORDER BY ?name LIMIT {CHOICES + 1}"
    ).rows
    return [name.value for (name,) in rows] if len(rows) <= CHOICES else []  # type: ignore[union-attr]


@task("field")
def field(edition: Comity) -> Frame:
    """For each level of cooperation: its numbers, and its organizations or relations, those with most instruments first."""
    counted = {row.level: row for row in edition.ask("levels").rows}
    levels = []
    for key in ("global", "regional", "bilateral"):
        iri, kind = f"{ID}level/{key}", CY.BilateralRelation if key == "bilateral" else CY.Organization
        rows = edition.store.query(
            f"SELECT ?whole ?name (COUNT(DISTINCT ?instrument) AS ?n) WHERE {{ "
            f"?whole a <{kind}> ; <{CY.level}> <{iri}> ; <{RDFS.label}> ?name FILTER(LANG(?name) = 'en') "
            f"OPTIONAL {{ ?instrument <{CY.framework}> ?whole ; <{CY.level}> <{iri}> ; a <{CY.Instrument}> }} }} "
            "GROUP BY ?whole ?name ORDER BY DESC(?n) ?name LIMIT 9"
        ).rows
        row = counted.get(iri)
        levels.append(
            {
                "key": key,
                "iri": iri,
                "organizations": row.organizations if row else 0,
                "instruments": row.instruments if row else 0,
                "relations": row.relations if row else 0,
                "wholes": [{"iri": whole.value, "label": name.value, "instruments": int(n.value)} for whole, name, n in rows],  # type: ignore[union-attr]
            }
        )
    return Frame({"levels": levels})


@task("completions")
def completions(edition: Comity) -> Frame:
    """What the editor completes: the IRIs of classes and of properties of the ontology and of those it borrows, and the prefixes."""
    from comity.terms import PREFIXES

    found = {}
    for name, pattern in (("classes", "?s a ?term"), ("properties", "?s ?term ?o")):
        rows = edition.store.query(f"SELECT DISTINCT ?term WHERE {{ {pattern} FILTER(ISIRI(?term)) }} ORDER BY ?term").rows
        found[name] = [term.value for (term,) in rows]  # type: ignore[union-attr]
    return Frame({**found, "prefixes": dict(PREFIXES), "kinds": dict(KINDS)})
