# SPDX-License-Identifier: GPL-3.0-or-later
"""Strategies that take a sound file apart, make some of it wrong, and put it together again."""

import copy
import json
import struct

from hypothesis import strategies as st

NUMBERS = (0, 1, 3, 4, 0x7F, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFC, 0xFFFFFFFF)
DEEP = "deep"  # stands for lists in lists, which no shrinking should have to walk through
NAMES = (
    *("", "a", ".", "..", "../a.obj", "/etc/passwd", "C:\\a.obj", "a/../../b.obj", "con.obj", "a\0b.obj", "a:b"),
    *("x" * 300, "model.obj", "MODEL.OBJ", "model.mtl", "é.glb", "\ud800.png", "%2e%2e%2fa", "data:,"),
    *("data:image/png;base64,!!", "http://[", "file:///etc/passwd", "\u202egpj.png", "a" * 4000, "a/" * 600),
)  # fmt: skip
ODD = (
    *(None, True, False, -1, 0, 1, 2**31, 2**63, 2**64, 1e308, float("nan"), float("inf"), -1.5, 0.1),
    *([], {}, [[]], [{}], {"a": 1}, "1", "-1", *NAMES, DEEP),
)


def places(value, here=()):
    """Yield the way to each part of a JSON value."""
    yield here
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, item in items:
        yield from places(item, (*here, name))


def put(value, way, new):
    """Return a copy with another value at one place."""
    if not way:
        return new
    value = copy.deepcopy(value)
    at = value
    for name in way[:-1]:
        at = at[name]
    at[way[-1]] = new
    return value


@st.composite
def odd_json(draw, *values, most=3):
    """Return one of `values` with a few parts of it replaced or left out."""
    value = draw(st.sampled_from(values))
    for _ in range(draw(st.integers(0, most))):
        ways = list(places(value))
        way = draw(st.sampled_from(ways))
        value = put(value, way, draw(st.sampled_from(ODD)))
    return value


def text_of(value):
    """Return the JSON of an odd value."""
    text = json.dumps(value, ensure_ascii=True)
    return text.replace(f'"{DEEP}"', "[" * 3000 + "]" * 3000).encode()


@st.composite
def damaged(draw, *seeds, most=6):
    """Return one of the sound files with some bytes changed, cut out, doubled, or the end missing."""
    data = bytearray(draw(st.one_of(*(st.just(one) for one in seeds))))
    for _ in range(draw(st.integers(0, most))):
        if not data:
            break
        # headers are where readers trust: half of the hits go there
        at = draw(st.one_of(st.integers(0, min(len(data), 64) - 1), st.integers(0, len(data) - 1)))
        kind = draw(st.sampled_from(("byte", "u32", "u32be", "u16", "cut", "end", "twice", "text")))
        if kind == "byte":
            data[at] = draw(st.integers(0, 255))
        elif kind in ("u32", "u32be", "u16"):
            number = draw(st.sampled_from(NUMBERS))
            piece = number.to_bytes(4, "big" if kind == "u32be" else "little")
            piece = piece[:2] if kind == "u16" else piece
            data[at : at + len(piece)] = piece
        elif kind == "cut":
            del data[at : at + draw(st.integers(1, 64))]
        elif kind == "end":
            del data[at:]
        elif kind == "twice":
            data[at:at] = data[at : at + draw(st.integers(1, 64))]
        else:
            data[at:at] = draw(st.sampled_from(NAMES)).encode(errors="surrogatepass")
    return bytes(data)


def pack_glb(text, binary=b"", *, version=2, total=None, lengths=(None, None), kinds=(b"JSON", b"BIN\0")):
    """Return a GLB; lengths and kinds of chunks may lie."""
    text += b" " * (-len(text) % 4)
    parts = [(text, lengths[0], kinds[0]), (binary, lengths[1], kinds[1])] if binary else [(text, lengths[0], kinds[0])]
    body = b"".join(
        struct.pack("<I4s", (len(data) if length is None else length) & 0xFFFFFFFF, kind) + data
        for data, length, kind in parts
    )
    return struct.pack("<4sII", b"glTF", version, (12 + len(body) if total is None else total) & 0xFFFFFFFF) + body


@st.composite
def odd_glb(draw, document, binary):
    """Return a GLB whose text is odd, or whose chunks lie about themselves."""
    text = text_of(draw(odd_json(document)))
    some = st.one_of(st.none(), st.none(), st.none(), st.sampled_from(NUMBERS))
    kinds = st.sampled_from(
        ((b"JSON", b"BIN\0"),) * 6 + ((b"BIN\0", b"JSON"), (b"JSON", b"JSON"), (b"\0\0\0\0", b"BIN\0"))
    )
    return pack_glb(
        text,
        draw(st.sampled_from((binary, binary, binary[: len(binary) // 2], b""))),
        version=draw(st.sampled_from((2, 2, 2, 2, 1, 3, 0xFFFFFFFF))),
        total=draw(some),
        lengths=(draw(some), draw(some)),
        kinds=draw(kinds),
    )
