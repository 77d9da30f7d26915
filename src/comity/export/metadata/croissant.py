"""Croissant 1.0 (MLCommons): the CSV tables for programs that load data sets by their description, such as ``mlcroissant``.

The addresses of the files are relative, so that a copy of the release loads where it lies.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from comity.export.metadata.about import About
from comity.export.metadata.files import sha256
from comity.export.tables.csv_files import SEPARATOR, place
from comity.export.tables.model import Field, Sheet

_TYPES: Final = {
    "iri": "sc:URL",
    "date": "sc:Date",
    "datetime": "sc:DateTime",
    "integer": "sc:Integer",
    "decimal": "sc:Float",
    "double": "sc:Float",
    "boolean": "sc:Boolean",
}
#: The names that the specification gives to its terms (Croissant Format Specification 1.0, "Appendix 1: JSON-LD context").
_CONTEXT: Final[dict[str, Any]] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileProperty": "cr:fileProperty",
    "fileObject": "cr:fileObject",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}


def croissant(sheets: Sequence[Sheet], about: About, folder: Path, csv: str) -> bytes:
    """Return the description of the tables, whose files lie in the folder `csv` (its name, with a slash) of `folder`."""
    described: dict[str, Any] = {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "name": "Comity",
        "alternateName": about.title,
        "description": about.abstract,
        "url": about.home,
        "version": about.version,
        "datePublished": about.released.isoformat(),
        "license": about.licence,
        "citeAs": about.citation,
        "keywords": list(about.keywords),
        "creator": [{"@type": "sc:Organization", "name": name} for name in about.authors],
        "publisher": [{"@type": "sc:Organization", "name": name} for name in about.authors],
        "distribution": [
            {
                "@type": "cr:FileObject",
                "@id": csv + place(sheet),
                "name": sheet.name,
                "description": sheet.meaning or sheet.title,
                "contentUrl": csv + place(sheet),
                "encodingFormat": "text/csv",
                "sha256": sha256(folder / csv / place(sheet)),
            }
            for sheet in sheets
        ],
        "recordSet": [_records(sheet, csv) for sheet in sheets],
    }
    return (json.dumps(described, ensure_ascii=False, indent=1) + "\n").encode()


def _records(sheet: Sheet, csv: str) -> dict[str, Any]:
    described: dict[str, Any] = {
        "@type": "cr:RecordSet",
        "@id": sheet.name,
        "name": sheet.name,
        "description": sheet.meaning or sheet.title,
        "field": [_field(sheet, field, csv) for field in sheet.fields],
    }
    if sheet.iri:
        described["key"] = {"@id": f"{sheet.name}/iri"}
    return described


def _field(sheet: Sheet, field: Field, csv: str) -> dict[str, Any]:
    return {
        "@type": "cr:Field",
        "@id": f"{sheet.name}/{field.name}",
        "name": field.name,
        "description": field.meaning + (f" (several, with {SEPARATOR} between them)" if field.many else ""),
        "dataType": "sc:Text" if field.many else _TYPES.get(field.type, "sc:Text"),
        "source": {"fileObject": {"@id": csv + place(sheet)}, "extract": {"column": field.name}},
    }
