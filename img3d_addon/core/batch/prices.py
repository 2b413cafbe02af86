# SPDX-License-Identifier: GPL-3.0-or-later
"""What rows cost before they are made, asked in the background where the service alone knows it. No bpy."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping

from ..errors import BadInput, Img3dError
from ..jobs.engine import Engine
from ..provider import Provider
from ..values import Price
from .rows import Row

__all__ = ["Prices"]


class Prices:
    """`by_settings`: one answer stands for all rows with the same settings, also where a picture has to be shown."""

    def __init__(self, engine: Engine, providers: Mapping[str, Provider], *, by_settings: bool = False) -> None:
        self._engine = engine
        self._providers = providers
        self._by_settings = by_settings
        self._lock = threading.Lock()
        self._found: dict[str, Price | Img3dError | None] = {}
        self._asked: set[str] = set()

    def known(self, row: Row) -> bool:
        """Tell whether `get` has an answer; where it has none yet, the service is asked in the background."""
        name = self._name(row)
        if name in self._found:
            return True
        with self._lock:
            if name in self._asked:
                return False
            self._asked.add(name)
        if not self._unasked(row, name):
            self._engine.ask(lambda: self._ask(row, name))
        return name in self._found

    def get(self, row: Row) -> Price | None:
        """Return the price of a row, None when it is not known beforehand; raises what went wrong in asking."""
        name = self._name(row)
        if name not in self._found and not self._unasked(row, name):
            self._ask(row, name)
        found = self._found[name]
        if isinstance(found, Img3dError):
            raise found
        return found

    def _unasked(self, row: Row, name: str) -> bool:
        provider = self._providers[row.provider]
        price = provider.estimate(None, row.params)
        if price is not None or not provider.has_estimate:
            self._found[name] = price
        return name in self._found

    def _ask(self, row: Row, name: str) -> None:
        try:
            self._found[name] = self._asked_price(row)
        except Img3dError as error:
            self._found[name] = error
        except Exception as error:  # whoever waits for it must be told
            self._found[name] = Img3dError(f"The price could not be asked for ({type(error).__name__}: {error})")

    def _asked_price(self, row: Row) -> Price | None:
        try:
            return self._engine.estimate(row.provider, row.params)
        except BadInput:  # it names a price only for a picture
            return self._engine.estimate(row.provider, row.params, image=row.picture)

    def _name(self, row: Row) -> str:
        name = f"{row.provider} {json.dumps(dict(row.params), sort_keys=True, default=str)}"
        fixed = self._by_settings or not self._providers[row.provider].has_upload
        return name if fixed else f"{name} {row.number}"
