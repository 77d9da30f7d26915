"""Rules, severities and exceptions that are not in order are refused in one line that says where and how to mend it."""

from __future__ import annotations

from pathlib import Path

import pytest

from comity.errors import InputError, ResourceError
from comity.hygiene import STALE, hygiene, load_exceptions, load_hygiene
from comity.store.embedded import EmbeddedStore

HEADER = """\
#+ name = "r"
#+ title = "a thing has no name"
#+ remedy = "name it"
#+ origin = ["own"]
#+ scope = "data"
"""
QUERY = """
PREFIX cy: <https://w3id.org/comity/ontology#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>

SELECT DISTINCT ?focus ?path ?value WHERE {
  ?focus a cy:State .
  FILTER NOT EXISTS { ?focus rdfs:label ?label }
} ORDER BY ?focus ?path ?value
"""
RULE = HEADER + QUERY
INFO = 'r = "Info"'
REFUSED: dict[str, tuple[str, str, str]] = {
    "no header": (QUERY, INFO, "r.rq:1: the header has no 'name'; add a line: #+ name = …"),
    "no remedy": (RULE.replace("#+ remedy", "# remedy"), INFO, "r.rq:1: the header has no 'remedy'"),
    "an empty title": (RULE.replace("a thing has no name", " "), INFO, "r.rq:2: the header has no 'title'"),
    "origin as text": (RULE.replace('["own"]', '"own"'), INFO, "r.rq:4: the header has no 'origin'"),
    "no origin": (RULE.replace('["own"]', "[]"), INFO, "r.rq:4: the header has no 'origin'"),
    "an unknown field": (RULE.replace("#+ scope", '#+ colour = "red"\n#+ scope'), INFO, "r.rq:5: the header has an unknown field 'colour'"),
    "an unknown scope": (RULE.replace('"data"', '"world"'), INFO, "r.rq:5: unknown scope 'world'; use ontology, concepts, data, metadata"),
    "another name": (RULE.replace('"r"', '"s"'), INFO, "r.rq:1: the rule is called 's'; name rule and file alike"),
    "no TOML": (RULE.replace('["own"]', "own"), INFO, "r.rq:4: the header is not TOML: Invalid value; mend that line"),
    "no SPARQL": (RULE.replace("SELECT", "SELEKT"), INFO, "r.rq: not a SPARQL 1.1 query"),
    "other columns": (RULE.replace("?path", "?property"), INFO, "r.rq: the query does not yield ?focus ?path ?value"),
    "no order": (RULE.replace("ORDER BY ?focus ?path ?value", ""), INFO, "r.rq: the query does not yield ?focus ?path ?value"),
    "no SELECT": (HEADER + "ASK { ?s ?p ?o }", INFO, "r.rq: the query does not yield"),
    "no severity": (RULE, "", "r.rq: the rule has no severity; add it to profile.toml"),
    "a severity too many": (RULE, 'r = "Info"\ns = "Info"', "profile.toml: a severity for 's', which is no rule; remove the line"),
    "an unknown severity": (RULE, 'r = "Bad"', "profile.toml: 'r' has the severity 'Bad'; use Violation, Warning, Info"),
    "a profile that is no TOML": (RULE, "r = Info", "profile.toml: cannot be read as TOML"),
}


def edition(folder: Path, rule: str = RULE, profile: str = 'r = "Warning"', exceptions: str | None = None) -> Path:
    (folder / "r.rq").write_text(rule, encoding="utf-8")
    (folder / "profile.toml").write_text(profile, encoding="utf-8")
    if exceptions is not None:
        (folder / "exceptions.toml").write_text(exceptions, encoding="utf-8")
    return folder


def nameless() -> EmbeddedStore:
    store = EmbeddedStore()
    store.update("INSERT DATA { GRAPH <urn:g> { <urn:a> a <https://w3id.org/comity/ontology#State> } }")
    return store


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name: str, tmp_path: Path) -> None:
    rule, profile, message = REFUSED[name]
    with pytest.raises(InputError) as error:
        load_hygiene(edition(tmp_path, rule, profile))
    text = str(error.value)
    assert text.removeprefix(f"{tmp_path}/").startswith(message), text
    assert error.value.remedy
    assert "\n" not in text


def test_no_rules_or_no_profile(tmp_path: Path) -> None:
    with pytest.raises(ResourceError, match="no hygiene rules in"):
        load_hygiene(tmp_path)
    (tmp_path / "r.rq").write_text(RULE, encoding="utf-8")
    with pytest.raises(InputError, match=r"profile.toml: cannot be read as TOML \(.*No such file"):
        load_hygiene(tmp_path)
    (tmp_path / "profile.toml").write_text('r = "Info"', encoding="utf-8")
    (tmp_path / "r.rq").write_bytes(b"\xff")
    with pytest.raises(InputError, match=r"r.rq: the rule cannot be read"):
        load_hygiene(tmp_path)


def test_a_finding_and_its_exception(tmp_path: Path) -> None:
    [finding] = hygiene(nameless(), folder=edition(tmp_path))
    assert str(finding) == "warning: urn:a: a thing has no name; name it [https://w3id.org/comity/hygiene/r]"
    edition(tmp_path, exceptions='[[exception]]\nrule = "r"\nfocus = "urn:a"\nreason = "It has none."\n')
    assert hygiene(nameless(), folder=tmp_path) == ()


def test_an_exception_for_one_value_only(tmp_path: Path) -> None:
    edition(tmp_path, exceptions='[[exception]]\nrule = "r"\nfocus = "urn:a"\nvalue = "x"\nreason = "It has none."\n')
    assert [finding.shape for finding in hygiene(nameless(), folder=tmp_path)] == [STALE, "https://w3id.org/comity/hygiene/r"]


def test_a_stale_exception_is_a_violation(tmp_path: Path) -> None:
    edition(tmp_path, exceptions='# about\n[[exception]]\nrule = "r"\nfocus = "urn:b"\nreason = "It has none."\n')
    [stale] = hygiene(EmbeddedStore(), folder=tmp_path)
    assert (stale.severity, stale.shape, stale.focus, stale.line) == ("Violation", STALE, "urn:b", 2)
    assert stale.message == "the exception from 'r' excepts nothing; remove it"
    assert stale.file is not None
    assert stale.file.endswith("exceptions.toml")


@pytest.mark.parametrize(
    "entry",
    ['rule = "r"\nfocus = "urn:a"', 'rule = "r"\nfocus = "urn:a"\nreason = " "', 'rule = "r"\nfocus = "urn:a"\nreason = "x"\nwhy = "y"'],
    ids=["no reason", "an empty reason", "an unknown field"],
)
def test_an_exception_that_is_not_in_order(entry: str, tmp_path: Path) -> None:
    edition(tmp_path, exceptions=f"\n[[exception]]\n{entry}\n")
    with pytest.raises(InputError, match=r"exceptions.toml:2: an exception that is not in order; give rule, focus and reason"):
        load_exceptions(tmp_path)
