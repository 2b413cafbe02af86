# SPDX-License-Identifier: GPL-3.0-or-later
"""What makes two rows the same work: the bytes of the picture, the provider and the settings. No bpy."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import BadInput, OutputError
from ..files.given import check_file
from ..jobs.library import sha256_of
from ..params import File
from ..provider import Provider
from .rows import Row

__all__ = ["Digests", "Keys"]


@dataclass(frozen=True)
class Keys:
    """`job` names what is paid for, `file` what is written from it: other post-processing needs no other job."""

    job: str
    file: str


class Digests:
    """Digests of files by path, size and time of change, so that a resumed batch need not read every picture."""

    def __init__(self, known: Mapping[str, tuple[int, int, str]] | None = None) -> None:
        self._known = dict(known or {})
        self._changes: dict[tuple[int, int], tuple[dict[str, Any], str]] = {}
        self.fresh: dict[str, tuple[int, int, str]] = {}

    def of(self, path: Path) -> str:
        """Return the SHA-256 of a file; `BadInput` when it cannot be read."""
        check_file(path)
        found = path.stat()
        known = self._known.get(str(path))
        if known is not None and known[:2] == (found.st_size, found.st_mtime_ns):
            return known[2]
        try:
            digest = sha256_of(path)
        except OutputError as error:
            raise BadInput(f"The picture {error.message}", advice="Check the file and its permissions.") from error
        self._known[str(path)] = self.fresh[str(path)] = (found.st_size, found.st_mtime_ns, digest)
        return digest

    def keys(self, row: Row, provider: Provider, *, after_defaults: Mapping[str, Any]) -> Keys:
        """Return the keys of a checked row; values at their default do not count, so that new options change none."""
        params, after = self._changed(row, provider, after_defaults)
        files = {
            param.name: self.of(Path(params[param.name]))
            for param in provider.params
            if isinstance(param, File) and params.get(param.name)
        }
        job = _digest([self.of(row.picture), row.provider, {**params, **files}])
        return Keys(job, _digest([job, row.file.suffix.lower(), after]))

    def _changed(self, row: Row, provider: Provider, after_defaults: Mapping[str, Any]) -> tuple[dict[str, Any], str]:
        """Return what is not at its default; rows with the same settings have the same objects, which outlive us."""
        which = (id(row.params), id(row.after))
        if which not in self._changes:
            defaults = {param.name: param.default for param in provider.params}
            after = _digest(_changed(row.after, after_defaults))
            self._changes[which] = (_changed(row.params, defaults), after)
        return self._changes[which]


def _changed(values: Mapping[str, Any], defaults: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value != defaults.get(name, object())}


def _digest(value: Any) -> str:
    text = json.dumps(value, sort_keys=True, ensure_ascii=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:32]
