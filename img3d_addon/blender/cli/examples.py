# SPDX-License-Identifier: GPL-3.0-or-later
"""Longer texts of `--help`: examples that can be copied, and what files look like."""

from __future__ import annotations

__all__ = ["BATCH_HELP"]

BATCH_HELP = """examples:
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

{exit}"""
