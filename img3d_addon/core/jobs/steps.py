# SPDX-License-Identifier: GPL-3.0-or-later
"""The steps of a job that is under way, as `run` yields them, and what a run needs. No bpy."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from ..http.api import Api
from ..http.download import Downloading, fetch
from ..provider import Provider
from ..values import Model, Running, Task

__all__ = ["Delivered", "Downloading", "Fetched", "Held", "Means", "Step", "Submitted", "Submitting", "Uploading"]


@dataclass(frozen=True)
class Uploading:
    """The picture is on its way, which costs nothing and may be repeated; `message` tells of trouble."""

    message: str = ""


@dataclass(frozen=True)
class Submitting:
    """The submit goes out when the next step is asked for."""


@dataclass(frozen=True)
class Held:
    """The submit was surely not taken and is sent again after `seconds`; until then nothing is under way."""

    seconds: float
    message: str


@dataclass(frozen=True)
class Submitted:
    """The service knows the job as `task`; also for each further stage."""

    task: Task


@dataclass(frozen=True)
class Delivered:
    """The service has the model ready; nothing is downloaded yet."""

    model: Model


@dataclass(frozen=True)
class Fetched:
    """The file is here, whole and of a kind that can be imported; `original` is what was downloaded."""

    path: Path
    kind: str
    model: Model
    original: Path


Step = Uploading | Submitting | Held | Submitted | Running | Delivered | Downloading | Fetched


class Fetch(Protocol):
    """`download.fetch`, or a test's stand-in."""

    def __call__(self, urls: Sequence[str], *, api: Api, folder: Path) -> Generator[Downloading, None, Path]: ...


@dataclass(frozen=True, kw_only=True)
class Means:
    """What a run needs of its surroundings; `sleep` raises when the job is stopped, `clock` counts seconds."""

    provider: Provider
    api: Api
    folder: Path
    sleep: Callable[[float], None]
    clock: Callable[[], float] = time.monotonic
    jitter: Callable[[], float] = random.random
    fetch: Fetch = fetch
