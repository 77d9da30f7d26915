"""The same input gives the same bytes: every file of a release, with another hash seed, in another process."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path


def test_another_hash_seed_changes_no_byte_of_any_format(part: Path, export_part: Callable[..., None], tmp_path: Path) -> None:
    export_part(tmp_path, 2)
    one, other = (
        {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()} for folder in (part, tmp_path)
    )
    assert one.keys() == other.keys()
    assert len(one) > 100
    assert [str(name) for name in one if one[name] != other[name]] == []
