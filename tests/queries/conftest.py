"""Prints the rates of the W3C's tests at the end of a run, also of one that several processes share."""

from __future__ import annotations

from collections import Counter

import pytest

RATES: Counter[str] = Counter()


@pytest.fixture
def w3c_rates() -> Counter[str]:
    """Where a test counts the cases that it ran, and those that passed."""
    return Counter()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for report in terminalreporter.getreports("passed") + terminalreporter.getreports("failed"):
        if report.when == "call":
            RATES.update(next((value for name, value in report.user_properties if name == "w3c"), {}))
    if RATES:
        terminalreporter.write_line(
            f"W3C SPARQL 1.0 and 1.1 evaluation tests: Comity.query passes {RATES['ours']} of {RATES['cases']}, "
            f"pyoxigraph {RATES['oxigraph']}"
        )
