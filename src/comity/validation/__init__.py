"""Checks data against the shapes, and says what is wrong, where, and how to mend it.

The shapes are the Turtle files below ``shapes/``, run over the asserted statements of all graphs together by an engine of our
own that makes the same report as pyshacl, the reference implementation of SHACL in Python, which can be asked for instead. What
a store holds can be checked there, by queries. A
stranger's file is checked in context: as if it were part of the edition, so that its links may lead to what the edition has.
The report then speaks of what the file says, and of what it does to others.
"""

from __future__ import annotations

from comity.validation.checking import validate
from comity.validation.in_store import validate_in_store
from comity.validation.report import SEVERITIES, Finding, Report, Severity
from comity.validation.vocabulary import HAS_TYPE, KNOWN_TERMS

__all__ = ["HAS_TYPE", "KNOWN_TERMS", "SEVERITIES", "Finding", "Report", "Severity", "validate", "validate_in_store"]
