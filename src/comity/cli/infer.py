"""``comity infer``, ``comity rules`` and ``comity explain``: what follows, by which rules, and why."""

from __future__ import annotations

import json
from typing import Any

import click

from comity.cli.edition import open_edition, open_server, selection
from comity.cli.output import output_options, setting, show, write
from comity.errors import UnknownName, UsageError
from comity.options import data_options, day_option, store_options


@click.command()
@click.option("--engine", metavar="ENGINE", help="compiled (the default) or owlrl (the reference, slow).")
@day_option
@output_options
@data_options
@store_options
def infer(engine: str | None, day: str | None, **_options: Any) -> None:
    """Work out what follows from the ontology, and count it.

    `comity export --inferred only` writes it. With --store, the rules run in the server and their results stay there.
    """
    from comity import api
    from comity.table import Column, Table
    from comity.terms import INFERRED

    if setting("store") is not None:
        if day is not None:
            raise UsageError("what holds on a day is not put into a server", "leave out --on, or --store")
        edition = open_server()
    else:
        edition = api.open(**selection(), infer=False, engine=engine or "compiled")
    # What a server had inferred before is not stated.
    stated = edition.store.count() - edition.store.count(INFERRED)
    inferred = edition.infer(engine) if day is None else edition.on(day).store.count(INFERRED)
    show(
        Table(
            [
                Column("view", "string", "the view of the edition"),
                Column("engine", "string", "who worked it out"),
                Column("stated", "integer", "statements in the view's graphs", "triples"),
                Column("inferred", "integer", "statements that follow and are not stated", "triples"),
            ],
            [(edition.view, engine or edition.engine, stated, inferred)],
        )
    )


@click.command()
@click.argument("name", required=False)
@output_options
def rules(name: str | None, **_options: Any) -> None:
    """List the rules of inference. With NAME, show that one as SPARQL."""
    from comity import resources
    from comity.inference import rule_set
    from comity.table import Column, Table

    folder = resources.ontology()
    found = rule_set(folder / "comity.ttl", folder / "rules" if (folder / "rules").is_dir() else None)
    if name is not None:
        for rule in found:
            if rule.name == name:
                write(rule.sparql())
                return
        raise UnknownName(name, [rule.name for rule in found], remedy="see `comity rules`")
    show(
        Table(
            [
                Column("name", "string", "name of the rule"),
                Column("kind", "string", "what a match means: a conclusion, or a contradiction"),
                Column("axiom", "string", "the axiom or the legal rule that it states"),
                Column("basis", "string", "rules of OWL 2 RL that it instantiates, or its legal source"),
            ],
            [
                (
                    rule.name,
                    "contradiction" if rule.is_constraint else "conclusion",
                    rule.axiom,
                    rule.basis or " ".join(rule.sources),
                )
                for rule in found
            ],
        )
    )


@click.command()
@click.argument("subject")
@click.argument("predicate")
@click.argument("object_", metavar="OBJECT")
@day_option
@output_options
@data_options
def explain(subject: str, predicate: str, object_: str, day: str | None, **_options: Any) -> None:
    """Prove a statement from what is stated.

    Shows rule and premises, down to what is stated and where.
    Terms are IRIs or short forms such as instrument:unscr-1373; OBJECT may also be a literal: plain text, or as in
    Turtle, with quotes, language or datatype.
    """
    from comity.inference.explain import Proof, text_of_triple

    if predicate == "a":
        predicate = "rdf:type"
    proof = open_edition(day).explain(subject, predicate, _literal(object_) or object_)
    if setting("format_") == "json" or (setting("output") or "").endswith(".json"):
        write(json.dumps(proof.to_dict(), ensure_ascii=False, indent=1) + "\n")
    elif isinstance(proof, Proof):
        write(proof.text() + "\n")
    else:
        from comity.terms import graph_name

        triple = text_of_triple(proof.triple)
        graphs = ", ".join(graph_name(graph) or graph for graph in proof.graphs)
        write("\n".join([f"{triple}  — stated in {graphs}", *(f"   {passage}" for passage in proof.passages)]) + "\n")


def _literal(text: str) -> Any:
    """Return the literal that `text` writes in Turtle's syntax, or ``None`` when it does not start like one."""
    if not text.startswith(('"', "'")):
        return None
    from comity.questions.binding import BindingError, find_slots
    from comity.terms import with_prefixes

    query, _ = with_prefixes(f"SELECT * {{ VALUES (?object) {{ ({text}) }} }}")
    try:
        [slot] = find_slots(query, ["object"])
    except BindingError:
        raise UsageError(f"{text} is no literal", "write it as in Turtle, or as plain text without quotes") from None
    return slot.term
