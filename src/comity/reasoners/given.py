"""What each engine is given of the statements, and what it is spared."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

from comity.terms import OWL, RDFS, XSD

if TYPE_CHECKING:
    import pyoxigraph as ox

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


def name(term: Any) -> str:
    """The IRI of a node, or the text of a literal."""
    return str(getattr(term, "value", term))


def triples(statements: Iterable[Any]) -> list[ox.Triple]:
    """The triples of the statements, each once."""
    import pyoxigraph as ox

    return list(dict.fromkeys(each.triple if isinstance(each, ox.Quad) else each for each in statements))


def in_map(statements: Iterable[Any]) -> tuple[list[ox.Triple], dict[str, int]]:
    """The statements without those about datatypes that OWL 2 does not have, and how many these are by datatype."""
    import pyoxigraph as ox

    kept, left = [], dict[str, int]()
    for triple in triples(statements):
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


def without_annotations(statements: list[Any]) -> Iterable[Any]:
    """The statements without those of annotation properties, which have no meaning in OWL."""
    annotations = {RDFS.label, RDFS.comment, RDFS.seeAlso, RDFS.isDefinedBy, OWL.versionInfo, OWL.versionIRI, OWL.deprecated}
    annotations |= {name(each.subject) for each in statements if name(each.object) == OWL.AnnotationProperty}
    return (each for each in statements if each.predicate.value not in annotations)
