"""``comity export``: a view as files for other tools."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from comity.cli.edition import open_edition
from comity.cli.link import open_service, service_options, tell_failures
from comity.errors import UsageError
from comity.options import data_options

_LISTED = 20
"""More files than these are counted, not named."""


@click.command()
@click.argument("names", metavar="[FORMAT]...", nargs=-1)
@click.option("-f", "--format", "format_", metavar="FORMAT", help="The same as the argument.")
@click.option("-o", "--output", metavar="PATH", required=True, help="A folder; with a suffix, one file, whose suffix can give the format.")
@click.option(
    "--inferred",
    type=click.Choice(["yes", "no", "only"]),
    default="yes",
    help="With, without, or only what follows.",
)
@click.option("--graph", "graphs", multiple=True, metavar="GRAPH", help="Only this graph, as paper/2.1.2; repeatable.")
@click.option("--topic", "topics", multiple=True, metavar="TOPIC", help="Only what is about this topic; repeatable.")
@click.option("--organization", "organizations", multiple=True, metavar="NAME", help="Only what is about this organization; repeatable.")
@service_options
@data_options
def export(
    names: tuple[str, ...],
    format_: str | None,
    output: str,
    inferred: str,
    graphs: tuple[str, ...],
    topics: tuple[str, ...],
    organizations: tuple[str, ...],
    **_options: Any,
) -> None:
    """Write a view of the edition to files.

    \b
    FORMAT is one or more of
      nq trig jsonld nt ttl rdf     RDF
      rdf12                         RDF 1.2, with who states what
      tree context                  Turtle as in data/; the context of the JSON-LD
      csv parquet sqlite xlsx       tables
      graphml gexf cytoscape neo4j  networks
      void dcat schema-org          descriptions (of what is exported with them)
      croissant                     the same of the csv
      release                       all of them, with checksums

    The same input gives the same bytes.

    With FORMAT quickstatements, drafts of memberships with dates and source that Wikidata lacks, for a person to review; Wikidata is
    asked what it has (--endpoint, --contact, --max-age and --offline are for that). Nothing is drafted about persons or designations.
    """
    if names and format_ is not None and names != (format_,):
        raise UsageError(f"two formats, {names[0]} and {format_}", "name them one after the other, without --format")
    suffix = Path(output).suffix.removeprefix(".")
    chosen = names or tuple(filter(None, [format_ or suffix]))
    if not chosen:
        raise UsageError("no format", "name one, as in `comity export nq -o comity.nq`")
    if "quickstatements" in chosen:
        if len(chosen) > 1:
            raise UsageError("quickstatements goes with no other format", "ask for it alone")
        _quickstatements(output)
        return
    shown = sys.stderr.isatty()

    def tell(name: str, done: int, total: int) -> None:
        if shown and total:
            print(f"\r\x1b[K{name or 'reading'}: {done / total:.0%} of {total:,} statements", end="", file=sys.stderr, flush=True)

    try:
        paths = open_edition().export(
            chosen, output, inferred=inferred, graphs=graphs or None, topics=topics, organizations=organizations, progress=tell
        )
    finally:
        if shown:
            print("\r\x1b[K", end="", file=sys.stderr)
    if len(paths) > _LISTED:
        print(f"{len(paths)} files in {output}", file=sys.stderr)
    else:
        for path in paths:
            print(path, file=sys.stderr)


def _quickstatements(output: str) -> None:
    from comity.files import write_whole
    from comity.links import mapping_sets, quickstatements, read, statements

    service = open_service()
    mappings = read(mapping_sets()["links/wikidata"])
    fetched = statements.fetch(mappings, service, ["P463"])
    with open_edition() as edition:
        made = quickstatements.drafts(edition.store, mappings, fetched)
    write_whole(output, quickstatements.text_of(made).encode())
    written = min(len(made), quickstatements.LIMIT)
    print(f"{output}: {written} of {len(made)} drafts; review each before you send it", file=sys.stderr)
    tell_failures(f"{len(things)} things: {error.what}" for things, error in fetched.failures)
