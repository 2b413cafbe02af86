# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a path that the user gave names a file at all. No bpy."""

from __future__ import annotations

import stat
from pathlib import Path

from ..errors import BadInput

__all__ = ["check_file"]


def check_file(source: Path) -> None:
    """Raise `BadInput` when `source` is no file that may hold a picture; nothing is opened, so a pipe blocks nobody."""
    try:
        found = source.stat()
    except (FileNotFoundError, NotADirectoryError, ValueError):  # ValueError: a NUL in the name
        raise BadInput(f"There is no picture {source}", advice="Check the path.") from None
    except OSError as error:
        raise BadInput(f"The picture {source} cannot be read ({error.strerror})", advice="Check the path.") from error
    if stat.S_ISDIR(found.st_mode):
        raise BadInput(f"{source} is a folder, not a picture", advice="Choose a picture file.")
    if not stat.S_ISREG(found.st_mode):
        raise BadInput(f"{source} is a device or a pipe, not a picture", advice="Choose a picture file.")
    if not found.st_size:
        raise BadInput(f"The picture {source} is empty: it has no bytes", advice="Choose another, or save it again.")
