"""Each passage is found in the paper: a fragment of at most eight words, once in its section, at the place given."""

from __future__ import annotations

import importlib.util
from pathlib import Path

ROOT = Path(__file__).parent.parent
SPEC = importlib.util.spec_from_file_location("passages", ROOT / "scripts" / "passages.py")
assert SPEC is not None
assert SPEC.loader is not None
passages = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(passages)
FILES = sorted((ROOT / "data" / "paper").glob("*.ttl"))


def test_there_are_files() -> None:
    assert FILES


def test_each_fragment_is_found_at_its_place(paper_text: str) -> None:
    parts = passages.sections(paper_text)
    assert {path.stem for path in FILES} <= set(parts)
    problems = [line for path in FILES for line in passages.place(path, parts, check=True)]
    assert not problems, "\n".join(problems)


def test_a_fragment_that_is_not_there_or_too_long_is_refused() -> None:
    for fragment in ("absent", "twice", "one two three four five six seven eight nine"):
        try:
            passages.word_offset("here twice and twice again one two three four five six seven eight nine", fragment)
        except ValueError:
            continue
        raise AssertionError(fragment)


def test_the_offset_counts_the_words_before() -> None:
    assert passages.word_offset("In 2004, the Council adopted", "the Council") == 2
    assert passages.word_offset("In 2004, the Council adopted", "In 2004,") == 0
