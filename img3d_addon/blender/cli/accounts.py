# SPDX-License-Identifier: GPL-3.0-or-later
"""`providers` and `balance`: what there is, and what is left."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from ...core.errors import BadInput, Img3dError, KeyMissing
from ...core.http import keys
from ...core.jobs.checks import provider_named
from ...core.params import Param, Secret
from ...core.provider import Provider
from ...providers import load
from .run import Run

if TYPE_CHECKING:
    from ...core.jobs.engine import Engine

__all__ = ["balance", "providers"]

_FLAGS = ("sync", "cancellable", "reports_percent", "has_estimate", "has_balance", "server_quads")


def providers(args: argparse.Namespace, engine: Engine, run: Run) -> int:
    """List the services, or one of them with its parameters."""
    known = load()
    found = [provider_named(args.provider, known)] if args.provider else list(known.values())
    for one in found:
        run.output.emit("provider", None, **_facts(one, engine))
    if args.provider:
        _describe(found[0], engine, run)
    else:
        rows = [(one.name, one.label, _key(one, engine), _price(one)) for one in found]
        run.output.table(("NAME", "SERVICE", "KEY", "PRICE"), rows)
    return 0


def balance(args: argparse.Namespace, engine: Engine, run: Run) -> int:
    """Say what is left on one account, or on each that has a key; without any it is `KeyMissing`."""
    known = load()
    if args.provider:
        asked = [provider_named(args.provider, known)]
        if not asked[0].has_balance:
            raise BadInput(f"{asked[0].label} has no balance to ask for")
    else:
        able = [one for one in known.values() if one.has_balance]
        asked = [one for one in able if _key(one, engine) == "set"]
        if not asked:
            variables = ", ".join(_variables(one) for one in able)
            raise KeyMissing("There is no key for any service with a balance", advice=f"Set one of: {variables}.")
    statuses = [_balance(one, engine, run) for one in asked]
    return max(statuses)


def _balance(provider: Provider, engine: Engine, run: Run) -> int:
    try:
        left = engine.balance(provider.name)
    except Img3dError as error:
        run.output.failed(error, label=provider.name)
        return error.exit_status
    facts = {"provider": provider.name, "amount": left.amount, "unit": left.unit, "note": left.note}
    run.output.emit("balance", None, **facts)
    run.output.line(f"{provider.label}: {left}" + (f" ({left.note})" if left.note else ""))
    return 0


def _describe(provider: Provider, engine: Engine, run: Run) -> None:
    line = run.output.line
    line(f"{provider.name}: {provider.label}")
    line(provider.summary)
    for title, text in (
        ("key", f"{_variables(provider)} ({_key(provider, engine)})" if provider.account else "needs none"),
        ("price", _price(provider)),
        ("documents", provider.docs),
        ("keys are made at", provider.key_page),
    ):
        if text:
            line(f"{title}: {text}")
    line()
    rows = [(one.name, str(one.default), one.range_text(), one.help) for one in provider.params]
    run.output.table(("-o NAME", "DEFAULT", "TAKES", "WHAT IT DOES"), rows)


def _facts(provider: Provider, engine: Engine) -> dict[str, Any]:
    return {
        "provider": provider.name,
        "label": provider.label,
        "summary": provider.summary,
        "docs": provider.docs,
        "key": _key(provider, engine),
        "price": _price(provider),
        "formats": list(provider.formats),
        **{flag: getattr(provider, flag) for flag in _FLAGS},
        "params": [_param(one) for one in provider.params],
    }


def _param(one: Param) -> dict[str, Any]:
    bounds = {name: getattr(one, name) for name in ("min", "max", "choices") if hasattr(one, name)}
    facts = {"name": one.name, "type": type(one).__name__.lower(), "default": one.default, **bounds}
    return {**facts, "unit": one.unit, "advanced": one.advanced, "help": one.help}


def _key(provider: Provider, engine: Engine) -> str:
    if not provider.account:
        return "needs none"
    try:
        keys.find(provider, engine.settings)
    except KeyMissing:
        return "missing"
    except BadInput:
        return "not a key"
    return "set"


def _variables(provider: Provider) -> str:
    return " and ".join(item.env for item in provider.account if isinstance(item, Secret))


def _price(provider: Provider) -> str:
    price = provider.estimate(None, {one.name: one.default for one in provider.params})
    if price is None:
        return "not known beforehand"
    return str(price) if price.amount else "free"
