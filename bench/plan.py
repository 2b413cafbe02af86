# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run of the benchmarks is asked for."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

__all__ = ["Plan"]


@dataclass(frozen=True, kw_only=True)
class Plan:
    """`goals` are those wanted, `sizes` names of `models.SIZES`, `blender` is a line such as "5.2"."""

    goals: Collection[str]
    sizes: Collection[str]
    pairs: int
    quick: bool
    blender: str
