# SPDX-License-Identifier: GPL-3.0-or-later
"""Questions to services that no job waits for, asked in the background, and their answers as drawing finds them.

An answer belongs to what was asked about, such as a key: it is gone as soon as that is another one.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ..core.errors import Img3dError
from ..core.values import Balance, Price
from . import session

if TYPE_CHECKING:
    from ..core.jobs.engine import Engine

__all__ = ["Answer", "Question", "answer", "ask", "clear", "waiting"]

_log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Answer:
    """A sentence, a price or a balance; while it is `waiting`, at most the balance of before.

    `at` is when it came, in seconds since 1970.
    """

    text: str = ""
    price: Price | None = None
    balance: Balance | None = None
    at: float = 0.0
    failed: bool = False
    waiting: bool = False


@dataclass(frozen=True)
class Question:
    """`put` asks, in any thread; `about` is a number that changes with what the answer depends on."""

    topic: str
    about: int
    put: Callable[[Engine], Answer]


_answers: dict[str, tuple[int, Answer]] = {}  # by topic: about what, and the newest answer


def ask(question: Question) -> None:
    """Have a thread ask; the same question that is under way is not asked again. Called on the main thread."""
    known = answer(question.topic, question.about)
    if known and known.waiting:
        return
    engine = session.engine()
    before = replace(known, text="", price=None, failed=False, waiting=True) if known else Answer(waiting=True)
    mine = _answers[question.topic] = (question.about, before)

    def run() -> None:
        found = replace(_put(question, engine), at=time.time())
        if _answers.get(question.topic) is mine:
            _answers[question.topic] = (question.about, found)

    engine.ask(run)


def answer(topic: str, about: int) -> Answer | None:
    """Return the answer to this very question, if it was asked; from memory, for `draw`."""
    known = _answers.get(topic)
    return known[1] if known and known[0] == about else None


def waiting() -> bool:
    """Whether any answer is still to come."""
    return any(found.waiting for _about, found in list(_answers.values()))


def clear() -> None:
    """Forget all; a thread that still asks finds nobody to tell."""
    _answers.clear()


def _put(question: Question, engine: Engine) -> Answer:
    try:
        return question.put(engine)
    except Img3dError as error:
        return Answer(text=str(error), failed=True)
    except Exception as error:
        _log.exception("question: %s", question.topic)
        return Answer(text=f"An error in img3d itself ({type(error).__name__}: {error}).", failed=True)
