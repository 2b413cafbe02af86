# SPDX-License-Identifier: GPL-3.0-or-later
"""Odd GLBs through Blender's own importer and all that follows it: `python -m tests.fuzz.importer FOLDER`.

Each file is named on standard output before it is tried, so that the one that ends the process is known.
"""

import argparse
import json
import os
import random
import sys
import time
import traceback
from pathlib import Path

from .mutating import DEEP, ODD, pack_glb, places, put, text_of

COUNTS = "objects meshes materials images collections node_groups scenes lights cameras worlds"


def odd(seed):
    """Return a GLB of which one or two values are wrong, in its text or in its numbers."""
    from .readers import glb_parts

    chance = random.Random(seed)
    document, binary = glb_parts()
    values = [value for value in ODD if value != DEEP]
    for _ in range(chance.choice((0, 1, 1, 2))):
        ways = [way for way in places(document) if way and way[0] != "asset"]
        document = put(document, chance.choice(ways), chance.choice(values))
    if chance.random() < 0.4:
        data = bytearray(binary)
        for _ in range(chance.randrange(1, 8)):
            at = chance.randrange(len(data) - 4)
            data[at : at + 4] = chance.choice((b"\xff\xff\xff\xff", b"\0\0\0\0", b"\0\0\xc0\x7f", b"\0\0\x80\x7f"))
        binary = bytes(data)
    return pack_glb(text_of(document), binary)


def files(given):
    """Yield the paths of odd files: those that are there, else new ones of a few seeds."""
    folder = given.folder
    if given.kept:
        yield from sorted(folder.glob("*.glb"))
        return
    end = time.monotonic() + given.seconds
    for seed in range(given.seed, given.seed + given.count):
        if time.monotonic() > end:
            return
        path = folder / f"odd-{seed}.glb"
        path.write_bytes(odd(seed))
        yield path


def tried(path):
    """Import one file; return "made", "refused", or the story of a failure."""
    import bpy

    from img3d_addon.blender import importing
    from img3d_addon.blender.after import check
    from img3d_addon.core.errors import Img3dError

    before = {kind: len(getattr(bpy.data, kind)) for kind in COUNTS.split()}
    facts = importing.JobFacts(id="", provider="", name="odd")
    try:
        made = importing.import_result(bpy.context, path, check({}), facts)
    except Img3dError as error:
        if "Traceback" in str(error) or "\n" in str(error):
            return f"told in more than a sentence: {error}"
        left = {kind: len(getattr(bpy.data, kind)) for kind in COUNTS.split()}
        return "refused" if left == before else f"left behind: {before} {left}"
    except Exception:  # it is what this program looks for
        return traceback.format_exc()
    for item in made.objects:
        bpy.data.objects.remove(item)
    bpy.data.orphans_purge(do_recursive=True)
    return "made"


def main(words):
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--count", type=int, default=10**9)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--kept", action="store_true", help="the files in the folder, and no new ones")
    given = parser.parse_args(words)
    import bpy

    bpy.ops.wm.read_factory_settings(use_empty=True)
    for path in files(given):
        say(trying=path.name)
        outcome = tried(path)
        say(name=path.name, outcome=outcome)
        if outcome in ("made", "refused") and not given.kept:
            path.unlink()
    say(end=True)
    return 0


def say(**values):
    sys.stdout.write("\n@" + json.dumps(values) + "\n")  # Blender may have written half a line
    sys.stdout.flush()


if __name__ == "__main__":
    status = main(sys.argv[1:])
    sys.stdout.flush()
    os._exit(status)
