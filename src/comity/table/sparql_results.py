"""The W3C's formats for the results of SPARQL queries: CSV, TSV, JSON and XML."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final
from xml.sax.saxutils import escape, quoteattr

from comity.table.cells import Cell, plain
from comity.table.rows import Column
from comity.terms import XSD

if TYPE_CHECKING:
    import pyoxigraph as ox


def csv_text(columns: Sequence[Column], rows: Iterable[Sequence[Cell]]) -> str:
    """Return SPARQL 1.1 Query Results CSV: bare values, an empty field for no value, CRLF."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(column.name for column in columns)
    writer.writerows(map(plain, row) for row in rows)
    return buffer.getvalue()


def tsv_text(columns: Sequence[Column], rows: Iterable[Sequence[Any]]) -> str:
    """Return SPARQL 1.1 Query Results TSV of rows of pyoxigraph terms (``None``: unbound)."""
    lines = ["\t".join("?" + column.name for column in columns)]
    lines += ["\t".join("" if term is None else _tsv_term(term) for term in row) for row in rows]
    return "\n".join(lines) + "\n"


_TSV_BARE: Final = {
    XSD.integer: re.compile(r"[+-]?[0-9]+"),
    XSD.decimal: re.compile(r"[+-]?[0-9]*\.[0-9]+"),
    XSD.double: re.compile(r"[+-]?([0-9]+\.[0-9]*|\.?[0-9]+)[eE][+-]?[0-9]+"),
}


def _tsv_term(term: Any) -> str:
    datatype = getattr(term, "datatype", None)
    if datatype is not None:
        form = _TSV_BARE.get(datatype.value)
        if form and form.fullmatch(term.value):
            return str(term.value)
    return str(term).replace("\t", "\\t")


def csv_of_terms(names: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """Return SPARQL 1.1 Query Results CSV of rows of pyoxigraph terms: their lexical forms as they are, not their values."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(names)
    writer.writerows([_bare(term) for term in row] for row in rows)
    return buffer.getvalue()


def _bare(term: Any) -> str:
    import pyoxigraph as ox

    if term is None:
        return ""
    return str(term) if isinstance(term, ox.BlankNode | ox.Triple) else str(term.value)


def boolean_text(value: bool) -> str:
    """Return the answer to an ASK query in SPARQL 1.1 Query Results JSON."""
    return json.dumps({"head": {}, "boolean": value}) + "\n"


_XML: Final = '<?xml version="1.0"?>\n<sparql xmlns="http://www.w3.org/2005/sparql-results#">\n'
_NOT_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def boolean_xml(value: bool) -> str:
    """Return the answer to an ASK query in the SPARQL Query Results XML Format."""
    return f"{_XML}<head/>\n<boolean>{str(value).lower()}</boolean>\n</sparql>\n"


def xml_text(names: Sequence[str], rows: Iterable[Sequence[Any]], *, link: str | None = None) -> str:
    """Return the SPARQL Query Results XML Format of rows of pyoxigraph terms (``None``: unbound), one row a line.

    `link` points to what else is to be known of the answer. Raises ``ValueError`` for a character that no XML document may hold.
    """
    variables = "".join(f"<variable name={quoteattr(name)}/>" for name in names)
    more = f"<link href={quoteattr(link)}/>" if link else ""
    lines = [f"{_XML}<head>{variables}{more}</head>\n<results>"]
    for row in rows:
        bound = zip(names, row, strict=True)
        bindings = (f"<binding name={quoteattr(name)}>{_xml_term(term)}</binding>" for name, term in bound if term is not None)
        lines.append(f"<result>{''.join(bindings)}</result>")
    text = "\n".join([*lines, "</results>\n</sparql>\n"])
    if (wrong := _NOT_XML.search(text)) is not None:
        raise ValueError(f"no XML document may hold the character U+{ord(wrong[0]):04X}")
    return text


def _xml_term(term: Any) -> str:
    import pyoxigraph as ox

    if isinstance(term, ox.NamedNode):
        return f"<uri>{escape(term.value)}</uri>"
    if isinstance(term, ox.BlankNode):
        return f"<bnode>{escape(term.value)}</bnode>"
    if isinstance(term, ox.Triple):
        parts = zip(("subject", "predicate", "object"), (term.subject, term.predicate, term.object), strict=True)
        return f"<triple>{''.join(f'<{part}>{_xml_term(it)}</{part}>' for part, it in parts)}</triple>"
    # A carriage return would come back as a line feed.
    value = escape(term.value, {"\r": "&#13;"})
    if term.language:
        return f'<literal xml:lang="{term.language}">{value}</literal>'
    if term.datatype.value == XSD.string:
        return f"<literal>{value}</literal>"
    return f"<literal datatype={quoteattr(term.datatype.value)}>{value}</literal>"


def json_text(columns: Sequence[Column], rows: Iterable[Sequence[Any]], *, link: str | None = None) -> str:
    """Return SPARQL 1.1 Query Results JSON of rows of pyoxigraph terms (``None``: unbound), one row a line.

    `link` points to what else is to be known of the answer.
    """
    names = [column.name for column in columns]
    bindings = ",\n  ".join(
        json.dumps(
            {name: _json_term(term) for name, term in zip(names, row, strict=True) if term is not None},
            ensure_ascii=False,
        )
        for row in rows
    )
    bindings = f"\n  {bindings}\n " if bindings else ""
    head = json.dumps({"vars": names, **({"link": [link]} if link else {})}, ensure_ascii=False)
    return f'{{"head": {head},\n "results": {{"bindings": [{bindings}]}}}}\n'


def read_json(text: str) -> bool | tuple[list[str], list[list[Any]]]:
    """Read SPARQL 1.1 Query Results JSON: the answer to an ASK query, or variables and rows of pyoxigraph terms.

    Raises ``ValueError`` when the text is something else.
    """
    try:
        document = json.loads(text)
    except RecursionError:
        raise ValueError("the JSON is nested too deeply") from None
    try:
        if "boolean" in document:
            return bool(document["boolean"])
        names = list(document["head"]["vars"])
        rows = [
            [None if name not in binding else _term_from_json(binding[name]) for name in names]
            for binding in document["results"]["bindings"]
        ]
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"not SPARQL results in JSON: {error!r}") from None
    return names, rows


def _json_term(term: Any) -> dict[str, Any]:
    import pyoxigraph as ox

    if isinstance(term, ox.Triple):
        parts = {"subject": term.subject, "predicate": term.predicate, "object": term.object}
        return {"type": "triple", "value": {name: _json_term(part) for name, part in parts.items()}}

    if isinstance(term, ox.NamedNode):
        return {"type": "uri", "value": term.value}
    if isinstance(term, ox.BlankNode):
        return {"type": "bnode", "value": term.value}
    if term.language:
        return {"type": "literal", "value": term.value, "xml:lang": term.language}
    if term.datatype.value == XSD.string:
        return {"type": "literal", "value": term.value}
    return {"type": "literal", "value": term.value, "datatype": term.datatype.value}


def _term_from_json(binding: Mapping[str, str]) -> ox.NamedNode | ox.BlankNode | ox.Literal:
    import pyoxigraph as ox

    value = binding["value"]
    match binding["type"]:
        case "uri":
            return ox.NamedNode(value)
        case "bnode":
            return ox.BlankNode(value)
        case "literal" | "typed-literal":
            if binding.get("xml:lang"):
                return ox.Literal(value, language=binding["xml:lang"])
            return ox.Literal(value, datatype=ox.NamedNode(binding.get("datatype", XSD.string)))
        case other:
            raise ValueError(f"not SPARQL results in JSON: a term of type {other!r}")
