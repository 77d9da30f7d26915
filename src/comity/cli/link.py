"""``comity link``: what the things of the edition are elsewhere, asked of Wikidata."""

from __future__ import annotations

import datetime
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import click

from comity.cli.output import output_format, output_options, setting, show, write
from comity.options import Command

if TYPE_CHECKING:
    from comity.links import MappingSet
    from comity.links.service import QueryService

_FAILED = 3


def service_options(command: Command) -> Command:
    """The options of every command that asks Wikidata."""
    for option in (
        click.option("--offline", is_flag=True, default=None, help="Ask nothing; use the answers that are kept, however old."),
        click.option(
            "--max-age",
            type=click.FloatRange(min=0),
            metavar="DAYS",
            help="Ask again what was answered longer ago than this; default: 30.",
        ),
        click.option("--contact", metavar="TEXT", help="Your mail address or page, for the service's keepers; also COMITY_CONTACT."),
        click.option("--endpoint", metavar="URL", help="The query service; also COMITY_WIKIDATA; default: Wikidata's own."),
    ):
        command = option(command)
    return command


def open_service() -> QueryService:
    """Open the query service as the options say, once it is known that its answers can be shown as they ask."""
    from comity.links.service import MAX_AGE, QueryService

    output_format()
    days = setting("max_age")
    service = QueryService(
        setting("endpoint"),
        contact=setting("contact"),
        max_age=MAX_AGE if days is None else datetime.timedelta(days=days),
        offline=bool(setting("offline")),
    )
    click.get_current_context().call_on_close(service.close)
    return service


def tell_failures(failures: Iterable[str]) -> None:
    """Say once what went wrong with requests, and let the command end with status 3: what is not known is not settled."""
    reasons = list(failures)
    if reasons:
        print(f"comity: {len(reasons)} not answered: {reasons[0]}; run the command again later", file=sys.stderr)
        click.get_current_context().exit(_FAILED)


@click.group()
def link() -> None:
    """Check the links to Wikidata, and find missing ones.

    Requests go out one at a time, with a contact in the User-Agent; answers are kept for a month.
    """


def _mappings() -> MappingSet:
    from comity.links import mapping_sets, read

    return read(mapping_sets()["links/wikidata"])


@link.command()
@click.option("--all", "all_", is_flag=True, help="Show the links of which nothing is to be decided, too.")
@service_options
@output_options
def check(all_: bool, **_options: Any) -> None:
    """See what has become of the items.

    Whether each still exists, was merged into another, has a class and a name that fit. Shows what a person must decide, and changes
    nothing. Exit status 1 means findings, 3 that some items could not be asked about (state failed: nothing is known of them).
    """
    from comity import dataset
    from comity.links import check as checking
    from comity.links.gate import fitting_classes, kinds_of

    service = open_service()
    quads = dataset.read("curated")
    findings = checking.check(_mappings(), service, kinds_of(quads), fitting_classes(), checking.names_of(quads))
    show(checking.table(finding for finding in findings if all_ or finding.state != "kept"))
    tell_failures(finding.found for finding in findings if finding.state == "failed")
    if any(finding.state != "kept" for finding in findings):
        click.get_current_context().exit(1)


@link.command()
@click.option("--table", "table_", is_flag=True, help="Show what came of each thing, in place of the proposed rows.")
@click.option("--write", "write_", is_flag=True, help="Put the proposed rows into the mapping set.")
@service_options
@output_options
def resolve(table_: bool, write_: bool, **_options: Any) -> None:
    """Find items for things without one, by identifier.

    By symbols of UN documents, CELEX numbers, ISO codes, GeoNames and ROR; never by name. What leaves no doubt is proposed as a
    diff of data/links/wikidata.sssom.tsv, for `git apply`; nothing is written unasked. Exit status 1 means proposals or items that a
    person must look at, 3 that some things could not be asked about.
    """
    from comity import dataset
    from comity.files import write_whole
    from comity.links import mapping_sets, read, resolve, serialize
    from comity.links.gate import fitting_classes, kinds_of

    service = open_service()
    quads = dataset.read("curated")
    mappings, labels = _mappings(), resolve.labels_of(quads)
    identifiers = resolve.identifiers_of(quads, [read(path) for path in mapping_sets().values()])
    found = resolve.resolve(mappings, service, kinds_of(quads), fitting_classes(), identifiers, labels)
    if table_:
        show(resolve.table(found, labels))
    else:
        write(resolve.difference(mappings, found))
        for each in found:
            if each.outcome in ("several", "other class", "refused"):
                row = resolve.table([each], labels)[0]
                print(f"{row.thingLabel}: {row.outcome}: {row['items']}{f' ({row.note})' if row.note else ''}", file=sys.stderr)
    if write_:
        assert mappings.file is not None  # it was read from there
        write_whole(mappings.file, serialize(resolve.amended(mappings, found)).encode())
        print(f"{mappings.file}: written; run scripts/update_links.py", file=sys.stderr)
    tell_failures(each.note for each in found if each.outcome == "failed")
    if any(each.outcome != "none" for each in found):
        click.get_current_context().exit(1)


@link.command()
@click.argument("name", required=False)
@click.option("--thing", metavar="THING", help="Ask about this thing, such as organization:asean or state:CHN, or an item (Q…).")
@click.option("--endpoint", metavar="URL", help="The service that your engine is to ask; also COMITY_WIKIDATA; default: Wikidata's.")
@output_options
def query(name: str | None, thing: str | None, endpoint: str | None, **_options: Any) -> None:
    """Print a federated query, for an engine of yours that holds the edition.

    Your engine then asks Wikidata for what is there. Without NAME, the queries are listed.
    """
    from comity.links import federated

    if name is None:
        show(federated.listing())
    else:
        chosen = federated.find(name)
        write(chosen.text(None if thing is None else federated.item_of(thing, _mappings()), endpoint))
