# SPDX-License-Identifier: GPL-3.0-or-later
"""Find a provider's account values and its base URL: argument, preferences, environment. No bpy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ..errors import BadInput, KeyMissing
from ..params import Choice, Secret, Text

if TYPE_CHECKING:
    from ..provider import Provider
    from ..settings import Settings

__all__ = ["base_url", "find"]


def find(provider: Provider, settings: Settings, *, given: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the provider's account values by their declared names; `KeyMissing` or `BadInput` when one is unusable.

    `given` (an order's own account) counts first, then the preferences, then the environment.
    """
    return {item.name: _value(item, provider, settings, given or {}) for item in provider.account}


def base_url(provider: Provider, settings: Settings) -> str:
    """Return the address that paths are joined to, without a trailing slash.

    The preferences count first, then `IMG3D_<VENDOR>_URL`, then the provider's own.
    `BadInput` when it is no web address.
    """
    variable = f"IMG3D_{provider.vendor}_URL"
    own = settings.base_urls.get(provider.vendor, "").strip() or settings.environ.get(variable, "").strip()
    url = (own or provider.base_url).rstrip("/")
    try:
        parts = urlsplit(url)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        good, parts = False, urlsplit("")
    if not good or not url.isascii() or not url.isprintable() or " " in url or parts.query or parts.fragment:
        raise BadInput(
            f"The base URL of {provider.label} is not a web address",
            advice=f"Write it like {provider.base_url}, in the preferences or in {variable}.",
        )
    if parts.username or parts.password:
        raise BadInput(
            f"The base URL of {provider.label} holds a user name or password",
            advice="Leave it out; keys have their own place in the preferences.",
        )
    return url


def _value(item: Secret | Text | Choice, provider: Provider, settings: Settings, given: Mapping[str, str]) -> str:
    variable = item.env
    sources = (given.get(item.name), settings.keys.get(variable), settings.environ.get(variable))
    value = next((text for text in ((source or "").strip() for source in sources) if text), "")
    if not isinstance(item, Secret):
        return _setting(item, value, provider)
    if not value:
        page = f" Keys are made at {provider.key_page}." if provider.key_page else ""
        raise KeyMissing(
            f"{provider.label} needs a key, and there is none",
            advice=f"Put it into the add-on's preferences or into the environment variable {variable}.{page}",
        )
    if not value.isascii() or not value.isprintable() or " " in value:
        raise item.refuse(value)
    return value


def _setting(item: Text | Choice, value: str, provider: Provider) -> str:
    try:
        return str(item.check(value or item.default))
    except BadInput as error:
        where = item.env if item.advanced else f"the preferences or in {item.env}"
        advice = f"Change it in {where}."
        raise BadInput(f"{provider.label}, {item.title.lower()}: {error.message}", advice=advice) from None
