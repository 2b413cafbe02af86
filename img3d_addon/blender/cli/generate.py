# SPDX-License-Identifier: GPL-3.0-or-later
"""`generate` and `estimate`: from pictures to files."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...core.errors import BadInput
from ...core.files.given import check_file
from ...core.jobs.checks import provider_named
from ...core.params import parse_all
from ...core.provider import Provider
from ...core.values import Order, Price
from ...providers import load
from ..after import check, check_quads
from .follow import follow
from .run import Run
from .targets import pictures, plan

if TYPE_CHECKING:
    from ...core.jobs.engine import Engine

__all__ = ["estimate", "generate", "named_after"]

# Options of `after` whose flags have their names; one that is not given is None or False.
_SAME = (
    *("shading", "shading_angle", "repair_normals", "texture_limit", "apply_modifiers", "lods"),
    *("quad_texture", "quad_original"),
    *("asset", "asset_author", "asset_description", "asset_license", "asset_tags"),
)


def generate(args: argparse.Namespace, engine: Engine, run: Run) -> int:
    """Turn each picture into a file; one that fails does not stop the others."""
    provider, params = _asked(args)
    after = _after(args, provider, params)
    images = pictures(args.images)
    single = len(args.images) == 1 and not args.images[0].is_dir()
    targets = plan(images, out=args.out, kind=args.format, single=single)
    for image, target in zip(images, targets, strict=True):
        target = target.absolute()
        order = Order(
            provider=provider.name,
            image=image.absolute(),
            params=params,
            name=image.stem,
            after={**after, "out": str(target)},
        )

        def work(order: Order = order, target: Path = target) -> None:
            job = run.begin(engine.submit(order))
            follow(engine, job, label=order.image.name, output=run.output, interrupts=run.interrupts)
            run.deliver(engine, job, target, after)

        run.attempt(work, label=image.name)
    return run.finish()


def estimate(args: argparse.Namespace, engine: Engine, run: Run) -> int:
    """Say what these pictures would cost; a service that prices the picture itself is asked for each."""
    provider, params = _asked(args)
    images = pictures(args.images)
    for image in images:
        check_file(image)
    prices = [engine.estimate(provider.name, params, image=image.absolute()) for image in images]
    known = [price for price in prices if price is not None]
    facts: dict[str, Any] = {"provider": provider.name, "pictures": len(images)}
    if len(known) == len(images):
        total = sum(price.amount for price in known)
        each = sorted({price.amount for price in known})
        facts |= {"amount": total, "unit": known[0].unit, "each": each[0] if len(each) == 1 else each}
        run.output.line(f"{_sum(known, total)} with {provider.label}")
    else:
        run.output.line(f"What a job costs with {provider.label} is not known beforehand")
    run.output.emit("estimate", None, **facts)
    return 0


def _sum(prices: Sequence[Price], total: float) -> str:
    """Return "8 credits: 2 x 4 credits (0.04 USD)", with the price's own note."""
    first = prices[0]
    note = f" ({first.note})" if first.note else ""
    if any(price.amount != first.amount for price in prices):
        return f"{total:g} {first.unit}: {' + '.join(f'{price.amount:g}' for price in prices)}{note}"
    return f"{total:g} {first.unit}: {len(prices)} x {first}{note}"


def _asked(args: argparse.Namespace) -> tuple[Provider, dict[str, Any]]:
    provider = provider_named(args.provider, load())
    return provider, parse_all(provider.params, args.params, owner=provider.label)


def _after(args: argparse.Namespace, provider: Provider, params: Mapping[str, Any]) -> dict[str, Any]:
    """Read the post-processing options; `BadInput` for what cannot work, before anything is paid."""
    after = check(named_after(args))
    check_quads(after)
    return after


def named_after(args: argparse.Namespace) -> dict[str, Any]:
    """Return the post-processing options that the command line names; the result goes to a scene of its own."""
    given: dict[str, Any] = {
        "size": args.size,
        "facing": args.facing,
        "decimate": args.decimate,
        "remesh": args.remesh_modifier,
        "quad": args.quad,
        "texture": False if args.no_texture else None,
        **{name: getattr(args, name) or None for name in _SAME},
    }
    named = {name: value for name, value in given.items() if value is not None}
    for name in ("size", "decimate", "quad"):
        if name in named and named[name] <= 0:
            raise BadInput(f"--{name} {named[name]:g} is not possible", advice="It takes a number above 0.")
    return {"location": "origin", **named}
