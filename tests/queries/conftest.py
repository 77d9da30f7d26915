"""Prints at the end of a run, also of one that several processes share, how many queries were compared and what came of it."""

from __future__ import annotations

from collections import Counter

import pytest


@pytest.fixture
def w3c_rates() -> Counter[str]:
    """Where a test counts the cases that it ran, and those that passed."""
    return Counter()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    rates: dict[str, Counter[str]] = {"w3c": Counter(), "generated": Counter()}
    for report in terminalreporter.getreports("passed") + terminalreporter.getreports("failed"):
        for name, value in report.user_properties if report.when == "call" else ():
            if name in rates:
                rates[name].update(value)
    w3c, generated = rates["w3c"], rates["generated"]
    if w3c:
        terminalreporter.write_line(
            f"W3C SPARQL 1.0 and 1.1 evaluation tests: Comity.query passes {w3c['ours']} of {w3c['cases']}, pyoxigraph {w3c['oxigraph']}"
        )
    if generated:
        terminalreporter.write_line(
            f"Generated queries: rdflib and Oxigraph agree on {generated['agree']} of {generated['queries']} "
            f"({generated['empty']} of these find nothing), {generated['known']} differ in a way that is known"
        )
