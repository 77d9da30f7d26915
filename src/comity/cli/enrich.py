"""``comity enrich``: what Wikidata says of linked things, beside the edition."""

from __future__ import annotations

import sys
from typing import Any

import click

from comity.cli.edition import open_edition
from comity.cli.link import open_service, service_options, tell_failures
from comity.cli.output import setting, show
from comity.errors import UnknownName, UsageError
from comity.options import data_options


@click.command()
@click.option(
    "-o",
    "--output",
    "graph_file",
    metavar="PATH",
    help="Write the statements to a file: .trig or .nq, or without the graph's name .ttl or .nt.",
)
@click.option("--property", "only", multiple=True, metavar="P", help="Only this property (P463, P571, P159, P856); repeatable.")
@click.option("--verdict", multiple=True, metavar="VERDICT", help="Show only: agrees, adds, contradicts, not comparable; repeatable.")
@service_options
@click.option("-f", "--format", "format_", metavar="FORMAT", help="Of the table on standard output; as for other commands.")
@click.option("--iris", is_flag=True, default=None, help="Show IRI columns in tables too.")
@data_options
def enrich(graph_file: str | None, only: tuple[str, ...], verdict: tuple[str, ...], **_options: Any) -> None:
    """Fetch statements of Wikidata and compare them with ours.

    Memberships with their dates, foundings, seats and websites of linked things. The table says where the two agree, where Wikidata adds
    something and where they contradict each other; nothing becomes part of the edition. Exit status 3 means that some things could
    not be asked about.
    """
    from comity.export.rdf import export, find_format
    from comity.links import enrich as enriching
    from comity.links import mapping_sets, read, statements

    for name in only:
        if name not in statements.PROPERTIES:
            raise UnknownName(name, statements.PROPERTIES)
    for name in verdict:
        if name not in enriching.VERDICTS:
            raise UnknownName(name, enriching.VERDICTS)
    suffix = None if graph_file is None else find_format(graph_file.rpartition(".")[2]).name
    if setting("no_infer"):
        raise UsageError("the bounds of dates are inferred", "leave out --no-infer")
    service = open_service()
    mappings = read(mapping_sets()["links/wikidata"])
    fetched = statements.fetch(mappings, service, [p for p in statements.PROPERTIES if not only or p in only])
    with open_edition() as edition:
        compared = enriching.compare(fetched, edition.store, mappings)
        labels = enriching.labels_of(edition.store, fetched)
    if graph_file is not None and suffix is not None:
        path = export(statements.graph_of(fetched.statements, service.endpoint), suffix, graph_file)
        print(f"{len(fetched.statements)} statements: {path}", file=sys.stderr)
    show(enriching.table((each for each in compared if not verdict or each.verdict in verdict), labels))
    tell_failures(f"{len(things)} things: {error.what}" for things, error in fetched.failures)
