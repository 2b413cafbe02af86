# SPDX-License-Identifier: GPL-3.0-or-later
"""Look at a picture and repair it before money is spent, with the eyes of the generator. No bpy.

The work is done in a child process, so that Blender's window goes on; where none can be started, in this one.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Generator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...core.errors import BadInput
from ...core.files.remarks import Seen
from ...core.helper.process import last_line
from ...core.helper.python import Ended, asked
from ...core.values import ImageLimits

if TYPE_CHECKING:
    from PIL.Image import Image

    from .silhouette.mask import Mask

__all__ = ["look", "mend", "run"]

_MODULE = "providers.offline.looking"
_LIBRARIES = ("numpy", "PIL.Image")
_SIDE = 1024  # pixels at which the outline of an object is found
_OPAQUE = 250  # of 255: alpha from which on nothing is seen through
_SEEN_THROUGH = 0.001  # share of the pixels from which on a picture counts as transparent
_LEAST = 16  # of 255: alpha from which on something is seen


def look(source: Path, *, check: Callable[[], None]) -> Seen:
    """Return what there is to be seen in a picture file; `BadInput` when it cannot be used.

    `check` is called ten times a second and ends the work by raising. Takes a second or two, in any thread.
    """
    answer: dict[str, Any] = _answer({"do": "look", "source": str(source)}, check)
    if answer["box"]:
        answer["box"] = tuple(answer["box"])  # JSON has lists
    return Seen(**answer)


def mend(source: Path, repair: str, *, target: Path, limits: ImageLimits, check: Callable[[], None]) -> Path:
    """Write a repaired copy of a picture, see `remarks.REPAIRS`; return `target` with the suffix of what it is.

    `BadInput` when the repair cannot be made.
    """
    request = {"do": repair, "source": str(source), "target": str(target), "limits": asdict(limits)}
    return Path(_answer(request, check)["path"])


def run(request: Mapping[str, Any]) -> Generator[tuple[float, str], None, dict[str, Any]]:
    """Do the child's part of the work."""
    from ...core.files import images

    yield 0.0, "looking"
    images.allow_pixels(request["most"])
    return _done(request)


def _answer(request: dict[str, Any], check: Callable[[], None]) -> dict[str, Any]:
    from ...core.files import images

    source = Path(request["source"])
    images.inspect(source)  # what cannot be read at all needs no child
    steps = asked(_MODULE, {**request, "most": images.most_pixels()}, libraries=_LIBRARIES)
    try:
        while True:
            check()
            next(steps)
    except StopIteration as end:
        return _done(request) if end.value is None else end.value
    except Ended as end:
        said = last_line(end.words)
        raise BadInput(f"{source.name} could not be looked at (status {end.status}: {said})") from None
    finally:
        steps.close()


def _done(request: Mapping[str, Any]) -> dict[str, Any]:
    source = Path(request["source"])
    if request["do"] == "look":
        return asdict(_look(source))
    given: dict[str, Any] = {**request["limits"], "formats": tuple(request["limits"]["formats"])}
    limits = ImageLimits(**given)
    return {"path": str(_mend(source, request["do"], target=Path(request["target"]), limits=limits))}


def _look(source: Path) -> Seen:
    from ...core.files import images

    facts = images.inspect(source)
    image = images.decoded(source)
    images.judge(image, source)
    transparent = _is_transparent(image)
    box, how, cut = (_by_alpha(image), "alpha", False) if transparent else _by_colour(image)
    return Seen(
        width=facts.width,
        height=facts.height,
        format=facts.format,
        size=facts.size,
        animated=facts.animated,
        transparent=transparent,
        how=how,
        box=box,
        cut=cut,
    )


def _mend(source: Path, repair: str, *, target: Path, limits: ImageLimits) -> Path:
    from ...core.files import images
    from ...core.files.encode import write
    from ...core.files.repair import content, cropped, padded

    image = images.decoded(source)
    if repair == "crop":
        image = cropped(image, _box_of(image, source))
    elif repair == "pad":
        image = padded(image)
    elif repair == "cut_out":
        image = _cut_out(image, source)
    data, kind = content(image, limits if repair == "shrink" else None, name=source.name)
    path = target.with_suffix(f".{'jpg' if kind == 'jpeg' else kind}")
    write(path, data)
    return path


def _is_transparent(image: Image) -> bool:
    if image.mode != "RGBA":
        return False
    opaque = sum(image.getchannel("A").histogram()[_OPAQUE:])
    return opaque < (1 - _SEEN_THROUGH) * image.width * image.height


def _by_alpha(image: Image) -> tuple[float, float, float, float] | None:
    found = image.getchannel("A").point([0] * _LEAST + [255] * (256 - _LEAST)).getbbox()
    if found is None:
        return None
    width, height = image.size
    return found[0] / width, found[1] / height, found[2] / width, found[3] / height


def _by_colour(image: Image) -> tuple[tuple[float, float, float, float] | None, str, bool]:
    """Return the box of an object, how it was found, and whether it runs out of the picture."""
    from .silhouette.crop import find_cuts
    from .silhouette.errors import NoObject

    try:
        mask = _mask_of(image.convert("RGB"), 0)
    except NoObject:
        return None, "", False
    return _box(mask), mask.method, mask.method == "plain" and bool(find_cuts(mask.inside))


def _box_of(image: Image, source: Path) -> tuple[float, float, float, float]:
    box = _by_alpha(image) if _is_transparent(image) else _by_colour(image)[0]
    if box is None:
        raise BadInput(f"No object was found in {source.name}", advice="Crop it by hand, or choose another picture.")
    return box


def _box(mask: Mask) -> tuple[float, float, float, float]:
    height, width = mask.inside.shape
    rows, columns = mask.inside.any(1).nonzero()[0], mask.inside.any(0).nonzero()[0]
    return (
        float(columns[0] / width),
        float(rows[0] / height),
        float((columns[-1] + 1) / width),
        float((rows[-1] + 1) / height),
    )


def _mask_of(image: Image, side: int) -> Mask:
    """Find the object in an opaque picture, at its analysis size, or with up to `side` pixels on a plain background."""
    import numpy as np

    from .silhouette.mask import find_mask
    from .silhouette.picture import Source, open_picture

    if side:
        small = image.copy()
        small.thumbnail((side, side), reducing_gap=3.0)
        source = Source(full=small, colour=np.asarray(small), alpha=None, scale=(1.0, 1.0), texel=0.0)
        return find_mask(source, background="plain", holes="auto")
    with tempfile.TemporaryDirectory(prefix="img3d-") as folder:
        path = Path(folder) / "picture.png"
        image.save(path, compress_level=1)
        return find_mask(open_picture(path), background="auto", holes="auto")


def _cut_out(image: Image, source: Path) -> Image:
    """Return the picture with a transparent background; the colours of the edge are those of the object."""
    import numpy as np
    from PIL import Image as Pillow

    from .silhouette.errors import NoObject
    from .silhouette.regions import erode
    from .silhouette.smoothing import pull_push

    image = image.convert("RGB")
    try:
        mask = _mask_of(image, _SIDE)
    except NoObject as error:
        raise BadInput(f"No object was found in {source.name}: {error.message}", advice=error.advice) from None
    height, width = mask.inside.shape
    small = np.asarray(image.resize((width, height), Pillow.Resampling.BOX)).astype(np.float32)
    own = pull_push(small, erode(mask.inside, 3).astype(np.float32))
    own = Pillow.fromarray(np.clip(own + 0.5, 0, 255).astype(np.uint8)).resize(image.size, Pillow.Resampling.BICUBIC)
    alpha = Pillow.fromarray((mask.alpha * 255 + 0.5).astype(np.uint8)).resize(image.size, Pillow.Resampling.BICUBIC)
    sure = Pillow.fromarray(erode(mask.inside, 3)).convert("L").resize(image.size, Pillow.Resampling.BILINEAR)
    image = Pillow.composite(image, own, sure)
    image.putalpha(alpha)
    nothing = Pillow.new("RGBA", image.size)  # Blender's previews show colours of what is transparent
    return Pillow.composite(image, nothing, alpha.point([0] + [255] * 255))
