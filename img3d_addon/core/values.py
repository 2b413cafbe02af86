# SPDX-License-Identifier: GPL-3.0-or-later
"""The plain values that flow between fronts, core and providers. No bpy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .files.pixels import Pixels

__all__ = ["Balance", "ImageLimits", "Model", "Order", "Picture", "Price", "Running", "Task"]


@dataclass(frozen=True, kw_only=True)
class ImageLimits:
    """What a service takes; 0 means no limit. Sides in pixels, sizes in bytes, aspect = width / height."""

    formats: tuple[str, ...] = ("png", "jpeg", "webp")
    min_side: int = 0
    max_side: int = 0
    max_pixels: int = 0
    max_bytes: int = 0
    min_aspect: float = 0.0
    max_aspect: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A prepared picture on disk: upright, 8 bit, within the limits of its provider.

    `remote` is what the provider's `upload` returned, such as an asset id or an address.
    """

    path: Path
    name: str
    mime: str
    width: int
    height: int
    has_alpha: bool
    sha256: str
    size: int
    remote: str = field(default="", repr=False)


@dataclass(frozen=True)
class Task:
    """The thing on the service's server. JSON values only, never a key: it is written to the journal.

    `wait` is the number of seconds before it is worth asking for the first time; 0: the provider's `poll_every`.
    """

    id: str
    data: Mapping[str, Any] = field(default_factory=dict[str, Any])
    wait: float = 0.0


@dataclass(frozen=True)
class Running:
    """Still at work: `fraction` 0..1 when the service reports it, `eta` in seconds, `position` in its queue."""

    fraction: float | None = None
    message: str = ""
    eta: float | None = None
    position: int | None = None


@dataclass(frozen=True, kw_only=True)
class Price:
    """Cost in the service's own `unit` ("credits", "USD"); `usd` where it is known."""

    amount: float
    unit: str
    usd: float | None = None
    note: str = ""

    def __str__(self) -> str:
        text = f"{self.amount:g} {self.unit}"
        return f"{text} ({self.usd:.2f} USD)" if self.usd is not None and self.unit != "USD" else text


@dataclass(frozen=True, kw_only=True)
class Balance:
    """What is left on the account, in the service's own unit."""

    amount: float
    unit: str
    note: str = ""

    def __str__(self) -> str:
        return f"{self.amount:g} {self.unit}"


@dataclass(frozen=True, kw_only=True)
class Model:
    """The finished model: at one of `urls` (tried in order) or already on disk at `path`.

    `beside` are addresses of files that belong to it, such as an OBJ's material and texture, by their names.
    """

    urls: tuple[str, ...] = ()
    path: Path | None = None
    beside: Mapping[str, str] = field(default_factory=dict[str, str])
    cost: Price | None = None
    seed: int | None = None
    facts: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, kw_only=True)
class Order:
    """What a front asks for. `after` are the front's own JSON options for import and post-processing.

    With `pixels`, `image` is no file yet: they are written there before the job is.
    """

    provider: str
    image: Path
    params: Mapping[str, Any] = field(default_factory=dict[str, Any])
    name: str = ""
    after: Mapping[str, Any] = field(default_factory=dict[str, Any])
    account: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)  # explicit keys, never stored
    pixels: Pixels | None = field(default=None, repr=False)
