# SPDX-License-Identifier: GPL-3.0-or-later
"""The buttons that ask a service something free of charge: does the key work, what would this job cost."""

from __future__ import annotations

import time
from typing import Any

import bpy
from bpy.props import StringProperty
from bpy.types import Operator

from ..core.errors import Img3dError
from ..core.jobs.checks import provider_named
from . import asking, pump, session
from .balance import balance_question
from .orders import key_question, price_question
from .words import capital, known_price

__all__ = ["register", "unregister"]

PATIENCE = 30.0  # seconds: Blender postpones its auto-save while a modal operator lives


class _Asks:
    """Asks in the background and reports the answer; a script waits for it."""

    bl_options = {"INTERNAL"}

    _question: asking.Question
    _end: float
    _timer: Any

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Say that online access is off."""
        if not bpy.app.online_access:
            cls.poll_message_set(f"Online access is off. {session.offline_advice()}")  # pyright: ignore
        return bpy.app.online_access

    def question(self, context: Any) -> asking.Question:
        """Return what is asked; `Img3dError` where that cannot be."""
        raise NotImplementedError

    def execute(self, context: Any) -> set[Any]:
        """Ask and wait for the answer."""
        try:
            return self._tell(self.question(context).put(session.engine()))
        except Img3dError as error:
            self.report({"ERROR"}, str(error))  # pyright: ignore
            return {"CANCELLED"}

    def invoke(self, context: Any, event: Any) -> set[Any]:
        """Ask and go on; the answer is drawn when it is there, and reported when it comes soon."""
        try:
            self._question = self.question(context)
        except Img3dError as error:
            self.report({"ERROR"}, str(error))  # pyright: ignore
            return {"CANCELLED"}
        asking.ask(self._question)
        pump.start()
        self._end = time.monotonic() + PATIENCE
        self._timer = context.window_manager.event_timer_add(0.1, window=context.window)
        context.window_manager.modal_handler_add(self)
        return {"RUNNING_MODAL"}

    def modal(self, context: Any, event: Any) -> set[Any]:
        """Wait for the answer, and leave every event to others."""
        if event.type != "TIMER":
            return {"PASS_THROUGH"}
        found = asking.answer(self._question.topic, self._question.about)
        if found and found.waiting and time.monotonic() < self._end:
            return {"PASS_THROUGH"}
        self.cancel(context)
        return self._tell(found) if found and not found.waiting else {"FINISHED"}

    def cancel(self, context: Any) -> None:
        """Stop waiting; the answer is drawn all the same."""
        context.window_manager.event_timer_remove(self._timer)

    def _tell(self, found: asking.Answer) -> set[Any]:
        text = found.text or _told(found)
        # no pop-up for a refusal: it is drawn beside the button
        self.report({"WARNING" if found.failed else "INFO"}, text)  # pyright: ignore
        return {"CANCELLED"} if found.failed else {"FINISHED"}


class IMG3D_OT_test_key(_Asks, Operator):
    """Whether the key of one provider works."""

    bl_idname = "img3d.test_key"
    bl_label = "Test Key"
    bl_description = "Ask the service whether the key works, and what is left on the account; costs nothing"

    provider: StringProperty(options={"HIDDEN", "SKIP_SAVE"})  # pyright: ignore[reportInvalidTypeForm]

    def question(self, context: Any) -> asking.Question:
        """Return the question of the provider's account."""
        return key_question(provider_named(self.provider, session.providers()))


class IMG3D_OT_ask_price(_Asks, Operator):
    """What one job with the settings of the sidebar would cost."""

    bl_idname = "img3d.ask_price"
    bl_label = "Ask Price"
    bl_description = "Ask the service what a job with this picture and these settings costs; this itself is free"

    def question(self, context: Any) -> asking.Question:
        """Return the question of the chosen provider's price."""
        return price_question(context.scene)


class IMG3D_OT_ask_balance(_Asks, Operator):
    """What is left on an account."""

    bl_idname = "img3d.ask_balance"
    bl_label = "Ask Balance"
    bl_description = "Ask the service what is left on the account; this itself is free"

    provider: StringProperty(options={"HIDDEN", "SKIP_SAVE"})  # pyright: ignore[reportInvalidTypeForm]

    def question(self, context: Any) -> asking.Question:
        """Return the question of the provider's balance."""
        return balance_question(provider_named(self.provider, session.providers()))


CLASSES = (IMG3D_OT_test_key, IMG3D_OT_ask_price, IMG3D_OT_ask_balance)
register, unregister = bpy.utils.register_classes_factory(CLASSES)  # pyright: ignore[reportGeneralTypeIssues]


def _told(found: asking.Answer) -> str:
    if found.balance:
        return f"Left: {found.balance}" + (f" ({found.balance.note})" if found.balance.note else "")
    return f"Price: {capital(known_price(found.price))}"
