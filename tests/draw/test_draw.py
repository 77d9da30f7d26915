"""Pictures: drawn from what the questions answer, the same each time, with words for those who don't see them."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest

from comity import Comity
from comity.cli import run
from comity.draw import PICTURES, compose, to_svg
from comity.draw.charts import graph_of
from comity.draw.layout import WIDTH, place
from comity.errors import UsageError

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def drawings(edition: Comity) -> dict[str, Any]:
    return {name: compose(edition, name) for name in PICTURES}


def test_there_are_pictures() -> None:
    assert len(PICTURES) == 6


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_drawn_with_its_words_and_the_same_each_time(drawings: dict[str, Any], name: str) -> None:
    pytest.importorskip("vl_convert", reason="no vl-convert; it comes with the extra draw")
    drawing = drawings[name]
    first = to_svg(drawing.specification)
    assert first == to_svg(json.loads(json.dumps(drawing.specification)))
    svg = ET.fromstring(first)
    assert svg.findtext(f"{SVG}title") == drawing.title
    assert svg.findtext(f"{SVG}desc") == drawing.alt
    assert not [it for it in svg.iter() if any("://" in value for key, value in it.attrib.items() if "href" in key)]


@pytest.mark.parametrize("name", PICTURES)
def test_every_drawn_row_is_a_row_of_the_answer(drawings: dict[str, Any], edition: Comity, name: str) -> None:
    drawing = drawings[name]
    assert list(drawing.table.rows) == list(edition.ask(PICTURES[name].question).rows)
    rows = drawing.table.rows
    marks = drawing.specification.get("data", {}).get("values", [])
    match name:
        case "timeline":
            assert len(marks) == sum(row.year is not None for row in rows)
        case "network":
            nodes = {row.thing for row in rows} | {row.whole for row in rows}
            lines, points = drawing.specification["layer"][2], drawing.specification["layer"][3]
            assert len(points["data"]["values"]) == len(nodes)
            assert len(lines["data"]["values"]) == len({(row.thing, row.whole) for row in rows})
        case "party-matrix":
            assert len(marks) == len(rows)
        case _:
            assert len(marks) == sum(getattr(row, "value", 1) is not None for row in rows)


def test_the_title_counts_what_the_table_has(drawings: dict[str, Any]) -> None:
    consents = {row.state for row in drawings["party-matrix"].table.rows if row.standing == "consented"}
    assert f"{len(consents)} States" in drawings["party-matrix"].title
    assert "1 July 2014" in drawings["party-matrix"].title


def test_nothing_in_a_network_lies_on_another(drawings: dict[str, Any]) -> None:
    _, clusters, _ = graph_of(drawings["network"].table)
    places, _, height = place(clusters)
    points = sorted((it.x, it.y) for it in places.values())
    assert len(set(points)) == len(points)
    assert all(0 < x < WIDTH and 0 < y < height for x, y in points)


def test_an_empty_answer_is_no_picture(edition: Comity) -> None:
    with pytest.raises(UsageError, match="nothing to draw"):
        compose(edition, "overlaps", on="1900-01-01")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["draw", "nothing"], "there is no picture 'nothing'"),
        (["draw", "overlaps", "-o", "x.png"], "unknown format '.png'"),
        (["draw", "overlaps", "--on", "yesterday"], "yesterday"),
    ],
)
def test_the_command_says_what_is_wrong_in_a_line(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(arguments) == 2
    told = capsys.readouterr().err
    assert said in told
    assert told.count("\n") == 1
    assert not list(tmp_path.iterdir())


def test_the_command_writes_what_the_library_draws(edition: Comity, tmp_path: Path) -> None:
    pytest.importorskip("vl_convert", reason="no vl-convert; it comes with the extra draw")
    target = tmp_path / "overlaps.svg"
    assert run(["draw", "overlaps", "--on", "2001-01-01", "-o", str(target)]) == 0
    drawn = target.read_text(encoding="utf-8")
    assert drawn == to_svg(compose(edition, "overlaps", on="2001-01-01").specification)
    specification = tmp_path / "overlaps.vl.json"
    assert run(["draw", "overlaps", "--on", "2001-01-01", "-o", str(specification)]) == 0
    assert json.loads(specification.read_text(encoding="utf-8"))["title"]["text"]
