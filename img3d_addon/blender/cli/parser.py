# SPDX-License-Identifier: GPL-3.0-or-later
"""The words of the command line: commands, options, help, and one clear sentence for what is wrong with them."""

from __future__ import annotations

import argparse
import difflib
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from ...core.errors import BadInput
from .examples import help_of

__all__ = ["COMMANDS", "parse", "parser_of"]

COMMANDS = {
    "generate": "turn pictures into 3D objects and write them to files",
    "batch": "turn many pictures into files: a folder, a pattern or a list, several at once",
    "batch-merge": "put the summaries of a batch together that several machines have made in parts",
    "jobs": "list the jobs in the journal, or show one of them",
    "resume": "go on with jobs that were interrupted; nothing is paid twice",
    "cancel": "stop a job",
    "providers": "list the services, or one of them with its parameters, or test its key",
    "estimate": "say what a job would cost",
    "balance": "say what is left on an account",
}

_EXIT = (
    "exit status: 0 all done, 1 a job failed, 2 bad arguments or input, 3 no key, 4 offline, "
    "5 spending limit, 130 interrupted"
)

_TOP = """usage: {prog} COMMAND ...

Turn one picture into one 3D object, through a service or on this computer.

commands:
{commands}

'{prog} COMMAND --help' tells more about each.

examples:
  {prog} generate chair.png --out chair.glb
  {prog} generate photos/ --out models/ --format glb
  {prog} generate chair.png --provider stability_spar3d -o foreground_ratio=1.3 --out chair.blend
  {prog} batch photos/ --out models/ --jobs 8 --max-cost 40
  {prog} resume --all

{exit}
Keys come from the environment or from the add-on's preferences, never from an argument.
Jobs and results are kept in the user's data folder, or in IMG3D_HOME where that variable is set.
"""


class _Parser(argparse.ArgumentParser):
    """An argument parser that raises `BadInput` where argparse would print its usage and exit."""

    def error(self, message: str) -> NoReturn:
        text = message.replace("the following arguments are required:", "there is something missing:")
        raise BadInput(text[:1].upper() + text[1:], advice=f"Try: {self.prog} --help")


def parse(argv: Sequence[str], prog: str) -> argparse.Namespace:
    """Read the arguments after the program's name; `BadInput` when they are wrong, SystemExit(0) after help."""
    words = list(argv)
    online = False
    while words and words[0] in ("--online-mode", "--help", "-h"):
        if words.pop(0) != "--online-mode":
            raise SystemExit(_help(prog))
        online = True
    if not words:
        raise BadInput("There is no command", advice=f"Try: {prog} --help")
    command, *rest = words
    if command not in COMMANDS:
        raise _unknown(command, prog)
    found = parser_of(command, prog).parse_intermixed_args(_join_axis(rest))
    found.command = command
    found.online_mode = found.online_mode or online
    return found


def _join_axis(words: Sequence[str]) -> list[str]:
    """Join `--facing -Y` to one word: argparse takes the axis for an option."""
    joined: list[str] = []
    for word in words:
        if joined and joined[-1] == "--facing" and word in ("-X", "-Y"):
            joined[-1] += f"={word}"
        else:
            joined.append(word)
    return joined


def _path(text: str) -> Path:
    # An unset variable of a shell script would else be the folder at hand, with every picture in it.
    if not text.strip():
        raise argparse.ArgumentTypeError("the path is empty")
    return Path(text)


def _help(prog: str) -> int:
    commands = "\n".join(f"  {name:<11} {text}" for name, text in COMMANDS.items())
    print(_TOP.format(prog=prog, commands=commands, exit=_EXIT), end="")  # noqa: T201 - this is the command line
    return 0


def _unknown(command: str, prog: str) -> BadInput:
    if command.startswith("-"):
        return BadInput(f"{command} stands where a command is meant", advice=f"Try: {prog} --help")
    near = difflib.get_close_matches(command, COMMANDS, n=1)
    advice = f"Did you mean {near[0]!r}?" if near else "There are: " + ", ".join(COMMANDS) + "."
    return BadInput(f"There is no command {command!r}", advice=advice)


def parser_of(command: str, prog: str) -> _Parser:
    """Return the parser of one command; `prog` is how the program is called."""
    made = _Parser(
        prog=f"{prog} {command}",
        description=f"{COMMANDS[command][:1].upper()}{COMMANDS[command][1:]}.",
        epilog=f"{help_of(command, f'{prog} {command}')}{_EXIT}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    _ADD[command](made)
    made.add_argument("--json", action="store_true", help="one JSON object a line on the standard output, nothing else")
    made.add_argument("-v", "--verbose", action="store_true", help="show what Blender and this program log")
    made.add_argument(
        "--online-mode",
        action="store_true",
        help="allow requests to services (inside Blender: blender --online-mode --command img3d ...)",
    )
    return made


def _generate(made: _Parser) -> None:
    _images(made)
    _provider(made)
    _output(made)
    _post(made)


def _batch(made: _Parser) -> None:
    made.add_argument(
        "sources", nargs="+", type=_path, metavar="SOURCE", help="a folder, a quoted pattern, a .csv or .jsonl list"
    )
    made.add_argument("--out", type=_path, required=True, metavar="DIR", help="the folder for files and summary")
    made.add_argument(
        "--format", default="glb", metavar="KIND", help="the kind of file: glb (default), obj, blend, ..."
    )
    made.add_argument("--jobs", type=int, metavar="N", help="jobs at once (default: 4, offline one for each core)")
    _again(made)
    _money(made)
    made.add_argument("--recursive", action="store_true", help="search the folders inside a folder, too")
    made.add_argument("--range", metavar="A:B", help="only rows A to B, counted from 0 and without B, as a[A:B]")
    made.add_argument("--dry-run", action="store_true", help="say what would be done and what it costs, and do nothing")
    made.add_argument("--contact-sheet", action="store_true", help="also draw all results: one PNG, and a page of HTML")
    made.add_argument(
        "--library", type=_path, metavar="FILE.blend", help="also put all results in an asset library, with previews"
    )
    _provider(made)
    _post(made)


def _again(made: _Parser) -> None:
    made.add_argument("--resume", action="store_true", help="go on with a batch in this folder; skip what is done")
    made.add_argument("--retry-failed", action="store_true", help="as --resume, and try again what has failed")


def _money(made: _Parser) -> None:
    made.add_argument(
        "--max-cost", metavar="SUM", help="stop before this is passed: 40 (in the service's own unit) or 2.50USD"
    )
    made.add_argument(
        "--assume-price", metavar="SUM", help="what a picture counts for --max-cost where the service tells no price"
    )


def _batch_merge(made: _Parser) -> None:
    made.add_argument(
        "folders", nargs="+", type=_path, metavar="DIR", help="the --out of the parts: one folder, or several"
    )
    made.add_argument(
        "--out", type=_path, metavar="DIR", help="the folder that gets the summary (default: the only DIR)"
    )


def _images(made: _Parser) -> None:
    made.add_argument(
        "images", nargs="+", type=_path, metavar="IMAGE", help="a picture, or a folder with pictures in it"
    )


def _provider(made: _Parser) -> None:
    made.add_argument(
        "--provider", default="offline", metavar="NAME", help="the service; default: offline, which needs no key"
    )
    made.add_argument(
        "-o",
        dest="params",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="a parameter of the service, repeatable; 'providers NAME' lists them",
    )


def _output(made: _Parser) -> None:
    made.add_argument(
        "--out",
        type=_path,
        metavar="PATH",
        help="the file to write, ending in .glb .gltf .obj .fbx .stl .ply .usdz or .blend; for several pictures "
        "a folder (default: a new .glb next to each picture)",
    )
    made.add_argument("--format", metavar="KIND", help="the kind of file, when --out is a folder: glb, obj, blend, ...")


def _post(made: _Parser) -> None:
    post = made.add_argument_group("post-processing")
    post.add_argument(
        "--quad",
        type=int,
        metavar="FACES",
        help="rebuild it as about so many quads, texture kept; a service that makes quads itself does it better: "
        "'providers NAME' shows its parameter",
    )
    post.add_argument("--quad-texture", metavar="PIXELS", help="side of the baked textures: 1024, 2048 or 4096")
    post.add_argument("--quad-original", action="store_true", help="keep the original beside it, hidden")
    post.add_argument("--size", type=float, metavar="METRES", help="scale the longest side to this length")
    post.add_argument("--facing", metavar="AXIS", help="turn its front to this axis: auto, -Y, +Y, +X or -X")
    post.add_argument(
        "--remesh-modifier",
        nargs="?",
        const="voxel",
        metavar="MODE",
        help="add a Remesh modifier: voxel (default), smooth, sharp or blocks; only offline results keep their texture",
    )
    post.add_argument(
        "--decimate", type=float, metavar="FACES|RATIO", help="add a Decimate modifier: 5000 faces, or 0.5 for half"
    )
    post.add_argument(
        "--apply-modifiers", action="store_true", help="apply these two; a .blend would keep them adjustable"
    )
    post.add_argument(
        "--lods",
        metavar="RATIOS",
        help="add levels of detail with these shares of the faces, 0.5,0.25: hidden copies in a .blend",
    )
    post.add_argument("--shading", metavar="MODE", help="keep (default), smooth, flat or angle: smooth but sharp edges")
    post.add_argument("--shading-angle", type=float, metavar="DEGREES", help="where 'angle' begins; default: 30")
    post.add_argument("--repair-normals", action="store_true", help="take broken normals of the file away")
    post.add_argument("--no-texture", action="store_true", help="leave materials and textures out")
    post.add_argument(
        "--texture-limit", metavar="PIXELS", help="shrink larger textures to a side of 1024, 2048 or 4096"
    )
    _asset(made)


def _asset(made: _Parser) -> None:
    asset = made.add_argument_group("asset, in a .blend")
    asset.add_argument("--asset", action="store_true", help="mark the object as an asset, with a preview")
    for name in ("author", "description", "license", "tags"):
        more = "; several are parted by commas" if name == "tags" else ""
        asset.add_argument(f"--asset-{name}", metavar="TEXT", help=f"its {name}{more}")


def _jobs(made: _Parser) -> None:
    made.add_argument("job", nargs="?", metavar="ID", help="show this job in full; its first characters are enough")
    made.add_argument("--limit", type=int, default=100, metavar="N", help="the newest N (default: 100), 0 for all")


def _resume(made: _Parser) -> None:
    made.add_argument("jobs", nargs="*", metavar="ID", help="the jobs; none, or --all: all that can go on")
    made.add_argument("--all", action="store_true", help="every job that can go on")
    made.add_argument(
        "--submit-again",
        action="store_true",
        help="also submit jobs again whose submit got no answer; such a job may then be paid twice",
    )
    _output(made)


def _cancel(made: _Parser) -> None:
    made.add_argument("job", metavar="ID", help="the job; its first characters are enough")


def _one_provider(made: _Parser) -> None:
    made.add_argument("provider", nargs="?", metavar="PROVIDER", help="the service; default: all")


def _providers(made: _Parser) -> None:
    _one_provider(made)
    made.add_argument(
        "--test-key", action="store_true", help="ask the service whether the key works; this costs nothing"
    )


def _estimate(made: _Parser) -> None:
    _images(made)
    _provider(made)


_ADD = {
    "generate": _generate,
    "batch": _batch,
    "batch-merge": _batch_merge,
    "jobs": _jobs,
    "resume": _resume,
    "cancel": _cancel,
    "providers": _providers,
    "estimate": _estimate,
    "balance": _one_provider,
}
