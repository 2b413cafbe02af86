# SPDX-License-Identifier: GPL-3.0-or-later
"""P9: how much memory a large download takes, and a large upload as a form and as base64 in JSON."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from .child import ask
from .judging import Measured
from .plan import Plan
from .store import a_store
from .system import peak_memory

__all__ = ["GOALS", "measure"]

GOALS = ("P9",)
SMALL, LARGE = 2_000_000, 200_000_000  # bytes; what the first one loads and fills is no matter of size
WAYS = ("download", "upload as form", "upload as base64")


def measure(plan: Plan) -> Iterator[Measured]:
    """Move the file each way in a new process."""
    with a_store() as url:
        for way in WAYS:
            samples = [ask("transfer.sample", url=url, way=way) for _ in range(min(3, plan.pairs))]
            yield Measured(goal="P9", what="extra peak memory", case=f"200 MB {way}", most=8.0, unit="MB", a=samples)


def sample(*, url: str, way: str, folder: str) -> float:
    """Return by how many megabytes the peak of this process grows from a small file to a large one."""
    from img3d_addon.core.http.api import Api
    from img3d_addon.core.settings import Settings
    from img3d_addon.providers import load

    home = Path(folder)
    provider = load()["hunyuan3d_local"]
    settings = Settings(home=home, online=True, base_urls={provider.vendor: url})
    with closing(Api(provider, settings, account={}, folder=home / "job")) as api:
        _move(api, way, SMALL, home)
        before = peak_memory()
        _move(api, way, LARGE, home)
        return (peak_memory() - before) / 1e6


def _move(api, way: str, size: int, home: Path) -> None:
    from img3d_addon.core.http.api import Base64File, FilePart
    from img3d_addon.core.http.download import fetch

    if way == "download":
        for _progress in fetch([f"{api.base_url}/{size}"], api=api, folder=home / "job", name=str(size)):
            pass
        return
    path = home / "upload.bin"
    with path.open("wb") as file:
        os.truncate(file.fileno(), size)
    if way == "upload as form":
        api.post("/form", form={"seed": "1"}, files={"image": FilePart(path=path, filename="a.png", mime="image/png")})
    else:
        api.post("/json", json={"image": Base64File(path)})
