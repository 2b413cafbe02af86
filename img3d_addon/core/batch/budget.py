# SPDX-License-Identifier: GPL-3.0-or-later
"""The spending limit of a batch: what is spent, what is under way, what may still be begun. No bpy."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..errors import BadInput
from ..values import Price

__all__ = ["Amount", "Budget", "amount_of"]


@dataclass(frozen=True)
class Amount:
    """A sum of money; an empty `unit` stands for the service's own."""

    number: float
    unit: str = ""

    def __str__(self) -> str:
        return f"{self.number:g} {self.unit}".rstrip()


def amount_of(text: str) -> Amount:
    """Read "40", "40credits" or "2.50 USD"; `BadInput` for anything else."""
    found = re.fullmatch(r"\s*([0-9]+(?:[.][0-9]*)?|[.][0-9]+)\s*([A-Za-z][A-Za-z ]*)?\s*", text)
    if not found:
        raise BadInput(f"{text!r} is no sum of money", advice="Write for example 40, or 2.50USD.")
    unit = (found[2] or "").strip()
    return Amount(float(found[1]), "USD" if unit.upper() == "USD" else unit)


class Budget:
    """Counts in the unit of the limit; without a unit there, in that of `each`, or else of the first price.

    `spent` is known, `promised` are the prices of what is under way. `each` is what a job counts whose price the
    service does not tell.
    """

    def __init__(self, limit: Amount | None, *, each: Amount | None = None) -> None:
        self.limit = limit
        self.each = each
        units = {amount.unit.casefold(): amount.unit for amount in (each, limit) if amount and amount.unit}
        if len(units) > 1:
            raise BadInput(f"{limit} and {each} are sums in two units", advice="Give both in the same, such as USD.")
        self.unit = next(iter(units.values()), "")
        self.spent = 0.0
        self._promised: dict[int, float] = {}

    @property
    def promised(self) -> float:
        """What jobs under way will have cost."""
        return sum(self._promised.values())

    def told(self) -> str:
        """Say what is spent and what is under way."""
        return f"{self.spent:g} {self.unit}".rstrip() + f" are spent and {self.promised:g} are under way"

    def allows(self, price: float) -> bool:
        """Whether the limit is still kept when this is spent, too."""
        # the sum of 0.1 and 0.2 is no reason to stop at 0.3
        return self.limit is None or self.spent + self.promised + price <= self.limit.number + 1e-9

    def promise(self, row: int, price: float) -> None:
        """Count the price of a row that is begun."""
        self._promised[row] = price

    def settle(self, row: int, cost: float) -> None:
        """Count what a row has cost in the end, instead of what was promised."""
        self._promised.pop(row, None)
        self.spent += cost

    def count(self, price: Price | None) -> float | None:
        """Return a price in the unit of this budget; None when it is not known, and none was given with `each`.

        Raises `BadInput` when it is in another unit.
        """
        if price is None:
            return None if self.each is None else self.each.number
        if not price.amount:
            return 0.0
        if self.unit == "USD" and price.usd is not None:
            return price.usd
        self.unit = self.unit or price.unit
        if price.unit.casefold() == self.unit.casefold():
            return price.amount
        raise BadInput(
            f"A price in {price.unit} cannot be counted against a limit in {self.unit}",
            advice="Give the limit in USD, such as --max-cost 5USD, or make a batch for each service.",
        )
