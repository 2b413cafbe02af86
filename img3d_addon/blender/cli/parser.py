# SPDX-License-Identifier: GPL-3.0-or-later
"""The words of the command line: commands, help, and one clear sentence for what is wrong with them."""

from __future__ import annotations

import argparse
import difflib
from collections.abc import Sequence
from typing import NoReturn

from ...core.errors import BadInput
from .examples import help_of
from .options import add_options

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
    add_options(made, command)
    made.add_argument("--json", action="store_true", help="one JSON object a line on the standard output, nothing else")
    made.add_argument("-v", "--verbose", action="store_true", help="show what Blender and this program log")
    made.add_argument(
        "--online-mode",
        action="store_true",
        help="allow requests to services (inside Blender: blender --online-mode --command img3d ...)",
    )
    return made
