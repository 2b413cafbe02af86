# SPDX-License-Identifier: GPL-3.0-or-later
"""What was measured against which goal: the figure, whether it is within its limits, the line that says so.

A ratio is the median of pairs that were taken in turn, so that a slow or busy machine changes both sides of it.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

__all__ = [
    "Measured",
    "as_json",
    "best",
    "excess",
    "figure",
    "is_accepted",
    "is_ok",
    "line",
    "merge",
    "quantile",
    "ratios",
]


@dataclass(frozen=True, kw_only=True)
class Measured:
    """Samples `a` of ours and, where there is a yardstick, `b` of it, in the order in which they were taken.

    Without `b` the goal is for the largest of `a`; an infinite `most` is no goal. `also` holds further figures with
    their own limits, in `unit`; `wrong` says what was not as it must be, whatever the time. A goal that is known to be
    missed has `accepted`: the excess that is no regression yet. Why stands in README.md.
    """

    goal: str
    what: str
    case: str
    most: float
    a: Sequence[float]
    b: Sequence[float] = ()
    unit: str = "ms"
    also: Mapping[str, tuple[float, float]] = field(default_factory=dict[str, tuple[float, float]])
    wrong: Sequence[str] = ()
    accepted: float = 1.0
    notes: Mapping[str, Any] = field(default_factory=dict[str, Any])

    @property
    def key(self) -> tuple[str, str, str]:
        """What tells this measurement from others, and is the same in a repeat."""
        return self.goal, self.what, self.case


def ratios(measured: Measured) -> list[float]:
    """Return a/b pair by pair; none without a yardstick."""
    return [ours / other for ours, other in zip(measured.a, measured.b, strict=True)] if measured.b else []


def figure(measured: Measured) -> float:
    """Return what the goal is for: the median of the ratios, or the largest sample where there is no yardstick."""
    return statistics.median(ratios(measured)) if measured.b else max(measured.a)


def excess(measured: Measured) -> float:
    """Return how much of its limit the worst figure takes: at most 1 is within, infinite is not a matter of time."""
    if measured.wrong:
        return float("inf")
    return max([figure(measured) / measured.most, *(value / most for value, most in measured.also.values())])


def is_ok(measured: Measured) -> bool:
    """Whether every goal of the measurement is met."""
    return excess(measured) <= 1.0


def is_accepted(measured: Measured) -> bool:
    """Whether the goals are met, or missed by no more than is known."""
    return excess(measured) <= measured.accepted


def best(repeats: Iterable[Measured]) -> Measured:
    """Return the repeat that is nearest to its goal: what the code can do, whatever else the machine did."""
    return min(repeats, key=excess)


def merge(before: Iterable[Measured], repeated: Iterable[Measured]) -> list[Measured]:
    """Return the measurements, each the best of its repeats, in the order in which they were first made."""
    found: dict[tuple[str, str, str], Measured] = {}
    for measured in (*before, *repeated):
        known = found.get(measured.key)
        found[measured.key] = measured if known is None else best((known, measured))
    return list(found.values())


def quantile(values: Sequence[float], share: float) -> float:
    """Return the smallest value that at least `share` (0..1) of the values do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, -int(-share * len(ordered) // 1) - 1)]


def line(measured: Measured, version: str) -> str:
    """Return the one line on a measurement."""
    unit, values = measured.unit, measured.a
    parts = [measured.goal, measured.what, measured.case, version, f"n={len(values)}"]
    parts.append(f"A={_amount(statistics.median(values), unit)}")
    if measured.b:
        pairs = ratios(measured)
        parts.append(f"B={_amount(statistics.median(measured.b), unit)}")
        parts.append(f"ratio={figure(measured):.3g} [{min(pairs):.3g}..{max(pairs):.3g}]{_limit(measured.most)}")
    else:
        parts.append(f"largest={_amount(max(values), unit)}{_limit(measured.most, unit)}")
    parts += [f"{name}={_amount(value, unit)}{_limit(most, unit)}" for name, (value, most) in measured.also.items()]
    parts.append(_verdict(measured))
    parts += [f"({text})" for text in measured.wrong]
    return " ".join(parts)


def as_json(measured: Measured) -> dict[str, Any]:
    """Return everything on a measurement."""
    return {
        **vars(measured),
        "also": {name: list(pair) for name, pair in measured.also.items()},
        "ratios": ratios(measured),
        "figure": figure(measured),
        "ok": is_ok(measured),
    }


def _amount(value: float, unit: str) -> str:
    return f"{value:.0f}{unit}" if abs(value) >= 100 else f"{value:.3g}{unit}"


def _limit(most: float, unit: str = "") -> str:
    return "" if math.isinf(most) else f" goal<={most:g}{unit}"


def _verdict(measured: Measured) -> str:
    if math.isinf(measured.most) and not measured.wrong:
        return "(no goal)"
    if is_ok(measured):
        return "ok"
    return "MISSED, as is known" if is_accepted(measured) else "MISSED"
