"""docs/rules.md is what the ontology compiles to now, and its SPARQL is what the engine says."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pyoxigraph as ox
import pytest

from comity.inference import compile_ontology


@pytest.fixture
def script(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(checkout / "scripts")
    spec = importlib.util.spec_from_file_location("document_rules", checkout / "scripts" / "document_rules.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_up_to_date(checkout: Path) -> None:
    command = [sys.executable, str(checkout / "scripts" / "document_rules.py"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_out_of_date(script: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(script, "ROOT", tmp_path)
    monkeypatch.setattr(script, "TARGET", tmp_path / "rules.md")
    monkeypatch.setattr(script, "SOURCE", tmp_path / "comity.ttl")
    monkeypatch.setattr(script, "__file__", str(tmp_path / "document_rules.py"))
    (tmp_path / "comity.ttl").write_text(script.PREFIXES + ":A rdfs:subClassOf :B .", encoding="utf-8")
    monkeypatch.setattr(sys, "argv", ["document_rules.py", "--check"])
    assert script.main() == 1
    assert capsys.readouterr().err == "rules.md: not the rules of comity.ttl; run: python document_rules.py\n"
    monkeypatch.setattr(sys, "argv", ["document_rules.py"])
    assert script.main() == 0
    assert "### A-subClassOf-B\n" in (tmp_path / "rules.md").read_text(encoding="utf-8")
    monkeypatch.setattr(sys, "argv", ["document_rules.py", "--check"])
    assert script.main() == 0


def test_every_rule_is_shown(checkout: Path) -> None:
    text = (checkout / "docs" / "rules.md").read_text(encoding="utf-8")
    rules = {rule.name: rule for rule in compile_ontology(checkout / "ontology" / "comity.ttl")}
    shown = dict(re.findall(r"^### (\S+)\n.*?^```sparql\n(.*?)^```$", text, re.MULTILINE | re.DOTALL))
    assert shown.keys() == rules.keys()
    for name, query in shown.items():
        comment, _, whole = rules[name].sparql().partition("\n")
        assert comment.startswith("#")
        assert query.split() == whole.split(), name
        answer = ox.Store().query(query)
        assert isinstance(answer, ox.QueryBoolean if rules[name].is_constraint else ox.QueryTriples)
        assert f"`{rules[name].axiom}` [{', '.join(rules[name].sources)}]" in text
    assert max(map(len, "".join(shown.values()).splitlines())) <= 140


def test_links_lead_somewhere(checkout: Path, script: ModuleType) -> None:
    text = (checkout / "docs" / "rules.md").read_text(encoding="utf-8")
    headings = {script.anchor(title) for title in re.findall(r"^##+ (.+)$", text, re.MULTILINE)}
    links = re.findall(r"\]\(#([^)]+)\)", text)
    assert len(links) > 20
    assert set(links) <= headings
    # Each kind of axiom that has rules is in the contents.
    kinds = re.findall(r"^## (.+)$", text, re.MULTILINE)
    assert set(map(script.anchor, kinds)) - {"contents"} <= set(links)


def test_axioms_are_named_as_the_compiler_names_them(script: ModuleType) -> None:
    for kind, _, sample in script.AXIOMS:
        answer = script.compiled(sample)
        if isinstance(answer, str):
            assert answer.startswith(kind)
        else:
            assert kind in {script.kind_of(rule) for rule in answer}
