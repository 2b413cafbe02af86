# SPDX-License-Identifier: GPL-3.0-or-later
"""What a service answered: status, headers, and a text or a file. No bpy."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from ..errors import BadResult

__all__ = ["Answer", "Headers", "decoded"]


class Headers(Mapping[str, str]):
    """Response headers; names in any case."""

    def __init__(self, given: Mapping[str, str] | None = None) -> None:
        self._values = {name.lower(): value for name, value in (given or {}).items()}

    def __getitem__(self, name: str) -> str:
        return self._values[name.lower()]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)


def decoded(text: str) -> Any:
    """Return the value of a JSON text from outside; `ValueError` when it is none, or nested too deeply."""
    try:
        return json.loads(text)
    except RecursionError:
        raise ValueError("nested too deeply") from None


@dataclass(frozen=True, kw_only=True)
class Answer:
    """One answer: `text` when it was JSON or text, `file` when it was anything else and a success.

    `url` may carry a signed query and is not shown; `provider` is the label for error texts.
    """

    status: int
    headers: Headers = field(default_factory=Headers)
    text: str = field(default="", repr=False)
    file: Path | None = None
    url: str = field(default="", repr=False)
    provider: str = ""

    @property
    def json(self) -> Any:
        """The decoded JSON; `BadResult` when the answer is something else."""
        try:
            return decoded(self.text)
        except ValueError:
            raise BadResult(
                f"The answer of {self.provider or 'the service'} was not understood: {self._what()}, not JSON",
                provider=self.provider,
                status=self.status,
            ) from None

    @property
    def object(self) -> Mapping[str, Any]:
        """The decoded JSON object; an empty one when the answer is anything else."""
        try:
            value: object = decoded(self.text)
        except ValueError:
            value = None
        return cast("Mapping[str, Any]", value) if isinstance(value, dict) else {}

    @property
    def content_type(self) -> str:
        """The media type in lower case without its parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    def _what(self) -> str:
        if not self.text.strip():
            return f"it was {self.content_type or 'a file'}" if self.file else "it was empty"
        return "it was a web page" if self.text.lstrip().startswith("<") else "it was plain text"
