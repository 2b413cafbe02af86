# SPDX-License-Identifier: GPL-3.0-or-later
"""What a provider stumbles over in an answer becomes one sentence. No bpy."""

from __future__ import annotations

import logging
from collections.abc import Generator
from contextlib import contextmanager
from typing import TypeVar

from ..errors import BadResult, OutputError
from ..provider import Provider

__all__ = ["one_of", "understood"]

T = TypeVar("T")

log = logging.getLogger(__name__)

STUMBLES = (LookupError, TypeError, AttributeError, ValueError, OverflowError, RecursionError)


@contextmanager
def understood(provider: Provider) -> Generator[None]:
    """Turn a missing or odd field of an answer, as Python meets it, into `BadResult`; the trace is logged.

    Trouble of the provider with files becomes `OutputError`.
    """
    try:
        yield
    except STUMBLES as error:
        log.warning("%s: an answer was not understood", provider.label, exc_info=error)
        what = f"it has no {error}" if isinstance(error, KeyError) else "it has another form than documented"
        text = f"The answer of {provider.label} was not understood: {what}"
        raise BadResult(text, provider=provider.label) from error
    except OSError as error:
        raise OutputError(f"{provider.label} cannot use a file ({error})") from error


def one_of(state: T, *kinds: type) -> T:
    """Return what a provider gave back; `TypeError` when it is of no kind that it may give."""
    if not isinstance(state, kinds):
        raise TypeError(f"{type(state).__name__} is no answer to give")
    return state
