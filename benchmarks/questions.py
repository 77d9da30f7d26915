"""How fast the canned questions are answered on the closed edition: by ours, by rdflib, by servers; and that the answers are the same.

    python benchmarks/questions.py
    python benchmarks/questions.py --ways memory rdflib

``memory``     ours, embedded, in memory
``oxigraph``   the server of the package oxigraph, on loopback
``jena``       Debian's Jena in memory, behind an endpoint on loopback
``rdflib``     an rdflib dataset, in this process

Every question is asked once, with the parameters of its plainest case in tests/questions/expected, and the whole table is compared with
that of ``memory``. Two questions take Jena more than a minute, for a reason that nobody looked into; each case that rdflib is spared in
the tests is spared it here too (20 seconds each). What one of the ways is spared is in no sum. Shown are the sum and the slowest, in
wall-clock seconds, without filling the store.
"""

from __future__ import annotations

import importlib.util
import json
import resource
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from measuring import (
    EDITION,
    ROOT,
    Row,
    Timer,
    answer_child,
    child,
    closed,
    count_of,
    data_folder,
    finish,
    from_tests,
    given,
    parser,
    peak_mb,
    read_quads,
)

SERVERS = ("oxigraph", "jena")
WAYS = ("memory", *SERVERS, "rdflib")
SPARED = {"jena": ("find", "timeline")}
NOT_THERE = ("bound",)
"""Questions that are asked of a copy of the view as of a day, which is in memory wherever the view is."""


def cases() -> dict[str, tuple[dict[str, Any], bool]]:
    """By question: the parameters of its plainest case, one of the curated view if there is any, and whether rdflib is spared it."""
    paths = (ROOT / "tests" / "questions" / "expected").glob("*.json")
    read = {path.stem: json.loads(path.read_text(encoding="utf-8"), parse_float=Decimal) for path in paths}
    found: dict[str, tuple[dict[str, Any], bool]] = {}
    for name in sorted(read, key=lambda name: (read[name].get("view", "curated") != "curated", name.count("."), name)):
        question = name.partition(".")[0]
        if question not in NOT_THERE:
            found.setdefault(question, (read[name]["params"], "slow_on_rdflib" in read[name]))
    return found


def spared(way: str, question: str, slow_on_rdflib: bool) -> bool:
    return question in SPARED.get(way, ()) or (way == "rdflib" and slow_on_rdflib)


@contextmanager
def opened(way: str, file: Path, folder: Path) -> Iterator[Any]:
    """What answers, filled from a file."""
    from_tests()
    if way == "rdflib":
        # By its path: the modules here have the same names.
        spec = importlib.util.spec_from_file_location("answers", ROOT / "tests" / "questions" / "stores.py")
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        yield module.RdflibAnswers(read_quads(file))
    elif way == "memory":
        from comity.store.embedded import EmbeddedStore

        with EmbeddedStore() as embedded:
            embedded.load(read_quads(file))
            yield embedded
    else:
        from comity.store.remote import RemoteStore
        from store import servers

        server = servers.oxigraph if way == "oxigraph" else servers.jena
        with server(folder, seconds=600) as url, RemoteStore(f"{url}/query" if way == "oxigraph" else url, union="kept") as remote:
            remote.load(read_quads(file))
            yield remote


def measure(way: str, file: Path, folder: Path, count: int) -> dict[str, Any]:
    """Ask so many questions; return by question the seconds and a digest of the rows."""
    import hashlib

    from comity.questions import NameIndex, ask, load_question
    from comity.store.embedded import EmbeddedStore

    names = EmbeddedStore()
    names.load(read_quads(file))
    index, timer = NameIndex(names), Timer()
    rows: dict[str, tuple[int, str]] = {}
    with opened(way, file, folder) as store:
        store.query("SELECT ?s WHERE { ?s a ?class } LIMIT 1")
        for question, (params, slow) in islice(cases().items(), count):
            if not spared(way, question, slow):
                loaded = load_question(question)
                table = timer(question, partial(ask, store, loaded, params, index=index))
                text = "\n".join(repr(tuple(map(str, row))) for row in table)
                rows[question] = (len(table), hashlib.sha256(text.encode()).hexdigest())
    peak = peak_mb(resource.RUSAGE_CHILDREN) if way in SERVERS else peak_mb()
    return {"seconds": timer.wall, "rows": rows, "peak_mb": peak}


def why_not(way: str) -> str:
    if way == "jena":
        from_tests()
        from store import jena

        return jena.why_not()
    return ""


def main(arguments: Sequence[str] | None = None) -> int:
    made = parser(__doc__)
    made.add_argument("--ways", nargs="+", choices=WAYS, default=list(WAYS))
    options = given(made, arguments)
    rows: list[Row] = []
    found: dict[str, dict[str, Any]] = {}
    with data_folder(options) as folder:
        file = closed(folder)
        for way in options.ways:
            if reason := why_not(way):
                rows += [Row(task, way, EDITION, left_out=reason) for task in ("questions", "slowest question")]
                continue
            with tempfile.TemporaryDirectory() as place:
                found[way] = child(__file__, "measure", way, file, place, 5 if options.tiny else 1000)
        everyone = set.intersection(*(set(answer["seconds"]) for answer in found.values()))
        ours = found["memory"]["rows"]
        for way, answer in found.items():
            wrong = sorted(question for question in answer["rows"] if answer["rows"][question] != ours[question])
            result = f"NOT EQUAL: {', '.join(wrong)}" if wrong else "equal" if way != "memory" else "reference"
            result += f", {len(answer['rows'])} questions, {sum(count for count, _ in answer['rows'].values()):,} rows"
            seconds = {question: answer["seconds"][question] for question in everyone}
            slowest = max(seconds, key=lambda question: seconds[question])
            quads = count_of(file)
            rows.append(Row("questions", way, EDITION, quads, sum(seconds.values()), answer["peak_mb"], result))
            rows.append(Row("slowest question", way, EDITION, quads, seconds[slowest], result=f"`{slowest}`"))
    return finish(rows, options, ("comity", "pyoxigraph", "rdflib", "oxigraph"))


if __name__ == "__main__":
    if not answer_child({"measure": lambda way, file, folder, count: measure(way, Path(file), Path(folder), int(count))}):
        sys.exit(main())
