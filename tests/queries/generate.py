"""Queries in the shape of the domain, made from a seed: the same number gives the same query, on every machine.

They are in the part of SPARQL 1.1 that the questions use, over the terms of the edition's own ontology:
basic patterns, OPTIONAL, FILTER, UNION, BIND, VALUES, paths, aggregates, sub-queries, MINUS, EXISTS, ORDER BY with LIMIT. The rows are
compared as a bag, so nothing may depend on an order that the query does not give: LIMIT stands only behind an ORDER BY over all columns.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field

import pyoxigraph as ox

from comity.terms import CY, PREFIXES, RDF, RDFS, shorten

PROLOGUE = "".join(f"PREFIX {prefix}: <{PREFIXES[prefix]}>\n" for prefix in ("cy", "rdf", "rdfs", "skos", "xsd", "owl"))


@dataclass
class World:
    """What the data hold that queries can be made of: for each property the classes and kinds of values that it has."""

    links: list[str]
    """Properties whose values are things."""
    texts: list[str]
    dates: list[str]
    numbers: list[str]
    classes: list[str]
    things: list[str]
    follows: dict[str, list[str]]
    """For each link, the properties that its values have, so that a chain finds something."""
    on_class: dict[str, list[str]] = field(default_factory=dict)


def world(quads: list[ox.Quad]) -> World:
    """Return what queries over these data can be made of, in a fixed order."""
    xsd = PREFIXES["xsd"]
    kinds: dict[str, set[str]] = {"links": set(), "texts": set(), "dates": set(), "numbers": set(), "classes": set(), "things": set()}
    of: dict[object, set[str]] = {}
    types: dict[object, set[str]] = {}
    for quad in quads:
        p = quad.predicate.value
        if p == RDF.type and isinstance(quad.object, ox.NamedNode):
            types.setdefault(quad.subject, set()).add(quad.object.value)
            if quad.object.value.startswith(str(CY)):
                kinds["classes"].add(quad.object.value)
            continue
        if not p.startswith((str(CY), str(RDFS))) or isinstance(quad.subject, ox.BlankNode):
            continue
        of.setdefault(quad.subject, set()).add(p)
        if isinstance(quad.object, ox.NamedNode):
            kinds["links"].add(p)
            kinds["things"].add(quad.object.value)
        elif isinstance(quad.object, ox.Literal):
            datatype = quad.object.datatype.value
            kind = "dates" if datatype == xsd + "date" else "numbers" if datatype in (xsd + "integer", xsd + "decimal") else "texts"
            kinds[kind].add(p)
    follows: dict[str, set[str]] = {}
    on_class: dict[str, set[str]] = {}
    for quad in quads:
        if quad.predicate.value in kinds["links"] and quad.object in of:
            follows.setdefault(quad.predicate.value, set()).update(of[quad.object])
    for subject, found in types.items():
        for name in found & kinds["classes"]:
            on_class.setdefault(name, set()).update(of.get(subject, ()))
    return World(
        **{name: sorted(found) for name, found in kinds.items()},
        follows={name: sorted(found) for name, found in follows.items()},
        on_class={name: sorted(found) for name, found in on_class.items() if found},
    )


class Maker:
    """Makes one query."""

    def __init__(self, world: World, seed: int) -> None:
        self.world = world
        self.random = random.Random(seed)
        self.count = 0
        self.kinds: dict[str, str] = {}
        """The variables that have a value in every row, each with its kind: thing, text, date, number, class."""

    def variable(self, kind: str, known: bool = True) -> str:
        self.count += 1
        name = f"?{kind[0]}{self.count}"
        if known:
            self.kinds[name] = kind
        return name

    def pick(self, kind: str) -> str | None:
        names = [name for name, its in self.kinds.items() if its == kind]
        return self.random.choice(names) if names else None

    def kind_of(self, prop: str) -> str:
        w = self.world
        return "thing" if prop in w.links else "date" if prop in w.dates else "number" if prop in w.numbers else "text"

    def step(self, subject: str, properties: list[str], known: bool = True) -> tuple[str, str, str]:
        prop = self.random.choice(properties)
        return f"{subject} {shorten(prop)} ", self.variable(self.kind_of(prop), known), prop

    def start(self) -> str:
        """A pattern that binds first: a thing of a class, and something that it has."""
        name = self.random.choice(sorted(self.world.on_class))
        thing = self.variable("thing")
        self.subjects = {thing: self.world.on_class[name]}
        text, value, prop = self.step(thing, self.world.on_class[name])
        if prop in self.world.follows:
            self.subjects[value] = self.world.follows[prop]
        return f"{thing} a {shorten(name)} . {text}{value} ."

    def more(self) -> str:
        subject = self.random.choice(list(self.subjects))
        text, value, prop = self.step(subject, self.subjects[subject])
        if prop in self.world.follows:
            self.subjects[value] = self.world.follows[prop]
        return f"{text}{value} ."

    def optional(self) -> str:
        subject = self.random.choice(list(self.subjects))
        text, value, prop = self.step(subject, self.subjects[subject], known=False)
        inside = f"{text}{value}"
        if self.random.random() < 0.3 and self.kind_of(prop) == "text":
            language = self.random.choice(["en", "", "fr"])
            inside += f' FILTER(LANG({value}) = "{language}")'
        return f"OPTIONAL {{ {inside} }}"

    def union(self) -> str:
        subject = self.random.choice(list(self.subjects))
        value = self.variable("any", known=False)
        parts = [f"{{ {subject} {shorten(self.random.choice(self.subjects[subject]))} {value} }}" for _ in range(2)]
        return " UNION ".join(parts)

    def condition(self) -> str:
        kind = self.random.choice(["text", "date", "number", "thing"])
        name = self.pick(kind) or self.pick("thing")
        assert name is not None
        sign = self.random.choice(["=", "!=", "<", "<=", ">", ">="])
        match self.kinds[name]:
            case "text":
                word = self.random.choice(["a", "the", "Terror", "con", "1", "é", ""])
                return self.random.choice(
                    [
                        f'CONTAINS(LCASE(STR({name})), "{word.lower()}")',
                        f'STRSTARTS(STR({name}), "{word}")',
                        f"STRLEN(STR({name})) {sign} 12",
                        f'REGEX(STR({name}), "{word}.*n", "i")',
                        f'LANG({name}) {self.random.choice(["=", "!="])} "en"',
                        f'LANGMATCHES(LANG({name}), "*")',
                        f'STR({name}) {sign} "M"',
                        f'SUBSTR(STR({name}), 2, 3) != "{word}"',
                        f"ISLITERAL({name})",
                        f'STRBEFORE(STR({name}), " ") != ""',
                    ]
                )
            case "date":
                return self.random.choice(
                    [
                        f'{name} {sign} "{self.random.randint(1930, 2020)}-06-15"^^xsd:date',
                        f"YEAR({name}) {sign} {self.random.randint(1930, 2020)}",
                        f"MONTH({name}) = {self.random.randint(1, 12)}",
                        f"DATATYPE({name}) = xsd:date",
                    ]
                )
            case "number":
                return self.random.choice(
                    [
                        f"{name} {sign} {self.random.choice(['0', '2', '10', '2.5', '1e2'])}",
                        f"{name} * 2 - 1 {sign} ABS({name})",
                        f"FLOOR({name} / 2) {sign} 1",
                        f"{name} IN (1, 2, 3, 5.0)",
                        f"ISNUMERIC({name})",
                        f'STR({name}) {sign} "2"',
                    ]
                )
        other = self.random.choice(self.world.things)
        return self.random.choice(
            [
                f"{name} != <{other}>",
                f'CONTAINS(STR({name}), "a")',
                f"ISIRI({name})",
                f"{name} IN (<{other}>)",
                f"!SAMETERM({name}, <{other}>)",
            ]
        )

    def filter(self) -> str:
        first = self.condition()
        if self.random.random() < 0.35:
            form = self.random.choice(["!({a})", "({a}) && ({b})", "({a}) || ({b})", "IF({a}, {b}, false)", "COALESCE({a}, {b})"])
            return f"FILTER({form.format(a=first, b=self.condition())})"
        return f"FILTER({first})"

    def exists(self) -> str:
        subject = self.random.choice(list(self.subjects))
        text, value, _ = self.step(subject, [*self.random.sample(self.world.links, 2), *self.subjects[subject]], known=False)
        return f"FILTER {self.random.choice(['EXISTS', 'NOT EXISTS'])} {{ {text}{value} }}"

    def minus(self) -> str:
        subject = self.random.choice(list(self.subjects))
        text, value, _ = self.step(subject, self.subjects[subject], known=False)
        return f"MINUS {{ {text}{value} }}"

    def bind(self) -> str:
        name = self.pick(self.random.choice(["text", "number", "date"])) or self.pick("thing")
        assert name is not None
        kind = self.kinds[name]
        expression, made = {
            "text": [
                (f"UCASE(STR({name}))", "text"),
                (f"STRLEN(STR({name}))", "number"),
                (f'CONCAT("x", STR({name}))', "text"),
                (f"LANG({name})", "text"),
            ],
            "number": [
                (f"{name} + 1", "number"),
                (f"ROUND({name} * 1.5)", "number"),
                (f"STR({name})", "text"),
                (f"IF({name} > 2, 1, 0)", "number"),
            ],
            "date": [(f"YEAR({name})", "number"), (f"STR({name})", "text"), (f"DAY({name})", "number")],
            "thing": [
                (f'STRAFTER(STR({name}), "/id/")', "text"),
                (f"STRLEN(STR({name}))", "number"),
                (f"ENCODE_FOR_URI(STR({name}))", "text"),
            ],
        }[kind][self.random.randrange(3)]
        return f"BIND({expression} AS {self.variable(made)})"

    def values(self) -> str:
        name = self.pick("thing")
        chosen = " ".join(f"<{thing}>" for thing in self.random.sample(self.world.things, min(200, len(self.world.things))))
        return f"VALUES {name} {{ {chosen} }}"

    def path(self) -> str:
        """A path. One that may have no steps starts at a thing: from a variable, rdflib tries every node there is."""
        subject = self.random.choice(list(self.subjects))
        links = [prop for prop in self.subjects[subject] if prop in self.world.links] or self.world.links
        a, b = shorten(self.random.choice(links)), shorten(self.random.choice(self.world.links))
        forms = [
            "{a}/{b}",
            "{a}|{b}",
            "^{a}",
            "{a}?",
            "{a}*",
            "{a}+",
            "({a}|{b})/rdfs:label",
            "!({a}|{b})",
            "{a}/^{a}",
            "a/rdfs:subClassOf*",
        ]
        form = self.random.choice(forms)
        if form in ("{a}?", "{a}*", "{a}+"):
            subject = f"<{self.random.choice(self.world.things)}>"
        mixed = "label" in form or "!" in form
        return f"{subject} {form.format(a=a, b=b)} {self.variable('any' if mixed else 'thing', not mixed)} ."

    def inner(self) -> str:
        """A sub-query that counts."""
        subject = self.random.choice(list(self.subjects))
        prop = shorten(self.random.choice(self.subjects[subject]))
        number = self.variable("number")
        value = f"?inside{self.count}"
        return f"{{ SELECT {subject} (COUNT({value}) AS {number}) WHERE {{ {subject} {prop} {value} }} GROUP BY {subject} }}"

    def query(self) -> str:
        parts = [self.start()]
        steps: list[Callable[[], str]] = [
            self.more,
            self.optional,
            self.union,
            self.filter,
            self.filter,
            self.exists,
            self.minus,
            self.bind,
            self.values,
            self.path,
            self.inner,
        ]
        for _ in range(self.random.randint(1, 4)):
            parts.append(self.random.choice(steps)())
        where = "\n  ".join(parts)
        form = self.random.random()
        if form < 0.08:
            return f"{PROLOGUE}ASK {{\n  {where}\n}}"
        names = [name for name in self.kinds if f"{name} " in f"{where} " or f"{name})" in where]
        if form < 0.35:
            group = self.random.choice(names)
            of = self.random.choice(names)
            call = self.random.choice(["COUNT(*)", "COUNT({v})", "COUNT(DISTINCT {v})", "MIN({v})", "MAX({v})", "SUM({v})", "AVG({v})"])
            if call[:3] in ("MIN", "MAX", "SUM", "AVG"):
                of = next((name for name in names if self.kinds[name] in (("number", "date") if call[0] == "M" else ("number",))), "")
                call = call if of else "COUNT(*)"
            having = (
                f" HAVING(COUNT(*) {self.random.choice(['>', '>=', '<'])} {self.random.randint(1, 3)})"
                if self.random.random() < 0.3
                else ""
            )
            return f"{PROLOGUE}SELECT {group} ({call.format(v=of)} AS ?result) WHERE {{\n  {where}\n}} GROUP BY {group}{having}"
        shown = sorted(self.random.sample(names, self.random.randint(1, min(4, len(names)))))
        distinct = self.random.choice(["", "DISTINCT "])
        order = ""
        if self.random.random() < 0.3 and all(self.kinds[name] == "thing" for name in shown):
            keys = " ".join(self.random.choice(["{}", "DESC({})"]).format(name) for name in shown)
            order = f" ORDER BY {keys} LIMIT {self.random.randint(1, 20)}"
        return f"{PROLOGUE}SELECT {distinct}{' '.join(shown)} WHERE {{\n  {where}\n}}{order}"


def query(world: World, seed: int) -> str:
    """Return the query of this number."""
    return Maker(world, seed).query()
