# SPDX-License-Identifier: GPL-3.0-or-later
"""`build.py bench`: measure the goals, or with `offline` the generator, with `throughput` or `scale` batches."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence

from . import pythons
from .environment import ensure
from .talk import ROOT, Stop

USAGE = "build.py bench [--blender 4.2|4.5|5.2|all] [offline|throughput|scale] [OPTIONS]"


def main(words: Sequence[str]) -> int:
    """Run it in the environment of one Blender, by default the demo's, or in those of all; the worst status counts."""
    blenders, rest = _blenders(list(words))
    module = "bench.run"
    if rest[:1] in (["offline"], ["throughput"], ["scale"]):
        module, rest = f"bench.{rest[0]}", rest[1:]
    return max(_run(blender, module, rest) for blender in blenders)


def _blenders(words: list[str]) -> tuple[list[str], list[str]]:
    if words[:1] != ["--blender"]:
        return [pythons.default_blender()], words
    if len(words) < 2 or words[1] not in (*pythons.BLENDERS, "all"):
        raise Stop(f"Which Blender? {USAGE}")
    return [*pythons.BLENDERS] if words[1] == "all" else [words[1]], words[2:]


def _run(blender: str, module: str, words: list[str]) -> int:
    command = [str(ensure(blender).python), "-m", module, *words]
    return subprocess.run(command, cwd=ROOT, check=False).returncode
