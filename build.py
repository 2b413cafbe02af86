#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every developer command of img3d: demo, run, test, fuzz, faults, bench, package, docs, site. Standard library only.

It makes what it needs (a virtual environment with Blender as a Python module) and looks for a fitting Python
by itself, so that `python3 build.py demo` is all there is to type on a fresh machine.
"""

import sys

if sys.version_info < (3, 7):  # noqa: UP036 -- an old Python shall read a sentence, not a SyntaxError
    sys.exit("build.py needs Python 3.7 or newer to start; it then finds a 3.13 or 3.11 by itself.")

import argparse
import os
import subprocess
from importlib import import_module

from tools import pythons
from tools.talk import ROOT, Stop, say

LAYERS = ("lint", "types", "layers", "plain", "blender", "cli", "package", "window")


PASSED_ON = {
    "fuzz": "random pictures through the offline generator, or odd files: build.py fuzz [--target all] --help",
    "faults": "every fault at every step of a job; further words go to pytest",
    "bench": "measure the goals of speed as ratios; build.py bench --help",
}


def parser():
    """Return the argument parser of all commands but `run`, whose words are passed on untouched."""
    top = argparse.ArgumentParser(prog="build.py", description="Developer commands of img3d.")
    commands = top.add_subparsers(dest="command", metavar="COMMAND", required=True)
    demo = commands.add_parser("demo", help="turn an example picture into a model and show where it is")
    demo.add_argument("image", nargs="?", help="a picture of your own")
    commands.add_parser("run", help="run the img3d command line: build.py run [--online-mode] COMMAND...")
    test = commands.add_parser("test", help="lint, types, layers, then all tests")
    test.add_argument(
        "--blender", choices=[*pythons.BLENDERS, "all", "others"], help="default: the newest for this Python"
    )
    test.add_argument("--window", action="store_true", help="also the tests in a real Blender with a window")
    test.add_argument("--suite", choices=["sid", "trixie"], default="sid", help="whose Blender the window tests take")
    test.add_argument("--drive", action="append", metavar="NAME", help="this window test only; may be repeated")
    test.add_argument("--only", action="append", choices=LAYERS, help="run this layer only; may be repeated")
    test.add_argument("words", nargs="*", help="after --: further words for pytest")
    for name, words in PASSED_ON.items():
        commands.add_parser(name, help=words, add_help=False)
    shots = commands.add_parser("shots", help="take screenshots of the interface in a real Blender (Debian, as root)")
    shots.add_argument("--suite", choices=["sid", "trixie"], default="sid", help="whose Blender")
    shots.add_argument("--docs", action="store_true", help="also write those of README.md to docs/images")
    package = commands.add_parser("package", help="the zips for all platforms, and a repository of them, in dist")
    package.add_argument("--platform", action="append", help="for this one only; may be repeated")
    package.add_argument("--pin", action="store_true", help="first choose the newest Pillow and note its hashes")
    docs = commands.add_parser("docs", help="write what README.md and docs/ take from the code")
    docs.add_argument("--check", action="store_true", help="write nothing, fail when something is old")
    commands.add_parser("site", help="build docs/ as a static site in dist/site and check its links")
    return top


def rerun(argv):
    """Go on with a Python that Blender exists for."""
    python = pythons.find_any()
    say(f"Python {sys.version_info[0]}.{sys.version_info[1]} has no Blender module; going on with {python}")
    return hand_over([python, str(ROOT / "build.py"), *argv])


def hand_over(command):
    """Run a command in place of this one: its streams, signals and exit status are ours."""
    if os.name != "nt":
        sys.stdout.flush()
        os.execv(command[0], command)
    with subprocess.Popen(command) as process:
        while True:
            try:
                return process.wait()
            except KeyboardInterrupt:  # the child got it too and ends in its own way
                continue


def run(words):
    """Run the img3d command line in the environment."""
    env = import_module("tools.environment").ensure(pythons.default_blender())
    return hand_over([str(env.python), "-P", "-m", "img3d_addon", *words])


def main(argv):
    """Run one command and return its exit status."""
    passed_on = argv[:1] == ["run"] or argv[:1] and argv[0] in PASSED_ON
    args = None if passed_on else parser().parse_args(argv)
    if pythons.newest_blender(sys.version_info[:2]) is None:
        return rerun(argv)
    if args is None:
        return run(argv[1:]) if argv[0] == "run" else import_module(f"tools.{argv[0]}").main(argv[1:])
    module = "checks" if args.command == "test" else args.command
    return import_module(f"tools.{module}").main(args)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except Stop as stop:
        say(f"build.py: {stop}")
        sys.exit(stop.status)
    except KeyboardInterrupt:
        say("build.py: interrupted")
        sys.exit(130)
