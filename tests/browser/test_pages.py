"""What people do with the pages, in a browser: each test is somebody's errand. None may ask anything of another host."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from soak import FULL

ROOT = Path(__file__).parents[2]
PAGES = json.loads(Path(__file__).with_name("pages.json").read_text(encoding="utf-8"))
AXE = ROOT / "web/node_modules/axe-core/axe.min.js"
VENDOR = ROOT / "src/comity/server/static/vendor"
OBLIGATIONS = "/questions/obligations?instrument=resolution+1373&topic=financing"
needs_editor = pytest.mark.skipif(not (VENDOR / "yasgui.min.js").is_file(), reason="no assets; scripts/assets.sh brings them, with npm")


def test_there_are_pages() -> None:
    assert len(PAGES) == 18


IN_THE_DARK = ("home", "question", "entity", "picture", "editor", "nothing")
"""The pages whose contrast is measured in the dark too; `make soak` measures that of all."""


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 360)])
def test_every_kind_of_page_is_accessible_and_as_wide_as_the_screen(visit: Callable[..., Any], scheme: str, width: int) -> None:
    """axe-core finds no violation, in light on a desk and in dark on a phone; and nothing scrolls sideways."""
    if not AXE.is_file():
        pytest.skip("no axe-core; scripts/assets.sh brings it, with npm")
    visited = visit(color_scheme=scheme, viewport={"width": width, "height": 800})
    found: dict[str, Any] = {}
    for kind, path in PAGES.items():
        page = visited.open(path)
        if kind == "editor" and (VENDOR / "yasgui.min.js").is_file():
            page.wait_for_selector("html[data-editor=ready]")
        if (wide := page.evaluate("document.documentElement.scrollWidth")) > width:
            found[f"{kind}: wide"] = wide
        if scheme == "dark" and kind not in IN_THE_DARK and not FULL:
            continue
        # Through the debugger, not as a script of the page: the page's own policy stays as it is.
        page.evaluate(AXE.read_text(encoding="utf-8"))
        # yasgui's own widgets are not ours to mend. In the dark only the colours are others.
        only = "runOnly: ['color-contrast'], " if scheme == "dark" else ""
        result = page.evaluate(f"axe.run({{exclude: [['#rich']]}}, {{{only}resultTypes: ['violations']}})")
        for violation in result["violations"]:
            found[f"{kind}: {violation['id']}"] = [node["html"][:160] for node in violation["nodes"][:3]]
    assert found == {}


def test_everything_can_be_read_without_javascript(visit: Callable[..., Any]) -> None:
    visited = visit(java_script_enabled=False)
    page = visited.open("/")
    page.get_by_label("Find a State").fill("shanghai")
    page.get_by_role("button", name="Search").last.click()
    page.get_by_role("link", name="Shanghai Cooperation Organization", exact=True).click()
    assert page.get_by_role("heading", level=1).inner_text() == "Shanghai Cooperation Organization"
    visited.open(OBLIGATIONS)
    page.get_by_role("link", name="Why is row 1 in the answer?").click()
    assert "stated" in page.locator("tr.reasons").inner_text()
    visited.open("/sparql")
    page.get_by_role("textbox", name="Query").fill("ASK { state:PAK a cy:State }")
    page.get_by_role("button", name="Run").click()
    assert "Yes" in page.locator("main").inner_text()


def test_search_suggests_as_one_types_and_obeys_the_keyboard(visit: Callable[..., Any]) -> None:
    page = visit().open("/")
    field = page.get_by_role("combobox", name="Find a State")
    field.focus()
    page.keyboard.type("Пакистан")
    option = page.get_by_role("option").first
    option.wait_for()
    assert "Pakistan" in option.inner_text()
    assert field.get_attribute("aria-expanded") == "true"
    page.keyboard.press("ArrowDown")
    assert option.get_attribute("aria-selected") == "true"
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/doc/state/PAK$"))
    assert page.get_by_role("heading", level=1).inner_text() == "Pakistan"


def test_the_keyboard_reaches_the_content_first(visit: Callable[..., Any]) -> None:
    page = visit().open("/questions")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_a_question_is_asked_by_its_form_and_has_an_address(visit: Callable[..., Any]) -> None:
    visited = visit()
    page = visited.open("/")
    page.get_by_role("link", name="What does resolution 1373 demand").click()
    topic = page.get_by_role("combobox", name="Topic")
    topic.fill("asset freezing")
    page.get_by_role("button", name="Ask").click()
    page.wait_for_url(re.compile("topic=asset"))
    rows = page.locator("tbody tr").count()
    assert rows > 0
    again = visit().open(page.url.removeprefix(visited.address))
    assert again.locator("tbody tr").count() == rows
    with page.expect_download() as download:
        page.get_by_role("link", name="XLSX").click()
    assert download.value.suggested_filename == "obligations.xlsx"


def test_a_mistake_is_told_at_its_field(visit: Callable[..., Any]) -> None:
    page = visit().open("/questions/instruments?level=regionl")
    field = page.get_by_role("combobox", name="Level")
    assert field.get_attribute("aria-invalid") == "true"
    told = page.locator(f"#{field.get_attribute('aria-describedby')}").inner_text()
    assert "regionl" in told
    assert "\n" not in told.strip()


def test_questions_are_found_by_words(visit: Callable[..., Any]) -> None:
    page = visit(java_script_enabled=False).open("/questions")
    every = page.locator(".questions li").count()
    page.get_by_label("Only those with these words").fill("members organization")
    page.get_by_role("button", name="Show").click()
    found = page.locator(".questions li").count()
    assert 0 < found < every / 4
    assert page.get_by_text(f"{found} questions have the words").count() == 1
    page.get_by_role("link", name="Show all").click()
    assert page.locator(".questions li").count() == every


def test_a_row_of_the_party_matrix_has_reasons(visit: Callable[..., Any]) -> None:
    """They lie in a sub-query of the question."""
    page = visit().open("/questions/party-matrix?why=3")
    told = page.locator("tr.reasons").inner_text()
    assert "Afghanistan" in told
    assert "effect date" in told
    assert "United Nations Treaty Collection" in told


def test_a_proof_unfolds_below_its_row_and_folds_again(visit: Callable[..., Any]) -> None:
    page = visit().open(OBLIGATIONS)
    why = page.get_by_role("link", name="Why is row 2 in the answer?")
    why.click()
    reasons = page.locator("tr.reasons")
    reasons.wait_for()
    assert "expressed in" in reasons.inner_text()
    assert "inferred" in reasons.inner_text()
    assert page.locator("#row-2 + tr.reasons").count() == 1
    why.click()
    assert reasons.count() == 0


def test_an_entity_shows_its_correction_and_its_sources(visit: Callable[..., Any]) -> None:
    page = visit().open(PAGES["entity"])
    assert "2011" in page.locator("del").all_inner_texts()[-1]
    assert "2001" in page.locator("ins").all_inner_texts()[-1]
    assert page.locator(".sources q").count() > 0
    page.get_by_role("link", name="Inferred: why?").first.click()
    assert "by the rule" in page.locator("main").inner_text()
    page = visit().open("/doc/instrument/unscr-1373")
    assert page.get_by_role("link", name="UN document S/RES/1373(2001)").get_attribute("href") == "https://docs.un.org/en/S/RES/1373(2001)"
    assert "2001-09-28 Adoption of resolution 1373" in page.locator(".facts").inner_text()
    assert page.locator("summary", has_text="Supplements it").count() == 1
    page = visit().open("/doc/state/PAK")
    assert page.get_by_role("link", name="Wikidata Q843").count() == 1
    assert page.locator('[lang="ru"]').inner_text() == "Пакистан"


def test_an_assessment_is_its_authors(visit: Callable[..., Any]) -> None:
    page = visit().open(PAGES["assessment"])
    assert re.search("This is an assessment by .*Wang", page.locator(".opinion").inner_text())


def test_a_picture_stands_above_its_table(visit: Callable[..., Any]) -> None:
    page = visit().open("/pictures/overlaps?on=2001-01-01")
    picture = page.locator("figure img")
    assert picture.evaluate("it => it.complete && it.naturalWidth") > 300
    rows = page.locator("tbody tr").all()
    assert rows
    described = picture.get_attribute("alt")
    for row in rows:
        first, second, count = row.locator("td").all_inner_texts()[:3]
        assert f"{first} and {second}: {count}" in described
    assert f"{len(rows)} pairs" in page.get_by_role("heading", level=1).inner_text()


@pytest.mark.skipif(not (VENDOR / "cytoscape.min.js").is_file(), reason="no assets; scripts/assets.sh brings them, with npm")
def test_the_network_can_be_moved_about_in(visit: Callable[..., Any]) -> None:
    page = visit().open("/pictures/network?level=bilateral")
    page.get_by_role("button", name="Move about in it").click()
    page.wait_for_selector("#moving[data-nodes]")
    things = {href for link in page.locator("tbody td:not(.because) a").all() if (href := link.get_attribute("href"))}
    assert int(page.locator("#moving").get_attribute("data-nodes")) == len(things)


@needs_editor
def test_the_editor_runs_a_query_and_completes_our_terms(visit: Callable[..., Any]) -> None:
    visited = visit()
    page = visited.open("/editor?question=levels")
    page.wait_for_selector("html[data-editor=ready]")
    assert int(page.evaluate("document.documentElement.dataset.completions")) > 150
    page.locator(".yasqe_queryButton").click()
    page.wait_for_selector(".yasr table tbody tr")
    assert page.locator(".yasr table tbody tr").count() == 3
    # In our words, below the row of headings; and what is ours is here.
    assert "level:bilateral" in page.locator(".yasr table tbody tr").first.inner_text()
    assert page.locator(".yasr table").bounding_box()["y"] - page.locator(".yasr_results").bounding_box()["y"] < 40
    with page.context.expect_page() as opened:
        page.locator(".yasr table a.iri").first.click()
    assert opened.value.url == f"{visited.address}/doc/level/bilateral"
    page.locator(".yasqe .CodeMirror").click()
    page.keyboard.press("Control+A")
    known = page.evaluate("fetch('/completions.json').then((answer) => answer.json())")
    assert known["prefixes"]["instrument"] == "https://w3id.org/comity/id/instrument/"
    assert "https://w3id.org/comity/ontology#adoptedBy" in known["properties"]
    page.keyboard.type("SELECT * WHERE { ?x cy:adoptedBy organiz")
    page.keyboard.press("Control+Space")
    page.wait_for_function("document.querySelector('.yasqe .CodeMirror').CodeMirror.getValue().includes('organization:')"
                           " || document.querySelector('.CodeMirror-hint')?.textContent.includes('organization:')")  # fmt: skip
    page.keyboard.press("Escape")
    page.keyboard.press("Control+A")
    page.keyboard.type("SELECT * WHERE { ?x a cy:Bilat")
    page.keyboard.press("Control+Space")
    page.wait_for_function(
        "document.querySelector('.CodeMirror-hint')?.textContent.includes('Bilateral')"
        " || document.querySelector('.yasqe .CodeMirror').CodeMirror.getValue().includes('BilateralRelation')"
    )
