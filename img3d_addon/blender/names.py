# SPDX-License-Identifier: GPL-3.0-or-later
"""Names for datablocks, made of what the user called the picture."""

from __future__ import annotations

import unicodedata

__all__ = ["MAX_BYTES", "datablock_name"]

MAX_BYTES = 56  # Blender 4.2 keeps 63 bytes of a name, and a repeated one gets ".001" and more


def datablock_name(text: str, *, fallback: str = "Image to 3D") -> str:
    """Return one printable line of at most `MAX_BYTES` bytes of UTF-8, without slashes and outer spaces."""
    text = unicodedata.normalize("NFC", text)
    kept = "".join(" " if char in "/\\" or not char.isprintable() else char for char in text)
    kept = " ".join(kept.split())
    return kept.encode("utf-8", "ignore")[:MAX_BYTES].decode("utf-8", "ignore").strip(" .") or fallback
