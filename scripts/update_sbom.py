"""Write requirements/sbom.cdx.json: the software bill of materials of what users get, as CycloneDX 1.6. The release carries it.

    python scripts/update_sbom.py            # write it
    python scripts/update_sbom.py --check    # exit with 1 if it is not up to date

It is written here and not by the release, so that it says what the lock says, wherever the release is made, and is the same bytes there.
The model, the form and the validation are those of CycloneDX's own library; its command line describes a whole environment, here the
tests' tools too, or a list of pins without licences and without what needs what.
"""

from __future__ import annotations

import datetime
import hashlib
import sys
import uuid
from typing import Final

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import Property
from cyclonedx.model.bom import Bom
from cyclonedx.model.bom_ref import BomRef
from cyclonedx.model.component import Component, ComponentScope, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL

from comity import __version__
from dependencies import CORE, OWN, ROOT, Needed, listed_here, needed, project
from generated import settle
from lock import locked_on

TARGET: Final = ROOT / "requirements" / "sbom.cdx.json"
_TAXONOMY: Final = "comity:comes-with"


def main() -> int:
    if not listed_here():
        print("the bill of materials is of CPython 3.11 on Linux, which this is not: left as it is", file=sys.stderr)
        return 0
    return settle(TARGET, written(), "requirements/sbom.cdx.json is not up to date; run: python scripts/update_sbom.py")


def written() -> str:
    """Return the bill. Raises ``SystemExit`` for one that CycloneDX's schema does not take."""
    bom = Bom()
    bom.metadata.timestamp = datetime.datetime.combine(locked_on(), datetime.time(), datetime.UTC)
    root = _component(Needed(OWN, __version__, project()["license"]), "pypi")
    root.scope = None
    bom.metadata.component = root
    for kind, packages in zip(("pypi", "npm"), needed(), strict=True):
        components = {name: _component(package, kind) for name, package in packages.items()}
        for name, package in sorted(packages.items()):
            bom.components.add(components[name])
            bom.register_dependency(components[name], [components[other] for other in sorted(package.needs) if other in components])
        top = set(components) - {other for package in packages.values() for other in package.needs}
        bom.register_dependency(root, [components[name] for name in sorted(top)])
    # A number that is the content's, and not the hour's.
    bom.serial_number = uuid.UUID(int=0)
    bom.serial_number = uuid.UUID(bytes=hashlib.sha256(_text(bom).encode()).digest()[:16], version=5)
    text = _text(bom)
    error = JsonStrictValidator(SchemaVersion.V1_6).validate_str(text)
    if error is not None:
        raise SystemExit(f"this is no CycloneDX 1.6: {error}")
    return text


def _text(bom: Bom) -> str:
    return JsonV1Dot6(bom).output_as_string(indent=1) + "\n"


def _component(package: Needed, kind: str) -> Component:
    namespace, _, name = package.name.rpartition("/")
    url = PackageURL(kind, namespace or None, name, package.version)
    return Component(
        name=name,
        group=namespace or None,
        version=package.version,
        type=ComponentType.LIBRARY,
        scope=ComponentScope.REQUIRED if CORE in package.parts else ComponentScope.OPTIONAL,
        licenses=[LicenseFactory().make_from_string(package.licence)],
        purl=url,
        bom_ref=BomRef(url.to_string()),
        properties=[Property(name=_TAXONOMY, value=part) for part in sorted(package.parts)],
    )


if __name__ == "__main__":
    sys.exit(main())
