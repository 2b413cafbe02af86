# SPDX-License-Identifier: GPL-3.0-or-later
"""A picture of the .blend as a file on disk, the artist's datablock left as it is."""

from __future__ import annotations

import itertools
import mmap
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import bpy
from bpy.types import Image, Scene

from ..core.errors import BadInput, OutputError
from ..core.files.pixels import Pixels, write
from . import saving
from .names import datablock_name

__all__ = ["Taken", "key_of", "missing", "name_of", "read_by_blender", "picture_file", "take"]

# What Pillow does not read, or reads without a view of its high range: Blender converts these.
_CONVERTED = {".exr", ".hdr", ".dpx", ".cin", ".psd", ".jp2", ".j2c"}
_SUFFIX = re.compile(
    r"\.(avif|bmp|cin|dpx|exr|gif|hdr|j2c|jp2|jpeg|jpg|png|psd|tga|tiff?|webp)(\.\d{3,})?$", re.IGNORECASE
)
_SEVERAL = {"MOVIE": "a movie", "SEQUENCE": "an image sequence", "TILED": "a set of UDIM tiles"}


def missing(image: Image | None) -> str:
    """Say in a sentence why this cannot be sent, or return an empty text. Reads no pixels: fit for `draw`."""
    if image is None:
        return "Choose a picture first"
    if image.source in _SEVERAL:
        return f"{image.name} is {_SEVERAL[image.source]}; choose a single picture"
    return ""


def key_of(image: Image) -> tuple[Any, ...]:
    """Return what changes when there is something else to be seen in an image. Loads no file: fit for `draw`."""
    packed: Any = image.packed_file
    in_memory = image.source != "FILE" or image.is_dirty
    return (
        image.session_uid,
        image.source,
        image.filepath_raw,
        packed.size if packed else 0,
        image.is_dirty,
        tuple(image.size) if in_memory and image.has_data else (),  # else asking for it would load it
    )


def read_by_blender(image: Any) -> int:
    """Return the bytes of a file that only Blender itself reads, on the main thread; 0 for any other, or none."""
    if image.source != "FILE" or Path(image.filepath_raw).suffix.lower() not in _CONVERTED:
        return 0
    if image.packed_file is not None:
        return image.packed_file.size
    try:
        return Path(bpy.path.abspath(image.filepath_raw, library=image.library)).stat().st_size
    except OSError:
        return 0


def name_of(image: Image) -> str:
    """Return what the object shall be called: the picture's name without the suffix of a file."""
    return _SUFFIX.sub("", image.name) or image.name


@dataclass(frozen=True)
class Taken:
    """A picture that is at `path`, or will be there when its `pixels` are written; `own`: the file is nobody else's."""

    path: Path
    pixels: Pixels | None = None
    own: bool = True

    def file(self) -> Path:
        """Return the path of the file, written now if need be; `OutputError` when it cannot be. In any thread."""
        if self.pixels is not None:
            write(self.pixels, self.path)
        return self.path


def picture_file(image: Any, scene: Scene, folder: Path) -> Path:
    """Return a file with what the artist sees in `image`, see `take`; waits until it is written."""
    return take(image, scene, folder).file()


def take(image: Any, scene: Scene, folder: Path) -> Taken:
    """Return what the artist sees in `image`: its own file when that is up to date, else one to be made in `folder`.

    `BadInput` when there is no single picture. Called on the main thread, which only reads the pixels where it can.
    """
    if reason := missing(image):
        raise BadInput(reason)
    if image.source == "FILE" and not image.is_dirty:
        if image.packed_file is not None:
            return _unpacked(image, folder)
        path = Path(bpy.path.abspath(image.filepath_raw, library=image.library))
        if not path.is_file():
            raise BadInput(f"The file of {image.name} is not there: {path}", advice="Find it again, or choose another.")
        if path.suffix.lower() not in _CONVERTED:
            return Taken(path, own=False)
    if image.source == "VIEWER":
        return Taken(_save_view(image, scene, _target(image, folder)))
    return _taken_pixels(image, folder)


def _target(image: Image, folder: Path, suffix: str = ".png") -> Path:
    """Return a new file, empty yet: a running job may still read an earlier one of the same name."""
    stem = datablock_name(name_of(image)).translate(str.maketrans('<>:"|?*', "-------"))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for number in itertools.count():
            path = folder / f"{stem}{f'-{number}' if number else ''}{suffix}"
            with suppress(FileExistsError):
                path.touch(exist_ok=False)
                return path
    except OSError as error:
        raise OutputError(f"{image.name} could not be written to {folder}: {error.strerror}") from error
    raise AssertionError


def _unpacked(image: Any, folder: Path) -> Taken:
    suffix = Path(image.filepath_raw).suffix.lower() or ".png"
    if suffix in _CONVERTED:
        return _taken_pixels(image, folder)
    target = _target(image, folder, suffix)
    try:
        target.write_bytes(image.packed_file.data)
    except OSError as error:
        raise OutputError(f"{image.name} could not be written to {target}: {error.strerror}") from error
    return Taken(target)


def _taken_pixels(image: Any, folder: Path) -> Taken:
    """Copy the pixels: saving the datablock itself would make it a file image without changes."""
    width, height = image.size
    if not width or not height:
        raise BadInput(f"{image.name} has no pixels", advice="Choose another picture.")
    values = _fresh(width * height * image.channels)
    image.pixels.foreach_get(values)
    target = _target(image, folder)
    rule = saving.rule_of(image, target)
    if rule is None:
        saving.save(image, values, target)
        return Taken(target)
    pixels = Pixels(width=width, height=height, channels=image.channels, values=values, rule=rule)
    return Taken(target, pixels)


def _fresh(count: int) -> memoryview[Any]:
    """Return room for floats that nobody fills first; most of the time goes into the system's handing out of pages."""
    ours: dict[str, int] = {}
    if hasattr(mmap, "MAP_PRIVATE"):  # not on Windows
        ours["flags"] = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS
    memory = mmap.mmap(-1, 4 * count, **ours)
    if hasattr(mmap, "MADV_HUGEPAGE"):
        with suppress(OSError):  # a kernel without them
            memory.madvise(mmap.MADV_HUGEPAGE)
    return memoryview(memory).cast("f")


def _save_view(image: Image, scene: Scene, target: Path) -> Path:
    """Save a render as the artist sees it, through the scene's view transform."""
    with _png_output(scene):
        try:
            image.save_render(str(target), scene=scene)
        except RuntimeError as error:
            target.unlink()
            raise BadInput(f"There is nothing in {image.name} yet", advice="Render first, or choose a file.") from error
    return target


@contextmanager
def _png_output(scene: Scene) -> Iterator[None]:
    settings = scene.render.image_settings
    wanted = {"media_type": "IMAGE", "file_format": "PNG", "color_mode": "RGBA", "color_depth": "8", "compression": 0}
    wanted = {name: value for name, value in wanted.items() if hasattr(settings, name)}
    before = {name: getattr(settings, name) for name in wanted}
    try:
        for name, value in wanted.items():
            setattr(settings, name, value)
        yield
    finally:
        for name, value in before.items():
            setattr(settings, name, value)
