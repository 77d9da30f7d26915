"""Answers as tables: named, typed columns; rows of Python values; every common format.

A :class:`Table` is what every question and every query returns. It never changes. Its cells are Python values:

================  ==========================================================================================
column type       cell
================  ==========================================================================================
``iri``           :class:`Iri` (a ``str``), or :class:`BlankId` for a node without a name
``string``        ``str``; :class:`Text` when the literal has a language
``date``          ``datetime.date``, proleptic Gregorian calendar, no time zone
``datetime``      ``datetime.datetime``
``integer``       ``int``
``decimal``       ``decimal.Decimal``, exact
``double``        ``float``
``boolean``       ``bool``
``any``           a mixture of these; literals of other datatypes are :class:`Text` carrying the datatype
================  ==========================================================================================

``None`` always means "no value" (unbound). A column ``x`` that holds IRIs may stand beside a column ``xLabel`` that
holds their names; the views meant for reading (text, Markdown, HTML) then show one column, the name.

>>> import datetime as dt
>>> table = Table(
...     [Column("state", "iri"), Column("stateLabel", "string"), Column("since", "date")],
...     [(Iri("https://w3id.org/comity/id/state/CHN"), "China", dt.date(2001, 6, 15))],
... )
>>> table[0].stateLabel, table[0]["since"].year
('China', 2001)
>>> print(table.to_text(80), end="")
state  since
─────  ──────────
China  2001-06-15
(1 row)
"""

from __future__ import annotations

from comity.table.cells import (
    COLUMN_TYPES,
    INTEGER_DATATYPES,
    BlankId,
    Cell,
    ColumnType,
    Iri,
    Text,
    cell_of,
    literal_cell,
    plain,
    term_of,
)
from comity.table.model import Table, TableKind
from comity.table.origin import Origin
from comity.table.rows import Column, Row

__all__ = [
    "COLUMN_TYPES",
    "INTEGER_DATATYPES",
    "BlankId",
    "Cell",
    "Column",
    "ColumnType",
    "Iri",
    "Origin",
    "Row",
    "Table",
    "TableKind",
    "Text",
    "cell_of",
    "literal_cell",
    "plain",
    "term_of",
]
