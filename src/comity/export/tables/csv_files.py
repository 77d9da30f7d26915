"""CSV, with two descriptions that say the same: a Frictionless data package and CSV on the Web.

``<Class>.csv`` has the things of a class, ``answers/<question>.csv`` the answer of a question. UTF-8, a comma, CRLF, ISO dates, an empty
field for no value (RFC 4180; the defaults of both descriptions). The values of a list stand with a bar between them.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from comity.errors import DataError
from comity.export.metadata.about import About
from comity.export.tables.model import Field, Sheet, values_of
from comity.files import write_whole
from comity.table.cells import plain
from comity.terms import RDF

SEPARATOR: Final = "|"
PACKAGE: Final = "datapackage.json"
METADATA: Final = "csv-metadata.json"

_FRICTIONLESS: Final = {"iri": "string", "decimal": "number", "double": "number"}
_CSVW: Final = {"iri": "anyURI", "datetime": "dateTime"}


def write_csv(sheets: Sequence[Sheet], about: About, folder: Path) -> list[Path]:
    """Write the files and both descriptions, and return the paths."""
    paths, contents = [], {}
    for sheet in sheets:
        contents[sheet.name] = content = csv_bytes(sheet)
        paths.append(folder / place(sheet))
        write_whole(paths[-1], content)
    for name, described in ((PACKAGE, data_package(sheets, about, contents)), (METADATA, csv_on_the_web(sheets, about))):
        paths.append(folder / name)
        write_whole(paths[-1], (json.dumps(described, ensure_ascii=False, indent=1) + "\n").encode())
    return paths


def place(sheet: Sheet) -> str:
    """Return where the file of a table lies, below the folder."""
    return f"{sheet.name}.csv" if sheet.iri else f"answers/{sheet.name}.csv"


def csv_bytes(sheet: Sheet) -> bytes:
    """Return the table as CSV; :class:`~comity.errors.DataError` for a value of a list that has the separator in it."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(field.name for field in sheet.fields)
    for row in sheet.rows:
        cells = []
        for field, value in zip(sheet.fields, row, strict=True):
            texts = [plain(each) for each in values_of(value)]
            if field.many and any(SEPARATOR in text for text in texts):
                raise DataError(f"{row[0]} has a {field.name} with '{SEPARATOR}' in it", "export another format, or change the text")
            cells.append(SEPARATOR.join(texts))
        writer.writerow(cells)
    return buffer.getvalue().encode()


def data_package(sheets: Sequence[Sheet], about: About, contents: dict[str, bytes]) -> dict[str, Any]:
    """Return the descriptor of the Frictionless Tabular Data Package; `contents` are the files by the names of the tables."""
    return {
        "profile": "tabular-data-package",
        "name": "comity",
        "id": about.release,
        "title": about.title,
        "description": about.abstract,
        "version": about.version,
        "created": f"{about.released.isoformat()}T00:00:00Z",
        "homepage": about.home,
        "keywords": list(about.keywords),
        "contributors": [{"title": name, "role": "author"} for name in about.authors],
        "licenses": [{"name": "CC-BY-4.0", "path": about.licence, "title": "Creative Commons Attribution 4.0"}],
        "sources": [{"title": work} for work in about.based_on],
        "resources": [
            {
                "profile": "tabular-data-resource",
                "name": (sheet.name if sheet.iri else f"answer-{sheet.name}").lower(),
                "title": sheet.title,
                "description": sheet.meaning,
                "path": place(sheet),
                "format": "csv",
                "mediatype": "text/csv",
                "encoding": "utf-8",
                "bytes": len(contents[sheet.name]),
                "hash": f"sha256:{hashlib.sha256(contents[sheet.name]).hexdigest()}",
                "dialect": {"delimiter": ",", "lineTerminator": "\r\n", "quoteChar": '"', "doubleQuote": True, "header": True},
                "schema": _schema(sheet),
            }
            for sheet in sheets
        ],
    }


def _schema(sheet: Sheet) -> dict[str, Any]:
    fields = []
    for field in sheet.fields:
        described: dict[str, Any] = {"name": field.name, "type": "string" if field.many else _FRICTIONLESS.get(field.type, field.type)}
        described["description"] = field.meaning + (f" (several, with {SEPARATOR} between them)" if field.many else "")
        if field.property:
            described["rdfType"] = field.property
        if field.name == "iri" and sheet.iri:
            described["constraints"] = {"required": True, "unique": True}
        fields.append(described)
    schema: dict[str, Any] = {"fields": fields, "missingValues": [""]}
    if sheet.iri:
        schema["primaryKey"] = "iri"
        keys = foreign_keys(sheet)
        if keys:
            schema["foreignKeys"] = [{"fields": name, "reference": {"resource": "thing", "fields": "iri"}} for name in keys]
    return schema


def foreign_keys(sheet: Sheet) -> list[str]:
    """Return the columns whose every value is one thing of the table ``Thing``."""
    return [field.name for field in sheet.fields if sheet.iri and sheet.name != "Thing" and field.type == "iri" and not field.many]


def csv_on_the_web(sheets: Sequence[Sheet], about: About) -> dict[str, Any]:
    """Return the metadata in the W3C's vocabulary for tabular data; read by it, the tables of classes are our statements again."""
    return {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}],
        "dc:title": about.title,
        "dc:creator": list(about.authors),
        "dc:license": {"@id": about.licence},
        "dc:issued": {"@value": about.released.isoformat(), "@type": "xsd:date"},
        "dc:identifier": about.release,
        "tables": [_csvw_table(sheet) for sheet in sheets],
    }


def _csvw_table(sheet: Sheet) -> dict[str, Any]:
    schema: dict[str, Any] = {"columns": [_csvw_column(sheet, field) for field in sheet.fields]}
    if sheet.iri:
        schema["aboutUrl"] = "{+iri}"
        schema["primaryKey"] = "iri"
        keys = foreign_keys(sheet)
        if keys:
            thing = {"resource": "Thing.csv", "columnReference": "iri"}
            schema["foreignKeys"] = [{"columnReference": name, "reference": thing} for name in keys]
    return {"url": place(sheet), "dc:title": sheet.title, "dc:description": sheet.meaning, "tableSchema": schema}


def _csvw_column(sheet: Sheet, field: Field) -> dict[str, Any]:
    described: dict[str, Any] = {"name": field.name, "titles": field.name, "dc:description": field.meaning}
    described["datatype"] = _CSVW.get(field.type, field.type)
    if field.many:
        described["separator"] = SEPARATOR
    if field.name == "iri" and sheet.iri:
        described["required"] = True
    if field.language and field.type == "string":
        described["lang"] = field.language
    # A name column says nothing that the thing's own row does not say; neither do the classes by their local names.
    if field.property and field.property != RDF.type and sheet.name != "Thing":
        described["propertyUrl"] = field.property
        if field.type == "iri":
            described["valueUrl"] = f"{{+{field.name}}}"
    else:
        described["suppressOutput"] = True
    return described
