"""The OpenAPI 3.1 document of the server: every question as a path of its own, SPARQL, and the list of questions."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import comity
from comity.questions import Parameter, Question
from comity.questions.model import ANSWER_TYPES, LEVELS, PARAMETER_TYPES
from comity.table import Column
from documents import wording

Json = dict[str, Any]

_CELLS: dict[str, Json] = {
    "iri": {"type": ["string", "null"], "format": "uri"},
    "string": {"type": ["string", "null"]},
    "date": {"type": ["string", "null"], "format": "date"},
    "integer": {"type": ["integer", "null"]},
    "decimal": {"type": ["number", "null"]},
    "boolean": {"type": ["boolean", "null"]},
}
_TEXT: Json = {"type": "string"}
_PROBLEM = "application/problem+json"


def document(questions: Sequence[Question]) -> str:
    """Return the document as JSON."""
    paths: Json = {"/questions": {"get": _list()}, "/sparql": {"get": _sparql_get(), "post": _sparql_post()}}
    parameters: Json = {}
    rows: Json = {}
    for question in questions:
        paths[wording.path(question, "json")] = {"get": _json(question)}
        paths[wording.path(question, "csv")] = {"get": _csv(question)}
        rows[question.name] = _row(question)
        for parameter in question.parameters:
            parameters[_key(question, parameter)] = _parameter(parameter)
    tags = sorted({tag for question in questions for tag in question.tags})
    whole = {
        "openapi": "3.1.0",
        "info": {
            "title": "Comity",
            "version": comity.__version__,
            "summary": "International counter-terrorism cooperation law as linked data",
            "description": "Canned questions with typed answers, and SPARQL 1.1. Everything can be read and nothing changed.",
            "license": {"name": "Apache-2.0 AND CC-BY-4.0", "identifier": "Apache-2.0 AND CC-BY-4.0"},
        },
        "servers": [{"url": "/"}],
        "tags": [{"name": "comity", "description": "The edition as a whole."}, *({"name": tag} for tag in tags)],
        "paths": paths,
        "components": {"parameters": parameters, "responses": _responses(), "schemas": {**_schemas(), **rows}},
    }
    return json.dumps(whole, ensure_ascii=False, indent=1) + "\n"


def _key(question: Question, parameter: Parameter) -> str:
    return f"{question.name}.{parameter.name}"


# -- questions -----------------------------------------------------------------------------------------------------------


def _operation(question: Question, form: str, answer: Json) -> Json:
    note = wording.dated(question)
    operation: Json = {
        "operationId": f"{question.name}.{form}",
        "summary": question.title,
        "description": " ".join((question.question, note) if note else (question.question,)),
        "tags": list(question.tags),
    }
    if question.parameters:
        operation["parameters"] = [
            {"$ref": f"#/components/parameters/{_key(question, parameter)}"} for parameter in question.parameters
        ]
    operation["responses"] = {"200": answer, **_failures("400", "404", "503")}
    operation["x-comity-level"] = question.level
    operation["x-comity-sections"] = list(question.sections)
    if question.snapshot is not None:
        operation["x-comity-snapshot"] = question.snapshot
    return operation


def _json(question: Question) -> Json:
    schema = {
        "type": "object",
        "required": ["columns", "rows"],
        "properties": {
            "columns": {"$ref": "#/components/schemas/Columns"},
            "rows": {"type": "array", "items": {"$ref": f"#/components/schemas/{question.name}"}},
        },
    }
    return _operation(
        question, "json", {"description": "The table that answers it.", "content": {"application/json": {"schema": schema}}}
    )


def _csv(question: Question) -> Json:
    head = ",".join(column.name for column in question.columns)
    content = {"text/csv": {"schema": _TEXT, "example": f"{head}\r\n"}}
    return _operation(
        question, "csv", {"description": f"The table that answers it, under the heading {head}.", "content": content}
    )


def _row(question: Question) -> Json:
    return {
        "description": f"A row of the answer to {question.name}.",
        "type": "object",
        "required": [column.name for column in question.columns],
        "additionalProperties": False,
        "properties": {column.name: _cell(column) for column in question.columns},
    }


def _cell(column: Column) -> Json:
    meaning = column.meaning + (f" (unit: {column.unit})" if column.unit else "")
    return {**_CELLS[column.type], "description": meaning}


def _parameter(parameter: Parameter) -> Json:
    schema: Json = {"type": "string"}
    value: Any = str
    match parameter.type:
        case "date":
            schema["format"] = "date"
        case "integer":
            schema["type"], value = "integer", int
        case "choice":
            schema["enum"] = list(parameter.choices)
        case "iri":
            schema["minLength"] = 1
    if parameter.default is not None:
        schema["default"] = value(parameter.default)
    return {
        "name": parameter.name,
        "in": "query",
        "required": parameter.required,
        "description": wording.explanation(parameter),
        "schema": schema,
        "example": value(parameter.example),
    }


# -- the rest of the server ----------------------------------------------------------------------------------------------


def _list() -> Json:
    schema = {"type": "array", "items": {"$ref": "#/components/schemas/Question"}}
    return {
        "operationId": "questions",
        "summary": "The questions that can be asked",
        "tags": ["comity"],
        "parameters": [
            {
                "name": "words",
                "in": "query",
                "description": "Only questions that have all of these words or section numbers.",
                "schema": _TEXT,
                "example": "treaty",
            }
        ],
        "responses": {
            "200": {"description": "The questions; to a browser, a page.", "content": {"application/json": {"schema": schema}}},
            **_failures("400"),
        },
    }


def _sparql_get() -> Json:
    return {
        "operationId": "sparql.get",
        "summary": "Ask a query of your own",
        "description": "The SPARQL 1.1 Protocol: any query over the union of the graphs, without SERVICE; no updates. "
        "Without a query, the answer is the service description.",
        "tags": ["comity"],
        "parameters": [
            *map(_graphs, ("default", "named")),
            {
                "name": "query",
                "in": "query",
                "required": False,
                "description": "The query.",
                "schema": {"type": "string", "minLength": 1},
                "example": "SELECT (COUNT(*) AS ?n) WHERE { ?x a <https://w3id.org/comity/ontology#Norm> }",
            }
        ],
        "responses": _sparql_answers(),
    }


def _graphs(which: str) -> Json:
    return {
        "name": f"{which}-graph-uri",
        "in": "query",
        "required": False,
        "description": f"A graph of the query's {which} graph{'s' if which == 'named' else ''}: one that is served here.",
        "schema": {"type": "array", "items": {"type": "string", "format": "uri"}},
    }


def _sparql_post() -> Json:
    form = {"type": "object", "required": ["query"], "properties": {"query": {"type": "string", "minLength": 1}}}
    return {
        "operationId": "sparql.post",
        "summary": "Ask a long query of your own",
        "description": "As GET, with the query in the body.",
        "tags": ["comity"],
        "requestBody": {
            "required": True,
            "content": {
                "application/sparql-query": {"schema": {"type": "string", "minLength": 1}},
                "application/x-www-form-urlencoded": {"schema": form},
            },
        },
        "responses": _sparql_answers(),
    }


def _sparql_answers() -> Json:
    results = {
        "description": "https://www.w3.org/TR/sparql11-results-json/",
        "type": "object",
        "required": ["head"],
        "properties": {"head": {"type": "object"}, "results": {"type": "object"}, "boolean": {"type": "boolean"}},
    }
    content = {
        "application/sparql-results+json": {"schema": results},
        **{kind: {"schema": _TEXT} for kind in ("application/sparql-results+xml", "text/csv", "text/tab-separated-values")},
        **{kind: {"schema": _TEXT} for kind in ("text/turtle", "application/n-triples", "application/rdf+xml", "text/html")},
        "application/ld+json": {"schema": {"type": ["object", "array"]}},
    }
    cut = {
        "description": "How many rows were sent of an answer that has more; an answer without this header is whole.",
        "schema": {"type": "integer"},
    }
    return {
        "200": {
            "description": "A table, true or false, or for CONSTRUCT and DESCRIBE a graph.",
            "headers": {"Comity-Rows-Cut": cut},
            "content": content,
        },
        **_failures("400", "403", "406", "413", "414", "415", "503"),
    }


_NAMES = {
    "400": "BadRequest",
    "403": "ReadOnly",
    "404": "NotFound",
    "406": "NotAcceptable",
    "413": "TooLarge",
    "414": "TooLong",
    "415": "UnsupportedMediaType",
    "503": "TimeLimit",
}


def _failures(*statuses: str) -> Json:
    return {status: {"$ref": f"#/components/responses/{_NAMES[status]}"} for status in statuses}


def _responses() -> Json:
    content = {_PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    meanings = {
        "400": "A parameter is unknown, missing or not of its type, or the query cannot be run.",
        "403": "This would change something.",
        "404": "There is no question of this name.",
        "406": "The answer is not to be had in a form that is accepted.",
        "413": "The body is longer than is taken.",
        "414": "The address is longer than is taken.",
        "415": "The query is not sent in a form that is taken.",
        "503": "The time, the memory or the places at work were not enough for the answer.",
    }
    return {_NAMES[status]: {"description": meaning, "content": content} for status, meaning in meanings.items()}


def _schemas() -> Json:
    return {
        "Problem": {
            "description": "A problem as RFC 9457 has it, with what would mend it.",
            "type": "object",
            "required": ["status", "title", "detail", "remedy"],
            "properties": {
                "type": {"type": "string", "format": "uri-reference"},
                "status": {"type": "integer"},
                "title": _TEXT,
                "detail": {"type": "string", "description": "What is wrong."},
                "remedy": {"type": "string", "description": "What to do about it."},
                "parameter": {"type": "string", "description": "The parameter that is wrong, if one is."},
                "example": {"type": "string", "description": "A value that it takes."},
                "candidates": {"type": "array", "items": _TEXT, "description": "What may have been meant."},
            },
        },
        "Columns": {
            "description": "The columns of a table, in order. In any column, null means that there is no value.",
            "type": "array",
            "items": {
                "type": "object",
                "required": ["name", "type"],
                "properties": {
                    "name": _TEXT,
                    "type": {"enum": list(ANSWER_TYPES)},
                    "meaning": _TEXT,
                    "unit": _TEXT,
                },
            },
        },
        "Question": {
            "description": "A question that can be asked by name.",
            "type": "object",
            "required": ["name", "title", "question", "level", "tags", "sections", "parameters", "columns"],
            "properties": {
                "name": _TEXT,
                "title": _TEXT,
                "question": _TEXT,
                "level": {"enum": list(LEVELS)},
                "tags": {"type": "array", "items": _TEXT},
                "sections": {"type": "array", "items": _TEXT, "description": "Sections of the paper that it draws on."},
                "parameters": {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "required": ["name", "type", "required"],
                        "properties": {
                            "name": _TEXT,
                            "type": {"enum": list(PARAMETER_TYPES)},
                            "required": {"type": "boolean"},
                            "default": _TEXT,
                            "example": _TEXT,
                            "help": _TEXT,
                            "choices": {"type": "array", "items": _TEXT},
                        },
                    },
                },
                "columns": {"$ref": "#/components/schemas/Columns"},
                "snapshot": {
                    "type": "string",
                    "description": "The parameter that names the day as of which the view is asked.",
                },
            },
        },
    }
