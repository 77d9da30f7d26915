"""The pictures there are. Each draws the answer to one canned question, takes that question's parameters, and says in its title what
it shows: the title is worked out from the answer, so that it can't say anything else than the table.
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from comity.draw import charts
from comity.errors import UsageError
from comity.table import Table

if TYPE_CHECKING:
    from comity.api import Comity


@dataclass(frozen=True, slots=True)
class Picture:
    """One kind of picture: what it is `called`, the `question` it draws the answer to, and how.

    `titled` makes the title, `noted` the line below it (how to read it, what is left out), `described` the words for
    those who don't see it.
    """

    name: str
    called: str
    question: str
    chart: Callable[[Table, str, str, str], charts.Specification]
    titled: Callable[[Table], str]
    noted: Callable[[Table], str]
    described: Callable[[Table], str]


@dataclass(frozen=True, slots=True)
class Drawing:
    """A picture of one answer: its `title` and `note`, the words (`alt`) for it, the specification in Vega-Lite, and the answer itself."""

    title: str
    note: str
    alt: str
    specification: dict[str, Any]
    table: Table


def picture(name: str) -> Picture:
    """Return the picture of this name; raises :class:`~comity.errors.UsageError`, naming those there are."""
    try:
        return PICTURES[name]
    except KeyError:
        raise UsageError(f"there is no picture '{name}'", f"draw one of {', '.join(PICTURES)}") from None


def compose(edition: Comity, name: str, /, **params: Any) -> Drawing:
    """Ask the question behind the picture and return what is to be drawn.

    Raises what :meth:`comity.Comity.ask` raises, and :class:`~comity.errors.UsageError` when the answer has nothing to draw.
    """
    drawn = picture(name)
    table = edition.ask(drawn.question, **params)
    if not len(table):
        raise UsageError(f"there is nothing to draw: the answer to {drawn.question} has no rows", "ask for more")
    title, note, alt = drawn.titled(table), drawn.noted(table), drawn.described(table)
    return Drawing(title, note, alt, drawn.chart(table, title, note, alt), table)


# -- the words -------------------------------------------------------------------------------------------------------


def _given(table: Table, name: str) -> str | None:
    """The value of a parameter that the question was asked with."""
    assert table.origin is not None
    return dict(table.origin.parameters).get(name)


def _day(table: Table) -> str:
    given = _given(table, "on")
    return _in_words(datetime.date.fromisoformat(str(given))) if given else "the day asked for"


def _in_words(day: datetime.date) -> str:
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


_MONTHS: Final = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def _listed(counted: Counter[str], order: list[str]) -> str:
    parts = [f"{counted[name]} {name.lower()}" for name in order if counted[name]]
    return f"{', '.join(parts[:-1])} and {parts[-1]}" if len(parts) > 1 else "".join(parts)


def _timeline_title(table: Table) -> str:
    years = [row.year for row in table.rows if row.year is not None]
    span = f", {min(years)}–{max(years)}" if years else ""
    counted = Counter(row.levelLabel for row in table.rows if row.year is not None)
    return f"Instruments of counter-terrorism cooperation{span}: {_listed(counted, list(charts.LEVELS))}"


def _timeline_note(table: Table) -> str:
    undated = sum(row.year is None for row in table.rows)
    without = " One instrument has no year and is only in the table."
    if undated != 1:
        without = f" {undated} instruments have no year and are only in the table." if undated else ""
    return f"Each square is one instrument, above the year of its earliest dated act.{without}"


def _timeline_alt(table: Table) -> str:
    counted = Counter((row.levelLabel, row.year) for row in table.rows if row.year is not None)
    parts = []
    for level in charts.LEVELS:
        years = {year: number for (its, year), number in counted.items() if its == level}
        if years:
            most = max(years, key=lambda year: (years[year], -year))
            parts.append(f"{level}: {sum(years.values())} instruments from {min(years)} to {max(years)}, most in {most} ({years[most]}).")
    return f"Dot chart with a row for each level. {' '.join(parts)}"


def _matrix_title(table: Table) -> str:
    consents = [row for row in table.rows if row.standing == "consented"]
    instruments = len({row.instrument for row in table.rows})
    return f"On {_day(table)}, {len({row.state for row in consents})} States had consented to some of {instruments} global instruments"


def _matrix_note(table: Table) -> str:
    return (
        "Consented: a consent to be bound is recorded by that day. Listed: the source names the State as a party, without a day. "
        "Signed: only that. An empty field says that the record holds none of these, not that the State is no party."
    )


def _matrix_alt(table: Table) -> str:
    counted = Counter(row.instrumentLabel for row in table.rows if row.standing == "consented")
    ranked = sorted(counted, key=lambda name: (-counted[name], name))
    told = "; ".join(f"{name}: {counted[name]}" for name in ranked[:3])
    matrix = f"Matrix of States by instruments on {_day(table)}."
    return f"{matrix} Most consents: {told}." if told else matrix


def _overlaps_title(table: Table) -> str:
    pairs = "one pair of regional organizations" if len(table) == 1 else f"{len(table)} pairs of regional organizations"
    return f"On {_day(table)}, {pairs} had members in common"


def _overlaps_alt(table: Table) -> str:
    told = "; ".join(f"{row.firstLabel} and {row.secondLabel}: {row['count']}" for row in table.rows)
    return f"Bar chart of members in common. {told}."


def _toll_title(table: Table) -> str:
    first = table.rows[0]
    total = f"{first.totalQualifier + ' ' if first.totalQualifier else ''}{first.total:,f}"
    indicator = {"indicator:persons-killed": "Killed"}.get(str(_given(table, "indicator")), "The toll")
    return f"{indicator} in the incidents that the paper reports with a number: {total} in {len(table)} incidents"


def _toll_alt(table: Table) -> str:
    told = "; ".join(f"{row.incidentLabel}: {charts.number_of(row)}" for row in table.rows if row.value is not None)
    return f"Bar chart of incidents in the order of time. {told}."


def _figures_title(table: Table) -> str:
    numbers = sum(row.value is not None for row in table.rows)
    subject = str(_given(table, "about") or "").rpartition(":")[2].replace("-", " ")
    name = subject.upper() if len(subject) <= 5 else subject
    return f"{numbers} figures that the paper gives about cooperation in the {name}" if name else f"{numbers} figures that the paper gives"


def _figures_alt(table: Table) -> str:
    told = "; ".join(f"{charts.figure_name(row)}: {charts.number_of(row)} ({row.unit})" for row in table.rows if row.value is not None)
    return f"Chart of points on a logarithmic scale. {told}."


def _network_title(table: Table) -> str:
    nodes, clusters, _ = charts.graph_of(table)
    instruments = sum(node["kind"] == "instrument" for node in nodes.values())
    wholes = sum(len(of_level) for of_level in clusters.values())
    return f"The field as a map: {instruments} instruments around {wholes} organizations, bodies, relations and States"


def _network_alt(table: Table) -> str:
    nodes, clusters, _ = charts.graph_of(table)
    told = []
    for level, wholes in clusters.items():
        largest = list(wholes)[:3]
        told.append(f"{level}: {len(wholes)} clusters, the largest {', '.join(nodes[hub]['name'] for hub in largest)}.")
    return f"Network in three bands. {' '.join(told)}"


PICTURES: Final[dict[str, Picture]] = {
    made.name: made
    for made in (
        Picture(
            "timeline", "Instruments through the years", "instruments", charts.timeline, _timeline_title, _timeline_note, _timeline_alt
        ),
        Picture(
            "network",
            "The field as a map",
            "cooperation-map",
            charts.network,
            _network_title,
            lambda table: "What belongs to an organization, body, relation or State stands around it. Each link is a row of the table.",
            _network_alt,
        ),
        Picture("party-matrix", "Which State had joined what", "party-matrix", charts.matrix, _matrix_title, _matrix_note, _matrix_alt),
        Picture(
            "overlaps",
            "Members in common",
            "regional-overlaps",
            charts.overlaps,
            _overlaps_title,
            lambda table: "Only members on that day, for certain; the table names them.",
            _overlaps_alt,
        ),
        Picture(
            "incidents",
            "Incidents and their toll",
            "toll",
            charts.incidents,
            _toll_title,
            lambda table: (
                "In the order of time. Numbers are the paper's, corrected where a source says so; “at least” is part of the number."
            ),
            _toll_alt,
        ),
        Picture(
            "figures",
            "Figures from the paper",
            "figures",
            charts.figures,
            _figures_title,
            lambda table: "Each number is in its own unit, so only the order of size compares.",
            _figures_alt,
        ),
    )
}
"""Every picture by its name."""
