# SPDX-License-Identifier: GPL-3.0-or-later
"""Random pictures with random options through the whole offline generator, in every mode: `build.py fuzz`.

Each becomes a closed solid in a file without a fault, or one of the known sentences; anything else is printed with
the seed that makes it again.
"""

from __future__ import annotations

import argparse
import collections
import multiprocessing
import os
import sys
import tempfile
import time
import traceback
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from img3d_addon.providers.offline import Offline
from img3d_addon.providers.offline.silhouette import NoObject, Options, reconstruct

from .gltf_validator import validate
from .providers.offline.surfaces import Glb, assert_solid
from .providers.offline.test_fuzz import KINDS as SHAPES, MODES, random_options, random_shape
from .providers.offline.test_mask_fuzz import KINDS as PICTURES, blobs, clouds

BACKGROUNDS = ("alpha", "auto", "auto", "auto", "plain", "photo", "none", "mask")
FACES = (500, 1000, 4000, 12_000, 30_000, 60_000)
VALIDATED = 20  # one case in so many is shown to the Khronos validator, and made a second time
SENTENCES = (
    "No object was found in the picture",
    "The mask (",
    "The mask is black",
    "The mask is white",
    "The object in the picture is too thin",
    "The object is too thin",
    "The picture has no transparent background",
    "The picture has one colour only",
    "The picture has only",
    "The picture is wholly transparent",
)


def letters(random: np.random.Generator, height: int, width: int) -> np.ndarray:
    """Return words in one colour on another, or on clouds."""
    page = clouds(random, height, width) if random.random() < 0.2 else np.full((height, width, 3), 255)
    image = Image.fromarray(np.clip(page, 0, 255).astype(np.uint8))
    words = "".join(random.choice(list("AB8&gåß%*Q.:i=")) for _ in range(int(random.integers(1, 6))))
    font = ImageFont.load_default(size=int(random.integers(8, max(9, height))))
    ink = tuple(int(value) for value in random.integers(0, 200, 3))
    ImageDraw.Draw(image).text((width // 10, 0), words, fill=ink, font=font)
    return np.asarray(image).astype(int)


def picture(random: np.random.Generator) -> tuple[str, Image.Image]:
    """Return the kind of a random picture and the picture: with or without transparency, of any size and mode."""
    number = int(random.integers(len(PICTURES) + len(SHAPES) + 2))
    height, width = _size(random)
    if number < len(SHAPES):
        alpha = random_shape(random, SHAPES[number])
        colour = clouds(random, *alpha.shape)
        pixels, name = np.dstack([colour, alpha * 255]), SHAPES[number]
    elif number < len(SHAPES) + len(PICTURES):
        kind = PICTURES[number - len(SHAPES)]
        pixels, name = kind(random, height, width), kind.__name__
    else:
        pixels, name = letters(random, height, width), "letters"
    image = Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))
    if random.random() < 0.02:
        image = image.crop((0, 0, int(random.integers(1, 4)), int(random.integers(1, 4))))
    if random.random() < 0.1:
        image = image.convert(str(random.choice(["L", "P", "1", "LA"])))
    return name, image


def _size(random: np.random.Generator) -> tuple[int, int]:
    if random.random() < 0.15:
        return int(random.integers(3, 16)), int(random.integers(3, 600))
    if random.random() < 0.2:
        return int(random.integers(300, 1100)), int(random.integers(300, 1100))
    return int(random.integers(16, 300)), int(random.integers(16, 300))


def options(random: np.random.Generator, image: Image.Image, folder: Path) -> dict[str, Any]:
    """Return random options in the provider's own ranges."""
    chosen = {
        **random_options(random),
        "mode": str(random.choice(MODES)),
        "faces": int(random.choice(FACES, p=[0.3, 0.2, 0.2, 0.15, 0.1, 0.05])),
        "texture_size": int(random.choice([512, 512, 1024])),
        "background": str(random.choice(BACKGROUNDS[0 if "A" in image.mode else 1 :])),
        "holes": str(random.choice(["auto", "all", "none"])),
        "outline_px": float(random.uniform(1, 60)),
    }
    if chosen["background"] == "mask":
        width, height = image.size if random.random() < 0.9 else (64, 9)
        shape = blobs(random, height, width)[..., 0] > 127
        Image.fromarray(shape.astype(np.uint8) * 255).save(folder / "mask.png")
        chosen["mask"] = str(folder / "mask.png")
    return chosen


def attempt(seed: int) -> tuple[int, str, str]:
    """Return the seed, what became of it ("solid" or a sentence), and the story of a failure, empty if none."""
    random = np.random.default_rng([seed])
    with tempfile.TemporaryDirectory(prefix="img3d-fuzz-") as name:
        folder = Path(name)
        kind, image = picture(random)
        chosen = options(random, image, folder)
        image.save(folder / "picture.png")
        try:
            return seed, _outcome(folder, chosen, closer=seed % VALIDATED == 0), ""
        except Exception:  # whatever it is, it is what this program looks for
            about = f"{kind}, {image.size[0]} x {image.size[1]} {image.mode}, {chosen}"
            return seed, "FAILED", f"{about}\n{traceback.format_exc()}"


def _outcome(folder: Path, chosen: dict[str, Any], *, closer: bool) -> str:
    declared = {param.name for param in Offline.params}
    assert set(chosen) <= declared, f"not declared: {set(chosen) - declared}"
    try:
        result = reconstruct(folder / "picture.png", Options(**chosen))
    except NoObject as refused:
        assert refused.advice.endswith("."), refused.advice
        known = next((start for start in SENTENCES if refused.message.startswith(start)), "")
        assert known, f"an unknown sentence: {refused.message}"
        return known
    assert_solid(result.triangles, result.points)
    judge(result.glb)
    if closer:
        assert reconstruct(folder / "picture.png", Options(**chosen)).glb == result.glb, "other bytes the second time"
    if closer and "IMG3D_GLTF_VALIDATOR" in os.environ:
        (folder / "model.glb").write_bytes(result.glb)
        issues = validate(folder / "model.glb")["issues"]
        assert not issues["numErrors"], issues
        assert not issues["numWarnings"], issues
    return "solid"


def judge(data: bytes) -> None:
    """Check a file of the generator: sound, closed after a weld, coordinates inside the picture."""
    glb = Glb(data)
    assert_solid(*glb.welded())
    for values in (glb.points, glb.normals, glb.uv):
        assert np.isfinite(values).all(), "a number is not finite"
    assert glb.triangles.max() == len(glb.points) - 1, "an index beside the vertices, or a vertex of no face"
    assert np.abs(np.linalg.norm(glb.normals, axis=1) - 1).max() < 1e-3, "a normal is not of length 1"
    assert glb.uv.min() >= 0, "a texture coordinate beside the picture"
    assert glb.uv.max() <= 1, "a texture coordinate beside the picture"
    assert np.ptp(glb.points, axis=0).max() < 1 + 1e-4, "larger than a metre"
    for accessor in glb.document["accessors"]:
        assert glb.document["bufferViews"][accessor["bufferView"]]["byteOffset"] % 4 == 0, "not aligned"
    place = next(one for one in glb.document["accessors"] if "min" in one)
    assert np.array_equal(np.float32(place["min"]), glb.points.min(axis=0)), "another bound than it says"
    assert np.array_equal(np.float32(place["max"]), glb.points.max(axis=0)), "another bound than it says"
    assert min(glb.picture().shape[:2]) > 1, "no texture"
    assert {"img3d_proj_u", "img3d_proj_v", "img3d_back_offset"} <= set(glb.extras), "no projection"


def main(words: list[str]) -> int:
    """Run the seeds, two at a time on two processors, until all are done or the time is over."""
    parser = argparse.ArgumentParser(prog="build.py fuzz", description="Random pictures through the offline generator.")
    parser.add_argument("--seed", type=int, default=0, help="the first seed (default: %(default)s)")
    parser.add_argument("--count", type=int, default=600, help="how many (default: %(default)s)")
    parser.add_argument("--seconds", type=float, default=200.0, help="stop after this time (default: %(default)s)")
    args = parser.parse_args(words)
    end = time.monotonic() + args.seconds
    done: collections.Counter[str] = collections.Counter()
    with multiprocessing.get_context("spawn").Pool(min(os.cpu_count() or 1, args.count)) as pool:
        for seed, outcome, story in pool.imap_unordered(attempt, range(args.seed, args.seed + args.count)):
            done[outcome] += 1
            if story:
                _say(f"\nseed {seed} failed; again with: build.py fuzz --seed {seed} --count 1\n{story}")
            if time.monotonic() > end:
                break
    return report(done, wanted=args.count)


def report(done: collections.Counter[str], *, wanted: int) -> int:
    """Print what became of the pictures; 0 when none failed."""
    for outcome, number in done.most_common():
        _say(f"{number:5}  {outcome}")
    short = "" if done.total() == wanted else f" of {wanted}: the time was over"
    _say(f"{done.total()} pictures{short}, {done['FAILED']} failed")
    return 1 if done["FAILED"] or not done["solid"] else 0


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
