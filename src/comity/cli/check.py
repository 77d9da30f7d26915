"""``comity check`` and ``comity fmt``: what keeps the edition sound and its files in one form."""

from __future__ import annotations

import sys
from pathlib import Path

import click


@click.command()
@click.argument("names", nargs=-1, metavar="[CHECK]...")
@click.option("--write", "written", type=click.Path(), metavar="DIR", help="Write quality.md and quality.ttl there.")
@click.option("--against", type=click.Path(), metavar="DIR", help="Fail when the pages there say something else.")
@click.option("-f", "--format", "format_", type=click.Choice(["text", "json"]), default="text", help="Default: text.")
def check(names: tuple[str, ...], written: str | None, against: str | None, format_: str) -> None:
    """Run the quality gate over the edition.

    Shapes, hygiene, terms, questions, inference, profiles, reasoners: all of it, or the CHECKs named. Exit status 1 means that one failed;
    one that cannot run here is skipped, and says why.
    """
    from comity.quality import page, run_checks

    gate = run_checks(names)
    sys.stdout.write(gate.to_text() if format_ == "text" else gate.to_json())
    status = 0 if gate.passed else 1
    if written is not None:
        page.write(gate, Path(written))
    if against is not None and gate.passed:
        if gate.skipped:
            print(f"the pages in {against} are not compared: a check was skipped", file=sys.stderr)
        elif stale := page.stale(gate, Path(against)):
            print(f"{', '.join(stale)} in {against} say something else; run: {page.COMMAND}", file=sys.stderr)
            status = 1
    click.get_current_context().exit(status)


@click.command()
@click.argument("files", nargs=-1, type=click.Path(), metavar="[FILE]...")
@click.option("--check", is_flag=True, help="Change nothing; exit status 1 when a file is not in its one form.")
def fmt(files: tuple[str, ...], check: bool) -> None:
    """Put Turtle files into their one form.

    Sorted, with the project's prefixes; without FILEs, all files of the edition.
    """
    from comity import turtle

    status = turtle.main([*(["--check"] if check else []), *files])
    click.get_current_context().exit(status)
