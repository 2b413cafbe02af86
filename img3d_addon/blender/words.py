# SPDX-License-Identifier: GPL-3.0-or-later
"""Jobs and prices in words, for every front: stages, states, times, prices."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from ..core.events import Event
from ..core.jobs.job import JobView
from ..core.params import check_all
from ..core.provider import Provider
from ..core.values import Price

__all__ = [
    "ALIKE",
    "ASKED",
    "CHARACTER",
    "STAGES",
    "capital",
    "doing",
    "elapsed",
    "headline",
    "known_price",
    "price_words",
    "quad_lines",
    "stage_of",
    "stage_words",
]

ASKED = "told by the service when asked"
"""The price of a service that tells it when it is asked."""

ALIKE = 29.0
"""Decibels from which on two renders are hard to tell apart."""

CHARACTER = 6.1
"""Pixels that a character of a text takes on average, at a scale of 1."""

STAGES = {
    "": "starting",
    "preparing": "preparing the picture",
    "uploading": "uploading the picture",
    "submitting": "waiting for the service",
    "waiting": "in the queue",
    "running": "making the model",
    "downloading": "fetching the model",
    "ready": "model fetched",
    "importing": "importing the model",
}
"""What a job does, by the stage in its events."""

_STATES = {
    "prepared": "Interrupted before it was sent",
    "remote": "Interrupted, the service has it",
    "downloading": "Interrupted while it was fetched",
    "ready": "Ready to import",
    "imported": "Imported",
    "cancelled": "Cancelled",
    "failed": "Failed",
    "uncertain": "Not known whether it was charged",
}


def stage_words(stage: str) -> str:
    """Say what a job does in this stage."""
    return STAGES.get(stage, stage)


def doing(what: JobView | Event) -> str:
    """Say what a job does now, its place in the queue, and how long the service guesses that it takes."""
    parts = [what.message or stage_words(what.stage)]
    if what.position:
        parts.append(f"place {what.position}")
    if what.eta:
        parts.append(f"about {_clock(what.eta)} left")
    return ", ".join(parts)


def stage_of(view: JobView) -> str:
    """Say what a running job does now, with its share where that is known, else the time since it began."""
    return f"{doing(view)}, {elapsed(view) if view.fraction is None else f'{view.fraction:.0%}'}"


def headline(view: JobView) -> str:
    """Say how a job stands that does not run."""
    return _STATES.get(view.state, "Interrupted")


def elapsed(view: JobView) -> str:
    """Return the time since the job began, as 7 s or 2:05 min."""
    return _clock(time.time() - view.created)


def price_words(provider: Provider, params: Mapping[str, Any] | None = None) -> str:
    """Say what a job with these parameters, by default the declared ones, costs, as far as that is known unasked."""
    values = check_all(provider.params, {}) if params is None else params
    return known_price(provider.estimate(None, values)) or (ASKED if provider.has_estimate else "not known beforehand")


def known_price(price: Price | None, *, short: bool = False) -> str:
    """Return a price in words, "free" for none to pay, an empty text where there is none known."""
    if price is None:
        return ""
    if not price.amount:
        return "free"
    return f"{price.amount:g} {price.unit}" if short else str(price)


def capital(text: str) -> str:
    """Begin a text with a capital letter and leave the others as they are."""
    return text[:1].upper() + text[1:]


def _clock(seconds: float) -> str:
    whole = max(0, int(seconds))
    return f"{whole} s" if whole < 60 else f"{whole // 60}:{whole % 60:02} min"


def quad_lines(told: Mapping[str, Any]) -> list[str]:
    """Say what a quad remesh has told (`quads.summary`): before, now, how alike the renders are, and its notes."""
    before, after, likeness = told["before"], told["after"], told["psnr"]
    lines = [
        f"Faces: {before['faces']:,} before, {after['faces']:,} now",
        f"Quads: {before['quads']:.0%} before, {after['quads']:.0%} now",
        f"Open edges: {before['non_manifold']:,} before, {after['non_manifold']:,} now",
    ]
    if likeness is not None:
        verdict = "hard to tell apart" if likeness >= ALIKE else "look closely"
        lines.append(f"Renders: {likeness:.0f} dB alike, {verdict}")
    return [*lines, *told["notes"]]
