"""Writes the evaluation tests of the W3C's SPARQL suites in one compact form: tests/queries/w3c/<suite>.json.

    python scripts/w3c_queries.py CHECKOUT    where CHECKOUT is a copy of github.com/w3c/rdf-tests

Data and results become sorted N-Quads and terms, whichever of nine formats they had; queries lose comments and layout. The licence
that this rests on is named in tests/queries/w3c/README.md.
"""

from __future__ import annotations

import argparse
import csv
import io
import itertools
import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

import pyoxigraph as ox

from comity.files import write_whole
from comity.tokens import tokenize

OUT: Final = Path(__file__).resolve().parent.parent / "tests" / "queries" / "w3c"
BASE: Final = "https://example.org/w3c/"
MF: Final = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
QT: Final = "http://www.w3.org/2001/sw/DataAccess/tests/test-query#"
RS: Final = "http://www.w3.org/2001/sw/DataAccess/tests/result-set#"
RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
KINDS: Final = {MF + "QueryEvaluationTest", MF + "CSVResultFormatTest"}
#: What these ask for is another thing than the evaluation of a query over given data.
LEFT_OUT: Final = {"service": "needs other servers", "entailment": "needs an entailment regime"}


class Graph:
    """Triples by subject and predicate."""

    def __init__(self, triples: Iterable[ox.Triple]) -> None:
        self.found: dict[tuple[Any, str], list[Any]] = {}
        self.of_type: dict[str, list[Any]] = {}
        for triple in triples:
            self.found.setdefault((triple.subject, triple.predicate.value), []).append(triple.object)
            if triple.predicate.value == RDF + "type":
                self.of_type.setdefault(triple.object.value, []).append(triple.subject)

    def all(self, subject: Any, predicate: str) -> list[Any]:
        return self.found.get((subject, predicate), [])

    def one(self, subject: Any, predicate: str) -> Any:
        return next(iter(self.all(subject, predicate)), None)

    def list(self, head: Any) -> Iterator[Any]:
        while head is not None and head.value != RDF + "nil":
            yield self.one(head, RDF + "first")
            head = self.one(head, RDF + "rest")


def read(path: Path, base: str) -> Graph:
    return Graph(triples(path, base))


def triples(path: Path, base: str) -> list[ox.Triple]:
    found = ox.RdfFormat.from_extension(path.suffix[1:])
    if found is None:
        raise ValueError(f"{path}: unknown format")
    return [quad.triple for quad in ox.parse(path=str(path), format=found, base_iri=base + path.name)]


def compact(sparql: str) -> str:
    """The query without comments and layout; its tokens, and so what it means, stay. What touches its neighbour still does."""
    text, end = "", 0
    for token in tokenize(sparql):
        text += (" " if text and token.start > end else "") + token.text
        end = token.end
    return text


def cases(folder: Path) -> tuple[list[dict[str, Any]], dict[str, list[str]]]:
    base = f"{BASE}{folder.name}/"
    manifest = read(folder / "manifest.ttl", base)
    entries = [entry for head in manifest.of_type[MF + "Manifest"] for entry in manifest.list(manifest.one(head, MF + "entries"))]
    found: list[dict[str, Any]] = []
    data: dict[str, list[str]] = {}

    def local(node: Any) -> Path:
        return folder / node.value.removeprefix(base)

    def keep(node: Any) -> str:
        name = str(node.value.removeprefix(base))
        data[name] = sorted(f"{triple} ." for triple in triples(local(node), base))
        return name

    for entry in entries:
        if not KINDS & {kind.value for kind in manifest.all(entry, RDF + "type")}:
            continue
        action = manifest.one(entry, MF + "action")
        query = local(manifest.one(action, QT + "query")).read_text(encoding="utf-8")
        case: dict[str, Any] = {"name": entry.value.partition("#")[2], "query": compact(query)}
        if any(token.kind == "iri" and ":" not in token.text for token in tokenize(query)):
            case["base"] = base
        # FROM names files beside the query; they are in the store then, and nothing else is.
        named = list(manifest.all(action, QT + "graphData"))
        words = tokenize(query)
        asked = [
            after.text[1:-1] for before, after in itertools.pairwise(words)
            if before.is_word("FROM", "NAMED") and after.kind == "iri"
        ]
        if asked:
            named += [ox.NamedNode(base + text.removeprefix(base)) for text in asked]
        case["default"] = sorted({keep(node) for node in manifest.all(action, QT + "data")})
        case["named"] = sorted({keep(node) for node in named})
        case.update(result(local(manifest.one(entry, MF + "result")), base))
        if any(kind.value == MF + "LaxCardinality" for kind in manifest.all(entry, MF + "resultCardinality")):
            case["lax"] = True
        found.append({key: value for key, value in case.items() if value != [] or key not in ("default", "named")})
    return found, data


def result(path: Path, base: str) -> dict[str, Any]:
    """What a query must answer: `vars` and `rows`, an `ask`, or `triples`; `ordered` where the order matters, `plain` for CSV.

    Where a query is REDUCED, its case says `lax`: rows may come as often as here or less often, but at least once.
    """
    if path.suffix == ".csv":
        names, *lines = csv.reader(io.StringIO(path.read_text(encoding="utf-8"), newline=""))
        return {"vars": names, "rows": lines, "plain": True}
    kind = ox.QueryResultsFormat.from_extension(path.suffix[1:])
    if kind is not None:
        answer = ox.parse_query_results(path=str(path), format=kind)
        if isinstance(answer, ox.QueryBoolean):
            return {"ask": bool(answer)}
        return {"vars": [v.value for v in answer.variables], "rows": [[shown(term) for term in row] for row in answer]}
    graph = read(path, base)
    sets = graph.of_type.get(RS + "ResultSet", [])
    if not sets:
        return {"triples": sorted(f"{triple} ." for triple in triples(path, base))}
    head = sets[0]
    if (answer := graph.one(head, RS + "boolean")) is not None:
        return {"ask": answer.value in ("true", "1")}
    names = sorted(variable.value for variable in graph.all(head, RS + "resultVariable"))
    solutions = graph.all(head, RS + "solution")
    places = [graph.one(solution, RS + "index") for solution in solutions]
    ordered = bool(places) and all(place is not None for place in places)
    if ordered:
        solutions.sort(key=lambda row: int(graph.one(row, RS + "index").value))
    rows = []
    for solution in solutions:
        bound = {
            graph.one(binding, RS + "variable").value: graph.one(binding, RS + "value")
            for binding in graph.all(solution, RS + "binding")
        }
        rows.append([shown(bound.get(name)) for name in names])
    return {"vars": names, "rows": rows, **({"ordered": True} if ordered else {})}


def shown(term: Any) -> str | None:
    return None if term is None else str(term)


def written(version: str, found: list[dict[str, Any]], data: dict[str, list[str]]) -> str:
    """One case a line, one triple a line."""

    def lines(entries: list[str]) -> str:
        return ",\n".join("  " + json.dumps(entry, ensure_ascii=False) for entry in entries)

    files = ",\n".join(f" {json.dumps(name)}: [\n{lines(data[name])}\n ]".replace("[\n\n ]", "[]") for name in sorted(data))
    rows = ",\n".join("  " + json.dumps(case, ensure_ascii=False) for case in found)
    return f'{{"suite": {json.dumps(version)},\n "cases": [\n{rows}\n ],\n "data": {{\n{files}\n }}}}\n'


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkout", type=Path, help="a copy of the repository w3c/rdf-tests")
    root = parser.parse_args().checkout
    count = 0
    for suite in ("sparql10", "sparql11"):
        for folder in sorted((root / "sparql" / suite).iterdir()):
            if folder.name in LEFT_OUT or not (folder / "manifest.ttl").is_file():
                continue
            found, data = cases(folder)
            if found:
                write_whole(OUT / f"{suite}-{folder.name}.json", written(f"{suite}/{folder.name}", found, data).encode())
                count += len(found)
                print(f"{suite}/{folder.name}: {len(found)}")
    print(f"{count} cases")
    return 0


if __name__ == "__main__":
    sys.exit(main())
