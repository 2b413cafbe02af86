# SPDX-License-Identifier: GPL-3.0-or-later
"""Folders of pictures that are all different, and what a batch left in its folder."""

import csv
import json
import struct
import zlib

KEY = "sk-TEST-0123456789"
QUICK = "tests.cli.impatient"


def png(number, side=64):
    """Return a small PNG in a colour of its own, without Pillow: thousands are wanted."""

    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    colour = bytes((number & 255, number >> 8 & 255, 200))
    inner = b"\0" + b"\xff" * 3 * 8 + colour * (side - 16) + b"\xff" * 3 * 8
    outer = b"\0" + b"\xff" * 3 * side
    rows = outer * 8 + inner * (side - 16) + outer * 8
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def pictures(folder, count):
    """Write `count` pictures, p0000.png and on."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        (folder / f"p{number:04}.png").write_bytes(png(number))
    return folder


def summary(out, suffix=""):
    """Return the rows of the summary, which stand the same in both files."""
    found = json.loads((out / f"summary{suffix}.json").read_text(encoding="utf-8"))
    with (out / f"summary{suffix}.csv").open(encoding="utf-8-sig", newline="") as file:
        table = list(csv.DictReader(file))
    assert [row["state"] for row in table] == [row["state"] for row in found["rows"]]
    assert [row["picture"] for row in table] == [row["picture"] for row in found["rows"]]
    return found["rows"]


def states(out, suffix=""):
    return [row["state"] for row in summary(out, suffix)]
