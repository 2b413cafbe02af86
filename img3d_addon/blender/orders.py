# SPDX-License-Identifier: GPL-3.0-or-later
"""From the settings of a scene to an order or a question for the engine, and what stands in the way of one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import bpy

from ..core.errors import BadInput, Img3dError
from ..core.packages import lacking
from ..core.provider import Provider
from ..core.values import Order, Price
from . import session
from .asking import Answer, Question, answer
from .picture import key_of, missing, name_of, take
from .preferences import account_topic, key_state
from .properties import after_values, settings_of, values
from .seeds import renewed

if TYPE_CHECKING:
    from ..core.jobs.engine import Engine

__all__ = [
    "KEY",
    "ONLINE",
    "PACKAGE",
    "PARAM",
    "asked_price",
    "blocked",
    "blocked_otherwise",
    "key_question",
    "order_of",
    "params_of",
    "price_of",
    "price_question",
    "price_with",
    "provider_of",
]

ONLINE, KEY, PARAM, PICTURE, PACKAGE = "online", "key", "param", "picture", "package"


def provider_of(settings: Any) -> Provider:
    """Return the chosen provider, the first one when a saved choice is no more."""
    found = session.providers()
    return found.get(settings.provider) or next(iter(found.values()))


def blocked(settings: Any) -> tuple[str, str]:
    """Return the kind of what is missing for a job and a sentence; both empty when nothing is. Fit for `draw`."""
    if reason := lacking():
        return PACKAGE, reason
    if reason := missing(settings.picture):
        return PICTURE, reason
    return blocked_otherwise(settings)


def blocked_otherwise(settings: Any) -> tuple[str, str]:
    """Return the same where the pictures come from elsewhere: what the provider and its settings lack."""
    provider = provider_of(settings)
    if provider.base_url and not bpy.app.online_access:
        return ONLINE, f"{provider.label} needs online access, which is off. {session.offline_advice()}"
    if key_state(session.preferences(), provider) == "missing":
        return KEY, f"{provider.label} needs a key: put it into the add-on's preferences"
    try:
        params_of(settings)
    except BadInput as error:
        return PARAM, str(error)
    return "", ""


def params_of(settings: Any) -> dict[str, Any]:
    """Return the parameters of the chosen provider that exist, checked; `BadInput` says what is wrong with them."""
    provider = provider_of(settings)
    found = values(getattr(settings, provider.name), provider.params)
    provider.check(found)
    return found


def price_of(settings: Any) -> Price | None:
    """Return what a job costs, as far as it is known without asking or was asked for. Fit for `draw`."""
    try:
        known = provider_of(settings).estimate(None, params_of(settings))
    except BadInput:
        return None
    asked = asked_price(settings) if known is None else None
    return asked.price if asked else known


def price_with(scene: bpy.types.Scene, provider: Provider, params: Mapping[str, Any]) -> Price | None:
    """Return what a job of these parameters costs, as far as `price_of` would know it. Fit for `draw`."""
    known = provider.estimate(None, params)
    if known is not None or provider.name != provider_of(settings_of(scene)).name:
        return known
    asked = asked_price(settings_of(scene))
    return asked.price if asked and _alike(params, params_of(settings_of(scene))) else None


def asked_price(settings: Any) -> Answer | None:
    """Return the answer to `price_question` with the settings of now. Fit for `draw`."""
    try:
        return answer(*_price_topic(settings))
    except BadInput:
        return None


def price_question(scene: bpy.types.Scene) -> Question:
    """Return the question what a job of these settings costs; `BadInput` as for `order_of`.

    The picture may be written to a file, by whoever puts the question.
    """
    settings = settings_of(scene)
    provider, params = provider_of(settings), params_of(settings)
    taken = take(settings.picture, scene, session.scratch_folder()) if settings.picture else None

    def put(engine: Engine) -> Answer:
        price = engine.estimate(provider.name, params, image=taken.file() if taken else None)
        return Answer(price=price, text="" if price else f"{provider.label} does not say what this job costs")

    return Question(*_price_topic(settings), put)


def key_question(provider: Provider) -> Question:
    """Return the question whether the provider's account can be used, and what is left on it."""

    def put(engine: Engine) -> Answer:
        said = engine.check_key(provider.name)
        if not provider.has_balance:
            return Answer(text=said)
        try:
            left = engine.balance(provider.name)
        except Img3dError as error:
            return Answer(text=f"{said} What is left could not be read: {error}")
        return Answer(text=f"{said} Left: {left}" + (f" ({left.note})." if left.note else "."), balance=left)

    return Question(*account_topic(session.preferences(), provider), put)


def order_of(scene: bpy.types.Scene) -> Order:
    """Collect the scene's settings; `BadInput` names what cannot be used. Pixels are copied, and written by the job.

    A seed that is not locked is drawn anew, and shown.
    """
    settings = settings_of(scene)
    provider = provider_of(settings)
    params = renewed(getattr(settings, provider.name), provider.params, params_of(settings))
    taken = take(settings.picture, scene, session.scratch_folder())
    return Order(
        provider=provider.name,
        image=taken.path,
        pixels=taken.pixels,
        params=params,
        name=name_of(settings.picture),
        after=after_values(settings),
    )


def _alike(params: Mapping[str, Any], others: Mapping[str, Any]) -> bool:
    """Whether two sets of parameters cost the same: the seed, which is a new one for each job, does not count."""
    return all(others.get(name) == value for name, value in params.items() if not name.endswith("seed"))


def _price_topic(settings: Any) -> tuple[str, int]:
    """Return the topic of the price, and a number that changes with all that it may depend on."""
    provider, picture = provider_of(settings), settings.picture
    seen = key_of(picture) if picture else ()
    account = account_topic(session.preferences(), provider)
    params = [item for item in params_of(settings).items() if not item[0].endswith("seed")]
    return f"price {provider.name}", hash((account, *params, *seen))
