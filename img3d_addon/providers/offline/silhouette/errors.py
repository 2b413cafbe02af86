# SPDX-License-Identifier: GPL-3.0-or-later
"""What this package raises when a picture cannot become an object. No bpy."""

from __future__ import annotations

__all__ = ["NoObject"]


class NoObject(Exception):  # noqa: N818 - it names what is missing
    """There is no object to rebuild: `message` says why, `advice` what to do next."""

    def __init__(self, message: str, advice: str) -> None:
        super().__init__(message)
        self.message = message
        self.advice = advice
