"""Pictures of what the edition holds: each is the answer to a canned question, drawn; the answer is the table under it.

====================  ==================================================================================================
module                what it does
====================  ==================================================================================================
``pictures``          the pictures there are: name, question, title, words for those who don't see it
``charts``            tables -> specifications in Vega-Lite, plain JSON
``layout``            where the things of a network stand
``render``            a specification -> SVG, in a process without a browser or a network
====================  ==================================================================================================

A specification is pure data and made without any further package; to draw it, the extra ``draw`` is needed.
"""

from __future__ import annotations

from comity.draw.pictures import PICTURES, Drawing, Picture, compose, picture
from comity.draw.render import to_svg

__all__ = ["PICTURES", "Drawing", "Picture", "compose", "picture", "to_svg"]
