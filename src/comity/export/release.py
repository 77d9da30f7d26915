"""The release: every format, their descriptions, how to cite it, its licence, what it was made with, and the checksums of all files."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from comity import resources
from comity.errors import ResourceError, UsageError
from comity.export.content import Content
from comity.export.formats import FORMATS, write
from comity.export.metadata.about import CITATION, About
from comity.export.metadata.files import sha256
from comity.files import write_whole

CHECKSUMS: Final = "SHA256SUMS"
LICENCE: Final = "LICENSE-DATA"
README: Final = "README.md"
BILL: Final = "sbom.cdx.json"
"""The software bill of materials, as CycloneDX: the same bytes in every release of a version."""


def write_release(content: Content, folder: Path) -> list[Path]:
    """Write the release into `folder` and return the paths. The checksums come last: they hold only for a whole release.

    Raises :class:`~comity.errors.MissingExtra` before anything is written when a library is missing,
    :class:`~comity.errors.ResourceError` when a file is that goes into it as it is, and whatever a format raises.
    """
    if folder.suffix and not folder.is_dir():
        raise UsageError(f"a release is a folder of files, and {folder.name} has a suffix", "name a folder, without a suffix")
    _see_that_all_can_be_written()
    given = {Path(name).name: _given(name) for name in (CITATION, LICENCE, f"requirements/{BILL}")}
    paths = write(content, FORMATS, folder)
    for name, text in {**given, README: _readme(content.about).encode()}.items():
        write_whole(folder / name, text)
        paths.append(folder / name)
    lines = sorted((path.relative_to(folder).as_posix(), sha256(path)) for path in paths)
    write_whole(folder / CHECKSUMS, "".join(f"{digest}  {name}\n" for name, digest in lines).encode())
    return [*paths, folder / CHECKSUMS]


def _given(name: str) -> bytes:
    """Return what a file of the edition holds that goes into a release as it is."""
    file = resources.root() / name
    try:
        return file.read_bytes()
    except OSError:
        raise ResourceError(f"no file {resources.display(file)}", "a release needs it: restore it") from None


def _see_that_all_can_be_written() -> None:
    from comity.table.extras import needed

    for module in ("yaml", "pyarrow", "openpyxl", "networkx"):
        needed(module, "release", "a release")


def _readme(about: About) -> str:
    rows = "\n".join(f"| `{known.place}` | {known.title} |" for known in FORMATS)
    works = "\n".join(f"- {work}" for work in about.based_on)
    return f"""# {about.title}

Version {about.version}, released on {about.released.isoformat()}. {about.abstract}

- To cite it: {about.citation}
- Licence of the data: {about.licence} (`{LICENCE}`); for programs, `{CITATION}`.
- To check it: `sha256sum -c {CHECKSUMS}`
- What it was made with: `{BILL}`, a software bill of materials (CycloneDX)

Based on:

{works}

| file | what |
|---|---|
{rows}

Named graphs say who states what: `paper/2.1.2` is section 2.1.2 of the paper, `record/…` a source of the public record, `inferred`
what follows by rules. `comity.nq`, `comity.trig`, `comity.jsonld` and `tree/` keep them; `comity.rdf12.nt` says the same by reifying
each triple.
"""
