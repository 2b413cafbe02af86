# SPDX-License-Identifier: GPL-3.0-or-later
"""What fal.ai's answers mean: results, prices, balance and refusals. No bpy."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Any, cast
from urllib.parse import urlsplit

from ...core.errors import CreditsError, ModerationError, ProviderError, ServerError, TaskFailed
from ...core.http.answer import Answer
from ...core.http.refusals import one_line, refusal, said_by
from ...core.values import Balance, Price

__all__ = ["balance_of", "explained", "failure", "files_of", "last_line", "price_of"]

FILES = ("model_glb", "model_mesh", "model", "output", "mesh", "glb")  # the order of the vendor's own extension
POLICY = "content_policy_violation"
PER_JOB = ("generation", "request", "run", "call", "model")
PASSING = (408, 409)  # the vendor's own client asks again after these


def files_of(result: Mapping[str, Any]) -> tuple[tuple[str, ...], dict[str, str]]:
    """Return the addresses of the model, best first, and those of what lies beside an OBJ, which is the last choice."""
    several = _object(result.get("model_urls"))
    whole = _addresses([*(result.get(key) for key in FILES), several.get("glb")])
    if whole:
        return whole, {}
    return _addresses([result.get("model_obj"), several.get("obj")]), _beside(result, several)


def _beside(result: Mapping[str, Any], several: Mapping[str, Any]) -> dict[str, str]:
    """Return the addresses of an OBJ's material and texture by their names."""
    parts = (result.get("material_mtl"), result.get("texture"), several.get("mtl"), several.get("texture"))
    found = {url: _object(part).get("file_name") for part in parts for url in _addresses([part])}
    return {str(name or PurePosixPath(urlsplit(url).path).name): url for url, name in found.items()}


def last_line(status: Mapping[str, Any]) -> str:
    """Return the newest message of a status, as one line."""
    messages = [str(_object(item).get("message") or "").strip() for item in _items(status.get("logs"))]
    return one_line(next((text for text in reversed(messages) if text), ""), 120)


def price_of(entry: Mapping[str, Any], *, seen: str) -> Price:
    """Return the price of a job, or of the unit that is counted where a job may take several."""
    amount, currency, unit = float(entry["unit_price"]), str(entry["currency"]).upper(), str(entry["unit"])
    if not math.isfinite(amount) or amount < 0:
        raise ValueError(f"unit_price: {amount}")
    if unit.lower().removesuffix("s") in PER_JOB:
        return Price(amount=amount, unit=currency, usd=amount if currency == "USD" else None)
    note = f"a job may take several; seen: {seen}" if seen else "how many a job takes is not known before"
    return Price(amount=amount, unit=f"{currency} per {one_line(unit, 40) or 'unit'}", note=note)


def balance_of(value: Any) -> Balance:
    """Return the balance from a number, or from an object with one."""
    found = _object(value)
    amount = float(found["balance"] if found else value)
    if not math.isfinite(amount) or isinstance(value, bool):
        raise ValueError(f"balance: {value}")
    return Balance(amount=amount, unit=str(found.get("currency") or "USD").upper())


def explained(answer: Answer, *, label: str) -> ProviderError:
    """Read `{"detail": text}` and `{"detail": [{"loc", "msg", "type"}]}`, with the field's name in the sentence."""
    body = answer.object
    detail = body.get("detail")
    kinds = {answer.headers.get("x-fal-error-type", ""), str(body.get("error_type") or "")}
    kinds.update(str(_object(item).get("type") or "") for item in _items(detail))
    said = _sentence(detail)
    if not said and not said_by(answer):
        said = str(body.get("status") or "") or " ".join(sorted(filter(None, kinds)))
    kind: type[ProviderError] | None = None
    if POLICY in kinds:
        kind = ModerationError
    elif answer.status == 403 and any(word in said.lower() for word in ("balance", "credit")):
        kind = CreditsError
    elif answer.status in PASSING:
        kind = ServerError
    if said:
        answer = replace(answer, text=json.dumps({"message": said}))
    return refusal(answer, provider=label, kind=kind)


def failure(value: Mapping[str, Any], *, label: str, status: int | None = None) -> ProviderError:
    """Return the error of a task that the service gave up; the same answer comes when it is asked again."""
    detail = value.get("detail")
    words = _sentence(detail) or _sentence(value.get("error")) or "it gave no reason"
    kinds = {str(value.get("error_type") or ""), *(str(_object(item).get("type") or "") for item in _items(detail))}
    kind = ModerationError if POLICY in kinds else TaskFailed
    error = kind(f"{label} could not make the model: “{one_line(words)}”", provider=label, status=status)
    error.said = one_line(words)
    return error


def _addresses(named: list[Any]) -> tuple[str, ...]:
    found = (item if isinstance(item, str) else _object(item).get("url") for item in named)
    return tuple(dict.fromkeys(url for url in found if isinstance(url, str) and url))


def _sentence(detail: Any) -> str:
    return "; ".join(filter(None, map(_complaint, _items(detail))))


def _complaint(item: Any) -> str:
    """Return one entry of a `detail`, with the place of the field before the words."""
    found = _object(item)
    if not found:
        return str(item).strip()
    words = str(found.get("msg") or found.get("message") or found.get("type") or "")
    place = ".".join(str(part) for part in _items(found.get("loc")) if part not in ("body", ""))
    return f"{place}: {words}" if place else words


def _items(value: Any) -> Iterator[Any]:
    """Yield the entries of a list, or a value that stands alone."""
    if isinstance(value, list):
        yield from cast("list[Any]", value)
    elif value:
        yield value


def _object(value: Any) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", value) if isinstance(value, Mapping) else {}
