"""Debian's Jena: its jars, its command lines, and the endpoint over it (``Jena.java``).

Debian renames the packages of Xerces in Jena but not the folder of their texts, so that every call ends in an
``ExceptionInInitializerError``. The texts are laid out a second time, where the classes look for them, in a folder before the jars.
"""

from __future__ import annotations

import os
import re
import subprocess
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from comity.errors import UsageError
from comity.reasoners.java import find_java

JARS: Final = Path(os.environ.get("COMITY_JENA", "/usr/share/java"))
NAMES: Final = (
    "jena-arq", "jena-base", "jena-cmds", "jena-core", "jena-dboe-base", "jena-dboe-index", "jena-dboe-storage", "jena-dboe-trans-data",
    "jena-dboe-transaction", "jena-iri", "jena-rdfconnection", "jena-shacl", "jena-shex", "jena-tdb", "jena-tdb2", "slf4j-api",
    "slf4j-simple", "commons-cli", "commons-codec", "commons-compress", "commons-csv", "commons-io", "commons-lang3", "dexx.collection",
    "gson", "guava", "failureaccess", "httpclient", "httpcore", "httpclient-cache", "commons-logging", "jackson-core",
    "jackson-databind", "jackson-annotations", "jsonld-java", "titanium-json-ld", "protobuf", "thrift", "protobuf-util", "jakarta.json",
    "jakarta.json-api", "javax.json", "javax.json-api",
)
"""The jars of Jena and of what it needs; which of the last there are differs from one Debian to the next."""
_RENAMED: Final = "org/apache/jena/ext/"
# As for the reasoners: one processor, and the quick compiler.
_OPTIONS: Final = ("-Xmx2g", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
_SH: Final = "http://www.w3.org/ns/shacl#"
_DETAIL: Final = re.compile("https://w3id.org/comity/shape/In-[a-z-]+-scheme")
ENDPOINT: Final = Path(__file__).with_name("Jena.java")


def why_not() -> str:
    """Return why Jena cannot run here, in one line, or an empty text when it can."""
    if not (JARS / "jena-arq.jar").is_file():
        return f"no Jena in {JARS} (on Debian: apt-get install libapache-jena-java)"
    try:
        find_java("Jena")
    except UsageError as error:
        return str(error)
    return ""


def version() -> str:
    """The version that the jar names itself after: ``jena-arq-4.5.0.jar``."""
    return next((jar.stem.removeprefix("jena-arq-") for jar in JARS.glob("jena-arq-[0-9]*.jar")), "of no known version")


def command(folder: Path, *arguments: str | Path) -> list[str]:
    """The command that runs a class of Jena's, or a source file of ours; `folder` takes the texts that Debian misplaced."""
    return [find_java("Jena"), *_OPTIONS, "-cp", _class_path(folder), *map(str, arguments)]


def run(folder: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command(folder, *arguments), capture_output=True, encoding="utf-8", timeout=300, check=False)


@cache
def _class_path(folder: Path) -> str:
    with zipfile.ZipFile(JARS / "jena-core.jar") as jar:
        for name in jar.namelist():
            if name.startswith(_RENAMED) and name.endswith(".properties"):
                text = folder / name.removeprefix(_RENAMED)
                text.parent.mkdir(parents=True, exist_ok=True)
                text.write_bytes(jar.read(name))
    jars = [JARS / f"{name}.jar" for name in NAMES]
    return os.pathsep.join([str(folder), *(str(jar) for jar in jars if jar.is_file())])


Told = tuple[str, str, str]
"""The focus node, the shape and the component of a result of a validation."""


def validation(folder: Path, shapes: Sequence[Path], triples: Iterable[ox.Triple]) -> list[str]:
    """The command that has Jena check the triples against the shapes; their files are written to `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    data, rules = folder / "data.nt", folder / "shapes.ttl"
    ox.serialize(triples, str(data), format=ox.RdfFormat.N_TRIPLES)
    ox.serialize((quad.triple for path in shapes for quad in ox.parse(path=str(path))), str(rules), format=ox.RdfFormat.TURTLE)
    return command(folder, "shacl.shacl", "validate", "--shapes", rules, "--data", data)


def validate(command: Sequence[str]) -> Iterator[Told]:
    """Run a validation and yield its results."""
    done = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=600, check=False)
    assert done.stderr == "", done.stderr
    fields: dict[object, dict[str, str]] = {}
    for found in ox.parse(done.stdout.encode(), format=ox.RdfFormat.TURTLE):
        name = found.predicate.value.removeprefix(_SH)
        if name in ("focusNode", "sourceShape", "sourceConstraintComponent"):
            fields.setdefault(found.subject, {})[name] = str(found.object)
    for result in fields.values():
        shape, component = result["sourceShape"].strip("<>"), result["sourceConstraintComponent"].strip("<>").removeprefix(_SH)
        yield result["focusNode"], shape, component


def is_inner(result: Told) -> bool:
    """Whether the result is of a shape reached by ``sh:node`` alone: we tell it beside the outer one, Jena the outer one only."""
    return _DETAIL.fullmatch(result[1]) is not None and result[2] == "HasValueConstraintComponent"
