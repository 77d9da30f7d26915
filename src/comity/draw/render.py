"""A specification in Vega-Lite becomes SVG by vl-convert: Vega in a JavaScript engine of its own, without a browser or a network.

As a program (``python -m comity.draw.render``) it reads a specification from standard input and writes SVG to standard output: the
engine takes much memory and a second to start, which a server had better have elsewhere.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping
from html import escape
from typing import Any, Final

from comity.table.extras import needed

VEGA_LITE: Final = "5.21"
"""The version of Vega-Lite that the specifications are written in; each release of vl-convert has several."""

_OPENING: Final = re.compile(r"<svg [^>]*>")
_NUMBERED: Final = re.compile(r"\b(clip|gradient_|pattern_)(\d+)\b")
"""Identifiers that the engine numbers through all it has drawn."""


def to_svg(specification: Mapping[str, Any]) -> str:
    """Return the picture as SVG, with its title and description as a browser's reading aids want them.

    The same specification gives the same bytes. Raises :class:`~comity.errors.MissingExtra` without vl-convert.
    """
    vl_convert = needed("vl_convert", "draw", "a picture")
    # No base address: nothing can be loaded, from the network or from a disk.
    drawn = vl_convert.vegalite_to_svg(json.dumps(specification), vl_version=VEGA_LITE, allowed_base_urls=[])
    title = specification.get("title", {}).get("text", "")
    words = title if isinstance(title, str) else " ".join(title)
    numbers: dict[str, str] = {}
    drawn = _NUMBERED.sub(lambda found: found[1] + numbers.setdefault(found[0], str(len(numbers))), drawn)
    described = f"<title>{escape(words)}</title><desc>{escape(specification.get('description', ''))}</desc>"
    opening = _OPENING.match(drawn)
    assert opening is not None
    return f'{opening[0][:-1]} role="img">{described}{drawn[opening.end() :]}\n'


if __name__ == "__main__":
    sys.stdout.write(to_svg(json.load(sys.stdin)))
