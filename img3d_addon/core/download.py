# SPDX-License-Identifier: GPL-3.0-or-later
"""Fetch a finished model from the addresses that a service gave. No bpy."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .api import Api

__all__ = ["MOST_BYTES", "Downloading", "fetch"]

MOST_BYTES = 1 << 30


@dataclass(frozen=True)
class Downloading:
    """So many bytes are on disk; `total` is None while the service does not say."""

    done: int
    total: int | None = None


def fetch(
    urls: Sequence[str], *, api: Api, folder: Path, name: str = "model", most_bytes: int = MOST_BYTES
) -> Generator[Downloading, None, Path]:
    """Fetch the first of `urls` that delivers into `folder/name.<kind>`, yielding progress; return the file."""
    raise NotImplementedError
    yield Downloading(0)
