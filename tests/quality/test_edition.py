"""The edition passes the quality gate, and the pages of docs/ say what the gate says: ``comity check`` as part of ``make test``."""

from __future__ import annotations

from pathlib import Path

import pytest

from comity.cli import run
from comity.quality import CHECKS


def test_the_edition_passes_every_check_and_the_pages_are_up_to_date(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status = run(["check", "--against", str(checkout / "docs")])
    said = capsys.readouterr()
    print(said.out, said.err)
    assert status == 0, "run `comity check`, mend what it finds, then `comity check --write docs`"
    verdicts = [line.split()[0] for line in said.out.splitlines() if line.startswith(("passed", "skipped"))]
    assert len(verdicts) == len(CHECKS)
