#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Screenshot of an Xvfb that was started with -fbdir: reads its frame buffer file (XWD) and writes a PNG.

usage: xvfb_shot.py FBFILE OUT.png      plain Python, no X client, works while Blender hangs
"""

import struct
import sys
import zlib
from pathlib import Path


def shot(frame_buffer: str, out: str) -> None:
    """Write what the screen shows now to the PNG file `out`."""
    width, height, rows = _rows(Path(frame_buffer).read_bytes())
    head = struct.pack(">2I5B", width, height, 8, 2, 0, 0, 0)
    parts = [(b"IHDR", head), (b"IDAT", zlib.compress(rows, 6)), (b"IEND", b"")]
    Path(out).write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(tag, body) for tag, body in parts))


def _rows(data: bytes) -> tuple[int, int, bytes]:
    head = struct.unpack(">25I", data[:100])
    size, width, height, lsb_first, depth, stride, colours = (
        head[0], head[4], head[5], head[7] == 0, head[11], head[12], head[19],
    )  # fmt: skip
    if depth != 32:
        raise SystemExit("start Xvfb with a 24 bit screen")
    pixels = data[size + 12 * colours :]
    red, green, blue = (2, 1, 0) if lsb_first else (1, 2, 3)
    rows = bytearray()
    for y in range(height):
        line = pixels[y * stride : y * stride + 4 * width]
        rgb = bytearray(3 * width)
        rgb[0::3], rgb[1::3], rgb[2::3] = line[red::4], line[green::4], line[blue::4]
        rows += b"\0" + rgb
    return width, height, bytes(rows)


def _chunk(tag: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + tag + body + struct.pack(">I", zlib.crc32(tag + body))


if __name__ == "__main__":
    shot(sys.argv[1], sys.argv[2])
