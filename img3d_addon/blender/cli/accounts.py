# SPDX-License-Identifier: GPL-3.0-or-later
"""`providers` and `balance`: what there is, whether a key works, and what is left."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from ...core.errors import BadInput, Img3dError, KeyMissing
from ...core.http import keys
from ...core.jobs.checks import provider_named
from ...core.params import Choice, Param, Secret, Text
from ...core.provider import Provider
from ...providers import load
from ..words import price_words
from .run import Run

if TYPE_CHECKING:
    from ...core.jobs.engine import Engine

__all__ = ["balance", "providers"]

_FLAGS = ("sync", "cancellable", "reports_percent", "has_estimate", "has_balance", "server_quads")


def providers(args: argparse.Namespace, engine: Engine, run: Run) -> int:
    """List the services, or one of them with its parameters, or test the key of one."""
    known = load()
    found = [provider_named(args.provider, known)] if args.provider else list(known.values())
    if args.test_key:
        return _test_key(found[0] if args.provider else None, engine, run)
    for one in found:
        run.output.emit("provider", None, **_facts(one, engine))
    if args.provider:
        _describe(found[0], engine, run)
    else:
        rows = [(one.name, one.label, _key(one, engine), price_words(one)) for one in found]
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
        ("price", price_words(provider)),
        ("address", f"{provider.base_url} (another one: IMG3D_{provider.vendor}_URL)" if provider.base_url else ""),
        (
            "quads of its own, better than --quad",
            " or ".join(f"-o {name}={value}" for name, value in provider.quads.items()),
        ),
        ("documents", provider.docs),
        ("keys are made at", provider.key_page),
    ):
        if text:
            line(f"{title}: {text}")
    if provider.account:
        line()
        rows = [(one.env, _default(one), one.range_text(), one.help) for one in provider.account]
        run.output.table(("VARIABLE", "DEFAULT", "TAKES", "WHAT IT IS"), rows)
    for title, advanced in (("BASIC -o NAME", False), ("ADVANCED -o NAME", True)):
        rows = [
            (one.name, _default(one), one.range_text(), _help(one))
            for one in provider.params
            if one.advanced == advanced
        ]
        if rows:
            line()
            run.output.table((title, "DEFAULT", "TAKES", "WHAT IT DOES"), rows)


def _test_key(provider: Provider | None, engine: Engine, run: Run) -> int:
    if provider is None:
        raise BadInput("--test-key needs the name of a service", advice="Write: providers NAME --test-key")
    if not provider.base_url:
        raise BadInput(f"{provider.label} has no key to test")
    said = engine.check_key(provider.name)
    run.output.emit("key", None, provider=provider.name, message=said)
    run.output.line(f"{provider.label}: {said}")
    return 0


def _default(one: Param) -> str:
    return "required" if isinstance(one, Secret) else str(one.default)


def _help(one: Param) -> str:
    condition = f"only with {one.when_text()}" if one.when else ""
    return "; ".join(text for text in (one.help, condition) if text)


def _facts(provider: Provider, engine: Engine) -> dict[str, Any]:
    return {
        "provider": provider.name,
        "label": provider.label,
        "summary": provider.summary,
        "docs": provider.docs,
        "key": _key(provider, engine),
        "price": price_words(provider),
        "formats": list(provider.formats),
        **{flag: getattr(provider, flag) for flag in _FLAGS},
        "account": [_setting(one) for one in provider.account],
        "params": [_param(one) for one in provider.params],
    }


def _param(one: Param) -> dict[str, Any]:
    bounds = {name: getattr(one, name) for name in ("min", "max", "choices") if hasattr(one, name)}
    facts = {"name": one.name, "type": type(one).__name__.lower(), "default": one.default, **bounds}
    when = {name: list(allowed) for name, allowed in one.when.items()}
    return {**facts, "unit": one.unit, "advanced": one.advanced, "when": when, "help": one.help}


def _setting(one: Secret | Text | Choice) -> dict[str, Any]:
    facts = {name: value for name, value in _param(one).items() if name not in ("when", "unit")}
    return {**facts, "variable": one.env}


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
