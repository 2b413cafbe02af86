# SPDX-License-Identifier: GPL-3.0-or-later
"""The one rule of when the sidebar asks before money is spent, for every button that makes jobs.

A button that makes jobs calls `question` in `invoke`: an empty text means go on, else it is what to confirm, with
`wm.invoke_confirm`. A button that confirms in any case, such as one for several jobs, says `price_words` and adds what
`warnings` returns. Scripts (`execute`) and the command line are never asked: a batch has `--max-cost`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ..core.jobs.spending import Limit, Paid, midnight, objections, paid, total
from ..core.provider import Provider
from . import session

__all__ = ["ABOVE", "ALWAYS", "NEVER", "limits", "own_units", "price_words", "question", "warnings"]

ALWAYS, ABOVE, NEVER = "ALWAYS", "ABOVE", "NEVER"
"""When it is asked: before each job that costs something, only above a limit, not at all."""

Planned = tuple[Provider, Mapping[str, Any]]


def question(context: Any, orders: Sequence[Planned]) -> str:
    """Return what is to be confirmed before jobs of these providers and parameters are made, in lines; "" for nothing.

    Reads today's jobs from the journal: for `invoke`, not for `draw`.
    """
    planned = _planned(context, orders)
    rule = _rule()
    if rule == NEVER or all(item.free for item in planned):
        return ""
    spent = _spent()
    found = _objections(planned, spent)
    if rule == ABOVE and not found:
        return ""
    what = "This job costs" if len(planned) == 1 else f"These {len(planned)} jobs cost"
    known = any(item.price is not None for item in planned)
    price = f"{what} {total(planned)}." if known else "The price is not known beforehand."
    return "\n".join([price, *found, f"Spent today: {_words(spent)}."])


def warnings(context: Any, orders: Sequence[Planned]) -> list[str]:
    """Return a sentence for each limit that these jobs would pass, or that cannot be checked; reads the journal."""
    return _objections(_planned(context, orders), _spent()) if _rule() != NEVER else []


def price_words(context: Any, orders: Sequence[Planned]) -> str:
    """Say what these jobs cost together, as far as that is known without asking or was asked for. Fit for `draw`."""
    return total(_planned(context, orders))


def limits(own: Any) -> list[Limit]:
    """Return the limits that are set in the preferences."""
    if own is None:
        return []
    found = [Limit(job=own.job_limit, day=own.day_limit)]
    for vendor, unit in own_units(session.providers().values()).items():
        word = vendor.lower()
        job, day = getattr(own, f"{word}_job_limit"), getattr(own, f"{word}_day_limit")
        found.append(Limit(unit=unit, vendor=vendor, job=job, day=day))
    return [limit for limit in found if limit.job or limit.day]


def own_units(providers: Iterable[Provider]) -> dict[str, str]:
    """Return the unit of each vendor that counts in one of its own."""
    return {provider.vendor: provider.unit for provider in providers if provider.unit != Limit().unit}


def _rule() -> str:
    return getattr(session.preferences(), "confirm_paying", ABOVE)


def _spent() -> list[Paid]:
    providers = session.providers()
    return [item for item in paid(session.engine().jobs(since=midnight()), providers) if not item.free]


def _objections(planned: Sequence[Paid], spent: Sequence[Paid]) -> list[str]:
    return objections(planned, spent, limits(session.preferences()))


def _words(spent: Sequence[Paid]) -> str:
    return total(spent) if spent else "nothing yet"


def _planned(context: Any, orders: Sequence[Planned]) -> list[Paid]:
    from .orders import price_with  # orders reads the preferences, which read this module

    return [Paid(provider, price_with(context.scene, provider, params)) for provider, params in orders]
