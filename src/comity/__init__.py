"""Comity: the law of international counter-terrorism cooperation as linked data, with the tools to use it.

>>> import comity
>>> edition = comity.open()            # doctest: +SKIP
>>> edition.ask("instruments-by-level", level="regional").to_pandas()   # doctest: +SKIP

The whole public interface:

==============  ================================================================================
``open``        open a view of the edition: ``curated`` (default), ``paper`` or ``record``
``connect``     the same of a view that a SPARQL server holds
``export``      open a view and write it in the formats of other tools: ``comity.export("nq", "comity.nq")``
``Comity``      what `open` returns: ``ask``, ``query``, ``validate``, ``infer``, ``explain``, ``export``, ``stats``, …
``Table``       every answer: typed columns, named rows; to pandas, polars, Arrow, CSV, JSON, Markdown, …
``Proof``       why a statement holds: rule, premises, down to asserted statements and their sources
``Report``      what validation found
the errors      :class:`ComityError` and those below it; see :mod:`comity.errors`
==============  ================================================================================
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Final

from comity.errors import (
    AnswerError,
    ComityError,
    DataError,
    InconsistencyError,
    InputError,
    MissingExtra,
    OutputError,
    ParameterError,
    QueryError,
    QuestionError,
    ResourceError,
    StoreDamaged,
    StoreError,
    StoreInUse,
    TimeLimitError,
    TurtleError,
    UnknownEngine,
    UnknownFormat,
    UnknownGraph,
    UnknownName,
    UnknownQuestion,
    UnknownTerm,
    UnknownView,
    UsageError,
)

if TYPE_CHECKING:
    from comity import export
    from comity.api import Comity, connect, open
    from comity.inference.explain import Proof
    from comity.table import Table
    from comity.validation import Report

__version__: Final = "0.1.0"

__all__ = [
    "AnswerError",
    "Comity",
    "ComityError",
    "DataError",
    "InconsistencyError",
    "InputError",
    "MissingExtra",
    "OutputError",
    "ParameterError",
    "Proof",
    "QueryError",
    "QuestionError",
    "Report",
    "ResourceError",
    "StoreDamaged",
    "StoreError",
    "StoreInUse",
    "Table",
    "TimeLimitError",
    "TurtleError",
    "UnknownEngine",
    "UnknownFormat",
    "UnknownGraph",
    "UnknownName",
    "UnknownQuestion",
    "UnknownTerm",
    "UnknownView",
    "UsageError",
    "connect",
    "export",
    "open",
]

# Imported when first used, so that `import comity` and `comity --help` stay quick.
_LAZY: Final = {
    "Comity": "comity.api",
    "connect": "comity.api",
    "open": "comity.api",
    "Proof": "comity.inference.explain",
    "Report": "comity.validation",
    "Table": "comity.table",
    "load_ipython_extension": "comity.magic",
}


def __getattr__(name: str) -> object:
    if name == "export":  # the package, which can be called
        return importlib.import_module("comity.export")
    if name in _LAZY:
        value = getattr(importlib.import_module(_LAZY[name]), name)
        globals()[name] = value
        return value
    raise AttributeError(f"module 'comity' has no attribute '{name}'")


def __dir__() -> list[str]:
    return sorted({*globals(), *_LAZY, "export"})
