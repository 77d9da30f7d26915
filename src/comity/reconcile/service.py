"""The Reconciliation Service API 0.2, without the web: each call returns the plain dictionary that is the answer's JSON.

Whoever serves it adds the routes, CORS, and a status for the errors (400 for :class:`~comity.errors.UsageError`). An error is never an
empty result: a client would take that for "no match".

https://www.w3.org/community/reports/reconciliation/CG-FINAL-specs-0.2-20230410/
"""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from comity import __version__
from comity.errors import UnknownName, UsageError
from comity.links.wikidata import ENTITY
from comity.names import squeeze
from comity.reconcile.index import CODES, KINDS, Index, Thing
from comity.reconcile.match import Candidate, Reconciler
from comity.terms import ID, ONTOLOGY, RDFS, SKOS, XSD

if TYPE_CHECKING:
    from comity.store import Store

SCHEMA: Final = f"{ONTOLOGY}#"
#: How many queries a batch may hold; a server answers more with 413.
BATCH: Final = 1000
#: How many suggestions are given at once.
SUGGESTIONS: Final = 20
_MOST: Final = 20
_PREVIEW: Final = {"width": 430, "height": 200}
_DEFAULT: Final = ("State", "Organization", "Instrument", "ThreatGroup", "Body")
#: Properties outside the ontology's namespace that can be asked for, with their names here.
_BORROWED: Final = {
    "label": (RDFS.label, "name"),
    "altLabel": (SKOS.altLabel, "other name"),
    "notation": (SKOS.notation, "abbreviation or code"),
    "identifier": ("http://purl.org/dc/terms/identifier", "identifier"),
}
_WIKIDATA: Final = ("wikidata", "Wikidata item")
_STRICT: Final = ("any", "should", "all")


class UnknownEntity(UnknownName):
    """Nothing that can be matched has this identifier."""

    thing = "identifier"


class ReconciliationService:
    """The service for one store. Entities are identified by kind and key, as in ``state/PAK``, types and properties by local names."""

    def __init__(self, reconciler: Reconciler, store: Store) -> None:
        self._reconciler = reconciler
        self._index: Index = reconciler.index
        self._store = store
        self._labels = self._read_properties()

    # -- manifest ----------------------------------------------------------------------------------------------------

    def manifest(self, base: str) -> dict[str, Any]:
        """Return the manifest of the service that answers at the address `base`; its other routes lie below that."""
        base = base.rstrip("/")

        def suggest(kind: str) -> dict[str, str]:
            return {"service_url": base, "service_path": f"/suggest/{kind}", "flyout_service_path": f"/flyout/{kind}?id=${{id}}"}

        return {
            "versions": ["0.2"],
            "name": "Comity: international counter-terrorism cooperation law",
            "identifierSpace": ID,
            "schemaSpace": SCHEMA,
            "serviceVersion": __version__,
            "documentation": "https://w3id.org/comity",
            "view": {"url": f"{ID}{{{{id}}}}"},
            "defaultTypes": [self._type(f"{SCHEMA}{name}") for name in _DEFAULT if f"{SCHEMA}{name}" in self._index.class_labels],
            "batchSize": BATCH,
            "preview": {"url": f"{base}/preview?id={{{{id}}}}", **_PREVIEW},
            "suggest": {kind: suggest(kind) for kind in ("entity", "type", "property")},
            "extend": {"propose_properties": {"service_url": base, "service_path": "/extend/propose"}, "property_settings": []},
        }

    # -- queries -----------------------------------------------------------------------------------------------------

    def queries(self, batch: object) -> dict[str, Any]:
        """Answer a batch of queries: a result under each of its keys.

        Raises :class:`~comity.errors.UsageError` for what is no batch of queries, has too many, or asks for an unknown type.
        """
        if not isinstance(batch, Mapping) or not all(isinstance(query, Mapping) for query in batch.values()):
            raise UsageError("this is no batch of queries", 'send a JSON object such as {"q0": {"query": "Pakistan"}}')
        if len(batch) > BATCH:
            raise UsageError(f"{len(batch)} queries are too many", f"send at most {BATCH} at once")
        return {str(name): {"result": self._results(str(name), query)} for name, query in batch.items()}

    def _results(self, name: str, query: Mapping[str, Any]) -> list[dict[str, Any]]:
        text, types, limit = query.get("query", ""), query.get("type", ()), query.get("limit", 5)
        properties, strict = query.get("properties", ()), query.get("type_strict", "any")
        types = (types,) if isinstance(types, str) else types or ()
        good = (
            isinstance(text, str),
            isinstance(types, Sequence) and all(isinstance(one, str) for one in types),
            isinstance(limit, int | float) and limit >= 1,
            isinstance(properties, Sequence) and all(isinstance(one, Mapping) and {"pid", "v"} <= one.keys() for one in properties),
            strict in _STRICT,
        )
        if not all(good):
            wrong = ("query", "type", "limit", "properties", "type_strict")[good.index(False)]
            raise UsageError(f"query '{name}' has a '{wrong}' that is none", "see the specification of the Reconciliation Service API 0.2")
        evidence = {str(one["pid"]): tuple(_texts(one["v"])) for one in properties}
        # Without a name, a code is what is looked for.
        text = text.strip() or next((value for values in evidence.values() for value in values), "")
        if not text:
            raise UsageError(f"query '{name}' asks for nothing", "give a query, or properties with values")
        found = self._reconciler.match(
            text, tuple(map(_class_name, types)), every_type=strict == "all", evidence=evidence, limit=int(min(limit, _MOST))
        )
        return [self._candidate(one, found.match and one is found.candidates[0]) for one in found.candidates]

    def _candidate(self, candidate: Candidate, match: bool) -> dict[str, Any]:
        thing = self._index.by_iri[candidate.iri]
        return {
            "id": candidate.key,
            "name": candidate.label,
            "description": self.describe(thing),
            "type": self._types(thing),
            "score": candidate.score,
            "match": match,
            "features": [{"id": "safe", "value": candidate.safe}],
        }

    # -- suggestions -------------------------------------------------------------------------------------------------

    def suggest_entities(self, prefix: str, cursor: int = 0) -> dict[str, Any]:
        """Suggest things whose names, in any language, begin with `prefix` or have a word that does; without such, the nearest."""
        wanted = squeeze(prefix)
        ranked: list[tuple[int, int, str, str, Thing]] = []
        for thing in self._index.things if wanted else ():
            rank = min((_rank(wanted, form.wording.squeezed, form.wording.words) for form in thing.forms), default=3)
            if rank < 3:
                ranked.append((rank, len(thing.label), thing.label, thing.iri, thing))
        things = [entry[-1] for entry in sorted(ranked, key=lambda entry: entry[:-1])]
        if not things and wanted:
            things = [self._index.by_iri[one.iri] for one in self._reconciler.match(prefix, limit=SUGGESTIONS).candidates]
        return {
            "result": [
                {"id": thing.key, "name": thing.label, "description": self.describe(thing), "notable": self._types(thing)}
                for thing in _page(things, cursor)
            ]
        }

    def suggest_types(self, prefix: str, cursor: int = 0) -> dict[str, Any]:
        """Suggest classes of things whose name begins with `prefix`, or has a word that does."""
        used = {iri: self._index.class_labels[iri] for thing in self._index.things for iri in thing.classes}
        return {"result": [self._type(iri) for iri in _page(self._beginning(prefix, used), cursor)]}

    def suggest_properties(self, prefix: str, cursor: int = 0) -> dict[str, Any]:
        """Suggest properties whose name begins with `prefix`, or has a word that does; those that are evidence say so."""
        return {"result": [self._property(pid) for pid in _page(self._beginning(prefix, self._labels), cursor)]}

    def _beginning(self, prefix: str, labels: Mapping[str, str]) -> list[str]:
        wanted = squeeze(prefix)
        ranked = ((_rank(wanted, squeeze(label), label.casefold().split()), label, name) for name, label in labels.items())
        return [name for rank, _, name in sorted(ranked) if rank < 3]

    def flyout(self, kind: str, identifier: str) -> dict[str, str]:
        """Return a small preview of an ``entity``, ``type`` or ``property``. Raises :class:`~comity.errors.UnknownName`."""
        if kind == "entity":
            return {"id": identifier, "html": self._summary(self._entity(identifier))}
        if kind == "type":
            shown = self._type(self._reconciler.class_of(_class_name(identifier)))
        elif kind == "property" and identifier in self._labels:
            shown = self._property(identifier)
        else:
            raise UnknownEntity(identifier, self._labels if kind == "property" else ("entity", "type", "property"))
        return {"id": identifier, "html": f"<p><strong>{html.escape(shown['name'])}</strong></p>"}

    # -- preview -----------------------------------------------------------------------------------------------------

    def preview(self, identifier: str) -> str:
        """Return the page that shows a thing in a small frame, in UTF-8. Raises :class:`~comity.errors.UnknownName`."""
        thing = self._entity(identifier)
        return (
            f'<!DOCTYPE html>\n<html lang="en">\n<head><meta charset="utf-8"><title>{html.escape(thing.label)}</title></head>\n'
            f"<body>{self._summary(thing)}</body>\n</html>\n"
        )

    def _summary(self, thing: Thing) -> str:
        names = dict.fromkeys(form.wording.text for form in thing.forms if form.spoken and not form.contextual and form.sureness >= 97)
        others = "; ".join(name for name in list(names)[:6] if name != thing.label)
        parts = [
            f'<p><strong><a href="{html.escape(thing.iri)}" target="_blank" rel="noopener">{html.escape(thing.label)}</a></strong></p>',
            f"<p>{html.escape(self.describe(thing))}</p>",
        ]
        if others:
            parts.append(f"<p>{html.escape(others)}</p>")
        if len(thing.wikidata) == 1:
            item = thing.wikidata[0]
            parts.append(f'<p>Wikidata: <a href="{ENTITY}{item}" target="_blank" rel="noopener">{item}</a></p>')
        return "".join(parts)

    def describe(self, thing: Thing) -> str:
        """Return what distinguishes a thing in one line: its narrowest classes, codes and years."""
        narrow = [self._index.class_labels[one] for one in sorted(self._narrowest(thing))]
        codes = [code for code, iri in sorted(thing.codes.items()) if not iri.endswith(("isoNumeric", "isoAlpha2"))][:2]
        years = [str(min(thing.years))] if thing.years and not codes else []
        return ", ".join([*(narrow or [thing.kind]), *codes, *years])

    # -- extension ---------------------------------------------------------------------------------------------------

    def extend(self, query: object) -> dict[str, Any]:
        """Return the values of properties of things: what the view states or infers, each once.

        Raises :class:`~comity.errors.UsageError` for what is no such query, and :class:`~comity.errors.UnknownName` for a property
        that is not there. An entity that is not there has no values.
        """
        ids, properties = (query.get("ids"), query.get("properties")) if isinstance(query, Mapping) else (None, None)
        if not (_is_list(ids, str) and _is_list(properties, Mapping) and all(isinstance(one.get("id"), str) for one in properties or ())):
            example = '{"ids": ["state/PAK"], "properties": [{"id": "isoAlpha3"}]}'
            raise UsageError("this asks for no values", f"send a JSON object such as {example}")
        ids, properties = list(ids or ()), list(properties or ())
        asked = [str(one["id"]) for one in properties]
        for pid in asked:
            if pid not in self._labels:
                raise UnknownEntity(pid, self._labels)
        things = {one: thing for one in ids if (thing := self._find(one)) is not None}
        values = self._values({thing.iri for thing in things.values()}, {_iri_of(pid) for pid in asked} - {""})
        rows = {}
        for one in ids:
            thing = things.get(one)
            row: dict[str, list[dict[str, Any]]] = {}
            for pid in asked:
                if pid == _WIKIDATA[0]:
                    row[pid] = [{"str": item} for item in (thing.wikidata if thing else ())]
                else:
                    row[pid] = values.get((thing.iri, _iri_of(pid)), []) if thing else []
            rows[one] = row
        return {"meta": [{"id": pid, "name": self._labels[pid]} for pid in asked], "rows": rows}

    def propose_properties(self, type_: str, limit: int | None = None) -> dict[str, Any]:
        """Propose properties that things of a type have, those that most of them have first."""
        class_ = self._reconciler.class_of(_class_name(type_))
        things = [thing for thing in self._index.things if thing.iri.startswith(class_) or class_ in thing.classes]
        values = " ".join(f"<{thing.iri}>" for thing in things)
        counted = self._store.query(
            f"SELECT ?p (COUNT(DISTINCT ?s) AS ?n) WHERE {{ VALUES ?s {{ {values} }} ?s ?p ?v }} GROUP BY ?p"
        )
        numbers = {str(getattr(p, "value", "")): int(getattr(n, "value", 0)) for p, n in counted.rows}
        counts = {pid: numbers.get(_iri_of(pid), 0) for pid in self._labels}
        counts[_WIKIDATA[0]] = sum(bool(thing.wikidata) for thing in things)
        proposed = sorted((pid for pid, count in counts.items() if count), key=lambda pid: (-counts[pid], pid))
        answer: dict[str, Any] = {"type": type_, "properties": [self._property(pid) for pid in proposed[: limit or None]]}
        return answer if limit is None else {**answer, "limit": limit}

    def _values(self, things: Iterable[str], properties: Iterable[str]) -> dict[tuple[str, str], list[dict[str, Any]]]:
        found: dict[tuple[str, str], list[dict[str, Any]]] = {}
        wanted, asked = " ".join(f"<{iri}>" for iri in sorted(things)), " ".join(f"<{iri}>" for iri in sorted(properties))
        solutions = self._store.query(
            f"SELECT DISTINCT ?s ?p ?v ?label WHERE {{ VALUES ?s {{ {wanted} }} VALUES ?p {{ {asked} }} ?s ?p ?v "
            f"OPTIONAL {{ ?v <{RDFS.label}>|<{SKOS.prefLabel}> ?label FILTER(LANGMATCHES(LANG(?label), 'en')) }} }} "
            "ORDER BY ?s ?p ?v ?label"
        )
        for s, p, value, label in solutions.rows:
            cell = _cell(value, str(getattr(label, "value", "")))
            cells = found.setdefault((str(getattr(s, "value", "")), str(getattr(p, "value", ""))), [])
            if cell not in cells:
                cells.append(cell)
        return found

    # -- what is shared ----------------------------------------------------------------------------------------------

    def _read_properties(self) -> dict[str, str]:
        """The names of the properties that things have, by what they are called here."""
        kinds = " || ".join(f'STRSTARTS(STR(?s), "{ID}{kind}/")' for kind in KINDS)
        rows = self._store.query(
            f"SELECT DISTINCT ?p ?label WHERE {{ ?s ?p ?v FILTER({kinds}) ?p <{RDFS.label}> ?label "
            f'FILTER(STRSTARTS(STR(?p), "{SCHEMA}") && LANGMATCHES(LANG(?label), "en")) }} ORDER BY ?p ?label'
        ).rows
        own = {str(getattr(p, "value", "")).removeprefix(SCHEMA): str(getattr(label, "value", "")) for p, label in rows}
        return {**{pid: label for pid, (_, label) in _BORROWED.items()}, _WIKIDATA[0]: _WIKIDATA[1], **own}

    def _find(self, identifier: str) -> Thing | None:
        return self._index.by_iri.get(identifier if identifier.startswith(ID) else ID + identifier)

    def _entity(self, identifier: str) -> Thing:
        thing = self._find(identifier)
        if thing is None:
            raise UnknownEntity(identifier, (one.key for one in self._index.things))
        return thing

    def _narrowest(self, thing: Thing) -> set[str]:
        above = {one for c in thing.classes for one in self._index.broader.get(c, ())}
        while more := {one for c in above for one in self._index.broader.get(c, ())} - above:
            above |= more
        return thing.classes - above

    def _types(self, thing: Thing) -> list[dict[str, str]]:
        # The narrowest first: clients show one.
        narrow = self._narrowest(thing)
        ordered = sorted(thing.classes, key=lambda iri: (iri not in narrow, iri))
        return [{"id": iri.removeprefix(SCHEMA), "name": self._index.class_labels[iri]} for iri in ordered]

    def _type(self, iri: str) -> dict[str, Any]:
        if iri.startswith(ID):
            kind = iri.removeprefix(ID).rstrip("/")
            return {"id": kind, "name": kind}
        labels = self._index.class_labels
        broader = [{"id": one.removeprefix(SCHEMA), "name": labels[one]} for one in self._index.broader.get(iri, ())]
        shown = {"id": iri.removeprefix(SCHEMA), "name": labels[iri]}
        return {**shown, "broader": broader} if broader else shown

    def _property(self, pid: str) -> dict[str, str]:
        shown = {"id": pid, "name": self._labels[pid]}
        if _iri_of(pid) in CODES or pid in (_WIKIDATA[0], "year"):
            shown["description"] = "tells things of the same name apart"
        return shown


def _iri_of(pid: str) -> str:
    """The IRI of a property by what it is called here; empty for the item of Wikidata, which is a link and no property of ours."""
    if pid == _WIKIDATA[0]:
        return ""
    return _BORROWED[pid][0] if pid in _BORROWED else SCHEMA + pid


def _class_name(type_: str) -> str:
    return type_.removeprefix(SCHEMA)


def _texts(value: object) -> Iterable[str]:
    """Yield the texts of a property's value: itself, its identifier, or those of its parts."""
    if isinstance(value, Mapping):
        yield str(value.get("id", ""))
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _texts(part)
    elif value is not None and not isinstance(value, bool):
        yield str(value)


def _is_list(value: object, kind: type) -> bool:
    return isinstance(value, list | tuple) and all(isinstance(one, kind) for one in value)


def _rank(wanted: str, squeezed: str, words: Iterable[str]) -> int:
    """How well a name fits what is being typed: 0 it is it, 1 it begins so, 2 one of its words does, 3 not at all."""
    if squeezed == wanted:
        return 0
    if squeezed.startswith(wanted):
        return 1
    return 2 if any(word.startswith(wanted) for word in words) else 3


def _page(found: Sequence[Any], cursor: int) -> Sequence[Any]:
    start = max(0, cursor)
    return found[start : start + SUGGESTIONS]


_INTEGERS: Final = frozenset(XSD[name] for name in ("integer", "nonNegativeInteger", "positiveInteger", "int", "long"))
_NUMBERS: Final = frozenset(XSD[name] for name in ("decimal", "double", "float"))


def _cell(value: Any, label: str) -> dict[str, Any]:
    """A value as the protocol writes it. A day is its beginning, since the protocol has only moments; a year is a text."""
    text, datatype = str(value.value), str(getattr(getattr(value, "datatype", None), "value", ""))
    if not datatype:
        return {"id": text.removeprefix(ID), "name": label or text.removeprefix(ID)} if text.startswith(ID) else {"str": text}
    if datatype in _INTEGERS:
        return {"int": int(text)}
    if datatype in _NUMBERS:
        return {"float": float(text)}
    return {"date": f"{text}T00:00:00"} if datatype == XSD.date else {"str": text}
