# SPDX-License-Identifier: GPL-3.0-or-later
"""What all runs of an engine share. No bpy."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from ..http.api import Api
from .journal import Journal
from .library import Library
from .tickets import Ticket

__all__ = ["Context"]


@dataclass(frozen=True, kw_only=True)
class Context:
    """Journal, library, and `connect`, which makes a client for a ticket; `clock` counts seconds."""

    journal: Journal
    library: Library
    connect: Callable[[Ticket], Api]
    clock: Callable[[], float] = time.monotonic
