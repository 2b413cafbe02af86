# SPDX-License-Identifier: GPL-3.0-or-later
"""Files that parameters name: the job keeps its own copy, so that it can be resumed without the user's. No bpy."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from ..files.apart import prepare_beside
from ..params import File
from ..provider import Provider

__all__ = ["are_kept", "keep", "kept"]


def keep(params: Mapping[str, Any], provider: Provider, *, folder: Path, check: Callable[[], None]) -> None:
    """Write a prepared copy of each named file into the job's `folder`; raises as `apart.prepare` does."""
    for name, path in _copies(params, provider, folder):
        prepare_beside(Path(params[name]), provider.image, path=path, check=check)


def are_kept(params: Mapping[str, Any], provider: Provider, *, folder: Path) -> bool:
    """Tell whether the copies are all there."""
    return all(path.is_file() for _name, path in _copies(params, provider, folder))


def kept(params: Mapping[str, Any], provider: Provider, *, folder: Path) -> dict[str, Any]:
    """Return `params` with the paths of the copies; the job itself goes on naming the user's files."""
    return {**params, **{name: str(path) for name, path in _copies(params, provider, folder)}}


def _copies(params: Mapping[str, Any], provider: Provider, folder: Path) -> Iterator[tuple[str, Path]]:
    for param in provider.params:
        if isinstance(param, File) and params.get(param.name):
            yield param.name, folder / f"given-{param.name}.png"
