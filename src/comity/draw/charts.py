"""Answers as specifications in Vega-Lite (https://vega.github.io/vega-lite/): plain JSON, without the size of a screen in it.

Colours keep apart for people who see few of them (after Okabe and Ito), and never say alone what the words and places don't say too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

from comity.draw.layout import WIDTH, place, radius
from comity.table import Row, Table
from comity.terms import split_iri

Specification = dict[str, Any]

INK: Final = "#1d2733"
QUIET: Final = "#5b6673"
LEVELS: Final = {"Global": "#0b5394", "Regional": "#b45f06", "Bilateral": "#38761d", "No level": "#6b7280"}
STANDINGS: Final = {"consented": "#0b5394", "listed": "#7fb3dc", "signed": "#f0b860"}
_SHAPES: Final = {"instrument": "circle", "body": "square", "relation": "diamond", "organization": "circle", "State": "triangle-up"}

_LOOK: Final[Specification] = {
    "background": "#ffffff",
    "font": "Helvetica, Arial, sans-serif",
    # Room for the wider letters of another font than the one that the picture was measured with.
    "padding": {"left": 60, "right": 64, "top": 16, "bottom": 16},
    "title": {
        "anchor": "start",
        "fontSize": 17,
        "fontWeight": 600,
        "color": INK,
        "subtitleColor": QUIET,
        "subtitleFontSize": 12.5,
        "offset": 14,
    },
    "axis": {
        "labelColor": INK,
        "titleColor": QUIET,
        "titleFontWeight": "normal",
        "gridColor": "#e6e9ed",
        "domainColor": "#b8bfc8",
        "tickColor": "#b8bfc8",
        "labelFontSize": 11.5,
        "titleFontSize": 12,
    },
    "legend": {"labelColor": INK, "titleColor": QUIET, "titleFontWeight": "normal", "labelFontSize": 12, "orient": "top", "offset": 4},
    "header": {"labelColor": INK, "titleColor": QUIET, "labelFontSize": 12.5},
    "view": {"stroke": None},
}


def _chart(title: str, note: str, described: str, **parts: Any) -> Specification:
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "title": {"text": _wrapped(title, 104), "subtitle": _wrapped(note, 130)},
        "description": described,
        "config": _LOOK,
        **parts,
    }


def timeline(table: Table, title: str, note: str, described: str) -> Specification:
    """Every instrument a square above its year, a row for each level."""
    height: Counter[tuple[str, int]] = Counter()
    values = []
    for row in table.rows:
        if row.year is not None:
            height[row.levelLabel, row.year] += 1
            values.append(
                {"level": row.levelLabel, "year": row.year, "place": height[row.levelLabel, row.year], "name": row.instrumentLabel}
            )
    levels = [level for level in LEVELS if any(value["level"] == level for value in values)]
    highest = max(height.values(), default=1)
    first, last = min((v["year"] for v in values), default=0), max((v["year"] for v in values), default=0)
    return _chart(
        title,
        note,
        described,
        data={"values": values},
        facet={
            "row": {
                "field": "level",
                "type": "nominal",
                "sort": levels,
                "title": None,
                "header": {"labelAngle": 0, "labelAlign": "left", "labelFontWeight": 600},
            }
        },
        spacing=14,
        spec={
            "width": 860,
            "height": 9 * highest + 8,
            "mark": {"type": "square", "size": 62, "opacity": 1},
            "encoding": {
                "x": {
                    "field": "year",
                    "type": "quantitative",
                    "title": "year of the earliest dated act",
                    "scale": {"domain": [first - 2, last + 2], "nice": False},
                    "axis": {"format": "d", "tickCount": 12},
                },
                "y": {"field": "place", "type": "quantitative", "title": None, "axis": None, "scale": {"domain": [0.4, highest + 0.6]}},
                "color": {"field": "level", "type": "nominal", "legend": None, "scale": _scale(LEVELS, levels)},
                "tooltip": {"field": "name", "type": "nominal"},
            },
        },
    )


def matrix(table: Table, title: str, note: str, described: str) -> Specification:
    """States by instruments: the squares of a State stand in one column, those of an instrument in one row."""
    values = [
        {"state": _code(row.state), "instrument": short_name(row.instrumentLabel), "standing": row.standing, "name": row.stateLabel}
        for row in table.rows
    ]
    by_state = Counter(value["state"] for value in values if value["standing"] == "consented")
    by_instrument = Counter(value["instrument"] for value in values if value["standing"] == "consented")
    states = sorted({value["state"] for value in values}, key=lambda state: (-by_state[state], state))
    instruments = sorted({value["instrument"] for value in values}, key=lambda instrument: (-by_instrument[instrument], instrument))
    return _chart(
        title,
        note,
        described,
        data={"values": values},
        width={"step": 9},
        height={"step": 17},
        mark={"type": "rect", "stroke": "#ffffff", "strokeWidth": 0.8},
        encoding={
            "x": {
                "field": "state",
                "type": "nominal",
                "sort": states,
                "title": "States, by their codes; those with most consents first",
                "axis": {"labelAngle": -90, "labelFontSize": 7, "labelOverlap": False, "labelPadding": 2, "ticks": False, "domain": False},
            },
            "y": {
                "field": "instrument",
                "type": "nominal",
                "sort": instruments,
                "title": None,
                "axis": {"labelLimit": 340, "ticks": False, "domain": False},
            },
            "color": {"field": "standing", "type": "nominal", "title": None, "scale": _scale(STANDINGS, list(STANDINGS))},
            "tooltip": {"field": "name", "type": "nominal"},
        },
    )


def overlaps(table: Table, title: str, note: str, described: str) -> Specification:
    """A bar for each pair of organizations, as long as the members that they share are many."""
    values = [
        {"pair": f"{row.firstLabel} and {row.secondLabel}", "count": row["count"], "members": row.members or ""}
        for row in sorted(table.rows, key=lambda row: (-row["count"], row.firstLabel, row.secondLabel))
    ]
    return _bars(title, note, described, values, "pair", "count", "members in common", colour=LEVELS["Regional"], words="label")


def incidents(table: Table, title: str, note: str, described: str) -> Specification:
    """A bar for each incident in the order of time, with the number as it is given."""
    values = [
        {"incident": row.incidentLabel, "value": float(row.value), "label": number_of(row), "day": str(row.earliest or "")}
        for row in table.rows
        if row.value is not None
    ]
    return _bars(title, note, described, values, "incident", "value", "persons", colour="#9c2f2f", words="label")


def figures(table: Table, title: str, note: str, described: str) -> Specification:
    """A point for each number on a logarithmic scale: their units differ, so only the order of size can be compared."""
    values = [
        {"figure": figure_name(row), "value": float(row.value), "label": f"{number_of(row)} {_plural(row.unit, row.value)}"}
        for row in sorted(table.rows, key=lambda row: -(row.value or 0))
        if row.value is not None and row.value > 0
    ]
    y = {
        "field": "figure",
        "type": "nominal",
        "sort": None,
        "title": None,
        "axis": {"labelLimit": 380, "ticks": False, "domain": False, "grid": True, "gridDash": [1, 3]},
    }
    x = {
        "field": "value",
        "type": "quantitative",
        "title": "number (logarithmic)",
        "scale": {"type": "log", "nice": True},
        "axis": {"grid": False, "tickCount": 6, "format": "~s"},
    }
    return _chart(
        title,
        note,
        described,
        data={"values": values},
        width=440,
        height={"step": 28},
        layer=[
            {"mark": {"type": "point", "filled": True, "size": 90, "color": "#5b4a8a", "opacity": 1}, "encoding": {"x": x, "y": y}},
            {
                "mark": {"type": "text", "align": "left", "dx": 10, "color": INK, "fontSize": 12},
                "encoding": {"x": x, "y": y, "text": {"field": "label", "type": "nominal"}},
            },
        ],
    )


def network(table: Table, title: str, note: str, described: str) -> Specification:
    """What belongs to an organization, body, relation or State stands around it; a band for each level."""
    nodes, clusters, links = graph_of(table)
    places, bands, height = place(clusters)
    points = [
        {
            "x": places[iri].x,
            "y": places[iri].y,
            "name": node["name"],
            "kind": node["kind"],
            "level": node["level"],
            "size": 170 if node["hub"] else 46,
        }
        for iri, node in nodes.items()
        if iri in places
    ]
    lines = [
        {"x": places[a].x, "y": places[a].y, "x2": places[b].x, "y2": places[b].y, "level": nodes[a]["level"]}
        for a, b in links
        if a in places and b in places
    ]
    hubs = [
        {"x": places[hub].x, "y": places[hub].y + _reach(len(parts)), "name": nodes[hub]["name"]}
        for wholes in clusters.values()
        for hub, parts in wholes.items()
    ]
    names = [{**hub, "name": line, "y": hub["y"] + 11 * index} for hub in hubs for index, line in enumerate(_wrapped(hub["name"], 26, 3))]
    kinds = [kind for kind in _SHAPES if any(point["kind"] == kind for point in points)]
    levels = [level for level in LEVELS if any(point["level"] == level for point in points)]
    x = {"field": "x", "type": "quantitative", "axis": None, "scale": {"domain": [0, WIDTH], "nice": False}}
    y = {"field": "y", "type": "quantitative", "axis": None, "scale": {"domain": [height, 0], "nice": False}}
    colour = {"field": "level", "type": "nominal", "title": None, "scale": _scale(LEVELS, levels)}
    return _chart(
        title,
        note,
        described,
        width=WIDTH,
        height=height,
        layer=[
            {
                "data": {"values": [{"x": 0, "x2": WIDTH, "y": band.top + 20} for band in bands]},
                "mark": {"type": "rule", "color": "#d4d9df"},
                "encoding": {"x": x, "x2": {"field": "x2"}, "y": y},
            },
            {
                "data": {"values": [{"x": 0, "y": band.top + 10, "text": band.heading} for band in bands]},
                "mark": {"type": "text", "align": "left", "fontSize": 14, "fontWeight": 600, "color": INK},
                "encoding": {"x": x, "y": y, "text": {"field": "text"}},
            },
            {
                "data": {"values": lines},
                "mark": {"type": "rule", "opacity": 0.35},
                "encoding": {"x": x, "y": y, "x2": {"field": "x2"}, "y2": {"field": "y2"}, "color": {**colour, "legend": None}},
            },
            {
                "data": {"values": points},
                "mark": {"type": "point", "filled": True, "opacity": 1, "stroke": "#ffffff", "strokeWidth": 0.8},
                "encoding": {
                    "x": x,
                    "y": y,
                    "color": colour,
                    "shape": {
                        "field": "kind",
                        "type": "nominal",
                        "title": None,
                        "scale": {"domain": kinds, "range": [_SHAPES[kind] for kind in kinds]},
                    },
                    "size": {"field": "size", "type": "quantitative", "scale": None, "legend": None},
                    "tooltip": {"field": "name", "type": "nominal"},
                },
            },
            {
                "data": {"values": names},
                "mark": {"type": "text", "fontSize": 9.5, "color": INK, "baseline": "top"},
                "encoding": {"x": x, "y": y, "text": {"field": "name"}},
            },
        ],
    )


def graph_of(table: Table) -> tuple[dict[str, dict[str, Any]], dict[str, dict[str, list[str]]], list[tuple[str, str]]]:
    """Return the nodes, the clusters by level (see :func:`comity.draw.layout.place`) and the links of the answer to ``cooperation-map``."""
    nodes: dict[str, dict[str, Any]] = {}
    around: dict[str, list[str]] = {}
    links: dict[tuple[str, str], None] = {}
    for row in table.rows:
        nodes.setdefault(row.whole, {"name": row.wholeLabel, "kind": row.wholeKind, "level": None, "hub": True})["hub"] = True
        node = nodes.setdefault(row.thing, {"name": row.thingLabel, "kind": row.kind, "level": None, "hub": False})
        # A thing at two levels is drawn at the first; the table has both.
        node["level"] = node["level"] or row.levelLabel
        if row.thing not in around.setdefault(row.whole, []):
            around[row.whole].append(row.thing)
        links[row.thing, row.whole] = None
    levels = list(LEVELS)
    for hub, parts in around.items():
        if nodes[hub]["level"] is None:
            counted = Counter(nodes[part]["level"] for part in parts if nodes[part]["level"])
            nodes[hub]["level"] = min(counted, key=lambda level: (-counted[level], levels.index(level))) if counted else None
    for node in nodes.values():
        node["level"] = node["level"] or "No level"
    clusters: dict[str, dict[str, list[str]]] = {}
    placed: set[str] = set(around)  # a whole has a cluster of its own, wherever else it belongs
    ordered = sorted(around, key=lambda hub: (levels.index(nodes[hub]["level"]), -len(around[hub]), nodes[hub]["name"]))
    for hub in ordered:
        own = [part for part in around[hub] if part not in placed]
        placed |= set(own)
        clusters.setdefault(nodes[hub]["level"], {})[hub] = own
    return nodes, clusters, list(links)


def _reach(number: int) -> float:
    return radius(number) + 2 if number else 14


def _bars(
    title: str,
    note: str,
    described: str,
    values: Sequence[dict[str, Any]],
    name: str,
    value: str,
    axis: str | None,
    *,
    colour: str,
    words: str,
) -> Specification:
    values = [{words: f"{each[value]:,}", **each} for each in values]
    y = {
        "field": name,
        "type": "nominal",
        "sort": None,
        "title": None,
        "axis": {"labelLimit": 380, "ticks": False, "domain": False, "minExtent": 300},
    }
    x = {"field": value, "type": "quantitative", "title": axis, "axis": {"tickMinStep": 1, "tickCount": 6} if axis else None}
    return _chart(
        title,
        note,
        described,
        data={"values": values},
        width=520,
        height={"step": 26},
        layer=[
            {"mark": {"type": "bar", "color": colour, "height": 16, "cornerRadiusEnd": 2}, "encoding": {"x": x, "y": y}},
            {
                "mark": {"type": "text", "align": "left", "dx": 5, "color": INK, "fontSize": 12},
                "encoding": {"x": x, "y": y, "text": {"field": words, "type": "nominal"}},
            },
        ],
    )


def _scale(colours: dict[str, str], domain: list[str]) -> Specification:
    return {"domain": domain, "range": [colours[name] for name in domain]}


def number_of(row: Row) -> str:
    """Return the number of a row as it is given: ``at least 130``."""
    value = f"{row.value:,f}".rstrip("0").rstrip(".") if "." in f"{row.value:f}" else f"{row.value:,f}"
    return f"{row.qualifier} {value}" if row.qualifier else value


def _plural(unit: str, value: Any) -> str:
    if value == 1 or unit in ("per cent", "percent"):
        return unit
    return "persons" if unit == "person" else f"{unit}s"


def figure_name(row: Row) -> str:
    """Return what a figure counts, of what, and when."""
    years = sorted({str(day.year) for day in (row.earliest, row.latest) if day is not None})
    parts = [row.indicatorLabel, row.population and f"({row.population})", years and "–".join(years)]
    return " ".join(part for part in parts if part)


_STARTS: Final = (
    "International Convention for the Suppression of ",
    "International Convention against ",
    "Convention on the ",
    "Protocol for the Suppression of ",
)


def _code(iri: str) -> str:
    parts = split_iri(iri)
    return parts[1] if parts else iri


def short_name(name: str) -> str:
    """Return what people call an instrument, where its name has that in brackets, else its name, cut where a line would end.

    >>> short_name("Convention for the Suppression of Unlawful Seizure of Aircraft (Hague Convention)")
    'Hague Convention'
    """
    if name.endswith(")") and " (" in name:
        inner = name[name.rindex(" (") + 2 : -1]
        if not inner.isdigit():
            return inner
    for start in _STARTS:
        if name.startswith(start):
            rest = name[len(start) :].removeprefix("the ")
            return rest[:1].upper() + rest[1:]
    return name


def _wrapped(text: str, width: int, most: int | None = None) -> list[str]:
    import textwrap

    return textwrap.wrap(text, width, max_lines=most, placeholder=" …") or [""]
