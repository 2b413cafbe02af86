# SPDX-License-Identifier: GPL-3.0-or-later
"""`build.py test`: lint, types, layers, then the test layers, with a line for each that says what ran."""

from __future__ import annotations

import argparse
import functools
import os
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass

from . import node, package, pytest_runs, pythons, window
from .environment import Environment, ensure
from .talk import ROOT, Stop, say

STATIC = ("lint", "types", "layers", "plain")  # once; the layers below run in every Blender
PER_BLENDER = ("blender", "cli", "package")
BY_FILE = ("blender",)  # its workers take whole files, since the tests of one share what Blender has warmed up
MOST_WORKERS = 4


@dataclass(frozen=True)
class Line:
    """One line of the closing table."""

    layer: str
    result: str  # "ok", "FAILED" or "not run"
    words: str
    outcome: pytest_runs.Outcome | None = None


def main(args: argparse.Namespace) -> int:
    """Run the wanted layers; 0 when none of them failed. A layer that cannot run here says so in its line."""
    default = pythons.default_blender()
    others = [blender for blender in pythons.BLENDERS if blender != default]
    blenders = {"all": [default, *others], "others": others, None: [default]}.get(args.blender, [args.blender])
    lines = [*_static(default, args), *_in_blenders(blenders, args), *_in_window(default, args)]
    report(lines)
    return 1 if any(line.result == "FAILED" for line in lines) else 0


def _wanted(layer: str, args: argparse.Namespace) -> bool:
    return not args.only or layer in args.only


def _static(blender: str, args: argparse.Namespace) -> list[Line]:
    if not any(_wanted(layer, args) for layer in STATIC):
        return []
    env = ensure(blender, "dev")
    steps: dict[str, Callable[[], Line]] = {
        "lint": lambda: _tools(
            "lint", [[env.tool("ruff"), "check", "."], [env.tool("ruff"), "format", "--check", "."]]
        ),
        "types": lambda: _tools("types", [[env.tool("pyright"), "--pythonpath", env.python]]),
        "layers": lambda: _pytest(env, "layers", ["tests/test_layers.py"], args),
        "plain": lambda: _pytest(env, "plain", plain_words(), args),
    }
    return [_timed(step) for layer, step in steps.items() if _wanted(layer, args)]


def plain_words() -> list[str]:
    """Return the words for pytest that choose every test which needs no Blender."""
    elsewhere = ["test_layers.py", *PER_BLENDER, "window"]
    return ["tests", *(f"--ignore=tests/{name}" for name in elsewhere)]


def _in_blenders(blenders: list[str], args: argparse.Namespace) -> list[Line]:
    lines = []
    for blender in blenders:
        layers = [layer for layer in PER_BLENDER if _wanted(layer, args)]
        version = pythons.BLENDERS[blender]
        if layers and args.blender in ("all", "others") and not pythons.find(version):
            missing = f"Python {version[0]}.{version[1]} is not on this machine"
            lines += [Line(f"{layer} {blender}", "not run", missing) for layer in layers]
            continue
        for layer in layers:
            env = ensure(blender, "test")
            lines.append(_timed(lambda: _pytest(env, f"{layer} {blender}", [f"tests/{layer}"], args)))  # noqa: B023
    return lines


def _in_window(blender: str, args: argparse.Namespace) -> list[Line]:
    layer = f"window {args.suite}"
    if args.only and not _wanted("window", args):
        return []
    if not args.window and not args.only:
        return [Line("window", "not run", "ask for it with --window (Debian, as root)")]
    reason = window.cannot_run()
    if reason:
        return [Line(layer, "not run", reason)]
    return [_timed(lambda: _window(layer, blender, args))]


def _window(layer: str, blender: str, args: argparse.Namespace) -> Line:
    try:
        outcome = window.run(ensure(blender, "test"), args.suite, only=args.drive or ())
    except Stop as stop:
        return Line(layer, "FAILED", str(stop))
    return Line(layer, "FAILED" if outcome.trouble else "ok", str(outcome), outcome)


def _tools(layer: str, commands: list[list[object]]) -> Line:
    words = []
    for command in commands:
        words.append(" ".join([str(command[0]).replace("\\", "/").rsplit("/", 1)[-1], *map(str, command[1:])]))
        say(f"\n== {layer}: {words[-1]}")
        if subprocess.run([str(word) for word in command], cwd=ROOT, check=False).returncode:
            return Line(layer, "FAILED", words[-1])
    return Line(layer, "ok", ", ".join(words))


def _pytest(env: Environment, layer: str, words: list[str], args: argparse.Namespace) -> Line:
    say(f"\n== {layer}: pytest {' '.join(words)}")
    try:
        more = _zips() if layer.split()[0] == "package" else node.validator(ensure(pythons.default_blender(), "dev"))
    except Stop as stop:
        return Line(layer, "FAILED", str(stop))
    outcome = pytest_runs.run(env, layer, [*words, *_spread(layer.split()[0]), *args.words], more=more)
    return Line(layer, "FAILED" if outcome.trouble else "ok", str(outcome), outcome)


def _spread(layer: str) -> list[str]:
    """Return pytest's words for several workers: inside one Blender nothing is parallel, and most else is waiting."""
    workers = ["-n", str(min(MOST_WORKERS, os.cpu_count() or 1))]
    return [*workers, "--dist", "loadfile"] if layer in BY_FILE else workers


@functools.cache
def _zips() -> dict[str, str]:
    """Build the package once for all Blenders; return the variable that tells its tests where the zips are."""
    made = package.build_all(ensure(pythons.default_blender(), "test"))
    return {"IMG3D_PACKAGES": os.pathsep.join(str(path) for path in made if path.suffix == ".zip")}


def _timed(step: Callable[[], Line]) -> Line:
    begun = time.monotonic()
    line = step()
    return Line(line.layer, line.result, f"{line.words}  ({time.monotonic() - begun:.0f} s)", line.outcome)


def report(lines: list[Line]) -> None:
    """Print a line for each layer, then the sum of all tests."""
    print()
    for line in lines:
        print(f"{line.layer:14} {line.result:8} {line.words}")
    outcomes = [line.outcome for line in lines if line.outcome]
    broken = sum(1 for line in lines if line.result == "FAILED" and not (line.outcome and line.outcome.failed))
    passed, skipped = sum(o.passed for o in outcomes), sum(o.skipped for o in outcomes)
    print(f"{passed} passed, {sum(o.failed for o in outcomes) + broken} failed, {skipped} skipped", flush=True)
