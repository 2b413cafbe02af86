# SPDX-License-Identifier: GPL-3.0-or-later
"""A picture from the clipboard: an image, paths of files, or an address."""

from __future__ import annotations

import io
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import bpy
from bpy.types import Operator

from ...core.errors import BadInput, Img3dError, Offline
from ...core.http.picture import fetch_picture, is_address, name_in
from ...core.jobs.control import Control
from ...core.packages import need
from .. import session
from ..translations import text
from . import background, choosing, several

__all__ = ["CLASSES", "paths_in"]

_NOTHING = "There is no picture on the clipboard, nor the path or address of one"
_ADVICE = "Copy an image, an image file or an image's address, and paste again."
_LONGEST = 32_000_000  # characters; a text may be a `data:` address


class IMG3D_OT_paste_picture(Operator):
    """What is on the clipboard."""

    bl_idname = "img3d.paste_picture"
    bl_label = "Clipboard"
    bl_description = "Use what was copied: an image, an image file, its path, or the address of an image on the web"
    bl_options = {"UNDO", "INTERNAL"}

    def execute(self, context: Any) -> set[Any]:
        """Take it: files at once, anything else when it is there."""
        copied = context.window_manager.clipboard.strip()
        try:
            return self._taken(context, copied)
        except Img3dError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}

    def _taken(self, context: Any, copied: str) -> set[Any]:
        if len(copied) <= _LONGEST and is_address(copied):
            return _begun(context, _fetching(copied), words=text("Fetching the picture..."), name=name_in(copied))
        paths = paths_in(copied)
        if len(paths) > 1:
            return several.ask(paths)
        if paths:
            choosing.choose(context.scene, choosing.load(paths[0]))
            return {"FINISHED"}
        return _begun(context, _pasted, words=text("Pasting the picture..."), name="clipboard")


CLASSES = (IMG3D_OT_paste_picture,)


def paths_in(copied: str) -> list[Path]:
    """Return the files that a copied text names, one a line, as paths or `file:` addresses; none if any is no file."""
    lines = [line.strip().strip("\"'") for line in copied.splitlines() if line.strip()]
    paths = [_path(line) for line in lines[:1000]]
    return [path for path in paths if path] if paths and all(paths) else []


def _path(line: str) -> Path | None:
    if line.lower().startswith("file://"):
        address = unquote(urlsplit(line).path)
        line = address[1:] if address[2:3] == ":" else address  # /C:/pictures/chair.png
    if not line or len(line) > 4096:
        return None
    try:
        path = Path(bpy.path.abspath(line)).expanduser()
        return path if path.is_absolute() and path.is_file() else None
    except (OSError, ValueError, RuntimeError):
        return None


def _begun(context: Any, work: Callable[[Control], Path], *, words: str, name: str) -> set[Any]:
    if bpy.app.background:
        choosing.choose(context.scene, background.wait_for(work, name=name))
    else:
        background.begin(context.scene, work, words=words, name=name)
        return {"INTERFACE"}  # taking it will be the undo step
    return {"FINISHED"}


def _fetching(address: str) -> Callable[[Control], Path]:
    """Return what fetches a picture; `Offline` at once where that is not allowed."""
    settings = session.settings()
    if not settings.online and not address.lower().startswith("data:"):
        raise Offline("The address on the clipboard needs the network", advice=settings.offline_advice)
    folder = session.scratch_folder()

    def fetch(control: Control) -> Path:
        from ...core.files import images

        path = fetch_picture(address, _fresh(folder), settings=settings, control=control)
        kind = images.inspect(path).format.lower()
        return path.replace(path.with_suffix(f".{kind}"))

    return fetch


def _pasted(_control: Control) -> Path:
    """Write the image on the clipboard to a file. Pillow asks the system, on Linux by way of wl-paste or xclip."""
    need("PIL")
    from PIL import Image, ImageGrab

    try:
        found = ImageGrab.grabclipboard()
        if isinstance(found, Image.Image):
            found.load()  # what is damaged shows here
    except NotImplementedError:
        raise BadInput(
            "Images on the clipboard cannot be read here", advice="Install wl-clipboard or xclip, or save a file."
        ) from None
    except (OSError, ValueError, Image.DecompressionBombError) as error:
        raise BadInput(f"The image on the clipboard cannot be read ({error})", advice=_ADVICE) from None
    if isinstance(found, list):  # files that were copied in a file manager
        return _copied([path for path in map(_path, found) if path])
    if found is None:
        raise BadInput(_NOTHING, advice=_ADVICE)
    return _written(found)


def _copied(paths: list[Path]) -> Path:
    """Copy the first file as it is: its orientation, for one, would be lost in another."""
    from ...core.files import images

    if not paths:
        raise BadInput(_NOTHING, advice=_ADVICE)
    kind = images.inspect(paths[0]).format.lower()
    target = _fresh(session.scratch_folder()).with_suffix(f".{kind}")
    try:
        shutil.copyfile(paths[0], target)
    except OSError as error:
        raise BadInput(f"{paths[0]} cannot be copied ({error.strerror})", advice=_ADVICE) from error
    return target


def _written(image: Any) -> Path:
    from ...core.files.encode import write

    if image.mode not in ("RGB", "RGBA"):
        image = image.convert("RGBA" if image.has_transparency_data else "RGB")
    buffer = io.BytesIO()
    image.save(buffer, "PNG", compress_level=1)
    path = _fresh(session.scratch_folder()).with_suffix(".png")
    write(path, buffer.getvalue())
    return path


def _fresh(folder: Path) -> Path:
    """Return a new name for a file in a folder."""
    import uuid

    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"clipboard-{uuid.uuid4().hex[:12]}"
