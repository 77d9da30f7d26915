"""``comity load``: a view into a triplestore."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from comity.cli.edition import open_edition, server_settings
from comity.cli.output import output_options, show
from comity.options import data_options, server_options

if TYPE_CHECKING:
    from comity.store.transfer import Arrival
    from comity.table import Table


@click.command()
@click.option("--to", "url", metavar="URL", required=True, help="The server's SPARQL query service.")
@click.option("--replace/--merge", "replace", default=True, help="Make each graph exactly ours (the default), or add to it.")
@click.option(
    "--inferred", type=click.Choice(["yes", "no", "only"]), default="yes", help="With, without, or only what follows."
)
@output_options
@data_options
@server_options
def load(url: str, replace: bool, inferred: str, **_options: Any) -> None:
    """Load a view into a triplestore, graph by graph.

    What is there already is left alone, so that a second run goes on where one was broken off. Afterwards each graph's number of triples
    and hash are compared. Exit status 1 means that a graph did not arrive.
    """
    from comity.store.remote import RemoteStore
    from comity.terms import graph_name

    def tell(graph: str, done: int, all_: int) -> None:
        if sys.stderr.isatty():
            print(f"\r\x1b[K{graph_name(graph) or graph}: {done} of {all_}", end="", file=sys.stderr, flush=True)

    with RemoteStore(url, **server_settings()) as store, open_edition() as edition:
        arrivals = edition.load(store, mode="replace" if replace else "merge", inferred=inferred, progress=tell)
    if sys.stderr.isatty():
        print("\r\x1b[K", end="", file=sys.stderr)
    show(_arrivals(arrivals))
    if any(arrival.state == "failed" for arrival in arrivals):
        click.get_current_context().exit(1)


def _arrivals(arrivals: Sequence[Arrival]) -> Table:
    from comity.table import Column, Iri, Table
    from comity.terms import graph_name

    return Table(
        [
            Column("graph", "iri", "the named graph"),
            Column("graphLabel", "string", "its name"),
            Column("state", "string", "same (it was there), loaded, or failed"),
            Column("triples", "integer", "how many were to be there", "triples"),
            Column("found", "integer", "how many are there", "triples"),
            Column("hash", "string", "of what was to be there: the first 16 digits of the SHA-256 of its sorted canonical lines"),
            Column("note", "string", "what went wrong"),
        ],
        [
            (Iri(a.graph), graph_name(a.graph) or a.graph, a.state, a.triples, a.found, a.hash[:16], a.note or None)
            for a in arrivals
        ],
    )
