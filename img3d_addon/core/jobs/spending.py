# SPDX-License-Identifier: GPL-3.0-or-later
"""What jobs have cost today and would cost now, held against the user's limits for a job and for a day. No bpy.

A limit asks, it does not forbid: what it objects to is put to the user in a sentence. The limit of a batch, which
nobody watches, is another thing: `core/batch/budget.py`.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ..provider import Provider
from ..values import Price
from .job import DONE, Job

__all__ = ["Limit", "Paid", "midnight", "objections", "paid", "total"]

USD = "USD"


@dataclass(frozen=True, kw_only=True)
class Limit:
    """What one job, and all jobs of a day, may cost in `unit` before the user is asked; 0 is no limit.

    With a `vendor` it is for that one's services and in their own unit, without one it is for all, in USD.
    """

    unit: str = USD
    vendor: str = ""
    job: float = 0.0
    day: float = 0.0

    def concerns(self, provider: Provider) -> bool:
        """Whether jobs of this provider count."""
        return bool(self.job or self.day) and self.vendor in ("", provider.vendor)

    def count(self, item: Paid) -> float | None:
        """Return a price in the unit of this limit; None where it cannot be told."""
        if item.price is None or not item.price.amount:
            return None if item.price is None else 0.0
        if self.unit == USD and item.price.usd is not None:
            return item.price.usd
        return item.price.amount if item.price.unit == self.unit else None


@dataclass(frozen=True)
class Paid:
    """One job of a provider and what it costs; None where that is not known."""

    provider: Provider
    price: Price | None

    @property
    def free(self) -> bool:
        """Whether it surely costs nothing."""
        return self.price is not None and not self.price.amount


def midnight(now: float | None = None) -> float:
    """Return when this day began where the computer is, in seconds since 1970."""
    today = time.localtime(now)
    return time.mktime((today.tm_year, today.tm_mon, today.tm_mday, 0, 0, 0, 0, 0, -1))


def paid(jobs: Iterable[Job], providers: Mapping[str, Provider]) -> list[Paid]:
    """Return what jobs have cost, or will have; left out are those not charged, and of providers that are no more."""
    return [
        Paid(providers[job.provider], job.cost or job.price)
        for job in jobs
        if job.provider in providers and _is_charged(job)
    ]


def objections(planned: Sequence[Paid], spent: Sequence[Paid], limits: Iterable[Limit]) -> list[str]:
    """Say in sentences which limits these jobs would pass, or leave unchecked, after what is `spent` today."""
    costly = [item for item in planned if not item.free]
    found: list[str] = []
    unchecked = [item for item in costly if any(limit.concerns(item.provider) for limit in limits)]
    for limit in limits:
        mine = [item for item in costly if limit.concerns(item.provider)]
        counted = [price for price in map(limit.count, mine) if price is not None]
        unchecked = [item for item in unchecked if item not in mine or limit.count(item) is None]
        found += _passed(limit, counted, _sum(limit, spent))
    return found + [_unchecked(item) for item in dict.fromkeys(unchecked)]


def total(items: Sequence[Paid]) -> str:
    """Say what jobs cost together: "8 credits (0.08 USD)", "free"; jobs of unknown price are named at the end."""
    prices = [item.price for item in items if item.price is not None and item.price.amount]
    units = dict.fromkeys(price.unit for price in prices)
    parts = [str(_together([price for price in prices if price.unit == unit])) for unit in units]
    unknown = sum(item.price is None for item in items)
    if unknown:
        parts.append("1 job of unknown price" if unknown == 1 else f"{unknown} jobs of unknown price")
    return " + ".join(parts) or "free"


def _is_charged(job: Job) -> bool:
    if job.state == "prepared":
        return job.owner_alive  # on its way
    sent = job.state in (*DONE, "submitting", "uncertain", "remote", "downloading")
    return sent or job.cost is not None or job.task is not None


def _sum(limit: Limit, items: Iterable[Paid]) -> float:
    return sum(limit.count(item) or 0.0 for item in items if limit.concerns(item.provider))


def _passed(limit: Limit, counted: Sequence[float], before: float) -> list[str]:
    found: list[str] = []
    unit, most, after = limit.unit, max(counted, default=0.0), before + sum(counted)
    # the sum of 0.1 and 0.2 is no reason to object to 0.3
    if limit.job and most > limit.job + 1e-9:
        found.append(f"Your limit for a job is {limit.job:g} {unit}, and this one costs {most:g} {unit}.")
    if limit.day and counted and after > limit.day + 1e-9:
        found.append(f"Your limit for a day is {limit.day:g} {unit}, and today would come to {after:g} {unit}.")
    return found


def _unchecked(item: Paid) -> str:
    if item.price is None:
        return f"What {item.provider.label} takes is not known beforehand, so your limits cannot be checked."
    return f"{item.provider.label} counts in {item.price.unit}, for which you have set no limit."


def _together(prices: Sequence[Price]) -> Price:
    known = [price.usd for price in prices if price.usd is not None]
    usd = sum(known) if len(known) == len(prices) else None
    return Price(amount=round(sum(price.amount for price in prices), 6), unit=prices[0].unit, usd=usd)
