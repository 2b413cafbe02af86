# SPDX-License-Identifier: GPL-3.0-or-later
"""Longer texts of `--help`: examples that can be copied, and what files look like."""

from __future__ import annotations

__all__ = ["help_of"]

_GENERATE = """examples:
  {prog} chair.png                                           a new chair.glb beside the picture
  {prog} chair.png --out chair.blend --quad 5000 --size 0.9
  {prog} photos/ --out models/ --format obj
  {prog} chair.png --provider stability_spar3d -o foreground_ratio=1.3 --out chair.glb
Several pictures are made one after the other; 'batch' makes them at once and can be resumed.

"""

_JOBS = """examples:
  {prog}                   the newest jobs
  {prog} 1m7zd             one of them in full: its settings, its cost, its file, what went wrong
  {prog} --limit 0 --json  all, a line each; times in seconds since 1970, sums of money as numbers

"""

_RESUME = """examples:
  {prog}                        all that can go on, to where they were meant to go
  {prog} 1m7zd --out chair.obj  one of them, to another file
  {prog} 1m7zd --submit-again   one whose submit got no answer; look at your account first
What is under way at the service is fetched, and not submitted or paid again.

"""

_CANCEL = """example:
  {prog} 1m7zd
It says what that means for the bill; 'resume' can still fetch what the service makes all the same.

"""

_PROVIDERS = """examples:
  {prog}                              all services, their keys and prices
  {prog} stability_spar3d             one with all its parameters, for -o NAME=VALUE
  {prog} stability_spar3d --test-key

"""

_ESTIMATE = """examples:
  {prog} chair.png --provider stability_spar3d
  {prog} photos/ --provider fal -o model=fal-ai/triposr
Nothing is submitted; 'batch --dry-run' does the same for a list with settings for each row.

"""

_BALANCE = """examples:
  {prog}                   every account that has a key
  {prog} stability_spar3d

"""

_BATCH = """examples:
  {prog} photos/ --out models/
  {prog} "photos/**/*.png" --out models/ --format blend --quad 5000
  {prog} photos/ --out models/ --provider stability_spar3d --jobs 8 --dry-run
  {prog} photos/ --out models/ --provider stability_spar3d --jobs 8 --max-cost 40
  {prog} photos/ --out models/ --provider stability_spar3d --resume --retry-failed
  {prog} rows.csv --out models/ --range 100:200

a list (.csv or .jsonl, in UTF-8) has a row for each picture; paths are relative to it:
  picture,provider,name,params.seed,after.size        picture is needed, the others are not
  chairs/red.png,stability_spar3d,red chair,7,0.9
  {{"picture": "chairs/red.png", "params": {{"seed": 7}}, "after": {{"size": 0.9}}}}
'params' are those of the service ('providers NAME' lists them), 'after' the post-processing. What a row leaves out
comes from the command line.

The folder gets summary.json and summary.csv, also after an interruption. --resume knows a picture by its content and
its settings: what is done is skipped, jobs under way are taken up, and nothing is paid twice.

"""

_TEXTS = {
    "generate": _GENERATE,
    "batch": _BATCH,
    "jobs": _JOBS,
    "resume": _RESUME,
    "cancel": _CANCEL,
    "providers": _PROVIDERS,
    "estimate": _ESTIMATE,
    "balance": _BALANCE,
}


def help_of(command: str, prog: str) -> str:
    """Return what `--help` of a command ends with; `prog` is how it is called."""
    return _TEXTS.get(command, "").format(prog=prog)
