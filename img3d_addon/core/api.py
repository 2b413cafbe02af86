# SPDX-License-Identifier: GPL-3.0-or-later
"""The HTTP client that is handed to providers. No bpy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .answer import Answer

if TYPE_CHECKING:
    from .errors import Img3dError
    from .provider import Provider
    from .settings import Settings

__all__ = ["Api", "FilePart"]


@dataclass(frozen=True, kw_only=True)
class FilePart:
    """A file in a multipart form; it is streamed from disk."""

    path: Path
    filename: str
    mime: str


class Api:
    """One provider's connection: base URL, headers, keys, time-outs, errors. One thread at a time; `abort` from any."""

    def __init__(
        self, provider: Provider, settings: Settings, *, account: Mapping[str, str], folder: Path | None = None
    ) -> None:
        self.provider = provider
        self.settings = settings
        self.folder = folder
        self._account = dict(account)

    def get(self, path: str, *, query: Mapping[str, str] | None = None) -> Answer:
        """GET `path`."""
        raise NotImplementedError

    def post(
        self,
        path: str,
        *,
        json: Any = None,
        form: Mapping[str, str] | None = None,
        files: Mapping[str, FilePart] | None = None,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """POST to `path`."""
        raise NotImplementedError

    def put(self, url: str, *, body: Path | bytes, headers: Mapping[str, str] | None = None) -> Answer:
        """PUT `body` to an absolute address of any host, without the provider's headers."""
        raise NotImplementedError

    def delete(self, path: str) -> Answer:
        """DELETE `path`."""
        raise NotImplementedError

    def key(self, name: str) -> str:
        """Return a declared account value."""
        return self._account[name]

    @property
    def cancelled(self) -> bool:
        """Whether somebody asked this client to stop."""
        raise NotImplementedError

    def check(self) -> None:
        """Raise the error given to `abort`."""
        raise NotImplementedError

    def abort(self, error: Img3dError | None = None) -> None:
        """End the request under way, and every later one, with `error`; `Cancelled` by default. Any thread."""
        raise NotImplementedError

    def close(self) -> None:
        """Drop the connections."""
        raise NotImplementedError
