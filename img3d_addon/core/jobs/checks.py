# SPDX-License-Identifier: GPL-3.0-or-later
"""What is checked before anything is written or sent; cheap enough for the caller's own thread. No bpy."""

from __future__ import annotations

import difflib
import json
from collections.abc import Mapping
from typing import Any

from ..errors import BadInput, Offline
from ..files.given import check_file
from ..http import keys
from ..params import check_all
from ..provider import Provider
from ..settings import Settings
from ..values import Order

__all__ = ["check_order", "check_params", "check_ready", "provider_named"]


def provider_named(name: str, providers: Mapping[str, Provider]) -> Provider:
    """Return the provider; `BadInput` names the nearest one when there is none."""
    try:
        return providers[name]
    except KeyError:
        near = difflib.get_close_matches(name, providers, n=1)
        known = ", ".join(providers) or "none"
        hint = f"Did you mean {near[0]!r}?" if near else f"There are: {known}."
        raise BadInput(f"There is no provider {name!r}", advice=hint) from None


def check_ready(
    provider: Provider, settings: Settings, *, account: Mapping[str, str] | None = None
) -> Mapping[str, str]:
    """Return the provider's account values; `Offline`, `KeyMissing` or `BadInput` when it cannot be asked."""
    if provider.base_url:
        if not settings.online:
            raise Offline(f"{provider.label} needs online access, which is off", advice=settings.offline_advice)
        keys.base_url(provider, settings)
    return keys.find(provider, settings, given=account)


def check_params(given: Mapping[str, Any], provider: Provider) -> dict[str, Any]:
    """Return all parameters with their values; `BadInput` for one that cannot be, or that does not suit the others."""
    params = check_all(provider.params, given, owner=provider.label)
    provider.check(params)
    return params


def check_order(order: Order, provider: Provider) -> dict[str, Any]:
    """Return all parameters of the order with their values; `BadInput` when something in it cannot be."""
    params = check_params(order.params, provider)
    try:
        json.dumps(dict(order.after))
    except (TypeError, ValueError) as error:
        raise BadInput(f"The options for after the download are not JSON ({error})") from None
    if order.pixels is None:
        check_file(order.image)
    return params
