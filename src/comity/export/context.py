"""The JSON-LD context of the edition, made of its ontology: short names that read like the ontology's own.

- Prefixes: those of the vocabularies, ``id:`` for things (``id:state/PAK``) and ``graph:`` for named graphs (``graph:paper/2.1.2``).
- Each class and property of ours goes by its local name: ``State``, ``member``, ``startDate``.
- A value of an object property is an IRI, a value of a dated or counted one has its datatype; neither is repeated at each value.
- Names and definitions are objects by language: ``"label": {"en": "China", "fr": "Chine"}``.

``ontology/context.jsonld`` is this context, written by ``scripts/update_context.py``.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from comity.terms import CY, GRAPH, ID, OWL, RDF, RDFS, SKOS, VOCABULARY_PREFIXES, XSD

if TYPE_CHECKING:
    import pyoxigraph as ox

FILE: Final = "context.jsonld"

BY_LANGUAGE: Final = {
    "label": RDFS.label,
    "comment": RDFS.comment,
    "prefLabel": SKOS.prefLabel,
    "altLabel": SKOS.altLabel,
    "definition": SKOS.definition,
    "example": SKOS.example,
    "scopeNote": SKOS.scopeNote,
}
"""Short names whose values stand by language; a value without one goes under the prefixed name of the property."""

_CLASSES: Final = (OWL.Class, RDFS.Class)
_PROPERTIES: Final = (OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty)


def make_context(ontology: Iterable[ox.Quad]) -> dict[str, Any]:
    """Return the context for the ontology with these statements: the value of ``@context``, sorted by name."""
    kinds: dict[str, set[str]] = {}
    ranges: dict[str, str] = {}
    above: dict[str, str] = {}
    for quad in sorted(ontology, key=str):
        subject, value = getattr(quad.subject, "value", ""), getattr(quad.object, "value", "")
        if subject not in CY:
            continue
        if quad.predicate.value == RDF.type:
            kinds.setdefault(subject, set()).add(value)
        elif quad.predicate.value == RDFS.range:
            ranges[subject] = value
        elif quad.predicate.value == RDFS.subPropertyOf and value in CY:
            above[subject] = value

    def range_of(name: str) -> str:
        while name not in ranges and name in above:
            name = above[name]
        return ranges.get(name, "")

    context: dict[str, Any] = {name: {"@id": _short(full), "@container": "@language"} for name, full in BY_LANGUAGE.items()}
    for full, types in kinds.items():
        name = full.removeprefix(str(CY))
        if types & set(_CLASSES):
            context[name] = f"cy:{name}"
        elif types & set(_PROPERTIES):
            datatype = range_of(full)
            if OWL.ObjectProperty in types:
                context[name] = {"@id": f"cy:{name}", "@type": "@id"}
            elif datatype in XSD and datatype != XSD.string:
                context[name] = {"@id": f"cy:{name}", "@type": _short(datatype)}
            else:
                context[name] = f"cy:{name}"
    prefixes = {**VOCABULARY_PREFIXES, "graph": GRAPH, "id": ID}
    return {**dict(sorted(prefixes.items())), **dict(sorted(context.items()))}


def published() -> dict[str, Any]:
    """Return the context of the edition, from its file; :class:`~comity.errors.ResourceError` without it."""
    from comity import resources

    return _read(resources.ontology() / FILE)


# Kept, because a process that answers strangers can open no file when it needs it.
@cache
def _read(file: Path) -> dict[str, Any]:
    from comity import resources
    from comity.errors import ResourceError

    try:
        context: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))["@context"]
    except OSError:
        raise ResourceError(f"no file {resources.display(file)}", "write it with scripts/update_context.py, or restore it") from None
    return context


def document(context: dict[str, Any]) -> str:
    """Return the text of the context's file, one name a line."""
    lines = ",\n".join(f"  {json.dumps(name)}: {json.dumps(value)}" for name, value in context.items())
    return f'{{"@context": {{\n{lines}\n}}}}\n'


def _short(full: str) -> str:
    for prefix, namespace in VOCABULARY_PREFIXES.items():
        if full.startswith(namespace):
            return f"{prefix}:{full[len(namespace) :]}"
    return full
