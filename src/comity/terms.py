"""The IRIs of Comity: closed namespaces, prefixes, and the policy by which things and graphs are named.

A namespace here is closed: asking it for a term that it does not have is an error, so a misspelt term fails at once instead
of silently matching nothing.

>>> CY.Instrument
'https://w3id.org/comity/ontology#Instrument'
>>> iri("instrument", "unscr-1373")
'https://w3id.org/comity/id/instrument/unscr-1373'
>>> shorten("https://w3id.org/comity/id/state/PAK")
'state:PAK'
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

from comity._vocabulary import ONTOLOGY_TERMS
from comity.errors import UnknownTerm, UsageError

BASE: Final = "https://w3id.org/comity/"
ONTOLOGY: Final = BASE + "ontology"
ID: Final = BASE + "id/"
GRAPH: Final = BASE + "graph/"
INFERRED: Final = GRAPH + "inferred"
"""The named graph for what is inferred."""
LINKS: Final = GRAPH + "links/"
"""What the named graphs of the links to things elsewhere begin with."""
SNAPSHOT: Final = GRAPH + "snapshot"
"""The named graph that states the day of a view as of a day."""
SHAPE: Final = BASE + "shape/"


class ClosedNamespace:
    """A namespace with a fixed list of terms. ``ns.term`` and ``ns["term"]`` give the IRI, or raise :class:`UnknownTerm`."""

    __slots__ = ("_names", "_namespace", "_prefix")

    def __init__(self, prefix: str, namespace: str, names: frozenset[str] | str) -> None:
        self._prefix = prefix
        self._namespace = namespace
        self._names = frozenset(names.split()) if isinstance(names, str) else names

    def __getitem__(self, name: str) -> str:
        if name not in self._names:
            raise UnknownTerm(f"{self._prefix}:{name}", [f"{self._prefix}:{known}" for known in self._names])
        return self._namespace + name

    def __getattr__(self, name: str) -> str:
        if name.startswith("_"):
            raise AttributeError(name)
        return self[name]

    def __contains__(self, iri: object) -> bool:
        return isinstance(iri, str) and iri.startswith(self._namespace) and iri[len(self._namespace) :] in self._names

    def __iter__(self) -> Iterator[str]:
        """The IRIs of all terms, sorted."""
        return iter(sorted(self._namespace + name for name in self._names))

    def __len__(self) -> int:
        return len(self._names)

    def __str__(self) -> str:
        return self._namespace

    def __repr__(self) -> str:
        return f"<{self._prefix}: {self._namespace} ({len(self._names)} terms)>"


CY: Final = ClosedNamespace("cy", ONTOLOGY + "#", ONTOLOGY_TERMS)
RDF: Final = ClosedNamespace(
    "rdf",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "type Property Statement subject predicate object value List first rest nil langString Bag Seq Alt",
)
RDFS: Final = ClosedNamespace(
    "rdfs",
    "http://www.w3.org/2000/01/rdf-schema#",
    "Resource Class Literal Datatype Container ContainerMembershipProperty member "
    "subClassOf subPropertyOf domain range label comment seeAlso isDefinedBy",
)
OWL: Final = ClosedNamespace(
    "owl",
    "http://www.w3.org/2002/07/owl#",
    "Ontology OntologyProperty AnnotationProperty Annotation Axiom imports versionIRI versionInfo priorVersion "
    "backwardCompatibleWith incompatibleWith deprecated DeprecatedClass DeprecatedProperty Class Thing Nothing Restriction "
    "NamedIndividual ObjectProperty DatatypeProperty FunctionalProperty InverseFunctionalProperty SymmetricProperty "
    "AsymmetricProperty ReflexiveProperty IrreflexiveProperty TransitiveProperty topObjectProperty bottomObjectProperty "
    "topDataProperty bottomDataProperty equivalentClass disjointWith disjointUnionOf complementOf unionOf intersectionOf "
    "oneOf onProperty onProperties onClass onDataRange onDatatype withRestrictions datatypeComplementOf DataRange hasValue "
    "hasSelf someValuesFrom allValuesFrom cardinality minCardinality maxCardinality qualifiedCardinality "
    "minQualifiedCardinality maxQualifiedCardinality equivalentProperty inverseOf propertyDisjointWith propertyChainAxiom "
    "hasKey sameAs differentFrom AllDifferent AllDisjointClasses AllDisjointProperties members distinctMembers "
    "NegativePropertyAssertion sourceIndividual assertionProperty targetIndividual targetValue annotatedSource "
    "annotatedProperty annotatedTarget rational real",
)
XSD: Final = ClosedNamespace(
    "xsd",
    "http://www.w3.org/2001/XMLSchema#",
    "string boolean decimal integer double float date time dateTime dateTimeStamp gYear gMonth gDay gYearMonth gMonthDay "
    "duration yearMonthDuration dayTimeDuration byte short int long unsignedByte unsignedShort unsignedInt unsignedLong "
    "positiveInteger nonNegativeInteger negativeInteger nonPositiveInteger hexBinary base64Binary anyURI language "
    "normalizedString token NMTOKEN Name NCName anySimpleType anyAtomicType",
)
SKOS: Final = ClosedNamespace(
    "skos",
    "http://www.w3.org/2004/02/skos/core#",
    "Concept ConceptScheme inScheme hasTopConcept topConceptOf altLabel hiddenLabel prefLabel notation changeNote "
    "definition editorialNote example historyNote note scopeNote broader broaderTransitive narrower narrowerTransitive "
    "related semanticRelation Collection OrderedCollection member memberList broadMatch closeMatch exactMatch "
    "mappingRelation narrowMatch relatedMatch",
)
DCTERMS: Final = ClosedNamespace(
    "dcterms",
    "http://purl.org/dc/terms/",
    "abstract accessRights alternative bibliographicCitation conformsTo contributor coverage created creator date "
    "dateAccepted dateCopyrighted dateSubmitted description extent format hasFormat hasPart hasVersion identifier isFormatOf "
    "isPartOf isReferencedBy isReplacedBy isRequiredBy isVersionOf issued language license medium modified provenance "
    "publisher references relation replaces requires rights rightsHolder source spatial subject tableOfContents temporal "
    "title type valid",
)
DCAT: Final = ClosedNamespace("dcat", "http://www.w3.org/ns/dcat#", "Dataset Distribution Catalog distribution dataset keyword")
PROV: Final = ClosedNamespace(
    "prov",
    "http://www.w3.org/ns/prov#",
    "Entity Activity Agent SoftwareAgent Plan Association Attribution Derivation Generation Usage PrimarySource "
    "used wasGeneratedBy wasDerivedFrom wasAttributedTo wasAssociatedWith wasInformedBy hadPrimarySource wasQuotedFrom "
    "wasRevisionOf qualifiedAssociation qualifiedDerivation hadPlan agent entity activity value startedAtTime endedAtTime "
    "generatedAtTime actedOnBehalfOf specializationOf alternateOf",
)
SH: Final = ClosedNamespace(
    "sh",
    "http://www.w3.org/ns/shacl#",
    "Shape NodeShape PropertyShape ValidationReport ValidationResult conforms result focusNode resultPath resultSeverity "
    "resultMessage sourceConstraint sourceConstraintComponent sourceShape value detail Info Violation Warning severity "
    "message name description order group deactivated targetClass targetNode targetObjectsOf targetSubjectsOf path "
    "property node inversePath alternativePath zeroOrMorePath oneOrMorePath zeroOrOnePath class datatype nodeKind BlankNode "
    "IRI Literal BlankNodeOrIRI BlankNodeOrLiteral IRIOrLiteral minCount maxCount minExclusive minInclusive maxExclusive "
    "maxInclusive minLength maxLength pattern flags languageIn uniqueLang equals disjoint lessThan lessThanOrEquals not and "
    "or xone qualifiedValueShape qualifiedMinCount qualifiedMaxCount closed ignoredProperties hasValue in sparql "
    "SPARQLConstraint select ask prefixes declare prefix namespace PrefixDeclaration SPARQLExecutable SPARQLSelectExecutable "
    "Parameter parameter optional defaultValue",
)
VANN: Final = ClosedNamespace(
    "vann", "http://purl.org/vocab/vann/", "preferredNamespacePrefix preferredNamespaceUri example usageNote termGroup"
)

KINDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        # things
        "state": "States, by ISO 3166-1 alpha-3 code",
        "organization": "organizations",
        "body": "organs of organizations",
        "agency": "agencies of States and organizations",
        "person": "persons",
        "group": "threat groups",
        "place": "places that are not States",
        "relation": "bilateral relations",
        "programme": "programmes of cooperation",
        "membership": "memberships: one member, one organization, one period",
        "instrument": "treaties, resolutions, strategies and other instruments",
        "provision": "parts of instruments",
        "collection": "groups of instruments that go by one name",
        "norm": "obligations, prohibitions, permissions and recommendations",
        "measure": "measures",
        "position": "positions taken",
        "purpose": "purposes of organizations, bodies and instruments",
        "mechanism": "mechanisms of cooperation",
        "element": "elements of a framework",
        "meeting": "meetings",
        "exercise": "joint exercises",
        "incident": "incidents",
        "capture": "captures and arrests",
        "change": "changes of organizations and bodies",
        "act": "dated acts on instruments: adoption, signature, ratification, entry into force",
        "situation": "situations",
        "observation": "statistical observations",
        "assessment": "opinions, each with its author",
        "work": "works: the paper and what it cites",
        "section": "sections of works",
        "passage": "passages of the paper",
        "citation": "places in other sources",
        "source": "sources of the public record",
        "participation": "dated acts of one participant towards one treaty",
        "coverage": "how much a source knows of the participation in a treaty",
        "disagreement": "where sources differ, and which of them is preferred",
        "listing": "entries of groups on sanctions lists",
        "entity": "actors on whose statehood Comity does not pronounce",
        "correction": "corrections of what is printed",
        "snapshot": "days for which the legal rules say who is bound",
        "scheme": "concept schemes",
        # the catalogue of questions
        "catalogue": "catalogues: of the questions",
        "question": "questions that can be asked by name",
        "parameter": "parameters of questions, and the names that they share",
        "prefix": "prefixes that the queries of questions use",
        # concepts, one kind a scheme
        "act-kind": "kinds of acts on instruments",
        "action": "actions that norms demand, forbid or permit",
        "assessment-kind": "kinds of assessments",
        "bearer-role": "roles of those addressed by norms",
        "change-kind": "kinds of changes",
        "completeness": "how completely a source covers its matter",
        "correction-status": "what was done with an erratum",
        "effect-basis": "on what the effect of an act rests",
        "element-kind": "kinds of elements",
        "frequency": "how often something takes place",
        "incident-kind": "kinds of incidents",
        "indicator": "what observations count or measure",
        "level": "levels of cooperation: global, regional, bilateral",
        "mechanism-kind": "kinds of mechanisms",
        "meeting-kind": "kinds of meetings",
        "membership-role": "roles of members",
        "participation-kind": "kinds of acts of participation in treaties",
        "precision": "how precisely a date is known",
        "purpose-kind": "kinds of purposes",
        "qualifier": "qualifiers of figures: at least, more than, about",
        "scope": "scopes of membership",
        "situation-kind": "kinds of situations",
        "strength": "the operative verbs of norms",
        "topic": "topics",
        "un-status": "standing in the United Nations system",
        "unit": "units of measure",
    }
)
"""Every kind of thing that has IRIs of the form ``…/id/<kind>/<key>``, with its meaning. Each is also a prefix."""

VOCABULARY_PREFIXES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "cy": str(CY),
        "dcat": "http://www.w3.org/ns/dcat#",
        "dcterms": str(DCTERMS),
        "eli": "http://data.europa.eu/eli/ontology#",
        "foaf": "http://xmlns.com/foaf/0.1/",
        "odrl": "http://www.w3.org/ns/odrl/2/",
        "org": "http://www.w3.org/ns/org#",
        "owl": str(OWL),
        "prov": str(PROV),
        "qb": "http://purl.org/linked-data/cube#",
        "rdf": str(RDF),
        "rdfs": str(RDFS),
        "schema": "https://schema.org/",
        "sh": str(SH),
        "shape": SHAPE,
        "skos": str(SKOS),
        "time": "http://www.w3.org/2006/time#",
        "vann": str(VANN),
        "void": "http://rdfs.org/ns/void#",
        "wd": "http://www.wikidata.org/entity/",
        "xsd": str(XSD),
    }
)
PREFIXES: Final[Mapping[str, str]] = MappingProxyType(
    {**VOCABULARY_PREFIXES, **{kind: f"{ID}{kind}/" for kind in KINDS}}
)
"""Every prefix of the project, with its namespace."""

# What Turtle allows in a local name without escapes, without the colon and without anything outside ASCII.
_KEY: Final = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.\-]*[A-Za-z0-9_\-])?")
_KIND: Final = re.compile(r"[a-z]+(?:-[a-z]+)*")
_GRAPH_NAME: Final = re.compile(r"[A-Za-z0-9_.\-]+(?:/[A-Za-z0-9_.\-]+)*")


def is_key(key: str) -> bool:
    """Whether `key` may end an IRI of ours: ASCII letters, digits, ``_ - .``, not ending in a dot."""
    return _KEY.fullmatch(key) is not None


def iri(kind: str, key: str) -> str:
    """Return the IRI of the thing of this `kind` with this `key`; raises :class:`UsageError` for a bad kind or key."""
    if kind not in KINDS:
        raise UnknownTerm(kind, KINDS)
    if not is_key(key):
        raise UsageError(
            f"'{key}' cannot be the key of a thing", "use ASCII letters, digits, '-', '_' and '.', not ending in a dot"
        )
    return f"{ID}{kind}/{key}"


def split_iri(thing: str) -> tuple[str, str] | None:
    """Return kind and key of an IRI of ours, or ``None`` when `thing` is not of the form ``…/id/<kind>/<key>``."""
    if not thing.startswith(ID):
        return None
    kind, slash, key = thing[len(ID) :].partition("/")
    return (kind, key) if slash and _KIND.fullmatch(kind) and is_key(key) else None


def graph_iri(name: str) -> str:
    """Return the IRI of the named graph, for example of ``paper/3.1.2``."""
    if not _GRAPH_NAME.fullmatch(name) or any(not part.strip(".") for part in name.split("/")):
        raise UsageError(f"'{name}' cannot be the name of a graph", "use a name like paper/2.1.2 or record/untc")
    return GRAPH + name


def graph_name(graph: str) -> str | None:
    """Return what follows ``…/graph/`` in a graph's IRI, or ``None`` when the IRI is not one of ours."""
    return graph[len(GRAPH) :] if graph.startswith(GRAPH) and len(graph) > len(GRAPH) else None


def split_local(full: str) -> tuple[str, str, str] | None:
    """Return (prefix, namespace, local name) for an IRI in one of our namespaces, else ``None``.

    Any ``…/id/<kind>/`` has the kind for its prefix, whether or not the kind is in :data:`KINDS`.
    """
    parts = split_iri(full)
    if parts is not None and parts[0] not in VOCABULARY_PREFIXES:
        return parts[0], f"{ID}{parts[0]}/", parts[1]
    for prefix, namespace in VOCABULARY_PREFIXES.items():
        if full.startswith(namespace) and is_key(full[len(namespace) :]):
            return prefix, namespace, full[len(namespace) :]
    return None


def shorten(full: str) -> str:
    """Return the IRI as ``prefix:name`` where a prefix of ours fits, else unchanged."""
    parts = split_local(full)
    return full if parts is None else f"{parts[0]}:{parts[2]}"


def is_iri(text: str) -> bool:
    """Whether `text` is an absolute IRI (RFC 3987), all characters of which are seen."""
    import pyoxigraph as ox

    from comity.limits import hidden

    try:
        ox.NamedNode(text)
    except ValueError:  # of which that of a lone surrogate is one
        return False
    return not hidden(text)


def expand(name: str) -> str:
    """Return the full IRI for ``prefix:name``, ``<iri>`` or a full IRI; raises :class:`UsageError` for anything else."""
    prefix, colon, local = name.partition(":")
    full = ""
    if name.startswith("<") and name.endswith(">"):
        full = name[1:-1]
    elif colon and prefix in PREFIXES and not local.startswith("//"):
        full = PREFIXES[prefix] + local
    elif "//" in name or prefix in ("urn", "tag"):
        full = name
    if is_iri(full):
        return full
    raise UsageError(
        f"'{name}' is neither an IRI nor a known short form", "write it like instrument:unscr-1373, cy:party or https://…"
    )


def with_prefixes(sparql: str) -> tuple[str, int]:
    """Declare those of our prefixes that a query uses and does not declare.

    Return the new text and the number of characters put before the old one, all on its first line, so that a message about
    the new text can be read as one about the old.
    """
    declared = set(re.findall(r"\bprefix\s+([^\s:]*):", sparql, re.IGNORECASE))
    used = set(re.findall(r"(?<![\w\-])([a-z][\w\-]*):", sparql)) & set(PREFIXES) - declared
    prologue = "".join(f"PREFIX {prefix}: <{PREFIXES[prefix]}> " for prefix in sorted(used))
    return prologue + sparql, len(prologue)
