# SPDX-License-Identifier: GPL-3.0-or-later
"""What each command takes: its arguments and options, with a line of help for each."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError
from pathlib import Path

__all__ = ["add_options"]


def add_options(made: ArgumentParser, command: str) -> None:
    """Give the parser of one command what that takes."""
    _ADD[command](made)


def _path(text: str) -> Path:
    # An unset variable of a shell script would else be the folder at hand, with every picture in it.
    if not text.strip():
        raise ArgumentTypeError("the path is empty")
    return Path(text)


def _generate(made: ArgumentParser) -> None:
    _images(made)
    _provider(made)
    _output(made)
    _post(made)


def _batch(made: ArgumentParser) -> None:
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


def _again(made: ArgumentParser) -> None:
    made.add_argument("--resume", action="store_true", help="go on with a batch in this folder; skip what is done")
    made.add_argument("--retry-failed", action="store_true", help="as --resume, and try again what has failed")


def _money(made: ArgumentParser) -> None:
    made.add_argument(
        "--max-cost", metavar="SUM", help="stop before this is passed: 40 (in the service's own unit) or 2.50USD"
    )
    made.add_argument(
        "--assume-price", metavar="SUM", help="what a picture counts for --max-cost where the service tells no price"
    )


def _batch_merge(made: ArgumentParser) -> None:
    made.add_argument(
        "folders", nargs="+", type=_path, metavar="DIR", help="the --out of the parts: one folder, or several"
    )
    made.add_argument(
        "--out", type=_path, metavar="DIR", help="the folder that gets the summary (default: the only DIR)"
    )


def _images(made: ArgumentParser) -> None:
    made.add_argument(
        "images", nargs="+", type=_path, metavar="IMAGE", help="a picture, or a folder with pictures in it"
    )


def _provider(made: ArgumentParser) -> None:
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


def _output(made: ArgumentParser) -> None:
    made.add_argument(
        "--out",
        type=_path,
        metavar="PATH",
        help="the file to write, ending in .glb .gltf .obj .fbx .stl .ply .usdz or .blend; for several pictures "
        "a folder (default: a new .glb next to each picture)",
    )
    made.add_argument("--format", metavar="KIND", help="the kind of file, when --out is a folder: glb, obj, blend, ...")


def _post(made: ArgumentParser) -> None:
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


def _asset(made: ArgumentParser) -> None:
    asset = made.add_argument_group("asset, in a .blend")
    asset.add_argument("--asset", action="store_true", help="mark the object as an asset, with a preview")
    for name in ("author", "description", "license", "tags"):
        more = "; several are parted by commas" if name == "tags" else ""
        asset.add_argument(f"--asset-{name}", metavar="TEXT", help=f"its {name}{more}")


def _jobs(made: ArgumentParser) -> None:
    made.add_argument("job", nargs="?", metavar="ID", help="show this job in full; its first characters are enough")
    made.add_argument("--limit", type=int, default=100, metavar="N", help="the newest N (default: 100), 0 for all")


def _resume(made: ArgumentParser) -> None:
    made.add_argument("jobs", nargs="*", metavar="ID", help="the jobs; none, or --all: all that can go on")
    made.add_argument("--all", action="store_true", help="every job that can go on")
    made.add_argument(
        "--submit-again",
        action="store_true",
        help="also submit jobs again whose submit got no answer; such a job may then be paid twice",
    )
    _output(made)


def _cancel(made: ArgumentParser) -> None:
    made.add_argument("job", metavar="ID", help="the job; its first characters are enough")


def _one_provider(made: ArgumentParser) -> None:
    made.add_argument("provider", nargs="?", metavar="PROVIDER", help="the service; default: all")


def _providers(made: ArgumentParser) -> None:
    _one_provider(made)
    made.add_argument(
        "--test-key", action="store_true", help="ask the service whether the key works; this costs nothing"
    )


def _estimate(made: ArgumentParser) -> None:
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
