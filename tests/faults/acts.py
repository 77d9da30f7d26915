"""What is killed at any moment, and how to see afterwards in which of two states it left things.

Each act goes from one state to the other and back, for as many turns as there are kills. What it leaves is looked at by other
processes, and by other code than the act's own where that can be.
"""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import time
from collections.abc import Iterable
from pathlib import Path
from typing import ClassVar, Final

import pyoxigraph as ox
from editions import make
from forking import Fork, done

import comity
from comity import cli, dataset, resources
from comity.api import Comity
from comity.export.content import Content
from comity.export.formats import find_format, write
from comity.store.body import Limits
from comity.store.embedded import EmbeddedStore
from comity.store.portions import is_staging
from comity.store.remote import RemoteStore
from comity.store.transfer import transfer
from comity.terms import INFERRED, graph_iri
from store import servers

COUNT: Final = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"


class Act:
    """One kind of work. `states` are the two states, by what :meth:`look` sees; :meth:`prepare` leaves the second."""

    about: ClassVar[str] = ""
    states: tuple[object, object]

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def prepare(self) -> None:
        """Make what the act needs, and bring it to the second state."""
        raise NotImplementedError

    def do(self, state: int) -> None:
        """Bring it to this state, from any: this is what is killed, and what completes when it is not."""
        raise NotImplementedError

    def look(self) -> object:
        """Return what is there, in a form that can be compared."""
        raise NotImplementedError

    def is_between(self, found: object) -> bool:
        """Whether what was found is neither of the two states."""
        return found not in self.states

    def left(self) -> list[str]:
        """Return what a broken attempt has left behind, now that another one has gone through."""
        return []

    def strike(self, child: Fork) -> bool:
        """Kill what is to be killed, and say whether it was still at work."""
        return child.kill().status == -signal.SIGKILL

    def close(self) -> None:
        """End what the act has started."""


# -- stores on disk --------------------------------------------------------------------------------------------------


def seen(folder: Path) -> dict[str, object]:
    """What a store on disk holds, as Oxigraph itself sees it: each graph, and whether the default graph is their union, or empty."""

    def lines(graph: ox.NamedNode | ox.DefaultGraph) -> set[bytes]:
        return set((store.dump(format=ox.RdfFormat.N_TRIPLES, from_graph=graph) or b"").splitlines())

    store = ox.Store(str(folder))
    graphs = {graph.value: lines(graph) for graph in store.named_graphs() if isinstance(graph, ox.NamedNode)}
    union, default = set().union(*graphs.values()), lines(ox.DefaultGraph())
    whole = default in (union, set())
    found: dict[str, object] = {graph: digest(content) for graph, content in graphs.items() if content}
    return found | {"union": "whole" if whole else f"{len(default)} of {len(union)}"}


def digest(lines: Iterable[bytes]) -> str:
    """How many lines of N-Triples, and a hash of those without blank nodes, which have other labels each time that a file is read."""
    ordered = sorted(lines)
    named = b"\n".join(line for line in ordered if b"_:" not in line)
    return f"{len(ordered)} {hashlib.sha256(named).hexdigest()[:12]}"


def warm(root: Path) -> None:
    """Do once in memory what every fork would have to import for itself."""
    os.environ["COMITY_ROOT"] = str(root)
    comity.open().close()


class OnDisk(Act):
    """Two editions, opened in turn."""

    def prepare(self) -> None:
        self.roots = [make(self.folder / f"edition{state}", more=bool(state)) for state in (0, 1)]
        self.place = self.folder / "there"
        warm(self.roots[0])
        states = []
        for state in (0, 1):
            done(lambda state=state: self.do(state))
            states.append(self.look())
        self.states = states[0], states[1]

    def left(self) -> list[str]:
        """One place, and the seal; nothing hidden."""
        found = sorted(path.name for path in self.place.iterdir())
        return [] if found in (["edition.json", "store"], ["edition.json", "store-2"]) else found


class Opening(OnDisk):
    about = "`comity.open(path=…)` fills a folder that holds another edition"

    def do(self, state: int) -> None:
        os.environ["COMITY_ROOT"] = str(self.roots[state])
        comity.open(infer=False, path=self.place).close()

    def look(self) -> object:
        """What the seal says, and what is in the place that it names."""

        def job() -> object:
            seal = json.loads((self.place / "edition.json").read_text(encoding="utf-8"))
            return seen(self.place / seal.pop("place")) | seal

        return done(job)


class Keeping(Opening):
    about = "`comity query` fills the store that it keeps between calls"

    def prepare(self) -> None:
        os.environ["COMITY_CACHE"] = str(self.folder / "cache")
        super().prepare()

    def do(self, state: int) -> None:
        os.environ["COMITY_ROOT"] = str(self.roots[state])
        assert cli.run(["query", "-f", "csv", COUNT]) == 0

    @property
    def place(self) -> Path:
        (place,) = (self.folder / "cache").iterdir()
        return place

    @place.setter
    def place(self, _: Path) -> None:
        """It is where the command line puts it."""


class Loading(Act):
    about = "a load into a store on disk (`Store.load`)"
    GRAPHS: Final = ("https://example.org/g0", "https://example.org/g1")

    def prepare(self) -> None:
        self.place = self.folder / "there"
        done(lambda: self.do(0))
        empty = self.look()
        done(lambda: self.do(1))
        self.states = empty, self.look()

    def do(self, state: int) -> None:
        with EmbeddedStore(self.place) as store:
            store.query("ASK { ?s ?p ?o }")  # so that there is a union to keep
            if state:
                store.load(quads(self.GRAPHS, 1000, 0))
            else:
                store.clear()

    def look(self) -> object:
        return done(lambda: seen(self.place))

    def left(self) -> list[str]:
        return sorted(path.name for path in self.folder.iterdir() if path != self.place)


def quads(graphs: Iterable[str], count: int, version: int) -> list[ox.Quad]:
    n = ox.NamedNode
    return [
        ox.Quad(n(f"https://example.org/s{i}"), n("https://example.org/p"), ox.Literal(f"{graph} {i} {version}"), n(graph))
        for graph in graphs
        for i in range(count)
    ]


class Closing(OnDisk):
    about = "the closure into a store on disk (`Comity.infer`)"

    def prepare(self) -> None:
        self.place = self.folder / "there"
        self.roots = [make(self.folder / "edition", more=True)] * 2
        os.environ["COMITY_ROOT"] = str(self.roots[0])
        warm(self.roots[0])
        done(lambda: comity.open(infer=False, path=self.place).close())
        done(lambda: self.do(0))
        stale = self.look()
        done(lambda: self.do(1))
        self.states = stale, self.look()

    def do(self, state: int) -> None:
        with comity.open(infer=False, path=self.place) as edition:
            if state:
                edition.infer()
            else:
                edition.store.replace_graph(INFERRED, [quad.triple for quad in quads(("x:",), 500, 0)])

    look = Opening.look


class Asking(Act):
    about = "a query with a time limit on a store on disk (its snapshot)"

    def prepare(self) -> None:
        self.place = self.folder / "there"

        def job() -> None:
            with EmbeddedStore(self.place) as store:
                store.load(quads(Loading.GRAPHS, 500, 0))

        done(job)
        self.states = self.look(), self.look()

    def do(self, state: int) -> None:
        with EmbeddedStore(self.place) as store:
            assert store.query(COUNT, timeout=30).rows

    look = Loading.look
    left = Loading.left


# -- files -----------------------------------------------------------------------------------------------------------


class Exporting(Act):
    about = "an export, one of twelve formats after the other"
    MIXED: Final = "some files old, others new"
    FORMATS: Final = ("nq", "nt", "trig", "ttl", "jsonld", "tree", "csv", "sqlite", "cytoscape", "void", "graphml", "neo4j")

    def prepare(self) -> None:
        self.turn = 0
        names = ["entities/organization", "entities/instrument", "entities/mechanism"]
        every = [quad for name in names for quad in dataset.read_file(resources.data() / f"{name}.ttl", graph_iri(name))]
        every += dataset.read_file(resources.ontology() / "comity.ttl", graph_iri("ontology"))
        # A graph less, and a name less in another.
        left_out = next(quad for quad in every if quad.graph_name == ox.NamedNode(graph_iri("entities/instrument")))
        fewer = [quad for quad in every if quad.graph_name != ox.NamedNode(graph_iri("entities/mechanism")) and quad != left_out]
        self.contents = []
        for some in (fewer, every):
            store = EmbeddedStore()
            store.load(some)
            self.contents.append(Content(Comity(store)))
        self.whole: list[dict[str, bytes]] = []
        for number, content in enumerate(self.contents):
            for name in self.FORMATS:
                write(content, [find_format(name)], self.folder / f"state{number}")
            self.whole.append(files(self.folder / f"state{number}"))
        self.place = self.folder / "there"
        for name in self.FORMATS:
            write(self.contents[1], [find_format(name)], self.place)
        self.states = 0, 1

    def do(self, state: int) -> None:
        write(self.contents[state], [find_format(self.FORMATS[self.turn // 2 % len(self.FORMATS)])], self.place)

    def look(self) -> object:
        """The state that all files of the format whose turn it is are in; each of them may be in either, but in no other."""
        place = find_format(self.FORMATS[self.turn // 2 % len(self.FORMATS)]).place
        there = {name: content for name, content in files(self.place).items() if not name.rpartition("/")[2].startswith(".")}
        if odd := [name for name, content in there.items() if content not in (state.get(name) for state in self.whole)]:
            return odd
        # A file that only one of the states has stays where it is: an export takes nothing away.
        both = [name for name in there if name.startswith(place) and all(name in state for state in self.whole)]
        news = [there[name] == self.whole[1][name] for name in both if self.whole[0][name] != self.whole[1][name]]
        assert news, f"the states of {place} are the same"
        return 1 if all(news) else 0 if not any(news) else self.MIXED

    def is_between(self, found: object) -> bool:
        """A format that is a folder goes file by file."""
        return super().is_between(found) and found != self.MIXED

    def left(self) -> list[str]:
        self.turn += 1
        return [name for name in files(self.place) if name.endswith(".part")]


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


# -- a server --------------------------------------------------------------------------------------------------------


class Sending(Act):
    about = "a load into a server (`comity load`), whose client is killed"
    GRAPHS: Final = tuple(f"https://example.org/g{i}" for i in range(3))
    LIMITS: Final = Limits(connect=2, read=10, total=20, attempts=2)

    def prepare(self) -> None:
        self.turn = 0
        self.server: subprocess.Popen[bytes] | None = None
        self._serve()
        states = []
        for state in (0, 1):
            self.do(state)
            states.append(self.look())
        self.states = states[0], states[1]

    def _serve(self) -> None:
        self.server, self.address = servers.start_oxigraph(self.folder / "server")

    def _store(self) -> RemoteStore:
        graphs = f"{self.address}/store" if self.turn % 2 else None  # by its two protocols
        return RemoteStore(f"{self.address}/query", graph_store_url=graphs, union="kept", limits=self.LIMITS, batch=100)

    def do(self, state: int) -> None:
        with self._store() as store:
            graphs = {graph: [quad.triple for quad in quads([graph], 250, state)] for graph in self.GRAPHS}
            arrivals = transfer(store, graphs)
        assert {arrival.state for arrival in arrivals} <= {"loaded", "same"}, arrivals

    def look(self) -> object:
        """Each graph by itself, for a load goes graph by graph; and the union that queries see."""
        with RemoteStore(f"{self.address}/query", union="kept") as store:
            graphs = {graph: digest(str(quad.triple).encode() for quad in store.quads(graph)) for graph in self.GRAPHS}
            union = store.query("CONSTRUCT WHERE { ?s ?p ?o }").triples
        return graphs | {"union": digest(str(triple).encode() for triple in union)}

    def is_between(self, found: object) -> bool:
        old, new = self.states
        assert isinstance(found, dict)
        assert isinstance(old, dict)
        assert isinstance(new, dict)
        return any(part not in (old[name], new[name]) for name, part in found.items())

    def left(self) -> list[str]:
        self.turn += 1
        with RemoteStore(f"{self.address}/query", union="kept") as store:
            return [graph for graph in store.graphs() if is_staging(graph)]

    def close(self) -> None:
        if self.server is not None:
            self.server.kill()
            self.server.wait()


class Serving(Sending):
    about = "a load into a server, which is killed"

    def strike(self, child: Fork) -> bool:
        """The client comes to an end by itself, and says of each graph what became of it; the server comes back with what it had."""
        assert self.server is not None
        self.server.kill()
        self.server.wait()
        began = time.monotonic()
        ended = child.wait()
        assert time.monotonic() - began < 30, "the client did not end"
        self._serve()
        if ended.status:
            last = ended.err.strip().splitlines()[-1]
            assert last.startswith(("AssertionError: [Arrival(", "comity.errors.StoreError: ")), ended.err
        return ended.status != 0


ACTS: Final[dict[str, type[Act]]] = {
    "opening": Opening,
    "keeping": Keeping,
    "loading": Loading,
    "closing": Closing,
    "asking": Asking,
    "exporting": Exporting,
    "sending": Sending,
    "serving": Serving,
}
