"""Inputs to try: seeds of seeds.json, changed a little, and what is known to be hard."""

from __future__ import annotations

import gzip
import json
from functools import cache
from pathlib import Path

from hypothesis import strategies as st

HERE = Path(__file__).parent
CHECKOUT = HERE.parent.parent

#: What is put in: pieces of the languages that are read, and characters that are not what they look like.
PIECES = [
    *(piece.encode() for piece in "<>{}[]()\"'\\.;,:#@^?*+-/|!=&%_ \n\r\t"),
    *(
        b'"""',
        b"'''",
        b"<<",
        b">>",
        b"<<(",
        b")>>",
        b"^^",
        b"_:",
        b"@en",
        b"@prefix",
        b"PREFIX",
        b"BASE",
        b"#+",
        b"#+ x = ",
        b"[[",
        b"\r\n",
    ),
    *(b"SELECT", b"ASK", b"WHERE", b"SERVICE", b"FROM", b"VALUES", b"UNDEF", b"UNION", b"LIMIT", b"OPTIONAL", b"GROUP BY", b"EXISTS"),
    *(
        b"<!ENTITY a SYSTEM 'file:///etc/passwd'>",
        b"<!ENTITY b '&a;&a;'>",
        b"&a;",
        b"<![CDATA[",
        b"]]>",
        b"<!--",
        b'"@context"',
        b'"@list"',
    ),
    *(b"\x00", b"\x1b[2J", b"\x7f", b"\x85", b"\xff", b"\xc0\x80", b"\xed\xa0\x80", b"\xf4\x90\x80\x80"),
    *(
        "\ufeff",
        "\u200b",
        "\u200d",
        "\u202e",
        "\u2066",
        "\u2028",
        "\u0301",
        "\U000e0001",
        "\U0010ffff",
        "é",
        "中",
        "\\u0000",
        "\\uD800",
        "\\U00110000",
    ),
    *(b"../", b"/etc/passwd", b"%2e%2e%2f", b"%00", b"NaN", b"1e999", b"-0", b"9" * 30, b"0" * 20, b"true", b"null", b"x" * 300, b"&lt;"),
]
PIECES = [piece.encode() if isinstance(piece, str) else piece for piece in PIECES]


@cache
def seeds(target: str) -> tuple[bytes, ...]:
    """What a target is started with; ``@path`` in seeds.json is a file of the checkout, or each file of a folder."""
    found = []
    for text in json.loads((HERE / "seeds.json").read_text(encoding="utf-8"))[target]:
        if text.startswith("@") and (CHECKOUT / text[1:]).exists():
            path = CHECKOUT / text[1:]
            files = sorted(path.iterdir()) if path.is_dir() else [path]
            found += [file.read_bytes()[:6000] for file in files]
        else:
            found.append(text.encode())
    if target == "body":
        found = [b"\x05" + gzip.compress(b"x" * 3000, mtime=0), b"\xff" + gzip.compress(bytes(5_000_000), mtime=0)]
    return tuple(found)


@st.composite
def inputs(draw: st.DrawFn, target: str) -> bytes:
    """Bytes for a target: one of its seeds after up to five changes, or any bytes."""
    if draw(st.integers(0, 9)) == 0:
        return draw(st.binary(max_size=200))
    data = draw(st.sampled_from(seeds(target)))
    for _ in range(draw(st.integers(0, 5))):
        at = draw(st.integers(0, len(data)))
        to = min(len(data), at + draw(st.integers(0, 20)))
        match draw(st.sampled_from(["in", "out", "twice", "byte", "many", "cut"])):
            case "in":
                data = data[:at] + draw(st.sampled_from(PIECES)) + data[at:]
            case "out":
                data = data[:at] + data[to:]
            case "twice":
                data = data[:to] + data[at:]
            case "byte":
                data = data[:at] + bytes([draw(st.integers(0, 255))]) + data[to:]
            case "many":
                data = data[:at] + draw(st.sampled_from(PIECES)) * draw(st.sampled_from([10, 300])) + data[at:]
            case "cut":
                data = data[:at]
    return data
